package dimension

import (
	"encoding/hex"
	"errors"
	"strings"
	"time"
	"unsafe"

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
	pair     *rrpair.Pair
	text     []byte // memory of texts that cannot be views into the pair
	endpoint string
	uuid     string
	trace    string
	bodies   [2]body // of the request and of the response
	have     known
}

type body struct {
	data    []byte
	decoded bool
}

// known says which derived values of the pair are worked out.
type known struct{ endpoint, uuid, trace bool }

var _ filter.Source = (*Record)(nil)

// NewRecord makes a record; Reset gives it a pair before it is asked anything.
func NewRecord() *Record { return new(Record) }

// maxText is what a record keeps of its memory from one pair to the next.
const maxText = 64 << 10

// Reset makes the record stand for p, which must not be loaded again while it
// does. Nothing is read before it is asked for.
func (r *Record) Reset(p *rrpair.Pair) {
	text := r.text[:0]
	if cap(text) > maxText {
		text = nil
	}
	*r = Record{pair: p, text: text}
}

// Strings implements filter.Source.
func (r *Record) Strings(dst []string, f filter.Field, sub string) ([]string, bool) {
	switch f {
	case filter.FieldHeader:
		return r.appendHeader(dst, sub), true
	case filter.FieldTag:
		return r.appendTag(dst, sub), true
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
	return appendPresent(dst, value), true
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
		if rrpair.Failed(r.field(rrpair.FieldL7Protocol), r.field(rrpair.FieldStatus)) {
			return "true", true
		}
		return "false", true
	case filter.FieldEndpoint:
		return r.Endpoint(), true
	case filter.FieldPeer:
		return r.Peer(), true
	case filter.FieldTrace:
		if !r.have.trace {
			r.trace, r.have.trace = rrpair.TraceID(r.pair), true
		}
		return r.trace, true
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
		return int64(len(r.pair.JSON())), true, true
	case filter.FieldDuration:
		duration, ok := r.pair.Duration()
		return int64(duration), ok, true
	default:
		return 0, false, false
	}
}

// Time implements filter.Source.
func (r *Record) Time() (time.Time, bool) {
	ts, ok := r.pair.Time()
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
func (r *Record) Document() ([]byte, bool) { return r.pair.JSON(), true }

// field is the text of a member, "" when it is absent or no string.
func (r *Record) field(f rrpair.Field) string { return r.unquote(r.pair.Raw(f)) }

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
		id, _ := r.pair.UUID()
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
		start := len(r.text)
		r.text = AppendEndpoint(r.text, r.field(rrpair.FieldLocation), r.field(rrpair.FieldL7Protocol))
		r.endpoint, r.have.endpoint = view(r.text[start:len(r.text):len(r.text)]), true
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
	netinfo := r.pair.Raw(rrpair.FieldNetinfo)
	if r.field(rrpair.FieldDirection) == "IN" {
		return r.endOf(netinfo, "downstream", "hostname", "ipAddress")
	}
	for _, host := range [...]string{
		withoutPort(r.field(rrpair.FieldRequestHost)),
		r.endOf(netinfo, "upstream", "hostname"),
		withoutPort(r.field(rrpair.FieldNetworkAddress)),
	} {
		if host != "" {
			return host
		}
	}
	return r.endOf(netinfo, "upstream", "ipAddress")
}

// endOf is the first of the named texts that one end of the connection has.
func (r *Record) endOf(netinfo []byte, end string, names ...string) string {
	side := member(netinfo, end)
	for _, name := range names {
		if text := r.unquote(member(side, name)); text != "" {
			return text
		}
	}
	return ""
}

func member(object []byte, name string) (found []byte) {
	if len(object) == 0 {
		return nil
	}
	rrpair.EachMember(object, func(key, value []byte) bool {
		if string(key) == name {
			found = value
		}
		return found == nil
	})
	return found
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

// appendTag appends the value of a tag; one that is no string is its JSON text.
func (r *Record) appendTag(dst []string, name string) []string {
	rrpair.EachMember(r.pair.Raw(rrpair.FieldTags), func(key, value []byte) bool {
		if !r.isKey(key, name, false) {
			return true
		}
		dst = r.appendText(dst, value)
		return false
	})
	return dst
}

// appendHeader appends all values of a request header; its name is lower-case.
func (r *Record) appendHeader(dst []string, name string) []string {
	rrpair.EachMember(r.pair.Raw(rrpair.FieldRequestHeaders), func(key, value []byte) bool {
		if !r.isKey(key, name, true) {
			return true
		}
		if value[0] != '[' {
			dst = r.appendText(dst, value)
			return true
		}
		rrpair.EachElement(value, func(element []byte) bool {
			dst = r.appendText(dst, element)
			return true
		})
		return true // the name may come again in another case
	})
	return dst
}

func (r *Record) appendText(dst []string, raw []byte) []string {
	if raw[0] == '"' {
		return append(dst, r.unquote(raw))
	}
	return append(dst, view(raw))
}

// isKey compares a raw key; foldCase takes name as lower-case.
func (r *Record) isKey(raw []byte, name string, foldCase bool) bool {
	key := view(raw)
	if strings.IndexByte(key, '\\') >= 0 {
		start := len(r.text)
		r.text, _ = rrpair.AppendUnquoted(r.text, quoted(raw))
		key = view(r.text[start:len(r.text):len(r.text)])
	}
	if foldCase {
		return len(key) == len(name) && strings.EqualFold(key, name)
	}
	return key == name
}

// quoted puts the quotes round a raw key again.
func quoted(raw []byte) []byte {
	return append(append(append(make([]byte, 0, len(raw)+2), '"'), raw...), '"')
}
