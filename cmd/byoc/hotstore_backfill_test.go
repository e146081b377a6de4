package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// TestAnIntervalIsBroughtOnce: all of it comes, twice brings nothing new, and the store then counts as whole from its
// beginning on.
func TestAnIntervalIsBroughtOnce(t *testing.T) {
	h := newHotBench(t, "7d", "include: headers, text: true")
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "init"))
	h.setSince(t, h.now) // it was set up an hour's beginning ago, and given everything since
	h.clock = func() time.Time { return h.now.Add(30 * time.Minute) }
	for hour := range 4 {
		logs, _ := pairsFrom(t, uint64(hour), 50, h.now.Add(-time.Duration(hour+1)*time.Hour))
		h.put(t, logs)
	}
	later, _ := pairsFrom(t, 9, 10, h.now.Add(time.Minute))
	h.put(t, later)
	from := h.now.Add(-3 * time.Hour)
	args := []string{"hotstore", "backfill", "--from", from.Format(time.RFC3339), "--output", "json"}

	require.Equal(t, exitOK, h.byoc(t, append(args, "--dry-run")...), h.stderr.String())
	require.Equal(t, 3, h.json(t).Files, "the hours of the interval, up to where the store is whole")
	require.Positive(t, h.json(t).Bytes)
	require.Empty(t, h.documents(t))

	require.Equal(t, exitOK, h.byoc(t, args...), h.stderr.String())
	report := h.json(t)
	require.EqualValues(t, 150, report.Read)
	require.EqualValues(t, 150, report.Written)
	require.Zero(t, report.AlreadyThere)
	require.Equal(t, from, h.since(t))
	documents := h.documents(t)
	require.Len(t, documents, 150)
	for _, document := range documents {
		require.False(t, document.Time.Before(from))
		require.NotEmpty(t, document.Text, "documents are as the collector's exporter makes them")
		require.Empty(t, document.Pair)
		require.True(t, strings.HasPrefix(document.ArchiveURL, "file://"+h.folder))
	}

	require.Equal(t, exitOK, h.byoc(t, args...))
	require.Zero(t, h.json(t).Read, "it is whole: nothing is read")
	require.Contains(t, h.stdout.String(), "there already: nothing was read")
	require.Equal(t, exitOK, h.byoc(t, append(args, "--to", h.now.Format(time.RFC3339))...))
	require.EqualValues(t, 150, h.json(t).AlreadyThere)
	require.Zero(t, h.json(t).Written)
	require.Len(t, h.documents(t), 150)

	require.Equal(t, exitOK, h.byoc(t, "hotstore", "backfill", "--to", "now"), h.stderr.String())
	require.Contains(t, h.stdout.String(), "60 documents written")
	require.Contains(t, h.stdout.String(), "150 there already")
}

func TestAFilterBringsThePairsThatItMatchesAndNoMore(t *testing.T) {
	h := newHotBench(t, "7d", "")
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "init"))
	h.setSince(t, h.now)
	h.clock = func() time.Time { return h.now.Add(30 * time.Minute) }
	logs, made := pairsFrom(t, 5, 400, h.now.Add(-time.Hour))
	h.put(t, logs)
	want := map[rrpair.UUID]bool{}
	for _, pair := range made {
		if at, _ := pair.Time(); pair.Text(rrpair.FieldService) == "checkout" && at.Before(h.now) {
			id, _ := pair.UUID()
			want[id] = true
		}
	}
	require.NotEmpty(t, want)
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "backfill", "--filter", "(service IS checkout)", "--include", "full"), h.stderr.String())
	found := h.documents(t)
	require.Len(t, found, len(want))
	for id, document := range found {
		require.True(t, want[id])
		require.NotEmpty(t, document.Pair)
	}
	require.Equal(t, h.now, h.since(t), "a part does not make it whole")
}

// What the store would not keep is never brought, and never silently left out.
func TestNothingIsBroughtBeyondTheRetention(t *testing.T) {
	h := newHotBench(t, "2d", "")
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "init"))
	old, _ := pairsFrom(t, 1, 20, h.now.AddDate(0, 0, -5))
	h.put(t, old)
	young, _ := pairsFrom(t, 2, 20, h.now.Add(-24*time.Hour))
	h.put(t, young)
	require.Equal(t, exitUsage, h.byoc(t, "hotstore", "backfill", "--from", "-6d", "--to", "-4d"))
	require.Contains(t, h.stderr.String(), "they would expire at once")
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "backfill", "--from", "-6d"), h.stderr.String())
	require.Contains(t, h.stderr.String(), "it is shortened")
	require.Len(t, h.documents(t), 20)
	require.Contains(t, h.stdout.String(), "run it again after", "a store that has just begun may miss what was on its way")
}

