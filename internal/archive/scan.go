package archive

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	// defaultScanParallel is how many files and row groups are fetched at once: enough to hide a store's latency.
	defaultScanParallel = 8
	// defaultScanMemory bounds the bytes of row groups in memory. A row group larger than that is read alone.
	defaultScanMemory = 128 << 20
)

// ScanOptions say what to read and how hard to try.
type ScanOptions struct {
	// PlanOptions say where to look. Query and window also decide which records are yielded.
	PlanOptions
	// Files is a plan made before; nil: Plan is called.
	Files *FilePlan
	// Match decides what the columns alone cannot. It must give the query's answer on the whole pair, is called from
	// several goroutines, and must not keep the pair. It is required with a Query.
	Match func(*rrpair.Pair) bool
	// Still is asked, from several goroutines, before a file whose name tells its times and before each row group
	// whose statistics do: are records from low to high, both inclusive, still wanted? false leaves it out, uncounted.
	// For readers that have enough. nil: read all.
	Still func(low, high time.Time) bool
	// Undated yields, whatever the window, also the records whose own ts the columns do not hold: it is missing, absurd
	// or of an unusual form. For readers that go by [Record].Seen there; they check the window, which then only leaves
	// out what lies outside by either time.
	Undated bool
	// Progress is told of records yielded and of planned bytes dealt with, from one goroutine at a time. May be nil.
	Progress func(records, bytes int64)
	// Parallel is how many fetches are under way at once; default 8. MemoryBytes bounds the row groups held in
	// memory; default 128 MiB.
	Parallel    int
	MemoryBytes int64
}

// ScanStats count what a scan did. Listed = Pruned + Read + the skipped files, when Still left none out.
type ScanStats struct {
	FilesListed     int
	FilesPruned     int // by partition, hour, name or statistics
	FilesRead       int
	BytesRead       int64
	Requests        int // range requests, listings not counted
	RowGroups       int // of the files whose footer was read
	RowGroupsPruned int
	RowsExamined    int64 // rows of the row groups that were left
	RowsRebuilt     int64 // of those, the rows whose whole record was put together
	Records         int64 // yielded
	Sources         []Source
	Skipped         []Skipped
}

// Source is a file of which records were read.
type Source struct {
	Key      string   `json:"key"`
	Bytes    int64    `json:"bytes"`              // of the whole object
	Policies []string `json:"policies,omitempty"` // redaction policies its records passed
}

// Record is one record of a scan. What it holds is valid until yield returns.
type Record struct {
	JSON []byte      // the RRPair, compact, in canonical member order
	UUID rrpair.UUID // derived from content when the record has none
	TS   time.Time   // its own ts, UTC; zero when it has none that can be read
	Seen time.Time   // its ts, or when it was captured if that was absurd; never zero in our files
	Key  string      // object that holds it
	// Service, Direction and L7Protocol are the record's texts, nil where it has none.
	Service, Direction, L7Protocol []byte

	pair  *rrpair.Pair
	ready bool
}

// Pair returns the record as an RRPair, parsed at the first call.
func (r *Record) Pair() (*rrpair.Pair, error) {
	if !r.ready {
		if err := r.pair.ParseJSON(r.JSON); err != nil {
			return nil, fmt.Errorf("parse a record of %s: %w", r.Key, err)
		}
		r.ready = true
	}
	return r.pair, nil
}

