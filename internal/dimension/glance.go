package dimension

import (
	"strings"
	"time"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// glance is what a body that is a map shows without being written as JSON: the
// members that dimensions are made of. Texts are those of the map itself.
type glance struct {
	texts    [rrpair.FieldResponseBody + 1]string
	duration pcommon.Value
	code     pcommon.Value // http.res.statusCode
	tags     pcommon.Value
	headers  [2]pcommon.Value // of the request and of the response
	netinfo  pcommon.Value
	trace    traceContext // of the body's own members
	blank    [3]bool      // cluster, namespace, service say nothing
	id       rrpair.UUID
	hasID    bool // else the identity comes from the content

	hasDuration, hasCode, isRRPair, isOdd bool
	has                                   [4]bool // tags, request headers, response headers, netinfo
}

// The indexes of glance.has.
const (
	hasTags = iota
	hasRequestHeaders
	hasResponseHeaders
	hasNetinfo
)

// ResetLog makes the record stand for the RRPair of a log record, as
// [rrpair.Pair.FromLogRecord] loads it: members that say nothing are filled from
// attributes. A body that is a map is only glanced at; it is loaded when
// something is asked that its members do not show (a body, the size, the whole,
// an identity that comes from the content); Unreadable says when that failed. The
// log record must not change as long as the record stands for it. The error
// is [rrpair.ErrNotRRPair] or a [*rrpair.DecodeError].
func (r *Record) ResetLog(resource pcommon.Resource, record plog.LogRecord) error {
	r.clear()
	r.isLog, r.resource, r.record = true, resource, record
	if record.Body().Type() == pcommon.ValueTypeMap {
		r.glance.top(record.Body().Map())
		if !r.glance.isRRPair {
			return rrpair.ErrNotRRPair
		}
		if !r.glance.isOdd {
			r.fill(rrpair.FieldCluster, "cluster", "k8s.cluster.name")
			r.fill(rrpair.FieldNamespace, "namespace", "k8s.namespace.name")
			r.fill(rrpair.FieldService, "service", "service.name")
			return nil
		}
	} else if !rrpair.IsRRPair(record) { // a text may be anything
		return rrpair.ErrNotRRPair
	}
	if err := r.own.FromLogRecord(resource, record); err != nil {
		r.unreadable = true
		return err
	}
	r.pair = &r.own
	return nil
}

// Unreadable says that the pair could not be loaded: what was asked is not known,
// nor is the identity.
func (r *Record) Unreadable() bool { return r.unreadable }

// Release lets go of what the record stands for.
func (r *Record) Release() { r.clear() }

// Borrows says that texts lie in memory that the record uses again: clone what is
// to stay. Otherwise those of plain members are the log record's own.
func (r *Record) Borrows() bool { return r.pair != nil }

// load makes sure that the whole pair is there; false when it cannot be read.
func (r *Record) load() bool {
	if r.pair == nil && !r.unreadable {
		if err := r.own.FromLogRecord(r.resource, r.record); err != nil {
			r.unreadable = true
			return false
		}
		r.pair = &r.own
	}
	return !r.unreadable
}

// text notes the text of a member. One of bytes is written as base64 in JSON, so
// it is left to who writes that.
func (g *glance) text(f rrpair.Field, value pcommon.Value) {
	switch value.Type() {
	case pcommon.ValueTypeStr:
		g.texts[f] = value.Str()
	case pcommon.ValueTypeBytes:
		g.isOdd = true
	}
}

func (g *glance) top(body pcommon.Map) {
	g.blank = [3]bool{true, true, true}
	for key, value := range body.All() {
		switch key {
		case "msgType":
			g.isRRPair = value.Type() == pcommon.ValueTypeStr && value.Str() == "rrpair"
		case "ts":
			g.text(rrpair.FieldTS, value)
		case "uuid":
			g.text(rrpair.FieldUUID, value)
		case "l7protocol":
			g.text(rrpair.FieldL7Protocol, value)
		case "direction":
			g.text(rrpair.FieldDirection, value)
		case "cluster":
			g.scoped(rrpair.FieldCluster, value)
		case "namespace":
			g.scoped(rrpair.FieldNamespace, value)
		case "service":
			g.scoped(rrpair.FieldService, value)
		case "tech":
			g.text(rrpair.FieldTech, value)
		case "network_address":
			g.text(rrpair.FieldNetworkAddress, value)
		case "command":
			g.text(rrpair.FieldCommand, value)
		case "location":
			g.text(rrpair.FieldLocation, value)
		case "status":
			g.text(rrpair.FieldStatus, value)
		case "session":
			g.text(rrpair.FieldSession, value)
		case "duration":
			g.duration, g.hasDuration = value, true
		case "tags":
			g.tags, g.has[hasTags] = value, true
		case "netinfo":
			g.netinfo, g.has[hasNetinfo] = value, true
		case "http":
			if value.Type() == pcommon.ValueTypeMap {
				g.http(value.Map())
			}
		default:
			g.trace.member(key, value)
		}
	}
	var err error
	g.id, err = rrpair.ParseUUID(g.texts[rrpair.FieldUUID])
	g.hasID = err == nil
}

// scoped is text for the three members that attributes fill.
func (g *glance) scoped(f rrpair.Field, value pcommon.Value) {
	g.text(f, value)
	isText := value.Type() == pcommon.ValueTypeStr
	g.blank[f-rrpair.FieldCluster] = value.Type() == pcommon.ValueTypeEmpty || isText && (value.Str() == "" || value.Str() == "undefined")
}

func (g *glance) http(http pcommon.Map) {
	for key, value := range http.All() {
		if value.Type() != pcommon.ValueTypeMap {
			continue
		}
		switch key {
		case "req":
			for name, member := range value.Map().All() {
				switch name {
				case "url":
					g.text(rrpair.FieldRequestURL, member)
				case "uri":
					g.text(rrpair.FieldRequestURI, member)
				case "method":
					g.text(rrpair.FieldRequestMethod, member)
				case "host":
					g.text(rrpair.FieldRequestHost, member)
				case "headers":
					g.headers[0], g.has[hasRequestHeaders] = member, true
				}
			}
		case "res":
			for name, member := range value.Map().All() {
				switch name {
				case "statusCode":
					g.code, g.hasCode = member, true
				case "headers":
					g.headers[1], g.has[hasResponseHeaders] = member, true
				}
			}
		}
	}
}

// fill does what loading does: attributes of the record, then of the resource,
// fill a member that says nothing.
func (r *Record) fill(f rrpair.Field, names ...string) {
	if !r.glance.blank[f-rrpair.FieldCluster] {
		return
	}
	for _, attributes := range [...]pcommon.Map{r.record.Attributes(), r.resource.Attributes()} {
		for _, name := range names {
			value, ok := attributes.Get(name)
			if !ok || value.Type() != pcommon.ValueTypeStr {
				continue
			}
			if text := value.Str(); text != "" && text != "undefined" && utf8.ValidString(text) {
				r.glance.texts[f] = text
				return
			}
		}
	}
}

// mapOf is a member that is a map.
func (g *glance) mapOf(value pcommon.Value, has int) (m pcommon.Map, ok bool) {
	if !g.has[has] || value.Type() != pcommon.ValueTypeMap {
		return m, false
	}
	return value.Map(), true
}

// tag finds a text among the tags. isPlain is false where it takes JSON to tell.
func (g *glance) tag(name string) (text string, found, isPlain bool) {
	tags, ok := g.mapOf(g.tags, hasTags)
	if !ok {
		return "", false, true
	}
	value, found := tags.Get(name)
	if !found {
		return "", false, true
	}
	if value.Type() != pcommon.ValueTypeStr {
		return "", false, false
	}
	return value.Str(), true, true
}

// appendHeader appends all values of a request header, whose name is lower-case;
// isPlain is false where it takes JSON to tell.
func (g *glance) appendHeader(dst []string, name string) (values []string, isPlain bool) {
	headers, ok := g.mapOf(g.headers[0], hasRequestHeaders)
	if !ok {
		return dst, true
	}
	for key, value := range headers.All() {
		if len(key) != len(name) || !strings.EqualFold(key, name) {
			continue
		}
		switch value.Type() {
		case pcommon.ValueTypeStr:
			dst = append(dst, value.Str())
		case pcommon.ValueTypeSlice:
			for _, element := range value.Slice().All() {
				if element.Type() != pcommon.ValueTypeStr {
					return dst, false
				}
				dst = append(dst, element.Str())
			}
		default:
			return dst, false
		}
	}
	return dst, true
}

// endOf is the first of the named texts that one end of the connection has.
func (g *glance) endOf(end string, names []string) string {
	netinfo, ok := g.mapOf(g.netinfo, hasNetinfo)
	if !ok {
		return ""
	}
	side, ok := netinfo.Get(end)
	if !ok || side.Type() != pcommon.ValueTypeMap {
		return ""
	}
	for _, name := range names {
		if value, ok := side.Map().Get(name); ok && value.Type() == pcommon.ValueTypeStr && value.Str() != "" {
			return value.Str()
		}
	}
	return ""
}

// milliseconds is the duration; isPlain is false where it takes JSON to tell.
func (g *glance) milliseconds() (d time.Duration, ok, isPlain bool) {
	const most = int64(1<<63-1) / int64(time.Millisecond)
	if !g.hasDuration {
		return 0, false, true
	}
	switch g.duration.Type() {
	case pcommon.ValueTypeInt:
		whole := g.duration.Int()
		if whole > most || whole < -most {
			return 0, false, true
		}
		return time.Duration(whole) * time.Millisecond, true, true
	case pcommon.ValueTypeEmpty, pcommon.ValueTypeBool, pcommon.ValueTypeMap, pcommon.ValueTypeSlice:
		return 0, false, true
	default:
		return 0, false, false
	}
}
