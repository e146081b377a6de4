package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// queryRun is a query under way.
type queryRun struct {
	*app
	source  *trafficSource
	asked   question
	out     *bufio.Writer
	rows    rowWriter
	summary querySummary
	missing []string // uuids of pairs that could not be fetched
}

// pages prints page after page until the limit or the end.
func (r *queryRun) pages(ctx context.Context) error {
	search := r.asked.search
	r.summary.from, r.summary.to = queryWindow(&search)
	for {
		search.Limit = hotstore.MaxLimit
		if r.asked.limit > 0 {
			search.Limit = int(min(r.asked.limit-r.summary.pairs, hotstore.MaxLimit))
		}
		page, err := r.source.Search(ctx, search)
		if err != nil {
			return err
		}
		if r.asked.pairs {
			err = r.printPairs(ctx, page.Documents)
		} else {
			err = r.rows.page(page.Documents)
		}
		if err != nil {
			return err
		}
		r.summary.add(r.source, &page)
		if page.Next == "" || r.asked.limit > 0 && r.summary.pairs >= r.asked.limit {
			return nil
		}
		// What is there is shown while the next page is looked for.
		if err := r.out.Flush(); err != nil {
			return fmt.Errorf("write rows: %w", err)
		}
		search.After = page.Next
	}
}

// broken is the error of a run that ended early; what was printed until then is true and can be gone on from.
func (r *queryRun) broken(err error) error {
	if r.summary.next != "" {
		r.say(fmt.Sprintf("stopped after %s; go on with --after %s", countOf(r.summary.pairs, "pair", "pairs"), r.summary.next))
	}
	return r.source.readError(err)
}

func (r *queryRun) finish(ctx context.Context) error {
	if r.source.archive != nil {
		r.summary.skipped = skippedList(r.source.archive.Skipped())
	}
	r.summary.remarks = r.source.remarks()
	if !r.asked.pairs {
		if err := r.rows.end(&r.summary); err != nil {
			return err
		}
	}
	if err := r.out.Flush(); err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	if r.summary.pairs == 0 {
		r.explainNothing(ctx)
	}
	if r.asked.output == outputJSON {
		return nil // it is all in the object
	}
	if r.summary.pairs > 0 {
		fmt.Fprintf(r.stderr, "%s: %s; %s\n", countOf(r.summary.pairs, "pair", "pairs"), r.summary.servedBy(r.source), r.windowText(r.summary.from, r.summary.to))
	}
	for _, remark := range r.summary.remarks {
		fmt.Fprintln(r.stderr, remark)
	}
	if table, isTable := r.rows.(*tableRows); isTable && table.remark() != "" {
		fmt.Fprintln(r.stderr, table.remark())
	}
	if r.summary.next != "" {
		fmt.Fprintf(r.stderr, "more: the same command with --after %s\n", r.summary.next)
	}
	return nil
}

// explainNothing says what may be the matter when nothing was found.
func (r *queryRun) explainNothing(ctx context.Context) {
	text := "nothing matches in " + r.windowText(r.summary.from, r.summary.to)
	if r.asked.isHour {
		text += ": this is the last hour, --from -24h looks further back"
	}
	fmt.Fprintln(r.stderr, text)
	if r.asked.search.After != "" {
		fmt.Fprintln(r.stderr, "--after stands at the end: there are no more pages")
		return
	}
	if r.source.hot != nil {
		if hint := r.probe(ctx); hint != "" {
			fmt.Fprintln(r.stderr, hint)
			return
		}
	}
	if r.source.archive != nil {
		fmt.Fprintln(r.stderr, "'byoc archive stat' shows what the archive holds, and from when; traffic that was just sent waits in the collector's queue for up to exporters::archive::flush::age (60s)")
	}
}

// probe asks the hot store, which is cheap, whether it is the filter or the window. "" when it cannot tell.
func (r *queryRun) probe(ctx context.Context) string {
	look := func(search hotstore.Search) (*hotstore.Document, bool) {
		search.Limit = 1
		page, err := r.source.hot.Search(ctx, search)
		if err != nil || len(page.Documents) == 0 {
			return nil, err == nil
		}
		return page.Documents[0], true
	}
	name := r.source.sourceName(sourceHot)
	within, ok := look(hotstore.Search{From: r.summary.from, To: r.summary.to})
	if !ok {
		return ""
	}
	if within != nil {
		return fmt.Sprintf("%s holds pairs of this window, the newest of %s: the filter matches none of them", name, r.formatTime(within.Time))
	}
	newest, ok := look(hotstore.Search{})
	switch {
	case !ok:
		return ""
	case newest == nil:
		return name + " holds no pairs at all: does the collector write into this one?"
	default:
		return fmt.Sprintf("%s holds no pairs of this window at all; its newest is of %s", name, r.formatTime(newest.Time))
	}
}

// shownMissing is how many uuids of pairs that are not there are named.
const shownMissing = 10

// leftOut is the error that exits with code 3: objects of the archive, or pairs, that could not be read.
func (r *queryRun) leftOut() error {
	skipped := r.source.skipped()
	if len(r.missing) == 0 {
		return skipped
	}
	text := fmt.Sprintf("%s not in the archive, where traffic arrives with a delay of exporters::archive::flush::age: %s",
		countOf(len(r.missing), "pair is", "pairs are"), strings.Join(r.missing[:min(len(r.missing), shownMissing)], ", "))
	if len(r.missing) > shownMissing {
		text += fmt.Sprintf(" and %d more", len(r.missing)-shownMissing)
	}
	var other *skippedError
	if errors.As(skipped, &other) {
		text += "\n" + other.text
	}
	return skippedf("%s", text)
}
