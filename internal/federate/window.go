package federate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/internal/timespan"
)

// Interval is a span of ts, From inclusive and To exclusive.
type Interval struct {
	From, To time.Time
	Reason   string
}

// Window says which times a hot store holds wholly: all from From on, but for the gaps. Times are whole microseconds, so
// that a pair without a ts of its own, whose time the archive knows no better, is in the same part for both.
type Window struct {
	From     time.Time  // zero: the store holds no time wholly
	Reason   string     // why it begins there, or nowhere
	Gaps     []Interval // by time, apart from each other
	Problems []string   // what could not be read, so that the window may be wrong
}

// Held says whether there is any time that the hot store holds wholly.
func (w *Window) Held() bool { return !w.From.IsZero() }

// AheadSlack is by how much the clock of who captures may be ahead of the store's: what came in just before the store was set
// up, and is only in the archive, may say that it is of just after.
const AheadSlack = time.Minute

const (
	// expirySlack is what a store may expire before its time by this machine's clock, and how long a reader may go on with
	// one window: it is reckoned once.
	expirySlack = time.Hour
	// gapSlack is what names of files and columns drop of a time.
	gapSlack = time.Microsecond
	// startSlack is how much later than its archive a hot store may have been set up by the same start of a collector, before
	// any traffic came in. Nobody takes in traffic, stops, adds a hot store and starts again within it.
	startSlack = 5 * time.Second
	// openSlack is how long a reader may go on with one window that has an open gap, and by how much clocks differ.
	openSlack = 24 * time.Hour
)

// FindWindow asks the hot store since when it holds everything and the archive for the gaps. retention: 0 for ever. A hot
// store that cannot be reached holds nothing, which is a problem and no error.
func FindWindow(ctx context.Context, hot hotstore.Reader, retention time.Duration, archive *Archive, now time.Time) (Window, error) {
	window, err := beginning(ctx, hot, retention, archive.options.Created, now)
	if err != nil || !window.Held() {
		return window, err
	}
	// Those of all exporters and stores: whether another store's name means this one cannot be told for certain (hosts are
	// renamed, folders are mounted elsewhere), and to read from the archive what is hot as well is slower and never wrong.
	gaps, err := rehydrate.ReadGaps(ctx, archive.options.Bucket, "")
	if ctx.Err() != nil {
		return window, ctx.Err()
	}
	if err != nil {
		window.Problems = append(window.Problems, fmt.Sprintf("which times the hot store lacks is not known for certain, and what it lacks may be missing here: %v: ask --source archive to be sure", err))
	}
	for _, gap := range gaps {
		window.Gaps = append(window.Gaps, missed(gap, now)...)
	}
	notes, err := rehydrate.ReadBehind(ctx, archive.options.Bucket, "")
	if ctx.Err() != nil {
		return window, ctx.Err()
	}
	if err != nil {
		window.Problems = append(window.Problems, fmt.Sprintf("whether the hot store is behind is not known for certain: %v: ask --source archive to be sure", err))
	}
	for _, note := range notes {
		window.Gaps = append(window.Gaps, Interval{
			From: note.From().UTC().Truncate(time.Microsecond), To: ceil(now.Add(openSlack), time.Microsecond),
			Reason: "documents wait in a queue since " + note.Since.UTC().Format(time.RFC3339),
		})
	}
	window.Gaps = joined(window.Gaps, window.From)
	return window, nil
}

