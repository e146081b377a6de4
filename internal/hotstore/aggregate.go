package hotstore

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// MaxGroups bounds the groups of one aggregation, each of which has a sketch: some 500 MB at the very most.
const MaxGroups = 100_000

// Groups collects documents, or groups that a store made, into the groups of one aggregation. Not safe for concurrent
// use.
type Groups struct {
	by       []Dimension
	interval int64 // ns
	groups   map[string]*Group
	key      []byte
}

// NewGroups makes an empty collection for an aggregation.
func NewGroups(aggregate *Aggregate) *Groups {
	g := &Groups{interval: int64(aggregate.Interval), groups: map[string]*Group{}}
	for _, name := range aggregate.By {
		g.by = append(g.by, LookupDimension(name))
	}
	return g
}

// IntervalStart is when the interval of a time begins: intervals are counted from 1970, so that they are the same in
// every store; zero for no interval.
func IntervalStart(at time.Time, interval time.Duration) time.Time {
	if interval <= 0 {
		return time.Time{}
	}
	ns := at.UnixNano()
	rest := ns % int64(interval)
	if rest < 0 {
		rest += int64(interval)
	}
	return time.Unix(0, ns-rest).UTC()
}

// Group finds or makes the group with these keys and start. keys is not retained.
func (g *Groups) Group(keys []string, start time.Time) (*Group, error) {
	g.key = g.key[:0]
	if g.interval > 0 {
		g.key = binary.BigEndian.AppendUint64(g.key, uint64(start.UnixNano()))
	}
	for _, key := range keys {
		g.key = appendText(g.key, key)
	}
	if group, found := g.groups[string(g.key)]; found {
		return group, nil
	}
	if len(g.groups) >= MaxGroups {
		return nil, fmt.Errorf("%w: more than %d groups: group by fewer dimensions, a longer interval or a narrower filter", ErrInvalidQuery, MaxGroups)
	}
	group := &Group{Keys: slices.Clone(keys), Start: start}
	for i := range group.Keys {
		group.Keys[i] = strings.Clone(group.Keys[i]) // documents are often views of memory that is used again
	}
	g.groups[string(g.key)] = group
	return group, nil
}

// Add counts a document.
func (g *Groups) Add(document *Document) error {
	var room [8]string
	keys := room[:0]
	for i := range g.by {
		keys = append(keys, g.by[i].Text(document))
	}
	group, err := g.Group(keys, IntervalStart(document.Time, time.Duration(g.interval)))
	if err != nil {
		return err
	}
	group.Requests++
	if document.Error {
		group.Errors++
	}
	if document.Direction == "IN" {
		group.Inbound++
	}
	group.RequestBytes += document.RequestBytes
	group.ResponseBytes += document.ResponseBytes
	group.See(document.Time)
	group.Latency.AddBucket(document.LatencyBucket, 1, document.Duration)
	return nil
}

// See widens First and Last.
func (g *Group) See(at time.Time) {
	if g.First.IsZero() || at.Before(g.First) {
		g.First = at
	}
	if g.Last.IsZero() || at.After(g.Last) {
		g.Last = at
	}
}

// Merge adds what another group with the same keys has.
func (g *Group) Merge(other *Group) {
	g.Requests += other.Requests
	g.Errors += other.Errors
	g.RequestBytes += other.RequestBytes
	g.ResponseBytes += other.ResponseBytes
	g.Inbound += other.Inbound
	if !other.First.IsZero() {
		g.See(other.First)
		g.See(other.Last)
	}
	g.Latency.Merge(other.Latency)
}

// Each yields the groups by start, then by keys.
func (g *Groups) Each(yield func(Group) error) error {
	all := make([]*Group, 0, len(g.groups))
	for _, group := range g.groups {
		all = append(all, group)
	}
	slices.SortFunc(all, func(a, b *Group) int {
		return cmp.Or(a.Start.Compare(b.Start), slices.CompareFunc(a.Keys, b.Keys, strings.Compare))
	})
	for _, group := range all {
		if err := yield(*group); err != nil {
			return err
		}
	}
	return nil
}

// AggregateByScan aggregates with searches, page by page, for stores that cannot aggregate.
func AggregateByScan(ctx context.Context, reader Reader, aggregate Aggregate, yield func(Group) error) (Usage, error) {
	groups := NewGroups(&aggregate)
	var usage Usage
	err := Scan(ctx, reader, Search{Query: aggregate.Query, From: aggregate.From, To: aggregate.To}, func(document *Document) error {
		return groups.Add(document)
	}, &usage)
	if err != nil {
		return usage, err
	}
	return usage, groups.Each(yield)
}

// Scan yields all documents of a search, page by page. usage may be nil.
func Scan(ctx context.Context, reader Reader, search Search, yield func(*Document) error, usage *Usage) error {
	if search.Limit <= 0 {
		search.Limit = MaxLimit
	}
	for {
		page, err := reader.Search(ctx, search)
		if err != nil {
			return err
		}
		if usage != nil {
			examined := usage.Examined + page.Usage.Examined
			*usage = page.Usage
			usage.Examined = examined
		}
		for _, document := range page.Documents {
			if err := yield(document); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		search.After = page.Next
	}
}

// How the polling of Follow goes.
const (
	// DefaultPoll is how often a store is asked.
	DefaultPoll = time.Second
	// DefaultLateness is how much older than the newest a document may be that arrives: queues and retries hold some up.
	DefaultLateness = 2 * time.Minute
	// maxSeen bounds the uuids that are remembered, 24 bytes each.
	maxSeen = 1_000_000
)

// FollowOptions say how a store is polled; zeros are the defaults.
type FollowOptions struct {
	Poll     time.Duration
	Lateness time.Duration
	Now      func() time.Time
}

// Follow yields documents that match the search as they arrive, oldest first, each once, until the context ends (which is
// no error) or yield fails. It begins with search.From, by default now. Stores that can tell new documents are asked to;
// the others are polled, and a document that arrives more than Lateness after its ts is missed.
func Follow(ctx context.Context, reader Reader, search Search, options FollowOptions, yield func(*Document) error) error {
	if follower, can := reader.(Follower); can {
		return follower.Follow(ctx, search, yield)
	}
	poll, lateness, now := cmp.Or(options.Poll, DefaultPoll), cmp.Or(options.Lateness, DefaultLateness), options.Now
	if now == nil {
		now = time.Now
	}
	search.Sort, search.After = []SortKey{{Field: "ts"}}, ""
	begin := search.From
	if begin.IsZero() {
		begin = now()
	}
	newest := begin
	seen := map[rrpair.UUID]int64{}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		search.From = begin
		if from := newest.Add(-lateness); from.After(begin) {
			search.From = from
		}
		err := Scan(ctx, reader, search, func(document *Document) error {
			if _, isOld := seen[document.UUID]; isOld {
				return nil
			}
			seen[document.UUID] = document.Time.UnixNano()
			if document.Time.After(newest) {
				newest = document.Time
			}
			return yield(document)
		}, nil)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		forget(seen, search.From.UnixNano())
		timer.Reset(poll)
	}
}

// forget drops what cannot come again, and everything when that is still too much: better a document twice than memory
// without end.
func forget(seen map[rrpair.UUID]int64, before int64) {
	for id, at := range seen {
		if at < before {
			delete(seen, id)
		}
	}
	if len(seen) > maxSeen {
		clear(seen)
	}
}
