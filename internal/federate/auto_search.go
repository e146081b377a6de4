package federate

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Search implements hotstore.Reader. Sorted by ts it asks for one span of time after the other, until the page is full;
// in any other order all spans have to be asked for each page.
func (a *Auto) Search(ctx context.Context, search hotstore.Search) (page hotstore.Page, err error) {
	after, err := search.Position()
	if err != nil {
		return page, err
	}
	s := &searching{answer: answer{Auto: a}, search: search, order: search.Order(), after: after, origin: map[*hotstore.Document]*hotstore.Part{}}
	spans := a.spans(search.Query, search.From, search.To)
	var found stretch
	if s.order[0].Field == "ts" {
		found, err = s.inTurn(ctx, spans)
	} else {
		found, err = s.together(ctx, spans)
	}
	if err != nil {
		return page, err
	}
	page.Documents, page.Next = found.documents, found.next
	for _, document := range page.Documents {
		s.origin[document].Documents++
	}
	if search.WithPair {
		if err := a.addPairs(ctx, page.Documents); err != nil {
			return page, err
		}
	}
	page.Usage = s.summary()
	return page, nil
}

// searching is a search under way.
type searching struct {
	answer
	search hotstore.Search
	order  []hotstore.SortKey
	after  hotstore.Position
	origin map[*hotstore.Document]*hotstore.Part
}

// stretch is what a search of a span gave: documents in order, and the cursor after which there may be more, "" for none.
// A store may give the cursor before the page is full, or with no document at all.
type stretch struct {
	documents []*hotstore.Document
	next      string
}

// inTurn asks for spans in the order of ts.
func (s *searching) inTurn(ctx context.Context, spans []span) (all stretch, err error) {
	descending := s.order[0].Descending
	if s.after != nil {
		at := s.after.Time(s.order)
		spans = slices.DeleteFunc(spans, func(one span) bool { // the pages before have shown it
			return descending && one.From.After(at) || !descending && !one.To.IsZero() && !one.To.After(at)
		})
	}
	if descending {
		slices.Reverse(spans)
	}
	limit := s.search.PageLimit()
	for i, one := range spans {
		found, err := s.ask(ctx, one, limit-len(all.documents))
		if err != nil {
			return all, err
		}
		all.documents = append(all.documents, found.documents...)
		if found.next != "" {
			all.next = found.next
			return all, nil
		}
		if len(all.documents) >= limit && i+1 < len(spans) {
			// Whether there are more is not worth asking, which may mean reading the archive.
			all.next = s.search.Cursor(all.documents[len(all.documents)-1])
			return all, nil
		}
	}
	return all, nil
}

// together asks for all spans and takes what comes first.
func (s *searching) together(ctx context.Context, spans []span) (stretch, error) {
	limit := s.search.PageLimit()
	var all []stretch
	for _, one := range spans {
		found, err := s.ask(ctx, one, limit)
		if err != nil {
			return stretch{}, err
		}
		all = append(all, found)
	}
	return s.merge(all, limit)
}

// ask searches one span.
func (s *searching) ask(ctx context.Context, one span, limit int) (stretch, error) {
	search := s.search
	search.From, search.To, search.Limit = one.From, one.To, limit
	reason := one.Reason
	if one.source == fromArchive {
		return s.askArchive(ctx, search, one, reason)
	}
	var page hotstore.Page
	err := s.failed
	if err == nil {
		page, err = s.hot.Search(ctx, search)
	}
	if err != nil {
		if reason, err = s.instead(ctx, err); err != nil {
			return stretch{}, err
		}
		return s.askArchive(ctx, search, one, reason)
	}
	part := s.part(s.name, one, reason, page.Usage)
	for _, document := range page.Documents {
		s.origin[document] = part
	}
	hot := stretch{page.Documents, page.Next}
	if one.source == fromHot {
		return hot, nil
	}
	archived, err := s.askArchive(ctx, search, one, reason)
	if err != nil {
		return stretch{}, err
	}
	if hot.documents, err = s.fresh(ctx, hot.documents, s.Auto.archive); err != nil {
		return stretch{}, err
	}
	if archived.documents, err = s.fresh(ctx, archived.documents, s.hot); err != nil {
		return stretch{}, err
	}
	return s.merge([]stretch{hot, archived}, limit)
}

func (s *searching) askArchive(ctx context.Context, search hotstore.Search, one span, reason string) (stretch, error) {
	page, err := s.Auto.archive.Search(ctx, search)
	if err != nil {
		return stretch{}, err
	}
	part := s.part(ArchiveName, one, reason, page.Usage)
	for _, document := range page.Documents {
		s.origin[document] = part
	}
	return stretch{page.Documents, page.Next}, nil
}

// merge takes the first documents of several stretches, each uuid once: of two copies the one that comes first, at the same
// place the one of the earlier stretch. It goes no further than the stretch that ends first, beyond which that one may have
// more.
func (s *searching) merge(stretches []stretch, limit int) (merged stretch, err error) {
	var end hotstore.Position
	for _, one := range stretches {
		if one.next == "" {
			continue
		}
		search := s.search
		search.After = one.next
		position, err := search.Position()
		if err != nil {
			return merged, err
		}
		if end == nil || position.Compare(end, s.order) < 0 {
			end, merged.next = position, one.next
		}
	}
	places := map[rrpair.UUID]hotstore.Position{}
	kept := map[rrpair.UUID]*hotstore.Document{}
	for _, one := range stretches {
		for _, document := range one.documents {
			position := hotstore.PositionOf(document, s.order)
			if end != nil && position.Compare(end, s.order) > 0 {
				continue
			}
			if other, isTwice := places[document.UUID]; isTwice && other.Compare(position, s.order) <= 0 {
				continue
			}
			places[document.UUID], kept[document.UUID] = position, document
		}
	}
	for _, document := range kept {
		merged.documents = append(merged.documents, document)
	}
	hotstore.SortBy(merged.documents, s.order)
	if len(merged.documents) > limit {
		merged.documents = merged.documents[:limit]
		merged.next = s.search.Cursor(merged.documents[limit-1])
	}
	return merged, nil
}

// fresh drops documents that a page before has shown as the other source has them. Where a pair has no ts of its own, the
// hot store knows when it was captured to the nanosecond and the archive to the microsecond, so that the cursor may lie
// between the two copies.
func (s *searching) fresh(ctx context.Context, documents []*hotstore.Document, other hotstore.Reader) ([]*hotstore.Document, error) {
	if s.after == nil {
		return documents, nil
	}
	at := s.after.Time(s.order)
	var kept []*hotstore.Document
	for _, document := range documents {
		isNear := document.Time.Sub(at).Abs() < time.Microsecond
		// The archive's copy lies on a microsecond, and the hot store's beside it.
		isArchived := document.Time.Nanosecond()%int(time.Microsecond) == 0
		if !isNear || isArchived != (other == s.hot) {
			kept = append(kept, document)
			continue
		}
		copied, err := other.Get(ctx, document.UUID, document.Time)
		switch {
		case err == nil && hotstore.PositionOf(copied, s.order).Compare(s.after, s.order) <= 0:
		case err == nil || errors.Is(err, hotstore.ErrNoDocument) || s.insteadOf(err) != "":
			kept = append(kept, document)
		default:
			return nil, err
		}
	}
	return kept, nil
}
