package demo

func (g *Generator) writeAddress(d *document, name string, v *visitor, where place, path string) {
	d.open(name, '{')
	d.bytes("street", v.street)
	d.text("city", v.city)
	d.bytes("zip", v.zip)
	d.text("country", v.country)
	d.close('}')
	g.plant("address", v.street, where, path)
}

func (g *Generator) fillAddToCart(c *call, r *random) {
	ex := &g.ex
	ex.path = append(ex.path, "/api/cart/items"...)
	ex.reqType = typeJSON
	p := g.productOf(c.product)
	d := document{dst: ex.reqBody}
	d.open("", '{')
	d.uuid("cart", c.visitor.cartID)
	d.key("sku")
	d.dst = append(p.appendSKU(append(d.dst, '"')), '"')
	quantity := int64(r.between(1, 4))
	d.number("quantity", quantity)
	d.close('}')
	ex.reqBody = d.dst
	d = document{dst: ex.resBody}
	d.open("", '{')
	d.uuid("cart", c.visitor.cartID)
	d.open("added", '{')
	p.write(&d)
	d.number("quantity", quantity)
	d.close('}')
	d.cents("subtotal", p.cents*quantity+int64(r.below(20_000)))
	d.number("items", int64(c.visitor.cartItems))
	d.time("updated", c.at)
	d.close('}')
	ex.resBody = d.dst
}

func (g *Generator) fillCart(c *call, r *random) {
	ex := &g.ex
	ex.path = append(ex.path, "/api/cart"...)
	d := document{dst: ex.resBody}
	d.open("", '{')
	d.uuid("cart", c.visitor.cartID)
	g.writeLines(&d, r, min(6, c.visitor.cartItems))
	d.close('}')
	ex.resBody = d.dst
}

// writeLines writes the lines of a cart or order and their total.
func (g *Generator) writeLines(d *document, r *random, count int) (total int64) {
	d.open("lines", '[')
	for range count {
		p := g.productOf(pickProduct(r))
		quantity := int64(r.between(1, 3))
		d.open("", '{')
		p.write(d)
		d.number("quantity", quantity)
		d.close('}')
		total += p.cents * quantity
	}
	d.close(']')
	d.cents("total", total)
	d.text("currency", "EUR")
	return total
}

// orderLines is how many lines an order of this call has; the total follows from the seed of its order number.
func (g *Generator) orderRandom(c *call) random { return newRandom(c.order * 0x2545f4914f6cdd1d) }

func (c *call) orderLines() int { return 1 + int(c.order%4) }

func (g *Generator) orderTotal(c *call) (total int64) {
	r := g.orderRandom(c)
	for range c.orderLines() {
		p := g.productOf(pickProduct(&r))
		total += p.cents * int64(r.between(1, 3))
	}
	return total
}

func (g *Generator) fillCheckout(c *call, r *random) {
	ex := &g.ex
	v := c.visitor
	ex.path = append(ex.path, "/api/checkout"...)
	ex.reqType = typeJSON
	d := document{dst: ex.reqBody}
	d.open("", '{')
	d.uuid("cart", v.cartID)
	d.open("customer", '{')
	d.text("firstName", v.first)
	d.text("lastName", v.last)
	d.bytes("email", v.email)
	d.bytes("phone", v.phone)
	d.close('}')
	g.plant("name", []byte(v.last), placeRequest, "customer.lastName")
	g.plant("email", v.email, placeRequest, "customer.email")
	g.plant("phone", v.phone, placeRequest, "customer.phone")
	g.writeAddress(&d, "shipTo", v, placeRequest, "shipTo.street")
	d.open("payment", '{')
	if v.id%3 == 0 {
		d.text("method", "sepa")
		d.bytes("iban", v.iban)
		g.plant("iban", v.iban, placeRequest, "payment.iban")
	} else {
		d.text("method", "card")
		d.bytes("cardNumber", v.card)
		d.key("expires")
		d.dst = append(appendDigits(append(d.dst, '"'), v.id%12+1, 2), "/29\""...)
		g.plant("card", v.card, placeRequest, "payment.cardNumber")
	}
	d.close('}')
	d.close('}')
	ex.reqBody = d.dst
	g.writeOrderAnswer(c)
}

// writeOrderAnswer is what checkout says, to the frontend and through it to the browser.
func (g *Generator) writeOrderAnswer(c *call) {
	switch c.status {
	case 402:
		g.writeError("card_declined", [...]string{"the card was declined: insufficient funds", "the card was declined by its issuer", "the card has expired"}[c.order%3], c)
		return
	case 500:
		g.writeError("internal", [...]string{"could not store the order: deadlock detected", "nil pointer in discount rule", "order total does not match the cart"}[c.order%3], c)
		return
	case 503:
		g.writeError("payment_unavailable", "the payment provider did not answer within 10s, nothing was charged", c)
		return
	}
	d := document{dst: g.ex.resBody}
	d.open("", '{')
	d.key("orderId")
	d.dst = append(appendInt(append(d.dst, `"o-`...), int64(c.order)), '"')
	d.text("state", "placed")
	r := g.orderRandom(c)
	g.writeLines(&d, &r, c.orderLines())
	d.time("placed", c.at/1e6*1e6)
	d.close('}')
	g.ex.resBody = d.dst
}

