package demo

import "github.com/klauspost/compress/gzip"

// headers writes name -> [value] members in the order given, which is alphabetical as recorders sort them.
type headers struct {
	dst   []byte
	first bool
}

func (h *headers) name(name string) {
	if h.first {
		h.first = false
	} else {
		h.dst = append(h.dst, ',')
	}
	h.dst = append(append(append(h.dst, '"'), name...), `":["`...)
}

func (h *headers) end() { h.dst = append(h.dst, '"', ']') }

func (h *headers) text(name, value string) {
	h.name(name)
	h.dst = appendEscaped(h.dst, value)
	h.end()
}

func (h *headers) number(name string, value int64) {
	h.name(name)
	h.dst = appendInt(h.dst, value)
	h.end()
}

func (g *Generator) appendRequestHeaders(dst []byte, c *call) []byte {
	ex, v := &g.ex, c.visitor
	h := headers{dst: append(dst, '{'), first: true}
	switch {
	case ex.browser:
		h.text("Accept", "application/json, text/plain, */*")
		h.text("Accept-Encoding", "gzip, deflate, br")
		h.text("Accept-Language", v.language)
	case ex.grpcStatus == "":
		h.text("Accept", "*/*")
		h.text("Accept-Encoding", "gzip")
	}
	switch {
	case len(ex.apiKey) > 0:
		h.name("Authorization")
		h.dst = append(append(h.dst, "Bearer "...), ex.apiKey...)
		h.end()
		g.plant("api_key", ex.apiKey, placeAbsolute, "http.req.headers.Authorization.0")
	case ex.authorized:
		h.name("Authorization")
		h.dst = append(append(h.dst, "Bearer "...), v.token...)
		h.end()
		g.plant("jwt", v.token, placeAbsolute, "http.req.headers.Authorization.0")
	}
	if len(ex.reqBody) > 0 {
		h.number("Content-Length", int64(len(ex.reqBody)))
		h.text("Content-Type", ex.reqType)
	}
	if ex.browser {
		h.name("Cookie")
		h.dst = append(h.dst, v.analytics...)
		if v.cartItems > 0 {
			h.dst = appendUUID(append(h.dst, "; cart="...), v.cartID)
		}
		h.end()
	}
	h.name("Host")
	h.dst = append(h.dst, ex.host...)
	if !ex.external && !ex.browser {
		h.dst = appendInt(append(h.dst, ':'), int64(ex.port))
	}
	h.end()
	if ex.idempotency {
		h.name("Idempotency-Key")
		h.dst = appendUUID(h.dst, c.trace)
		h.end()
	}
	if c.action != actionHealth && (!ex.browser || v.traced) {
		h.name("Traceparent")
		h.dst = appendHex(append(h.dst, "00-"...), c.trace[:])
		h.dst = appendDigits(append(h.dst, '-'), c.seed%1e16, 16) // decimal digits are hexadecimal digits too
		h.dst = append(h.dst, "-01"...)
		h.end()
	}
	h.name("User-Agent")
	switch {
	case c.action == actionHealth:
		h.dst = append(h.dst, "kube-probe/1.31"...)
	case ex.browser:
		h.dst = append(h.dst, v.browser...)
	default:
		h.dst = append(h.dst, g.services[g.caller(c)].agent...)
	}
	h.end()
	if ex.browser {
		h.name("X-Forwarded-For")
		at := len(h.dst)
		h.dst = appendIPv4(h.dst, v.ip)
		g.plant("ip", h.dst[at:], placeAbsolute, "http.req.headers.X-Forwarded-For.0")
		h.end()
		h.text("X-Forwarded-Proto", "https")
	}
	return append(h.dst, '}')
}

// caller is the service whose client sends the request: the capturing one for OUT, a guess at the usual one for IN.
func (g *Generator) caller(c *call) int {
	if c.outbound {
		return c.service
	}
	switch c.service {
	case inventory, payments, shipping:
		return checkout
	default:
		return frontend
	}
}

func (g *Generator) appendResponseHeaders(dst []byte, c *call) []byte {
	ex, r := &g.ex, &g.random
	h := headers{dst: append(dst, '{'), first: true}
	switch {
	case ex.resType == "image/jpeg":
		h.text("Cache-Control", "public, max-age=31536000, immutable")
	case ex.browser:
		h.text("Cache-Control", "no-store")
	}
	if ex.gzipped {
		h.text("Content-Encoding", "gzip")
	}
	if len(ex.resBody) > 0 {
		h.number("Content-Length", int64(len(ex.resBody)))
		h.text("Content-Type", ex.resType)
	}
	h.name("Date")
	h.dst = appendHTTPDate(h.dst, c.at+c.took*1000)
	h.end()
	if c.action == actionProduct && c.status == 200 {
		h.name("Etag")
		h.dst = append(h.dst, `W/\"`...)
		h.dst = appendDigits(h.dst, r.next()%1e12, 12)
		h.dst = append(h.dst, `\"`...)
		h.end()
	}
	if ex.grpcStatus != "" {
		h.text("Grpc-Status", ex.grpcStatus)
	}
	if server := g.serverName(c); server != "" {
		h.text("Server", server)
	}
	if ex.browser && c.action != actionImage {
		h.text("Vary", "Accept-Encoding, Origin")
	}
	if !ex.external && ex.grpcStatus == "" {
		h.text("X-Content-Type-Options", "nosniff")
		h.number("X-Envoy-Upstream-Service-Time", max(1, c.took/1000))
	}
	return append(h.dst, '}')
}

func (g *Generator) serverName(c *call) string {
	if g.ex.external {
		return "cloudfront"
	}
	return g.services[c.service].server
}

// compressResponse puts the response body under gzip. Stateless compression keeps no window between bodies.
func (g *Generator) compressResponse() {
	g.gzipped.data = g.gzipped.data[:0]
	if g.gz == nil {
		// The level is one of the library's own: it cannot fail.
		g.gz, _ = gzip.NewWriterLevel(&g.gzipped, gzip.StatelessCompression)
	} else {
		g.gz.Reset(&g.gzipped)
	}
	_, _ = g.gz.Write(g.ex.resBody) // writing to memory does not fail
	_ = g.gz.Close()
	g.ex.resBody = append(g.ex.resBody[:0], g.gzipped.data...)
}
