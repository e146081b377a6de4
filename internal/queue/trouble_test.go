package queue

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/consumer/consumererror"
)

func TestUnreadableItemsAreHandedOnNotDeleted(t *testing.T) {
	w := newWorld(t)
	w.down = errors.New("store is down")
	e, _ := w.begin(testConfig())
	w.send(e, 5)
	w.end(e)
	keys := w.disk.keys()
	require.Len(t, keys, 5)
	w.disk.set(func(d *disk) { d.items[keys[2]][30] ^= 1 })
	damaged := string(w.disk.items[keys[2]])

	w.change(func(w *world) { w.down, w.letters = nil, errors.New("no dead letter now") })
	e, p := w.begin(testConfig())
	w.eventually("the others are stored", func() bool { return len(w.missing()) == 2 })
	w.eventually("health says so", func() bool { return len(p.statuses()) == 1 })
	w.end(e)
	require.Equal(t, damaged, string(w.disk.items[keys[2]]), "it is kept as long as nobody has taken it")

	w.change(func(w *world) { w.letters = nil })
	e, _ = w.begin(testConfig())
	w.eventually("it is handed on", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return len(w.unreadable) == 1
	})
	w.end(e)
	require.Equal(t, damaged, string(w.unreadable[0]))
	require.Empty(t, w.disk.keys())
}

func TestALostItemIsSaid(t *testing.T) {
	w := newWorld(t)
	w.down = errors.New("store is down")
	e, _ := w.begin(testConfig())
	w.send(e, 1)
	w.end(e)
	// An item that was never read before and is gone.
	w.disk.set(func(d *disk) {
		state, err := parseMetadata(d.items[metadataKey])
		require.NoError(t, err)
		state.write++
		d.items[metadataKey] = state.marshal(true)
	})
	w.change(func(w *world) { w.down = nil })
	e, _ = w.begin(testConfig())
	w.eventually("it is said", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return len(w.unreadable) == 1 && w.unreadable[0] == nil
	})
	w.end(e)
	require.Empty(t, w.missing())
}

func TestDiskFull(t *testing.T) {
	config := testConfig()
	config.SendingQueue.QueueSize = 10_000
	w := newWorld(t)
	w.down = errors.New("store is down")
	e, p := w.begin(config)
	require.NoError(t, e.ConsumeLogs(context.Background(), bodies(strings.Repeat("a", 20))))
	w.acked[strings.Repeat("a", 20)] = true

	w.disk.set(func(d *disk) { d.full = true })
	for range 9 {
		err := e.ConsumeLogs(context.Background(), bodies(strings.Repeat("b", 20)))
		require.ErrorIs(t, err, errDiskFull)
		require.False(t, consumererror.IsPermanent(err), "the sender tries again")
	}
	require.Contains(t, p.statuses(), componentstatus.StatusRecoverableError)
	w.disk.set(func(d *disk) { d.full = false })

	// Eight more fit; the refused ones have given back their room as soon as they were passed.
	w.change(func(w *world) { w.down = nil })
	w.eventually("the first one is delivered", func() bool { return len(w.missing()) == 0 })
	w.change(func(w *world) { w.down = errors.New("down again") })
	for range 4 {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		require.NoError(t, e.ConsumeLogs(ctx, bodies(strings.Repeat("c", 20))))
		cancel()
	}
	w.change(func(w *world) { w.down, w.acked[strings.Repeat("c", 20)] = nil, true })
	w.eventually("all is delivered", func() bool { return len(w.missing()) == 0 })
	w.end(e)
	require.Zero(t, w.stored[strings.Repeat("b", 20)])
	require.Empty(t, w.disk.keys())
	require.Empty(t, w.unreadable)
}

// While the disk is full the queue goes on delivering what it holds, and loses nothing if it is killed then.
func TestDrainsWhileTheDiskIsFull(t *testing.T) {
	for _, trouble := range []string{"full", "dead for a while"} {
		w := newWorld(t)
		w.down = errors.New("store is down")
		e, p := w.begin(testConfig())
		w.send(e, 20)
		w.end(e)
		_ = p

		w.change(func(w *world) { w.down = nil })
		p = &process{disk: w.disk}
		e = w.create(testConfig(), p)
		require.NoError(t, e.Start(context.Background(), p))
		w.disk.set(func(d *disk) { d.full, d.deny = true, trouble != "full" })
		if trouble == "full" {
			w.eventually("all is delivered", func() bool { return len(w.missing()) == 0 })
		} else {
			time.Sleep(50 * time.Millisecond)
			w.disk.set(func(d *disk) { d.full, d.deny = false, false })
			w.eventually("all is delivered", func() bool { return len(w.missing()) == 0 })
		}
		p.kill()
		w.end(e)

		w.disk.set(func(d *disk) { d.full, d.deny = false, false })
		e, _ = w.begin(testConfig())
		w.send(e, 1)
		w.eventually("all is delivered", func() bool { return len(w.missing()) == 0 })
		w.end(e)
		require.Empty(t, w.disk.keys())
		require.Empty(t, w.unreadable)
	}
}

func TestVerySmallRequestsMakeABatchByTheirNumber(t *testing.T) {
	tracker := newDesk()
	head := newRequest([]Block{{Data: []byte("x"), Items: 1, Bytes: 1}}, now(), tracker)
	for i := 1; i < maxRequests; i++ {
		require.Less(t, head.BytesSize(), maxRequests)
		_, err := head.MergeSplit(context.Background(), 0, sizerBytes(), newRequest([]Block{{Data: []byte("x"), Items: 1, Bytes: 1}}, now(), tracker))
		require.NoError(t, err)
	}
	require.Greater(t, head.BytesSize(), int(maxFlushSize))
	require.Equal(t, maxRequests, head.ItemsCount())
}
