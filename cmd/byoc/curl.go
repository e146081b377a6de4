package main

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// printCurl prints the request as a line for sh that sends it again. A pair that is no HTTP request is an error that says
// what it is and what to do.
func (a *app) printCurl(pair *rrpair.Pair, baseURL string) error {
	line, err := curlOf(pair, baseURL)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprint(a.stdout, line); err != nil {
		return fmt.Errorf("print the request: %w", err)
	}
	return nil
}

// curlRequest is a request on its way to a command line.
type curlRequest struct {
	notes   []string // for the reader, as comments: plain words, no traffic
	method  string
	address string
	target  string // "*" where the request has no path; else ""
	headers [][2]string
	body    []byte
	hasBody bool
}

// curlOf makes the command line: comments, and one command that curl and a POSIX shell understand.
func curlOf(pair *rrpair.Pair, baseURL string) (string, error) {
	if err := checkCurl(pair); err != nil {
		return "", err
	}
	r := &curlRequest{method: pair.Text(rrpair.FieldRequestMethod)}
	if !isToken(r.method) || r.method == http.MethodConnect {
		return "", fmt.Errorf("curl cannot send the method %q", r.method)
	}
	if err := r.place(pair, baseURL); err != nil {
		return "", err
	}
	r.readBody(pair)
	r.readHeaders(pair, baseURL != "")
	if isRedacted(pair) {
		r.note("Redacted%s: credentials and personal data are surrogates, which a server may refuse.", withPolicy(pair))
	}
	return r.command(), nil
}

// checkCurl refuses what is no request that curl can send.
func checkCurl(pair *rrpair.Pair) error {
	protocol := pair.Text(rrpair.FieldL7Protocol)
	media, _, _ := mime.ParseMediaType(headerOf(pair.Raw(rrpair.FieldRequestHeaders), "content-type"))
	switch {
	case isGRPC(media) || strings.EqualFold(protocol, "grpc"):
		return errors.New("no curl line: the pair is a gRPC call, whose messages were captured decoded and not as they went over the wire; --output exchange shows them, and a gRPC client with the service's .proto can send them")
	case memberOf(pair.JSON(), "postgres") != nil:
		return errors.New("no curl line: the pair is a Postgres statement, which curl cannot send; --output exchange shows it, and psql runs it")
	case memberOf(pair.JSON(), "AmqpV091") != nil:
		return errors.New("no curl line: the pair is an AMQP exchange, which curl cannot send; --output exchange shows it")
	case len(pair.Raw(rrpair.FieldRequest)) == 0:
		return fmt.Errorf("no curl line: the pair (%.40q) holds no HTTP request; --output exchange shows what it holds", protocol)
	}
	return nil
}

func (r *curlRequest) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// parseBaseURL reads --base-url.
func parseBaseURL(text string) (*url.URL, error) {
	base, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, usagef("--base-url: %w", err)
	case base.Scheme != "http" && base.Scheme != "https" || !isHost(base.Host):
		return nil, usagef("--base-url %q: must be http://host[:port][/prefix] or https://…", text)
	case base.RawQuery != "" || base.Fragment != "":
		return nil, usagef("--base-url %q: must have neither a query nor a fragment", text)
	}
	return base, nil
}

// place finds out where the request goes.
func (r *curlRequest) place(pair *rrpair.Pair, baseURL string) error {
	uri := pair.Text(rrpair.FieldRequestURI)
	if uri == "" {
		uri = pair.Text(rrpair.FieldRequestURL)
	}
	scheme, host := "http", pair.Text(rrpair.FieldRequestHost)
	if string(pair.Raw(rrpair.FieldIsTLS)) == "true" || strings.EqualFold(pair.Text(rrpair.FieldL7Protocol), "https") {
		scheme = "https"
	}
	if host == "" {
		host = headerOf(pair.Raw(rrpair.FieldRequestHeaders), "host")
	}
	if host == "" {
		host, _ = strings.CutSuffix(pair.Text(rrpair.FieldNetworkAddress), ":0") // its port is not known
	}
	// A proxy is asked for whole addresses.
	for _, prefix := range [...]string{"http", "https"} {
		if rest, isWhole := strings.CutPrefix(uri, prefix+"://"); isWhole {
			slash := strings.IndexAny(rest, "/?")
			if slash < 0 {
				slash = len(rest)
			}
			scheme, host, uri = prefix, rest[:slash], rest[slash:]
		}
	}
	origin := scheme + "://" + host
	if baseURL != "" {
		base, err := parseBaseURL(baseURL)
		if err != nil {
			return err
		}
		origin = strings.TrimRight(base.String(), "/")
	} else if !isHost(host) {
		return fmt.Errorf("the pair does not say to which host it went (%.60q): say where to send it with --base-url http://localhost:8080", host)
	}
	switch {
	case uri == "*":
		r.target, uri = "*", "/"
	case !strings.HasPrefix(uri, "/"):
		uri = "/" + uri
	}
	r.address = origin + escapedURI(uri)
	return nil
}

