package hotstores

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/opensearch"
	"github.com/byoc-otel/otelcol-byoc/test/services"
)

// writeAll writes in batches as a queue does: what remains is written again until nothing does.
func writeAll(t *testing.T, store hotstore.Writer, all []*hotstore.Document) (duplicates int) {
	t.Helper()
	const batch = 500
	for len(all) > 0 {
		documents := all[:min(batch, len(all))]
		all = all[len(documents):]
		for deadline := time.Now().Add(2 * time.Minute); len(documents) > 0; {
			result, err := store.Write(t.Context(), documents)
			require.Equal(t, err != nil, len(result.Remaining) > 0, "%v", err)
			require.Empty(t, result.Rejected)
			require.Equal(t, len(documents), result.Stored+result.Duplicates+len(result.Remaining))
			duplicates += result.Duplicates
			var again []*hotstore.Document
			for _, i := range result.Remaining {
				again = append(again, documents[i])
			}
			documents = again
			require.True(t, time.Now().Before(deadline), "%d documents remain: %v", len(documents), err)
		}
	}
	return duplicates
}

// TestARestartLosesAndDoublesNothing kills the server in the middle of writing and starts it again on its data.
func TestARestartLosesAndDoublesNothing(t *testing.T) {
	node := services.OwnOpenSearch(t)
	cfg := openSearchConfig(node)
	cfg.BulkSize = 64 << 10
	cfg.Retry.MaxElapsedTime = 3 * time.Second
	store := openStore(t, cfg)
	all := documents(3, 6000)
	var restart sync.WaitGroup
	restart.Go(func() {
		time.Sleep(500 * time.Millisecond)
		node.Kill(t)
		time.Sleep(time.Second)
		node.Start(t)
	})
	duplicates := writeAll(t, store, all)
	restart.Wait()
	refresh(t, cfg)
	found := everything(t, store, hotstore.Search{Limit: 5000})
	hotstore.SortBy(all, (&hotstore.Search{}).Order())
	require.Equal(t, uuids(all), uuids(found))
	t.Logf("%d documents met themselves", duplicates)
}

// TestABusyClusterLosesAndDoublesNothing stands a proxy before a real node that refuses whole requests and single
// documents with 429 and 503, is slow, and forgets to pass answers on.
func TestABusyClusterLosesAndDoublesNothing(t *testing.T) {
	node := services.OpenSearch(t)
	cfg := openSearchConfig(node)
	target, err := url.Parse(node.Endpoint)
	require.NoError(t, err)
	var refusals atomic.Int64
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	proxy := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	busy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/_bulk") {
			proxy.ServeHTTP(w, r)
			return
		}
		switch rand.IntN(6) {
		case 0:
			refusals.Add(1)
			w.WriteHeader(http.StatusTooManyRequests)
		case 1:
			refusals.Add(1)
			w.WriteHeader(http.StatusServiceUnavailable)
		case 2: // what was asked is done, and nobody hears of it
			refusals.Add(1)
			proxy.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		case 3: // refuse every third document
			refusals.Add(1)
			refuseSome(w, r, proxy)
		case 4:
			time.Sleep(50 * time.Millisecond)
			proxy.ServeHTTP(w, r)
		default:
			proxy.ServeHTTP(w, r)
		}
	}))
	defer busy.Close()
	direct := cfg
	cfg.Endpoints, cfg.BulkSize, cfg.Compression = []string{busy.URL}, 32<<10, "none"
	cfg.Retry.MaxElapsedTime = 2 * time.Second
	store := openStore(t, cfg)
	all := documents(4, 3000)
	writeAll(t, store, all)
	refresh(t, direct)
	found := everything(t, store, hotstore.Search{Limit: 5000})
	hotstore.SortBy(all, (&hotstore.Search{}).Order())
	require.Equal(t, uuids(all), uuids(found))
	require.Positive(t, refusals.Load())
	t.Logf("%d refusals", refusals.Load())
}

