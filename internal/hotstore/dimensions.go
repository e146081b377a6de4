package hotstore

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
)

// Kind is the type of a dimension's values.
type Kind uint8

// The kinds of dimensions.
const (
	KindText   Kind = iota
	KindNumber      // int64: durations in nanoseconds, sizes in bytes
	KindTime        // number of nanoseconds since 1970, UTC
	KindBool
)

// Dimension is one column of the hot index: its short name, as sorting, grouping and output use it, and how a document
// gives its value.
type Dimension struct {
	Name  string
	Kind  Kind
	Field filter.Field // that the filter language knows it by; filter.FieldNone for none
	// Text is the value as text; for a KindTime RFC 3339, for numbers decimal, for KindBool true or false.
	Text func(*Document) string
	// Number is the value of a KindNumber, KindTime or KindBool (0 and 1); nil for KindText.
	Number func(*Document) int64
}

// ShortNames lists the names of the fixed dimensions, uuid first, in the order of output.
func ShortNames() []string {
	table := dimensionTable()
	names := make([]string, len(table))
	for i := range table {
		names[i] = table[i].Name
	}
	return names
}

// LookupDimension finds a dimension by its short name or by another spelling that the filter language takes for it
// (method, protocol, time). A name that is none of them is one of the user's own dimensions, of kind KindText; use
// [CheckDimension] where the user's dimensions are known.
func LookupDimension(name string) Dimension {
	if dimension, isFixed := fixedDimension(name); isFixed {
		return dimension
	}
	return Dimension{Name: name, Kind: KindText, Text: func(d *Document) string { return d.extraText(name) }}
}

// CheckDimension refuses a name that is neither a fixed dimension nor one of the user's; the error lists what there is.
func CheckDimension(name string, extras []string) error {
	if _, isFixed := fixedDimension(name); isFixed || slices.Contains(extras, name) {
		return nil
	}
	return fmt.Errorf("%w: %q is no dimension: use one of %s", ErrInvalidQuery, name,
		strings.Join(append(ShortNames(), extras...), ", "))
}

func fixedDimension(name string) (Dimension, bool) {
	switch name = strings.ToLower(name); name {
	case "method":
		name = "command"
	case "protocol":
		name = "l7protocol"
	case "time", "timestamp", "timerange":
		name = "ts"
	}
	for _, dimension := range dimensionTable() {
		if dimension.Name == name {
			return dimension, true
		}
	}
	return Dimension{}, false
}

func dimensionTable() []Dimension {
	text := func(name string, field filter.Field, get func(*Document) string) Dimension {
		return Dimension{Name: name, Kind: KindText, Field: field, Text: get}
	}
	number := func(name string, field filter.Field, get func(*Document) int64) Dimension {
		return Dimension{Name: name, Kind: KindNumber, Field: field, Number: get,
			Text: func(d *Document) string { return strconv.FormatInt(get(d), 10) }}
	}
	return []Dimension{
		text("uuid", filter.FieldUUID, func(d *Document) string { return d.UUID.String() }),
		{Name: "ts", Kind: KindTime, Field: filter.FieldTime,
			Text:   func(d *Document) string { return d.Time.UTC().Format(timeLayout) },
			Number: func(d *Document) int64 { return d.Time.UnixNano() }},
		text("cluster", filter.FieldCluster, func(d *Document) string { return d.Cluster }),
		text("namespace", filter.FieldNamespace, func(d *Document) string { return d.Namespace }),
		text("service", filter.FieldService, func(d *Document) string { return d.Service }),
		text("direction", filter.FieldDirection, func(d *Document) string { return d.Direction }),
		text("l7protocol", filter.FieldL7Protocol, func(d *Document) string { return d.Protocol }),
		text("tech", filter.FieldTech, func(d *Document) string { return d.Tech }),
		text("command", filter.FieldCommand, func(d *Document) string { return d.Command }),
		text("location", filter.FieldLocation, func(d *Document) string { return d.Location }),
		text("endpoint", filter.FieldEndpoint, func(d *Document) string { return d.Endpoint }),
		text("status", filter.FieldStatus, func(d *Document) string { return d.Status }),
		{Name: "error", Kind: KindBool, Field: filter.FieldError,
			Text: func(d *Document) string { return strconv.FormatBool(d.Error) },
			Number: func(d *Document) int64 {
				if d.Error {
					return 1
				}
				return 0
			}},
		text("host", filter.FieldHost, func(d *Document) string { return d.Host }),
		text("url", filter.FieldURL, func(d *Document) string { return d.URL }),
		text("peer", filter.FieldPeer, func(d *Document) string { return d.Peer }),
		text("session", filter.FieldSession, func(d *Document) string { return d.Session }),
		text("trace", filter.FieldTrace, func(d *Document) string { return d.Trace }),
		text("span", filter.FieldNone, func(d *Document) string { return d.Span }),
		text("networkaddr", filter.FieldNetworkAddress, func(d *Document) string { return d.NetworkAddress }),
		text("source", filter.FieldTag, func(d *Document) string { return d.Source }),
		number("duration", filter.FieldDuration, func(d *Document) int64 { return int64(d.Duration) }),
		number("latency_bucket", filter.FieldNone, func(d *Document) int64 { return int64(d.LatencyBucket) }),
		number("request_bytes", filter.FieldNone, func(d *Document) int64 { return d.RequestBytes }),
		number("response_bytes", filter.FieldNone, func(d *Document) int64 { return d.ResponseBytes }),
		number("size", filter.FieldSize, func(d *Document) int64 { return d.Size }),
		text("archive_url", filter.FieldNone, func(d *Document) string { return d.ArchiveURL }),
	}
}

// timeLayout is RFC 3339 with all nine digits, so that texts sort as times do.
const timeLayout = "2006-01-02T15:04:05.000000000Z07:00"

// Value is the extra dimension as text: numbers in their shortest form, booleans as true and false.
func (e *Extra) Value() string {
	switch e.Kind {
	case ExtraNumber:
		return strconv.FormatFloat(e.Number, 'g', -1, 64)
	case ExtraBool:
		return strconv.FormatBool(e.Bool)
	default:
		return e.Text
	}
}

// Extra finds one of the user's own dimensions, nil where the document has none of that name.
func (d *Document) extra(name string) *Extra {
	for i := range d.Extra {
		if d.Extra[i].Name == name {
			return &d.Extra[i]
		}
	}
	return nil
}

func (d *Document) extraText(name string) string {
	if extra := d.extra(name); extra != nil {
		return extra.Value()
	}
	return ""
}
