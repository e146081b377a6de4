package dimension

import (
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/byoc-otel/otelcol-byoc/internal/ddsketch"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Text is the text of a member that a record knows by name: ts, l7protocol,
// direction, cluster, namespace, service, tech, network_address, command,
// location, status, session, and url, uri, method and host of the request. ""
// when it is absent or no string.
func (r *Record) Text(f rrpair.Field) string { return r.field(f) }

// Tag is the text of a tag, "" when it is absent or no string.
func (r *Record) Tag(name string) string {
	if r.pair == nil {
		if text, _, isPlain := r.glance.tag(name); isPlain {
			return text
		}
		if !r.load() {
			return ""
		}
	}
	return r.unquote(member(r.pair.Raw(rrpair.FieldTags), name))
}

// UUID is the pair's identity, as rrpair.Pair.UUID gives it; see Unreadable.
func (r *Record) UUID() rrpair.UUID {
	if r.pair == nil && (r.glance.hasID || !r.load()) {
		return r.glance.id
	}
	id, _ := r.pair.UUID()
	return id
}

// ID is the identity, hyphenated.
func (r *Record) ID() string { return r.id() }

// Timestamp is ts; ok is false when it is absent or not RFC 3339.
func (r *Record) Timestamp() (ts time.Time, ok bool) {
	if r.pair == nil {
		text := r.glance.texts[rrpair.FieldTS]
		if text == "" {
			return time.Time{}, false
		}
		ts, err := time.Parse(time.RFC3339Nano, text)
		return ts.UTC(), err == nil
	}
	return r.pair.Time()
}

// Duration is how long the exchange took, as rrpair.Pair.Duration gives it.
func (r *Record) Duration() (d time.Duration, ok bool) {
	if r.pair == nil {
		if d, ok, isPlain := r.glance.milliseconds(); isPlain {
			return d, ok
		}
		if !r.load() {
			return 0, false
		}
	}
	return r.pair.Duration()
}

// LatencyBucket is ddsketch.Bucket of the duration; of 0 where there is none.
func (r *Record) LatencyBucket() int32 {
	d, _ := r.Duration()
	return ddsketch.Bucket(d)
}

// Failed says that the exchange failed: rrpair.Failed of protocol and status, and
// HTTP 4xx where the settings say so.
func (r *Record) Failed() bool {
	protocol, status := r.field(rrpair.FieldL7Protocol), r.field(rrpair.FieldStatus)
	if rrpair.Failed(protocol, status) {
		return true
	}
	return r.rules != nil && r.rules.clientErrors && isHTTP(protocol) && len(status) == 3 && status[0] == '4' &&
		isFigure(status[1]) && isFigure(status[2])
}

func isHTTP(protocol string) bool {
	return len(protocol) >= 4 && strings.EqualFold(protocol[:4], "http")
}

// Host is the host that was called, without port: http.req.host, else that of
// the network address; "" when neither is there.
func (r *Record) Host() string { return withoutPort(r.host()) }

// Path is the path of the request, without query; "" when it is no HTTP request.
func (r *Record) Path() string {
	for _, f := range [...]rrpair.Field{rrpair.FieldRequestURL, rrpair.FieldRequestURI} {
		if path := r.field(f); strings.HasPrefix(path, "/") {
			if i := strings.IndexAny(path, "?#"); i >= 0 {
				path = path[:i]
			}
			return path
		}
	}
	return ""
}

// HTTPStatus is the status code of an HTTP response, that of gRPC's HTTP too; 0
// when there is none.
func (r *Record) HTTPStatus() int {
	code := int64(0)
	switch {
	case r.pair != nil:
		raw := r.pair.Raw(rrpair.FieldResponseStatusCode)
		code, _ = strconv.ParseInt(strings.Trim(view(raw), `"`), 10, 32)
	case r.glance.hasCode:
		switch r.glance.code.Type() {
		case pcommon.ValueTypeInt:
			code = r.glance.code.Int()
		case pcommon.ValueTypeDouble:
			code = int64(r.glance.code.Double())
		case pcommon.ValueTypeStr:
			code, _ = strconv.ParseInt(r.glance.code.Str(), 10, 32)
		}
	}
	if code == 0 && isHTTP(r.field(rrpair.FieldL7Protocol)) {
		code, _ = strconv.ParseInt(r.field(rrpair.FieldStatus), 10, 32)
	}
	if code < 100 || code > 599 {
		return 0
	}
	return int(code)
}

// Protocol is l7protocol as semantic conventions name protocols: lower-case, and
// http for https and http2.
func (r *Record) Protocol() string {
	protocol := strings.ToLower(r.field(rrpair.FieldL7Protocol))
	if protocol == "https" || protocol == "http2" {
		return "http"
	}
	return protocol
}
