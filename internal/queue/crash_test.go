package queue

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exporterhelper/xexporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
)

// A process is killed at each of its transactions, the next one at each of those of its recovery; a third one
// delivers everything that was acknowledged.
func TestNothingIsLostWhereverTheProcessIsKilled(t *testing.T) {
	const requests = 6
	for first := 1; first <= requests+4; first++ {
		for second := 1; second <= 6; second++ {
			t.Run(fmt.Sprintf("killed at %d and %d", first, second), func(t *testing.T) {
				w := newWorld(t)
				w.down = errors.New("store is down")
				for _, killAt := range []int{first, second} {
					p := &process{disk: w.disk, killAt: killAt}
					e := w.create(testConfig(), p)
					if e.Start(context.Background(), p) == nil {
						w.send(e, requests)
					}
					p.kill()
					w.end(e)
				}
				w.change(func(w *world) { w.down = nil })
				e, _ := w.begin(testConfig())
				w.eventually("all is delivered", func() bool { return len(w.missing()) == 0 })
				w.end(e)
				require.Empty(t, w.missing())
				require.Empty(t, w.unreadable)
				require.Empty(t, w.disk.keys(), "nothing is left on the disk")
			})
		}
	}
}

// The store works while the process is killed: what was finished before is not missed afterwards, and only the
// last moments come twice.
func TestKilledWhileDelivering(t *testing.T) {
	for killAt := 2; killAt < 60; killAt += 3 {
		w := newWorld(t)
		p := &process{disk: w.disk, killAt: killAt}
		e := w.create(testConfig(), p)
		if e.Start(context.Background(), p) == nil {
			w.send(e, 40)
		}
		p.kill()
		w.end(e)

		e, _ = w.begin(testConfig())
		w.send(e, 5)
		w.eventually("all is delivered", func() bool { return len(w.missing()) == 0 })
		w.end(e)
		require.Empty(t, w.unreadable)
		require.Empty(t, w.disk.keys())
	}
}

// The collector's own queue takes items in flight out of the storage before it puts them back. This test shows
// that it still does, and that ours loses nothing when it takes over such a state and is killed at any point.
func TestRecoveryOfAStateThatTheStockQueueLeft(t *testing.T) {
	const requests = 8
	t.Run("stock", func(t *testing.T) {
		w := newWorld(t)
		leaveInFlight(w, requests)
		p := &process{disk: w.disk, killAt: 6} // state, items, deletes, two of eight are put back
		stock := stockExporter(w, p)
		require.NoError(t, stock.Start(context.Background(), p))
		p.kill()
		require.NoError(t, stock.Shutdown(context.Background()))
		require.Less(t, len(w.disk.keys()), requests, "the stock queue is safe now: our remedy may go")
	})
	for killAt := 1; killAt <= 2*requests+6; killAt++ {
		t.Run(fmt.Sprintf("ours, killed at %d", killAt), func(t *testing.T) {
			w := newWorld(t)
			leaveInFlight(w, requests)
			w.down = errors.New("store is down")
			p := &process{disk: w.disk, killAt: killAt}
			e := w.create(testConfig(), p)
			if e.Start(context.Background(), p) == nil {
				w.send(e, 2)
			}
			p.kill()
			w.end(e)

			w.change(func(w *world) { w.down = nil })
			e, _ = w.begin(testConfig())
			w.eventually("all is delivered", func() bool { return len(w.missing()) == 0 })
			w.end(e)
			require.Empty(t, w.disk.keys())
		})
	}
}

// leaveInFlight lets the stock queue read requests and die before they are delivered.
func leaveInFlight(w *world, requests int) {
	p := &process{disk: w.disk}
	w.change(func(w *world) { w.down = errors.New("store is down") })
	stock := stockExporter(w, p)
	require.NoError(w.t, stock.Start(context.Background(), p))
	for i := range requests {
		record := fmt.Sprintf("stock record %d", i)
		blocks, err := convertBodies(context.Background(), bodies(record))
		require.NoError(w.t, err)
		request := newRequest(blocks, now(), newDesk())
		require.NoError(w.t, stock.ConsumeLogs(contextWithRequest(context.Background(), request), bodies()))
		w.acked[record] = true
	}
	w.eventually("all are in flight", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.pushes >= requests
	})
	p.kill()
	require.NoError(w.t, stock.Shutdown(context.Background()))
	w.change(func(w *world) { w.down, w.pushes = nil, 0 })
}

// stockExporter is the collector's queue with our requests, directly on the disk.
func stockExporter(w *world, p *process) exporter.Logs {
	config := exporterhelper.NewDefaultQueueConfig()
	config.StorageID = &storageID
	config.NumConsumers = 20
	retry := testConfig().Retry
	push := w.handler(p).Push
	e, err := xexporterhelper.NewLogsRequest(context.Background(), exportertest.NewNopSettings(component.MustNewType("test")), requestFromContext,
		func(ctx context.Context, request xexporterhelper.Request) error {
			r, ok := request.(*Request)
			if !ok {
				return errors.New("not ours")
			}
			_, err := push(ctx, r.Blocks())
			return err
		},
		xexporterhelper.WithQueueBatch(config, xexporterhelper.QueueBatchSettings{Encoding: encoding{desk: newDesk()}}),
		exporterhelper.WithRetry(retry.backOff()))
	require.NoError(w.t, err)
	return e
}
