package federate

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
)

// begun is a store that says since when it holds everything.
type begun struct {
	hotstore.Reader
	since time.Time
	err   error
}

func (b begun) Since(context.Context) (time.Time, error)  { return b.since, b.err }
func (b begun) SetSince(context.Context, time.Time) error { return nil }

func clock(text string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return at
}

func TestWhereTheWindowBegins(t *testing.T) {
	now := clock("2026-11-20T12:34:56.789Z")
	for name, test := range map[string]struct {
		hot       hotstore.Reader
		retention time.Duration
		from      time.Time
		reason    string
		problems  int
	}{
		"set up lately": {begun{since: clock("2026-11-20T10:00:00.0000001Z")}, 7 * 24 * time.Hour,
			clock("2026-11-20T10:01:00.000001Z"), "the hot store was set up at 2026-11-20T10:00:00Z", 0},
		"set up long ago": {begun{since: clock("2026-01-01T00:00:00Z")}, 7 * 24 * time.Hour,
			clock("2026-11-13T14:00:00Z"), "the hot store keeps 7d", 0},
		"keeps for ever": {begun{since: clock("2026-01-01T00:00:00Z")}, 0, clock("2026-01-01T00:01:00Z"), "the hot store was set up at 2026-01-01T00:00:00Z", 0},
		"keeps a day and a half": {begun{since: clock("2026-01-01T00:00:00Z")}, 36 * time.Hour,
			clock("2026-11-19T02:00:00Z"), "the hot store keeps 1d12h", 0},
		"does not say":  {begun{}, time.Hour, time.Time{}, "the hot store does not say since when it holds everything: run byoc hotstore init", 0},
		"cannot say":    {struct{ hotstore.Reader }{}, time.Hour, time.Time{}, "the hot store does not say since when it holds everything: run byoc hotstore init", 0},
		"is not up now": {begun{err: hotstore.ErrUnreachable}, time.Hour, time.Time{}, "the hot store cannot be reached", 1},
	} {
		t.Run(name, func(t *testing.T) {
			window, err := FindWindow(t.Context(), test.hot, test.retention, NewArchive(Options{Bucket: newFolder(t)}), now)
			require.NoError(t, err)
			require.Equal(t, test.from, window.From)
			require.Equal(t, test.reason, window.Reason)
			require.Len(t, window.Problems, test.problems)
			require.Equal(t, !test.from.IsZero(), window.Held())
		})
	}
	for _, serious := range []error{hotstore.ErrDenied, hotstore.ErrDamaged} {
		_, err := FindWindow(t.Context(), begun{err: serious}, 0, NewArchive(Options{Bucket: newFolder(t)}), now)
		require.ErrorIs(t, err, serious)
	}
}

func putGap(t *testing.T, store *bucket.Bucket, open bool, began, from, to string, folders ...string) {
	t.Helper()
	gap := rehydrate.NewGap("hotstore", "opensearch:elsewhere", "queue is full", clock(began))
	gap.Folders, gap.Open = folders, open
	if from != "" {
		gap.Miss(clock(to), nil, 1, clock(from), clock(to))
	}
	require.NoError(t, gap.Put(t.Context(), store))
}

func TestAStoreAsOldAsItsArchiveHoldsAllOfIt(t *testing.T) {
	now, created := clock("2026-11-20T12:34:56.789Z"), clock("2026-11-20T12:00:00Z")
	archive := NewArchive(Options{Bucket: newFolder(t), Created: created})
	for since, from := range map[string]time.Time{
		"2026-11-20T11:00:00Z":   firstTime(), // the archive was moved
		"2026-11-20T12:00:00.9Z": firstTime(), // one start of a collector
		"2026-11-20T12:01:00Z":   clock("2026-11-20T12:02:00Z"),
	} {
		window, err := FindWindow(t.Context(), begun{since: clock(since)}, 0, archive, now)
		require.NoError(t, err)
		require.Equal(t, from, window.From, since)
	}
	window, err := FindWindow(t.Context(), begun{since: created}, 36*time.Hour, archive, now)
	require.NoError(t, err)
	require.Equal(t, clock("2026-11-19T02:00:00Z"), window.From, "no more than it keeps")
}

