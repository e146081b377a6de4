package federate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// failing is a hot store that answers with an error, after some good answers.
type failing struct {
	hotstore.Reader
	err  error
	good int
	asks int
}

func (f *failing) fail() error {
	if f.asks++; f.asks > f.good {
		return f.err
	}
	return nil
}

func (f *failing) Search(ctx context.Context, search hotstore.Search) (hotstore.Page, error) {
	if err := f.fail(); err != nil {
		return hotstore.Page{}, err
	}
	return f.Reader.Search(ctx, search)
}

func (f *failing) Aggregate(ctx context.Context, aggregate hotstore.Aggregate, yield func(hotstore.Group) error) (hotstore.Usage, error) {
	if err := f.fail(); err != nil {
		// As a store that breaks off under way.
		_, _ = f.Reader.Aggregate(ctx, aggregate, yield)
		return hotstore.Usage{}, err
	}
	return f.Reader.Aggregate(ctx, aggregate, yield)
}

func (f *failing) Get(ctx context.Context, id rrpair.UUID, at time.Time) (*hotstore.Document, error) {
	if err := f.fail(); err != nil {
		return nil, err
	}
	return f.Reader.Get(ctx, id, at)
}

// served says who answered for what.
func served(usage hotstore.Usage) (parts []string) {
	when := func(at time.Time) string {
		if at.IsZero() {
			return "…"
		}
		return at.Format("15:04:05")
	}
	for _, part := range usage.Parts {
		parts = append(parts, fmt.Sprintf("%s %s-%s %d: %s", part.Source, when(part.From), when(part.To), part.Documents, part.Reason))
	}
	return parts
}

func noGroups(hotstore.Group) error { return nil }

func TestWhoAnswers(t *testing.T) {
	w := newSplit(t, demoPairs(1200, 0.1), hotstore.IncludeNone, false)
	minute := func(m int) time.Time { return archiveStart().Add(time.Duration(m) * time.Minute) }
	hotAlone := []hotstore.Search{
		{From: minute(110), To: minute(150)},
		{From: minute(61)}, // the page is full before the open gap's beginning, going backwards
		{Query: parsed(t, "timerange IS 2026-11-20T11:00:00Z 2026-11-20T11:30:00Z"), Limit: 1000},
		{From: minute(110), To: minute(150), Sort: hotstore.ParseSort("-duration,service")},
		{From: minute(61), Sort: hotstore.ParseSort("ts"), Limit: 20},
	}
	hotAlone[1].To = minute(179)
	for _, search := range hotAlone {
		w.planned = 0
		page, err := w.auto.Search(t.Context(), search)
		require.NoError(t, err)
		require.NotEmpty(t, page.Documents)
		require.Zero(t, w.planned, "the archive is not asked: %v", served(page.Usage))
		require.Len(t, page.Usage.Parts, 1)
		require.Equal(t, "sqlite", page.Usage.Parts[0].Source)
		require.Equal(t, heldReason, page.Usage.Parts[0].Reason)
	}
	_, err := w.auto.Aggregate(t.Context(), hotstore.Aggregate{From: minute(110), To: minute(150), By: []string{"service"}}, noGroups)
	require.NoError(t, err)
	require.Zero(t, w.planned)

	// Of a window in the archive's part the hot store is not asked.
	counted := &failing{Reader: w.partial, err: errors.New("asked for nothing")}
	page, err := NewAuto(counted, w.archive, w.auto.window).Search(t.Context(), hotstore.Search{To: minute(30)})
	require.NoError(t, err)
	require.NotEmpty(t, page.Documents)
	require.Zero(t, counted.asks)

	page, err = w.auto.Search(t.Context(), hotstore.Search{Limit: 5000, From: minute(10), To: minute(190)})
	require.NoError(t, err)
	count := func(from, to time.Time) (n int) {
		for _, document := range w.documents {
			if !document.Time.Before(from) && document.Time.Before(to) {
				n++
			}
		}
		return n
	}
	gap := w.auto.window.Gaps[0]
	require.Equal(t, count(minute(10), minute(190)), len(page.Documents))
	got := served(page.Usage)
	require.Len(t, got, 7, "%v", got)
	require.Equal(t, fmt.Sprintf("archive 09:10:00-10:00:17 %d: the hot store was set up at 2026-11-20T09:59:17Z", count(minute(10), splitSince())), got[0])
	require.Equal(t, fmt.Sprintf("sqlite 10:00:17-%s %d: %s", gap.From.Format("15:04:05"), count(splitSince(), gap.From), heldReason), got[1])
	for i, source := range []string{"sqlite", "archive"} {
		part := page.Usage.Parts[2+i]
		require.Equal(t, source, part.Source)
		require.Equal(t, "the hot store missed some: queue is full", part.Reason)
		require.Equal(t, []time.Time{gap.From, gap.To}, []time.Time{part.From, part.To})
		require.Positive(t, part.Documents)
	}
	require.Contains(t, got[4], "-12:00:00", "an open gap's hour counts whole")
	require.Empty(t, w.auto.Warnings())

	// Nothing is asked for nothing.
	w.planned = 0
	page, err = w.auto.Search(t.Context(), hotstore.Search{From: minute(20), To: minute(20)})
	require.NoError(t, err)
	require.Empty(t, page.Documents)
	require.Empty(t, page.Usage.Parts)
	_, err = w.auto.Search(t.Context(), hotstore.Search{From: minute(20), To: minute(20), After: "nonsense"})
	require.ErrorIs(t, err, hotstore.ErrInvalidQuery)
}