// beginning is the window without gaps.
func beginning(ctx context.Context, hot hotstore.Reader, retention time.Duration, created, now time.Time) (window Window, err error) {
	var since time.Time
	if beginner, can := hot.(hotstore.Beginner); can {
		since, err = beginner.Since(ctx)
	}
	switch {
	case errors.Is(err, hotstore.ErrUnreachable):
		window.Reason = "the hot store cannot be reached"
		window.Problems = []string{err.Error()}
		return window, nil
	case err != nil:
		return window, fmt.Errorf("ask since when the hot store holds everything: %w", err)
	case since.IsZero():
		window.Reason = "the hot store does not say since when it holds everything: run byoc hotstore init"
		return window, nil
	}
	window.From, window.Reason = ceil(since.Add(AheadSlack), time.Microsecond), "the hot store was set up at "+since.UTC().Format(time.RFC3339)
	if !created.IsZero() && !since.After(created.Add(startSlack)) {
		window.From, window.Reason = firstTime(), "the hot store was set up together with the archive"
	}
	if retention == 0 {
		return window, nil
	}
	// Whole days, or indices, expire when all of them is older than the retention, so that everything younger is there. To
	// a whole hour, as the archive lies in hours. A later beginning is slower, an earlier one wrong.
	if kept := ceil(now.Add(expirySlack-retention), time.Hour); kept.After(window.From) {
		window.From, window.Reason = kept, "the hot store keeps "+timespan.Duration(retention).String()
	}
	return window, nil
}

// firstTime is the earliest event time: what claims to be older counts by when it was captured.
func firstTime() time.Time { return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) }

func ceil(at time.Time, to time.Duration) time.Time {
	if floor := at.UTC().Truncate(to); floor.Equal(at) {
		return floor
	}
	return at.UTC().Truncate(to).Add(to)
}

// missed lists the times at which a gap may lack pairs: the hours that its folders name, as far as its event times reach.
// While it is open it may lack anything of its hours, and of all since it began.
func missed(gap *rehydrate.Gap, now time.Time) (intervals []Interval) {
	reason := "the hot store missed some: " + gap.Reason
	from, to := time.Time{}, time.Time{}
	if !gap.Open && !gap.EventTo.IsZero() {
		from, to = gap.EventFrom.Add(-gapSlack), gap.EventTo.Add(2*gapSlack) // inclusive becomes exclusive
	}
	known := len(gap.Folders) > 0 // the folders tell the hours
	for _, folder := range gap.Folders {
		low, isHour := hourOf(folder)
		known = known && isHour
		high := low.Add(time.Hour)
		if !to.IsZero() {
			low, high = later(low, from), earlier(high, to)
		}
		if low.Before(high) {
			intervals = append(intervals, Interval{low, high, reason})
		}
	}
	switch {
	case gap.Open && known:
		begin := earlier(gap.From, now).Truncate(time.Hour)
		intervals = append(intervals, Interval{begin, now.Add(openSlack), reason})
	case known:
	case !to.IsZero():
		intervals = []Interval{{from, to, reason}}
	default: // nothing tells which times it lacks
		intervals = []Interval{{time.Time{}, now.Add(openSlack), reason}}
	}
	for i := range intervals {
		intervals[i].From = intervals[i].From.UTC().Truncate(time.Microsecond)
		intervals[i].To = ceil(intervals[i].To, time.Microsecond)
	}
	return intervals
}

// hourOf reads the hour from a folder of the archive: …/date=2026-11-20/hour=10.
func hourOf(folder string) (time.Time, bool) {
	const shape = "date=2006-01-02/hour=15"
	if len(folder) < len(shape) {
		return time.Time{}, false
	}
	at, err := time.Parse(shape, folder[len(folder)-len(shape):])
	return at, err == nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// joined sorts intervals and makes one of those that overlap or touch; what lies before the window falls away.
func joined(intervals []Interval, begin time.Time) (apart []Interval) {
	slices.SortFunc(intervals, func(a, b Interval) int {
		return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To), strings.Compare(a.Reason, b.Reason))
	})
	for _, one := range intervals {
		one.From = later(one.From, begin)
		if !one.From.Before(one.To) {
			continue
		}
		if len(apart) == 0 || one.From.After(apart[len(apart)-1].To) {
			apart = append(apart, one)
			continue
		}
		last := &apart[len(apart)-1]
		last.To = later(last.To, one.To)
		if !strings.Contains(last.Reason, one.Reason) {
			last.Reason += "; " + one.Reason
		}
	}
	return apart
}
