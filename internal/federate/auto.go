package federate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Auto answers from the hot store for the times that it holds and from the archive for the rest; where the hot store has a
// gap it asks both, as the archive lacks what was not written to it yet. Usage.Parts says who answered for what. What the
// hot documents do not hold, and what a hot store holds that cannot be reached, is answered by the archive. Safe for
// concurrent use.
type Auto struct {
	hot     hotstore.Reader
	archive *Archive
	window  Window
	name    string // of the hot store

	mutex    sync.Mutex
	warnings []string
}

var _ hotstore.Reader = (*Auto)(nil)

// NewAuto makes a reader of both.
func NewAuto(hot hotstore.Reader, archive *Archive, window Window) *Auto {
	return &Auto{hot: hot, archive: archive, window: window, name: hot.Capabilities().Store, warnings: slices.Clone(window.Problems)}
}

// Capabilities implements hotstore.Reader. What can be pushed down and how fresh it is are the hot store's; a pair counts
// once within an hour, as the archive sees to; nothing is older than it should be, as the archive answers from where the
// hot store may have removed something; and every filter is answered.
func (a *Auto) Capabilities() hotstore.Capabilities {
	capabilities, archived := a.hot.Capabilities(), a.archive.Capabilities()
	capabilities.Store += " + " + archived.Store
	capabilities.Dedupe = archived.Dedupe
	capabilities.PercentileError = max(capabilities.PercentileError, archived.PercentileError)
	capabilities.ExpiryLag = 0
	capabilities.FullText = true
	return capabilities
}

// Warnings are what a person should know of all answers so far, each once: they may lack something.
func (a *Auto) Warnings() []string {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return slices.Clone(a.warnings)
}

func (a *Auto) warn(warning string) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if !slices.Contains(a.warnings, warning) {
		a.warnings = append(a.warnings, warning)
	}
}

// Get implements hotstore.Reader: from the hot store, else from the archive.
func (a *Auto) Get(ctx context.Context, id rrpair.UUID, at time.Time) (*hotstore.Document, error) {
	document, err := a.hot.Get(ctx, id, at)
	if err == nil {
		return document, nil
	}
	if !errors.Is(err, hotstore.ErrNoDocument) && a.insteadOf(err) == "" {
		return nil, err
	}
	document, archived := a.archive.Get(ctx, id, at)
	if archived == nil {
		return document, nil
	}
	if errors.Is(err, hotstore.ErrNoDocument) {
		return nil, archived
	}
	return nil, fmt.Errorf("%w; and of the hot store: %w", archived, err)
}

// Close implements hotstore.Reader: it closes the hot store.
func (a *Auto) Close() error { return a.hot.Close() }

// insteadOf says why the archive answers in place of the hot store after that error; "" for errors to report. It warns
// where the archive may have less.
func (a *Auto) insteadOf(err error) string {
	reason := ""
	switch {
	case errors.Is(err, hotstore.ErrNotHeld):
		return "the hot documents do not hold what the filter asks for"
	case errors.Is(err, hotstore.ErrUnreachable):
		reason = "the hot store cannot be reached"
	case errors.Is(err, hotstore.ErrNotSetUp):
		reason = "the hot store is not set up"
	default:
		return ""
	}
	a.warn(fmt.Sprintf("the archive answered for the hot store, and lacks what collectors have not written to it yet: %v", err))
	return reason
}

// source says who answers for a span of time.
type source uint8

const (
	fromArchive source = iota
	fromHot
	fromBoth // the hot store has a gap there
)

// span is a piece of an answer's window.
type span struct {
	Interval
	source source
}

const heldReason = "the hot store holds all of it"

// spans cuts the window of a question, oldest first. Pieces that it does not touch are not asked.
func (a *Auto) spans(query *filter.Query, from, to time.Time) (spans []span) {
	wanted := archive.WindowOf(from, to, query)
	add := func(from, to time.Time, reason string, source source) {
		from = later(from, wanted.From)
		if to.IsZero() || !wanted.To.IsZero() && wanted.To.Before(to) {
			to = wanted.To
		}
		if to.IsZero() || from.Before(to) {
			spans = append(spans, span{Interval{from, to, reason}, source})
		}
	}
	if !a.window.Held() {
		add(time.Time{}, time.Time{}, a.window.Reason, fromArchive)
		return spans
	}
	add(time.Time{}, a.window.From, a.window.Reason, fromArchive)
	from = a.window.From
	for _, gap := range a.window.Gaps {
		add(from, gap.From, heldReason, fromHot)
		add(gap.From, gap.To, gap.Reason, fromBoth)
		from = gap.To
	}
	add(from, time.Time{}, heldReason, fromHot)
	return spans
}

// answer is one answer under way.
type answer struct {
	*Auto
	failed error // of the hot store, which is not asked again for this answer
	parts  []*hotstore.Part
	usage  hotstore.Usage
}

// part notes who answers for a span.
func (a *answer) part(source string, s span, reason string, usage hotstore.Usage) *hotstore.Part {
	part := &hotstore.Part{Source: source, From: s.From, To: s.To, Reason: reason, Usage: usage}
	a.parts = append(a.parts, part)
	return part
}

// instead judges an error of the hot store: the reason for which the archive answers, or the error to report.
func (a *answer) instead(ctx context.Context, err error) (reason string, _ error) {
	if ctx.Err() != nil {
		return "", err
	}
	if reason = a.insteadOf(err); reason == "" {
		return "", err
	}
	a.failed = err
	return reason, nil
}

// summary is what the answer cost: oldest parts first, those of the hot store before those of the archive.
func (a *answer) summary() hotstore.Usage {
	slices.SortStableFunc(a.parts, func(x, y *hotstore.Part) int { return x.From.Compare(y.From) })
	usage := a.usage
	for _, part := range a.parts {
		usage.Examined += part.Usage.Examined
		usage.Partitions = append(usage.Partitions, part.Usage.Partitions...)
		if part.Source != ArchiveName || usage.PushedDown == "" && usage.Leftover == "" {
			usage.PushedDown, usage.Leftover = part.Usage.PushedDown, part.Usage.Leftover
		}
		usage.Parts = append(usage.Parts, *part)
	}
	return usage
}
