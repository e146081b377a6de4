package hotstore

import (
	"bytes"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Include is how much of a pair its document holds.
type Include uint8

// What documents hold besides the dimensions.
const (
	IncludeNone    Include = iota
	IncludeHeaders         // the headers of request and response
	IncludeFull            // the headers and the whole pair
)

// Values are what a document says that is not in the pair, or not plainly so.
type Values struct {
	Time       time.Time // the event time: ts, or the observed time where ts is absurd or absent
	Span       string
	ArchiveURL string
	Extra      []Extra // by name
	Include    Include
	Text       bool // keep the full text
}

// Fill makes a document of a pair. record is the same pair with all its dimensions, as the filter language sees it: one
// that knows every field (endpoint, peer, trace, error, host included), so that the store and the archive answer alike.
// Texts are views that live as long as the record and the pair are not reset: encode the document before, or Clone it.
func Fill(document *Document, pair *rrpair.Pair, record filter.Source, values Values) {
	var room [4]string
	text := func(f filter.Field) string {
		if found, _ := record.Strings(room[:0], f, ""); len(found) > 0 {
			return found[0]
		}
		return ""
	}
	*document = Document{
		Time: values.Time, Span: values.Span, ArchiveURL: values.ArchiveURL, Extra: values.Extra,
		Cluster: text(filter.FieldCluster), Namespace: text(filter.FieldNamespace), Service: text(filter.FieldService),
		Direction: text(filter.FieldDirection), Protocol: text(filter.FieldL7Protocol), Tech: text(filter.FieldTech),
		Command: text(filter.FieldCommand), Location: text(filter.FieldLocation), Endpoint: text(filter.FieldEndpoint),
		Status: text(filter.FieldStatus), Host: text(filter.FieldHost), Peer: text(filter.FieldPeer),
		Session: text(filter.FieldSession), Trace: text(filter.FieldTrace), NetworkAddress: text(filter.FieldNetworkAddress),
		Error: text(filter.FieldError) == "true",
		Size:  int64(len(pair.JSON())),
	}
	document.UUID, _ = pair.UUID()
	var present bool
	document.Duration, present = pair.Duration()
	document.NoDuration = !present
	document.LatencyBucket = Bucket(document.Duration)
	document.fillURL(record)
	if source, _ := record.Strings(room[:0], filter.FieldTag, "source"); len(source) > 0 {
		document.Source = source[0]
	}
	document.RequestBytes = bodySize(pair.Raw(rrpair.FieldRequestBodyBase64), pair.Raw(rrpair.FieldRequestBody), pair.RequestBody)
	document.ResponseBytes = bodySize(pair.Raw(rrpair.FieldResponseBodyBase64), pair.Raw(rrpair.FieldResponseBody), pair.ResponseBody)
	if values.Include >= IncludeHeaders {
		document.Headers = AppendHeaders(nil, pair)
	}
	if values.Include >= IncludeFull {
		document.Pair = pair.JSON()
	}
	if values.Text {
		document.Text = string(AppendText(nil, pair))
	}
}

func (d *Document) fillURL(record filter.Source) {
	var room [4]string
	found, _ := record.Strings(room[:0], filter.FieldURL, "")
	switch {
	case len(found) > 1:
		d.Path, d.URL = found[0], found[1]
	case len(found) == 1:
		d.URL = found[0]
	}
}

// bodySize is the length of a body after base64, without decoding it where that can be told.
func bodySize(encoded, plain []byte, decode func() ([]byte, bool)) int64 {
	raw := encoded
	if raw == nil {
		raw = plain
	}
	if len(raw) < 2 || raw[0] != '"' {
		body, _ := decode()
		return int64(len(body))
	}
	raw = raw[1 : len(raw)-1]
	if bytes.IndexByte(raw, '\\') >= 0 {
		body, _ := decode()
		return int64(len(body))
	}
	if encoded != nil {
		return int64(len(bytes.TrimRight(raw, "=")) * 6 / 8)
	}
	return int64(len(raw))
}

// AppendHeaders appends what Document.Headers holds: the raw objects of request and response headers.
func AppendHeaders(dst []byte, pair *rrpair.Pair) []byte {
	dst = append(dst, '{')
	start := len(dst)
	for _, side := range [...]struct {
		name  string
		field rrpair.Field
	}{{`"request":`, rrpair.FieldRequestHeaders}, {`"response":`, rrpair.FieldResponseHeaders}} {
		if raw := pair.Raw(side.field); len(raw) > 0 && raw[0] == '{' {
			if len(dst) > start {
				dst = append(dst, ',')
			}
			dst = append(append(dst, side.name...), raw...)
		}
	}
	return append(dst, '}')
}

const (
	// textSeparator stands between the texts of a document, so that no word is found across two of them.
	textSeparator = "\x00"
	// MaxText bounds the full text of a document, in bytes. A longer one is cut and says so with textCut at its end:
	// then what is not found in it may still be in the pair.
	MaxText = 1 << 20
	textCut = "\x00\x00"
)

// AppendText appends the full text of a pair: every key and every value, and the bodies as they read without base64 and
// content encoding.
func AppendText(dst []byte, pair *rrpair.Pair) []byte {
	start := len(dst)
	dst = appendTexts(dst, pair.JSON())
	for _, response := range [...]bool{false, true} {
		body, err := rrpair.DecodedBody(pair, response, maxBody)
		if err != nil {
			if body, _ = pair.RequestBody(); response {
				body, _ = pair.ResponseBody()
			}
		}
		dst = append(append(dst, body...), textSeparator...)
	}
	if len(dst)-start > MaxText {
		dst = append(bytes.TrimRight(dst[:start+MaxText], textSeparator), textCut...)
	} else {
		dst = append(dst[:start], bytes.Trim(dst[start:], textSeparator)...)
	}
	return dst
}

// appendTexts walks a JSON value; the depth is that of a parsed pair, which rrpair bounds.
func appendTexts(dst, raw []byte) []byte {
	if len(raw) == 0 {
		return dst
	}
	switch raw[0] {
	case '{':
		rrpair.EachMember(raw, func(key, value []byte) bool {
			dst = append(append(dst, unquoteKey(key)...), textSeparator...)
			if string(key) != "bodyBase64" { // its body is added decoded
				dst = appendTexts(dst, value)
			}
			return true
		})
		return dst
	case '[':
		rrpair.EachElement(raw, func(element []byte) bool {
			dst = appendTexts(dst, element)
			return true
		})
		return dst
	case '"':
		dst, _ = rrpair.AppendUnquoted(dst, raw)
	default:
		dst = append(dst, raw...)
	}
	return append(dst, textSeparator...)
}

// Clone copies the document into memory of its own.
func (d *Document) Clone() *Document {
	copied := *d
	for _, text := range copied.texts() {
		*text = strings.Clone(*text)
	}
	copied.Extra = append([]Extra(nil), d.Extra...)
	for i := range copied.Extra {
		copied.Extra[i].Name, copied.Extra[i].Text = strings.Clone(copied.Extra[i].Name), strings.Clone(copied.Extra[i].Text)
	}
	copied.Headers, copied.Pair = bytes.Clone(d.Headers), bytes.Clone(d.Pair)
	return &copied
}
