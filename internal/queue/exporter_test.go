package queue

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/plog"
)

func TestDeliversEverythingOnceAndLeavesNothing(t *testing.T) {
	for _, volatile := range []bool{false, true} {
		config := testConfig()
		if volatile {
			config.Volatile, config.SendingQueue.Storage = true, nil
		}
		w := newWorld(t)
		e, _ := w.begin(config)
		require.False(t, e.Capabilities().MutatesData)
		w.send(e, 200)
		require.NoError(t, e.ConsumeLogs(context.Background(), plog.NewLogs()), "an empty request is nothing")
		w.end(e)
		require.Len(t, w.acked, 400)
		require.Len(t, w.stored, 400)
		for record, times := range w.stored {
			require.Equal(t, 1, times, record)
		}
		require.Empty(t, w.disk.keys())
		level, _ := e.Waiting()
		require.Zero(t, level)
		_, some := e.OldestUnflushed()
		require.False(t, some)
	}
}

func TestOnlyWhatRemainsIsPushedAgain(t *testing.T) {
	w := newWorld(t)
	w.deny = func(record string) bool { return record == "bad" }
	config := testConfig()
	config.Flush.Age = 200 * time.Millisecond // one batch
	e, _ := w.begin(config)
	for _, body := range []string{"good 1", "bad", "good 2"} {
		require.NoError(t, e.ConsumeLogs(context.Background(), bodies(body)))
	}
	w.eventually("it was tried several times", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.pushes > 3
	})
	oldest, some := e.OldestUnflushed()
	require.True(t, some)
	require.WithinDuration(t, time.Now(), oldest, 10*time.Second)
	w.change(func(w *world) { w.deny = nil })
	w.eventually("the rest is stored", func() bool {
		_, some := e.OldestUnflushed()
		return !some
	})
	w.end(e)
	require.Equal(t, map[string]int{"good 1": 1, "good 2": 1, "bad": 1}, w.stored)
}

func TestAPermanentErrorOfTheStoreDeletesNothing(t *testing.T) {
	w := newWorld(t)
	w.down = consumererror.NewPermanent(errors.New("no such bucket"))
	e, _ := w.begin(testConfig())
	w.send(e, 3)
	w.eventually("it was tried again", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.pushes > 3
	})
	w.change(func(w *world) { w.down = nil })
	w.eventually("all is delivered", func() bool { return len(w.missing()) == 0 })
	w.end(e)
}

func TestHealthIsRedWhileThePushFails(t *testing.T) {
	w := newWorld(t)
	w.down = errors.New("connection refused")
	e, p := w.begin(testConfig())
	w.send(e, 1)
	w.eventually("red", func() bool { return len(p.statuses()) == 1 })
	require.Equal(t, componentstatus.StatusRecoverableError, p.events[0].Status())
	require.ErrorContains(t, p.events[0].Err(), "connection refused")
	w.change(func(w *world) { w.down = nil })
	w.eventually("green", func() bool { return len(p.statuses()) == 2 })
	require.Equal(t, componentstatus.StatusOK, p.statuses()[1])
	w.end(e)
}

func TestShutdownKeepsInTheStorageWhatIsNotStored(t *testing.T) {
	w := newWorld(t)
	w.down = errors.New("store is down")
	e, _ := w.begin(testConfig())
	w.send(e, 10)
	w.end(e)
	require.Len(t, w.disk.keys(), 10)
	w.change(func(w *world) { w.down = nil })
	e, _ = w.begin(testConfig())
	level, _ := e.Waiting()
	require.Positive(t, level)
	w.eventually("all is delivered", func() bool { return len(w.missing()) == 0 })
	w.end(e)
	require.Empty(t, w.disk.keys())
}

func TestShutdownDoesNotWaitForAHangingStore(t *testing.T) {
	w := newWorld(t)
	p := &process{disk: w.disk}
	handler := w.handler(p)
	pushing := make(chan struct{}, 10)
	handler.Push = func(ctx context.Context, blocks []Block) ([]Block, error) {
		pushing <- struct{}{}
		<-ctx.Done()
		return blocks, context.Cause(ctx)
	}
	config := testConfig()
	config.ShutdownTimeout = 50 * time.Millisecond
	e, err := NewLogs(context.Background(), exportertest.NewNopSettings(component.MustNewType("test")), config, handler)
	require.NoError(t, err)
	require.NoError(t, e.Start(context.Background(), p))
	w.send(e, 1)
	<-pushing
	begin := time.Now()
	w.end(e)
	require.Less(t, time.Since(begin), 5*time.Second)
	require.Len(t, w.disk.keys(), 1)
	require.NoError(t, e.Shutdown(context.Background()), "a second shutdown does nothing")
}

