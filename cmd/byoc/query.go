package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/federate"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

const outputCSV = "csv"

// stdoutBuffer keeps a million rows from being a million system calls.
const stdoutBuffer = 64 << 10

const queryLong = `Find pairs by their dimensions, in the hot store, the archive, or both.

Without --from the last hour is searched, or the times that the filter itself names with timerange.

--source auto (the default) asks the hot store for the times that it holds wholly and the archive for the rest, no pair
twice; which answered what is said on stderr, beside the cursor of the next page: stdout holds rows only.

Output:
  table    for people: times in --tz, cut to the width of the terminal
  ndjson   one object a line with every dimension under its short name, uuid first; it streams
  csv      a header and the same columns (RFC 4180)
  json     one object: {"rows": [...], "next": "cursor", "window": {...}, "sources": [...], "skipped": [...]}

In ndjson, json and csv: ts is RFC 3339 in UTC with nanoseconds; duration is a text as filters take it ("12.5ms"),
duration_ms the same as a number of milliseconds; request_bytes, response_bytes and size are numbers of bytes, error is
true or false. A text that a pair does not have is "", a duration or a dimension of your own null. The last come after the
others, with the type they are configured with.

Filters: KEY OPERATOR VALUE, joined by AND, OR and parentheses. Operators are IS, NOT, IN, CONTAINS, REGEX, EXISTS,
>, >=, <, <=. Keys are most of the columns, and header[NAME], tag[NAME], req_json[PATH], resp_json[PATH], text, sample.
status IS 5xx is a class; a bare number after duration is milliseconds; values with blanks stand in double quotes.

--columns takes these names, in the order wanted; all is every one. With --config collector.yaml your own dimensions are
known and mistyped names are refused; without, any name is taken for one of your own.

--pairs prints whole pairs instead, one JSON object a line as in raw.jsonl. Those that the hot documents do not hold are
fetched from the archive one by one: for many, 'byoc snapshot create' is faster.

Exit code 0 also when nothing matches; 2 when the command line or the filter is wrong; 3 when some of the archive's objects
could not be read.`

const queryExamples = `  byoc query --filter '(service IS checkout) AND (error IS true)'
  byoc query --from -24h --sort -duration --limit 20
  byoc query --filter 'endpoint IS /users/{id}' --columns ts,status,duration,uuid --output csv > users.csv
  byoc query --from yesterday --to today --all --output ndjson | jq -r 'select(.duration_ms > 500) | .uuid'
  byoc query --filter 'trace IS 4bf92f3577b34da6a3ce929d0e0e4736' --from -7d --pairs > trace.jsonl
  byoc query --filter 'text CONTAINS "out of stock"' --from -2d --explain`

type queryFlags struct {
	source  sourceFlags
	filter  string
	window  windowFlags
	sort    string
	limit   int64
	all     bool
	columns string
	output  string
	after   string
	pairs   bool
	explain bool
}

func newQueryCommand(a *app) *cobra.Command {
	var f queryFlags
	command := &cobra.Command{
		Use:     "query",
		Short:   "Find pairs by their dimensions: what failed, what was slow, who called",
		Long:    queryLong,
		Example: queryExamples,
		Args:    flagsOnly,
		RunE:    func(c *cobra.Command, _ []string) error { return a.query(c.Context(), f, c.Flags().Changed("output")) },
	}
	flags := command.Flags()
	flags.StringVar(&f.filter, "filter", "", "which pairs, e.g. '(service IS checkout) AND (status IS 5xx)' (default: all)")
	f.window.addRecent(command)
	flags.StringVar(&f.sort, "sort", "-ts", "columns to sort by, - before one for descending, e.g. -duration,service")
	flags.Int64Var(&f.limit, "limit", hotstore.DefaultLimit, "at most so many pairs; 0: all")
	flags.BoolVar(&f.all, "all", false, "all pairs, as --limit 0")
	flags.StringVar(&f.columns, "columns", "", "which columns, e.g. ts,service,status,uuid, or all (default: a choice for tables, else all)")
	flags.StringVarP(&f.output, "output", "o", outputTable, "table, json, ndjson or csv")
	flags.StringVar(&f.after, "after", "", "cursor that the page before printed: go on there, with the same filter and sort")
	flags.BoolVar(&f.pairs, "pairs", false, "print whole pairs, one JSON object a line")
	flags.BoolVar(&f.explain, "explain", false, "do not run it (the hot store is asked for one pair at most): say who would answer, what each store evaluates itself and how much of the archive would be read")
	f.source.add(command)
	return command
}

