package federate

import (
	"fmt"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// worker makes documents of records.
type worker struct {
	ask     *question
	take    taker
	builder *rehydrate.Builder
	source  datedRecord

	pair     rrpair.Pair // of the record at hand
	seen     time.Time
	part     *partial // nil: whole documents are made at once
	document hotstore.Document
	complete *hotstore.Document // of the record at hand, once it is made
}

func newWorker(r *reading, take taker) *worker {
	settings := r.archive.options.Settings
	settings.Include, settings.Text = hotstore.IncludeNone, false
	return &worker{ask: r.ask, take: take, builder: rehydrate.NewBuilder(settings), part: newPartial(settings.Rules, r.looksAt),
		source: datedRecord{Record: settings.Rules.NewRecord(), known: true}}
}

func (w *worker) work(b *batch) error {
	start := 0
	for _, one := range b.items {
		if err := w.one(b.data[start:one.end], one.seen, b.window); err != nil {
			return err
		}
		start = one.end
	}
	return nil
}

func (w *worker) one(line []byte, seen time.Time, window archive.TimeWindow) error {
	if err := w.pair.ParseJSON(line); err != nil {
		return fmt.Errorf("parse a record of the archive: %w", err)
	}
	at, _ := archive.EventTime(&w.pair, seen)
	if !touches(window, at, at) {
		return nil
	}
	if w.ask.recheck {
		w.source.Record.Reset(&w.pair)
		if w.source.at = at; !w.ask.query.Match(&w.source) {
			return nil
		}
	}
	w.seen, w.complete = seen, nil
	if w.part == nil {
		return w.take(w.whole(), w)
	}
	w.part.Record.Reset(&w.pair)
	hotstore.Fill(&w.document, &w.pair, w.part, hotstore.Values{Time: at})
	return w.take(&w.document, w)
}

// whole is the document of the pair at hand as a hot store holds it.
func (w *worker) whole() *hotstore.Document {
	if w.complete == nil {
		w.complete, _ = w.builder.Build(&w.pair, w.seen, rehydrate.Known{})
	}
	return w.complete
}

// partial shows of a pair only some of its dimensions, so that the others are not worked out: half of what a document
// costs is its trace, its addresses and the like.
type partial struct {
	*dimension.Record
	shown [256]bool // by field
}

// newPartial is nil where a dimension is among those that a pair alone does not tell by a field: then the whole document
// is needed.
func newPartial(rules *dimension.Rules, dimensions []hotstore.Dimension) *partial {
	p := &partial{Record: rules.NewRecord()}
	p.shown[filter.FieldError], p.shown[filter.FieldDirection] = true, true // all groups count these
	for _, one := range dimensions {
		switch {
		case one.Field != filter.FieldNone:
			p.shown[one.Field] = true
		case one.Kind != hotstore.KindNumber: // span, archive_url, and those of the user's own
			return nil
		}
	}
	return p
}

// Strings implements filter.Source.
func (p *partial) Strings(dst []string, f filter.Field, sub string) ([]string, bool) {
	if !p.shown[f] {
		return dst, true
	}
	return p.Record.Strings(dst, f, sub)
}
