package queue

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestItemsComeBackAsTheyWere(t *testing.T) {
	for _, blocks := range [][]Block{
		{{Data: []byte("abc"), Items: 3, Bytes: 100}},
		{{Data: []byte("abc"), Items: 3, Bytes: 100}, {Data: []byte{}, Items: 0, Bytes: 0}, {Data: bytes.Repeat([]byte("x"), 1<<20), Items: 1 << 20, Bytes: 5 << 30}},
	} {
		queued := time.Now()
		e := encoding{}
		item, err := e.Marshal(context.Background(), newRequest(blocks, queued, nil))
		require.NoError(t, err)
		_, request, err := e.Unmarshal(item)
		require.NoError(t, err)
		r, ok := request.(*Request)
		require.True(t, ok)
		require.Equal(t, blocks, r.Blocks())
		require.True(t, queued.Equal(r.queued))
		items, size := Totals(blocks)
		require.Equal(t, items, r.ItemsCount())
		require.Equal(t, size, r.BytesSize())
	}
}

func TestADamagedItemIsNeverAnErrorAndComesBackWhole(t *testing.T) {
	e := encoding{}
	item, err := e.Marshal(context.Background(), newRequest([]Block{{Data: []byte("some data"), Items: 3, Bytes: 100}}, time.Now(), nil))
	require.NoError(t, err)
	damaged := [][]byte{nil, {}, []byte("x"), item[:5], item[:8], item[:headerSize-1], item[:len(item)-1], append(bytes.Clone(item), 0), []byte("a protobuf of another queue")}
	for i := range item {
		flipped := bytes.Clone(item)
		flipped[i] ^= 0x40
		damaged = append(damaged, flipped)
	}
	for _, raw := range damaged {
		_, request, err := e.Unmarshal(raw)
		require.NoError(t, err)
		r, ok := request.(*Request)
		require.True(t, ok)
		require.Empty(t, r.Blocks())
		require.Len(t, r.troubles, 1)
		require.Error(t, r.troubles[0].reason)
		require.Equal(t, len(raw), r.BytesSize())
		again, err := e.Marshal(context.Background(), r)
		require.NoError(t, err)
		require.Equal(t, raw, again)
	}
}

func FuzzUnmarshal(f *testing.F) {
	item, err := marshalBlocks([]Block{{Data: []byte("some data"), Items: 3, Bytes: 100}, {Data: []byte("more"), Items: 1, Bytes: 7}}, time.Unix(0, 1))
	require.NoError(f, err)
	f.Add(item)
	f.Add(marshalHole(1, 2))
	f.Add(marshalDeferred("17"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) >= checkedFrom {
			// Past the checksum too: not every damage is an accident.
			seal(raw)
		}
		r := unmarshalRequest(raw, nil)
		total := 0
		for _, block := range r.blocks {
			total += len(block.Data)
		}
		require.LessOrEqual(t, total, len(raw))
	})
}

func FuzzMetadata(f *testing.F) {
	m := metadata{items: 5, bytes: 7, read: 9, write: 20, dispatched: []uint64{3, 4, 8}, frontier: 9}
	f.Add(m.marshal(true))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := parseMetadata(raw)
		if err != nil {
			return
		}
		again, err := parseMetadata(m.marshal(true))
		require.NoError(t, err)
		require.Equal(t, m, again)
		require.Equal(t, m.bytes, sizeOf(m.marshal(false)))
	})
}

func TestTheWrittenStateBeginsAtTheOldestUnfinishedItem(t *testing.T) {
	m := metadata{items: 5, bytes: 7, read: 9, write: 20, dispatched: []uint64{4, 3, 8}, frontier: 9}
	written := m.compact()
	require.Equal(t, metadata{items: 5, bytes: 7, read: 3, write: 20, frontier: 9}, written)
	needs := m.needs()
	require.True(t, needs("3") && needs("9") && needs("19"))
	require.False(t, needs("5") || needs("20") || needs("ri"))

	// One batch that cannot be stored, and very many behind it that were: they are listed as the queue does it.
	m = metadata{read: maxFinishedInRange + 100, write: maxFinishedInRange + 200, dispatched: []uint64{1}}
	require.Equal(t, m, m.compact())
}