func TestGaps(t *testing.T) {
	now := clock("2026-11-20T12:34:56.7891234Z")
	tomorrow := clock("2026-11-21T12:34:56.789124Z")
	since := "2026-11-19T00:00:00Z"
	const folder = "v1/service=cart/date=2026-11-20/hour="
	type gap = func(*testing.T, *bucket.Bucket)
	for name, test := range map[string]struct {
		gaps []gap
		want [][2]string
	}{
		"none": {},
		"one that is over": {[]gap{func(t *testing.T, b *bucket.Bucket) {
			putGap(t, b, false, "2026-11-20T10:00:00Z", "2026-11-20T10:05:00.1234567Z", "2026-11-20T10:06:00Z", folder+"10")
		}}, [][2]string{{"2026-11-20T10:05:00.123455Z", "2026-11-20T10:06:00.000002Z"}}},
		"a late pair does not make the time between": {[]gap{func(t *testing.T, b *bucket.Bucket) {
			putGap(t, b, false, "2026-11-20T10:00:00Z", "2026-11-20T02:59:00Z", "2026-11-20T10:06:00Z", folder+"02", folder+"10")
		}}, [][2]string{{"2026-11-20T02:58:59.999999Z", "2026-11-20T03:00:00Z"}, {"2026-11-20T10:00:00Z", "2026-11-20T10:06:00.000002Z"}}},
		"one that goes on": {[]gap{func(t *testing.T, b *bucket.Bucket) {
			putGap(t, b, true, "2026-11-20T11:59:00Z", "2026-11-20T11:58:00Z", "2026-11-20T11:59:00Z", folder+"04", folder+"11")
		}}, [][2]string{{"2026-11-20T04:00:00Z", "2026-11-20T05:00:00Z"}, {"2026-11-20T11:00:00Z", tomorrow.Format(time.RFC3339Nano)}}},
		"one that goes on, by a clock that is ahead": {[]gap{func(t *testing.T, b *bucket.Bucket) {
			putGap(t, b, true, "2026-11-20T14:00:00Z", "", "", folder+"14")
		}}, [][2]string{{"2026-11-20T12:00:00Z", tomorrow.Format(time.RFC3339Nano)}}},
		"several that touch are one": {[]gap{func(t *testing.T, b *bucket.Bucket) {
			putGap(t, b, false, "2026-11-20T10:00:00Z", "2026-11-20T10:05:00Z", "2026-11-20T10:30:00Z", folder+"10")
			putGap(t, b, false, "2026-11-20T10:01:00Z", "2026-11-20T10:10:00Z", "2026-11-20T10:20:00Z", folder+"10")
			putGap(t, b, false, "2026-11-20T10:02:00Z", "2026-11-20T10:25:00Z", "2026-11-20T11:10:00Z", folder+"10", folder+"11")
		}}, [][2]string{{"2026-11-20T10:04:59.999999Z", "2026-11-20T11:10:00.000002Z"}}},
		"before the store began": {[]gap{func(t *testing.T, b *bucket.Bucket) {
			putGap(t, b, false, "2026-11-20T10:00:00Z", "2026-11-18T10:05:00Z", "2026-11-18T10:06:00Z", "v1/date=2026-11-18/hour=10")
			putGap(t, b, false, "2026-11-20T10:00:01Z", "2026-11-18T23:55:00Z", "2026-11-19T00:06:00Z", "v1/date=2026-11-18/hour=23", "v1/date=2026-11-19/hour=00")
		}}, [][2]string{{since, "2026-11-19T00:06:00.000002Z"}}},
		"folders that tell nothing": {[]gap{func(t *testing.T, b *bucket.Bucket) {
			putGap(t, b, false, "2026-11-20T10:00:00Z", "2026-11-20T10:05:00Z", "2026-11-20T10:06:00Z", "v2/elsewhere")
		}}, [][2]string{{"2026-11-20T10:04:59.999999Z", "2026-11-20T10:06:00.000002Z"}}},
		"nothing that tells": {[]gap{func(t *testing.T, b *bucket.Bucket) {
			putGap(t, b, true, "2026-11-20T10:00:00Z", "", "", folder+"10", "v2/elsewhere")
		}}, [][2]string{{since, tomorrow.Format(time.RFC3339Nano)}}},
	} {
		t.Run(name, func(t *testing.T) {
			store := newFolder(t)
			for _, put := range test.gaps {
				put(t, store)
			}
			window, err := FindWindow(t.Context(), begun{since: clock(since).Add(-AheadSlack)}, 0, NewArchive(Options{Bucket: store}), now)
			require.NoError(t, err)
			require.Empty(t, window.Problems)
			var got [][2]string
			for _, gap := range window.Gaps {
				got = append(got, [2]string{gap.From.Format(time.RFC3339Nano), gap.To.Format(time.RFC3339Nano)})
				require.Equal(t, "the hot store missed some: queue is full", gap.Reason)
			}
			require.Equal(t, test.want, got)
		})
	}
}

