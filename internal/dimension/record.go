package dimension

import (
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// maxBody bounds a decompressed body, so that a small record cannot blow up the
// process; a body beyond it is taken as it came, still compressed.
const maxBody = 64 << 20

// Record is a pair as the filter sees it: a filter.Source that knows everything.
// What it hands out are views, valid until the record is reset or the pair is
// loaded again. Not safe for concurrent use; one record serves many pairs.
type Record struct {
	rules  *Rules // nil: the defaults
	own    rrpair.Pair
	text   []byte // memory of texts that cannot be views into the pair
	values []byte // memory of the user's own dimensions
	current
}

// current is what a record knows of the pair it stands for.
type current struct {
	pair     *rrpair.Pair // nil as long as the glance is enough
	glance   glance
	endpoint string
	uuid     string
	trace    traceContext
	bodies   [2]body // of the request and of the response
	have     known

	// Of a log record, see ResetLog.
	isLog      bool
	resource   pcommon.Resource
	record     plog.LogRecord
	unreadable bool
}

type body struct {
	data    []byte
	decoded bool
}

// known says which derived values of the pair are worked out.
type known struct{ endpoint, uuid, trace bool }

var _ filter.Source = (*Record)(nil)

// NewRecord makes a record; Reset or ResetLog gives it a pair before it is asked
// anything.
func NewRecord() *Record { return new(Record) }

// maxText is what a record keeps of its memory from one pair to the next.
const maxText = 64 << 10

// Reset makes the record stand for p, which must not be loaded again while it
// does. Nothing is read before it is asked for.
func (r *Record) Reset(p *rrpair.Pair) {
	r.clear()
	r.pair = p
}

func (r *Record) clear() {
	if r.text = r.text[:0]; cap(r.text) > maxText {
		r.text = nil
	}
	if r.values = r.values[:0]; cap(r.values) > maxText {
		r.values = nil
	}
	r.current = current{}
}

// Strings implements filter.Source.
func (r *Record) Strings(dst []string, f filter.Field, sub string) ([]string, bool) {
	switch f {
	case filter.FieldHeader:
		return r.appendHeader(dst, sub), !r.unreadable
	case filter.FieldTag:
		return r.appendTag(dst, sub), !r.unreadable
	case filter.FieldURL:
		path, uri := r.field(rrpair.FieldRequestURL), r.field(rrpair.FieldRequestURI)
		dst = appendPresent(dst, path)
		if uri != path {
			dst = appendPresent(dst, uri)
		}
		return dst, true
	}
	value, ok := r.value(f)
	if !ok {
		return dst, false
	}
	return appendPresent(dst, value), !r.unreadable
}

func appendPresent(dst []string, value string) []string {
	if value == "" {
		return dst
	}
	return append(dst, value)
}

// value is the one value of a plain field; ok is false for fields that have none
// of this kind.
func (r *Record) value(f filter.Field) (value string, ok bool) {
	switch f {
	case filter.FieldHost:
		return r.host(), true
	case filter.FieldUUID:
		return r.id(), true
	case filter.FieldError:
		return strconv.FormatBool(r.Failed()), true
	case filter.FieldEndpoint:
		return r.Endpoint(), true
	case filter.FieldPeer:
		return r.Peer(), true
	case filter.FieldTrace:
		return r.Trace(), true
	default:
		member, ok := memberOf(f)
		if !ok {
			return "", false
		}
		return r.field(member), true
	}
}

// memberOf is the member of the record that holds a field as it is.
func memberOf(f filter.Field) (rrpair.Field, bool) {
	switch f {
	case filter.FieldCluster:
		return rrpair.FieldCluster, true
	case filter.FieldNamespace:
		return rrpair.FieldNamespace, true
	case filter.FieldService:
		return rrpair.FieldService, true
	case filter.FieldCommand:
		return rrpair.FieldCommand, true
	case filter.FieldLocation:
		return rrpair.FieldLocation, true
	case filter.FieldStatus:
		return rrpair.FieldStatus, true
	case filter.FieldDirection:
		return rrpair.FieldDirection, true
	case filter.FieldL7Protocol:
		return rrpair.FieldL7Protocol, true
	case filter.FieldTech:
		return rrpair.FieldTech, true
	case filter.FieldNetworkAddress:
		return rrpair.FieldNetworkAddress, true
	case filter.FieldSession:
		return rrpair.FieldSession, true
	default:
		return 0, false
	}
}

// Number implements filter.Source.
func (r *Record) Number(f filter.Field) (value int64, present, isKnown bool) {
	switch f {
	case filter.FieldSize:
		if !r.load() {
			return 0, false, false
		}
		return int64(len(r.pair.JSON())), true, true
	case filter.FieldDuration:
		duration, ok := r.Duration()
		return int64(duration), ok, true
	default:
		return 0, false, false
	}
}

// Time implements filter.Source.
func (r *Record) Time() (time.Time, bool) {
	ts, ok := r.Timestamp()
	if !ok {
		return time.Time{}, true
	}
	return ts, true
}

// Body implements filter.Source. A body that cannot be decompressed is given as
// it came.
func (r *Record) Body(response bool) ([]byte, bool) {
	b := &r.bodies[0]
	if response {
		b = &r.bodies[1]
	}
	if !b.decoded {
		if !r.load() {
			return nil, false
		}
		b.decoded = true
		var err error
		b.data, err = rrpair.DecodedBody(r.pair, response, maxBody)
		if err != nil && !errors.Is(err, rrpair.ErrNoBody) {
			if b.data, _ = r.pair.RequestBody(); response {
				b.data, _ = r.pair.ResponseBody()
			}
		}
	}
	return b.data, true
}

// Document implements filter.Source.
func (r *Record) Document() ([]byte, bool) {
	if !r.load() {
		return nil, false
	}
	return r.pair.JSON(), true
}

// field is the text of a member, "" when it is absent or no string.
func (r *Record) field(f rrpair.Field) string {
	if r.pair == nil {
		return r.glance.texts[f]
	}
	return r.unquote(r.pair.Raw(f))
}

// unquote is the text of a raw JSON string: a view into the pair, or of the
// record's memory when it has escapes.
func (r *Record) unquote(raw []byte) string {
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	inside := view(raw[1 : len(raw)-1])
	if strings.IndexByte(inside, '\\') < 0 {
		return inside
	}
	start := len(r.text)
	r.text, _ = rrpair.AppendUnquoted(r.text, raw)
	return view(r.text[start:len(r.text):len(r.text)])
}

// view shares the bytes: neither a pair nor the memory behind a text handed out
// is written before the record is reset.
func view(data []byte) string { return unsafe.String(unsafe.SliceData(data), len(data)) }

func (r *Record) id() string {
	if !r.have.uuid {
		id := r.UUID()
		start := len(r.text)
		for i, part := range [...][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
			if i > 0 {
				r.text = append(r.text, '-')
			}
			r.text = hex.AppendEncode(r.text, part)
		}
		r.uuid, r.have.uuid = view(r.text[start:len(r.text):len(r.text)]), true
	}
	return r.uuid
}

// Endpoint is the location with its variable parts named, "" without a location.
func (r *Record) Endpoint() string {
	if !r.have.endpoint {
		r.have.endpoint = true
		location := r.field(rrpair.FieldLocation)
		if r.endpoint = r.rules.template(location); r.endpoint != "" {
			return r.endpoint
		}
		start := len(r.text)
		r.text = AppendEndpoint(r.text, location, r.field(rrpair.FieldL7Protocol))
		r.endpoint = view(r.text[start:len(r.text):len(r.text)])
	}
	return r.endpoint
}

// host is the host the request names, else that of the network address; with
// its port as it came from the request, without from the address.
func (r *Record) host() string {
	if host := r.field(rrpair.FieldRequestHost); host != "" {
		return host
	}
	return withoutPort(r.field(rrpair.FieldNetworkAddress))
}

// Peer is who is at the other end, "" when nothing tells.
func (r *Record) Peer() string {
	if r.field(rrpair.FieldDirection) == "IN" {
		return r.endOf("downstream", "hostname", "ipAddress")
	}
	if host := withoutPort(r.field(rrpair.FieldRequestHost)); host != "" {
		return host
	}
	if host := r.endOf("upstream", "hostname"); host != "" {
		return host
	}
	if host := withoutPort(r.field(rrpair.FieldNetworkAddress)); host != "" {
		return host
	}
	return r.endOf("upstream", "ipAddress")
}

// endOf is the first of the named texts that one end of the connection has.
func (r *Record) endOf(end string, names ...string) string {
	if r.pair == nil {
		return r.glance.endOf(end, names)
	}
	side := member(r.pair.Raw(rrpair.FieldNetinfo), end)
	for _, name := range names {
		if text := r.unquote(member(side, name)); text != "" {
			return text
		}
	}
	return ""
}

// withoutPort takes the port off a host, and the brackets off an IPv6 address.
func withoutPort(address string) string {
	if inside, isBracketed := strings.CutPrefix(address, "["); isBracketed {
		host, _, _ := strings.Cut(inside, "]")
		return host
	}
	if i := strings.LastIndexByte(address, ':'); i >= 0 && strings.IndexByte(address, ':') == i {
		return address[:i]
	}
	return address
}
