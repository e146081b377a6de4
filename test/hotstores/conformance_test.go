package hotstores

import (
	"context"
	"testing"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/hottest"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/opensearch"
	"github.com/byoc-otel/otelcol-byoc/test/services"
)

// opened remembers the settings of a store, for what is done to it from outside.
type opened struct {
	*opensearch.Store
	cfg opensearch.Config
	t   *testing.T
}

func TestConformanceOpenSearch(t *testing.T) {
	node := services.OpenSearch(t)
	// The ways to name indices differ in little: the first is asked everything, the other less. Hourly indices are those of
	// TestOpenSearchFindsWhatTheEvaluatorFinds.
	for _, way := range []struct {
		name              string
		documents, rounds int
		change            func(*opensearch.Config)
	}{
		{"daily", 400, 60, func(*opensearch.Config) {}},
		{"rollover", 250, 10, func(cfg *opensearch.Config) { cfg.Rollover.MaxSize = 1 << 20 }},
	} {
		t.Run(way.name, func(t *testing.T) {
			documents := traffic(t, 7, way.documents, hotstore.Values{Include: hotstore.IncludeFull, Text: true})
			for _, document := range documents {
				document.Text = string([]rune(document.Text)) // binary bodies are no UTF-8, which is all that JSON can say
			}
			options := hottest.Options{
				Traffic: func(n int) []*hotstore.Document {
					copies := make([]*hotstore.Document, n)
					for i := range copies {
						copies[i] = documents[i].Clone()
					}
					return copies
				},
				Documents: len(documents),
				Rounds:    way.rounds,
				Refresh: func(_ context.Context, store hottest.Store) error {
					refresh(store.(*opened).t, store.(*opened).cfg)
					return nil
				},
				Reopen: func(t *testing.T, store hottest.Store) hottest.Store {
					cfg := store.(*opened).cfg
					other, err := opensearch.Open(t.Context(), cfg)
					if err != nil {
						t.Fatal(err)
					}
					return &opened{other, cfg, t}
				},
				Without: []hottest.Capability{hottest.Fuzzed}, // JSON is UTF-8
			}
			if way.name == "rollover" {
				options.Without = append(options.Without, hottest.Expire) // indices have no days: TestRollover
			}
			hottest.Run(t, func(t *testing.T) hottest.Store {
				cfg := openSearchConfig(node)
				way.change(&cfg)
				store, err := opensearch.Open(t.Context(), cfg)
				if err != nil {
					t.Fatal(err)
				}
				if err := store.Init(t.Context()); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() {
					if err := store.Destroy(context.Background()); err != nil {
						t.Error(err)
					}
				})
				return &opened{store, cfg, t}
			}, options)
		})
	}
}
