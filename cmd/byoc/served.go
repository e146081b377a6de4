package main

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/federate"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// recentSpan is the window of questions that name none.
const recentSpan = time.Hour

// addRecent adds --from and --to for questions that are about the last hour unless asked otherwise.
func (w *windowFlags) addRecent(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&w.from, "from", "", "first ts: RFC 3339, -15m, now-2h, today, yesterday or 2026-11-20, in --tz (default: where the filter's times begin, else an hour before --to)")
	flags.StringVar(&w.to, "to", "", "ts to stop before, in the same forms (default: where the filter's times end, else now)")
}

// flagsOnly refuses what stands beside flags: mostly a filter without quotes, or a list with blanks.
func flagsOnly(c *cobra.Command, arguments []string) error {
	if len(arguments) == 0 {
		return nil
	}
	return usagef("%q: %s takes flags only: put a filter in quotes (--filter 'service IS checkout') and no blank into a list (service,status)", arguments[0], c.CommandPath())
}

// recentWindow is what --from and --to say. Where they say nothing the filter's own times count, and else the last hour.
func (a *app) recentWindow(flags *windowFlags, query *filter.Query) (from, to time.Time, err error) {
	where, err := flags.parse(a)
	if err != nil {
		return from, to, err
	}
	within, until := query.Window()
	from, to = where.From, where.To
	if from.IsZero() {
		from = within
	}
	if to.IsZero() {
		to = until
	}
	if to.IsZero() {
		to = a.clock()
	}
	if from.IsZero() {
		from = to.Add(-recentSpan)
	}
	if !from.Before(to) {
		return from, to, usagef("the window is empty: it would go from %s to %s, times in %s: check --from, --to and the filter's times", a.formatTime(from), a.formatTime(to), a.zoneName())
	}
	return from, to, nil
}

// watchArchive shows how reading the archive goes. The caller calls done when it has its answer.
func (a *app) watchArchive(s *trafficSource) (done func()) {
	var mutex sync.Mutex
	var bar progress = silentProgress{}
	swap := func(next progress) {
		mutex.Lock()
		defer mutex.Unlock()
		bar.done()
		bar = next
	}
	s.watch.planned = func(files int, bytes int64) {
		if files > 0 {
			swap(a.progress("reading the archive", bytes))
		}
	}
	s.watch.progress = func(records, bytes int64) {
		mutex.Lock()
		defer mutex.Unlock()
		bar.add(records, bytes)
	}
	return func() { swap(silentProgress{}) }
}

// skipped is the error that exits with code 3 when objects of the archive could not be read; nil when all could.
func (s *trafficSource) skipped() error {
	if s.archive == nil {
		return nil
	}
	return skippedFiles(s.archive.Skipped())
}

// servedBy says which source answered for which times.
func (a *app) servedBy(s *trafficSource, usage hotstore.Usage) string {
	if len(usage.Parts) == 0 {
		return "from " + s.sourceName(s.kind)
	}
	parts := make([]string, len(usage.Parts))
	for i, part := range usage.Parts {
		name := s.sourceName(part.Source)
		if part.Reason != "" {
			name += " (" + part.Reason + ")"
		}
		parts[i] = name
		if len(usage.Parts) > 1 {
			parts[i] += " " + a.spanText(part.From, part.To)
		}
	}
	return "from " + strings.Join(parts, ", ")
}

func (a *app) spanText(from, to time.Time) string {
	switch {
	case from.IsZero() && to.IsZero():
		return "for all times"
	case from.IsZero():
		return "until " + a.formatTime(to)
	case to.IsZero():
		return "since " + a.formatTime(from)
	default:
		return a.formatTime(from) + " to " + a.formatTime(to)
	}
}

// sourceName is how a source is called before people: what it is and its name.
func (s *trafficSource) sourceName(source string) string {
	kind := sourceHot
	if source == federate.ArchiveName {
		kind = sourceArchive
	}
	name := s.names[kind]
	switch {
	case kind == sourceArchive && name != "":
		return "the archive " + name
	case kind == sourceArchive:
		return "the archive"
	case name != "":
		return "the hot store " + name
	default:
		return "the hot store"
	}
}

// noteServed prints the line below an answer: its window, who served it, and whatever else there is to say.
func (a *app) noteServed(s *trafficSource, usage hotstore.Usage, from, to time.Time, more ...string) {
	fmt.Fprintf(a.stderr, "%s; %s\n", a.windowText(from, to), strings.Join(append([]string{a.servedBy(s, usage)}, more...), "; "))
	for _, remark := range s.remarks() {
		fmt.Fprintln(a.stderr, remark)
	}
}
