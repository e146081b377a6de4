package main

import (
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/snapshot"
)

const snapshotCreateLong = `Cut the RRPairs of a window that match a filter out of the archive: raw.jsonl in ascending ts, each uuid once, and
snapshot.json, which says what it is. A snapshot appears whole or not at all; a finished one is never overwritten
without --force; what an interrupted run left behind is removed by the next one with the same name and place.

--out is a folder (default: the snapshot's name), a bucket URL (the snapshot becomes its folder snapshots/<id>/), or -
for lines on stdout and no manifest.

--limit keeps the newest matching records, or with --order oldest the earliest; the output ascends in time either way.
--from and --to compare with each record's own ts. Records whose ts was missing or before 2000 are found when --from is
not given; those of clocks that ran more than a day ahead with --all-hours.`

const snapshotCreateExamples = `  # everything of the last 15 minutes
  byoc snapshot create --from -15m --out recent

  # the newest 500 failing checkouts of today
  byoc snapshot create --filter '(service IS checkout) AND (error IS true)' --from today --limit 500 --out failing

  # a fifth of the sessions of one day, to a bucket
  byoc snapshot create --from 2026-11-20 --to 2026-11-21 --sample 1/5 --name friday --out s3://acme-traffic/rrpairs

  # straight into another program
  byoc snapshot create --filter '(duration > 500ms)' --from -1h --out - | jq .location`

type snapshotFlags struct {
	window    windowFlags
	filter    string
	sample    string
	name      string
	out       string
	order     string
	tempDir   string
	limit     int64
	memoryMiB int64
	chunkMiB  int64
	parallel  int
	force     bool
}

func newSnapshotCreate(a *app) *cobra.Command {
	var f snapshotFlags
	command := &cobra.Command{
		Use:     "create",
		Short:   "Cut traffic out of the archive into raw.jsonl",
		Long:    snapshotCreateLong,
		Example: snapshotCreateExamples,
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return a.createSnapshot(c, f) },
	}
	flags := command.Flags()
	flags.StringVar(&f.filter, "filter", "", "which records, e.g. '(service IS checkout) AND (status IS 5xx)' (default: all)")
	f.window.add(command)
	flags.Int64Var(&f.limit, "limit", 0, "at most so many records (default: all)")
	flags.StringVar(&f.order, "order", string(snapshot.Newest), "which records --limit keeps: newest or oldest")
	flags.StringVar(&f.sample, "sample", "", "a share of the sessions, always the same one: 1/5 or 20%")
	flags.StringVar(&f.name, "name", "", "name of the snapshot (default: snapshot-<time>)")
	flags.StringVar(&f.out, "out", "", "folder, bucket URL, or - for stdout (default: a folder of the snapshot's name)")
	flags.BoolVar(&f.force, "force", false, "replace a finished snapshot")
	flags.StringVar(&f.tempDir, "temp-dir", "", "folder for sorting what does not fit into memory (default: the system's)")
	flags.Int64Var(&f.memoryMiB, "memory-mib", snapshot.DefaultMemoryBytes>>20, "memory to use at most, in MiB")
	flags.Int64Var(&f.chunkMiB, "chunk-mib", snapshot.DefaultChunkBytes>>20, "size in MiB above which raw.jsonl becomes raw-00000.jsonl and so on")
	flags.IntVar(&f.parallel, "parallel", 8, "fetches at once")
	return command
}

func (f *snapshotFlags) options(a *app) (opts snapshot.Options, err error) {
	where, err := f.window.parse(a)
	if err != nil {
		return opts, err
	}
	opts = snapshot.Options{
		Name: f.name, From: where.From, To: where.To, AllHours: where.AllHours, Limit: f.limit, Out: f.out, Force: f.force,
		Stdout: a.stdout, ChunkBytes: f.chunkMiB << 20, MemoryBytes: f.memoryMiB << 20, TempDir: f.tempDir,
		Parallel: f.parallel, Now: a.clock(), CreatedBy: "byoc " + readVersion().Version,
	}
	if opts.Query, err = a.parseFilter(f.filter); err != nil {
		return opts, err
	}
	if f.sample != "" {
		if opts.Sample, err = filter.ParseSample(f.sample); err != nil {
			return opts, usagef("--sample: %w", err)
		}
	}
	if f.name != "" {
		if err = snapshot.CheckName(f.name); err != nil {
			return opts, usagef("--name %.40q: %w", f.name, err)
		}
	}
	if strings.Contains(f.out, "://") {
		settings := bucket.NewDefaultConfig()
		settings.URL = f.out
		if err = settings.Validate(); err != nil {
			return opts, usagef("--out: %w", err)
		}
		if inMemory(f.out) {
			return opts, usagef("--out %s: a mem:// store lives inside one process and would be gone with this one: give a folder or a bucket", f.out)
		}
	}
	if opts.Order, err = snapshot.ParseOrder(f.order); err != nil {
		return opts, usagef("--order: %w", err)
	}
	switch {
	case f.limit < 0:
		return opts, usagef("--limit %d: must not be negative", f.limit)
	case f.memoryMiB <= 0 || f.chunkMiB <= 0 || f.parallel <= 0:
		return opts, usagef("--memory-mib, --chunk-mib and --parallel must be above zero")
	}
	return opts, nil
}

