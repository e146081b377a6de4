package dropped

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

const (
	// readers is how many objects are fetched at once: each is small, so it is round trips that count.
	readers = 8
	// maxObject is far beyond what an hour's object can hold; a larger one is something else.
	maxObject = 32 << 20
)

// Read yields what was dropped in the minutes from that of from up to but without to; a zero time leaves the side open. The counts
// of all collectors with one receiver id are added up, and come in order of minute, receiver, kind, rule and service. An error of
// yield ends the reading and is returned as it is. Objects that cannot be understood are left out: an error that names them comes
// when all others are read.
func Read(ctx context.Context, store *bucket.Bucket, from, to time.Time, yield func(Count) error) error {
	if !from.IsZero() {
		from = from.UTC().Truncate(time.Minute)
	}
	days, err := store.ListFolders(ctx, rootV1)
	if err != nil {
		return fmt.Errorf("list what was dropped: %w", err)
	}
	r := &reader{store: store, from: from, to: to, yield: yield}
	for _, folder := range days {
		day, ok := parseFolder(dayFolder, folder)
		if !ok || !r.overlaps(day, 24*time.Hour) {
			continue
		}
		if err := r.day(ctx, folder); err != nil {
			return err
		}
	}
	return errors.Join(r.damaged...)
}

type reader struct {
	store    *bucket.Bucket
	from, to time.Time
	yield    func(Count) error
	damaged  []error
}

func (r *reader) overlaps(start time.Time, length time.Duration) bool {
	return (r.to.IsZero() || start.Before(r.to)) && (r.from.IsZero() || start.Add(length).After(r.from))
}

// cell is what counts are added up by.
type cell struct {
	minute                        int64 // unix
	receiver, kind, rule, service string
}

func compareCells(a, b cell) int {
	return cmp.Or(cmp.Compare(a.minute, b.minute), cmp.Compare(a.receiver, b.receiver), cmp.Compare(a.kind, b.kind),
		cmp.Compare(a.rule, b.rule), cmp.Compare(a.service, b.service))
}

type amount struct{ records, bytes int64 }

// day reads the objects of a date, hour after hour.
func (r *reader) day(ctx context.Context, folder string) error {
	var keys []string
	var hour time.Time
	for found, err := range r.store.List(ctx, folder) {
		if err != nil {
			return fmt.Errorf("list what was dropped: %w", err)
		}
		if !strings.HasSuffix(found.Key, objectSuffix) {
			continue
		}
		at, ok := parseFolder(hourFolder, found.Key[:strings.LastIndexByte(found.Key, '/')+1])
		if !ok {
			r.damaged = append(r.damaged, fmt.Errorf("read %s: its folder is not that of an hour", found.Key))
			continue
		}
		if !r.overlaps(at, time.Hour) {
			continue
		}
		if found.Size > maxObject {
			r.damaged = append(r.damaged, fmt.Errorf("read %s: it has %d bytes, which is more than such an object can have", found.Key, found.Size))
			continue
		}
		if !at.Equal(hour) {
			if err := r.hour(ctx, hour, keys); err != nil {
				return err
			}
			keys, hour = keys[:0], at
		}
		keys = append(keys, found.Key)
	}
	return r.hour(ctx, hour, keys)
}

// hour adds up the objects of one hour and yields the sums.
func (r *reader) hour(ctx context.Context, hour time.Time, keys []string) error {
	sums := map[cell]amount{}
	for batch := range slices.Chunk(keys, readers) {
		for i, got := range r.fetch(ctx, batch) {
			if errors.Is(got.err, bucket.ErrNotFound) {
				continue
			}
			if got.err != nil {
				return fmt.Errorf("read what was dropped: %w", got.err)
			}
			read, err := decode(got.data)
			if err == nil && !read.Hour.Equal(hour) {
				err = fmt.Errorf("it says that it is of %s", read.Hour.UTC().Format(time.RFC3339))
			}
			if err != nil {
				r.damaged = append(r.damaged, fmt.Errorf("read %s: %w", batch[i], err))
				continue
			}
			r.add(sums, read)
		}
	}
	for _, at := range slices.SortedFunc(maps.Keys(sums), compareCells) {
		err := r.yield(Count{
			Minute: time.Unix(at.minute, 0).UTC(), Receiver: at.receiver, Kind: at.kind, Rule: at.rule, Service: at.service,
			Records: sums[at].records, Bytes: sums[at].bytes,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) add(sums map[cell]amount, read *object) {
	for _, one := range read.Counts {
		for _, values := range one.Minutes {
			minute := read.Hour.Add(time.Duration(values[0]) * time.Minute)
			if minute.Before(r.from) || !r.to.IsZero() && !minute.Before(r.to) {
				continue
			}
			at := cell{minute: minute.Unix(), receiver: read.Receiver, kind: one.Kind, rule: one.Rule, service: one.Service}
			sum := sums[at]
			sum.records += values[1]
			sum.bytes += values[2]
			sums[at] = sum
		}
	}
}

type fetched struct {
	data []byte
	err  error
}

func (r *reader) fetch(ctx context.Context, keys []string) []fetched {
	all := make([]fetched, len(keys))
	var under sync.WaitGroup
	for i, key := range keys {
		under.Add(1)
		go func() {
			defer under.Done()
			all[i].data, all[i].err = r.store.Get(ctx, key)
		}()
	}
	under.Wait()
	return all
}
