package hotstore

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// maxBody bounds a decompressed body, as everywhere a filter looks into one.
const maxBody = 64 << 20

// Source is a document as the filter language sees it: it answers for what the document holds, and says of the rest that
// it does not know. Not safe for concurrent use; one source serves many documents.
type Source struct {
	document *Document
	pair     rrpair.Pair
	loaded   bool // pair holds the document's pair
	broken   bool // the document's pair cannot be read
	bodies   [2][]byte
	decoded  [2]bool
}

var _ filter.Source = (*Source)(nil)

// Reset makes the source stand for a document, which must not change while it does.
func (s *Source) Reset(document *Document) {
	s.document, s.loaded, s.broken = document, false, false
	s.bodies, s.decoded = [2][]byte{}, [2]bool{}
}

// whole loads the pair where the document holds it.
func (s *Source) whole() bool {
	if !s.loaded && !s.broken {
		s.broken = len(s.document.Pair) == 0 || s.pair.ParseJSON(s.document.Pair) != nil
		s.loaded = !s.broken
	}
	return s.loaded
}

// Strings implements filter.Source.
func (s *Source) Strings(dst []string, f filter.Field, sub string) ([]string, bool) {
	d := s.document
	switch f {
	case filter.FieldURL:
		dst = appendPresent(dst, d.Path)
		if d.Path != d.URL {
			dst = appendPresent(dst, d.URL)
		}
		return dst, true
	case filter.FieldHeader:
		return s.header(dst, sub)
	case filter.FieldTag:
		if sub == "source" {
			return appendPresent(dst, d.Source), true
		}
		return s.tag(dst, sub)
	case filter.FieldUUID:
		return append(dst, d.UUID.String()), true
	case filter.FieldError:
		return append(dst, strconv.FormatBool(d.Error)), true
	default:
		value, ok := d.field(f)
		if !ok {
			return dst, false
		}
		return appendPresent(dst, value), true
	}
}

func appendPresent(dst []string, value string) []string {
	if value == "" {
		return dst
	}
	return append(dst, value)
}

// field is the value of a field that is one text of the document.
func (d *Document) field(f filter.Field) (value string, ok bool) {
	switch f {
	case filter.FieldCluster:
		return d.Cluster, true
	case filter.FieldNamespace:
		return d.Namespace, true
	case filter.FieldService:
		return d.Service, true
	case filter.FieldCommand:
		return d.Command, true
	case filter.FieldLocation:
		return d.Location, true
	case filter.FieldStatus:
		return d.Status, true
	case filter.FieldDirection:
		return d.Direction, true
	case filter.FieldL7Protocol:
		return d.Protocol, true
	case filter.FieldTech:
		return d.Tech, true
	case filter.FieldNetworkAddress:
		return d.NetworkAddress, true
	case filter.FieldHost:
		return d.Host, true
	case filter.FieldSession:
		return d.Session, true
	case filter.FieldEndpoint:
		return d.Endpoint, true
	case filter.FieldPeer:
		return d.Peer, true
	case filter.FieldTrace:
		return d.Trace, true
	default:
		return "", false
	}
}

// Number implements filter.Source.
func (s *Source) Number(f filter.Field) (value int64, present, known bool) {
	switch f {
	case filter.FieldDuration:
		return int64(s.document.Duration), !s.document.NoDuration, true
	case filter.FieldSize:
		return s.document.Size, true, true
	default:
		return 0, false, false
	}
}

// Time implements filter.Source.
func (s *Source) Time() (time.Time, bool) { return s.document.Time, true }

// Body implements filter.Source; known where the document holds the pair. A body that cannot be decompressed is given
// as it came.
func (s *Source) Body(response bool) ([]byte, bool) {
	if !s.whole() {
		return nil, false
	}
	side := 0
	if response {
		side = 1
	}
	if !s.decoded[side] {
		s.decoded[side] = true
		var err error
		if s.bodies[side], err = rrpair.DecodedBody(&s.pair, response, maxBody); err != nil {
			if s.bodies[side], _ = s.pair.RequestBody(); response {
				s.bodies[side], _ = s.pair.ResponseBody()
			}
		}
	}
	return s.bodies[side], true
}

// Document implements filter.Source.
func (s *Source) Document() ([]byte, bool) {
	if !s.whole() {
		return nil, false
	}
	return s.pair.JSON(), true
}

func (s *Source) header(dst []string, name string) ([]string, bool) {
	headers := s.document.requestHeaders()
	if headers == nil {
		if !s.whole() {
			return dst, false
		}
		headers = s.pair.Raw(rrpair.FieldRequestHeaders)
	}
	rrpair.EachMember(headers, func(key, value []byte) bool {
		if !strings.EqualFold(unquoteKey(key), name) {
			return true
		}
		if value[0] != '[' {
			dst = append(dst, unquote(value))
			return true
		}
		rrpair.EachElement(value, func(element []byte) bool {
			dst = append(dst, unquote(element))
			return true
		})
		return true
	})
	return dst, true
}

// requestHeaders is the object of the request's headers, nil where the document holds none.
func (d *Document) requestHeaders() (headers []byte) {
	if len(d.Headers) == 0 {
		return nil
	}
	headers = []byte("{}") // kept, and the request has none
	rrpair.EachMember(d.Headers, func(key, value []byte) bool {
		if string(key) == "request" {
			headers = value
		}
		return true
	})
	return headers
}

func (s *Source) tag(dst []string, name string) ([]string, bool) {
	if !s.whole() {
		return dst, false
	}
	rrpair.EachMember(s.pair.Raw(rrpair.FieldTags), func(key, value []byte) bool {
		if unquoteKey(key) != name {
			return true
		}
		dst = append(dst, unquote(value))
		return false
	})
	return dst, true
}

// unquote is the text of a raw JSON value: a string's own, else its JSON.
func unquote(raw []byte) string {
	if len(raw) < 2 || raw[0] != '"' {
		return string(raw)
	}
	text, _ := rrpair.AppendUnquoted(nil, raw)
	return string(text)
}

func unquoteKey(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw)
	}
	return unquote(append(append([]byte{'"'}, raw...), '"'))
}

// textSource answers for the full text of a document only.
type textSource struct{ text string }

func (textSource) Strings(dst []string, _ filter.Field, _ string) ([]string, bool) { return dst, false }
func (textSource) Number(filter.Field) (value int64, present, known bool)          { return 0, false, false }
func (textSource) Time() (time.Time, bool)                                         { return time.Time{}, false }

// Body of the request stands for what there is of a text that was cut; what is not found there is not known.
func (s textSource) Body(response bool) ([]byte, bool) {
	if response || !s.isCut() {
		return nil, true
	}
	return []byte(s.text), true
}

func (s textSource) isCut() bool { return strings.HasSuffix(s.text, textCut) }

// Document is a list of the texts, so that nothing is found across two of them.
func (s textSource) Document() ([]byte, bool) {
	if s.isCut() {
		return nil, false
	}
	out := []byte{'['}
	for text := range strings.SplitSeq(s.text, textSeparator) {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = rrpair.AppendQuoted(out, []byte(text))
	}
	return append(out, ']'), true
}
