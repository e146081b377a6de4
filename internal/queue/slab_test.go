package queue

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBlocksAreTheSameBesideTheHeapAndAreGivenBack(t *testing.T) {
	var s slabs
	var blocks [][]Block
	var used [][]*slab
	content := func(i int) []byte { return bytes.Repeat([]byte{byte(i)}, 1+i*70_000) }
	for i := range 100 {
		one := []Block{{Data: content(i)}, {Data: nil}, {Data: content(i)}}
		used = append(used, s.move(one))
		blocks = append(blocks, one)
	}
	for i := range blocks {
		require.Equal(t, content(i), blocks[i][0].Data)
		require.Equal(t, content(i), blocks[i][2].Data)
		require.Empty(t, blocks[i][1].Data)
	}
	for i := range used {
		s.release(used[len(used)-1-i])
	}
	require.LessOrEqual(t, s.mapped(), slabSize, "only the slab that is being filled is left")
	s.close()
	require.Zero(t, s.mapped())
}

// Whatever becomes of the requests, their memory is given back.
func TestTheMemoryOfRequestsIsGivenBack(t *testing.T) {
	for _, volatile := range []bool{false, true} {
		config := testConfig()
		if volatile {
			config.Volatile, config.SendingQueue.Storage = true, nil
		}
		w := newWorld(t)
		w.down = errors.New("store is down")
		e, _ := w.begin(config)
		big := string(bytes.Repeat([]byte("x"), slabSize/3))
		for range 9 {
			require.NoError(t, e.ConsumeLogs(context.Background(), bodies(big)))
		}
		w.eventually("they wait beside the heap", func() bool { return e.desk.slabs.mapped() >= slabSize })
		w.change(func(w *world) { w.down = nil })
		w.eventually("all are pushed", func() bool {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.stored[big] == 9
		})
		w.eventually("their memory is back", func() bool { return e.desk.slabs.mapped() <= slabSize })
		w.end(e)
		require.Zero(t, e.desk.slabs.mapped())
	}
}