func TestWhenTheHotStoreCannotAnswer(t *testing.T) {
	w := newSplit(t, demoPairs(600, 0.05), hotstore.IncludeNone, false)
	everything := hotstore.Search{Limit: 5000}
	t.Run("documents hold no headers", func(t *testing.T) {
		search := hotstore.Search{Query: parsed(t, "header[user-agent] EXISTS AND direction IS IN"), Limit: 5000}
		require.Positive(t, w.asTheWhole(t, search))
		page, err := w.auto.Search(t.Context(), search)
		require.NoError(t, err)
		for _, part := range page.Usage.Parts[1:] {
			if part.Documents > 0 {
				require.Equal(t, ArchiveName, part.Source)
				require.Equal(t, "the hot documents do not hold what the filter asks for", part.Reason)
			}
		}
		require.Empty(t, w.auto.Warnings())
		w.groupsOfTheWhole(t, hotstore.Aggregate{Query: search.Query, By: []string{"service"}, Interval: time.Hour})
	})
	for _, fault := range []struct {
		err    error
		reason string
	}{{hotstore.ErrUnreachable, "the hot store cannot be reached"}, {hotstore.ErrNotSetUp, "the hot store is not set up"}} {
		t.Run(fault.reason, func(t *testing.T) {
			for good := range 3 { // it also goes away under way
				hot := &failing{Reader: w.partial, err: fmt.Errorf("%w: connection refused", fault.err), good: good}
				auto := NewAuto(hot, w.archive, w.auto.window)
				page, err := auto.Search(t.Context(), everything)
				require.NoError(t, err)
				require.Len(t, page.Documents, len(w.documents))
				require.Equal(t, good+1, hot.asks, "it is asked once more and then no more")
				require.Equal(t, fault.reason, page.Usage.Parts[1].Reason)
				require.Len(t, auto.Warnings(), 1)
				require.Contains(t, auto.Warnings()[0], "connection refused")

				hot.asks, hot.good = 0, min(good, 1)
				broken := &splitWorld{both: w.both, auto: NewAuto(hot, w.archive, w.auto.window)}
				broken.groupsOfTheWhole(t, hotstore.Aggregate{By: []string{"service"}, Interval: 7 * time.Minute})
			}
			hot := &failing{Reader: w.partial, err: fault.err}
			document, err := NewAuto(hot, w.archive, w.auto.window).Get(t.Context(), w.documents[450].UUID, time.Time{})
			require.NoError(t, err)
			require.Equal(t, w.documents[450].UUID, document.UUID)
			_, err = NewAuto(hot, w.archive, w.auto.window).Get(t.Context(), rrpair.UUID{1}, time.Time{})
			require.ErrorIs(t, err, hotstore.ErrNoDocument)
			require.ErrorIs(t, err, fault.err, "it may be there")
		})
	}
	for _, serious := range []error{hotstore.ErrDenied, hotstore.ErrDamaged} {
		auto := NewAuto(&failing{Reader: w.partial, err: serious}, w.archive, w.auto.window)
		_, err := auto.Search(t.Context(), everything)
		require.ErrorIs(t, err, serious)
		_, err = auto.Aggregate(t.Context(), hotstore.Aggregate{}, noGroups)
		require.ErrorIs(t, err, serious)
		_, err = auto.Get(t.Context(), w.documents[450].UUID, time.Time{})
		require.ErrorIs(t, err, serious)
	}
	_, err := w.auto.Search(canceled(t), everything)
	require.ErrorIs(t, err, context.Canceled)
	_, err = w.auto.Get(t.Context(), rrpair.UUID{1}, time.Time{})
	require.ErrorIs(t, err, hotstore.ErrNoDocument)
	stop := errors.New("enough")
	_, err = w.auto.Aggregate(t.Context(), hotstore.Aggregate{By: []string{"service"}}, func(hotstore.Group) error { return stop })
	require.ErrorIs(t, err, stop)
}

