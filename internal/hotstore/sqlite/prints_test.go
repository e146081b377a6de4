package sqlite

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// withPrint makes a text that has a print in the first format.
func withPrint(print uint16) string {
	for i := 0; ; i++ {
		if text := fmt.Sprintf("/odd/%d", i); printOf(text, printedVersion) == print {
			return text
		}
	}
}

// TestWhetherThereIsAValue asks for values and for their lack in columns of many values, in the format of today, where
// that reads no page, and in the one before. Some values have the print that stands for none.
func TestWhetherThereIsAValue(t *testing.T) {
	odd := []string{withPrint(noPrint), withPrint(noPrint + 1), withPrint(printOf("", printedVersion))}
	for _, version := range []byte{printedVersion, formatVersion} {
		store := openStore(t, t.TempDir(), Settings{})
		builder, err := newBuilder()
		require.NoError(t, err)
		builder.version, store.builder = version, builder
		documents := make([]*hotstore.Document, 2000)
		for i := range documents {
			d := &hotstore.Document{UUID: rrpair.UUID{byte(i), byte(i >> 8), 1}, Time: time.Date(2026, 11, 20, 12, 0, 0, i, time.UTC), Service: []string{"web", "shop"}[i%2]}
			if i%3 > 0 {
				d.URL, d.Session = fmt.Sprintf("/things/%d?page=%d", i, i), fmt.Sprintf("s%d", i)
			}
			if i%5 > 0 && d.URL != "" {
				d.Path = fmt.Sprintf("/things/%d", i)
			}
			documents[i] = d
		}
		for i, text := range odd {
			documents[100+i].URL, documents[200+i].Session = text, text
			documents[300+i].URL, documents[300+i].Path = "/a?b="+text, text
		}
		_, err = store.Write(t.Context(), documents)
		require.NoError(t, err)

		queries := map[string]bool{`url IS ""`: true, `session IS ""`: true, "url EXISTS": true, "url NOT EXISTS": true, "session EXISTS AND service IS web": true,
			`session NOT "" AND url IS ""`: true, `session IN "" s100`: false, `url IN "" "/things/100"`: false, "url CONTAINS thing AND session NOT EXISTS": false}
		for _, text := range odd {
			queries["url IS "+text], queries["session IS "+text], queries["url NOT "+text+" AND service IS shop"] = false, false, false
		}
		for text, needsNoPage := range queries {
			query, err := filter.Parse(text, filter.Options{})
			require.NoError(t, err, text)
			condition, err := hotstore.NewCondition(query.Expr())
			require.NoError(t, err, text)
			want := 0
			var source hotstore.Source
			for _, document := range documents {
				source.Reset(document)
				holds, err := condition.Match(&source)
				require.NoError(t, err)
				if holds {
					want++
				}
			}
			matcher, err := newMatcher(query.Expr())
			require.NoError(t, err)
			p, err := store.plan(t.Context(), nil, time.Time{}, time.Time{})
			require.NoError(t, err)
			segments, err := p.segments()
			require.NoError(t, err)
			require.Len(t, segments, 1)
			found, err := matcher.find(segments[0])
			require.NoError(t, err)
			require.Equal(t, want, found.count(), "%s in format %d", text, version)
			for _, page := range segments[0].pages {
				require.True(t, page == nil || !needsNoPage || version == printedVersion, "%s read a page", text)
			}
			p.close()
		}
	}
}
