package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/federate"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/sqlite"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// filled is an archive and a hot store with the same demo traffic, and a collector's configuration that names both. The
// traffic is of 2026-11-20 from 09:00 UTC on, three requests a minute; the bench's clock says 12:00 of that day.
type filled struct {
	config    string // path
	url       string // of the archive
	folder    string // of the archive
	hot       string // folder of the hot store
	lines     [][]byte
	documents []*hotstore.Document // in the hot store, in order of the lines
}

// fillOptions say what lies where; zeros are everything.
type fillOptions struct {
	pairs int // default 900
	// hotFrom is since when the hot store was given everything; the zero time: all of the traffic.
	hotFrom time.Time
	include hotstore.Include
}

// fillDimensions is one dimension of the user's own, as the configuration of fill has it.
const fillDimensions = `{dimensions: [{name: agent, from: "header[user-agent]"}]}`

func fill(t *testing.T, options fillOptions) *filled {
	t.Helper()
	if options.pairs == 0 {
		options.pairs = 900
	}
	f := &filled{hot: filepath.Join(t.TempDir(), "hot")}
	f.url, f.folder, f.lines = shopArchive(t, options.pairs)
	f.config = writeFile(t, "collector.yaml", fmt.Sprintf(`extensions:
  archive: {url: %q}
  hotstore: {sqlite: {path: %q, retention: 0}}
processors:
  dimension: %s
`, f.url, f.hot, fillDimensions))
	rules, err := dimension.Compile(dimension.Settings{
		Endpoints:  dimension.NewDefaultSettings().Endpoints,
		Dimensions: []dimension.ExtraSettings{{Name: "agent", From: "header[user-agent]"}},
	})
	require.NoError(t, err)
	settings := rehydrate.Settings{Rules: rules, Layout: archive.Layout{}, Identity: f.url, Include: options.include}
	builder := rehydrate.NewBuilder(settings)
	var pair rrpair.Pair
	for _, line := range f.lines {
		require.NoError(t, pair.ParseJSON(line))
		at, _ := pair.Time()
		document, _ := builder.Build(&pair, at, rehydrate.Known{})
		if !document.Time.Before(options.hotFrom) {
			f.documents = append(f.documents, document.Clone())
		}
	}
	f.write(t, options.hotFrom, f.documents...)
	if !options.hotFrom.IsZero() {
		f.archiveBegan(t, options.hotFrom.Add(-24*time.Hour))
	}
	return f
}

// archiveBegan sets when the archive was set up, which is now otherwise, long after its traffic.
func (f *filled) archiveBegan(t *testing.T, at time.Time) {
	t.Helper()
	file := filepath.Join(f.folder, "archive.json")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var manifest archive.Manifest
	require.NoError(t, json.Unmarshal(text, &manifest))
	manifest.Created = at
	text, err = json.Marshal(manifest)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, text, 0o600))
}

// write adds documents to the hot store, as a collector in another process does. since moves the time from which on the
// store was given everything; the zero time: since ever.
func (f *filled) write(t *testing.T, since time.Time, documents ...*hotstore.Document) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: f.hot}, sqlite.Settings{})
	require.NoError(t, err)
	require.NoError(t, store.Init(t.Context()))
	if beginner, remembers := hotstore.Reader(store).(hotstore.Beginner); remembers {
		if since.IsZero() {
			since = time.Unix(1, 0)
		}
		require.NoError(t, beginner.SetSince(t.Context(), since.Add(-federate.AheadSlack)))
	}
	result, err := store.Write(t.Context(), documents)
	require.NoError(t, err)
	require.Empty(t, result.Remaining)
	require.Empty(t, result.Rejected)
	require.NoError(t, store.Close())
}
