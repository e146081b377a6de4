package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Options say what a snapshot holds and where it goes. The zero value of every field but Out has a meaning.
type Options struct {
	Name     string        // default: snapshot-<UTC time>. The id is made from it
	Query    *filter.Query // nil: everything
	From, To time.Time     // of the records' own ts: start inclusive, end exclusive; zero is open
	AllHours bool          // also look for records of clocks that ran ahead, see archive.PlanOptions
	Sample   filter.Sample // zero: all
	Limit    int64         // at most so many records; 0: all
	Order    Order         // which records a limit keeps; default Newest. The output ascends either way
	// Out is a folder, a bucket URL (the snapshot is then the folder snapshots/<id>/ in it), or "-": lines to Stdout,
	// no manifest.
	Out   string
	Force bool // replace a finished snapshot

	Stdout      io.Writer
	ChunkBytes  int64  // raw.jsonl becomes several files above it; default 1 GiB
	MemoryBytes int64  // default 256 MiB; less than 64 MiB is taken as 64
	TempDir     string // for runs and uploads; default: the system's
	Parallel    int    // fetches at once; default 8
	Now         time.Time
	CreatedBy   string // program and version, for the manifest

	// Planned is told once how many stored bytes will be looked at, Progress of records found and bytes dealt with.
	// Both are called by one goroutine at a time and may be nil.
	Planned  func(files int, bytes int64)
	Progress func(records, bytes int64)
}

// Archive is where records come from; *archive.Archive has both.
type Archive interface {
	Bucket() *bucket.Bucket
	Identity() string
}

const (
	minMemory = 64 << 20
	// Sixteenths of the memory: for row groups under way and for records being sorted. The rest is for page buffers,
	// merging, output, and the collector of garbage.
	scanShare, sortShare = 3, 6
)

// Create makes a snapshot. When it fails or ctx ends, nothing is left that looks like one; leftovers of a killed run are
// removed by the next run with the same name and place. Files of the archive that cannot be read are named in the
// result and left out.
func Create(ctx context.Context, source Archive, opts Options) (result *Manifest, err error) {
	started := time.Now()
	if err := opts.complete(); err != nil {
		return nil, err
	}
	to, closeOutput, err := opts.destination(ctx)
	if err != nil {
		return nil, err
	}
	defer closeOutput()
	if err := to.prepare(ctx); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			to.discard(context.WithoutCancel(ctx))
		}
	}()
	c := &creation{opts: opts, sort: newSorter(opts.MemoryBytes/16*sortShare, opts.TempDir), bound: newBound(opts.Limit, opts.Order)}
	c.sort.drop = c.bound.beyond
	defer func() { err = errors.Join(err, c.sort.close()) }()

	stats, err := c.collect(ctx, source.Bucket())
	if err != nil {
		return nil, fmt.Errorf("create snapshot: %w", err)
	}
	lines := &lineWriter{ctx: ctx, to: to, limit: opts.ChunkBytes}
	if opts.Out == stdoutName {
		lines.limit = 0
	}
	if err := c.emit(ctx, lines); err != nil {
		return nil, fmt.Errorf("create snapshot: %w", errors.Join(err, lines.closeFile()))
	}
	staged, final, err := lines.finish()
	if err != nil {
		return nil, fmt.Errorf("create snapshot: %w", err)
	}
	manifest := c.manifest(source.Identity(), to.place(), lines.files, stats)
	manifest.DurationMS = time.Since(started).Milliseconds()
	encoded, err := manifest.encode()
	if err != nil {
		return nil, err
	}
	if err := to.commit(ctx, staged, final, encoded); err != nil {
		return nil, err
	}
	return manifest, nil
}

const stdoutName = "-"

func (o *Options) complete() error {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if o.Name == "" {
		o.Name = "snapshot-" + o.Now.UTC().Format("20060102-150405")
	}
	if err := CheckName(o.Name); err != nil {
		return fmt.Errorf("name %.40q: %w", o.Name, err)
	}
	if o.Out == "" {
		o.Out = id(o.Name)
	}
	if o.Limit < 0 {
		return fmt.Errorf("limit %d: must not be negative", o.Limit)
	}
	var err error
	if o.Order, err = ParseOrder(string(o.Order)); err != nil {
		return err
	}
	if o.ChunkBytes <= 0 {
		o.ChunkBytes = DefaultChunkBytes
	}
	if o.MemoryBytes <= 0 {
		o.MemoryBytes = DefaultMemoryBytes
	}
	o.MemoryBytes = max(o.MemoryBytes, minMemory)
	if !o.From.IsZero() && !o.To.IsZero() && !o.From.Before(o.To) {
		return fmt.Errorf("the window from %s to %s is empty", o.From.UTC().Format(time.RFC3339), o.To.UTC().Format(time.RFC3339))
	}
	o.Query, err = sampled(o.Query, o.Sample)
	return err
}

// sampled adds the sample to the query, so that the archive's columns decide it.
func sampled(query *filter.Query, sample filter.Sample) (*filter.Query, error) {
	if sample.Part >= sample.Of {
		return query, nil
	}
	key := "sample"
	if sample.PerPair {
		key = "sample[rrpair]"
	}
	text := fmt.Sprintf("(%s IS %d/%d)", key, sample.Part, sample.Of)
	if query != nil {
		text = "(" + query.String() + ") AND " + text
	}
	combined, err := filter.Parse(text, filter.Options{})
	if err != nil {
		return nil, fmt.Errorf("add the sample to the filter: %w", err)
	}
	return combined, nil
}

// maxName bounds a snapshot's name, in bytes: file systems hold 255 in a folder's name, and people must read it.
const maxName = 128

