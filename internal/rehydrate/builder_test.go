package rehydrate

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func rules(t *testing.T, change func(*dimension.Settings)) *dimension.Rules {
	t.Helper()
	settings := dimension.NewDefaultSettings()
	if change != nil {
		change(&settings)
	}
	compiled, err := dimension.Compile(settings)
	require.NoError(t, err)
	return compiled
}

func TestADocumentHasItsPlaceInTheArchive(t *testing.T) {
	settings := Settings{Rules: rules(t, nil), Layout: archive.Layout{PartitionBy: []string{"service", "tag[team]"}}, Identity: "s3://acme/rrpairs"}
	builder := NewBuilder(settings)
	_, sent := traffic(t, 1, 50, start())
	var pair rrpair.Pair
	for id, text := range sent {
		require.NoError(t, pair.ParseJSON([]byte(text)))
		document, folder := builder.Build(&pair, time.Time{}, Known{ArchiveURL: "of another archive"})
		want, at, _ := settings.Layout.Folder(&pair, time.Time{})
		require.Equal(t, want, string(folder))
		require.Equal(t, archive.RecordURL(settings.Identity, want, id), document.ArchiveURL)
		require.True(t, at.Equal(document.Time))
	}
	builder.Release()
}

func TestAnAbsurdTimeIsThatOfTheObservation(t *testing.T) {
	builder := NewBuilder(Settings{Rules: rules(t, nil)})
	var pair rrpair.Pair
	require.NoError(t, pair.ParseJSON([]byte(`{"msgType":"rrpair","ts":"1970-01-01T00:00:00Z","service":"cart"}`)))
	document, folder := builder.Build(&pair, start(), Known{ArchiveURL: "known"})
	require.Equal(t, start(), document.Time)
	require.Equal(t, "v1/date=2026-11-20/hour=09", string(folder))
	require.Equal(t, "known", document.ArchiveURL, "no archive is known here")
	require.True(t, document.NoDuration)
}

func TestWhatIsKnownGoesBeforeWhatThePairSays(t *testing.T) {
	builder := NewBuilder(Settings{Limiter: dimension.NewLimiter(1), Rules: rules(t, func(s *dimension.Settings) {
		s.ClientErrors = true
		s.Dimensions = []dimension.ExtraSettings{
			{Name: "tenant", From: "header[x-tenant]"}, {Name: "amount", From: "tag[amount]", Type: "number"}, {Name: "canary", From: "tag[canary]", Type: "boolean"},
		}
	})})
	load := func(location string) *rrpair.Pair {
		pair := new(rrpair.Pair)
		require.NoError(t, pair.ParseJSON([]byte(`{"msgType":"rrpair","ts":"2026-11-20T09:00:00Z","service":"cart","l7protocol":"http","status":"404","location":"`+location+
			`","tags":{"amount":"12.5","canary":"true"},"http":{"req":{"headers":{"X-Tenant":["acme"]}}}}`)))
		return pair
	}
	document, _ := builder.Build(load("/cart/123"), start(), Known{})
	require.Equal(t, "/cart/{id}", document.Endpoint)
	require.True(t, document.Error)
	require.Equal(t, []hotstore.Extra{{Name: "amount", Kind: hotstore.ExtraNumber, Number: 12.5},
		{Name: "canary", Kind: hotstore.ExtraBool, Bool: true}, {Name: "tenant", Text: "acme"}}, document.Extra)

	document, _ = builder.Build(load("/orders"), start(), Known{})
	require.Equal(t, dimension.Other, document.Endpoint, "the service has its one endpoint")

	document, _ = builder.Build(load("/orders"), start(), Known{Endpoint: "/o", HasError: true, Extra: []hotstore.Extra{}})
	require.Equal(t, "/o", document.Endpoint)
	require.False(t, document.Error)
	require.Empty(t, document.Extra)
}

// TestBothWaysGiveTheSameDocument: a pair that comes from the archive is indexed as it would have been at once.
func TestBothWaysGiveTheSameDocument(t *testing.T) {
	logs, sent := traffic(t, 2, 300, start())
	store := folder(t)
	gap := NewGap("hotstore", "memory", "queue is full", start())
	gap.Miss(start(), put(t, store, logs), len(sent), start(), start().Add(time.Hour))
	settings := Settings{Rules: rules(t, nil), Include: hotstore.IncludeFull, Text: true, Identity: store.Identity()}
	target := &memory{}
	_, err := (&Backfill{Bucket: store, Store: target, Settings: settings}).Run(t.Context(), gap)
	require.NoError(t, err)
	require.Len(t, target.documents, len(sent))
	builder := NewBuilder(settings)
	var pair rrpair.Pair
	for id, text := range sent {
		require.NoError(t, pair.ParseJSON([]byte(text)))
		document, _ := builder.Build(&pair, start(), Known{})
		got := target.documents[id]
		require.JSONEq(t, text, string(got.Pair))
		got.Pair, document.Pair = nil, nil
		require.Equal(t, strings.Count(document.Text, "\x00"), strings.Count(got.Text, "\x00"))
		require.Equal(t, document, got)
	}
}
