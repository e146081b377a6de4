package opensearch

import (
	"context"
	"fmt"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	// leastFetch is how many documents are fetched at once where some of them may be dropped.
	leastFetch = 500
	// wholeFetch is the same where the documents come with their pairs, which are large.
	wholeFetch = 200
	// maxExamined bounds the documents of one call of Search that are fetched and dropped; the page is short then, and
	// its cursor goes on.
	maxExamined = 200_000
)

// plan is a query made ready: what OpenSearch does of it, and what is evaluated here.
type plan struct {
	query    object
	indices  []string
	usage    hotstore.Usage
	exact    bool                // OpenSearch's answer is the answer, but for values too long for the index
	columns  []string            // keyword fields that the query looks at
	whole    *hotstore.Condition // the whole query
	needPair bool                // to evaluate it
}

// planFor prepares the query of a search or an aggregation.
func (s *Store) planFor(window hotstore.Search) (*plan, error) {
	split := hotstore.Plan(window.Query, s.Capabilities())
	whole, err := hotstore.Select(window.Query)
	if err != nil {
		return nil, err
	}
	t := translation{columns: map[string]bool{}}
	filters := []object{t.expr(window.Query.Expr())}
	if !window.From.IsZero() || !window.To.IsZero() {
		filters = append(filters, timeRange(window.From, window.To))
	}
	p := &plan{query: object{"bool": object{"filter": filters}}, exact: !t.inexact, whole: whole}
	p.usage.PushedDown, p.usage.Leftover = hotstore.Text(split.Pushed), hotstore.Text(split.Leftover)
	if t.inexact && split.Leftover == nil { // a value that OpenSearch cannot look for
		p.usage.PushedDown, p.usage.Leftover = "", window.Query.String()
	}
	for field := range t.columns {
		p.columns = append(p.columns, field)
	}
	from, to := window.Query.Window()
	if !window.From.IsZero() && window.From.After(from) {
		from = window.From
	}
	if !window.To.IsZero() && (to.IsZero() || window.To.Before(to)) {
		to = window.To
	}
	p.indices = s.cfg.searched(from, to)
	p.usage.Partitions = p.indices
	for _, ref := range window.Query.Fields() {
		if !ref.Field.IsPlain() && ref.Field != filter.FieldDuration && ref.Field != filter.FieldSize && ref.Field != filter.FieldTime {
			p.needPair = p.needPair || len(fieldsOf(ref)) == 0
		}
	}
	return p, nil
}

// Search implements hotstore.Reader.
func (s *Store) Search(ctx context.Context, search hotstore.Search) (hotstore.Page, error) {
	position, err := search.Position()
	if err != nil {
		return hotstore.Page{}, err
	}
	p, err := s.planFor(search)
	if err != nil {
		return hotstore.Page{}, err
	}
	order := search.Order()
	sort, columns, ok := sortOf(order)
	if !ok {
		return s.sortHere(ctx, search, position)
	}
	tooLong, err := s.hasTooLong(ctx, p, columns)
	if err != nil {
		return hotstore.Page{}, fmt.Errorf("search the hot store: %w", err)
	}
	if tooLong {
		return s.sortHere(ctx, search, position)
	}
	return s.pageOf(ctx, search, p, sort, position)
}

// pageOf fetches documents until the page is full and one more is seen, which says that there is a next page.
func (s *Store) pageOf(ctx context.Context, search hotstore.Search, p *plan, sort []object, position hotstore.Position) (hotstore.Page, error) {
	page := hotstore.Page{Usage: p.usage}
	limit, order := search.PageLimit(), search.Order()
	body := object{"query": p.query, "size": p.fetch(limit), "sort": sort, "track_total_hits": false}
	if !search.WithPair && !p.needPair {
		body["_source"] = object{"excludes": []string{fieldPair, fieldText, fieldHeaders}}
	}
	var source hotstore.Source
	for {
		if position != nil {
			body["search_after"] = after(position, order)
		}
		answer, err := s.query(ctx, p.indices, body)
		if err != nil {
			return page, fmt.Errorf("search the hot store: %w", err)
		}
		var last *hotstore.Document
		for _, hit := range answer.Hits.Hits {
			if last, err = decodeDocument(hit.ID, hit.Source); err != nil {
				return page, err
			}
			page.Usage.Examined++
			source.Reset(last)
			matches, err := p.whole.Match(&source)
			if err != nil {
				return page, err
			}
			if !matches {
				continue
			}
			if len(page.Documents) == limit {
				page.Next = search.Cursor(page.Documents[limit-1])
				return page, nil
			}
			if !search.WithPair {
				last.Pair, last.Headers, last.Text = nil, nil, ""
			}
			page.Documents = append(page.Documents, last)
		}
		if len(answer.Hits.Hits) < p.fetch(limit) {
			return page, nil
		}
		if page.Usage.Examined >= maxExamined && len(page.Documents) < limit {
			page.Next = search.Cursor(last)
			return page, nil
		}
		position = hotstore.PositionOf(last, order)
	}
}

