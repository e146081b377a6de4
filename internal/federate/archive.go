package federate

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// ArchiveName is how the archive is called among sources.
const ArchiveName = "archive"

// Options say how the archive is read.
type Options struct {
	Bucket *bucket.Bucket
	// Created is when the archive was set up, by its manifest. A hot store that was set up with it has been given all that is
	// in it. Zero: not known.
	Created time.Time
	// Settings are those by which hot documents are made, so that both answer alike. Their limiter is left out: which
	// endpoints a service has too many of depends on the order in which pairs came.
	Settings rehydrate.Settings
	// MaxBytes is the most that one answer may read of objects; more is ErrTooWide, which says how much it would be. What
	// listing shows decides before anything is read. Only searches that are sorted by ts begin, as they end with the page,
	// and are ended when they have read so much. 0: no bound.
	MaxBytes int64
	// Planned is told, before reading, how much an answer would read at most. Optional.
	Planned func(files int, bytes int64)
	// Progress is told of records looked at and planned bytes dealt with, by one goroutine at a time. Optional.
	Progress    func(records, bytes int64)
	Parallel    int   // fetches at once; default 8
	MemoryBytes int64 // row groups held; default 128 MiB
}

// Archive answers from the archive what hot stores answer, with documents made by the same code. A pair's time is its ts,
// or when it was captured where that is absurd, as in hot stores. Safe for concurrent use.
type Archive struct {
	options Options
	mutex   sync.Mutex
	skipped []archive.Skipped
}

var _ hotstore.Reader = (*Archive)(nil)

// NewArchive makes a reader of the archive.
func NewArchive(options Options) *Archive {
	options.Settings.Limiter = nil
	return &Archive{options: options}
}

// Capabilities implements hotstore.Reader.
func (a *Archive) Capabilities() hotstore.Capabilities {
	return hotstore.Capabilities{Store: ArchiveName, Dedupe: "hour", PercentileError: hotstore.RelativeError, FullText: true,
		PushDown: func(filter.FieldRef, string) bool { return true }}
}

// Skipped lists the objects that could not be read, of all answers so far, each once.
func (a *Archive) Skipped() []archive.Skipped {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return slices.Clone(a.skipped)
}

func (a *Archive) skip(more []archive.Skipped) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for _, one := range more {
		if !slices.ContainsFunc(a.skipped, func(s archive.Skipped) bool { return s.Key == one.Key }) {
			a.skipped = append(a.skipped, one)
		}
	}
}

// Get implements hotstore.Reader. The document holds the headers and the pair.
func (a *Archive) Get(ctx context.Context, id rrpair.UUID, at time.Time) (*hotstore.Document, error) {
	found, _, err := a.find(ctx, archive.GetOptions{ID: id, At: at})
	if err != nil {
		return nil, err
	}
	settings := a.options.Settings
	settings.Include = hotstore.IncludeFull
	document, _ := rehydrate.NewBuilder(settings).Build(found.Pair, found.Seen, rehydrate.Known{})
	return document.Clone(), nil
}

// Pair fetches one pair. It looks in the folder, which hot documents name in their archive URL, then in the hours around
// at; with neither everywhere. The error wraps hotstore.ErrNoDocument where it is not there.
func (a *Archive) Pair(ctx context.Context, id rrpair.UUID, at time.Time, folder string) (*rrpair.Pair, archive.GetStats, error) {
	found, stats, err := a.find(ctx, archive.GetOptions{ID: id, At: at, Folder: folder})
	if errors.Is(err, hotstore.ErrNoDocument) && folder != "" && !at.IsZero() {
		var more archive.GetStats
		found, more, err = a.find(ctx, archive.GetOptions{ID: id, At: at})
		stats = addStats(stats, more)
	}
	if err != nil {
		return nil, stats, err
	}
	return found.Pair, stats, nil
}

func addStats(a, b archive.GetStats) archive.GetStats {
	return archive.GetStats{
		FilesListed: a.FilesListed + b.FilesListed, FilesPruned: a.FilesPruned + b.FilesPruned, FilesRead: a.FilesRead + b.FilesRead,
		Requests: a.Requests + b.Requests, BytesRead: a.BytesRead + b.BytesRead, Skipped: append(a.Skipped, b.Skipped...),
	}
}

func (a *Archive) find(ctx context.Context, options archive.GetOptions) (*archive.Found, archive.GetStats, error) {
	found, stats, err := archive.Get(ctx, a.options.Bucket, options)
	a.skip(stats.Skipped)
	if errors.Is(err, archive.ErrNoRecord) {
		err = errors.Join(hotstore.ErrNoDocument, err)
	}
	return found, stats, err
}

// Close implements hotstore.Reader. The bucket stays open: it is the caller's.
func (a *Archive) Close() error { return nil }