// isHost says that the text is a host with or without a port, and nothing that a URL would read otherwise.
func isHost(text string) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool { return !isWordRune(r) && r != ':' && r != '[' && r != ']' && r != '%' }) < 0
}

// escapedURI escapes what cannot go over the wire and leaves all else as it was captured.
func escapedURI(uri string) string {
	var out strings.Builder
	for i := range len(uri) {
		c := uri[i]
		if c <= ' ' || c >= 0x7f || c == '#' {
			fmt.Fprintf(&out, "%%%02X", c)
			continue
		}
		out.WriteByte(c)
	}
	return out.String()
}

// readBody takes the body as it went over the wire.
func (r *curlRequest) readBody(pair *rrpair.Pair) {
	r.body, r.hasBody = pair.RequestBody()
	switch {
	case len(r.body) > 0 && r.method == http.MethodHead:
		r.note("The body of the HEAD request is left out: curl sends none.")
		r.body, r.hasBody = nil, false
	case len(r.body) == 0:
		// Servers refuse these methods without a Content-Length.
		r.hasBody = r.method == http.MethodPost || r.method == http.MethodPut || r.method == http.MethodPatch
	}
}

// readHeaders takes the headers but those of the connection and those that follow from the rest.
func (r *curlRequest) readHeaders(pair *rrpair.Pair, moved bool) {
	headers := pair.Raw(rrpair.FieldRequestHeaders)
	named := map[string]bool{}
	eachHeader(headers, func(name, value string) {
		if strings.EqualFold(name, "connection") {
			for option := range strings.SplitSeq(value, ",") {
				named[strings.ToLower(strings.TrimSpace(option))] = true
			}
		}
	})
	host := ""
	if parsed, err := url.Parse(r.address); err == nil {
		host = parsed.Host
	}
	decoded := r.wasDecoded(pair)
	leftOut := 0
	eachHeader(headers, func(name, value string) {
		lower := strings.ToLower(name)
		switch {
		case isHopByHop(lower) || named[lower] || lower == "content-length" || strings.HasPrefix(name, ":"):
		case lower == "host" && (moved || strings.EqualFold(value, host)):
		case lower == "content-encoding" && decoded:
			r.note("The body was captured decompressed, so the header Content-Encoding is left out.")
		case !isToken(name) || strings.ContainsFunc(value, func(c rune) bool { return c != '\t' && !isHarmless(c) }):
			leftOut++
		default:
			r.headers = append(r.headers, [2]string{name, value})
		}
	})
	if named["upgrade"] {
		r.note("The request asked for another protocol, as WebSockets do; this is only the HTTP request that came first.")
	}
	if leftOut > 0 {
		r.note("%s left out: control characters in them.", countOf(leftOut, "header is", "headers are"))
	}
}

// wasDecoded says that the body is not, or no more, in the encoding that its header names.
func (r *curlRequest) wasDecoded(pair *rrpair.Pair) bool {
	encoding := headerOf(pair.Raw(rrpair.FieldRequestHeaders), "content-encoding")
	if encoding == "" || len(r.body) == 0 {
		return false
	}
	if body, err := rrpair.DecodedBody(pair, false, shownBodyLimit); err == nil {
		return bytes.Equal(body, r.body) && !strings.EqualFold(encoding, "identity")
	}
	return false
}

// isHopByHop says that a header, in lower case, belongs to one connection and not to the request.
func isHopByHop(name string) bool {
	switch name {
	case "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer",
		"transfer-encoding", "upgrade", "http2-settings", "expect":
		return true
	}
	return false
}

// isToken says that HTTP takes the text for a method or the name of a header.
func isToken(text string) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool { return !isWordRune(r) && !strings.ContainsRune("!#$%&'*+^`|~", r) }) < 0
}
