package archiveexporter

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/stamp"
)

func TestARequestWithoutAnyRedactedRecordIsRefusedForGood(t *testing.T) {
	r := newRig(t, fenced)
	r.start()
	logs, _ := pairs(t, 1, 5, noon())
	judge(logs, "forged", 3)
	err := r.exporter.ConsumeLogs(t.Context(), logs)
	require.True(t, consumererror.IsPermanent(err))
	require.ErrorIs(t, err, stamp.ErrUnstamped)
	for _, want := range []string{
		"exporter archive (pipelines logs/in)", "4 unstamped, 1 forged", "put a redact processor into every pipeline",
		"exporters::archive::allow_unredacted: true",
	} {
		require.ErrorContains(t, err, want)
	}
	r.stop()
	found, files := r.read()
	require.Empty(t, found)
	require.Zero(t, files)
	require.Empty(t, r.letters, "nothing of the request is kept anywhere")
	require.Zero(t, r.sum("queued_records"))
	require.Equal(t, int64(5), r.sum("refused_records"))
}

func TestARefusedRecordDoesNotHurtItsNeighbours(t *testing.T) {
	r := newRig(t, fenced)
	r.start()
	logs, sent := pairs(t, 1, 6, noon())
	judge(logs, "k1", 0, 1, 2, 3)
	r.change(func(r *rig) { r.noLetter = errAway })
	err := r.exporter.ConsumeLogs(t.Context(), logs)
	require.ErrorIs(t, err, errAway)
	require.False(t, consumererror.IsPermanent(err), "without a dead letter the request comes again")
	r.change(func(r *rig) { r.noLetter = nil })
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
	r.stop()
	found, _ := r.read()
	require.Len(t, found, 4)
	for id := range found {
		require.Equal(t, sent[id], found[id])
	}
	require.Len(t, r.letters, 2)
	require.Equal(t, stamp.ErrUnstamped.Error(), r.letters[0].Reason)
	require.Contains(t, string(r.letters[0].Body), "rrpair", "the hash is that of the body")
}

// What another collector redacted and acknowledged must not be lost because it comes together with others' records.
func TestAMixedRequestWithRecordsOfAnUnknownKeyComesAgainWhole(t *testing.T) {
	r := newRig(t, fenced)
	r.start()
	logs, _ := pairs(t, 1, 4, noon())
	judge(logs, "k1", 0, 1, 2)
	judge(logs, "foreign", 3)
	err := r.exporter.ConsumeLogs(t.Context(), logs)
	require.ErrorIs(t, err, stamp.ErrForeign)
	require.False(t, consumererror.IsPermanent(err))
	require.Empty(t, r.letters)
	judge(logs, "k1", 3)
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
	r.stop()
	found, _ := r.read()
	require.Len(t, found, 4)
}

// Another collector has acknowledged what it redacted: it must be able to keep it until its key is listed here.
func TestARequestThatOnlyLacksAKeyHereMayComeAgain(t *testing.T) {
	r := newRig(t, fenced)
	r.start()
	logs, _ := pairs(t, 1, 2, noon())
	judge(logs, "foreign", 0, 1)
	err := r.exporter.ConsumeLogs(t.Context(), logs)
	require.ErrorIs(t, err, stamp.ErrForeign)
	require.False(t, consumererror.IsPermanent(err))
	require.ErrorContains(t, err, "extensions::archive::redaction::verify_keys")
	judge(logs, "k1", 0, 1)
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
	r.stop()
	found, _ := r.read()
	require.Len(t, found, 2)
}

func TestFilesSayWhatRedactedThem(t *testing.T) {
	r := newRig(t, fenced)
	r.start()
	logs, _ := pairs(t, 1, 4, noon())
	judge(logs, "k1", 0, 1)
	judge(logs, "k2", 2, 3)
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
	r.stop()
	stats, err := archive.Scan(t.Context(), r.store, archive.ScanOptions{}, func(*archive.Record) error { return nil })
	require.NoError(t, err)
	require.Len(t, stats.Sources, 1)
	require.Equal(t, []string{"default@1a/k1", "default@1a/k2"}, stats.Sources[0].Policies)
}

func TestRecordsOfAnUndeclaredKeyWaitAndTheOthersGoOn(t *testing.T) {
	r := newRig(t, fenced)
	r.verdicts = map[string]error{"k2": &archive.UndeclaredKeyError{Archive: "file:///a", Key: "k2", Known: []string{"k1"}}}
	r.start()
	logs, _ := pairs(t, 1, 4, noon())
	judge(logs, "k1", 0, 1)
	judge(logs, "k2", 2, 3)
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
	r.eventually("the others are there", func() bool {
		found, _ := r.read()
		return len(found) == 2 && r.sum("failed_attempts") > 1
	})
	bytes, _ := inside(r).Waiting()
	require.Positive(t, bytes)
	r.change(func(r *rig) { r.verdicts = nil })
	r.eventually("all are there", func() bool {
		found, _ := r.read()
		return len(found) == 4
	})
	r.stop()
}