// refuseSome passes on two of three documents and says of the others what a full queue says.
func refuseSome(w http.ResponseWriter, r *http.Request, proxy http.Handler) {
	body, _ := io.ReadAll(r.Body)
	lines := bytes.SplitAfter(body, []byte("\n"))
	var passed []byte
	for i := 0; i+1 < len(lines); i += 2 {
		if i/2%3 != 0 {
			passed = append(append(passed, lines[i]...), lines[i+1]...)
		}
	}
	refused := json.RawMessage(`{"create":{"status":429,"error":{"type":"rejected_execution_exception","reason":"queue is full"}}}`)
	answer := struct {
		Errors bool              `json:"errors"`
		Items  []json.RawMessage `json:"items"`
	}{Errors: true}
	var items []json.RawMessage
	if len(passed) > 0 {
		inner := r.Clone(context.WithoutCancel(r.Context()))
		inner.Body, inner.ContentLength = io.NopCloser(bytes.NewReader(passed)), int64(len(passed))
		inner.Header.Del("Accept-Encoding")
		recorder := httptest.NewRecorder()
		proxy.ServeHTTP(recorder, inner)
		_ = json.Unmarshal(recorder.Body.Bytes(), &answer)
		items, answer.Items = answer.Items, nil
	}
	for i := 0; i+1 < len(lines); i += 2 {
		if i/2%3 == 0 {
			answer.Items = append(answer.Items, refused)
		} else {
			answer.Items, items = append(answer.Items, items[0]), items[1:]
		}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func TestADocumentThatOpenSearchCannotTakeIsRejected(t *testing.T) {
	cfg := openSearchConfig(services.OpenSearch(t))
	store := openStore(t, cfg)
	all := documents(5, 5)
	all[1].Time = time.Date(2400, 1, 1, 0, 0, 0, 0, time.UTC)
	all[3].Extra = []hotstore.Extra{{Name: "", Text: "a field without a name"}}
	result, err := store.Write(t.Context(), all)
	require.NoError(t, err)
	require.Equal(t, 3, result.Stored)
	require.Len(t, result.Rejected, 2)
	require.Equal(t, 1, result.Rejected[0].Index)
	require.Contains(t, result.Rejected[0].Reason, "beyond what OpenSearch counts")
	require.Equal(t, 3, result.Rejected[1].Index)
	require.Contains(t, result.Rejected[1].Reason, "mapper_parsing_exception")
	status, err := store.Status(t.Context())
	require.NoError(t, err)
	for _, partition := range status.Partitions {
		require.NotContains(t, partition.Name, "2400", "an index that would never expire")
	}
}

func TestOneOfManyCollectorsExpires(t *testing.T) {
	cfg := openSearchConfig(services.OpenSearch(t))
	store := openStore(t, cfg)
	all := documents(6, 200)
	for i, document := range all {
		document.Time = dayOne().AddDate(0, 0, i%5)
	}
	writeAll(t, store, all)
	var removed atomic.Int64
	var group sync.WaitGroup
	for range 8 {
		other, err := opensearch.Open(t.Context(), cfg)
		require.NoError(t, err)
		defer func() { require.NoError(t, other.Close()) }()
		group.Go(func() {
			count, err := other.Expire(context.Background(), dayOne().AddDate(0, 0, 3))
			if err != nil {
				t.Error(err)
			}
			removed.Add(int64(count))
		})
	}
	group.Wait()
	require.EqualValues(t, 3, removed.Load(), "each index once")
	count, err := store.Expire(t.Context(), dayOne().AddDate(0, 0, 3))
	require.NoError(t, err)
	require.Zero(t, count, "the lock is free again, and nothing is left to do")
	status, err := store.Status(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 80, status.Documents)
}

// TestRollover: indices by size, and a document that comes again after its index is full still meets itself.
func TestRollover(t *testing.T) {
	cfg := openSearchConfig(services.OpenSearch(t))
	cfg.Rollover.MaxSize = 1 << 20
	store := openStore(t, cfg)
	var all []*hotstore.Document
	for day := range 3 {
		some := documents(uint64(10+day), 6000)
		for i, document := range some {
			document.Time = dayOne().AddDate(0, 0, day).Add(time.Duration(i) * time.Second / 10)
		}
		writeAll(t, store, some)
		refresh(t, cfg)
		all = append(all, some...)
		flush(t, cfg)
		_, err := store.Expire(t.Context(), time.Time{}.AddDate(1, 0, 0))
		require.NoError(t, err)
	}
	status, err := store.Status(t.Context())
	require.NoError(t, err)
	require.Greater(t, len(status.Partitions), 2)
	require.True(t, status.Healthy, "%v", status.Problems)
	result, err := store.Write(t.Context(), all)
	require.NoError(t, err)
	require.Equal(t, hotstore.WriteResult{Duplicates: len(all)}, result)
	refresh(t, cfg)
	require.Len(t, everything(t, store, hotstore.Search{Limit: 5000}), len(all))
	removed, err := store.Expire(t.Context(), dayOne().AddDate(0, 0, 1))
	require.NoError(t, err)
	require.Positive(t, removed)
	refresh(t, cfg)
	found := everything(t, store, hotstore.Search{Limit: 5000, Sort: hotstore.ParseSort("ts")})
	require.False(t, found[0].Time.Before(dayOne().AddDate(0, 0, 1).Truncate(24*time.Hour)))
	require.GreaterOrEqual(t, len(found), 12_000)
}

func TestASearchBeforeInitSaysWhatToDo(t *testing.T) {
	cfg := openSearchConfig(services.OpenSearch(t))
	store, err := opensearch.Open(t.Context(), cfg)
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	_, err = store.Search(t.Context(), hotstore.Search{})
	require.ErrorIs(t, err, hotstore.ErrNotSetUp)
	require.ErrorContains(t, err, "no index template "+cfg.Index)
	status, err := store.Status(t.Context())
	require.NoError(t, err)
	require.False(t, status.Healthy)
	require.NoError(t, store.Init(t.Context()))
	page, err := store.Search(t.Context(), hotstore.Search{})
	require.NoError(t, err)
	require.Empty(t, page.Documents)
}
