package opensearch

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// The names in _source and in the mapping that are not simply the dimension's short name.
const (
	fieldTime     = "ts"
	fieldHigh     = "uuid_high" // the first eight bytes of the uuid as a number that sorts as they do
	fieldLow      = "uuid_low"
	fieldStatusNo = "status_number" // the status where it reads as a number, for status >= 500
	fieldPath     = "path"
	fieldArchive  = "archive_url" // without the uuid at its end, which _id has
	fieldExtra    = "x"
	fieldHeaders  = "headers"
	fieldPair     = "pair"
	fieldTooLong  = "too_long" // names of keyword fields whose value may be too long for the index
	fieldText     = "text"
	fieldTextLong = "text_long" // the full text has runs that are too long for the index, or was cut
)

// idOf is the _id of a uuid: base64 for URLs, which OpenSearch keeps as the 16 bytes that it stands for.
func idOf(id rrpair.UUID) string { return base64.RawURLEncoding.EncodeToString(id[:]) }

func parseID(id string) (uuid rrpair.UUID, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil || len(raw) != len(uuid) {
		return uuid, fmt.Errorf("the _id %q is no uuid: something else writes to these indices", id)
	}
	copy(uuid[:], raw)
	return uuid, nil
}

// halves give a uuid as two signed numbers that sort as its bytes do.
func halves(id rrpair.UUID) (high, low int64) {
	const sign = 1 << 63
	return int64(binary.BigEndian.Uint64(id[:8]) ^ sign), int64(binary.BigEndian.Uint64(id[8:]) ^ sign)
}

// appendDocument appends the _source of a document: one line of JSON. Values that say nothing are left out.
func appendDocument(dst []byte, d *hotstore.Document) []byte {
	start := len(dst)
	dst = append(dst, `{"ts":"`...)
	dst = d.Time.UTC().AppendFormat(dst, time.RFC3339Nano)
	high, low := halves(d.UUID)
	dst = strconv.AppendInt(append(dst, `","uuid_high":`...), high, 10)
	dst = strconv.AppendInt(append(dst, `,"uuid_low":`...), low, 10)
	dst = appendText(dst, `,"cluster":`, d.Cluster)
	dst = appendText(dst, `,"namespace":`, d.Namespace)
	dst = appendText(dst, `,"service":`, d.Service)
	dst = appendText(dst, `,"direction":`, d.Direction)
	dst = appendText(dst, `,"l7protocol":`, d.Protocol)
	dst = appendText(dst, `,"tech":`, d.Tech)
	dst = appendText(dst, `,"command":`, d.Command)
	dst = appendText(dst, `,"location":`, d.Location)
	dst = appendText(dst, `,"endpoint":`, d.Endpoint)
	dst = appendText(dst, `,"status":`, d.Status)
	if number, ok := numberOf(d.Status); ok {
		dst = strconv.AppendFloat(append(dst, `,"status_number":`...), number, 'g', -1, 64)
	}
	dst = strconv.AppendBool(append(dst, `,"error":`...), d.Error)
	dst = appendText(dst, `,"host":`, d.Host)
	dst = appendText(dst, `,"url":`, d.URL)
	dst = appendText(dst, `,"path":`, d.Path)
	dst = appendText(dst, `,"peer":`, d.Peer)
	dst = appendText(dst, `,"session":`, d.Session)
	dst = appendText(dst, `,"trace":`, d.Trace)
	dst = appendText(dst, `,"span":`, d.Span)
	dst = appendText(dst, `,"networkaddr":`, d.NetworkAddress)
	dst = appendText(dst, `,"source":`, d.Source)
	if !d.NoDuration {
		dst = strconv.AppendInt(append(dst, `,"duration":`...), int64(d.Duration), 10)
	}
	dst = strconv.AppendInt(append(dst, `,"latency_bucket":`...), int64(d.LatencyBucket), 10)
	dst = strconv.AppendInt(append(dst, `,"request_bytes":`...), d.RequestBytes, 10)
	dst = strconv.AppendInt(append(dst, `,"response_bytes":`...), d.ResponseBytes, 10)
	dst = strconv.AppendInt(append(dst, `,"size":`...), d.Size, 10)
	dst = appendText(dst, `,"archive_url":`, shortURL(d.ArchiveURL, d.UUID))
	dst = appendExtras(dst, d.Extra)
	if len(dst)-start > maxKeyword {
		dst = appendTooLong(dst, d)
	}
	dst = appendText(dst, `,"headers":`, view(d.Headers))
	dst = appendText(dst, `,"pair":`, view(d.Pair))
	if d.Text != "" {
		dst = appendText(dst, `,"text":`, d.Text)
		if textIsLong(d.Text) {
			dst = append(dst, `,"text_long":true`...)
		}
	}
	return append(dst, '}')
}

// view is the bytes as text, for as long as an append takes.
func view(data []byte) string { return unsafe.String(unsafe.SliceData(data), len(data)) }

func appendText(dst []byte, key, value string) []byte {
	if value == "" {
		return dst
	}
	return rrpair.AppendQuoted(append(dst, key...), unsafe.Slice(unsafe.StringData(value), len(value)))
}

