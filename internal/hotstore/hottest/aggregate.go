package hottest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// testAggregate counts by hand, and compares percentiles with those of the sorted durations.
func (s *suite) testAggregate(t *testing.T) {
	store, documents := s.filled(t)
	from := documents[len(documents)/4].Time
	for _, aggregate := range []hotstore.Aggregate{
		{},
		{By: []string{"service"}},
		{By: []string{"service", "endpoint", "status"}, Interval: time.Minute},
		{By: []string{"peer", "direction"}, Query: parse(t, "error IS true OR duration > 10ms")},
		{By: []string{"session"}, Query: parse(t, "direction IS IN"), From: from},
		{By: []string{"error", "customer.tier", "l7protocol"}, Interval: 7 * time.Second, From: from, To: from.Add(20 * time.Second)},
		{By: []string{"location", "trace"}},
		{By: []string{"latency_bucket"}},
		{Interval: 10 * time.Second},
		{Query: parse(t, "service IS nowhere")},
	} {
		s.compareGroups(t, store, documents, aggregate)
	}
	stop := errors.New("enough")
	_, err := store.Aggregate(t.Context(), hotstore.Aggregate{By: []string{"service"}}, func(hotstore.Group) error { return stop })
	if !errors.Is(err, stop) {
		t.Errorf("the error of yield is lost: %v", err)
	}
}

type naiveGroup struct {
	hotstore.Group
	durations []time.Duration
}

func (s *suite) compareGroups(t *testing.T, store Store, documents []*hotstore.Document, aggregate hotstore.Aggregate) {
	t.Helper()
	want := map[string]*naiveGroup{}
	for _, d := range matching(t, aggregate.Query, documents) {
		if d.Time.Before(aggregate.From) || !aggregate.To.IsZero() && !d.Time.Before(aggregate.To) {
			continue
		}
		var keys []string
		for _, name := range aggregate.By {
			keys = append(keys, hotstore.LookupDimension(name).Text(d))
		}
		start := time.Time{}
		if aggregate.Interval > 0 {
			start = time.Unix(0, d.Time.UnixNano()/int64(aggregate.Interval)*int64(aggregate.Interval)).UTC()
		}
		name := fmt.Sprintf("%q %s", keys, start)
		if want[name] == nil {
			want[name] = &naiveGroup{}
			want[name].First = d.Time
		}
		g := want[name]
		g.Requests++
		if d.Error {
			g.Errors++
		}
		if d.Direction == "IN" {
			g.Inbound++
		}
		g.RequestBytes += d.RequestBytes
		g.ResponseBytes += d.ResponseBytes
		g.See(d.Time)
		g.durations = append(g.durations, d.Duration)
	}
	got := 0
	_, err := store.Aggregate(t.Context(), aggregate, func(group hotstore.Group) error {
		got++
		name := fmt.Sprintf("%q %s", group.Keys, group.Start)
		g, found := want[name]
		if !found {
			return fmt.Errorf("group %s is too much, or comes twice", name)
		}
		delete(want, name)
		g.check(t, name, &group)
		return nil
	})
	if err != nil {
		t.Fatalf("aggregate by %v: %v", aggregate.By, err)
	}
	if len(want) > 0 {
		t.Fatalf("aggregate by %v: %d groups are missing, %d came", aggregate.By, len(want), got)
	}
}

func (g *naiveGroup) check(t *testing.T, name string, got *hotstore.Group) {
	t.Helper()
	if got.Requests != g.Requests || got.Errors != g.Errors || got.Inbound != g.Inbound || got.RequestBytes != g.RequestBytes ||
		got.ResponseBytes != g.ResponseBytes || !got.First.Equal(g.First) || !got.Last.Equal(g.Last) {
		t.Fatalf("group %s:\ngot  %+v\nwant %+v", name, *got, g.Group)
	}
	slices.Sort(g.durations)
	quantiles := []float64{0, 0.5, 0.9, 0.95, 0.99, 1}
	for i, value := range got.Latency.Quantiles(quantiles...) {
		rank := max(1, int(math.Ceil(quantiles[i]*float64(len(g.durations)))))
		exact := max(g.durations[rank-1], time.Microsecond)
		if off := math.Abs(float64(max(value, time.Microsecond)-exact)) / float64(exact); off > hotstore.RelativeError+0.001 {
			t.Fatalf("group %s: the %v quantile is %s, exactly %s", name, quantiles[i], value, exact)
		}
	}
	if got.Latency.Count() != g.Requests || got.Latency.Max != g.durations[len(g.durations)-1] {
		t.Fatalf("group %s: latency of %d requests, at most %s; want %d, %s", name, got.Latency.Count(), got.Latency.Max, g.Requests, g.durations[len(g.durations)-1])
	}
}