// An address does not tell the retention: what a collector keeps for longer than the default stays, and is brought.
func TestAStoreNamedByItsAddressExpiresNothing(t *testing.T) {
	h := newHotBench(t, "90d", "")
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "init"))
	old, _ := pairsFrom(t, 1, 20, h.now.AddDate(0, 0, -40))
	h.put(t, old)
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "backfill", "--from", "-60d"), h.stderr.String())
	older, _ := pairsFrom(t, 2, 20, h.now.AddDate(0, 0, -50))
	h.put(t, older)
	require.Equal(t, exitOK, h.run(t, "--archive", "file://"+h.folder, "hotstore", "backfill", "--from", "-60d", "--hotstore", "sqlite://"+h.hot), h.stderr.String())
	require.Len(t, h.documents(t), 40)
}

// TestAnUnreadableFileIsNamedAndTheRestIsBrought: and the store does not count as whole before it.
func TestAnUnreadableFileIsNamedAndTheRestIsBrought(t *testing.T) {
	h := newHotBench(t, "7d", "")
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "init"))
	h.setSince(t, h.now)
	h.clock = func() time.Time { return h.now.Add(30 * time.Minute) }
	for hour := range 3 {
		logs, _ := pairsFrom(t, uint64(hour), 30, h.now.Add(-time.Duration(hour+1)*time.Hour))
		h.put(t, logs)
	}
	files := h.archiveFiles(t)
	require.Len(t, files, 3)
	require.NoError(t, os.WriteFile(files[1], []byte("torn, but long enough to be looked at"), 0o600))
	require.Equal(t, exitSkipped, h.byoc(t, "hotstore", "backfill", "--from", "-6h"))
	require.Contains(t, h.stdout.String(), "60 documents written")
	require.Contains(t, h.stderr.String(), "could not be read")
	require.Contains(t, h.stderr.String(), filepath.Base(files[1]))
	require.Equal(t, h.now.Add(-time.Hour), h.since(t), "whole as far as all could be read")
}

// TestAnIntervalGoesOnWhereItWasBrokenOff: the hours that were done count, and are not read again.
func TestAnIntervalGoesOnWhereItWasBrokenOff(t *testing.T) {
	h := newHotBench(t, "7d", "")
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "init"))
	h.setSince(t, h.now)
	h.clock = func() time.Time { return h.now.Add(30 * time.Minute) }
	for hour := range 4 {
		logs, _ := pairsFrom(t, uint64(hour), 40, h.now.Add(-time.Duration(hour+1)*time.Hour))
		h.put(t, logs)
	}
	h.flags = globalFlags{configFiles: []string{h.config}, noProgress: true}
	hot := h.open(t)
	opened, store, err := h.openArchive(t.Context())
	require.NoError(t, err)
	defer store.Close()
	ctx, interrupt := context.WithCancel(t.Context())
	b := &backfill{app: h.app, hot: hot, bucket: store, begin: h.clock()}
	require.NoError(t, b.prepare(ctx, opened))
	b.work.Wrote = func(hotstore.WriteResult) {
		if len(h.documentsOf(t, hot)) >= 80 {
			interrupt()
		}
	}
	require.ErrorIs(t, b.fetch(ctx, &rehydrate.Range{From: h.now.Add(-4 * time.Hour)}), context.Canceled)
	require.NoError(t, hot.Close())
	reached := h.since(t)
	require.True(t, reached.Before(h.now) && reached.After(h.now.Add(-4*time.Hour)), reached)

	require.Equal(t, exitOK, h.byoc(t, "hotstore", "backfill", "--from", h.now.Add(-4*time.Hour).Format(time.RFC3339), "--output", "json"), h.stderr.String())
	require.Less(t, h.json(t).Read, int64(160))
	require.Len(t, h.documents(t), 160)
	require.Equal(t, h.now.Add(-4*time.Hour), h.since(t))
}

func (h *hotBench) documentsOf(t *testing.T, store *hotStore) []*hotstore.Document {
	t.Helper()
	page, err := store.Search(context.WithoutCancel(t.Context()), hotstore.Search{Limit: 1000})
	require.NoError(t, err)
	return page.Documents
}

// gap leaves in the archive that the store missed pairs, as the exporter does.
func (h *hotBench) gap(t *testing.T, store string, ended time.Duration, records int, open bool, folders []string) *rehydrate.Gap {
	t.Helper()
	at := time.Now().Add(-ended)
	gap := rehydrate.NewGap("hotstore", store, "the queue is full", at)
	gap.Miss(at, folders, records, h.now.Add(-24*time.Hour), h.now.Add(24*time.Hour))
	gap.Open = open
	require.NoError(t, gap.Put(t.Context(), h.archive))
	return gap
}

func (h *hotBench) gaps(t *testing.T) (keys []string) {
	t.Helper()
	gaps, err := rehydrate.ReadGaps(t.Context(), h.archive, "")
	require.NoError(t, err)
	for _, gap := range gaps {
		keys = append(keys, gap.Key())
	}
	return keys
}

