package queue

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheGateAdmitsInOrder(t *testing.T) {
	g := newGate(10)
	require.NoError(t, g.enter(context.Background(), 8, true))
	var mu sync.Mutex
	var order []int64
	var wait sync.WaitGroup
	for i, size := range []int64{10, 1, 2} {
		wait.Go(func() {
			if g.enter(context.Background(), size, true) == nil {
				mu.Lock()
				order = append(order, size)
				mu.Unlock()
				g.leave(size)
			}
		})
		require.Eventually(t, func() bool {
			g.mu.Lock()
			defer g.mu.Unlock()
			return g.waiters.Len() == i+1
		}, time.Second, time.Millisecond)
	}
	g.leave(8)
	wait.Wait()
	require.Len(t, order, 3)
	require.Equal(t, int64(10), order[0], "a large request is not overtaken for ever by small ones")
}

// Many senders give up while room comes and goes: nothing is leaked and nobody is stuck.
func TestTheGateSurvivesSendersThatGiveUp(t *testing.T) {
	g := newGate(100)
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() {
			for range 100 {
				size := rand.Int64N(60) + 1
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rand.Int64N(300))*time.Microsecond)
				if g.enter(ctx, size, true) == nil {
					g.addStored(size)
					g.leave(size)
					time.Sleep(time.Duration(rand.Int64N(100)) * time.Microsecond)
					g.addStored(-size)
				}
				cancel()
			}
		})
	}
	wait.Wait()
	require.Zero(t, g.stored)
	require.Zero(t, g.entered)
	require.Zero(t, g.waiters.Len())
}
