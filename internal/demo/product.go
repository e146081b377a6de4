package demo

// product is an item of the catalogue; everything about it follows from its number, so it reads the same wherever it occurs.
type product struct {
	number    uint64
	adjective string
	material  string
	thing     string
	colour    string
	cents     int64
	stock     int64
	rating    int64 // tenths
	random    random
}

// productSeed keeps the draws of products apart from all others.
const productSeed = 0x5ca1ab1e

func (g *Generator) productOf(number uint64) product {
	r := newRandom(number*0x9e3779b97f4a7c15 ^ productSeed)
	w := g.words
	return product{
		number: number, adjective: r.pick(w.adjectives), material: r.pick(w.materials), thing: r.pick(w.things), colour: r.pick(w.colours),
		cents: int64(r.between(190, 39_900)), stock: int64(r.below(400)), rating: int64(r.between(21, 50)), random: r,
	}
}

func (p *product) appendSKU(dst []byte) []byte {
	dst = append(dst, p.thing[0], p.material[0])
	dst = append(dst, '-')
	return appendDigits(dst, p.number, 6)
}

func (p *product) appendName(dst []byte) []byte {
	dst = append(append(dst, p.adjective...), ' ')
	dst = append(append(dst, p.material...), ' ')
	return append(dst, p.thing...)
}

// appendDescription appends some sentences that are this product's own.
func (p *product) appendDescription(dst []byte, g *Generator) []byte {
	r := p.random
	return g.words.appendText(dst, &r, r.between(8, 130))
}

// write adds the members every listing of a product has.
func (p *product) write(d *document) {
	d.key("sku")
	d.dst = append(p.appendSKU(append(d.dst, '"')), '"')
	d.key("name")
	d.dst = append(p.appendName(append(d.dst, '"')), '"')
	d.text("colour", p.colour)
	d.cents("price", p.cents)
}
