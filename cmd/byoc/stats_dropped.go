package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/dropped"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
)

// droppedRow is what one rule dropped of one service before it was stored.
type droppedRow struct {
	Rule    string `json:"rule"`
	Kind    string `json:"kind"` // drop, sample or budget
	Service string `json:"service"`
	Records int64  `json:"records"`
	Bytes   int64  `json:"bytes"` // of text in the records
}

// readDropped adds up what was dropped in the window and the question's filter does not exclude. The error says what could
// not be read; the rest is there.
func (r *statsResult) readDropped(ctx context.Context, source *trafficSource) error {
	if source.bucket == nil {
		return nil
	}
	r.droppedKnown = true
	type cell struct{ rule, kind, service string }
	sums := map[cell]*droppedRow{}
	err := dropped.Read(ctx, source.bucket, r.asked.from, r.asked.to, func(count dropped.Count) error {
		if r.asked.query.Eval(onlyService(count.Service)) == filter.False {
			return nil
		}
		key := cell{count.Rule, count.Kind, count.Service}
		row := sums[key]
		if row == nil {
			row = &droppedRow{Rule: count.Rule, Kind: count.Kind, Service: count.Service}
			sums[key] = row
		}
		row.Records += count.Records
		row.Bytes += count.Bytes
		return nil
	})
	for _, row := range sums {
		r.dropped = append(r.dropped, *row)
	}
	slices.SortFunc(r.dropped, func(x, y droppedRow) int {
		return cmp.Or(cmp.Compare(y.Records, x.Records), strings.Compare(x.Rule, y.Rule), strings.Compare(x.Kind, y.Kind), strings.Compare(x.Service, y.Service))
	})
	return err
}

// onlyService is a record of which nothing is known but the service.
type onlyService string

// Strings implements filter.Source. Services that are not kept apart are no service of that name.
func (s onlyService) Strings(dst []string, f filter.Field, _ string) ([]string, bool) {
	if f != filter.FieldService || s == dropped.OtherServices {
		return dst, false
	}
	return append(dst, string(s)), true
}

// Number implements filter.Source.
func (onlyService) Number(filter.Field) (value int64, present, known bool) { return 0, false, false }

// Time implements filter.Source.
func (onlyService) Time() (time.Time, bool) { return time.Time{}, false }

// Body implements filter.Source.
func (onlyService) Body(bool) ([]byte, bool) { return nil, false }

// Document implements filter.Source.
func (onlyService) Document() ([]byte, bool) { return nil, false }

// shownDropped is how many lines the table has at most: the figures above it are what was asked for. --output json has all.
const shownDropped = 20

func droppedTable(rows []droppedRow) *figureTable {
	t := newFigureTable(3, 2, "RULE", "KIND", "SERVICE", "RECORDS", "BYTES")
	for _, row := range rows[:min(len(rows), shownDropped)] {
		t.add(orDash(harmless(row.Rule, false)), orDash(harmless(row.Kind, false)), orDash(harmless(row.Service, false)), humanCount(row.Records), humanBytes(row.Bytes))
	}
	return t
}

// noteDropped says what the figures lack, as far as that is known.
func (a *app) noteDropped(r *statsResult) {
	if !r.droppedKnown {
		fmt.Fprintln(a.stderr, "What rules dropped before storage is unknown without the archive, which keeps count of it.")
		return
	}
	if len(r.dropped) == 0 {
		return
	}
	var records int64
	for _, row := range r.dropped {
		records += row.Records
	}
	note := fmt.Sprintf("Rules dropped %s in this window, by the minute of arrival, before they were stored", countOf(records, "record", "records"))
	switch {
	case r.asked.query != nil && r.onlyByService():
		note += ", of the services that the filter asks for"
	case r.asked.query != nil:
		note += "; only the filter's services could be applied to them"
	}
	switch {
	case r.asked.output == outputNDJSON || r.asked.output == outputCSV:
		note += ": --output json or table lists them"
	case r.asked.output == outputTable && len(r.dropped) > shownDropped:
		note += fmt.Sprintf("; %s of %s lines are shown, --output json has all", humanCount(shownDropped), humanCount(int64(len(r.dropped))))
	}
	fmt.Fprintln(a.stderr, note+".")
}

// onlyByService says that the filter reads nothing but the service and the time.
func (r *statsResult) onlyByService() bool {
	for _, field := range r.asked.query.Fields() {
		if field.Field != filter.FieldService && field.Field != filter.FieldTime {
			return false
		}
	}
	return true
}
