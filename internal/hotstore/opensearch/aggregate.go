package opensearch

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

const (
	// groupsAtOnce is how many groups the first request asks for.
	groupsAtOnce = 200
	// bucketsAtOnce stays below OpenSearch's search.max_buckets of 65535: groups and their latency buckets together.
	bucketsAtOnce = 40_000
	// latencyBuckets is more than there are: a microsecond to a year have 1,560.
	latencyBuckets = 2_500
)

// Aggregate implements hotstore.Reader. OpenSearch groups by itself unless a part of the query, a dimension without
// columns or a value too long for the index stands in the way; then the documents are fetched and grouped here.
func (s *Store) Aggregate(ctx context.Context, aggregate hotstore.Aggregate, yield func(hotstore.Group) error) (hotstore.Usage, error) {
	p, err := s.planFor(hotstore.Search{Query: aggregate.Query, From: aggregate.From, To: aggregate.To})
	if err != nil {
		return hotstore.Usage{}, err
	}
	sources, columns, ok := groupSources(&aggregate)
	if ok && p.exact {
		var hasTooLong bool
		if hasTooLong, err = s.hasTooLong(ctx, p, append(columns, p.columns...)); err != nil {
			return p.usage, fmt.Errorf("aggregate in the hot store: %w", err)
		}
		ok = !hasTooLong
	}
	if !ok || !p.exact {
		return hotstore.AggregateByScan(ctx, s, aggregate, yield)
	}
	groups := hotstore.NewGroups(&aggregate)
	if err := s.collect(ctx, p, &aggregate, sources, groups); err != nil {
		return p.usage, fmt.Errorf("aggregate in the hot store: %w", err)
	}
	return p.usage, groups.Each(yield)
}

// groupSources are the sources of the composite aggregation; columns the keyword fields among them.
func groupSources(aggregate *hotstore.Aggregate) (sources []object, columns []string, ok bool) {
	if aggregate.Interval > 0 {
		if aggregate.Interval%time.Millisecond != 0 {
			return nil, nil, false
		}
		sources = append(sources, object{"start": object{"date_histogram": object{
			"field": fieldTime, "fixed_interval": strconv.FormatInt(aggregate.Interval.Milliseconds(), 10) + "ms",
		}}})
	}
	for i, name := range aggregate.By {
		dimension := hotstore.LookupDimension(name)
		field := dimension.Name
		if dimension.Kind == hotstore.KindText {
			if field, ok = grouped(dimension.Name); !ok {
				return nil, nil, false
			}
			columns = append(columns, field)
		} else if dimension.Kind == hotstore.KindTime {
			return nil, nil, false
		}
		sources = append(sources, object{"by" + strconv.Itoa(i): object{"terms": object{"field": field, "missing_bucket": true}}})
	}
	return sources, columns, true
}

// hasTooLong says that some document has a value in these fields that is too long for the index.
func (s *Store) hasTooLong(ctx context.Context, p *plan, fields []string) (bool, error) {
	if len(fields) == 0 {
		return false, nil
	}
	body := object{"size": 0, "track_total_hits": 1, "terminate_after": 1, "query": object{"bool": object{
		"filter": []object{p.query, {"terms": object{fieldTooLong: fields}}},
	}}}
	answer, err := s.query(ctx, p.indices, body)
	if err != nil {
		return false, err
	}
	return answer.Hits.Total.Value > 0, nil
}

// measures are what a group counts.
func measures() object {
	sum := func(field string) object { return object{"sum": object{"field": field}} }
	return object{
		"errors":   object{"filter": object{"term": object{"error": true}}},
		"inbound":  object{"filter": object{"term": object{"direction": "IN"}}},
		"request":  sum("request_bytes"),
		"response": sum("response_bytes"),
		"first":    endHit("asc"),
		"last":     endHit("desc"),
		"longest":  object{"max": object{"field": "duration"}},
		"latency":  object{"terms": object{"field": "latency_bucket", "size": latencyBuckets, "order": object{"_key": "asc"}}},
	}
}

// endHit is the time of the first or last document to the nanosecond, of which min and max know only the milliseconds.
func endHit(direction string) object {
	return object{"top_hits": object{"size": 1, "_source": false, "stored_fields": "_none_", "sort": []object{
		{fieldTime: object{"order": direction, "numeric_type": "date_nanos"}},
	}}}
}

// end is what endHit finds.
type end struct {
	Hits struct {
		Hits []struct {
			Sort []int64 `json:"sort"`
		} `json:"hits"`
	} `json:"hits"`
}

// time is zero where there is no document.
func (e *end) time() time.Time {
	if len(e.Hits.Hits) == 0 || len(e.Hits.Hits[0].Sort) == 0 {
		return time.Time{}
	}
	return time.Unix(0, e.Hits.Hits[0].Sort[0]).UTC()
}

