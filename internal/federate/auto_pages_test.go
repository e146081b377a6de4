package federate

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Pairs without a ts have the time at which they were captured: the hot store knows it to the nanosecond, the archive to
// the microsecond. In a gap, where both have them, each comes once all the same, however small the pages are.
func TestPairsWithoutTimesInAGap(t *testing.T) {
	bucket := newFolder(t)
	settings := archiveSettings(bucket, defaultRules(t))
	pairs := demoPairs(60, 1)
	builder := rehydrate.NewBuilder(settings)
	var hot []*hotstore.Document
	var pair rrpair.Pair
	all := map[rrpair.UUID]bool{}
	for i := range pairs {
		// Six to a microsecond, in the microsecond at which the window begins, too.
		pairs[i].at = archiveStart().Add(time.Duration(i/6)*time.Microsecond + time.Duration(i%6)*150)
		if i%7 > 0 {
			var members map[string]any
			require.NoError(t, json.Unmarshal(pairs[i].line, &members))
			delete(members, "ts")
			members["service"] = []string{"cart", "web"}[i%2]
			var err error
			pairs[i].line, err = json.Marshal(members)
			require.NoError(t, err)
		}
		require.NoError(t, pair.ParseJSON(pairs[i].line))
		document, _ := builder.Build(&pair, pairs[i].at, rehydrate.Known{})
		all[document.UUID] = true
		if i%3 > 0 {
			hot = append(hot, document.Clone())
		}
	}
	var archived []captured
	for i := range pairs {
		if i%3 != 1 {
			archived = append(archived, pairs[i])
		}
	}
	archivePairs(t, bucket, archive.Layout{}, archived)
	window := Window{From: archiveStart(), Gaps: []Interval{{archiveStart(), archiveStart().Add(time.Hour), "a gap"}}}
	auto := NewAuto(hotWith(t, hot), NewArchive(Options{Bucket: bucket, Settings: settings}), window)
	for _, sort := range []string{"ts", "-ts", "service", "-service,ts", "uuid", "ts,-uuid"} {
		for _, limit := range []int{1, 3, 60} {
			t.Run(fmt.Sprintf("%s, pages of %d", sort, limit), func(t *testing.T) {
				seen := map[rrpair.UUID]bool{}
				err := hotstore.Scan(t.Context(), auto, hotstore.Search{Sort: hotstore.ParseSort(sort), Limit: limit}, func(document *hotstore.Document) error {
					require.NotContains(t, seen, document.UUID)
					seen[document.UUID] = true
					return nil
				}, nil)
				require.NoError(t, err)
				require.Equal(t, all, seen)
			})
		}
	}
	total := int64(0)
	_, err := auto.Aggregate(t.Context(), hotstore.Aggregate{By: []string{"service"}}, func(group hotstore.Group) error {
		total += group.Requests
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, int64(len(all)), total)
}

// short is a store that gives up looking before a page is full, and says where it has come to.
type short struct{ hotstore.Reader }

func (s short) Search(ctx context.Context, search hotstore.Search) (hotstore.Page, error) {
	search.Limit = min(search.Limit, 3)
	page, err := s.Reader.Search(ctx, search)
	if len(page.Documents) == 3 && page.Next != "" { // it has looked at the last one, which does not match
		page.Documents = page.Documents[:2]
		if page.Documents[0].UUID[0]%2 == 0 {
			page.Documents = nil
		}
	}
	return page, err
}

// What one source has behind its short page must not be passed over by what the other one has there.
func TestShortPages(t *testing.T) {
	w := newSplit(t, demoPairs(300, 0.025), hotstore.IncludeNone, true)
	auto := NewAuto(short{w.partial}, w.archive, w.auto.window)
	archived, err := w.archive.Search(t.Context(), hotstore.Search{Limit: 5000})
	require.NoError(t, err)
	for _, sort := range []string{"-ts", "ts", "service,-duration", "-uuid"} {
		search := hotstore.Search{Sort: hotstore.ParseSort(sort), Limit: 40}
		var before hotstore.Position
		got := map[rrpair.UUID]bool{}
		require.NoError(t, hotstore.Scan(t.Context(), auto, search, func(document *hotstore.Document) error {
			at := hotstore.PositionOf(document, search.Order())
			require.True(t, before == nil || at.Compare(before, search.Order()) > 0, "pages are in order")
			before = at
			got[document.UUID] = true
			return nil
		}, nil))
		require.Less(t, len(got), len(w.documents), "the hot store leaves some out")
		for _, document := range archived.Documents {
			isAsked := document.Time.Before(splitSince())
			for _, gap := range w.auto.window.Gaps {
				isAsked = isAsked || !document.Time.Before(gap.From) && document.Time.Before(gap.To)
			}
			if isAsked {
				require.Contains(t, got, document.UUID, "%s: %s", sort, document.Time)
			}
		}
	}
}
