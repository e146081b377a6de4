package buckettest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

const (
	contestedKeys = 300
	// writers contend for each key, every one through its own handle, as separate collectors would.
	writers = 4
)

// inParallel calls run(0) to run(n-1) from several goroutines and waits.
func inParallel(goroutines, n int, run func(i int)) {
	var next atomic.Int64
	var wait sync.WaitGroup
	for range goroutines {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				run(i)
			}
		})
	}
	wait.Wait()
}

func openAll(t *testing.T, open Open, options Options, place string, n int) []*bucket.Bucket {
	var handles []*bucket.Bucket
	for range n {
		if options.OneHandle && len(handles) > 0 {
			handles = append(handles, handles[0])
			continue
		}
		b := open(t, place)
		t.Cleanup(func() { require.NoError(t, b.Close()) })
		handles = append(handles, b)
	}
	return handles
}

// testContested lets several writers create the same keys at the same time: each key has exactly one winner, and holds
// what that winner wrote.
func testContested(t *testing.T, open Open, options Options) {
	handles := openAll(t, open, options, "contested", writers)
	var mutex sync.Mutex
	won := map[string][]string{}
	for key := range contestedKeys {
		name := fmt.Sprintf("contest/%03d", key)
		start := make(chan struct{})
		errs := make([]error, len(handles))
		var wait sync.WaitGroup
		for writer, b := range handles {
			wait.Go(func() {
				<-start
				text := fmt.Sprintf("%s by %d", name, writer)
				created, err := b.PutIfAbsent(t.Context(), name, bytes.NewReader([]byte(text)), int64(len(text)), bucket.PutOptions{})
				errs[writer] = err
				if created {
					mutex.Lock()
					won[name] = append(won[name], text)
					mutex.Unlock()
				}
			})
		}
		close(start)
		wait.Wait()
		require.NoError(t, errors.Join(errs...))
	}
	require.Len(t, won, contestedKeys)
	for name, winners := range won {
		require.Len(t, winners, 1, "winners of %s", name)
		require.Equal(t, winners[0], get(t, handles[0], name))
	}
}

// testBig stores a file larger than any part, twice, and reads it back.
func testBig(t *testing.T, open Open, options Options) {
	b := openAll(t, open, options, "big", 1)[0]
	data := random(bigSize)
	path := filepath.Join(t.TempDir(), "big")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	file, err := os.Open(path)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	created, err := b.PutIfAbsent(t.Context(), "big", file, bigSize, bucket.PutOptions{})
	require.NoError(t, err)
	require.True(t, created)
	other := bytes.Repeat([]byte("other"), bigSize/5)
	created, err = b.PutIfAbsent(t.Context(), "big", bytes.NewReader(other), int64(len(other)), bucket.PutOptions{})
	require.NoError(t, err)
	require.False(t, created, "an upload in parts must not overwrite either")
	require.NoError(t, sameContent(t, b, "big", data))
	part, err := b.ReadRange(t.Context(), "big", bigSize-100, 100)
	require.NoError(t, err)
	require.Equal(t, data[bigSize-100:], part)
	created, err = b.PutIfAbsent(t.Context(), "unbuffered", onlySeeker{file}, bigSize, bucket.PutOptions{})
	require.NoError(t, err)
	require.True(t, created)
	require.NoError(t, sameContent(t, b, "unbuffered", data))
}

// testContestedBig lets two writers upload one key in parts at the same time.
func testContestedBig(t *testing.T, open Open, options Options) {
	handles := openAll(t, open, options, "contested-big", 2)
	bodies := [][]byte{random(bigSize / 2), bytes.Repeat([]byte("0123456789"), bigSize/20)}
	created := make([]bool, len(handles))
	errs := make([]error, len(handles))
	inParallel(len(handles), len(handles), func(i int) {
		created[i], errs[i] = handles[i].PutIfAbsent(t.Context(), "big", bytes.NewReader(bodies[i]), int64(len(bodies[i])), bucket.PutOptions{})
	})
	require.NoError(t, errs[0])
	require.NoError(t, errs[1])
	require.NotEqual(t, created[0], created[1], "one winner")
	winner := 0
	if created[1] {
		winner = 1
	}
	require.NoError(t, sameContent(t, handles[0], "big", bodies[winner]))
}

func sameContent(t *testing.T, b *bucket.Bucket, key string, want []byte) error {
	reader, err := b.Open(t.Context(), key)
	if err != nil {
		return err
	}
	defer func() { _ = reader.Close() }()
	buffer := make([]byte, 1<<20)
	offset := 0
	for {
		n, err := io.ReadFull(reader, buffer)
		if offset+n > len(want) || !bytes.Equal(buffer[:n], want[offset:offset+n]) {
			return fmt.Errorf("%s at byte %d: %w", key, offset, errDiffers)
		}
		offset += n
		if err != nil {
			break
		}
	}
	if offset != len(want) {
		return fmt.Errorf("%s has %d bytes, want %d: %w", key, offset, len(want), errDiffers)
	}
	return nil
}