func TestWhatWaitsInAQueueIsAskedOfBoth(t *testing.T) {
	store := newFolder(t)
	note := rehydrate.NewBehind("hotstore", "sqlite:here", clock("2026-11-20T11:00:00Z"), clock("2026-11-20T11:30:00Z"))
	note.EventFrom = clock("2026-11-20T08:00:00Z")
	require.NoError(t, note.Put(t.Context(), store))
	window, err := FindWindow(t.Context(), begun{since: clock("2026-11-01T00:00:00Z")}, 0, NewArchive(Options{Bucket: store}), clock("2026-11-20T12:00:00Z"))
	require.NoError(t, err)
	require.Empty(t, window.Problems)
	require.Len(t, window.Gaps, 1)
	require.Equal(t, clock("2026-11-20T08:00:00Z"), window.Gaps[0].From, "yesterday's traffic waits under yesterday's times")
	require.True(t, window.Gaps[0].To.After(clock("2026-11-20T12:00:00Z")))
	require.Contains(t, window.Gaps[0].Reason, "documents wait in a queue since 2026-11-20T11:00:00Z")
	require.NoError(t, store.Put(t.Context(), "gaps/hotstore/torn.behind.json", []byte("{"), bucket.PutOptions{}))
	window, err = FindWindow(t.Context(), begun{since: clock("2026-11-01T00:00:00Z")}, 0, NewArchive(Options{Bucket: store}), clock("2026-11-20T12:00:00Z"))
	require.NoError(t, err)
	require.Len(t, window.Problems, 1)
	require.Len(t, window.Gaps, 1)
}

func TestAGapThatCannotBeRead(t *testing.T) {
	store := newFolder(t)
	putGap(t, store, false, "2026-11-20T10:00:00Z", "2026-11-20T10:05:00Z", "2026-11-20T10:06:00Z")
	require.NoError(t, store.Put(t.Context(), "gaps/hotstore/bad.json", []byte("{"), bucket.PutOptions{}))
	hot := begun{since: clock("2026-11-19T00:00:00Z"), Reader: hotWith(t, nil)}
	window, err := FindWindow(t.Context(), hot, 0, NewArchive(Options{Bucket: store}), clock("2026-11-20T12:00:00Z"))
	require.NoError(t, err)
	require.Len(t, window.Gaps, 1)
	require.Len(t, window.Problems, 1)
	require.Contains(t, window.Problems[0], "gaps/hotstore/bad.json")
	require.Contains(t, window.Problems[0], "--source archive")
	require.Equal(t, window.Problems, NewAuto(hot, NewArchive(Options{Bucket: store}), window).Warnings(), "who asks is told")
}