// Scan yields every wanted record of the archive, in no particular order, duplicates included. yield is called by one
// goroutine at a time; its error ends the scan. A file at fault is named in the stats and left out from the place of the
// fault on; an error of the store ends the scan.
func Scan(ctx context.Context, store Store, opts ScanOptions, yield func(*Record) error) (ScanStats, error) {
	if opts.Query != nil && opts.Match == nil {
		return ScanStats{}, errors.New("scan with a query needs Match, which judges whole pairs")
	}
	if opts.Parallel <= 0 {
		opts.Parallel = defaultScanParallel
	}
	if opts.MemoryBytes <= 0 {
		opts.MemoryBytes = defaultScanMemory
	}
	plan := opts.Files
	if plan == nil {
		var err error
		if plan, err = Plan(ctx, store, opts.PlanOptions); err != nil {
			return ScanStats{}, err
		}
	}
	codec, err := newPageDecoder()
	if err != nil {
		return ScanStats{}, err
	}
	defer codec.zstd.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &scanner{
		store: store, opts: opts, window: opts.window(), codec: codec, yield: yield, cancel: cancel,
		memory: newGate(opts.MemoryBytes), decoders: make(chan *groupDecoder, runtime.GOMAXPROCS(0)),
	}
	s.stats.FilesListed, s.stats.FilesPruned = plan.Listed, plan.Pruned
	s.stats.Skipped = append(s.stats.Skipped, plan.Skipped...)
	for range cap(s.decoders) {
		s.decoders <- newGroupDecoder(codec, opts.Query)
	}
	s.run(ctx, plan.Files)
	if s.failure == nil {
		s.failure = ctx.Err()
	}
	return s.stats, s.failure
}

// scanner is one scan under way. The mutex guards stats, failure and calls of yield and Progress.
type scanner struct {
	store    Store
	opts     ScanOptions
	window   window
	codec    *pageDecoder
	memory   *gate
	decoders chan *groupDecoder // one for each core: their buffers are what decoding costs in memory
	yield    func(*Record) error
	cancel   context.CancelFunc

	mutex   sync.Mutex
	stats   ScanStats
	failure error
}

// openFile is a file under way; the last of its row groups settles its counts.
type openFile struct {
	*File
	planned PlannedFile
	pending int
	read    bool
	failed  bool
}

type groupTask struct {
	file  *openFile
	group *rowGroup
}

