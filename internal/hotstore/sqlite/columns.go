package sqlite

import (
	"encoding/hex"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// textColumn is a fixed column of texts. Names are part of the format.
type textColumn struct {
	name string
	get  func(*hotstore.Document) string
	set  func(*hotstore.Document, string)
}

// textColumns lists the fixed columns of texts; columns of the user's own dimensions follow, named "x:" + name.
func textColumns() []textColumn {
	plain := func(name string, field func(*hotstore.Document) *string) textColumn {
		return textColumn{name,
			func(d *hotstore.Document) string { return *field(d) },
			func(d *hotstore.Document, text string) { *field(d) = text }}
	}
	return []textColumn{
		plain("cluster", func(d *hotstore.Document) *string { return &d.Cluster }),
		plain("namespace", func(d *hotstore.Document) *string { return &d.Namespace }),
		plain("service", func(d *hotstore.Document) *string { return &d.Service }),
		plain("direction", func(d *hotstore.Document) *string { return &d.Direction }),
		plain("l7protocol", func(d *hotstore.Document) *string { return &d.Protocol }),
		plain("tech", func(d *hotstore.Document) *string { return &d.Tech }),
		plain("command", func(d *hotstore.Document) *string { return &d.Command }),
		plain("endpoint", func(d *hotstore.Document) *string { return &d.Endpoint }),
		plain("status", func(d *hotstore.Document) *string { return &d.Status }),
		plain("host", func(d *hotstore.Document) *string { return &d.Host }),
		plain("peer", func(d *hotstore.Document) *string { return &d.Peer }),
		plain("source", func(d *hotstore.Document) *string { return &d.Source }),
		{"error", func(d *hotstore.Document) string { return strconv.FormatBool(d.Error) },
			func(d *hotstore.Document, text string) { d.Error = text == "true" }},
		plain("networkaddr", func(d *hotstore.Document) *string { return &d.NetworkAddress }),
		plain("session", func(d *hotstore.Document) *string { return &d.Session }),
		plain("location", func(d *hotstore.Document) *string { return &d.Location }),
		plain("url", func(d *hotstore.Document) *string { return &d.URL }),
		{"path", func(d *hotstore.Document) string { return shortPath(d.Path, d.URL) },
			func(d *hotstore.Document, text string) { d.Path = longPath(text, d.URL) }}, // after url
		plain("trace", func(d *hotstore.Document) *string { return &d.Trace }),
		plain("span", func(d *hotstore.Document) *string { return &d.Span }),
		{"archive", func(d *hotstore.Document) string { return shortArchive(d) }, setArchive},
	}
}

// blobColumns are never looked up, only fetched.
func blobColumns() []textColumn {
	return []textColumn{
		{"headers", func(d *hotstore.Document) string { return string(d.Headers) },
			func(d *hotstore.Document, text string) { d.Headers = bytesOf(text) }},
		{"pair", func(d *hotstore.Document) string { return string(d.Pair) },
			func(d *hotstore.Document, text string) { d.Pair = bytesOf(text) }},
		{"text", func(d *hotstore.Document) string { return d.Text },
			func(d *hotstore.Document, text string) { d.Text = text }},
	}
}

func bytesOf(text string) []byte {
	if text == "" {
		return nil
	}
	return []byte(text)
}

// numberColumn is a column of numbers.
type numberColumn struct {
	name string
	get  func(*hotstore.Document) int64
	set  func(*hotstore.Document, int64)
}

// The places of the number columns, part of the format.
const (
	columnTime = iota
	columnDuration
	columnBucket
	columnRequestBytes
	columnResponseBytes
	columnSize
	columnNoDuration
	columnText // the document's number in the full-text index
	numberCount
)

func numberColumns() [numberCount]numberColumn {
	return [numberCount]numberColumn{
		columnTime: {"ts", func(d *hotstore.Document) int64 { return d.Time.UnixNano() },
			func(d *hotstore.Document, n int64) { d.Time = time.Unix(0, n).UTC() }},
		columnDuration: {"duration", func(d *hotstore.Document) int64 { return int64(d.Duration) },
			func(d *hotstore.Document, n int64) { d.Duration = time.Duration(n) }},
		columnBucket: {"latency_bucket", func(d *hotstore.Document) int64 { return int64(d.LatencyBucket) },
			func(d *hotstore.Document, n int64) { d.LatencyBucket = int32(n) }},
		columnRequestBytes: {"request_bytes", func(d *hotstore.Document) int64 { return d.RequestBytes },
			func(d *hotstore.Document, n int64) { d.RequestBytes = n }},
		columnResponseBytes: {"response_bytes", func(d *hotstore.Document) int64 { return d.ResponseBytes },
			func(d *hotstore.Document, n int64) { d.ResponseBytes = n }},
		columnSize: {"size", func(d *hotstore.Document) int64 { return d.Size },
			func(d *hotstore.Document, n int64) { d.Size = n }},
		columnNoDuration: {"no_duration", func(d *hotstore.Document) int64 { return oneIf(d.NoDuration) },
			func(d *hotstore.Document, n int64) { d.NoDuration = n == 1 }},
		columnText: {"text", nil, func(*hotstore.Document, int64) {}},
	}
}

func oneIf(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// numberPlace finds a number column by its short name.
func numberPlace(name string) (place int, found bool) {
	for i, column := range numberColumns() {
		if column.name == name {
			return i, true
		}
	}
	return 0, false
}

// textPlace is the column that answers for a field of the filter language with one text; "" for none.
func textPlace(ref filter.FieldRef) string {
	switch {
	case ref.Field == filter.FieldTag && ref.Sub == "source":
		return "source"
	case ref.Field == filter.FieldUUID || ref.Field == filter.FieldURL || !ref.Field.IsPlain():
		return ""
	default:
		return ref.Field.String()
	}
}

// derivedPath stands for a path that is the URL without its query, which most are; another path that begins like that
// has the mark before it.
const derivedPath = "?"

func shortPath(path, url string) string {
	if path == "" {
		return ""
	}
	if before, _, hasQuery := strings.Cut(url, "?"); hasQuery && before == path {
		return derivedPath
	}
	if strings.HasPrefix(path, derivedPath) {
		return derivedPath + path
	}
	return path
}

func longPath(text, url string) string {
	if text == derivedPath {
		before, _, _ := strings.Cut(url, "?")
		return before
	}
	return strings.TrimPrefix(text, derivedPath)
}

// archiveMark stands for the uuid at the end of an archive URL, so that the column has as many values as hours. A URL
// that ends like a mark is followed by archivePlain.
const (
	archiveMark  = "\x00u"
	archivePlain = "\x00="
)

func shortArchive(d *hotstore.Document) string {
	const length = 36
	if at := len(d.ArchiveURL) - length; at >= 0 {
		var id [length]byte
		if string(appendUUID(id[:0], d.UUID)) == d.ArchiveURL[at:] {
			return d.ArchiveURL[:at] + archiveMark
		}
	}
	if strings.HasSuffix(d.ArchiveURL, archiveMark) || strings.HasSuffix(d.ArchiveURL, archivePlain) {
		return d.ArchiveURL + archivePlain
	}
	return d.ArchiveURL
}

func setArchive(d *hotstore.Document, text string) {
	if before, isShort := strings.CutSuffix(text, archiveMark); isShort {
		d.ArchiveURL = before + d.UUID.String()
		return
	}
	d.ArchiveURL = strings.TrimSuffix(text, archivePlain)
}

func appendUUID(dst []byte, id [16]byte) []byte {
	for i, part := range [...][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, part)
	}
	return dst
}

// extraColumn is the column of one of the user's dimensions: a letter for the kind and the value, "" for none.
const extraPrefix = "x:"

func extraValue(e *hotstore.Extra) string {
	switch e.Kind {
	case hotstore.ExtraNumber:
		return "n" + strconv.FormatUint(math.Float64bits(e.Number), 16)
	case hotstore.ExtraBool:
		return "b" + strconv.FormatBool(e.Bool)
	default:
		return "t" + e.Text
	}
}

func readExtra(name, value string) (extra hotstore.Extra, isThere bool) {
	if value == "" {
		return extra, false
	}
	extra.Name = name
	switch value[0] {
	case 'n':
		bits, _ := strconv.ParseUint(value[1:], 16, 64)
		extra.Kind, extra.Number = hotstore.ExtraNumber, math.Float64frombits(bits)
	case 'b':
		extra.Kind, extra.Bool = hotstore.ExtraBool, value == "btrue"
	default:
		extra.Text = value[1:]
	}
	return extra, true
}