// TestGapsAreFilledByTheExportersRules: those that are filled vanish; those of somebody who lives, of other stores and
// those that the archive does not have wholly yet stay, and are named.
func TestGapsAreFilledByTheExportersRules(t *testing.T) {
	h := newHotBench(t, "7d", "")
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "init"))
	store := h.open(t)
	own := store.identity()
	require.NoError(t, store.Close())
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "backfill"))
	require.Contains(t, h.stdout.String(), "There are no gaps to fill")

	first, _ := pairsFrom(t, 1, 40, h.now.Add(-2*time.Hour))
	second, _ := pairsFrom(t, 2, 50, h.now.Add(-3*time.Hour))
	third, _ := pairsFrom(t, 3, 60, h.now.Add(-5*time.Hour))
	dead := h.gap(t, own, time.Hour, 40, true, h.put(t, first)) // open, and its exporter is dead
	alive := h.gap(t, own, time.Minute, 50, true, h.put(t, second))
	incomplete := h.gap(t, own, time.Hour, 1000, false, h.put(t, third))
	overdue := h.gap(t, own, 25*time.Hour, 1000, false, []string{"v1/date=2026-01-01/hour=00"})
	foreign := h.gap(t, "sqlite:elsewhere:/hot", time.Hour, 40, false, []string{"v1/date=2026-01-01/hour=01"})

	require.Equal(t, exitOK, h.byoc(t, "hotstore", "status"), h.stderr.String())
	require.Contains(t, h.stdout.String(), "5 gaps wait")
	require.Contains(t, h.stdout.String(), "of sqlite:elsewhere:/hot")
	require.Equal(t, exitSkipped, h.byoc(t, "hotstore", "backfill", "--dry-run"))
	require.Contains(t, h.stdout.String(), "Nothing was written. 2 files")
	require.Len(t, h.gaps(t), 5)

	require.Equal(t, exitSkipped, h.byoc(t, "hotstore", "backfill", "--output", "json"), h.stderr.String())
	require.Contains(t, h.stderr.String(), "4 gaps stay")
	report := h.json(t)
	require.EqualValues(t, 100, report.Read)
	require.EqualValues(t, 100, report.Written)
	states := map[string]string{}
	for _, gap := range report.Gaps {
		states[gap.Key] = gap.State
	}
	require.Equal(t, map[string]string{dead.Key(): gapFilled, alive.Key(): gapLeft, incomplete.Key(): gapWaiting, overdue.Key(): gapWaiting, foreign.Key(): gapLeft}, states)
	require.ElementsMatch(t, []string{alive.Key(), incomplete.Key(), overdue.Key(), foreign.Key()}, h.gaps(t))
	require.Len(t, h.documents(t), 100)

	require.Equal(t, exitSkipped, h.byoc(t, "hotstore", "backfill"))
	require.Contains(t, h.stdout.String(), "0 documents written")
	require.Contains(t, h.stdout.String(), "is at work on it")
	require.Len(t, h.documents(t), 100, "twice brings nothing new")

	require.Equal(t, exitSkipped, h.byoc(t, "hotstore", "backfill", "--close"))
	require.ElementsMatch(t, []string{alive.Key(), foreign.Key()}, h.gaps(t), "who lives keeps its gap")
	require.NoError(t, alive.Remove(t.Context(), h.archive))
	require.Equal(t, exitSkipped, h.byoc(t, "hotstore", "backfill", "--any-store"), "the archive has none of its pairs")
	require.NoError(t, foreign.Remove(t.Context(), h.archive))
	foreign = h.gap(t, "sqlite:elsewhere:/hot", time.Hour, 50, false, h.put(t, second))
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "backfill", "--any-store"), h.stderr.String())
	require.Len(t, h.documents(t), 150)
	require.Empty(t, h.gaps(t))
	require.NotEmpty(t, foreign.Key())
}

func TestADamagedGapIsSaidAndTheOthersAreFilled(t *testing.T) {
	h := newHotBench(t, "7d", "")
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "init"))
	store := h.open(t)
	own := store.identity()
	require.NoError(t, store.Close())
	logs, _ := pairsFrom(t, 1, 40, h.now.Add(-2*time.Hour))
	h.gap(t, own, time.Hour, 40, false, h.put(t, logs))
	require.NoError(t, h.archive.Put(t.Context(), "gaps/hotstore/torn.json", []byte("{"), bucket.PutOptions{}))
	require.Equal(t, exitSkipped, h.byoc(t, "hotstore", "backfill"))
	require.Contains(t, h.stdout.String(), "40 documents written")
	require.Contains(t, h.stderr.String(), "torn.json")
	require.Equal(t, exitSkipped, h.byoc(t, "hotstore", "status"))
	require.Contains(t, h.stdout.String(), "some gaps are not known")
}
