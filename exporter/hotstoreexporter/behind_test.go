package hotstoreexporter

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func (r *rig) notes() []*rehydrate.Behind {
	r.t.Helper()
	notes, err := rehydrate.ReadBehind(context.Background(), r.bucket, "")
	require.NoError(r.t, err)
	return notes
}

// TestReadersAreToldThatDocumentsWait: while the queue bridges an outage there is no gap, and yet the store lacks what waits.
func TestReadersAreToldThatDocumentsWait(t *testing.T) {
	r := newRig(t, nil)
	hasty(r)
	r.exporter.pauses.behind = 300 * time.Millisecond
	r.start()
	old := time.Now().Add(-3 * time.Hour).UTC()
	usual, _ := pairs(t, 1, 50, time.Now())
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), usual))
	r.eventuallyHas(50)
	require.Empty(t, r.notes(), "a second is no delay")

	r.change(func(r *rig) { r.away = errAway })
	began := time.Now()
	late, _ := pairs(t, 2, 50, old)
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), late))
	require.Eventually(t, func() bool { return len(r.notes()) == 1 }, time.Minute, 20*time.Millisecond)
	note := r.notes()[0]
	require.Equal(t, "hotstore", note.Exporter)
	require.Equal(t, "sqlite:test", note.Store)
	require.WithinDuration(t, began, note.Since, time.Minute)
	require.WithinDuration(t, old, note.From(), time.Minute, "what waits is three hours old")
	seen := note.Seen
	require.Eventually(t, func() bool { return r.notes()[0].Seen.After(seen) }, time.Minute, 50*time.Millisecond, "it gives signs of life")
	require.Empty(t, r.gaps(), "nothing was missed")

	r.change(func(r *rig) { r.away = nil })
	r.eventuallyHas(100)
	require.Eventually(t, func() bool { return len(r.notes()) == 0 }, time.Minute, 20*time.Millisecond)
	r.stop()
}

// TestWhatADeadCollectorsQueueHeldIsFetchedFromTheArchive: its note becomes a gap.
func TestWhatADeadCollectorsQueueHeldIsFetchedFromTheArchive(t *testing.T) {
	r := newRig(t, nil)
	hasty(r)
	hourAgo := time.Now().Add(-time.Hour)
	waited, sent := pairs(t, 3, 80, hourAgo)
	r.archived(waited)
	note := rehydrate.NewBehind("hotstore", "sqlite:test", hourAgo, hourAgo.Add(time.Minute))
	require.NoError(t, note.Put(t.Context(), r.bucket))
	other := rehydrate.NewBehind("hotstore", "sqlite:elsewhere", hourAgo, hourAgo)
	require.NoError(t, other.Put(t.Context(), r.bucket))
	alive := rehydrate.NewBehind("hotstore", "sqlite:test", hourAgo, time.Now().Add(time.Hour))
	require.NoError(t, alive.Put(t.Context(), r.bucket))
	r.start()
	r.eventuallyHas(len(sent))
	r.eventuallyFilled()
	require.Len(t, r.notes(), 2, "the notes of another store and of a collector that lives")
	r.stop()
}

func TestNotesThatCannotBeReadAreNamed(t *testing.T) {
	r := newRig(t, nil)
	note := rehydrate.NewBehind("hotstore", "sqlite:test", time.Now(), time.Now())
	require.NoError(t, note.Put(t.Context(), r.bucket))
	for name, text := range map[string]string{"torn": `{"format`, "later": `{"format":"otelcol-byoc/behind","version":9}`} {
		require.NoError(t, r.bucket.Put(t.Context(), "gaps/hotstore/"+name+".behind.json", []byte(text), putOptions()))
	}
	for _, suffix := range []string{".behind.json", ".json"} {
		require.NoError(t, r.bucket.Put(t.Context(), "gaps/huge/x"+suffix, make([]byte, 17<<20), putOptions()))
	}
	_, err := rehydrate.ReadGaps(t.Context(), r.bucket, "huge")
	require.ErrorContains(t, err, "17825792 bytes")
	_, err = rehydrate.ReadBehind(t.Context(), r.bucket, "huge")
	require.ErrorContains(t, err, "17825792 bytes")
	notes, err := rehydrate.ReadBehind(t.Context(), r.bucket, "hotstore")
	require.Len(t, notes, 1)
	require.ErrorContains(t, err, "torn.behind.json")
	require.ErrorContains(t, err, "up to version 1")
	gaps, err := rehydrate.ReadGaps(t.Context(), r.bucket, "hotstore")
	require.NoError(t, err)
	require.Empty(t, gaps, "they are no gaps")
	note.Done = true
	require.NoError(t, note.Put(t.Context(), r.bucket))
	notes, _ = rehydrate.ReadBehind(t.Context(), r.bucket, "hotstore")
	require.Empty(t, notes, "it is over")
}

// TestOldTrafficIsInTheArchiveAlone: it is no fault, and nothing for the dead letter.
func TestOldTrafficIsInTheArchiveAlone(t *testing.T) {
	r := newRig(t, nil)
	old := func(document *hotstore.Document) bool { return document.Time.Before(begin().Add(time.Second)) }
	r.change(func(r *rig) { r.expired = old })
	logs, sent := pairs(t, 1, 100, begin())
	kept := 0
	var pair rrpair.Pair
	for _, text := range sent {
		require.NoError(t, pair.ParseJSON([]byte(text)))
		if at, _ := pair.Time(); !at.Before(begin().Add(time.Second)) {
			kept++
		}
	}
	require.NotZero(t, kept)
	require.Less(t, kept, len(sent))
	r.start()
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
	r.eventuallyHas(kept)
	require.Eventually(t, func() bool { return r.metric("expired_documents") == int64(len(sent)-kept) }, time.Minute, 20*time.Millisecond)
	r.stop()
	require.Empty(t, r.letters)
}