func (a *app) createSnapshot(command *cobra.Command, f snapshotFlags) error {
	ctx := command.Context()
	opts, err := f.options(a)
	if err != nil {
		return err
	}
	opened, store, err := a.openArchive(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	var bar progress = silentProgress{}
	// The collector of garbage is told as well, or it would let the heap grow to twice what is in use.
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(opts.MemoryBytes))
	opts.Planned = func(_ int, bytes int64) { bar = a.progress("reading", bytes) }
	opts.Progress = func(records, bytes int64) { bar.add(records, bytes) }
	manifest, err := snapshot.Create(ctx, opened, opts)
	bar.done()
	if err != nil {
		return err
	}
	if err := a.showSnapshot(manifest, f.out == "-"); err != nil {
		return err
	}
	return skippedFiles(manifest.Skipped)
}

// snapshotSummary is what --output json prints.
type snapshotSummary struct {
	ID              string          `json:"id"`
	Out             string          `json:"out"`
	Records         int64           `json:"records"`
	Bytes           int64           `json:"bytes"`
	Window          snapshot.Window `json:"window"`
	FilesListed     int             `json:"files_listed"`
	FilesPruned     int             `json:"files_pruned"`
	FilesRead       int             `json:"files_read"`
	BytesRead       int64           `json:"bytes_read"`
	RowGroupsPruned int             `json:"row_groups_pruned"`
	Duplicates      int64           `json:"duplicates"`
	Skipped         map[string]int  `json:"skipped"`
	DurationMS      int64           `json:"duration_ms"`
}

// showSnapshot prints the summary; to stderr when stdout holds the records.
func (a *app) showSnapshot(m *snapshot.Manifest, piped bool) error {
	shown := *a
	if piped {
		shown.stdout = a.stderr
	}
	if a.wantsJSON() {
		return shown.printJSON(snapshotSummary{
			ID: m.ID, Out: m.Out, Records: m.Records, Bytes: m.Bytes, Window: m.Window, FilesListed: m.FilesListed,
			FilesPruned: m.FilesPruned, FilesRead: m.FilesRead, BytesRead: m.BytesRead, RowGroupsPruned: m.RowGroupsPruned,
			Duplicates: m.Duplicates, Skipped: m.SkippedByReason(), DurationMS: m.DurationMS,
		})
	}
	a.describeSnapshot(shown.stdout, m)
	return nil
}

func (a *app) describeSnapshot(w io.Writer, m *snapshot.Manifest) {
	took := time.Duration(m.DurationMS) * time.Millisecond
	out := m.Out
	if out == "-" {
		out = "stdout"
	}
	fmt.Fprintf(w, "%s: %s, %s of JSON lines, in %s\n", out, countOf(m.Records, "record", "records"), humanBytes(m.Bytes), humanDuration(took))
	var from, to time.Time
	if m.Window.From != nil {
		from = *m.Window.From
	}
	if m.Window.To != nil {
		to = *m.Window.To
	}
	fmt.Fprintf(w, "  window      %s\n", a.windowText(from, to))
	if m.First != nil && m.Last != nil {
		fmt.Fprintf(w, "  found       %s to %s\n", a.formatTime(*m.First), a.formatTime(*m.Last))
	}
	if m.Filter != "" {
		fmt.Fprintf(w, "  filter      %s\n", m.Filter)
	}
	if m.Duplicates > 0 {
		fmt.Fprintf(w, "  duplicates  %s, left out\n", humanCount(m.Duplicates))
	}
	fmt.Fprintf(w, "  archive     %s of %s files read (%s), %s left out unread, and %s row groups\n", humanCount(int64(m.FilesRead)),
		humanCount(int64(m.FilesListed)), humanBytes(m.BytesRead), humanCount(int64(m.FilesPruned)), humanCount(int64(m.RowGroupsPruned)))
	if len(m.Files) > 0 && m.Out != "-" {
		names := m.Files[0].Name
		if len(m.Files) > 1 {
			names += " … " + m.Files[len(m.Files)-1].Name
		}
		fmt.Fprintf(w, "  files       %s, snapshot.json\n", names)
	}
	if m.Records == 0 {
		fmt.Fprintln(w, strings.TrimSpace("\nNothing matched: 'byoc archive stat' shows what the archive holds, and from when."))
	}
}
