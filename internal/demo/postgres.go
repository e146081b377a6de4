package demo

import "strconv"

// statement is one of the shop's SQL statements and what Postgres answers.
type statement struct {
	sql        string
	parameters int
	tag        string   // command tag of the answer
	columns    []string // of the rows it returns
}

func (g *Generator) statementOf(c *call) statement {
	switch c.action {
	case queryUser:
		return statement{"SELECT id, email, phone, password_hash FROM users WHERE lower(email) = lower($1) AND deleted_at IS NULL", 1, "SELECT 1", []string{"id", "email", "phone", "password_hash"}}
	case queryCart:
		return statement{"INSERT INTO cart_items (cart_id, sku, quantity, added_by) VALUES ($1, $2, $3, $4) ON CONFLICT (cart_id, sku) DO UPDATE SET quantity = cart_items.quantity + EXCLUDED.quantity", 4, "INSERT 0 1", nil}
	case queryOrder:
		return statement{"INSERT INTO orders (id, customer_id, email, ship_to, total_cents, placed_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id", 6, "INSERT 0 1", []string{"id"}}
	case queryReviews:
		return statement{"SELECT id, author, stars, body FROM reviews WHERE sku = $1 AND state = $2 ORDER BY written_at DESC LIMIT 10", 2, "SELECT ", []string{"id", "author", "stars", "body"}}
	default:
		return statement{"SELECT sku, name, price_cents, stock FROM products WHERE category = $1 AND price_cents < $2 ORDER BY listed_at DESC OFFSET $3 LIMIT 20", 3, "SELECT ", []string{"sku", "name", "price_cents", "stock"}}
	}
}

// Postgres messages of the extended protocol, recorded one pair each.
const (
	messageParse = iota
	messageBind
	messageDescribe
	messageExecute
	messageQuery
)

var messageNames = [...]string{"Prepare Statement", "Bind Statement Parameters", "Describe Portal", "Execute Prepared Statement", "Query"}

func (g *Generator) appendPostgres(dst []byte, c *call) []byte {
	p := &g.peers.postgres
	h := head{call: c, protocol: "postgres", tech: "Postgres", status: "OK", address: p.host, port: p.port}
	r := newRandom(c.seed)
	if c.action == postgresStart || c.action == postgresBye {
		return g.appendPostgresSession(dst, &h, &r)
	}
	s := g.statementOf(c)
	message := [...]int{messageParse, messageBind, messageDescribe, messageExecute, messageExecute, messageExecute, messageQuery}[r.below(7)]
	location := s.sql
	if message == messageQuery {
		location = [...]string{"BEGIN", "COMMIT", "SELECT 1", "ROLLBACK"}[r.below(4)]
	}
	h.command = messageNames[message]
	g.scratch = append(g.scratch[:0], location...)
	h.location = g.scratch
	duplicate := message == messageExecute && s.parameters >= 4 && r.chance(0.02)
	if duplicate {
		h.status = "ERR:23505"
	}
	dst = g.appendHead(dst, &h)
	d := document{dst: append(dst, `,"postgres":`...)}
	d.open("", '{')
	d.open("request", '{')
	g.writeStatement(&d, message, location, s, c, &r)
	d.close('}')
	d.open("response", '{')
	g.writeResult(&d, message, s, c, duplicate, &r)
	d.close('}')
	d.close('}')
	dst = d.dst
	if message != messageQuery && g.random.chance(0.5) {
		dst = g.appendToken(dst, &h, true, "SQL", "SQL", sqlPlace(message), h.location)
		dst = append(dst, '}')
	}
	dst = appendStatementSignature(dst, "signature", h.command, h.location, true)
	dst = g.appendNetinfo(dst, &h, p.addr, p.host, p.port, 80+len(location), 60)
	if g.random.chance(shareMutableSignature) {
		dst = appendStatementSignature(dst, "mutableSignature", h.command, h.location, false)
	}
	g.reportPlants(h.id, copies{})
	return append(dst, '}')
}

func sqlPlace(message int) string {
	switch message {
	case messageParse:
		return "postgres.request.parse.query"
	case messageBind:
		return "postgres.request.bind.parseRequest.query"
	case messageDescribe:
		return "postgres.request.describe.parseRequest.query"
	default:
		return "postgres.request.execute.bindRequest.parseRequest.query"
	}
}

func appendStatementSignature(dst []byte, name, command string, sql []byte, encoded bool) []byte {
	value := func(key string, text []byte) {
		dst = append(append(append(dst, '"'), key...), `":`...)
		if encoded {
			dst = appendBase64Text(dst, text)
		} else {
			dst = appendQuoted(dst, text)
		}
	}
	dst = append(append(append(dst, `,"`...), name...), `":{`...)
	value("postgres:msg_type", []byte(command))
	dst = append(dst, ',')
	value("postgres:query", sql)
	dst = append(dst, `,"postgres:query_name":""}`...)
	return dst
}

func (g *Generator) writeStatement(d *document, message int, sql string, s statement, c *call, r *random) {
	parsed := func(name string) {
		d.open(name, '{')
		d.text("query", sql)
		d.open("parameterOids", '[')
		for range s.parameters {
			d.comma()
			d.dst = append(d.dst, '0')
		}
		d.close(']')
		d.close('}')
	}
	bound := func(name, path string) {
		d.open(name, '{')
		d.open("parameters", '[')
		for i := range s.parameters {
			g.writeParameter(d, i, path, c, r)
		}
		d.close(']')
		parsed("parseRequest")
		d.close('}')
	}
	switch message {
	case messageParse:
		parsed("parse")
	case messageBind:
		bound("bind", "postgres.request.bind.parameters.")
	case messageDescribe:
		d.open("describe", '{')
		d.text("objectType", "OBJECT_TYPE_PORTAL")
		parsed("parseRequest")
		d.close('}')
	case messageExecute:
		d.open("execute", '{')
		bound("bindRequest", "postgres.request.execute.bindRequest.parameters.")
		d.close('}')
	default:
		d.open("query", '{')
		d.text("query", sql)
		d.close('}')
	}
}

// writeParameter writes bind value i of the call's statement, as text, NULL or bytes.
func (g *Generator) writeParameter(d *document, i int, path string, c *call, r *random) {
	v := c.visitor
	planted := func(kind string, value []byte) {
		if g.options.Planted != nil {
			g.plant(kind, value, placeAbsolute, path+strconv.Itoa(i)+".asString")
		}
		d.bytes("asString", value)
	}
	p := g.productOf(c.product)
	scratch := g.joined[:0]
	d.open("", '{')
	switch {
	case c.action == queryUser, c.action == queryOrder && i == 2:
		planted("email", v.email)
	case c.action == queryOrder && i == 3:
		planted("address", v.street)
	case c.action == queryCart && i == 0:
		d.uuid("asString", v.cartID)
	case c.action == queryCart && i == 1, c.action == queryReviews && i == 0:
		scratch = p.appendSKU(scratch)
		d.bytes("asString", scratch)
	case c.action == queryCart && i == 3 && !v.signedIn:
		d.key("isNull")
		d.dst = append(d.dst, "true"...)
	case c.action == queryOrder && i == 5:
		d.time("asString", c.at)
	case c.action == queryReviews && i == 1:
		d.text("asString", "published")
	case c.action == queryProducts && i == 0:
		d.text("asString", r.pick(g.words.colours))
	default:
		scratch = appendInt(scratch, int64(r.next()%1e7))
		d.bytes("asString", scratch)
	}
	d.close('}')
	g.joined = scratch
}