// testLeftovers asks for what only the pair knows, mixed with what columns know.
func (s *suite) testLeftovers(t *testing.T) {
	store, documents := s.open(t), s.options.Traffic(s.options.Documents/3)
	s.write(t, store, documents)
	matched := 0
	for _, text := range []string{
		"header[accept] EXISTS", "header[content-type] CONTAINS json AND status IS 2xx", "direction IS IN AND (header[user-agent] CONTAINS Mozilla OR error IS true)",
		"text CONTAINS checkout", "text CONTAINS checkout AND command IS POST", "text CONTAINS nothinglikethis", "text CONTAINS a",
		"text IS CHECKOUT payment", "text NOT CONTAINS checkout", "text CONTAINS \"\\\"\" OR direction IS OUT", "text REGEX \"[Cc]heckout\"",
		"resp_json[id] EXISTS OR duration > 1s", "(service IS cart AND header[accept] EXISTS) OR (service IS checkout AND req_json[currency] EXISTS)",
	} {
		query := parse(t, text)
		matched += compare(t, store, documents, hotstore.Search{Query: query})
		s.compareGroups(t, store, documents, hotstore.Aggregate{Query: query, By: []string{"service"}})
		page, err := store.Search(t.Context(), hotstore.Search{Query: query, Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		split := hotstore.Plan(query, store.Capabilities())
		if page.Usage.PushedDown != hotstore.Text(split.Pushed) || page.Usage.Leftover != hotstore.Text(split.Leftover) {
			t.Errorf("%s: usage says pushed down %q, left over %q", text, page.Usage.PushedDown, page.Usage.Leftover)
		}
	}
	if matched == 0 {
		t.Error("nothing ever matched: the test tells nothing")
	}
	page, err := store.Search(t.Context(), hotstore.Search{Limit: 3, WithPair: true})
	if err != nil || len(page.Documents) != 3 || page.Documents[0].Pair == nil {
		t.Errorf("the pair was asked for: %v", err)
	}
}

// testFullText asks documents that hold their text and not the pair.
func (s *suite) testFullText(t *testing.T) {
	store, documents := s.open(t), s.options.Traffic(s.options.Documents/3)
	for i, document := range documents {
		document.Headers, document.Pair = nil, nil
		if i%50 == 0 {
			document.Text = "Straße \u212aelvin\x00checkout, pay\x00ment " + document.UUID.String()
		}
	}
	s.write(t, store, documents)
	matched := 0
	for _, text := range []string{"text CONTAINS checkout", "text CONTAINS CHECKOUT AND direction IS IN", "text CONTAINS payment", "text CONTAINS \"pay\"",
		"text CONTAINS straße", "text CONTAINS kelvin", "text CONTAINS \"out, p\"", "text CONTAINS nowhere checkout", "text CONTAINS nowhere",
		"text CONTAINS ab", "text NOT CONTAINS checkout", "text CONTAINS checkout OR error IS true", "text CONTAINS " + documents[50].UUID.String()} {
		matched += compare(t, store, documents, hotstore.Search{Query: parse(t, text), Limit: 5000})
	}
	if matched == 0 {
		t.Error("nothing ever matched: the test tells nothing")
	}
}

// testConcurrent reads while documents are written: whatever is seen is whole and in order.
func (s *suite) testConcurrent(t *testing.T) {
	store, documents := s.open(t), s.dimensions(s.options.Documents)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var readers sync.WaitGroup
	s.write(t, store, documents[:10])
	for range 2 {
		readers.Go(func() {
			for ctx.Err() == nil {
				count := int64(0)
				_, err := store.Aggregate(ctx, hotstore.Aggregate{}, func(group hotstore.Group) error {
					count += group.Requests
					return nil
				})
				if err == nil && (count < 10 || count > int64(len(documents))) {
					t.Errorf("%d documents were seen", count)
				}
				page, err2 := store.Search(ctx, hotstore.Search{Limit: 50})
				if err = errors.Join(err, err2); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
				if !slices.IsSortedFunc(page.Documents, func(a, b *hotstore.Document) int { return b.Time.Compare(a.Time) }) {
					t.Error("a page is out of order")
				}
			}
		})
	}
	s.write(t, store, documents[10:])
	cancel()
	readers.Wait()
	compare(t, store, documents, hotstore.Search{Limit: 1000})
}
