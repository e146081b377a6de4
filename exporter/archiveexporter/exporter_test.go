package archiveexporter

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
)

func noon() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

func TestRecordsComeBackAsTheyWere(t *testing.T) {
	r := newRig(t, nil)
	r.start()
	logs, sent := pairs(t, 1, 300, noon())
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
	r.stop()
	found, files := r.read()
	require.Equal(t, sent, found)
	require.Positive(t, files)
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "otelcol-byoc-*.parquet"))
	require.NoError(t, err)
	require.Empty(t, left, "no temporary file has a name")
	require.Equal(t, int64(300), r.sum("archived_records"))
	require.Equal(t, int64(300), r.sum("queued_records"))
	require.Equal(t, r.sum("queued_bytes"), r.sum("archived_bytes"))
	require.Equal(t, int64(files), r.sum("files"))
	require.Equal(t, int64(1), r.sum("flushes"))
	require.Positive(t, r.sum("file_bytes"))
}

func TestWritingTheSameBatchTwiceLeavesOneFile(t *testing.T) {
	r := newRig(t, nil)
	r.start()
	for range 2 {
		logs, _ := pairs(t, 1, 50, noon())
		require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
		r.eventually("the batch is written", func() bool {
			bytes, _ := inside(r).Waiting()
			return bytes == 0
		})
	}
	r.stop()
	found, files := r.read()
	require.Len(t, found, 50)
	require.Equal(t, 1, files)
}

func TestTheStoreIsAwayAtTheStart(t *testing.T) {
	r := newRig(t, nil)
	r.away = errAway
	r.start()
	require.Equal(t, []componentstatus.Status{componentstatus.StatusRecoverableError}, r.statuses)
	logs, sent := pairs(t, 1, 20, noon())
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
	r.eventually("attempts fail", func() bool { return r.sum("failed_attempts") > 1 })
	_, some := inside(r).OldestUnflushed()
	require.True(t, some)
	r.change(func(r *rig) { r.away = nil })
	r.eventually("it is written", func() bool {
		found, _ := r.read()
		return len(found) == len(sent)
	})
	r.eventually("health is good again", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.statuses[len(r.statuses)-1] == componentstatus.StatusOK
	})
	r.stop()
}

func TestAStoreThatOnlyAPersonCanMendFailsTheStart(t *testing.T) {
	r := newRig(t, nil)
	r.away = bucket.ErrDenied
	require.ErrorIs(t, r.exporter.Start(t.Context(), r), bucket.ErrDenied)
	r.stop()

	r = newRig(t, nil)
	err := r.exporter.Start(t.Context(), componenttest.NewNopHost())
	require.ErrorContains(t, err, "list it in service::extensions")
	r.stop()
}

// One of two hours cannot be written: only its blocks are tried again, the other file is not touched.
func TestOnlyTheFoldersThatFailedAreTriedAgain(t *testing.T) {
	r := newRig(t, nil)
	early, sentEarly := pairs(t, 1, 30, noon())
	late, sentLate := pairs(t, 2, 30, noon().Add(5*time.Hour))
	early.ResourceLogs().MoveAndAppendTo(late.ResourceLogs())
	blocked := filepath.Join(r.folder, "v1", "date=2026-11-20", "hour=12")
	require.NoError(t, os.MkdirAll(filepath.Dir(blocked), 0o700))
	require.NoError(t, os.WriteFile(blocked, nil, 0o600))
	r.start()
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), late))
	r.eventually("attempts fail", func() bool { return r.sum("failed_attempts") > 2 })
	require.NoError(t, os.Remove(blocked))
	r.eventually("it is written", func() bool {
		bytes, _ := inside(r).Waiting()
		return bytes == 0
	})
	r.stop()
	found, files := r.read()
	require.Len(t, found, len(sentEarly)+len(sentLate))
	require.Equal(t, int64(files), r.sum("files"), "no file was written twice")
	require.Equal(t, int64(60), r.sum("archived_records"))
}

func TestRecordsThatCannotBeReadAreInTheDeadLetterBeforeTheAnswer(t *testing.T) {
	r := newRig(t, nil)
	r.start()
	logs, sent := pairs(t, 1, 3, noon())
	records := logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()
	records.AppendEmpty().Body().SetStr(`{"msgType":"rrpair","ts":`)
	records.AppendEmpty().Body().SetStr("a line of an ordinary log")
	r.change(func(r *rig) { r.noLetter = errAway })
	err := r.exporter.ConsumeLogs(t.Context(), logs)
	require.ErrorIs(t, err, errAway)
	require.False(t, consumererror.IsPermanent(err), "the sender tries again")
	r.change(func(r *rig) { r.noLetter = nil })
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
	require.Len(t, r.letters, 1)
	require.Equal(t, "exporter/archive", r.letters[0].Component)
	require.Equal(t, `{"msgType":"rrpair","ts":`, string(r.letters[0].Body))
	r.stop()
	found, _ := r.read()
	require.Equal(t, sent, found)
	require.Equal(t, int64(1), r.sum("dead_letter_records"))
	require.Equal(t, int64(1), r.sum("other_records"))
}

func TestDamagedBlocksAndQueueItemsGoToTheDeadLetterAndTheRestGoesOn(t *testing.T) {
	r := newRig(t, nil)
	r.start()
	logs, sent := pairs(t, 1, 40, noon())
	blocks, _, _, err := archive.NewConverter(archive.Layout{}, archive.ConverterOptions{}).Convert(t.Context(), logs)
	require.NoError(t, err)
	damaged := queue.Block{Data: append([]byte("X"), blocks[0].Data[1:]...), Items: 7, Bytes: 1}
	e := inside(r)
	r.change(func(r *rig) { r.noLetter = errAway })
	remaining, err := e.push(t.Context(), append([]queue.Block{damaged}, blocks...))
	require.ErrorIs(t, err, errAway)
	require.Equal(t, []queue.Block{damaged}, remaining, "the rest is written")
	r.change(func(r *rig) { r.noLetter = nil })
	remaining, err = e.push(t.Context(), remaining)
	require.NoError(t, err)
	require.Empty(t, remaining)
	require.NoError(t, e.unreadable(t.Context(), []byte("raw"), errAway))
	r.stop()
	require.Len(t, r.letters, 2)
	require.True(t, strings.HasPrefix(r.letters[0].Reason, "damaged block of 7 records"))
	require.Equal(t, "raw", string(r.letters[1].Body))
	found, _ := r.read()
	require.Equal(t, sent, found)
}

func TestAnEmptyRequestIsNothing(t *testing.T) {
	r := newRig(t, nil)
	r.start()
	require.False(t, r.exporter.Capabilities().MutatesData)
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), plog.NewLogs()))
	r.stop()
	_, files := r.read()
	require.Zero(t, files)
}

func inside(r *rig) *archiveExporter {
	e, ok := r.exporter.(*archiveExporter)
	require.True(r.t, ok)
	return e
}

// sum adds up a counter of the exporter over its attributes.
func (r *rig) sum(name string) int64 {
	found, err := r.telemetry.GetMetric("otelcol_archive_exporter_" + name)
	if err != nil {
		return 0
	}
	return sumOf(r.t, found.Data)
}

func TestTheTimeToStopIsBounded(t *testing.T) {
	r := newRig(t, func(config *Config) { config.Queue.ShutdownTimeout = time.Second })
	r.away = errAway
	r.start()
	logs, _ := pairs(t, 1, 5, noon())
	require.NoError(t, r.exporter.ConsumeLogs(context.Background(), logs))
	begin := time.Now()
	r.stop()
	require.Less(t, time.Since(begin), 5*time.Second)
}
