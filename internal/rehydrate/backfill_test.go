package rehydrate

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func TestGapsAreReadBackAsTheyWereWritten(t *testing.T) {
	store := folder(t)
	gap := NewGap("hotstore/eu", "sqlite:here", "queue is full", start())
	require.True(t, gap.Miss(start().Add(time.Second), []string{"v1/a", "v1/b"}, 3, start(), start().Add(time.Minute)))
	require.False(t, gap.Miss(start().Add(2*time.Second), []string{"v1/a"}, 2, start().Add(-time.Minute), start()))
	require.NoError(t, gap.Put(t.Context(), store))
	other := NewGap("hotstore", "sqlite:here", "queue is full", start())
	require.NoError(t, other.Put(t.Context(), store))
	require.NoError(t, other.writeLedger(t.Context(), store, &ledger{}))

	all, err := ReadGaps(t.Context(), store, "")
	require.NoError(t, err)
	require.Len(t, all, 2)
	one, err := ReadGaps(t.Context(), store, "hotstore/eu")
	require.NoError(t, err)
	require.Equal(t, []*Gap{gap}, one)
	require.EqualValues(t, 5, one[0].Records)
	require.Equal(t, start().Add(2*time.Second), one[0].To)
	require.Equal(t, start().Add(-time.Minute), one[0].EventFrom)
	require.Equal(t, start().Add(time.Minute), one[0].EventTo)

	require.NoError(t, store.Put(t.Context(), "gaps/hotstore/later.json", []byte(`{"format":"otelcol-byoc/gap","version":2}`), bucket.PutOptions{}))
	require.NoError(t, store.Put(t.Context(), "gaps/hotstore/torn.json", []byte(`{"format"`), bucket.PutOptions{}))
	all, err = ReadGaps(t.Context(), store, "")
	require.Len(t, all, 2, "the others count")
	require.ErrorContains(t, err, "this program reads otelcol-byoc/gap up to version 1")
	require.ErrorContains(t, err, "torn.json")
	require.NoError(t, gap.Remove(t.Context(), store))
	all, _ = ReadGaps(t.Context(), store, "hotstore/eu")
	require.Empty(t, all)
}

// TestABackfillGoesOnWhereItWasBrokenOff: what is in the ledger is not read again, what is not is, and nothing is missing.
func TestABackfillGoesOnWhereItWasBrokenOff(t *testing.T) {
	store := folder(t)
	gap := NewGap("hotstore", "memory", "queue is full", start())
	number := 0
	for seed := range uint64(4) {
		logs, sent := traffic(t, seed, 50, start().Add(time.Duration(seed)*time.Minute))
		gap.Miss(start(), put(t, store, logs), len(sent), start(), start().Add(time.Hour))
		number += len(sent)
	}
	target := &memory{failAfter: 2}
	told := 0
	work := &Backfill{Bucket: store, Store: target, Settings: Settings{Rules: rules(t, nil)}, Wrote: func(hotstore.WriteResult) { told++ }}
	progress, err := work.Run(t.Context(), gap)
	require.ErrorIs(t, err, hotstore.ErrUnreachable)
	require.Equal(t, 2, progress.Objects)
	target.failAfter = 0
	progress, err = work.Run(t.Context(), gap)
	require.NoError(t, err)
	require.Equal(t, 4, progress.Objects)
	require.Equal(t, 2, progress.New)
	require.EqualValues(t, number, progress.Stored)
	require.Equal(t, 5, target.writes)
	require.Equal(t, 5, told)
	require.Len(t, target.documents, number)

	late, sent := traffic(t, 9, 30, start().Add(30*time.Minute))
	put(t, store, late)
	progress, err = work.Run(t.Context(), gap)
	require.NoError(t, err)
	require.Equal(t, 1, progress.New)
	require.Len(t, target.documents, number+len(sent))

	require.NoError(t, store.Put(t.Context(), gap.ledgerKey(), []byte(`{"objec`), bucket.PutOptions{}))
	progress, err = work.Run(t.Context(), gap)
	require.NoError(t, err, "without its ledger it begins anew")
	require.Equal(t, 5, progress.New)
	require.Zero(t, progress.Stored)
}

// TestOnlyTheIntervalIsRead: a gap that was closed in order says which times it lacks, one whose exporter died takes its
// hours whole.
func TestOnlyTheIntervalIsRead(t *testing.T) {
	store := folder(t)
	logs, sent := traffic(t, 1, 200, start())
	var pair rrpair.Pair
	middle := map[rrpair.UUID]bool{}
	from, to := start().Add(time.Second), start().Add(2*time.Second)
	for id, text := range sent {
		require.NoError(t, pair.ParseJSON([]byte(text)))
		if at, _ := pair.Time(); !at.Before(from) && !at.After(to) {
			middle[id] = true
		}
	}
	require.NotEmpty(t, middle)
	gap := NewGap("hotstore", "memory", "queue is full", start())
	gap.Miss(start(), put(t, store, logs), len(middle), from, to)
	gap.Open = false
	target := &memory{}
	progress, err := (&Backfill{Bucket: store, Store: target}).Run(t.Context(), gap)
	require.NoError(t, err)
	require.EqualValues(t, len(middle), progress.Stored)
	for id := range target.documents {
		require.True(t, middle[id])
	}
	require.NoError(t, store.Delete(t.Context(), gap.ledgerKey()))
	gap.Open = true
	progress, err = (&Backfill{Bucket: store, Store: target}).Run(t.Context(), gap)
	require.NoError(t, err)
	require.EqualValues(t, len(sent)-len(middle), progress.Stored)
}

func TestWhatCannotBeBackfilledIsNamed(t *testing.T) {
	store := folder(t)
	logs, sent := traffic(t, 1, 50, start())
	folders := put(t, store, logs)
	require.NoError(t, store.Put(t.Context(), folders[0]+"/20261120T090000000000Z-20261120T090001000000Z-00112233445566778899aabbccddeeff.parquet", []byte("PAR1 torn"), bucket.PutOptions{}))
	target := &memory{}
	for id := range sent {
		target.reject = id
		break
	}
	gap := NewGap("hotstore", "memory", "queue is full", start())
	gap.Miss(start(), folders, len(sent), start(), start().Add(time.Hour))
	failed := errors.New("no dead letter")
	work := &Backfill{Bucket: store, Store: target, GiveUp: func(context.Context, []*hotstore.Document, []hotstore.Rejection) error { return failed }}
	_, err := work.Run(t.Context(), gap)
	require.ErrorIs(t, err, failed)
	var given rrpair.UUID
	work.GiveUp = func(_ context.Context, documents []*hotstore.Document, rejections []hotstore.Rejection) error {
		given = documents[rejections[0].Index].UUID
		return nil
	}
	progress, err := work.Run(t.Context(), gap)
	require.NoError(t, err)
	require.Equal(t, target.reject, given)
	require.Len(t, target.documents, len(sent)-1)
	require.Equal(t, 2, progress.Objects)
	require.Len(t, progress.Skipped, 1)
	require.Contains(t, progress.Skipped[0].Key, "00112233445566778899aabbccddeeff")
}
