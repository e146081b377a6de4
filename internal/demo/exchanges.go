package demo

// route is the fixed part of an action's HTTP exchange.
type route struct {
	method     string
	to         int // service that answers
	authorized bool
	fill       func(g *Generator, c *call, r *random)
}

// describe fills g.ex for the call. What depends on chance comes from the call's seed alone, so both recordings of one
// call have the same bodies.
func (g *Generator) describe(c *call) {
	ex := &g.ex
	route := g.routeOf(c)
	ex.method = route.method
	target := &g.services[route.to]
	ex.host, ex.port, ex.remote = target.name, target.port, target.addr
	if !c.outbound {
		ex.remote = g.services[g.caller(c)].addr
	}
	if c.service == frontend && !c.outbound && c.action != actionHealth {
		ex.browser, ex.host, ex.port = true, "www.shop.example", 443
		ex.remote = [4]byte{10, 240, 0, 9} // the load balancer
	}
	ex.authorized = route.authorized && c.visitor.signedIn
	r := newRandom(c.seed)
	route.fill(g, c, &r)
}

func (g *Generator) routeOf(c *call) route {
	switch c.action {
	case actionSignIn:
		return route{"POST", frontend, false, (*Generator).fillSignIn}
	case actionSession:
		return route{"POST", users, false, (*Generator).fillSession}
	case actionList:
		return route{"GET", frontend, true, (*Generator).fillList}
	case actionSearch:
		return route{"GET", frontend, false, (*Generator).fillSearch}
	case actionProduct:
		return route{"GET", frontend, false, (*Generator).fillProduct}
	case actionReviews:
		return route{"GET", reviews, false, (*Generator).fillReviews}
	case actionWriteReview:
		return route{"POST", frontend, true, (*Generator).fillWriteReview}
	case actionImage:
		return route{"GET", frontend, false, (*Generator).fillImage}
	case actionAddToCart:
		return route{"POST", frontend, true, (*Generator).fillAddToCart}
	case actionCartPage:
		return route{"GET", frontend, true, (*Generator).fillCart}
	case actionCheckout:
		return route{"POST", frontend, true, (*Generator).fillCheckout}
	case actionOrder:
		return route{"POST", checkout, true, (*Generator).fillOrder}
	case actionCharge:
		return route{"POST", payments, false, (*Generator).fillCharge}
	case actionCardGate:
		return route{"POST", payments, false, (*Generator).fillCardGate}
	case actionRates:
		return route{"POST", shipping, false, (*Generator).fillRates}
	case actionProfile:
		return route{"GET", frontend, true, (*Generator).fillProfile}
	case actionProfileEdit:
		return route{"PUT", frontend, true, (*Generator).fillProfileEdit}
	case actionOrders:
		return route{"GET", frontend, true, (*Generator).fillOrders}
	case actionStock:
		return route{"POST", inventory, false, (*Generator).fillStock}
	case actionReserve:
		return route{"POST", inventory, false, (*Generator).fillReserve}
	default:
		return route{"GET", c.service, false, (*Generator).fillHealth}
	}
}

func (g *Generator) fillHealth(c *call, r *random) {
	ex := &g.ex
	ex.tech = ""
	ex.path = append(ex.path, "/healthz"...)
	if r.chance(0.5) {
		ex.resType = "text/plain; charset=utf-8"
		ex.resBody = append(ex.resBody, "ok\n"...)
		return
	}
	d := document{dst: ex.resBody}
	d.open("", '{')
	d.text("status", "up")
	d.number("uptime", c.at/1e9%1_000_000)
	d.number("goroutines", int64(r.between(40, 900)))
	d.close('}')
	ex.resBody = d.dst
}

func (g *Generator) fillList(c *call, r *random) {
	ex := &g.ex
	ex.path = append(ex.path, "/api/products"...)
	page := 1 + r.below(1+r.below(20)) // people leave early
	ex.query = append(append(ex.query, "category="...), [...]string{"kitchen", "garden", "living", "travel", "office", "clothing"}[r.below(6)]...)
	ex.query = appendInt(append(ex.query, "&page="...), int64(page))
	ex.query = append(append(ex.query, "&sort="...), [...]string{"newest", "price", "rating"}[r.below(3)]...)
	g.writeProducts(r, int64(page), listLength(r))
}

// listLength is short most of the time and a full page now and then.
func listLength(r *random) int {
	if r.chance(0.2) {
		return r.between(8, 18)
	}
	return r.between(1, 4)
}

func (g *Generator) writeProducts(r *random, page int64, count int) {
	d := document{dst: g.ex.resBody}
	d.open("", '{')
	d.number("page", page)
	d.number("total", int64(r.between(count, 900)))
	d.open("items", '[')
	for range count {
		p := g.productOf(pickProduct(r))
		d.open("", '{')
		p.write(&d)
		d.number("stock", p.stock)
		d.close('}')
	}
	d.close(']')
	d.close('}')
	g.ex.resBody = d.dst
}