func TestSendersWaitForRoom(t *testing.T) {
	config := testConfig()
	config.SendingQueue.QueueSize = 4000
	w := newWorld(t)
	w.down = errors.New("store is down")
	e, _ := w.begin(config)
	require.NoError(t, e.ConsumeLogs(context.Background(), bodies(strings.Repeat("a", 30))))
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	err := e.ConsumeLogs(ctx, bodies(strings.Repeat("b", 20)))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.False(t, consumererror.IsPermanent(err))
	err = e.ConsumeLogs(context.Background(), bodies(strings.Repeat("c", 41)))
	require.True(t, consumererror.IsPermanent(err))
	require.ErrorContains(t, err, "sending_queue::queue_size")

	waiting := make(chan error)
	go func() { waiting <- e.ConsumeLogs(context.Background(), bodies(strings.Repeat("d", 20))) }()
	w.change(func(w *world) { w.down = nil })
	require.NoError(t, <-waiting)
	w.eventually("all is delivered", func() bool {
		level, _ := e.Waiting()
		return level == 0
	})
	w.end(e)

	config.SendingQueue.BlockOnOverflow = false
	w.change(func(w *world) { w.down = errors.New("store is down") })
	e, _ = w.begin(config)
	require.NoError(t, e.ConsumeLogs(context.Background(), bodies(strings.Repeat("e", 30))))
	err = e.ConsumeLogs(context.Background(), bodies(strings.Repeat("f", 20)))
	require.ErrorIs(t, err, exporterhelper.ErrQueueIsFull)
	require.False(t, consumererror.IsPermanent(err))
	w.end(e)
}

func TestRefusalAndConversionErrorsReachTheSenderAsTheyAre(t *testing.T) {
	w := newWorld(t)
	p := &process{disk: w.disk}
	handler := w.handler(p)
	refused, cannot := consumererror.NewPermanent(errors.New("not redacted")), errors.New("no dead letter")
	handler.Refuse = func(_ context.Context, logs plog.Logs) error {
		if logs.LogRecordCount() == 2 {
			return refused
		}
		return nil
	}
	handler.Convert = func(context.Context, plog.Logs) ([]Block, error) { return nil, cannot }
	e, err := NewLogs(context.Background(), exportertest.NewNopSettings(component.MustNewType("test")), testConfig(), handler)
	require.NoError(t, err)
	require.NoError(t, e.Start(context.Background(), p))
	require.Equal(t, refused, e.ConsumeLogs(context.Background(), bodies("a", "b")))
	require.Equal(t, cannot, e.ConsumeLogs(context.Background(), bodies("a")))
	w.end(e)
	require.Empty(t, w.disk.keys())
}

func TestStartSaysWhatIsWrongWithTheStorage(t *testing.T) {
	w := newWorld(t)
	e := w.create(testConfig(), &process{disk: w.disk})
	require.ErrorContains(t, e.Start(context.Background(), componenttest.NewNopHost()), "there is no extension file_storage")
	w.end(e)

	w.disk.set(func(d *disk) { d.items[metadataKey] = []byte("garbage") })
	p := &process{disk: w.disk}
	e = w.create(testConfig(), p)
	require.ErrorContains(t, e.Start(context.Background(), p), "storage is damaged")
	w.end(e)
	require.Equal(t, "garbage", string(w.disk.items[metadataKey]), "nothing is written over it")

	w.disk.set(func(d *disk) { d.deny = true })
	e = w.create(testConfig(), p)
	require.ErrorContains(t, e.Start(context.Background(), p), "read the state of the queue")
	w.end(e)
}

func TestBatchesSayWhyTheyArePushed(t *testing.T) {
	w := newWorld(t)
	config := testConfig()
	config.Flush.Size = 3000
	e, _ := w.begin(config)
	require.NoError(t, e.ConsumeLogs(context.Background(), bodies(strings.Repeat("a", 40))))
	w.eventually("size", func() bool { return w.reasons() == "size" })
	require.NoError(t, e.ConsumeLogs(context.Background(), bodies("small")))
	w.eventually("age", func() bool { return w.reasons() == "size age" })
	w.end(e)

	config.Flush.Age = time.Hour
	e, _ = w.begin(config)
	require.NoError(t, e.ConsumeLogs(context.Background(), bodies("last")))
	w.eventually("it was read", func() bool {
		_, some := e.OldestUnflushed()
		return some
	})
	w.end(e)
	require.Equal(t, "size age shutdown", w.reasons())
}

func (w *world) reasons() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var reasons []string
	for _, batch := range w.batches {
		reasons = append(reasons, string(batch.Reason))
	}
	return strings.Join(reasons, " ")
}
