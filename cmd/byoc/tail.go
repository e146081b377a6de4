package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/federate"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	// defaultTailLines is where a tail begins that was not told, as tail -f does.
	defaultTailLines = 10
	// archivePoll is how often the archive is looked at: its files come once a minute, and each look lists.
	archivePoll = 15 * time.Second
	// archiveLateness is how much older than the newest a pair may be that appears in the archive: collectors flush at
	// different times, and retry.
	archiveLateness = 5 * time.Minute
	// settling is how far before the first line pairs are awaited that have not arrived yet.
	settling = 10 * time.Second
)

const tailLong = `Show pairs as they arrive, the oldest first, one line each, until Ctrl-C (which is exit code 0).

The hot store is followed; without one the archive, where traffic appears when the collector flushes (a minute by default).
--source archive follows the archive also where there is a hot store. It begins with the last 10 pairs, or with those since
--since. A pair that arrives more than 2 minutes (archive: 5) after its time is missed: 'byoc query' finds it.

When the store goes away for a while it is said once, and the tail goes on when it is back.

Rows and columns are those of 'byoc query'; json is the same as ndjson.`

const tailExamples = `  byoc tail
  byoc tail --filter '(service IS checkout) AND (error IS true)'
  byoc tail --since -5m --output ndjson | jq -r '[.ts, .service, .status, .duration_ms] | @tsv'
  byoc tail --filter 'endpoint IS /checkout' -n 0 --max-count 1 && echo somebody checked out`

type tailFlags struct {
	source   sourceFlags
	filter   string
	since    string
	columns  string
	output   string
	lines    int
	maxCount int64
	poll     time.Duration
}

func newTailCommand(a *app) *cobra.Command {
	var f tailFlags
	command := &cobra.Command{
		Use:     "tail",
		Short:   "Follow new pairs as they arrive",
		Long:    tailLong,
		Example: tailExamples,
		Args:    flagsOnly,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.tail(c.Context(), f, c.Flags().Changed("lines"))
		},
	}
	flags := command.Flags()
	flags.StringVar(&f.filter, "filter", "", "which pairs, e.g. 'status IS 5xx' (default: all)")
	flags.StringVar(&f.since, "since", "", "begin with the pairs since: RFC 3339, -1m, today …, in --tz")
	flags.IntVarP(&f.lines, "lines", "n", defaultTailLines, "begin with the last so many pairs, with --since of those; 0: only new ones")
	flags.StringVar(&f.columns, "columns", "", "which columns, as for byoc query")
	flags.StringVarP(&f.output, "output", "o", outputTable, "table, ndjson or json (the same)")
	flags.Int64Var(&f.maxCount, "max-count", 0, "end after so many pairs; 0: never")
	flags.DurationVar(&f.poll, "poll", 0, "how often to look (default 1s, for the archive 15s)")
	f.source.add(command)
	return command
}

// tailRun is a tail under way.
type tailRun struct {
	*app
	flags   tailFlags
	lines   int // -1: all since --since
	query   *filter.Query
	begin   time.Time
	rows    rowWriter
	reader  *patientReader
	shown   map[rrpair.UUID]bool // in the beginning, so that following does not show them again
	count   int64
	errored int64
}

var errEnough = errors.New("enough")

func (a *app) tail(ctx context.Context, f tailFlags, linesGiven bool) error {
	run := &tailRun{app: a, flags: f, lines: f.lines, shown: map[rrpair.UUID]bool{}}
	if f.since != "" && !linesGiven {
		run.lines = -1
	}
	if err := run.check(); err != nil {
		return err
	}
	source, err := a.openTail(ctx, f.source)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }() // it was only read
	asked := question{output: run.flags.output, columns: f.columns}
	columns, err := a.queryColumns(source, asked)
	if err != nil {
		return err
	}
	run.rows = a.rowWriter(a.stdout, asked, columns) // unbuffered: each line is seen when it comes
	if table, isTable := run.rows.(*tableRows); isTable {
		table.follow()
	}
	run.reader = &patientReader{Reader: source.Reader, say: a.say, explain: source.readError}
	options := hotstore.FollowOptions{Poll: f.poll, Now: a.clock}
	run.announce(source, &options)
	if err = run.start(ctx); err == nil {
		err = run.follow(ctx, options)
	}
	if ctx.Err() != nil || errors.Is(err, errEnough) {
		err = nil
	}
	if err != nil {
		return source.readError(err)
	}
	fmt.Fprintf(a.stderr, "%s shown, %s\n", countOf(run.count, "pair", "pairs"), countOf(run.errored, "error", "errors"))
	return source.skipped()
}

