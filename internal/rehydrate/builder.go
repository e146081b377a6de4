package rehydrate

import (
	"bytes"
	"slices"
	"strings"
	"time"
	"unsafe"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Settings say how documents are made of pairs.
type Settings struct {
	Rules    *dimension.Rules   // nil: the defaults, and no dimensions of the user's own
	Limiter  *dimension.Limiter // bounds the endpoints of a service; nil: unbounded
	Include  hotstore.Include
	Text     bool           // keep the full text
	Layout   archive.Layout // of the archive, for folders and addresses
	Identity string         // of the archive; "": documents keep the address that is known of them
}

// Known is what was found out about a pair before, by a dimension processor. It goes before what the pair itself says.
type Known struct {
	Endpoint   string
	Error      bool
	HasError   bool             // Error says something
	ArchiveURL string           // counts where the settings have no identity
	Extra      []hotstore.Extra // by name; nil: the rules decide
}

// Builder makes documents. Not safe for concurrent use; one builder serves many pairs.
type Builder struct {
	settings Settings
	source   source
	document hotstore.Document
	url      []byte
	extra    []hotstore.Extra
}

// NewBuilder makes a builder.
func NewBuilder(settings Settings) *Builder {
	return &Builder{settings: settings, source: source{Record: settings.Rules.NewRecord()}}
}

// Build makes the document of a pair and says in which of the archive's folders the pair belongs. observed is when the
// pair was captured; it counts where ts is missing or absurd. Both results are views, valid until the next Build and as
// long as the pair is not loaded again.
func (b *Builder) Build(pair *rrpair.Pair, observed time.Time, known Known) (document *hotstore.Document, folder []byte) {
	record := b.source.Record
	record.Reset(pair)
	b.source.known = known
	if known.Endpoint == "" {
		b.source.known.Endpoint = b.endpoint(record)
	}
	id, _ := pair.UUID()
	b.url = append(b.url[:0], b.settings.Identity...)
	b.url = b.settings.Layout.AppendRecordURL(b.url, "", fields{record}, id, observed)
	folder = b.url[len(b.settings.Identity)+1:]
	if end := bytes.IndexByte(folder, '?'); end >= 0 {
		folder = folder[:end]
	}
	values := hotstore.Values{
		Span: record.Span(), ArchiveURL: known.ArchiveURL, Extra: known.Extra,
		Include: b.settings.Include, Text: b.settings.Text,
	}
	values.Time, _ = archive.EventTime(pair, observed)
	if b.settings.Identity != "" {
		values.ArchiveURL = unsafe.String(unsafe.SliceData(b.url), len(b.url)) // not written before the next Build
	}
	if known.Extra == nil {
		values.Extra = b.extras(record)
	}
	hotstore.Fill(&b.document, pair, &b.source, values)
	return &b.document, folder
}

// Release lets go of the last pair.
func (b *Builder) Release() {
	b.source.Release()
	b.source.known, b.document = Known{}, hotstore.Document{}
}

// endpoint is the record's own, within the bounds.
func (b *Builder) endpoint(record *dimension.Record) string {
	found := record.Endpoint()
	if b.settings.Limiter == nil || found == "" {
		return found
	}
	service := record.Text(rrpair.FieldService)
	if service == "undefined" {
		service = "" // as the dimension processor counts it
	}
	found, _, _ = b.settings.Limiter.Admit(service, found)
	return found
}

// extras are the values of the user's own dimensions, by name.
func (b *Builder) extras(record *dimension.Record) []hotstore.Extra {
	b.extra = b.extra[:0]
	for i := range b.settings.Rules.Extras() {
		found, outcome := record.Extra(i)
		if outcome != dimension.ExtraSet {
			continue
		}
		extra := hotstore.Extra{Name: found.Name}
		switch found.Kind {
		case dimension.KindNumber:
			extra.Kind, extra.Number = hotstore.ExtraNumber, found.Number
		case dimension.KindBoolean:
			extra.Kind, extra.Bool = hotstore.ExtraBool, found.Bool
		default:
			extra.Text = found.Text
		}
		b.extra = append(b.extra, extra)
	}
	slices.SortFunc(b.extra, func(x, y hotstore.Extra) int { return strings.Compare(x.Name, y.Name) })
	return b.extra
}

// source is the record, with what was known of it before.
type source struct {
	*dimension.Record
	known Known
}

// Strings implements filter.Source.
func (s *source) Strings(dst []string, f filter.Field, sub string) ([]string, bool) {
	switch {
	case f == filter.FieldEndpoint:
		if s.known.Endpoint == "" {
			return dst, true
		}
		return append(dst, s.known.Endpoint), true
	case f == filter.FieldError && s.known.HasError:
		if s.known.Error {
			return append(dst, "true"), true
		}
		return append(dst, "false"), true
	}
	return s.Record.Strings(dst, f, sub)
}

// fields gives the archive what places a pair.
type fields struct{ record *dimension.Record }

func (f fields) Time() (time.Time, bool)        { return f.record.Timestamp() }
func (f fields) Text(field rrpair.Field) string { return f.record.Text(field) }
func (f fields) Tag(name string) string         { return f.record.Tag(name) }
