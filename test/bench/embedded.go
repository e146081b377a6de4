package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/sqlite"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	// batchDocuments is what one write has, about a flush of the exporter (8 MiB of some 600 bytes).
	batchDocuments = 8192
	// embeddedRate puts a million pairs into little more than an hour, so that stats over one hour read nearly all of them.
	embeddedRate = 270
	// keptDocuments are remembered to ask for.
	keptDocuments = 500
	// ingestRuns are whole stores written one after another.
	ingestRuns = 5
)

// embeddedSummary is what the store benchmark of SQLite found. Times are by the clock.
type embeddedSummary struct {
	Pairs        int          `json:"pairs"`
	Prepare      preparation  `json:"prepare"`
	Ingest       []ingestRun  `json:"ingest"`
	BytesPerPair float64      `json:"bytes_per_pair"`
	Reads        []readFigure `json:"reads"`
	Commands     []readFigure `json:"commands"` // processes of their own
	Ratios       []ratio      `json:"ratios"`
}

// preparation is what it takes to make documents of pairs, which the ingest does not count.
type preparation struct {
	CPU   time.Duration `json:"cpu_ns"` // parsing, dimensions, document, encoding for the queue; without the generator
	Bytes int64         `json:"bytes"`  // as they lie in the queue
}

// ingestRun is one store written from nothing.
type ingestRun struct {
	Write  time.Duration `json:"write_ns"`  // in Write alone
	Decode time.Duration `json:"decode_ns"` // from the queue's form
	CPU    time.Duration `json:"cpu_ns"`    // of both
}

// embedded is the store under test and what to ask it.
type embedded struct {
	store   *sqlite.Store
	config  sqlite.Config
	samples []*hotstore.Document
	last    time.Time
}

// benchEmbedded writes and asks an SQLite store through the interface of all hot stores. Documents are made before, as
// the exporter makes them on the sender's goroutine.
func benchEmbedded(ctx context.Context, o options, dir string) (s *embeddedSummary, err error) {
	fmt.Printf("\nSQLite: making %d documents …\n", o.sqlitePairs)
	s = &embeddedSummary{Pairs: o.sqlitePairs}
	e := &embedded{}
	batches, err := s.prepare(e)
	if err != nil {
		return nil, err
	}
	before := runtime.GOMAXPROCS(1) // the target is for one core
	for i := range ingestRuns {
		folder := filepath.Join(dir, fmt.Sprintf("sqlite-%d", i))
		defer os.RemoveAll(folder)
		run, err := ingest(ctx, folder, batches)
		if err != nil {
			return nil, fmt.Errorf("SQLite: %w", err)
		}
		s.Ingest = append(s.Ingest, run)
		fmt.Printf("ingest %d  %8.0f pairs/s in Write  %8.0f with decoding  %6.1f CPU-s/M\n",
			i+1, s.perSecond(run.Write), s.perSecond(run.Write+run.Decode), run.CPU.Seconds()/float64(s.Pairs)*1e6)
		e.config = sqlite.Config{Path: folder}
	}
	defer runtime.GOMAXPROCS(before)
	if e.store, err = sqlite.Open(ctx, e.config, sqlite.Settings{}); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, e.store.Close()) }()
	status, err := e.store.Status(ctx)
	if err != nil {
		return nil, err
	}
	if status.Documents != int64(s.Pairs) {
		return nil, fmt.Errorf("SQLite holds %d documents of %d", status.Documents, s.Pairs)
	}
	s.BytesPerPair = float64(status.Bytes) / float64(status.Documents)
	e.last = status.Last
	runtime.GC()
	for _, cores := range slices.Compact([]int{1, before}) {
		runtime.GOMAXPROCS(cores)
		figures, err := e.ask(ctx, cores)
		if err != nil {
			return nil, fmt.Errorf("SQLite: %w", err)
		}
		s.Reads = append(s.Reads, figures...)
	}
	runtime.GOMAXPROCS(before)
	if s.Commands, err = e.command(ctx, o.tool); err != nil {
		return nil, fmt.Errorf("SQLite: %w", err)
	}
	s.compare()
	return s, nil
}

// prepare makes the documents, in the form in which they lie in the queue.
func (s *embeddedSummary) prepare(e *embedded) (batches [][]byte, err error) {
	var (
		generator = demo.NewGenerator(demo.Options{Seed: 11, Rate: embeddedRate})
		record    = dimension.NewRecord()
		pair      rrpair.Pair
		document  hotstore.Document
		batch     hotstore.Batch
	)
	lines := make([][]byte, batchDocuments)
	for done := 0; done < s.Pairs; {
		// Line by line it would be more calls of the clock than work.
		lines = lines[:min(batchDocuments, s.Pairs-done)]
		for i := range lines {
			lines[i] = generator.Next(lines[i][:0])
		}
		begin := cpuTime()
		for _, line := range lines {
			if err := pair.ParseJSON(line); err != nil {
				return nil, err
			}
			fillDocument(&document, &pair, record)
			batch.Add(&document)
			if done%(s.Pairs/keptDocuments+1) == 0 {
				e.samples = append(e.samples, document.Clone())
			}
			done++
		}
		encoded := batch.Append(nil)
		batch.Reset()
		s.Prepare.CPU += cpuTime() - begin
		s.Prepare.Bytes += int64(len(encoded))
		batches = append(batches, encoded)
	}
	return batches, nil
}

