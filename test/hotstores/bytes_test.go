package hotstores

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/opensearch"
	"github.com/byoc-otel/otelcol-byoc/test/services"
)

// BenchmarkOpenSearch writes pairs of the demo shop and tells the documents a second, and the bytes a pair after a merge
// to one segment: of our documents (include: none), and of what the opensearchexporter makes of the same pairs with its
// defaults: the record with its body as a text, in an index without a template.
func BenchmarkOpenSearch(b *testing.B) {
	const pairs = 20_000
	node := services.OpenSearch(b)
	documents := traffic(b, 11, pairs, hotstore.Values{Include: hotstore.IncludeFull})
	for b.Loop() {
		theirs := opensearch.NewDefaultConfig()
		theirs.Endpoints, theirs.Index = []string{node.Endpoint}, fmt.Sprintf("stock%d", stores.Add(1))
		writeStock(b, theirs, documents)
		stock := mergedBytes(b, theirs)

		cfg := openSearchConfig(node)
		store, err := opensearch.Open(b.Context(), cfg)
		require.NoError(b, err)
		require.NoError(b, store.Init(b.Context()))
		for _, document := range documents {
			document.Pair, document.Headers = nil, nil
		}
		begin := time.Now()
		result, err := store.Write(b.Context(), documents)
		require.NoError(b, err)
		require.Equal(b, pairs, result.Stored)
		elapsed := time.Since(begin)
		ours := mergedBytes(b, cfg)
		b.ReportMetric(pairs/elapsed.Seconds(), "pairs/s")
		b.ReportMetric(float64(ours)/pairs, "B/pair")
		b.ReportMetric(float64(stock)/pairs, "stockB/pair")
		b.ReportMetric(float64(ours)/float64(stock), "ratio")
		require.NoError(b, store.Destroy(b.Context()))
		require.NoError(b, store.Close())
	}
}

// writeStock indexes records as the opensearchexporter does with its default mapping, ss4o.
func writeStock(b *testing.B, cfg opensearch.Config, documents []*hotstore.Document) {
	b.Helper()
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	send := func() {
		request, err := http.NewRequestWithContext(b.Context(), http.MethodPost, cfg.Endpoints[0]+"/"+cfg.Index+"-0/_bulk", &body)
		require.NoError(b, err)
		request.Header.Set("Content-Type", "application/x-ndjson")
		response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
		require.NoError(b, err)
		_, err = io.Copy(io.Discard, response.Body)
		require.NoError(b, err)
		require.NoError(b, response.Body.Close())
		require.Equal(b, http.StatusOK, response.StatusCode)
		body.Reset()
	}
	for i, document := range documents {
		body.WriteString("{\"create\":{}}\n")
		require.NoError(b, encoder.Encode(map[string]any{
			"@timestamp": document.Time, "observedTimestamp": document.Time, "body": string(document.Pair),
			"attributes":           map[string]any{"service": document.Service, "namespace": document.Namespace, "data_stream": map[string]any{"dataset": "default", "namespace": "namespace", "type": "record"}},
			"resource":             map[string]any{"service.name": document.Service},
			"instrumentationScope": map[string]any{}, "severity": map[string]any{"number": 0},
		}))
		if i%1000 == 999 {
			send()
		}
	}
	if body.Len() > 0 {
		send()
	}
}

func mergedBytes(b *testing.B, cfg opensearch.Config) int64 {
	b.Helper()
	post(b, cfg, "_forcemerge?max_num_segments=1")
	post(b, cfg, "_flush?force=true")
	request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, cfg.Endpoints[0]+"/"+cfg.Index+"-*/_stats/store", nil)
	require.NoError(b, err)
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	require.NoError(b, err)
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		All struct {
			Primaries struct {
				Store struct {
					Size int64 `json:"size_in_bytes"`
				} `json:"store"`
			} `json:"primaries"`
		} `json:"_all"`
	}
	require.NoError(b, json.NewDecoder(response.Body).Decode(&answer))
	return answer.All.Primaries.Store.Size
}