// question is a command line that was understood.
type question struct {
	search  hotstore.Search
	limit   int64 // 0: none
	output  string
	columns string
	pairs   bool
	isHour  bool // nobody named the window
}

// question checks the flags; what depends on the user's dimensions is checked when they are known.
func (f *queryFlags) question(a *app, outputGiven bool) (q question, err error) {
	q = question{limit: f.limit, output: f.output, columns: f.columns, pairs: f.pairs}
	switch q.output {
	case outputTable, outputJSON, outputNDJSON, outputCSV:
	case outputText:
		q.output = outputTable
	default:
		return q, usagef("--output %q: must be table, json, ndjson or csv", f.output)
	}
	switch {
	case f.limit < 0:
		return q, usagef("--limit %d: must not be negative; 0 is all", f.limit)
	case f.pairs && outputGiven && q.output != outputNDJSON:
		return q, usagef("--pairs prints one JSON object a line: leave --output %s out", f.output)
	case f.pairs && f.columns != "":
		return q, usagef("--pairs prints whole pairs: leave --columns out")
	case f.explain && q.output != outputTable && q.output != outputJSON:
		return q, usagef("--explain is printed as text or with --output json")
	}
	if f.all {
		q.limit = 0
	}
	if q.search.Query, err = a.parseFilter(f.filter); err != nil {
		return q, err
	}
	if q.search.From, q.search.To, err = a.recentWindow(&f.window, q.search.Query); err != nil {
		return q, err
	}
	within, until := q.search.Query.Window()
	q.isHour = f.window == (windowFlags{}) && within.IsZero() && until.IsZero()
	q.search.Sort = sortKeys(f.sort)
	if q.search.After = strings.TrimSpace(f.after); q.search.After != "" {
		if _, err := q.search.Position(); err != nil {
			return q, usagef("--after: %w", withoutSentinel(err))
		}
	}
	q.search.WithPair = f.pairs
	return q, nil
}

// sortKeys reads --sort; what is shown as duration_ms is stored as the duration.
func sortKeys(text string) []hotstore.SortKey {
	keys := hotstore.ParseSort(text)
	for i := range keys {
		if keys[i].Field == columnDurationMS {
			keys[i].Field = "duration"
		}
	}
	return keys
}

// withoutSentinel takes the words for programs off an error about the command line.
func withoutSentinel(err error) error {
	text, isOurs := strings.CutPrefix(err.Error(), hotstore.ErrInvalidQuery.Error()+": ")
	if !isOurs {
		return err
	}
	return errors.New(text)
}

func (a *app) query(ctx context.Context, f queryFlags, outputGiven bool) error {
	asked, err := f.question(a, outputGiven)
	if err != nil {
		return err
	}
	source, err := a.openTraffic(ctx, f.source)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }() // it was only read
	columns, err := a.queryColumns(source, asked)
	if err != nil {
		return err
	}
	if f.explain {
		return a.explainQuery(ctx, source, asked)
	}
	out := bufio.NewWriterSize(a.stdout, stdoutBuffer)
	run := &queryRun{app: a, source: source, asked: asked, out: out, rows: a.rowWriter(out, asked, columns)}
	stopWatching := a.watchArchive(source)
	err = run.pages(ctx)
	stopWatching()
	if err != nil {
		return errors.Join(run.broken(err), out.Flush())
	}
	if err := run.finish(ctx); err != nil {
		return err
	}
	return run.leftOut()
}

// say prints a line for a person, beside the results.
func (a *app) say(text string) {
	if text != "" {
		fmt.Fprintf(a.stderr, "byoc: %s\n", text)
	}
}

// readError says which store could not answer and what to do. What another command line would avoid is a usage error.
func (s *trafficSource) readError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, hotstore.ErrInvalidQuery):
		return usagef("%w", withoutSentinel(err))
	case errors.Is(err, federate.ErrTooWide):
		return usagef("%w", err)
	case s.hot != nil && (s.archive == nil || hotstore.Advice(err) != ""):
		return hotError(s.names[sourceHot], err)
	default:
		return err
	}
}

// extrasKnown says whether the user's own dimensions are known: only a collector's configuration tells.
func (a *app) extrasKnown() bool {
	place, err := a.archivePlace()
	return err == nil && len(place.Config) > 0
}

// queryWindow is the window of a search and its filter together, for people.
func queryWindow(search *hotstore.Search) (from, to time.Time) {
	from, to = search.From, search.To
	filterFrom, filterTo := search.Query.Window()
	if filterFrom.After(from) {
		from = filterFrom
	}
	if !filterTo.IsZero() && (to.IsZero() || filterTo.Before(to)) {
		to = filterTo
	}
	return from, to
}
