package sqlite

import (
	"context"
	"testing"

	"go.uber.org/goleak"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/hottest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	documents := demoDocuments(t, 3000, hotstore.IncludeFull, true)
	hottest.Run(t, func(t *testing.T) hottest.Store {
		store, err := Open(context.Background(), Config{Path: t.TempDir()}, Settings{})
		if err != nil {
			t.Fatal(err)
		}
		return store
	}, hottest.Options{
		Traffic: func(n int) []*hotstore.Document {
			copies := make([]*hotstore.Document, n)
			for i := range copies {
				copies[i] = documents[i].Clone()
			}
			return copies
		},
		Reopen: func(t *testing.T, store hottest.Store) hottest.Store {
			other, err := Open(context.Background(), store.(*Store).config, Settings{})
			if err != nil {
				t.Fatal(err)
			}
			return other
		},
	})
}
