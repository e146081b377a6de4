package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

const (
	// coalesceGap is how many unwanted bytes are read to save a request. At 100 MB/s they cost 5 ms, a request to an
	// object store costs 20-50.
	coalesceGap = 512 << 10
	// maxRangeFetches bounds the requests of one row group that are under way at once.
	maxRangeFetches = 4
)

// rangeReader is what reading needs of a bucket. The bucket's own type offers it; tests count calls through it.
type rangeReader interface {
	// ReadRange returns length bytes from offset; fewer is an error. The bytes are the caller's.
	ReadRange(ctx context.Context, key string, offset, length int64) ([]byte, error)
}

// byteRange is a half-open piece of an object.
type byteRange struct{ start, end int64 }

func (r byteRange) length() int64 { return r.end - r.start }

// coalesce sorts ranges and merges those that touch or lie at most gap bytes apart. It reuses the slice.
func coalesce(ranges []byteRange, gap int64) []byteRange {
	slices.SortFunc(ranges, func(a, b byteRange) int { return cmp.Compare(a.start, b.start) })
	merged := ranges[:0]
	for _, r := range ranges {
		if r.end <= r.start {
			continue
		}
		if last := len(merged) - 1; last >= 0 && r.start-merged[last].end <= gap {
			merged[last].end = max(merged[last].end, r.end)
			continue
		}
		merged = append(merged, r)
	}
	return merged
}

// segments are pieces of one object held in memory, in ascending order of their starts.
type segments struct {
	starts []int64
	data   [][]byte
}

// slice returns the bytes from start to end if one segment holds them all.
func (s *segments) slice(start, end int64) ([]byte, bool) {
	if s == nil || start < 0 || end < start {
		return nil, false
	}
	i, found := slices.BinarySearch(s.starts, start)
	if !found {
		i--
	}
	for ; i >= 0; i-- { // pieces may overlap, so an earlier one can hold what a later one does not
		if end <= s.starts[i]+int64(len(s.data[i])) {
			return s.data[i][start-s.starts[i] : end-s.starts[i] : end-s.starts[i]], true
		}
	}
	return nil, false
}

func (s *segments) add(start int64, data []byte) {
	i, _ := slices.BinarySearch(s.starts, start)
	s.starts = slices.Insert(s.starts, i, start)
	s.data = slices.Insert(s.data, i, data)
}

// errTruncated says that an object ends before the place its footer or its listing speaks of.
var errTruncated = errors.New("the object is shorter than it should be")

// fetch reads the ranges, merged where that saves requests, a few at once, and returns them with the bytes read.
func fetch(ctx context.Context, reader rangeReader, key string, wanted []byteRange) (*segments, fetched, error) {
	merged := coalesce(wanted, coalesceGap)
	out := &segments{starts: make([]int64, len(merged)), data: make([][]byte, len(merged))}
	var total fetched
	for i, r := range merged {
		out.starts[i] = r.start
		total.requests++
		total.bytes += r.length()
	}
	if len(merged) == 1 { // the common case needs no goroutine
		data, err := readExactly(ctx, reader, key, merged[0])
		out.data[0] = data
		return out, total, err
	}
	var (
		group    sync.WaitGroup
		slots    = make(chan struct{}, maxRangeFetches)
		failures = make([]error, len(merged))
	)
	for i, r := range merged {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			out.data[i], failures[i] = readExactly(ctx, reader, key, r)
		})
	}
	group.Wait()
	return out, total, errors.Join(failures...)
}

// fetched counts what reading cost.
type fetched struct {
	requests int
	bytes    int64
}

func readExactly(ctx context.Context, reader rangeReader, key string, r byteRange) ([]byte, error) {
	data, err := reader.ReadRange(ctx, key, r.start, r.length())
	switch {
	case errors.Is(err, bucket.ErrShort):
		return nil, fmt.Errorf("%w: bytes %d-%d: %w", errTruncated, r.start, r.end, err)
	case err != nil:
		return nil, err
	case int64(len(data)) != r.length():
		return nil, fmt.Errorf("%w: bytes %d-%d: got %d", errTruncated, r.start, r.end, len(data))
	}
	return data, nil
}