func (g *Generator) fillSearch(c *call, r *random) {
	ex := &g.ex
	ex.path = append(ex.path, "/api/search"...)
	ex.query = append(ex.query, "q="...)
	if c.status == 400 {
		ex.query = append(ex.query, "&limit=all"...)
		g.writeError("invalid_parameter", "limit must be a number from 1 to 100", c)
		return
	}
	ex.query = append(append(ex.query, r.pick(g.words.colours[:9])...), '+')
	p := g.productOf(pickProduct(r))
	ex.query = appendASCII(ex.query, p.material)
	ex.query = appendASCII(append(ex.query, '+'), p.thing)
	ex.query = appendInt(append(ex.query, "&limit="...), int64(r.between(3, 9)))
	g.writeProducts(r, 1, listLength(r))
}

// writeError is the shop's own error document.
func (g *Generator) writeError(code, message string, c *call) {
	d := document{dst: g.ex.resBody}
	d.open("", '{')
	d.open("error", '{')
	d.text("code", code)
	d.text("message", message)
	d.close('}')
	d.key("trace")
	d.dst = append(appendHex(append(d.dst, '"'), c.trace[:]), '"')
	d.close('}')
	g.ex.resBody = d.dst
}

func (g *Generator) fillProduct(c *call, _ *random) {
	ex := &g.ex
	p := g.productOf(c.product)
	ex.path = p.appendSKU(append(ex.path, "/api/products/"...))
	if c.status == 404 {
		g.writeError("not_found", "no such product, it may have been withdrawn", c)
		return
	}
	d := document{dst: ex.resBody}
	d.open("", '{')
	p.write(&d)
	d.number("stock", p.stock)
	d.cents("rating", p.rating*10)
	d.key("description")
	d.dst = append(p.appendDescription(append(d.dst, '"'), g), '"')
	d.open("dimensions", '{')
	size := p.random
	d.number("width", int64(size.between(20, 900)))
	d.number("height", int64(size.between(20, 900)))
	d.number("grams", int64(size.between(40, 9000)))
	d.close('}')
	d.close('}')
	ex.resBody = d.dst
}

func (g *Generator) fillReviews(c *call, _ *random) {
	ex := &g.ex
	p := g.productOf(c.product)
	ex.path = append(p.appendSKU(append(ex.path, "/v1/products/"...)), "/reviews"...)
	r := p.random // a product's reviews read the same for everybody
	d := document{dst: ex.resBody}
	d.open("", '[')
	for range r.between(1, 3) {
		d.open("", '{')
		d.number("id", int64(r.next()%1e9))
		d.text("author", r.pick(g.words.first))
		d.number("stars", int64(r.between(1, 5)))
		d.key("text")
		d.dst = append(g.words.appendText(append(d.dst, '"'), &r, r.between(8, 30)), '"')
		d.time("written", (g.options.Start.Unix()-int64(r.below(90*24*3600)))*1e9)
		d.close('}')
	}
	d.close(']')
	ex.resBody = d.dst
}

func (g *Generator) fillWriteReview(c *call, r *random) {
	ex := &g.ex
	p := g.productOf(c.product)
	ex.path = append(p.appendSKU(append(ex.path, "/api/products/"...)), "/reviews"...)
	ex.reqType = typeJSON
	d := document{dst: ex.reqBody}
	d.open("", '{')
	d.number("stars", int64(r.between(1, 5)))
	d.text("author", c.visitor.first)
	g.plant("name", []byte(c.visitor.first), placeRequest, "author")
	d.key("text")
	d.dst = append(g.words.appendText(append(d.dst, '"'), r, r.between(10, 60)), '"')
	d.close('}')
	ex.reqBody = d.dst
	d = document{dst: ex.resBody}
	d.open("", '{')
	d.number("id", int64(r.next()%1e9))
	d.text("state", "awaiting_moderation")
	d.close('}')
	ex.resBody = d.dst
}

// fillImage makes bytes that look like a JPEG to a content sniffer and do not compress.
func (g *Generator) fillImage(c *call, r *random) {
	ex := &g.ex
	p := g.productOf(c.product)
	ex.tech, ex.resType = "", "image/jpeg"
	ex.path = p.appendSKU(append(ex.path, "/images/"...))
	ex.path = appendDigits(append(ex.path, '-'), uint64(r.below(10)), 1)
	ex.path = append(ex.path, ".jpg"...)
	size := int(min(imageMaxBytes, g.imageSize.draw(r, imageMedianBytes)))
	body := append(ex.resBody, 0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 'J', 'F', 'I', 'F', 0x00, 0x01, 0x01, 0x00, 0x00, 0x01, 0x00, 0x01, 0x00, 0x00)
	if cap(body) < size {
		body = append(make([]byte, 0, size+2), body...)
	}
	start := len(body)
	body = body[:max(size, start)]
	r.fill(body[start:])
	ex.resBody = append(body, 0xff, 0xd9)
}
