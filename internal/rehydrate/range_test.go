package rehydrate

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// TestAnIntervalIsFetchedHourByHour: the newest first, each hour told of when it is done, and nothing beyond the bounds.
func TestAnIntervalIsFetchedHourByHour(t *testing.T) {
	store := folder(t)
	for hour := range 4 {
		logs, _ := traffic(t, uint64(hour), 30, start().Add(time.Duration(hour)*time.Hour))
		put(t, store, logs)
	}
	var reached []time.Time
	r := &Range{From: start().Add(time.Hour), To: start().Add(3 * time.Hour), Reached: func(from time.Time) { reached = append(reached, from) }}
	plan, err := r.Plan(t.Context(), store)
	require.NoError(t, err)
	require.Len(t, plan.Files, 2)
	target := &memory{}
	work := &Backfill{Bucket: store, Store: target, Settings: Settings{Rules: rules(t, nil)}}
	progress, err := work.Fetch(t.Context(), r, plan)
	require.NoError(t, err)
	require.Equal(t, []time.Time{start().Add(2 * time.Hour), start().Add(time.Hour)}, reached)
	require.EqualValues(t, 60, progress.Stored)
	require.Equal(t, 2, progress.Objects)
	require.Len(t, target.documents, 60)
	for _, document := range target.documents {
		require.True(t, r.covers(document.Time))
	}

	progress, err = work.Fetch(t.Context(), r, plan)
	require.NoError(t, err)
	require.EqualValues(t, 60, progress.Documents)
	require.Zero(t, progress.Stored, "twice is as good as once")

	reached = nil
	target.failAfter = target.writes + 1
	_, err = work.Fetch(t.Context(), r, plan)
	require.ErrorIs(t, err, hotstore.ErrUnreachable)
	require.Equal(t, []time.Time{start().Add(2 * time.Hour)}, reached, "what was done counts")
}

// patience answers each write with the next of its answers.
type patience struct {
	answers []func(documents []*hotstore.Document) (hotstore.WriteResult, error)
	asked   [][]*hotstore.Document
}

func (p *patience) Write(_ context.Context, documents []*hotstore.Document) (hotstore.WriteResult, error) {
	answer := p.answers[min(len(p.asked), len(p.answers)-1)]
	p.asked = append(p.asked, append([]*hotstore.Document(nil), documents...))
	return answer(documents)
}

func numbered(n int) (documents []*hotstore.Document) {
	for i := range n {
		documents = append(documents, &hotstore.Document{UUID: rrpair.UUID{byte(i)}, Time: start().Add(time.Duration(i) * time.Minute)})
	}
	return documents
}

// TestAPatientWriterTriesAgainWhatRemains: only that, until it is there; the indexes are those of the caller.
func TestAPatientWriterTriesAgainWhatRemains(t *testing.T) {
	documents := numbered(6)
	target := &patience{answers: []func([]*hotstore.Document) (hotstore.WriteResult, error){
		func(d []*hotstore.Document) (hotstore.WriteResult, error) {
			require.Equal(t, documents[2:], d)
			return hotstore.WriteResult{Stored: 1, Remaining: []int{1, 2, 3}}, errors.New("busy")
		},
		func(d []*hotstore.Document) (hotstore.WriteResult, error) {
			require.Equal(t, documents[3:], d)
			return hotstore.WriteResult{Duplicates: 1, Rejected: []hotstore.Rejection{{Index: 2, Reason: "no"}}, Remaining: []int{1}}, hotstore.ErrUnreachable
		},
		func([]*hotstore.Document) (hotstore.WriteResult, error) { return hotstore.WriteResult{Stored: 1}, nil },
	}}
	told := 0
	w := &PatientWriter{Writer: target, NotBefore: documents[2].Time, Retry: func(error, time.Duration) { told++ }, pause: time.Millisecond}
	result, err := w.Write(t.Context(), documents)
	require.NoError(t, err)
	require.Equal(t, hotstore.WriteResult{Stored: 2, Duplicates: 1, Remaining: []int{}, Rejected: []hotstore.Rejection{{Index: 5, Reason: "no"}}}, result)
	require.EqualValues(t, 2, w.Expired)
	require.Equal(t, 2, told)
	require.Equal(t, []*hotstore.Document{documents[4]}, target.asked[2])
}

func TestAPatientWriterKnowsWhenItIsInVain(t *testing.T) {
	for _, failure := range []error{hotstore.ErrDenied, hotstore.ErrNotSetUp, hotstore.ErrDamaged} {
		target := &patience{answers: []func([]*hotstore.Document) (hotstore.WriteResult, error){
			func([]*hotstore.Document) (hotstore.WriteResult, error) {
				return hotstore.WriteResult{Remaining: []int{0}}, failure
			},
		}}
		_, err := (&PatientWriter{Writer: target}).Write(t.Context(), numbered(1))
		require.ErrorIs(t, err, failure)
		require.Len(t, target.asked, 1)
	}
	ctx, cancel := context.WithCancel(t.Context())
	target := &patience{answers: []func([]*hotstore.Document) (hotstore.WriteResult, error){
		func([]*hotstore.Document) (hotstore.WriteResult, error) {
			time.AfterFunc(10*time.Millisecond, cancel)
			return hotstore.WriteResult{Remaining: []int{0}}, hotstore.ErrUnreachable
		},
	}}
	result, err := (&PatientWriter{Writer: target, pause: time.Hour}).Write(ctx, numbered(1))
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, []int{0}, result.Remaining)
}

func TestWhatIsLeftOfAGap(t *testing.T) {
	store := folder(t)
	logs, sent := traffic(t, 1, 40, start())
	gap := NewGap("hotstore", "memory", "queue is full", start())
	gap.Miss(start(), put(t, store, logs), len(sent), start(), start().Add(time.Hour))
	left, err := gap.Left(t.Context(), store)
	require.NoError(t, err)
	require.Len(t, left, 1)
	_, err = (&Backfill{Bucket: store, Store: &memory{}, Settings: Settings{Rules: rules(t, nil)}}).Run(t.Context(), gap)
	require.NoError(t, err)
	left, err = gap.Left(t.Context(), store)
	require.NoError(t, err)
	require.Equal(t, []archive.PlannedFile{}, left)
}