// appendTooLong names the values that ignore_above may keep out of the index, which OpenSearch itself does not tell. It
// counts characters, and this bytes: better one name too many.
func appendTooLong(dst []byte, d *hotstore.Document) []byte {
	begin := len(dst)
	note := func(field, value string) {
		if len(value) > maxKeyword {
			dst = append(rrpair.AppendQuoted(dst, []byte(field)), ',')
		}
	}
	dst = append(dst, `,"too_long":[`...)
	empty := len(dst)
	for _, field := range keywords() {
		note(field, hotstore.LookupDimension(field).Text(d))
	}
	note("trace", d.Trace)
	note(fieldPath, d.Path)
	for i := range d.Extra {
		note(fieldExtra+"."+extraName(d.Extra[i].Name), d.Extra[i].Text)
	}
	if len(dst) == empty {
		return dst[:begin]
	}
	return append(dst[:len(dst)-1], ']')
}

// shortURL leaves out the uuid that an address ends with: _id has it.
func shortURL(address string, id rrpair.UUID) string {
	if prefix, found := strings.CutSuffix(address, id.String()); found {
		return prefix + uuidMark
	}
	return address
}

// uuidMark stands for the document's uuid at the end of archive_url.
const uuidMark = "{uuid}"

func longURL(address string, id rrpair.UUID) string {
	if prefix, found := strings.CutSuffix(address, uuidMark); found {
		return prefix + id.String()
	}
	return address
}

func appendExtras(dst []byte, extras []hotstore.Extra) []byte {
	if len(extras) == 0 {
		return dst
	}
	dst = append(dst, `,"x":{`...)
	for i := range extras {
		extra := &extras[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendText(dst, "", extraName(extra.Name)), ':')
		if extra.Kind == hotstore.ExtraText || extra.Kind == hotstore.ExtraNumber && (math.IsNaN(extra.Number) || math.IsInf(extra.Number, 0)) {
			dst = rrpair.AppendQuoted(dst, []byte(extra.Value()))
			continue
		}
		dst = append(dst, extra.Value()...)
	}
	return append(dst, '}')
}

// extraName keeps dots from making objects.
func extraName(name string) string {
	if !strings.ContainsAny(name, ".%") {
		return name
	}
	return strings.ReplaceAll(strings.ReplaceAll(name, "%", "%25"), ".", "%2E")
}

func plainExtraName(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, "%2E", "."), "%25", "%")
}

// maxExact is the largest whole number up to which all are told apart as a float64.
const maxExact = 1 << 53

// numberOf reads a status as the filter language reads numbers.
func numberOf(text string) (number float64, ok bool) {
	if text == "" {
		return 0, false
	}
	if last := text[len(text)-1]; (last < '0' || last > '9') && last != '.' {
		return 0, false
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, false
	}
	return number + 0, true // turns -0 into 0
}

// stored is a document as _source has it.
type stored struct {
	Time           time.Time                  `json:"ts"`
	Cluster        string                     `json:"cluster"`
	Namespace      string                     `json:"namespace"`
	Service        string                     `json:"service"`
	Direction      string                     `json:"direction"`
	Protocol       string                     `json:"l7protocol"`
	Tech           string                     `json:"tech"`
	Command        string                     `json:"command"`
	Location       string                     `json:"location"`
	Endpoint       string                     `json:"endpoint"`
	Status         string                     `json:"status"`
	Error          bool                       `json:"error"`
	Host           string                     `json:"host"`
	URL            string                     `json:"url"`
	Path           string                     `json:"path"`
	Peer           string                     `json:"peer"`
	Session        string                     `json:"session"`
	Trace          string                     `json:"trace"`
	Span           string                     `json:"span"`
	NetworkAddress string                     `json:"networkaddr"`
	Source         string                     `json:"source"`
	Duration       *int64                     `json:"duration"`
	LatencyBucket  int32                      `json:"latency_bucket"`
	RequestBytes   int64                      `json:"request_bytes"`
	ResponseBytes  int64                      `json:"response_bytes"`
	Size           int64                      `json:"size"`
	ArchiveURL     string                     `json:"archive_url"`
	Extra          map[string]json.RawMessage `json:"x"`
	Headers        string                     `json:"headers"`
	Pair           string                     `json:"pair"`
	Text           string                     `json:"text"`
}

// decodeDocument reads what appendDocument wrote.
func decodeDocument(id string, source []byte) (*hotstore.Document, error) {
	uuid, err := parseID(id)
	if err != nil {
		return nil, err
	}
	var s stored
	if err := json.Unmarshal(source, &s); err != nil {
		return nil, fmt.Errorf("read the document of %s: %w", uuid, err)
	}
	d := &hotstore.Document{
		UUID: uuid, Time: s.Time.UTC(), Cluster: s.Cluster, Namespace: s.Namespace, Service: s.Service, Direction: s.Direction,
		Protocol: s.Protocol, Tech: s.Tech, Command: s.Command, Location: s.Location, Endpoint: s.Endpoint, Status: s.Status,
		Host: s.Host, URL: s.URL, Path: s.Path, Peer: s.Peer, Session: s.Session, Trace: s.Trace, Span: s.Span,
		NetworkAddress: s.NetworkAddress, Source: s.Source, Error: s.Error, NoDuration: s.Duration == nil,
		LatencyBucket: s.LatencyBucket, RequestBytes: s.RequestBytes, ResponseBytes: s.ResponseBytes, Size: s.Size,
		ArchiveURL: longURL(s.ArchiveURL, uuid), Text: s.Text,
	}
	if s.Duration != nil {
		d.Duration = time.Duration(*s.Duration)
	}
	if s.Headers != "" {
		d.Headers = []byte(s.Headers)
	}
	if s.Pair != "" {
		d.Pair = []byte(s.Pair)
	}
	d.Extra, err = decodeExtras(s.Extra)
	return d, err
}
