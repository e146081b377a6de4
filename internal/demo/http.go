package demo

import "strconv"

// exchange is one HTTP request and response before it is written. Its buffers are reused.
type exchange struct {
	tech, version    string
	method           string
	host             string // of the URL
	port             int
	remote           [4]byte // the other end's address
	external         bool    // TLS to somebody else's host
	browser          bool    // the request comes from a visitor's browser
	authorized       bool    // carries the visitor's token
	path, query      []byte
	reqType, resType string
	reqBody, resBody []byte
	gzipped          bool // the response body was recorded still compressed
	repeated         bool // body repeats bodyBase64 as text
	apiKey           []byte
	idempotency      bool
	grpcStatus       string
}

const (
	typeJSON = "application/json"
	typeForm = "application/x-www-form-urlencoded"
	typeGRPC = "application/grpc"
)

// Shares of pairs with members that not all capture versions write; with them the sizes and the shares of bytes come
// out as counted on real recordings.
const (
	shareRepeated         = 0.15
	shareMutableSignature = 0.23
	shareTokenList        = 0.20
	shareGzipped          = 0.06
)

func (g *Generator) appendHTTP(dst []byte, c *call) []byte {
	ex := &g.ex
	*ex = exchange{
		tech: "JSON", version: "1.1", method: "GET", reqType: "", resType: typeJSON,
		path: ex.path[:0], query: ex.query[:0], reqBody: ex.reqBody[:0], resBody: ex.resBody[:0], apiKey: ex.apiKey[:0],
	}
	g.describe(c)
	r := &g.random
	binary := ex.resType == "image/jpeg"
	ex.repeated = !binary && r.chance(shareRepeated)
	if !binary && !ex.repeated && ex.grpcStatus == "" && len(ex.resBody) > 200 && r.chance(shareGzipped) {
		ex.gzipped = true
		g.compressResponse()
	}
	mutable := r.chance(shareMutableSignature)

	h := head{call: c, protocol: "http", tech: ex.tech, command: ex.method, location: ex.path, status: statusText(c.status), address: ex.host, port: ex.port}
	switch {
	case ex.external:
		h.protocol, h.tls, h.alpn = "https", true, "h2"
	case ex.grpcStatus != "":
		h.protocol, h.status = "grpc", ex.grpcStatus
	}
	before := len(dst)
	dst = g.appendHead(dst, &h)
	dst = g.appendRequest(append(dst, `,"http":{"req":`...), c)
	dst = g.appendResponse(append(dst, `,"res":`...), c)
	dst = append(dst, '}')
	dst = g.appendHTTPTokens(dst, &h)
	if ex.authorized {
		dst = append(append(append(dst, `,"session":"`...), c.visitor.token...), '"')
		g.plant("jwt", c.visitor.token, placeAbsolute, "session")
	}
	dst = g.appendSignature(dst, "signature", true)
	wire := len(dst) - before
	dst = g.appendNetinfo(dst, &h, ex.remote, ex.host, ex.port, wire/4+len(ex.reqBody), wire/6+len(ex.resBody))
	if mutable {
		dst = g.appendSignature(dst, "mutableSignature", false)
	}
	isJSON := ex.reqType == typeJSON
	g.reportPlants(h.id, copies{body: ex.repeated, signature: isJSON, mutableSignature: isJSON && mutable})
	return append(dst, '}')
}

func (g *Generator) appendRequest(dst []byte, c *call) []byte {
	ex := &g.ex
	dst = appendQuoted(append(dst, `{"url":`...), ex.path)
	dst = append(dst, `,"uri":"`...)
	dst = g.appendURI(dst)
	dst = append(append(dst, `","version":"`...), ex.version...)
	dst = append(append(dst, `","method":"`...), ex.method...)
	dst = append(append(dst, `","host":"`...), ex.host...)
	dst = g.appendRequestHeaders(append(dst, `","headers":`...), c)
	if len(ex.query) > 0 {
		dst = appendQueryParams(append(dst, `,"queryParams":`...), ex.query)
	}
	dst = g.appendBody(dst, ex.reqBody, ex.repeated)
	return append(dst, '}')
}

