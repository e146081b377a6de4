package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/timespan"
)

const statsLong = `Count and measure traffic in groups: requests, errors, bytes in and out, rates, and how long it took.

--by names dimensions (service, endpoint, status, command, peer, …; --by "" for one group of everything). With --interval
each group is also cut into intervals of time, counted from 1970 in UTC, empty ones included: a row each, or on a terminal
a line a group with sparklines.

In and out are as the service sees it, in bytes of bodies: of a pair with direction IN the request comes in and the
response goes out; of any other the request goes out and the response comes in. Rates are over the window, or over the
part of an interval that lies in it.

Percentiles are within 1%, the maximum is exact; "-" where no pair says how long it took, while among others that do such
a pair counts as the shortest.

Pairs that the receiver's rules dropped before they were stored are no part of the figures and are listed below them, by
rule. They were counted by the minute in which they arrived, and only a filter on the service can be applied to them.

Output:
  table    for people: times in --tz
  json     one object: the window, the groups with their intervals, the total, what was dropped
  ndjson   one object a row
  csv      a header and the same columns

In json, ndjson and csv: times are UTC, latencies milliseconds, rates per second, error_rate a share from 0 to 1.

Exit code 3 when some of the archive's objects could not be read.`

const statsExamples = `  byoc stats
  byoc stats --by service,endpoint --filter 'service IS checkout' --sort -p95 --limit 10
  byoc stats --by status --from today --interval 5m
  byoc stats --by "" --from -24h --interval 1h --output csv
  byoc stats --by service,direction --from 2026-11-20 --to 2026-11-21 --source archive --output json`

const (
	defaultStatsBy    = "service"
	defaultStatsSort  = "-requests"
	defaultStatsLimit = 20
	// maxStatsRows bounds what --interval makes: nobody reads more, and each has a distribution of latencies.
	maxStatsRows = 100_000
)

type statsFlags struct {
	window      windowFlags
	source      sourceFlags
	filter      string
	by          string
	interval    string
	output      string
	sort        string
	limit       int
	sparkline   string
	noSparkline bool
}

func newStatsCommand(a *app) *cobra.Command {
	var f statsFlags
	command := &cobra.Command{
		Use:     "stats",
		Short:   "Count and measure traffic: requests, errors, bytes, latencies",
		Long:    statsLong,
		Example: statsExamples,
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return a.stats(c.Context(), f) },
	}
	flags := command.Flags()
	flags.StringVar(&f.by, "by", defaultStatsBy, "dimensions to group by, with commas between them")
	flags.StringVar(&f.interval, "interval", "", "also cut groups into intervals of so long: 30s, 5m, 1h, 1d")
	flags.StringVar(&f.filter, "filter", "", "which pairs, e.g. '(service IS checkout) AND (status IS 5xx)' (default: all)")
	f.window.addRecent(command)
	f.source.add(command)
	flags.StringVarP(&f.output, "output", "o", outputTable, "table, json, ndjson or csv")
	flags.StringVar(&f.sort, "sort", defaultStatsSort, "what groups are sorted by, - before it for descending: "+strings.Join(statsSortNames(), ", ")+", or a name of --by")
	flags.IntVar(&f.limit, "limit", defaultStatsLimit, "at most so many groups; 0: all")
	flags.StringVar(&f.sparkline, "sparkline", "", "with --interval, a line a group with sparklines of requests and of errors or p95 (default on a terminal: errors)")
	flags.Lookup("sparkline").NoOptDefVal = sparkErrors
	flags.BoolVar(&f.noSparkline, "no-sparkline", false, "a row for each interval, also on a terminal")
	return command
}

// statsQuestion is a command line that was understood.
type statsQuestion struct {
	query    *filter.Query
	from, to time.Time
	by       []string
	interval time.Duration
	sort     []hotstore.SortKey
	limit    int
	output   string
	spark    string // second sparkline; "" for none at all
}

func (f *statsFlags) question(a *app) (q statsQuestion, err error) {
	q = statsQuestion{limit: f.limit, output: f.output, sort: hotstore.ParseSort(f.sort)}
	switch q.output {
	case outputTable, outputJSON, outputNDJSON, outputCSV:
	case outputText:
		q.output = outputTable
	default:
		return q, usagef("--output %q: must be table, json, ndjson or csv", f.output)
	}
	if f.limit < 0 {
		return q, usagef("--limit %d: must not be negative; 0 is all", f.limit)
	}
	if q.query, err = a.parseFilter(f.filter); err != nil {
		return q, err
	}
	if q.from, q.to, err = a.recentWindow(&f.window, q.query); err != nil {
		return q, err
	}
	if q.by, err = splitNames("--by", f.by); err != nil {
		return q, err
	}
	for _, key := range q.sort {
		if name := hotstore.LookupDimension(key.Field).Name; statsMeasure(key.Field) == nil && !slices.Contains(q.by, name) {
			return q, usagef("--sort %s: must be one of %s, or a name of --by", key.Field, strings.Join(statsSortNames(), ", "))
		}
	}
	if q.interval, err = parseInterval(f.interval, q.to.Sub(q.from)); err != nil {
		return q, err
	}
	q.spark, err = f.sparks(a, q)
	return q, err
}

