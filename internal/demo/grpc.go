package demo

// A gRPC message is recorded without its schema, as field number -> values; the HTTP body holds that as JSON.

func (g *Generator) beginGRPC(path string) document {
	ex := &g.ex
	ex.tech, ex.version, ex.method = "gRPC", "2.0", "POST"
	ex.grpcStatus = "0"
	ex.reqType, ex.resType = typeGRPC, typeGRPC
	ex.path = append(ex.path, path...)
	d := document{dst: ex.reqBody}
	d.open("", '{')
	d.open("fieldsMap", '{')
	return d
}

// grpcField opens one field; the caller adds elements with d.open("", '{') and ends with grpcFieldEnd.
func grpcField(d *document, number string) {
	d.open(number, '{')
	d.open("fields", '[')
}

func grpcFieldEnd(d *document) {
	d.close(']')
	d.close('}')
}

func grpcText(d *document, number string, value []byte) {
	grpcField(d, number)
	d.open("", '{')
	d.bytes("string", value)
	d.close('}')
	grpcFieldEnd(d)
}

// grpcNumber writes a varint; 64-bit integers are strings in this form.
func grpcNumber(d *document, number string, value int64) {
	grpcField(d, number)
	d.open("", '{')
	d.key("varint")
	d.dst = append(appendInt(append(d.dst, '"'), value), '"')
	d.close('}')
	grpcFieldEnd(d)
}

func grpcEnd(d *document) []byte {
	d.close('}')
	d.close('}')
	return d.dst
}

func (g *Generator) fillStock(c *call, r *random) {
	ex := &g.ex
	p := g.productOf(c.product)
	d := g.beginGRPC("/shop.inventory.v1.Inventory/GetStock")
	g.scratch = p.appendSKU(g.scratch[:0])
	grpcText(&d, "1", g.scratch)
	ex.reqBody = grpcEnd(&d)

	d = document{dst: ex.resBody}
	d.open("", '{')
	d.open("fieldsMap", '{')
	grpcText(&d, "1", g.scratch)
	grpcNumber(&d, "2", p.stock)
	grpcField(&d, "3")
	for range r.between(1, 3) {
		d.open("", '{')
		d.open("message", '{')
		d.open("fieldsMap", '{')
		g.scratch = appendASCII(g.scratch[:0], r.pick(g.words.cities))
		grpcText(&d, "1", g.scratch)
		grpcNumber(&d, "2", int64(r.below(200)))
		d.close('}')
		d.close('}')
		d.close('}')
	}
	grpcFieldEnd(&d)
	ex.resBody = grpcEnd(&d)
}

func (g *Generator) fillReserve(c *call, r *random) {
	ex := &g.ex
	d := g.beginGRPC("/shop.inventory.v1.Inventory/Reserve")
	grpcNumber(&d, "1", int64(c.order))
	lines := g.orderRandom(c)
	for i := range c.orderLines() {
		p := g.productOf(pickProduct(&lines))
		g.scratch = p.appendSKU(g.scratch[:0])
		grpcText(&d, string(rune('2'+i)), g.scratch)
		lines.between(1, 3)
	}
	ex.reqBody = grpcEnd(&d)

	d = document{dst: ex.resBody}
	d.open("", '{')
	d.open("fieldsMap", '{')
	var reservation [16]byte
	r.fill(reservation[:])
	g.scratch = appendUUID(g.scratch[:0], reservation)
	grpcText(&d, "1", g.scratch)
	grpcNumber(&d, "2", c.at/1e9+900)
	ex.resBody = grpcEnd(&d)
}