func TestPairsOfHotDocuments(t *testing.T) {
	w := newSplit(t, demoPairs(600, 0.05), hotstore.IncludeNone, true)
	page, err := w.auto.Search(t.Context(), hotstore.Search{Limit: 5000, WithPair: true})
	require.NoError(t, err)
	require.Len(t, page.Documents, len(w.documents))
	whole, err := w.hot.Search(t.Context(), hotstore.Search{Limit: 5000, WithPair: true})
	require.NoError(t, err)
	away := 0
	for i, document := range page.Documents {
		if len(document.Pair) == 0 {
			away++
			require.True(t, inClosedGap(document.Time) || inOpenGap(document.Time), "only what is not archived yet has none")
			continue
		}
		require.Equal(t, string(whole.Documents[i].Pair), string(document.Pair))
		require.JSONEq(t, string(whole.Documents[i].Headers), string(document.Headers))
	}
	require.Positive(t, away)
}

// A cursor is good for every source: a page that begins in one goes on in another.
func TestPagesAcrossSources(t *testing.T) {
	w := newSplit(t, demoPairs(600, 0.05), hotstore.IncludeNone, false)
	for _, sort := range []string{"-ts", "ts", "service,-duration"} {
		readers := []hotstore.Reader{w.auto, w.hot, w.archive}
		search := hotstore.Search{Sort: hotstore.ParseSort(sort), Limit: 37}
		var got []rrpair.UUID
		for turn := 0; ; turn++ {
			page, err := readers[turn%3].Search(t.Context(), search)
			require.NoError(t, err)
			for _, document := range page.Documents {
				got = append(got, document.UUID)
			}
			if search.After = page.Next; page.Next == "" {
				break
			}
		}
		all := slices.Clone(w.documents)
		hotstore.SortBy(all, search.Order())
		var want []rrpair.UUID
		for _, document := range all {
			want = append(want, document.UUID)
		}
		require.Equal(t, want, got, sort)
	}
}

func TestCapabilitiesOfBoth(t *testing.T) {
	hot := hotWith(t, nil)
	c := NewAuto(hot, NewArchive(Options{Bucket: newFolder(t)}), Window{}).Capabilities()
	require.Equal(t, "sqlite + archive", c.Store)
	require.Equal(t, "hour", c.Dedupe)
	require.Zero(t, c.ExpiryLag)
	require.InDelta(t, hotstore.RelativeError, c.PercentileError, 0)
	query := parsed(t, "service IS cart AND header[x] EXISTS")
	require.Equal(t, hotstore.Plan(query, hot.Capabilities()), hotstore.Plan(query, c))
}

// TestFollowing follows while pairs arrive, some of them in the archive alone because of a gap.
func TestFollowing(t *testing.T) {
	w := newSplit(t, demoPairs(600, 0.05), hotstore.IncludeNone, true)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	begin := archiveStart().Add(80 * time.Minute)
	want := 0
	for _, document := range w.documents {
		if !document.Time.Before(begin) {
			want++
		}
	}
	late := w.documents[len(w.documents)-1].Clone()
	late.UUID[0] ^= 0x55
	seen := map[rrpair.UUID]int{}
	err := hotstore.Follow(ctx, w.auto, hotstore.Search{From: begin, Limit: 50}, hotstore.FollowOptions{Poll: 5 * time.Millisecond}, func(document *hotstore.Document) error {
		seen[document.UUID]++
		switch len(seen) {
		case want:
			if _, err := w.partial.Write(ctx, []*hotstore.Document{late}); err != nil {
				return err
			}
		case want + 1:
			time.AfterFunc(200*time.Millisecond, cancel)
		}
		return nil
	})
	require.NoError(t, err)
	require.Len(t, seen, want+1)
	for id, times := range seen {
		require.Equal(t, 1, times, id)
	}
}
