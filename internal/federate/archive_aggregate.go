package federate

import (
	"context"
	"fmt"
	"hash/maphash"
	"sync"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	// partBytes is how much stored data is counted in one go, with the uuids of its records in memory: as many whole hours
	// as that holds, or a part of an hour. A pair that was archived twice has the same ts, so both are in one part.
	partBytes = 512 << 20
	// maxUUIDs bounds the uuids of a part, some 256 MiB: records would have to be of 32 stored bytes to become more. A
	// hundred thousand records take 2 MiB.
	maxUUIDs = 1 << 24
	// leastSlice is the shortest part of an hour.
	leastSlice = 10 * time.Second
	// mergeDocuments is after how many documents a worker hands over its groups, so that not each worker holds all.
	mergeDocuments = 50_000
)

// Aggregate implements hotstore.Reader. A uuid counts once; its memory is bounded by maxUUIDs and hotstore.MaxGroups.
func (a *Archive) Aggregate(ctx context.Context, aggregate hotstore.Aggregate, yield func(hotstore.Group) error) (hotstore.Usage, error) {
	return a.aggregate(ctx, aggregate, nil, yield)
}

// aggregate leaves out the uuids that are held: somebody else counts them.
func (a *Archive) aggregate(ctx context.Context, aggregate hotstore.Aggregate, held map[rrpair.UUID]bool, yield func(hotstore.Group) error) (hotstore.Usage, error) {
	ask := newQuestion(aggregate.Query, a.options.Settings.Rules, aggregate.From, aggregate.To)
	found, err := a.plan(ctx, ask)
	if err != nil {
		return hotstore.Usage{}, err
	}
	if err := a.announce(found, true); err != nil {
		return hotstore.Usage{}, err
	}
	seen := newUUIDs()
	parts := split(found.files, ask.window, partBytes)
	for i := range parts {
		parts[i].begin = seen.reset
	}
	reading := &reading{archive: a, ask: ask, store: a.options.Bucket, wants: func(record *archive.Record) (bool, error) {
		if held[record.UUID] {
			return false, nil
		}
		return seen.add(record.UUID)
	}}
	for _, name := range aggregate.By {
		reading.looksAt = append(reading.looksAt, hotstore.LookupDimension(name))
	}
	counted := &counting{aggregate: &aggregate, groups: hotstore.NewGroups(&aggregate)}
	if err := reading.run(ctx, parts, counted.taker); err != nil {
		return hotstore.Usage{}, err
	}
	if err := counted.finish(); err != nil {
		return hotstore.Usage{}, err
	}
	usage := reading.usage
	usage.PushedDown, usage.Partitions = hotstore.Text(aggregate.Query.Expr()), found.partitions()
	return usage, counted.groups.Each(yield)
}

// split cuts files, which lie in order of their hours, into parts of about most stored bytes.
func split(files []archive.PlannedFile, window archive.TimeWindow, most int64) []part {
	var parts []part
	room := int64(0)
	for len(files) > 0 {
		hour, bytes, end := files[0].Hour, int64(0), 0
		for end < len(files) && files[end].Hour.Equal(hour) {
			bytes += files[end].Size
			end++
		}
		switch {
		case bytes > most:
			parts, room = append(parts, timeSlices(files[:end:end], window, int((bytes+most-1)/most))...), 0
		case bytes <= room:
			last := &parts[len(parts)-1]
			last.files, room = append(last.files, files[:end]...), room-bytes
		default:
			parts, room = append(parts, part{files: files[:end:end], window: window, share: 1}), most-bytes
		}
		files = files[end:]
	}
	return parts
}

// timeSlices cuts an hour into parts by time, the last one first.
func timeSlices(files []archive.PlannedFile, window archive.TimeWindow, count int) []part {
	count = min(count, int(time.Hour/leastSlice))
	step := time.Hour / time.Duration(count)
	var parts []part
	for i := count - 1; i >= 0; i-- {
		slice := archive.TimeWindow{From: files[0].Hour.Add(time.Duration(i) * step), To: files[0].Hour.Add(time.Duration(i+1) * step)}
		if i == count-1 {
			slice.To = files[0].Hour.Add(time.Hour)
		}
		if window.From.After(slice.From) {
			slice.From = window.From
		}
		if !window.To.IsZero() && window.To.Before(slice.To) {
			slice.To = window.To
		}
		if !slice.From.Before(slice.To) {
			continue
		}
		one := part{window: slice, share: int64(count)}
		for j := range files {
			if low, high := times(&files[j]); touches(slice, low, high) {
				one.files = append(one.files, files[j])
			}
		}
		parts = append(parts, one)
	}
	return parts
}

// counting collects the groups of all workers.
type counting struct {
	aggregate *hotstore.Aggregate
	mutex     sync.Mutex
	groups    *hotstore.Groups
	workers   []*counter
}

// counter counts for one worker.
type counter struct {
	groups    *hotstore.Groups
	documents int
}

func (c *counting) taker() taker {
	own := &counter{groups: hotstore.NewGroups(c.aggregate)}
	c.workers = append(c.workers, own)
	return func(document *hotstore.Document, _ *worker) error {
		if own.documents++; own.documents%mergeDocuments == 0 {
			if err := c.merge(own); err != nil {
				return err
			}
		}
		return own.groups.Add(document)
	}
}

func (c *counting) merge(own *counter) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	err := own.groups.Each(func(group hotstore.Group) error {
		all, err := c.groups.Group(group.Keys, group.Start)
		if err == nil {
			all.Merge(&group)
		}
		return err
	})
	own.groups = hotstore.NewGroups(c.aggregate)
	return err
}

func (c *counting) finish() error {
	for _, own := range c.workers {
		if err := c.merge(own); err != nil {
			return err
		}
	}
	return nil
}

// uuids is a set of uuids, kept as 64 bits each: of ten million one is taken for another with a chance of one in 300,000.
// Not safe for concurrent use.
type uuids struct {
	seed  maphash.Seed
	slots []uint64 // a power of two of them, 0 is free
	count int
}

const (
	firstSlots = 1 << 12
	keptSlots  = 1 << 18 // 2 MiB; a larger table is given back at a reset
)

func newUUIDs() *uuids { return &uuids{seed: maphash.MakeSeed(), slots: make([]uint64, firstSlots)} }

func (u *uuids) reset() {
	if u.count = 0; len(u.slots) > keptSlots {
		u.slots = make([]uint64, keptSlots)
		return
	}
	clear(u.slots)
}

// add says whether the uuid is new.
func (u *uuids) add(id rrpair.UUID) (isNew bool, err error) {
	if u.count >= maxUUIDs {
		return false, fmt.Errorf("%w: more than %d pairs within %s: narrow --from/--to", ErrTooWide, maxUUIDs, leastSlice)
	}
	if u.count >= len(u.slots)/4*3 {
		u.grow()
	}
	hash := maphash.Bytes(u.seed, id[:])
	if hash == 0 {
		hash = 1
	}
	if isNew = u.put(hash); isNew {
		u.count++
	}
	return isNew, nil
}

func (u *uuids) put(hash uint64) bool {
	mask := uint64(len(u.slots) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		switch u.slots[at] {
		case hash:
			return false
		case 0:
			u.slots[at] = hash
			return true
		}
	}
}

func (u *uuids) grow() {
	old := u.slots
	u.slots = make([]uint64, 2*len(old))
	for _, hash := range old {
		if hash != 0 {
			u.put(hash)
		}
	}
}
