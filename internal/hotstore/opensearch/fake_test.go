package opensearch

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// asked is a request that a fake cluster got.
type asked struct {
	Method, Path, Query string
	Body                []byte // uncompressed
	Header              http.Header
}

// fake is a cluster that answers from a script and notes what it was asked.
type fake struct {
	*httptest.Server
	mu       sync.Mutex
	requests []asked
}

func newFake(t *testing.T, answer func(asked) (status int, body string)) *fake {
	t.Helper()
	f := &fake{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			reader, err := gzip.NewReader(bytes.NewReader(body))
			if err == nil {
				body, _ = io.ReadAll(reader)
			}
		}
		request := asked{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Body: body, Header: r.Header.Clone()}
		f.mu.Lock()
		f.requests = append(f.requests, request)
		f.mu.Unlock()
		status, text := answer(request)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) seen() []asked {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]asked(nil), f.requests...)
}

// lines are the methods and addresses of what was asked.
func (f *fake) lines() (lines []string) {
	for _, request := range f.seen() {
		line := request.Method + " " + request.Path
		if request.Query != "" {
			line += "?" + request.Query
		}
		lines = append(lines, line)
	}
	return lines
}

func (f *fake) store(t *testing.T, change func(*Config)) *Store {
	t.Helper()
	cfg := validConfig()
	cfg.Endpoints = []string{f.URL}
	cfg.Retry = RetryConfig{InitialInterval: time.Millisecond, MaxInterval: 2 * time.Millisecond, MaxElapsedTime: 5 * time.Second}
	if change != nil {
		change(&cfg)
	}
	store, err := Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	store.isOurs.Store(true)
	store.isSetUp.Store(true) // so that nothing but what a test is about is asked
	return store
}

// golden compares JSON (or text) with a file of testdata; UPDATE_GOLDEN=1 writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if filepath.Ext(name) == ".json" {
		var out bytes.Buffer
		require.NoError(t, json.Indent(&out, got, "", "  "))
		got = append(out.Bytes(), '\n')
	}
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

func goldenObject(t *testing.T, name string, body any) {
	t.Helper()
	data, err := json.Marshal(body)
	require.NoError(t, err)
	golden(t, name, data)
}

// sample is a document with everything.
func sample() *hotstore.Document {
	id := rrpair.UUID{0x01, 0x98, 0x80, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 0x2a}
	return &hotstore.Document{
		UUID: id, Time: time.Date(2026, 11, 20, 10, 0, 0, 123456789, time.UTC), Cluster: "prod", Namespace: "shop", Service: "checkout",
		Direction: "IN", Protocol: "http", Tech: "JSON", Command: "POST", Location: "/orders/\"1\"", Endpoint: "/orders/{id}", Status: "503",
		Host: "checkout", URL: "/orders/\"1\"?x=1", Path: "/orders/\"1\"", Peer: "web", Session: "s-1", Trace: "0af7651916cd43dd8448eb211c80319c",
		Span: "00f067aa0ba902b7", NetworkAddress: "10.0.0.1:80", Source: "ingress", Error: true, Duration: 12345678, LatencyBucket: hotstore.Bucket(12345678),
		RequestBytes: 12, ResponseBytes: 345, Size: 2345, ArchiveURL: "s3://bucket/pairs/v1/date=2026-11-20/hour=10?uuid=" + id.String(),
		Extra:   []hotstore.Extra{{Name: "order.total", Kind: hotstore.ExtraNumber, Number: 1.5}, {Name: "tenant", Text: "acme"}, {Name: "vip", Kind: hotstore.ExtraBool, Bool: true}},
		Headers: []byte(`{"request":{"accept":"*/*"}}`), Pair: []byte(`{"msgType":"rrpair","n":12345678901234567890.10}`), Text: "rrpair\x00accept",
	}
}