func (s *scanner) run(ctx context.Context, files []PlannedFile) {
	var (
		openers, readers sync.WaitGroup
		queue            = make(chan PlannedFile)
		tasks            = make(chan groupTask, s.opts.Parallel)
	)
	for range s.opts.Parallel {
		openers.Go(func() {
			for planned := range queue {
				s.open(ctx, planned, tasks)
			}
		})
		readers.Go(func() {
			for task := range tasks {
				s.read(ctx, task)
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
	openers.Wait()
	close(tasks)
	readers.Wait()
}

// open reads a footer, drops row groups by what it says, and hands the others on.
func (s *scanner) open(ctx context.Context, planned PlannedFile, tasks chan<- groupTask) {
	if ctx.Err() != nil || !s.stillFile(planned) {
		return
	}
	file, err := OpenFile(ctx, s.store, planned.Key, planned.Size, FileOptions{codec: s.codec})
	if err != nil {
		s.skip(ctx, planned, err)
		return
	}
	opened := &openFile{File: file, planned: planned}
	var wanted []*rowGroup
	for _, group := range file.groups {
		may, err := s.mayMatch(ctx, file, group)
		if err != nil {
			s.skip(ctx, planned, file.fault(err))
			s.account(opened)
			return
		}
		if may {
			wanted = append(wanted, group)
		}
	}
	s.mutex.Lock()
	s.stats.RowGroups += len(file.groups)
	s.stats.RowGroupsPruned += len(file.groups) - len(wanted)
	if opened.pending = len(wanted); opened.pending == 0 {
		s.stats.FilesPruned++
	}
	s.mutex.Unlock()
	if len(wanted) == 0 {
		s.account(opened)
		s.progress(0, planned.Size)
		return
	}
	for _, group := range wanted {
		tasks <- groupTask{file: opened, group: group}
	}
}

func (s *scanner) mayMatch(ctx context.Context, file *File, group *rowGroup) (may bool, err error) {
	defer guard(file.key, &err)
	if group.rows == 0 {
		return false, nil
	}
	if low, high, known := group.timeRange(); known && !s.window.touches(low, high) {
		return false, nil
	}
	ranges := &groupRanges{ctx: ctx, file: file, group: group}
	may = s.opts.Query.MayMatch(ranges)
	return may, ranges.err
}

// read fetches, decodes and yields one row group.
func (s *scanner) read(ctx context.Context, task groupTask) {
	file := task.file
	s.mutex.Lock()
	failed := file.failed
	s.mutex.Unlock()
	if ctx.Err() == nil && !failed && s.stillGroup(task.group) {
		size := task.group.stored + plainBuffers
		s.memory.acquire(size)
		err := s.readGroup(ctx, task)
		s.memory.release(size)
		if err != nil {
			s.mutex.Lock()
			first := !file.failed
			file.failed, file.read = true, true // records in front of the fault may have been yielded
			s.mutex.Unlock()
			if first {
				s.skip(ctx, file.planned, file.fault(err))
			}
		} else {
			s.mutex.Lock()
			file.read = true
			s.mutex.Unlock()
		}
	}
	s.mutex.Lock()
	file.pending--
	last := file.pending == 0
	if last && file.read {
		s.stats.Sources = append(s.stats.Sources, Source{Key: file.key, Bytes: file.size, Policies: file.info.Policies})
	}
	if last && file.read && !file.failed {
		s.stats.FilesRead++
	}
	s.mutex.Unlock()
	if last {
		s.account(file)
		if !file.failed {
			s.progress(0, file.planned.Size)
		}
	}
}

// stillFile asks Still by the file's name. Names tell the times of absurd records wrongly, so they count only where the
// window leaves those out anyway, or where the reader goes by the time that they were seen.
func (s *scanner) stillFile(planned PlannedFile) bool {
	if s.opts.Still == nil || planned.MinTS.IsZero() || !s.opts.Undated && (s.window.exhaustive || s.window.from.IsZero()) {
		return true
	}
	return s.opts.Still(planned.MinTS, planned.MaxTS.Add(999*time.Nanosecond))
}

func (s *scanner) stillGroup(group *rowGroup) bool {
	if s.opts.Still == nil {
		return true
	}
	low, high, known := group.timeRange()
	return !known || s.opts.Still(low, high)
}

// plainBuffers is what decoding a row group takes beside its stored bytes, roughly.
const plainBuffers = 4 << 20

func (s *scanner) account(file *openFile) {
	requests, bytes := file.Cost()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.stats.Requests += requests
	s.stats.BytesRead += bytes
}

func (s *scanner) progress(records, bytes int64) {
	if s.opts.Progress == nil {
		return
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.opts.Progress(records, bytes)
}

// skip names a file at fault; any other error ends the scan.
func (s *scanner) skip(ctx context.Context, planned PlannedFile, err error) {
	var fault *FileError
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if !errors.As(err, &fault) {
		if s.failure == nil && (ctx.Err() == nil || !errors.Is(err, context.Canceled)) {
			s.failure = err
		}
		s.cancel()
		return
	}
	s.stats.Skipped = append(s.stats.Skipped, Skipped{Key: fault.Key, Reason: fault.Reason, Detail: fault.Err.Error()})
	if s.opts.Progress != nil {
		s.opts.Progress(0, planned.Size)
	}
}

// gate admits work by weight. Work heavier than the whole is admitted alone.
type gate struct {
	mutex sync.Mutex
	freed *sync.Cond
	size  int64
	taken int64
}

func newGate(size int64) *gate {
	g := &gate{size: size}
	g.freed = sync.NewCond(&g.mutex)
	return g
}

// acquire waits for room. It needs no context: whoever holds room gives it back when the scan is called off.
func (g *gate) acquire(weight int64) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	for g.taken > 0 && g.taken+min(weight, g.size) > g.size {
		g.freed.Wait()
	}
	g.taken += min(weight, g.size)
}

func (g *gate) release(weight int64) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.taken -= min(weight, g.size)
	g.freed.Broadcast()
}