// fillDocument makes the document as the exporter does behind a dimension processor with one dimension of the user's own.
func fillDocument(document *hotstore.Document, pair *rrpair.Pair, record *dimension.Record) {
	record.Reset(pair)
	at, _ := pair.Time()
	id, _ := pair.UUID()
	span := ""
	if trace, _ := record.Strings(nil, filter.FieldTrace, ""); len(trace) > 0 {
		span = trace[0][:16]
	}
	hotstore.Fill(document, pair, record, hotstore.Values{
		Time: at, Span: span, Include: hotstore.IncludeNone,
		ArchiveURL: fmt.Sprintf("s3://acme-traffic/rrpairs/v1/date=%s/hour=%02d?uuid=%s", at.Format(time.DateOnly), at.Hour(), id),
		Extra:      []hotstore.Extra{{Name: "customer.tier", Text: []string{"gold", "silver"}[id[3]%2]}},
	})
}

func ingest(ctx context.Context, folder string, batches [][]byte) (run ingestRun, err error) {
	store, err := sqlite.Open(ctx, sqlite.Config{Path: folder}, sqlite.Settings{})
	if err != nil {
		return run, err
	}
	runtime.GC()
	before := cpuTime()
	for _, data := range batches {
		begin := time.Now()
		documents, err := hotstore.DecodeBatch(data)
		if err != nil {
			return run, err
		}
		decoded := time.Now()
		result, err := store.Write(ctx, documents)
		if err != nil {
			return run, err
		}
		if result.Stored != len(documents) {
			return run, fmt.Errorf("%d of %d documents were stored", result.Stored, len(documents))
		}
		run.Decode += decoded.Sub(begin)
		run.Write += time.Since(decoded)
	}
	begin := time.Now()
	err = store.Close() // whatever it leaves for the end counts
	run.Write += time.Since(begin)
	run.CPU = cpuTime() - before
	return run, err
}

// cpuTime is what this process computed until now.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func (s *embeddedSummary) perSecond(spent time.Duration) float64 {
	return float64(s.Pairs) / spent.Seconds()
}

// ingestRate is the median of the runs, in pairs a second of the clock on one core.
func (s *embeddedSummary) ingestRate(spent func(ingestRun) time.Duration) float64 {
	times := make([]time.Duration, len(s.Ingest))
	for i, run := range s.Ingest {
		times[i] = spent(run)
	}
	return s.perSecond(quantile(times, 0.5))
}

func (s *embeddedSummary) compare() {
	s.Ratios = []ratio{{Name: "SQLite: pairs ingested a second by one core", Value: s.ingestRate(func(r ingestRun) time.Duration { return r.Write }), Target: 30_000}}
	for _, r := range s.Reads {
		if r.Limit > 0 {
			s.Ratios = append(s.Ratios, ratio{Name: fmt.Sprintf("SQLite: %s, GOMAXPROCS %d, p95 ms", r.Name, r.Cores), Value: milliseconds(r.P95), Target: milliseconds(r.Limit), AtMost: true})
		}
	}
}

func (s *embeddedSummary) print() {
	fmt.Println()
	write, whole := func(r ingestRun) time.Duration { return r.Write }, func(r ingestRun) time.Duration { return r.Write + r.Decode }
	making := func(r ingestRun) time.Duration { return r.Write + r.Decode + s.Prepare.CPU }
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "SQLite, %d pairs (%d runs, medians; one core)\tpairs/s\n", s.Pairs, len(s.Ingest))
	fmt.Fprintf(w, "ingest, documents made before\t%.0f\n", s.ingestRate(write))
	fmt.Fprintf(w, "and decoding from the queue\t%.0f\n", s.ingestRate(whole))
	fmt.Fprintf(w, "and making them of JSON lines (computing time)\t%.0f\n", s.ingestRate(making))
	fmt.Fprintf(w, "bytes a pair on disk\t%.1f\n", s.BytesPerPair)
	fmt.Fprintf(w, "bytes a pair in the queue\t%.1f\n", float64(s.Prepare.Bytes)/float64(s.Pairs))
	fmt.Fprintln(w)
	fmt.Fprintln(w, "SQLite, questions\tGOMAXPROCS\truns\tp50 ms\tp95 ms\tworst ms\tcomputing p50\tp95\tdocuments or groups, median")
	for _, r := range s.Reads {
		fmt.Fprintf(w, "%s\t%d\t%d\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%d\n", r.Name, r.Cores, r.Runs, milliseconds(r.P50), milliseconds(r.P95), milliseconds(r.Worst),
			milliseconds(r.CPU50), milliseconds(r.CPU95), r.Rows)
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, "SQLite, the command line, a process each\truns\tp50 ms\tp95 ms\tworst ms\tcomputing p50\tp95")
	for _, r := range s.Commands {
		fmt.Fprintf(w, "%s\t%d\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\n", r.Name, r.Runs, milliseconds(r.P50), milliseconds(r.P95), milliseconds(r.Worst),
			milliseconds(r.CPU50), milliseconds(r.CPU95))
	}
	w.Flush()
	for _, r := range s.Reads {
		if r.Slow != "" {
			fmt.Printf("slowest with GOMAXPROCS %d, %s: %s\n", r.Cores, r.Name, r.Slow)
		}
	}
	fmt.Println()
	printRatios(s.Ratios)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
