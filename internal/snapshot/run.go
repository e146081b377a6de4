package snapshot

import (
	"bufio"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/klauspost/compress/s2"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	// runBlock is the piece in which runs are compressed, by S2: a quarter of the CPU of the fastest zstd, and a run
	// lives for seconds only. Reading a run takes about four times as much memory.
	runBlock  = 256 << 10
	runBuffer = 64 << 10
	// maxLine bounds a line in a run, against damage; records are bounded by what a receiver accepts.
	maxLine = 1 << 30
)

// run is one sorted temporary file: for each entry a fixed header and the line, S2 around it all.
type run struct{ *scratch }

const runHeader = 8 + 2 + len(rrpair.UUID{}) + 4 + 4

// write writes sorted entries as a new run.
func (s *sorter) write(entries iter.Seq2[entry, error]) (err error) {
	s.next++
	file, err := newScratch(s.parent)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.close())
		}
	}()
	encoder := s2.NewWriter(file, s2.WriterConcurrency(1), s2.WriterBlockSize(runBlock))
	buffered := bufio.NewWriterSize(encoder, runBuffer)
	var header [runHeader]byte
	for e, err := range entries {
		if err != nil {
			return err
		}
		binary.LittleEndian.PutUint64(header[0:], uint64(e.micros))
		binary.LittleEndian.PutUint16(header[8:], e.nanos)
		copy(header[10:], e.id[:])
		binary.LittleEndian.PutUint32(header[26:], e.group)
		binary.LittleEndian.PutUint32(header[30:], uint32(len(e.line)))
		if _, err := buffered.Write(header[:]); err != nil {
			return spillError(err)
		}
		if _, err := buffered.Write(e.line); err != nil {
			return spillError(err)
		}
	}
	if err := buffered.Flush(); err != nil {
		return spillError(err)
	}
	if err := encoder.Close(); err != nil {
		return spillError(err)
	}
	s.runs = append(s.runs, run{file})
	return nil
}

func spillError(err error) error {
	return fmt.Errorf("write a run for sorting (is the temporary folder full? name another with --temp-dir): %w", err)
}

// runReader reads a run entry by entry. One with a sorter walks over what is in its memory.
type runReader struct {
	in      *bufio.Reader
	current entry
	buffer  []byte

	memory *sorter
	at     int
}

func openRun(r run) *runReader {
	return &runReader{in: bufio.NewReaderSize(s2.NewReader(r.reader(), s2.ReaderMaxBlockSize(runBlock)), runBuffer)}
}

// next loads the next entry; io.EOF at the end. The line is valid until the call after.
func (r *runReader) next() error {
	if r.memory != nil {
		return r.nextInMemory()
	}
	var header [runHeader]byte
	if _, err := io.ReadFull(r.in, header[:]); err != nil {
		if errors.Is(err, io.EOF) {
			return io.EOF
		}
		return fmt.Errorf("read a run: %w", err)
	}
	length := binary.LittleEndian.Uint32(header[30:])
	if length > maxLine {
		return fmt.Errorf("read a run: a line of %d bytes", length)
	}
	if cap(r.buffer) < int(length) {
		r.buffer = make([]byte, length+length/4)
	}
	line := r.buffer[:length]
	if _, err := io.ReadFull(r.in, line); err != nil {
		return fmt.Errorf("read a run: %w", err)
	}
	r.current = entry{group: binary.LittleEndian.Uint32(header[26:]), line: line}
	r.current.micros = int64(binary.LittleEndian.Uint64(header[0:]))
	r.current.nanos = binary.LittleEndian.Uint16(header[8:])
	copy(r.current.id[:], header[10:])
	return nil
}

func (r *runReader) nextInMemory() error {
	if r.at == len(r.memory.slots) {
		return io.EOF
	}
	at := &r.memory.slots[r.at]
	r.current = entry{key: at.key, group: at.group, line: r.memory.line(at)}
	r.at++
	return nil
}

// runHeap holds readers by their current entry.
type runHeap []*runReader

func (h runHeap) Len() int           { return len(h) }
func (h runHeap) Less(i, j int) bool { return h[i].current.compare(&h[j].current) < 0 }
func (h runHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *runHeap) Push(x any)        { *h = append(*h, x.(*runReader)) }
func (h *runHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// start loads every reader's first entry and drops those that have none.
func (h *runHeap) start() error {
	kept := (*h)[:0]
	for _, reader := range *h {
		err := reader.next()
		switch {
		case errors.Is(err, io.EOF):
		case err != nil:
			return err
		default:
			kept = append(kept, reader)
		}
	}
	*h = kept
	heap.Init(h)
	return nil
}

// mergeRuns yields the entries of all runs, and of memory (sorted; may be nil), in ascending order.
func mergeRuns(runs []run, memory *sorter) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		var readers runHeap
		for _, r := range runs {
			readers = append(readers, openRun(r))
		}
		if memory != nil {
			readers = append(readers, &runReader{memory: memory})
		}
		if err := readers.start(); err != nil {
			yield(entry{}, err)
			return
		}
		for len(readers) > 0 {
			first := readers[0]
			if !yield(first.current, nil) {
				return
			}
			switch err := first.next(); {
			case err == nil:
				heap.Fix(&readers, 0)
			case errors.Is(err, io.EOF):
				heap.Pop(&readers)
			default:
				yield(entry{}, err)
				return
			}
		}
	}
}
