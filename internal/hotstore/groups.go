package hotstore

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// MaxGroups bounds the groups of one aggregation, each of which has a sketch: some 500 MB at the very most.
const MaxGroups = 100_000

// Groups collects documents, or groups that a store made, into the groups of one aggregation. Not safe for concurrent
// use.
type Groups struct {
	by           []Dimension
	interval     int64                  // ns
	combinations map[string]Combination // of keys, by their encoding
	keys         [][]string             // of combinations
	groups       map[groupPlace]*Group
	spare        []Group // groups are made many at a time
	key          []byte
}

// Combination is the number of a combination of keys within a Groups, so that a store can ask for its groups of many
// intervals without their texts.
type Combination int32

type groupPlace struct {
	start       int64 // ns
	combination Combination
}

// sparedGroups is how many groups are made at a time, at most.
const sparedGroups = 64

// NewGroups makes an empty collection for an aggregation.
func NewGroups(aggregate *Aggregate) *Groups {
	g := &Groups{interval: int64(aggregate.Interval), combinations: map[string]Combination{}, groups: map[groupPlace]*Group{}}
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

// Combination numbers keys. They are not retained.
func (g *Groups) Combination(keys []string) Combination {
	g.key = g.key[:0]
	for _, key := range keys {
		g.key = appendText(g.key, key)
	}
	if known, found := g.combinations[string(g.key)]; found {
		return known
	}
	own := make([]string, len(keys))
	for i := range keys {
		own[i] = strings.Clone(keys[i]) // documents are often views of memory that is used again
	}
	combination := Combination(len(g.keys))
	g.keys = append(g.keys, own)
	g.combinations[string(g.key)] = combination
	return combination
}

// Group finds or makes the group with these keys and start. keys is not retained.
func (g *Groups) Group(keys []string, start time.Time) (*Group, error) {
	return g.At(g.Combination(keys), start)
}

// At finds or makes the group with a combination of keys and a start.
func (g *Groups) At(combination Combination, start time.Time) (*Group, error) {
	place := groupPlace{combination: combination}
	if g.interval > 0 {
		place.start = start.UnixNano()
	}
	if group, found := g.groups[place]; found {
		return group, nil
	}
	if err := g.room(); err != nil {
		return nil, err
	}
	if len(g.spare) == 0 {
		g.spare = make([]Group, min(sparedGroups, len(g.groups)+1))
	}
	group := &g.spare[0]
	g.spare = g.spare[1:]
	group.Keys, group.Start = g.keys[combination], start
	g.groups[place] = group
	return group, nil
}

func (g *Groups) room() error {
	if len(g.groups) >= MaxGroups {
		return fmt.Errorf("%w: more than %d groups: group by fewer dimensions, a longer interval or a narrower filter", ErrInvalidQuery, MaxGroups)
	}
	return nil
}

// Absorb adds all that another collection for the same aggregation holds, which is not to be used any more.
func (g *Groups) Absorb(other *Groups) error {
	combinations := make([]Combination, len(other.keys))
	for i, keys := range other.keys {
		combinations[i] = g.Combination(keys)
	}
	for place, group := range other.groups {
		place.combination = combinations[place.combination]
		if own, found := g.groups[place]; found {
			own.Merge(group)
			continue
		}
		if err := g.room(); err != nil {
			return err
		}
		group.Keys = g.keys[place.combination]
		g.groups[place] = group
	}
	return nil
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

// Each yields the groups by start, then by keys. Groups with the same keys share them: they are not to be changed.
func (g *Groups) Each(yield func(Group) error) error {
	order := make([]int, len(g.keys))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return slices.CompareFunc(g.keys[a], g.keys[b], strings.Compare) })
	ranks := make([]int, len(order))
	for rank, combination := range order {
		ranks[combination] = rank
	}
	type ranked struct {
		start int64
		rank  int
		group *Group
	}
	all := make([]ranked, 0, len(g.groups))
	for place, group := range g.groups {
		all = append(all, ranked{place.start, ranks[place.combination], group})
	}
	slices.SortFunc(all, func(a, b ranked) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.rank, b.rank)) })
	for _, one := range all {
		if err := yield(*one.group); err != nil {
			return err
		}
	}
	return nil
}