// composite is the answer for groups; without grouping it is one group by itself.
type composite struct {
	After   json.RawMessage `json:"after_key"`
	Buckets []measured      `json:"buckets"`
}

type measured struct {
	Key    map[string]json.RawMessage `json:"key"`
	Count  int64                      `json:"doc_count"`
	Errors struct {
		Count int64 `json:"doc_count"`
	}
	Inbound struct {
		Count int64 `json:"doc_count"`
	}
	Request  struct{ Value float64 }
	Response struct{ Value float64 }
	First    end
	Last     end
	Longest  struct{ Value *float64 }
	Latency  struct {
		Other   int64 `json:"sum_other_doc_count"`
		Buckets []struct {
			Key   int32 `json:"key"`
			Count int64 `json:"doc_count"`
		} `json:"buckets"`
	}
}

// collect asks for page after page of groups.
func (s *Store) collect(ctx context.Context, p *plan, aggregate *hotstore.Aggregate, sources []object, groups *hotstore.Groups) error {
	if len(sources) == 0 {
		body := object{"size": 0, "track_total_hits": true, "query": p.query, "aggs": measures()}
		answer, err := s.query(ctx, p.indices, body)
		if err != nil || answer.Hits.Total.Value == 0 {
			return err
		}
		one := measured{Count: answer.Hits.Total.Value}
		p.usage.Examined = one.Count
		if err := json.Unmarshal(answer.Aggregations, &one); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		return one.into(groups, aggregate)
	}
	size := groupsAtOnce
	var afterKey json.RawMessage
	for {
		settings := object{"size": size, "sources": sources}
		if afterKey != nil {
			settings["after"] = afterKey
		}
		body := object{"size": 0, "track_total_hits": false, "query": p.query, "aggs": object{
			"groups": object{"composite": settings, "aggs": measures()},
		}}
		answer, err := s.query(ctx, p.indices, body)
		if hasType(err, "too_many_buckets_exception") && size > 1 {
			size = max(1, size/4)
			continue
		}
		if err != nil || answer.Aggregations == nil {
			return err
		}
		var page struct{ Groups composite }
		if err := json.Unmarshal(answer.Aggregations, &page); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		buckets := 0
		for i := range page.Groups.Buckets {
			p.usage.Examined += page.Groups.Buckets[i].Count
			buckets += len(page.Groups.Buckets[i].Latency.Buckets) + 1
			if err := page.Groups.Buckets[i].into(groups, aggregate); err != nil {
				return err
			}
		}
		if len(page.Groups.Buckets) < size || page.Groups.After == nil {
			return nil
		}
		afterKey = page.Groups.After
		size = min(max(1, bucketsAtOnce/max(1, buckets/len(page.Groups.Buckets))), bucketsAtOnce/2)
	}
}

// into adds what was measured to its group.
func (m *measured) into(groups *hotstore.Groups, aggregate *hotstore.Aggregate) error {
	keys := make([]string, len(aggregate.By))
	for i, name := range aggregate.By {
		keys[i] = keyText(m.Key["by"+strconv.Itoa(i)], hotstore.LookupDimension(name))
	}
	var start time.Time
	if aggregate.Interval > 0 {
		milliseconds, err := strconv.ParseInt(string(m.Key["start"]), 10, 64)
		if err != nil {
			return fmt.Errorf("read the start of an interval: %w", err)
		}
		start = time.UnixMilli(milliseconds).UTC()
	}
	group, err := groups.Group(keys, start)
	if err != nil {
		return err
	}
	group.Requests += m.Count
	group.Errors += m.Errors.Count
	group.Inbound += m.Inbound.Count
	group.RequestBytes += int64(m.Request.Value)
	group.ResponseBytes += int64(m.Response.Value)
	for _, at := range []time.Time{m.First.time(), m.Last.time()} {
		if !at.IsZero() {
			group.See(at)
		}
	}
	var longest time.Duration
	if m.Longest.Value != nil {
		longest = time.Duration(*m.Longest.Value)
	}
	if m.Latency.Other > 0 {
		return fmt.Errorf("more than %d latency buckets: the documents were not written by this program", latencyBuckets)
	}
	for _, bucket := range m.Latency.Buckets {
		group.Latency.AddBucket(bucket.Key, bucket.Count, longest)
	}
	return nil
}

// keyText is a key of a group as the dimension's text.
func keyText(raw json.RawMessage, dimension hotstore.Dimension) string {
	if len(raw) == 0 || string(raw) == "null" {
		if dimension.Kind == hotstore.KindNumber {
			return "0"
		}
		return ""
	}
	if raw[0] != '"' {
		return string(raw)
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return string(raw)
	}
	return text
}
