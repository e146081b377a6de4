package federate

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// pairsAtOnce bounds the pairs that are fetched in one go: a filter of so many uuids is far from the longest.
const pairsAtOnce = 1000

// addPairs fetches from the archive the pairs of documents that do not hold theirs, one search for each hour. What the
// archive does not have yet stays away.
func (a *Auto) addPairs(ctx context.Context, documents []*hotstore.Document) error {
	bare := map[time.Time][]*hotstore.Document{}
	var hours []time.Time
	for _, document := range documents {
		if len(document.Pair) > 0 {
			continue
		}
		hour := document.Time.UTC().Truncate(time.Hour)
		if bare[hour] == nil {
			hours = append(hours, hour)
		}
		bare[hour] = append(bare[hour], document)
	}
	for _, hour := range hours {
		for some := range slices.Chunk(bare[hour], pairsAtOnce) {
			if err := a.addPairsOf(ctx, hour, some); err != nil {
				return fmt.Errorf("fetch pairs from the archive: %w", err)
			}
		}
	}
	return nil
}

func (a *Auto) addPairsOf(ctx context.Context, hour time.Time, documents []*hotstore.Document) error {
	wanted := make(map[rrpair.UUID]*hotstore.Document, len(documents))
	criterion := filter.Criterion{Field: filter.FieldUUID, Op: filter.OpIs}
	for _, document := range documents {
		wanted[document.UUID] = document
		criterion.Values = append(criterion.Values, document.UUID.String())
	}
	query, err := filter.Parse(criterion.String(), filter.Options{})
	if err != nil {
		return err
	}
	search := hotstore.Search{Query: query, From: hour, To: hour.Add(time.Hour), Limit: len(documents), WithPair: true}
	page, err := a.archive.Search(ctx, search)
	if err != nil {
		return err
	}
	for _, found := range page.Documents {
		if document := wanted[found.UUID]; document != nil {
			document.Pair = found.Pair
			if len(document.Headers) == 0 {
				document.Headers = found.Headers
			}
		}
	}
	return nil
}
