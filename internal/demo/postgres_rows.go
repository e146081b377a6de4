package demo

import "strconv"

// writeResult writes what Postgres answered to one message.
func (g *Generator) writeResult(d *document, message int, s statement, c *call, duplicate bool, r *random) {
	complete := func(name string) {
		d.open(name, '{')
		d.open("complete", '{')
		d.close('}')
		d.close('}')
	}
	switch message {
	case messageParse:
		complete("parse")
	case messageBind:
		complete("bind")
	case messageDescribe:
		d.open("describe", '{')
		d.open("messages", '[')
		g.writeRowDescription(d, s)
		d.close(']')
		d.close('}')
	case messageExecute:
		d.open("execute", '{')
		d.open("messages", '[')
		if duplicate {
			writeDuplicateKey(d)
		} else {
			g.writeRows(d, s, c, r)
		}
		d.close(']')
		d.close('}')
	default:
		d.open("query", '{')
		d.open("messages", '[')
		writeComplete(d, "DISCARD ALL")
		d.close(']')
		d.close('}')
	}
}

func (g *Generator) writeRowDescription(d *document, s statement) {
	d.open("", '{')
	if len(s.columns) == 0 {
		d.open("noData", '{')
		d.close('}')
		d.close('}')
		return
	}
	d.open("rowDescription", '{')
	d.open("fields", '[')
	for i, column := range s.columns {
		d.open("", '{')
		d.text("name", column)
		d.number("tableOid", int64(16_400+len(s.sql)))
		d.number("tableAttributeNumber", int64(i+1))
		d.number("dataTypeOid", 1043)
		d.number("dataTypeSize", 4294967295)
		d.number("typeModifier", -1)
		d.close('}')
	}
	d.close(']')
	d.close('}')
	d.close('}')
}

func writeComplete(d *document, tag string) {
	d.open("", '{')
	d.open("complete", '{')
	d.text("tag", tag)
	d.close('}')
	d.close('}')
}

func writeDuplicateKey(d *document) {
	d.open("", '{')
	d.open("error", '{')
	d.text("severity", "ERROR")
	d.text("code", "23505")
	d.text("message", `duplicate key value violates unique constraint "orders_pkey"`)
	d.close('}')
	d.close('}')
}

func (g *Generator) writeRows(d *document, s statement, c *call, r *random) {
	rows := 1
	switch {
	case len(s.columns) == 0:
		rows = 0
	case c.action == queryReviews, c.action == queryProducts:
		rows = r.between(1, 4)
	}
	const before = "postgres.response.execute.messages."
	for row := range rows {
		p := g.productOf(pickProduct(r))
		if c.action == queryReviews {
			p = g.productOf(c.product + uint64(row)<<32) // the row's content belongs to the product
		}
		d.open("", '{')
		d.open("dataRow", '{')
		d.open("values", '[')
		for column, name := range s.columns {
			d.open("", '{')
			g.writeCell(d, name, c, &p, func(kind string, value []byte) {
				if g.options.Planted != nil {
					g.plant(kind, value, placeAbsolute, before+strconv.Itoa(row)+".dataRow.values."+strconv.Itoa(column)+".asString")
				}
			})
			d.close('}')
		}
		d.close(']')
		d.close('}')
		d.close('}')
	}
	if s.tag == "SELECT " {
		writeComplete(d, [...]string{"SELECT 0", "SELECT 1", "SELECT 2", "SELECT 3", "SELECT 4"}[rows])
		return
	}
	writeComplete(d, s.tag)
}

// writeCell writes one value of a row by its column's name and tells planted of personal data.
func (g *Generator) writeCell(d *document, column string, c *call, p *product, planted func(kind string, value []byte)) {
	v, r := c.visitor, &p.random
	text := func(value []byte) { d.bytes("asString", value) }
	scratch := g.joined[:0]
	switch column {
	case "email":
		text(v.email)
		planted("email", v.email)
	case "phone":
		text(v.phone)
		planted("phone", v.phone)
	case "password_hash":
		own := newRandom(v.id)
		scratch = appendLetters(append(scratch, "$2b$12$"...), &own, 53)
		text(scratch)
	case "author":
		d.text("asString", r.pick(g.words.first))
	case "body":
		scratch = g.words.appendText(scratch, r, r.between(8, 40))
		text(scratch)
	case "sku":
		scratch = p.appendSKU(scratch)
		text(scratch)
	case "name":
		scratch = p.appendName(scratch)
		text(scratch)
	case "id":
		scratch = appendInt(scratch, int64(r.next()%1e9))
		text(scratch)
	default:
		scratch = appendInt(scratch, int64(r.below(40_000)))
		text(scratch)
	}
	g.joined = scratch
}

// appendPostgresSession writes the beginning or end of a connection: SSL request, start-up with SASL, or terminate.
func (g *Generator) appendPostgresSession(dst []byte, h *head, r *random) []byte {
	p := &g.peers.postgres
	g.scratch = append(g.scratch[:0], "N/A"...)
	h.location = g.scratch
	c := h.call
	d := document{}
	if c.action == postgresBye {
		h.command = "Terminate"
		d.dst = append(g.appendHead(dst, h), `,"postgres":{"request":{"terminate":{}},"response":{}}`...)
	} else if r.chance(0.5) {
		h.command = "SSL Request"
		d.dst = append(g.appendHead(dst, h), `,"postgres":{"request":{"ssl":{}},"response":{"ssl":{"willingToEncrypt":false}}}`...)
	} else {
		h.command = "Startup"
		d.dst = append(g.appendHead(dst, h), `,"postgres":`...)
		g.writeStartup(&d, c, r)
	}
	dst = append(d.dst, `,"signature":{"postgres:msg_type":`...)
	g.scratch = append(g.scratch[:0], h.command...)
	dst = append(appendBase64Text(dst, g.scratch), '}')
	dst = g.appendNetinfo(dst, h, p.addr, p.host, p.port, 80, 300)
	return append(dst, '}')
}

func (g *Generator) writeStartup(d *document, c *call, r *random) {
	sasl := func(length int) {
		data := g.joined[:0]
		data = appendLetters(data, r, length)
		g.joined = data
		d.dst = appendBase64Text(append(d.dst, `"data":`...), data)
	}
	name := g.services[c.service].name
	d.open("", '{')
	d.open("request", '{')
	d.open("startup", '{')
	d.open("messages", '[')
	d.dst = append(d.dst, `{"startup":{"protocolVersion":196608,"parameters":{"application_name":"`...)
	d.dst = append(append(append(d.dst, name...), `","database":"shop","user":"`...), name...)
	d.dst = append(d.dst, `"}}},{"sasl":{"mechanism":"SCRAM-SHA-256",`...)
	sasl(32)
	d.dst = append(d.dst, `}},{"sasl":{`...)
	sasl(104)
	d.dst = append(d.dst, `}}]}},"response":{"startup":{"messages":[{"sasl":{"mechanisms":["SCRAM-SHA-256"]}},{"saslContinue":{`...)
	sasl(84)
	d.dst = append(d.dst, `}},{"authOk":{}},{"parameterStatus":{"name":"client_encoding","value":"UTF8"}},{"parameterStatus":{"name":"server_version","value":"17.6"}},{"parameterStatus":{"name":"TimeZone","value":"Etc/UTC"}},{"backendKeyData":{"processId":`...)
	d.dst = appendInt(d.dst, int64(r.below(30_000)))
	d.dst = appendInt(append(d.dst, `,"secretKey":`...), int64(uint32(r.next())))
	d.dst = append(d.dst, `}},{"readyForQuery":{}}]}}}`...)
}