// CheckName says what is wrong with a snapshot's name, nil if nothing is.
func CheckName(name string) error {
	const allowed = "letters a to z (capitals become small), digits, '.', '_' and '-'; everything else becomes '-'"
	switch {
	case len(name) > maxName:
		return fmt.Errorf("a name has at most %d bytes, this one has %d", maxName, len(name))
	case id(name) == "":
		return fmt.Errorf("a name needs a letter or a digit; it is made of %s", allowed)
	}
	return nil
}

// id is the name with everything but letters, digits, dots and hyphens made hyphens, so that it is a folder anywhere.
func id(name string) string {
	var out strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '_':
			out.WriteRune(r)
		default:
			out.WriteByte('-')
		}
	}
	return strings.Trim(out.String(), "-._")
}

func (o *Options) destination(ctx context.Context) (to destination, closeIt func(), err error) {
	nothing := func() {}
	if o.Out == stdoutName {
		if o.Stdout == nil {
			o.Stdout = os.Stdout
		}
		return streamDestination{to: o.Stdout}, nothing, nil
	}
	if !strings.Contains(o.Out, "://") {
		return &folderDestination{folder: filepath.Clean(o.Out), force: o.Force}, nothing, nil
	}
	cfg := bucket.NewDefaultConfig()
	cfg.URL = o.Out
	store, err := bucket.Open(ctx, cfg)
	if err != nil {
		return nil, nil, fmt.Errorf("open the snapshot's bucket: %w", err)
	}
	closeIt = func() { _ = store.Close() } // everything was acknowledged before
	return &bucketDestination{store: store, prefix: archive.RootSnapshots + id(o.Name) + "/", force: o.Force, parent: o.TempDir}, closeIt, nil
}

// creation is one snapshot being made.
type creation struct {
	opts       Options
	sort       *sorter
	bound      *bound
	groups     groups
	counts     []int64 // by group, of what was written
	duplicates int64
	written    int64
	first      time.Time
	last       time.Time

	mutex sync.Mutex // guards bound, which Still asks from other goroutines
}

// collect scans the archive into the sorter.
func (c *creation) collect(ctx context.Context, store *bucket.Bucket) (archive.ScanStats, error) {
	where := archive.PlanOptions{
		From: c.opts.From, To: c.opts.To, Query: c.opts.Query, AllHours: c.opts.AllHours, Parallel: c.opts.Parallel,
	}
	plan, err := archive.Plan(ctx, store, where)
	if err != nil {
		return archive.ScanStats{}, err
	}
	if c.opts.Order == Oldest {
		for i, j := 0, len(plan.Files)-1; i < j; i, j = i+1, j-1 {
			plan.Files[i], plan.Files[j] = plan.Files[j], plan.Files[i]
		}
	}
	if c.opts.Planned != nil {
		total := int64(0)
		for i := range plan.Files {
			total += plan.Files[i].Size
		}
		c.opts.Planned(len(plan.Files), total)
	}
	records := sync.Pool{New: func() any { return dimension.NewRecord() }}
	return archive.Scan(ctx, store, archive.ScanOptions{
		PlanOptions: where,
		Files:       plan,
		Parallel:    c.opts.Parallel,
		MemoryBytes: c.opts.MemoryBytes / 16 * scanShare,
		Progress:    c.opts.Progress,
		Still:       c.still(),
		Match: func(pair *rrpair.Pair) bool {
			record := records.Get().(*dimension.Record)
			defer records.Put(record)
			record.Reset(pair)
			return c.opts.Query.Match(record)
		},
	}, c.take)
}

// still leaves out files and row groups that lie wholly beyond what the limit can keep.
func (c *creation) still() func(low, high time.Time) bool {
	if c.bound == nil {
		return nil
	}
	return func(low, high time.Time) bool {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		if c.opts.Order == Newest {
			return !c.bound.beyond(keyOf(high.Add(1), rrpair.UUID{}))
		}
		return !c.bound.beyond(keyOf(low, rrpair.UUID{}))
	}
}

func (c *creation) take(record *archive.Record) error {
	at := record.TS
	if at.IsZero() {
		at = record.Seen
	}
	k := keyOf(at, record.UUID)
	if c.bound != nil {
		c.mutex.Lock()
		beyond := c.bound.beyond(k)
		if !beyond {
			c.bound.add(k)
		}
		c.mutex.Unlock()
		if beyond {
			return nil
		}
	}
	return c.sort.add(k, c.groups.number(record.Service, record.Direction, record.L7Protocol), record.JSON)
}

// emit writes the records in order, each uuid once, as many as the limit allows.
func (c *creation) emit(ctx context.Context, lines *lineWriter) error {
	if err := c.sort.finish(); err != nil {
		return err
	}
	skip, keep := int64(0), int64(-1)
	if c.opts.Limit > 0 {
		keep = c.opts.Limit
		if c.opts.Order == Newest {
			total := int64(0)
			for _, err := range c.sort.unique(&c.duplicates) {
				if err != nil {
					return err
				}
				total++
			}
			skip = max(0, total-keep)
		}
	}
	c.counts = make([]int64, len(c.groups.list))
	position, before := int64(0), int64(0)
	for e, err := range c.sort.unique(&c.duplicates) {
		if err != nil {
			return err
		}
		if position++; position <= skip {
			continue
		}
		if keep >= 0 && c.written == keep {
			break
		}
		if c.written%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := lines.write(e.line); err != nil {
			return err
		}
		if c.written == 0 {
			c.first, before = e.key.time(), c.duplicates
		}
		c.last = e.key.time()
		c.counts[e.group]++
		c.written++
	}
	c.duplicates -= before // those were of records that the limit leaves out
	return nil
}
