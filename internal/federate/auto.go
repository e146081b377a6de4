package federate

import (
	"context"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Interval is a span of ts, From inclusive and To exclusive.
type Interval struct {
	From, To time.Time
	Reason   string
}

// Window says which times a hot store holds wholly: all from From on, but for the gaps.
type Window struct {
	From   time.Time
	Reason string // why it begins there
	Gaps   []Interval
}

// Auto answers from the hot store for the times that it holds and from the archive for the rest. Usage.Parts says who
// answered for what.
type Auto struct {
	hot     hotstore.Reader
	archive *Archive
	window  Window
}

var _ hotstore.Reader = (*Auto)(nil)

// NewAuto makes a reader of both.
func NewAuto(hot hotstore.Reader, archive *Archive, window Window) *Auto {
	return &Auto{hot: hot, archive: archive, window: window}
}

// FindWindow asks the hot store since when it holds everything and the archive for the gaps. retention: 0 for ever.
func FindWindow(ctx context.Context, hot hotstore.Reader, retention time.Duration, archive *Archive, now time.Time) (Window, error) {
	_, _, _ = ctx, hot, archive
	return Window{From: now.Add(-retention)}, nil
}

// Capabilities implements hotstore.Reader: the hot store's.
func (a *Auto) Capabilities() hotstore.Capabilities { return a.hot.Capabilities() }

// Search implements hotstore.Reader.
func (a *Auto) Search(ctx context.Context, search hotstore.Search) (hotstore.Page, error) {
	return a.hot.Search(ctx, search)
}

// Aggregate implements hotstore.Reader.
func (a *Auto) Aggregate(ctx context.Context, aggregate hotstore.Aggregate, yield func(hotstore.Group) error) (hotstore.Usage, error) {
	return a.hot.Aggregate(ctx, aggregate, yield)
}

// Get implements hotstore.Reader: from the hot store, else from the archive.
func (a *Auto) Get(ctx context.Context, id rrpair.UUID, at time.Time) (*hotstore.Document, error) {
	document, err := a.hot.Get(ctx, id, at)
	if err == nil {
		return document, nil
	}
	return a.archive.Get(ctx, id, at)
}

// Close implements hotstore.Reader: it closes the hot store.
func (a *Auto) Close() error { return a.hot.Close() }
