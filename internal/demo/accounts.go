package demo

func (g *Generator) fillSignIn(c *call, _ *random) {
	ex := &g.ex
	v := c.visitor
	ex.path = append(ex.path, "/login"...)
	ex.reqType = typeForm
	body := appendForm(append(ex.reqBody, "email="...), v.email)
	body = appendForm(append(body, "&password="...), v.password)
	ex.reqBody = append(body, "&remember=on"...)
	g.plant("email", v.email, placeRequest, "email")
	g.plant("password", v.password, placeRequest, "password")
	g.writeTokenAnswer(c)
}

func (g *Generator) fillSession(c *call, _ *random) {
	ex := &g.ex
	v := c.visitor
	ex.path = append(ex.path, "/v1/sessions"...)
	ex.reqType = typeJSON
	d := document{dst: ex.reqBody}
	d.open("", '{')
	d.bytes("email", v.email)
	d.bytes("password", v.password)
	d.close('}')
	ex.reqBody = d.dst
	g.plant("email", v.email, placeRequest, "email")
	g.plant("password", v.password, placeRequest, "password")
	g.writeTokenAnswer(c)
}

func (g *Generator) writeTokenAnswer(c *call) {
	v := c.visitor
	if c.status != 200 {
		g.writeError("bad_credentials", "e-mail address or password is wrong", c)
		return
	}
	d := document{dst: g.ex.resBody}
	d.open("", '{')
	d.bytes("token", v.token)
	d.text("type", "Bearer")
	d.time("expires", v.expires*1e9)
	d.open("user", '{')
	d.number("id", int64(v.id))
	d.text("name", v.first)
	d.close('}')
	d.close('}')
	g.ex.resBody = d.dst
	g.plant("jwt", v.token, placeResponse, "token")
	g.plant("name", []byte(v.first), placeResponse, "user.name")
}

func (g *Generator) fillProfile(c *call, r *random) {
	ex := &g.ex
	v := c.visitor
	ex.path = append(ex.path, "/api/profile"...)
	d := document{dst: ex.resBody}
	d.open("", '{')
	d.number("id", int64(v.id))
	d.key("name")
	d.dst = append(v.appendFullName(append(d.dst, '"')), '"')
	d.bytes("email", v.email)
	d.bytes("phone", v.phone)
	d.bytes("birthDate", v.birthDate)
	g.plant("name", v.appendFullName(nil), placeResponse, "name")
	g.plant("email", v.email, placeResponse, "email")
	g.plant("phone", v.phone, placeResponse, "phone")
	g.plant("birth_date", v.birthDate, placeResponse, "birthDate")
	g.writeAddress(&d, "address", v, placeResponse, "address.street")
	if v.id%4 == 0 {
		d.bytes("ssn", v.ssn)
		g.plant("ssn", v.ssn, placeResponse, "ssn")
	}
	d.bytes("iban", v.iban)
	g.plant("iban", v.iban, placeResponse, "iban")
	d.number("points", int64(r.below(20_000)))
	d.key("newsletter")
	d.dst = append(d.dst, [...]string{"true", "false", "null"}[r.below(3)]...)
	d.close('}')
	ex.resBody = d.dst
}

func (g *Generator) fillProfileEdit(c *call, _ *random) {
	ex := &g.ex
	v := c.visitor
	ex.path = append(ex.path, "/api/profile"...)
	ex.reqType = typeJSON
	d := document{dst: ex.reqBody}
	d.open("", '{')
	d.bytes("phone", v.phone)
	d.bytes("birthDate", v.birthDate)
	g.plant("phone", v.phone, placeRequest, "phone")
	g.plant("birth_date", v.birthDate, placeRequest, "birthDate")
	g.writeAddress(&d, "address", v, placeRequest, "address.street")
	d.close('}')
	ex.reqBody = d.dst
}

func (g *Generator) fillOrders(c *call, r *random) {
	ex := &g.ex
	ex.path = append(ex.path, "/api/orders"...)
	ex.query = appendInt(append(ex.query, "limit="...), int64(r.between(1, 5)))
	d := document{dst: ex.resBody}
	d.open("", '[')
	for range r.between(1, 3) {
		d.open("", '{')
		d.key("orderId")
		d.dst = append(appendInt(append(d.dst, `"o-`...), int64(r.between(10_000, 900_000))), '"')
		d.time("placed", (c.at/1e9-int64(r.below(400*86400)))*1e9)
		d.text("state", [...]string{"placed", "packed", "shipped", "delivered", "returned"}[r.below(5)])
		g.writeLines(&d, r, r.between(1, 3))
		d.close('}')
	}
	d.close(']')
	ex.resBody = d.dst
}