func (g *Generator) fillOrder(c *call, r *random) {
	ex := &g.ex
	v := c.visitor
	ex.path = append(ex.path, "/v1/orders"...)
	ex.reqType = typeJSON
	d := document{dst: ex.reqBody}
	d.open("", '{')
	d.number("order", int64(c.order))
	d.number("customer", int64(v.id))
	d.bytes("email", v.email)
	g.plant("email", v.email, placeRequest, "email")
	g.writeAddress(&d, "shipTo", v, placeRequest, "shipTo.street")
	d.cents("total", g.orderTotal(c))
	d.close('}')
	ex.reqBody = d.dst
	g.writeOrderAnswer(c)
}

func (g *Generator) fillCharge(c *call, r *random) {
	ex := &g.ex
	v := c.visitor
	ex.path = append(ex.path, "/v1/charges"...)
	ex.reqType, ex.idempotency = typeJSON, true
	d := document{dst: ex.reqBody}
	d.open("", '{')
	d.number("order", int64(c.order))
	d.cents("amount", g.orderTotal(c))
	d.open("card", '{')
	d.bytes("number", v.card)
	d.key("holder")
	d.dst = append(v.appendFullName(append(d.dst, '"')), '"')
	d.close('}')
	d.close('}')
	g.plant("card", v.card, placeRequest, "card.number")
	g.plant("name", []byte(v.first+" "+v.last), placeRequest, "card.holder")
	ex.reqBody = d.dst
	g.writeChargeAnswer(c, r)
}

func (g *Generator) writeChargeAnswer(c *call, r *random) {
	switch c.status {
	case 402:
		g.writeError("card_declined", "the issuer said no", c)
	case 503:
		g.writeError("upstream_timeout", "no answer from the card processor", c)
	default:
		d := document{dst: g.ex.resBody}
		d.open("", '{')
		d.key("id")
		d.dst = append(appendLetters(append(d.dst, `"ch_`...), r, 20), '"')
		d.text("state", "captured")
		d.key("authorisation")
		d.dst = append(appendDigits(append(d.dst, '"'), r.next()%1e6, 6), '"')
		d.time("captured", c.at+c.took*1000)
		d.close('}')
		g.ex.resBody = d.dst
	}
}

// fillCardGate is the form-encoded interface of an outside card processor, with its secret key.
func (g *Generator) fillCardGate(c *call, r *random) {
	ex := &g.ex
	v := c.visitor
	g.toPeer(g.peers.cardGate)
	ex.path = append(ex.path, "/v1/payment_intents"...)
	ex.reqType, ex.idempotency = typeForm, true
	ex.apiKey = append(ex.apiKey, "sk_live_demo"...)
	key := newRandom(g.options.Seed ^ v.id%7) // a few keys in rotation
	ex.apiKey = appendLetters(ex.apiKey, &key, 24)
	body := appendInt(append(ex.reqBody, "amount="...), g.orderTotal(c))
	body = append(body, "&currency=eur&confirm=true&card%5Bnumber%5D="...)
	body = append(body, v.card...)
	body = appendForm(append(body, "&receipt_email="...), v.email)
	body = appendInt(append(body, "&metadata%5Border%5D=o-"...), int64(c.order))
	ex.reqBody = body
	g.plant("card", v.card, placeRequest, "card[number]")
	g.plant("email", v.email, placeRequest, "receipt_email")
	g.writeChargeAnswer(c, r)
}

func (g *Generator) toPeer(p peer) {
	ex := &g.ex
	ex.external, ex.version = true, "2.0"
	ex.host, ex.port, ex.remote = p.host, p.port, p.addr
}

func (g *Generator) fillRates(c *call, r *random) {
	ex := &g.ex
	v := c.visitor
	g.toPeer(g.peers.carrier)
	ex.path = append(ex.path, "/v2/labels"...)
	ex.reqType = typeJSON
	d := document{dst: ex.reqBody}
	d.open("", '{')
	d.number("reference", int64(c.order))
	d.open("recipient", '{')
	d.key("name")
	d.dst = append(v.appendFullName(append(d.dst, '"')), '"')
	d.bytes("phone", v.phone)
	g.writeAddress(&d, "address", v, placeRequest, "recipient.address.street")
	d.close('}')
	d.number("grams", int64(r.between(100, 20_000)))
	d.close('}')
	g.plant("phone", v.phone, placeRequest, "recipient.phone")
	ex.reqBody = d.dst
	d = document{dst: ex.resBody}
	d.open("", '{')
	d.key("tracking")
	d.dst = append(appendDigits(append(d.dst, `"PH`...), r.next()%1e18, 18), '"')
	d.cents("cost", int64(r.between(390, 2990)))
	d.time("pickup", (c.at/86_400_000_000_000+1)*86_400_000_000_000+int64(r.between(7, 17))*3_600_000_000_000)
	d.close('}')
	ex.resBody = d.dst
}
