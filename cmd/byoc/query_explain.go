package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/federate"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// explanation is how a query would be answered.
type explanation struct {
	Filter  string          `json:"filter"`
	From    time.Time       `json:"from,omitzero"`
	To      time.Time       `json:"to,omitzero"`
	Sort    string          `json:"sort"`
	Limit   int64           `json:"limit"` // 0: all
	Source  string          `json:"source"`
	Parts   []servedPart    `json:"parts"`
	Gaps    []gapPart       `json:"gaps"`
	Stores  []explainedSide `json:"stores"`
	Archive *archiveCost    `json:"archive,omitempty"`
	Notes   []string        `json:"notes,omitempty"`
}

type gapPart struct {
	From   time.Time `json:"from,omitzero"`
	To     time.Time `json:"to,omitzero"`
	Reason string    `json:"reason"`
}

// explainedSide is one store: what it can do, and which part of the filter it does.
type explainedSide struct {
	Name            string  `json:"name"`
	Store           string  `json:"store"`
	PushedDown      string  `json:"pushed_down"`
	Leftover        string  `json:"leftover"`
	Dedupe          string  `json:"dedupe"`
	Freshness       string  `json:"freshness"`
	PercentileError float64 `json:"percentile_error"`
	ExpiryLag       string  `json:"expiry_lag"`
	FullText        bool    `json:"full_text"`
}

// archiveCost is what may have to be read of the archive.
type archiveCost struct {
	Files int   `json:"files"`
	Bytes int64 `json:"bytes"`
}

// explainQuery says how a query would be answered, without running it.
func (a *app) explainQuery(ctx context.Context, source *trafficSource, asked question) error {
	from, to := queryWindow(&asked.search)
	explained := explanation{
		Filter: hotstore.Text(asked.search.Query.Expr()), From: from.UTC(), To: to.UTC(), Limit: asked.limit, Source: source.kind,
		Gaps: []gapPart{}, Notes: source.remarks(),
	}
	var keys []string
	for _, key := range asked.search.Order() {
		keys = append(keys, key.String())
	}
	explained.Sort = strings.Join(keys, ",")
	parts := source.plan(from, to)
	if source.hot != nil && source.lacks(ctx, asked.search, parts) {
		if source.kind == sourceAuto {
			parts = []hotstore.Part{{Source: federate.ArchiveName, From: from, To: to, Reason: lacksReason}}
		} else {
			explained.Notes = append(explained.Notes, lacksReason+": --source archive answers it")
		}
	}
	for _, part := range parts {
		explained.Parts = append(explained.Parts, partOf(source, &part))
	}
	if source.kind == sourceAuto {
		for _, gap := range source.window.Gaps {
			explained.Gaps = append(explained.Gaps, gapPart{gap.From.UTC(), gap.To.UTC(), gap.Reason})
		}
	}
	if source.hot != nil {
		explained.Stores = append(explained.Stores, explainSide(source.names[sourceHot], &asked, source.hot.Capabilities()))
	}
	if source.archive != nil {
		explained.Stores = append(explained.Stores, explainSide(source.names[sourceArchive], &asked, source.archive.Capabilities()))
		cost, err := source.archiveCost(ctx, &asked.search, explained.Parts)
		if err != nil {
			return source.readError(err)
		}
		explained.Archive = cost
	}
	if asked.output == outputJSON {
		return a.printJSON(explained)
	}
	a.printExplanation(source, &explained)
	return nil
}

func explainSide(name string, asked *question, capabilities hotstore.Capabilities) explainedSide {
	split := hotstore.Plan(asked.search.Query, capabilities)
	return explainedSide{
		Name: name, Store: capabilities.Store, PushedDown: hotstore.Text(split.Pushed), Leftover: hotstore.Text(split.Leftover),
		Dedupe: capabilities.Dedupe, Freshness: shortDuration(capabilities.Freshness), PercentileError: capabilities.PercentileError,
		ExpiryLag: shortDuration(capabilities.ExpiryLag), FullText: capabilities.FullText,
	}
}

const lacksReason = "the hot documents do not hold what the filter asks for"

// lacks says whether the hot store would have to pass the question on. What its documents hold shows in the first that the
// rest of the filter lets through.
func (s *trafficSource) lacks(ctx context.Context, search hotstore.Search, parts []hotstore.Part) bool {
	if hotstore.Plan(search.Query, s.hot.Capabilities()).Leftover == nil {
		return false
	}
	for _, part := range parts {
		if part.Source == federate.ArchiveName {
			continue
		}
		search.From, search.To, search.Limit, search.After = part.From, part.To, 1, ""
		if _, err := s.hot.Search(ctx, search); errors.Is(err, hotstore.ErrNotHeld) {
			return true
		}
	}
	return false
}