func (g *Generator) appendURI(dst []byte) []byte {
	dst = appendEscaped(dst, g.ex.path)
	if len(g.ex.query) > 0 {
		dst = append(append(dst, '?'), g.ex.query...)
	}
	return dst
}

// appendQueryParams shows a query string as name -> values. No query of the shop names a parameter twice.
func appendQueryParams(dst, query []byte) []byte {
	dst = append(dst, '{', '"')
	for i := 0; i < len(query); i++ {
		switch b := query[i]; b {
		case '=':
			dst = append(dst, `":["`...)
		case '&':
			dst = append(dst, `"],"`...)
		case '+':
			dst = append(dst, ' ')
		default:
			dst = append(dst, b)
		}
	}
	return append(dst, `"]}`...)
}

func (g *Generator) appendBody(dst, body []byte, repeated bool) []byte {
	if len(body) == 0 {
		return dst
	}
	dst = appendBase64Text(append(dst, `,"bodyBase64":`...), body)
	if repeated {
		dst = appendQuoted(append(dst, `,"body":`...), body)
	}
	return dst
}

func (g *Generator) appendResponse(dst []byte, c *call) []byte {
	ex := &g.ex
	httpStatus := c.status
	if ex.grpcStatus != "" {
		httpStatus = 200
	}
	dst = append(dst, '{')
	if len(ex.resBody) > 0 {
		dst = append(append(append(dst, `"contentType":"`...), ex.resType...), '"', ',')
	}
	dst = appendInt(append(dst, `"statusCode":`...), int64(httpStatus))
	dst = append(append(dst, `,"statusMessage":"`...), statusText(httpStatus)...)
	dst = append(append(dst, ' '), reason(httpStatus)...)
	dst = g.appendResponseHeaders(append(dst, `","headers":`...), c)
	dst = g.appendBody(dst, ex.resBody, ex.repeated)
	return append(dst, '}')
}

func (g *Generator) appendHTTPTokens(dst []byte, h *head) []byte {
	ex, r := &g.ex, &g.random
	if !r.chance(shareTokenList) {
		return dst
	}
	first := true
	if ex.authorized {
		dst = g.appendToken(dst, h, first, "JWT", "JWT", "http.req.headers.Authorization.0", h.call.visitor.token)
		g.plant("jwt", h.call.visitor.token, placeAbsolute, "tokenList")
		first = false
	}
	host := append(g.scratch[:0], ex.host...)
	host = appendInt(append(host, ':'), int64(ex.port))
	g.scratch = host
	dst = g.appendToken(dst, h, first, "URI", "URI", "http.req.headers.Host[0]", host)
	return append(dst, '}')
}

func (g *Generator) appendSignature(dst []byte, name string, encoded bool) []byte {
	ex := &g.ex
	value := func(key string, text []byte) {
		dst = append(append(append(dst, '"'), key...), `":`...)
		if encoded {
			dst = appendBase64Text(dst, text)
		} else {
			dst = appendQuoted(dst, text)
		}
	}
	dst = append(append(append(dst, `,"`...), name...), `":{`...)
	g.scratch = append(g.scratch[:0], ex.host...)
	value("http:host", g.scratch)
	dst = append(dst, ',')
	g.scratch = append(g.scratch[:0], ex.method...)
	value("http:method", g.scratch)
	dst = append(dst, ',')
	value("http:queryparams", ex.query)
	dst = append(dst, ',')
	if ex.reqType == typeJSON {
		value("http:requestBodyJSON", ex.reqBody)
		dst = append(dst, ',')
	}
	value("http:url", ex.path)
	return append(dst, '}')
}

func statusText(status int) string { return strconv.Itoa(status) }

func reason(status int) string {
	switch status {
	case 200:
		return "OK"
	case 201:
		return "Created"
	case 204:
		return "No Content"
	case 400:
		return "Bad Request"
	case 401:
		return "Unauthorized"
	case 402:
		return "Payment Required"
	case 404:
		return "Not Found"
	case 500:
		return "Internal Server Error"
	default:
		return "Service Unavailable"
	}
}