// fetch is how many documents to ask for at once.
func (p *plan) fetch(limit int) int {
	fetch := min(limit+1, hotstore.MaxLimit)
	if p.exact {
		return fetch
	}
	if p.needPair {
		return min(max(fetch, wholeFetch/4), wholeFetch)
	}
	return max(fetch, leastFetch)
}

// sortHere sorts by what OpenSearch keeps no columns of, or by a column of which a value is too long for it: it fetches
// all that matches, and sorts.
func (s *Store) sortHere(ctx context.Context, search hotstore.Search, position hotstore.Position) (hotstore.Page, error) {
	limit, order := search.PageLimit(), search.Order()
	all := search
	all.Sort, all.After, all.Limit = nil, "", hotstore.MaxLimit
	if search.WithPair {
		all.Limit = wholeFetch
	}
	var page hotstore.Page
	var found []*hotstore.Document
	err := hotstore.Scan(ctx, s, all, func(document *hotstore.Document) error {
		if position == nil || hotstore.PositionOf(document, order).Compare(position, order) > 0 {
			found = append(found, document)
		}
		if len(found) < 2*(limit+1) && len(found) < maxExamined {
			return nil
		}
		hotstore.SortBy(found, order)
		clear(found[limit+1:])
		found = found[:limit+1]
		return nil
	}, &page.Usage)
	if err != nil {
		return page, err
	}
	hotstore.SortBy(found, order)
	if page.Documents = found; len(found) > limit {
		page.Documents = found[:limit]
		page.Next = search.Cursor(found[limit-1])
	}
	return page, nil
}

// sortOf translates an order. What a document lacks sorts as the empty text, before all others.
// columns are the keyword fields among the keys; ok is false where OpenSearch cannot sort by one of them.
func sortOf(order []hotstore.SortKey) (sort []object, columns []string, ok bool) {
	for _, key := range order {
		direction, missing := "asc", "_first"
		if key.Descending {
			direction, missing = "desc", "_last"
		}
		dimension := hotstore.LookupDimension(key.Field)
		switch {
		case key.Field == "uuid":
			sort = append(sort, object{fieldHigh: object{"order": direction}}, object{fieldLow: object{"order": direction}})
		case key.Field == fieldTime:
			sort = append(sort, object{fieldTime: object{"order": direction, "numeric_type": "date_nanos"}})
		case key.Field == "duration":
			sort = append(sort, object{key.Field: object{"order": direction, "missing": 0}})
		case dimension.Kind != hotstore.KindText:
			sort = append(sort, object{key.Field: object{"order": direction}})
		default:
			field, ok := grouped(key.Field)
			if !ok {
				return nil, nil, false
			}
			columns = append(columns, field)
			sort = append(sort, object{field: object{"order": direction, "missing": missing, "unmapped_type": "keyword"}})
		}
	}
	return sort, columns, true
}

// after is a position as search_after takes it.
func after(position hotstore.Position, order []hotstore.SortKey) []any {
	var values []any
	for i, key := range order {
		dimension := hotstore.LookupDimension(key.Field)
		switch {
		case key.Field == "uuid":
			id, _ := rrpair.ParseUUID(position[i].Text) // checked when the cursor was read
			high, low := halves(id)
			values = append(values, high, low)
		case dimension.Kind != hotstore.KindText:
			values = append(values, position[i].Number)
		case position[i].Text == "":
			values = append(values, nil)
		default:
			values = append(values, position[i].Text)
		}
	}
	return values
}

// grouped is the column of a text dimension; ok is false where there is none.
func grouped(name string) (field string, ok bool) {
	switch name {
	case "uuid", "trace", "span", fieldArchive:
		return "", false
	}
	for _, fixed := range hotstore.ShortNames() {
		if fixed == name {
			return name, true
		}
	}
	return fieldExtra + "." + extraName(name), true
}
