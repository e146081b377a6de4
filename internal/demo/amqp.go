package demo

import "encoding/base64"

func (g *Generator) appendAMQP(dst []byte, c *call) []byte {
	p := &g.peers.broker
	r := newRandom(c.seed)
	h := head{call: c, protocol: "amqp091", status: "OK", address: p.host, port: p.port}
	location := g.scratch[:0]
	switch c.action {
	case publishOrder:
		h.command, location = "Basic.Publish", append(location, "Exchange: orders, Routing Key: order.placed"...)
	case deliverOrder:
		h.command, location = "Basic.Deliver", append(location, "Consumer Tag: shipping-1"...)
	default:
		h.command, location = "Connection.Start", append(location, "N/A"...)
	}
	h.location, g.scratch = location, location
	dst = g.appendHead(dst, &h)
	if c.action == deliverOrder { // a delivery belongs to the consumer's stream
		var stream [16]byte
		named := newRandom(uint64(c.service))
		named.fill(stream[:])
		dst = appendBase64Text(append(dst, `,"partOfStreamUUID":`...), stream[:])
		dst = appendInt(append(dst, `,"streamSeqNum":"`...), int64(c.order))
		dst = append(dst, '"')
	}
	dst = append(dst, `,"AmqpV091":{`...)
	switch c.action {
	case publishOrder:
		dst = append(dst, `"client":{"basic":{"publish":{"exchange":"orders","routingKey":"order.placed",`...)
		dst = g.appendMessage(dst, c, "AmqpV091.client.basic.publish.body.")
		dst = append(dst, `}}}`...)
	case deliverOrder:
		dst = append(dst, `"server":{"basic":{"deliver":{"consumerTag":"shipping-1","deliverTag":"`...)
		dst = appendInt(dst, int64(c.order))
		dst = append(dst, `","exchange":"orders","routingKey":"order.placed",`...)
		dst = g.appendMessage(dst, c, "AmqpV091.server.basic.deliver.body.")
		dst = append(dst, `}}}`...)
	default:
		dst = g.appendAMQPStart(dst, &r)
	}
	var key [32]byte
	named := newRandom(uint64(c.service) + 77)
	named.fill(key[:])
	dst = appendHex(append(dst, `,"sig":{"channel":1,"session_key":"`...), key[:])
	dst = append(dst, `"}}`...)
	dst = g.appendNetinfo(dst, &h, p.addr, p.host, p.port, 400, 60)
	g.reportPlants(h.id, copies{})
	return append(dst, '}')
}

// appendMessage writes properties and body of the message that an order was placed.
func (g *Generator) appendMessage(dst []byte, c *call, path string) []byte {
	v := c.visitor
	dst = append(dst, `"properties":{"deliveryMode":2,"headers":{"traceparent":"00-`...)
	dst = appendHex(dst, c.trace[:])
	dst = appendDigits(append(dst, '-'), c.seed%1e16, 16)
	dst = appendTime(append(dst, `-01"},"contentType":"application/json","timestamp":"`...), c.at/1e9*1e9)
	dst = append(dst, `"},"body":`...)
	d := document{dst: g.ex.reqBody[:0]}
	d.open("", '{')
	d.number("order", int64(c.order))
	d.key("customer")
	d.dst = append(v.appendFullName(append(d.dst, '"')), '"')
	d.bytes("email", v.email)
	d.bytes("phone", v.phone)
	d.cents("total", g.orderTotal(c))
	d.close('}')
	g.ex.reqBody = d.dst
	if g.options.Planted != nil {
		g.plant("name", v.appendFullName(nil), placeAbsolute, path+"customer")
		g.plant("email", v.email, placeAbsolute, path+"email")
		g.plant("phone", v.phone, placeAbsolute, path+"phone")
	}
	dst = append(dst, '"')
	dst = base64.StdEncoding.AppendEncode(dst, d.dst)
	return append(dst, '"')
}

// appendAMQPStart writes the handshake, whose answer holds user and password in clear (RFC 4616 PLAIN).
func (g *Generator) appendAMQPStart(dst []byte, r *random) []byte {
	password := appendLetters(g.joined[:0], r, 18)
	g.joined = password
	dst = append(dst, `"client":{"connection":{"startOk":{"properties":{"platform":"golang","product":"AMQP 0.9.1 Client","version":"1.10.0"},"mechanism":"PLAIN","response":"\u0000shop\u0000`...)
	dst = append(dst, password...)
	g.plant("password", password, placeAbsolute, "AmqpV091.client.connection.startOk.response")
	return append(dst, `","locale":"en_US"}}},"server":{"connection":{"start":{"minor":9,"properties":{"cluster_name":"rabbit@shop","platform":"Erlang/OTP 27","product":"RabbitMQ","version":"4.1.4"},"mechanisms":"PLAIN AMQPLAIN","locales":["en_US"]}}}`...)
}