// archiveCost lists what the archive's parts may read.
func (s *trafficSource) archiveCost(ctx context.Context, search *hotstore.Search, parts []servedPart) (*archiveCost, error) {
	cost := &archiveCost{}
	for i := range parts {
		if parts[i].Source != sourceArchive {
			continue
		}
		files, bytes, err := s.archive.Estimate(ctx, search.Query, parts[i].From, parts[i].To)
		if err != nil {
			return nil, err
		}
		cost.Files += files
		cost.Bytes += bytes
	}
	return cost, nil
}

// plan says who would answer for which times, oldest first.
func (s *trafficSource) plan(from, to time.Time) (parts []hotstore.Part) {
	switch s.kind {
	case sourceArchive:
		return []hotstore.Part{{Source: federate.ArchiveName, From: from, To: to, Reason: "it is the only source"}}
	case sourceHot:
		return []hotstore.Part{{Source: s.hot.Capabilities().Store, From: from, To: to, Reason: "it is the only source"}}
	}
	if !s.window.Held() || !to.IsZero() && !s.window.From.Before(to) {
		return []hotstore.Part{{Source: federate.ArchiveName, From: from, To: to, Reason: s.window.Reason}}
	}
	begin := s.window.From
	if begin.After(from) {
		parts = append(parts, hotstore.Part{Source: federate.ArchiveName, From: from, To: begin, Reason: s.window.Reason})
	} else {
		begin = from
	}
	reason := "it holds all of these times"
	if len(s.window.Gaps) > 0 {
		reason += ", but for gaps"
	}
	parts = append(parts, hotstore.Part{Source: s.hot.Capabilities().Store, From: begin, To: to, Reason: reason})
	for _, gap := range s.window.Gaps {
		if gap.To.After(begin) && (to.IsZero() || gap.From.Before(to)) {
			part := hotstore.Part{Source: federate.ArchiveName, From: gap.From, To: gap.To, Reason: "as well: " + gap.Reason}
			if part.From.Before(begin) {
				part.From = begin
			}
			if !to.IsZero() && part.To.After(to) {
				part.To = to
			}
			parts = append(parts, part)
		}
	}
	return parts
}

func (a *app) printExplanation(source *trafficSource, e *explanation) {
	line := func(name, format string, args ...any) {
		fmt.Fprintf(a.stdout, "%-14s%s\n", name, fmt.Sprintf(format, args...))
	}
	line("filter", "%s", orElse(e.Filter, "none: every pair"))
	line("window", "%s", a.windowText(e.From, e.To))
	limit := "all"
	if e.Limit > 0 {
		limit = "at most " + humanCount(e.Limit)
	}
	line("order", "%s, %s", e.Sort, limit)
	for i := range e.Parts {
		part := &e.Parts[i]
		text := source.sourceName(part.Store) + ", " + a.spanText(part.From, part.To)
		if part.Reason != "" {
			text += ": " + part.Reason
		}
		line(map[bool]string{true: "asks"}[i == 0], "%s", text)
	}
	if e.Source == sourceAuto && len(e.Gaps) == 0 {
		line("gaps", "none known")
	}
	for i := range e.Stores {
		a.printSide(source, &e.Stores[i], line)
	}
	if e.Archive != nil {
		line("archive", "at most %s would be read, %s", countOf(e.Archive.Files, "file", "files"), humanBytes(e.Archive.Bytes))
	}
	for _, note := range e.Notes {
		line("note", "%s", note)
	}
}

func (a *app) printSide(source *trafficSource, side *explainedSide, line func(name, format string, args ...any)) {
	fmt.Fprintf(a.stdout, "\n%s (%s)\n", source.sourceName(side.Store), side.Store)
	line("  evaluates", "%s", orElse(side.PushedDown, "nothing by itself"))
	line("  left over", "%s", orElse(side.Leftover, "nothing"))
	if side.Leftover != "" {
		advice := "--source archive can"
		if source.kind == sourceAuto {
			advice = "the archive is asked instead"
		}
		line("", "what it returns is checked for it here; where documents do not hold what that takes (bodies, headers), %s", advice)
	}
	line("  doubles", "a pair that came twice shows once within %s", within(side.Dedupe))
	if side.Store != federate.ArchiveName {
		line("  freshness", "a pair is found %s it was written", map[bool]string{true: "as soon as", false: "at the latest " + side.Freshness + " after"}[side.Freshness == "0s"])
		line("  expiry", "pairs may stay up to %s longer than the retention", side.ExpiryLag)
	}
	line("  percentiles", "within %g%%", side.PercentileError*100)
	line("  full text", "%s", map[bool]string{true: "yes", false: "no"}[side.FullText])
}

// within names the scope in which a store knows a pair that comes twice.
func within(scope string) string {
	if scope == "store" {
		return "the whole store"
	}
	return "one " + scope
}

// shortDuration leaves out what is zero: 24h10m.
func shortDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