func (r *tailRun) check() (err error) {
	switch r.flags.output {
	case outputTable, outputNDJSON:
	case outputText:
		r.flags.output = outputTable
	case outputJSON:
		r.flags.output = outputNDJSON
	default:
		return usagef("--output %q: must be table, ndjson or json", r.flags.output)
	}
	switch {
	case r.flags.lines < 0 || r.flags.lines > hotstore.MaxLimit:
		return usagef("--lines %d: must be between 0 and %d", r.flags.lines, hotstore.MaxLimit)
	case r.flags.maxCount < 0:
		return usagef("--max-count %d: must not be negative", r.flags.maxCount)
	case r.flags.poll < 0:
		return usagef("--poll %s: must not be negative", r.flags.poll)
	}
	if r.query, err = r.parseFilter(r.flags.filter); err != nil {
		return err
	}
	if r.begin, err = r.parseTime("--since", r.flags.since); err != nil {
		return err
	}
	if r.begin.After(r.clock()) {
		return usagef("--since %s is in the future, times in %s", r.formatTime(r.begin), r.zoneName())
	}
	return nil
}

// openTail opens what is followed: one source. Both at once would ask the archive about each gap every second.
func (a *app) openTail(ctx context.Context, f sourceFlags) (*trafficSource, error) {
	if f.source == sourceAuto {
		settings, err := a.locateHotStore(ctx, f.hotstore)
		if err != nil {
			return nil, err
		}
		f.source = sourceArchive
		if settings.driver != nil {
			f.source = sourceHot
		}
	}
	return a.openTraffic(ctx, f)
}

func (r *tailRun) announce(source *trafficSource, options *hotstore.FollowOptions) {
	text := "following " + source.sourceName(source.kind)
	if source.kind == sourceArchive {
		text = "following " + source.sourceName(federate.ArchiveName) + ": traffic appears there when the collector has flushed it (exporters::archive::flush::age, 60s by default)"
		options.Lateness = archiveLateness
		if options.Poll == 0 {
			options.Poll = archivePoll
		}
	}
	r.say(text + "; times in " + r.zoneName() + "; Ctrl-C ends it")
}

// start shows the last pairs before following.
func (r *tailRun) start(ctx context.Context) error {
	if r.lines < 0 {
		return nil
	}
	if r.lines == 0 {
		if r.begin.IsZero() {
			r.begin = r.clock()
		}
		return nil
	}
	from := r.begin
	if from.IsZero() && r.reader.Capabilities().Store == federate.ArchiveName {
		from = r.clock().Add(-recentSpan) // or a quiet archive would be read from its beginning
	}
	page, err := r.reader.Search(ctx, hotstore.Search{Query: r.query, From: from, Limit: r.lines})
	if err != nil {
		return err
	}
	slices.Reverse(page.Documents)
	r.begin = r.clock()
	if len(page.Documents) > 0 {
		r.begin = page.Documents[0].Time
	}
	for _, document := range page.Documents {
		r.shown[document.UUID] = true
		if err := r.show(document); err != nil {
			return err
		}
	}
	return nil
}

// follow shows what arrives. What was there in the first look and is older than the beginning was not asked for; what
// arrives later with such a time is new.
func (r *tailRun) follow(ctx context.Context, options hotstore.FollowOptions) error {
	from := r.begin
	if r.lines >= 0 {
		from = from.Add(-settling)
	}
	r.reader.looks = 0
	return hotstore.Follow(ctx, r.reader, hotstore.Search{Query: r.query, From: from}, options, func(document *hotstore.Document) error {
		if r.shown[document.UUID] || r.reader.looks <= 1 && document.Time.Before(r.begin) {
			return nil
		}
		return r.show(document)
	})
}

func (r *tailRun) show(document *hotstore.Document) error {
	if err := r.rows.page([]*hotstore.Document{document}); err != nil {
		return err
	}
	r.count++
	if document.Error {
		r.errored++
	}
	if r.flags.maxCount > 0 && r.count >= r.flags.maxCount {
		return errEnough
	}
	return nil
}
