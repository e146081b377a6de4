package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// ErrNoRecord says that no file that was looked at holds the record.
var ErrNoRecord = errors.New("no such record")

const (
	// getAhead is how many files are looked at at once. Files are taken newest first, so a few requests are wasted
	// when an early one has the record.
	getAhead = 8
	// atSlack is how far a time given by a person may lie from the record's own: people write milliseconds, and
	// durations count from either end of a request.
	atSlack = time.Minute
)

// GetOptions say where to look for one record.
type GetOptions struct {
	ID       rrpair.UUID
	Folder   string    // from rrpair.archive.url; empty: unknown
	At       time.Time // its ts, to a minute; zero: unknown
	Progress func(files, of int)
}

// GetStats count what the search cost.
type GetStats struct {
	FilesListed int
	FilesPruned int // by hour, name, or bloom filter
	FilesRead   int // files of which rows were read
	Requests    int // range requests, listings not counted
	BytesRead   int64
	Skipped     []Skipped
}

// Found is one record and where it lies.
type Found struct {
	Pair *rrpair.Pair
	Key  string
	Seen time.Time // its ts, or when it was captured if that was absurd
}

// Get finds one record by uuid. With a folder it looks there, with a time in the hours around it (files whose name
// covers the time first), with neither in the whole archive, newest hour first. A file that does not hold the uuid costs
// one or two range requests, the one that does three: footer, bloom filters, row group. ErrNoRecord when it is not
// there; the stats then tell which files could not be read.
func Get(ctx context.Context, store Store, opts GetOptions) (*Found, GetStats, error) {
	search := PlanOptions{}
	switch {
	case opts.Folder != "":
		search.Folders = []string{opts.Folder}
	case !opts.At.IsZero():
		search.From, search.To = opts.At.Add(-atSlack), opts.At.Add(atSlack)
	}
	plan, err := Plan(ctx, store, search)
	if err != nil {
		return nil, GetStats{}, err
	}
	codec, err := newPageDecoder()
	if err != nil {
		return nil, GetStats{}, err
	}
	defer codec.zstd.Close()
	g := &getter{store: store, opts: opts, codec: codec, of: len(plan.Files)}
	g.stats = GetStats{FilesListed: plan.Listed, FilesPruned: plan.Pruned, Skipped: plan.Skipped}
	g.run(ctx, plan.Files)
	switch {
	case g.found != nil:
		return g.found, g.stats, nil
	case g.failure != nil:
		return nil, g.stats, g.failure
	case ctx.Err() != nil:
		return nil, g.stats, ctx.Err()
	default:
		return nil, g.stats, fmt.Errorf("%w: uuid %s in %d files", ErrNoRecord, opts.ID, len(plan.Files))
	}
}

type getter struct {
	store Store
	opts  GetOptions
	codec *pageDecoder
	of    int

	mutex   sync.Mutex
	stats   GetStats
	found   *Found
	failure error
	done    int
}

func (g *getter) run(ctx context.Context, files []PlannedFile) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	queue := make(chan PlannedFile)
	var group sync.WaitGroup
	for range min(getAhead, len(files)) {
		group.Go(func() {
			for planned := range queue {
				if ctx.Err() == nil && g.look(ctx, planned) {
					cancel()
				}
			}
		})
	}
	for _, planned := range files {
		if ctx.Err() != nil {
			break
		}
		queue <- planned
	}
	close(queue)
	group.Wait()
}

// look searches one file; true ends the search.
func (g *getter) look(ctx context.Context, planned PlannedFile) (end bool) {
	found, file, read, err := g.search(ctx, planned)
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if file != nil {
		requests, size := file.Cost()
		g.stats.Requests += requests
		g.stats.BytesRead += size
	}
	var fault *FileError
	switch {
	case errors.As(err, &fault):
		g.stats.Skipped = append(g.stats.Skipped, Skipped{Key: fault.Key, Reason: fault.Reason, Detail: fault.Err.Error()})
	case err != nil:
		if g.failure == nil && g.found == nil && ctx.Err() == nil {
			g.failure = err
		}
		return true
	case read:
		g.stats.FilesRead++
	default:
		g.stats.FilesPruned++
	}
	if g.done++; g.opts.Progress != nil {
		g.opts.Progress(g.done, g.of)
	}
	if found != nil && g.found == nil {
		g.found = found
	}
	return g.found != nil
}

func (g *getter) search(ctx context.Context, planned PlannedFile) (found *Found, file *File, read bool, err error) {
	file, err = OpenFile(ctx, g.store, planned.Key, planned.Size, FileOptions{codec: g.codec})
	if err != nil {
		return nil, nil, false, err
	}
	if err := file.loadBlooms(ctx, ColumnUUID); err != nil {
		return nil, file, false, file.fault(err)
	}
	for _, group := range file.groups {
		if !file.mayHoldUUID(group, g.opts.ID) {
			continue
		}
		read = true
		found, err = file.findUUID(ctx, group, g.opts.ID)
		if found != nil || err != nil {
			return found, file, read, file.fault(err)
		}
	}
	return nil, file, read, nil
}

// findUUID reads one row group with one request and looks for the uuid in it; nil when it is not there.
func (f *File) findUUID(ctx context.Context, group *rowGroup, id rrpair.UUID) (found *Found, err error) {
	defer guard(f.key, &err)
	data, cost, err := fetch(ctx, f.reader, f.key, []byteRange{group.span})
	f.spent(cost)
	if err != nil {
		return nil, err
	}
	d := newGroupDecoder(f.pages, nil)
	d.reset(group, data)
	for row := range group.rows {
		stored, err := d.columns[ColumnUUID].bytes(row)
		if err != nil {
			return nil, err
		}
		if stored != nil && !bytes.Equal(stored, id[:]) {
			continue
		}
		if err := d.rebuild(row); err != nil { // a row without a uuid has one that is derived from its content
			return nil, err
		}
		if d.record.UUID != id {
			continue
		}
		pair, err := d.record.Pair()
		if err != nil {
			return nil, badFile(ReasonDamaged, "row %d: %w", row, err)
		}
		return &Found{Pair: pair, Key: f.key, Seen: d.record.Seen}, nil
	}
	return nil, nil
}