// splitNames reads names of dimensions with commas between them; other spellings of a name become the usual one.
func splitNames(flag, text string) (names []string, err error) {
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		name = hotstore.LookupDimension(name).Name
		if slices.Contains(names, name) {
			return nil, usagef("%s: %s is named twice", flag, name)
		}
		names = append(names, name)
	}
	return names, nil
}

// leastInterval is below what anybody measures, and keeps the number of intervals within an int.
const leastInterval = time.Millisecond

func parseInterval(text string, window time.Duration) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	interval, err := timespan.Parse(text)
	switch {
	case err != nil:
		return 0, usagef("--interval: %w", err)
	case interval < leastInterval:
		return 0, usagef("--interval %s: must be %s at least", text, leastInterval)
	case window/interval >= maxStatsRows:
		return 0, usagef("--interval %s cuts a window of %s into more than %s intervals: take a longer interval, or a shorter window with --from and --to", text, humanDuration(window), humanCount(maxStatsRows))
	}
	return interval, nil
}

func (f *statsFlags) sparks(a *app, q statsQuestion) (string, error) {
	switch f.sparkline {
	case "", sparkErrors, sparkP95:
	default:
		return "", usagef("--sparkline=%s: must be %s or %s", f.sparkline, sparkErrors, sparkP95)
	}
	switch {
	case f.sparkline != "" && f.noSparkline:
		return "", usagef("--sparkline and --no-sparkline exclude each other")
	case f.sparkline != "" && q.interval == 0:
		return "", usagef("--sparkline takes an --interval, e.g. --interval 1m")
	case f.sparkline != "" && q.output != outputTable:
		return "", usagef("--sparkline is for --output table")
	case f.sparkline == "" && a.stdoutIsTerminal && !f.noSparkline && q.interval > 0 && q.output == outputTable:
		return sparkErrors, nil
	}
	return f.sparkline, nil
}

func (a *app) stats(ctx context.Context, f statsFlags) error {
	asked, err := f.question(a)
	if err != nil {
		return err
	}
	source, err := a.openTraffic(ctx, f.source)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }() // it was only read
	if a.extrasKnown() {
		for _, name := range asked.by {
			if err := hotstore.CheckDimension(name, source.extras); err != nil {
				return usagef("--by: %w", withoutSentinel(err))
			}
		}
	}
	result, err := a.measure(ctx, source, asked)
	if err != nil {
		return err
	}
	missing := result.readDropped(ctx, source)
	if err := a.printStats(result); err != nil {
		return err
	}
	a.noteStats(source, result)
	if missing != nil && ctx.Err() == nil {
		return skippedf("what was dropped before storage is not shown whole: %v", missing)
	}
	return source.skipped()
}

// measure asks the source. Groups are asked for by direction besides, since that decides what comes in and what goes out.
func (a *app) measure(ctx context.Context, source *trafficSource, asked statsQuestion) (*statsResult, error) {
	by, direction := asked.by, slices.Index(asked.by, "direction")
	if direction < 0 {
		by, direction = append(slices.Clone(by), "direction"), len(by)
	}
	result := newStatsResult(asked)
	stopWatching := a.watchArchive(source)
	usage, err := source.Aggregate(ctx, hotstore.Aggregate{Query: asked.query, From: asked.from, To: asked.to, By: by, Interval: asked.interval},
		func(group hotstore.Group) error {
			inbound := group.Keys[direction] == "IN"
			group.Keys = group.Keys[:len(asked.by)]
			result.add(&group, inbound)
			return nil
		})
	stopWatching()
	if err != nil {
		return nil, source.readError(err)
	}
	result.usage = usage
	result.percentileError = source.Capabilities().PercentileError
	if err := result.finish(); err != nil {
		return nil, err
	}
	return result, nil
}

// noteStats says on stderr what the figures are of.
func (a *app) noteStats(source *trafficSource, r *statsResult) {
	more := []string{fmt.Sprintf("percentiles ±%s%%", trimFloat(100*r.percentileError, 2))}
	if hidden := r.found - len(r.groups); hidden > 0 {
		more = append(more, fmt.Sprintf("%s of %s groups (--limit), with %s of %s requests", humanCount(int64(len(r.groups))), humanCount(int64(r.found)),
			humanCount(r.shown()), humanCount(r.total.Requests)))
	}
	a.noteServed(source, r.usage, r.asked.from, r.asked.to, more...)
	if r.asked.spark != "" {
		fmt.Fprintf(a.stderr, "A character of a sparkline is %s, a dot is nothing; each line is drawn to its own highest.\n", intervalText(r.perCharacter()))
	}
	if r.total.Requests == 0 {
		fmt.Fprintln(a.stderr, "Nothing matched: a longer window (--from -24h) or a wider filter may find more; 'byoc archive stat' shows what the archive holds.")
	}
	a.noteDropped(r)
}

// intervalText is a duration without the zeros that time.Duration adds: 5m, 1h.
func intervalText(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
