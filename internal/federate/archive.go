package federate

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// ArchiveName is how the archive is called among sources.
const ArchiveName = "archive"

// ErrTooWide says that an answer would read more of the archive than is allowed.
var ErrTooWide = errors.New("the question is too wide")

// Options say how the archive is read.
type Options struct {
	Bucket *bucket.Bucket
	// Settings are those by which hot documents are made, so that both answer alike.
	Settings rehydrate.Settings
	// MaxBytes is the most that one answer may read of objects, by what listing shows; more is ErrTooWide, which says how
	// much it would be. 0: no bound.
	MaxBytes int64
	// Planned is told, before reading, how much an answer would read. Optional.
	Planned func(files int, bytes int64)
	// Progress is told of records yielded and planned bytes dealt with. Optional.
	Progress    func(records, bytes int64)
	Parallel    int   // fetches at once; default 8
	MemoryBytes int64 // row groups held; default 128 MiB
}

// Archive answers from the archive what hot stores answer, with documents made by the same code. Safe for concurrent use.
type Archive struct {
	options Options
	mutex   sync.Mutex
	skipped []archive.Skipped
}

var _ hotstore.Reader = (*Archive)(nil)

// NewArchive makes a reader of the archive.
func NewArchive(options Options) *Archive { return &Archive{options: options} }

// Capabilities implements hotstore.Reader.
func (a *Archive) Capabilities() hotstore.Capabilities {
	return hotstore.Capabilities{Store: ArchiveName, Dedupe: "hour", PercentileError: hotstore.RelativeError, FullText: true,
		PushDown: func(filter.FieldRef, string) bool { return true }}
}

// Skipped lists the objects that could not be read, of all answers so far.
func (a *Archive) Skipped() []archive.Skipped {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return slices.Clone(a.skipped)
}

// Search implements hotstore.Reader.
func (a *Archive) Search(ctx context.Context, search hotstore.Search) (hotstore.Page, error) {
	after, err := search.Position()
	if err != nil {
		return hotstore.Page{}, err
	}
	order := search.Order()
	var page hotstore.Page
	seen := map[rrpair.UUID]bool{}
	err = a.scan(ctx, search.Query, search.From, search.To, func(document *hotstore.Document) error {
		if seen[document.UUID] || after != nil && hotstore.PositionOf(document, order).Compare(after, order) <= 0 {
			return nil
		}
		seen[document.UUID] = true
		page.Documents = append(page.Documents, document.Clone())
		return nil
	})
	if err != nil {
		return hotstore.Page{}, err
	}
	hotstore.SortBy(page.Documents, order)
	if limit := search.PageLimit(); len(page.Documents) > limit {
		page.Documents = page.Documents[:limit]
		page.Next = search.Cursor(page.Documents[limit-1])
	}
	return page, nil
}

// Aggregate implements hotstore.Reader.
func (a *Archive) Aggregate(ctx context.Context, aggregate hotstore.Aggregate, yield func(hotstore.Group) error) (hotstore.Usage, error) {
	groups := hotstore.NewGroups(&aggregate)
	seen := map[rrpair.UUID]bool{}
	err := a.scan(ctx, aggregate.Query, aggregate.From, aggregate.To, func(document *hotstore.Document) error {
		if seen[document.UUID] {
			return nil
		}
		seen[document.UUID] = true
		return groups.Add(document)
	})
	if err != nil {
		return hotstore.Usage{}, err
	}
	return hotstore.Usage{}, groups.Each(yield)
}

// Get implements hotstore.Reader.
func (a *Archive) Get(ctx context.Context, id rrpair.UUID, at time.Time) (*hotstore.Document, error) {
	found, _, err := archive.Get(ctx, a.options.Bucket, archive.GetOptions{ID: id, At: at})
	if errors.Is(err, archive.ErrNoRecord) {
		return nil, errors.Join(hotstore.ErrNoDocument, err)
	}
	if err != nil {
		return nil, err
	}
	document, _ := rehydrate.NewBuilder(a.options.Settings).Build(found.Pair, at, rehydrate.Known{})
	return document.Clone(), nil
}

// Close implements hotstore.Reader. The bucket stays open: it is the caller's.
func (a *Archive) Close() error { return nil }

func (a *Archive) scan(ctx context.Context, query *filter.Query, from, to time.Time, yield func(*hotstore.Document) error) error {
	builder := rehydrate.NewBuilder(a.options.Settings)
	records := sync.Pool{New: func() any { return a.options.Settings.Rules.NewRecord() }}
	stats, err := archive.Scan(ctx, a.options.Bucket, archive.ScanOptions{
		PlanOptions: archive.PlanOptions{From: from, To: to, Query: query}, Progress: a.options.Progress,
		Parallel: a.options.Parallel, MemoryBytes: a.options.MemoryBytes,
		Match: func(pair *rrpair.Pair) bool {
			record := records.Get().(*dimension.Record)
			defer records.Put(record)
			record.Reset(pair)
			return query.Match(record)
		},
	}, func(record *archive.Record) error {
		pair, err := record.Pair()
		if err != nil {
			return err
		}
		document, _ := builder.Build(pair, record.Seen, rehydrate.Known{})
		return yield(document)
	})
	a.mutex.Lock()
	a.skipped = append(a.skipped, stats.Skipped...)
	a.mutex.Unlock()
	return err
}
