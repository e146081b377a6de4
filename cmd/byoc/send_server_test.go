package main

import (
	"compress/gzip"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/grpc"
	_ "google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// fakeCollector answers requests as a test says and keeps what it took.
type fakeCollector struct {
	plogotlp.UnimplementedGRPCServer
	// answer is called with the number of the request, from 0, before its records are taken. An error is the answer.
	answer func(number, records int) (plogotlp.ExportResponse, error)

	mutex    sync.Mutex
	requests int
	headers  metadata.MD
	taken    map[string]int // canonical JSON of each pair -> how often
	clusters map[string]int // by resource attribute
	services map[string]int // by record attribute
}

func newFakeCollector() *fakeCollector {
	return &fakeCollector{taken: map[string]int{}, clusters: map[string]int{}, services: map[string]int{}}
}

func (f *fakeCollector) Export(ctx context.Context, request plogotlp.ExportRequest) (plogotlp.ExportResponse, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.headers, _ = metadata.FromIncomingContext(ctx)
	number := f.requests
	f.requests++
	response := plogotlp.NewExportResponse()
	if f.answer != nil {
		var err error
		if response, err = f.answer(number, request.Logs().LogRecordCount()); err != nil {
			return response, err
		}
	}
	return response, f.take(request)
}

func (f *fakeCollector) take(request plogotlp.ExportRequest) error {
	var pair rrpair.Pair
	for _, resource := range request.Logs().ResourceLogs().All() {
		cluster, _ := resource.Resource().Attributes().Get("cluster")
		for _, scope := range resource.ScopeLogs().All() {
			for _, record := range scope.LogRecords().All() {
				if err := pair.FromLogRecord(resource.Resource(), record); err != nil {
					return err
				}
				text, err := rrpair.AppendCanonical(nil, pair.JSON())
				if err != nil {
					return err
				}
				f.taken[string(text)]++
				service, _ := record.Attributes().Get("service")
				f.services[service.AsString()]++
				f.clusters[cluster.AsString()]++
			}
		}
	}
	return nil
}

// serveGRPC returns the address of a server that lives as long as the test.
func (f *fakeCollector) serveGRPC(t *testing.T, options ...grpc.ServerOption) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := grpc.NewServer(options...)
	plogotlp.RegisterGRPCServer(server, f)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // ends with Stop
	}()
	t.Cleanup(func() { server.Stop(); <-done })
	return listener.Addr().String()
}

// serveHTTP is the same over HTTP; refuse, if set, may answer instead.
func (f *fakeCollector) serveHTTP(t *testing.T, refuse func(w http.ResponseWriter, number int) bool) string {
	t.Helper()
	number := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mutex.Lock()
		defer f.mutex.Unlock()
		number++
		if r.URL.Path != "/v1/logs" || r.Method != http.MethodPost || r.Header.Get("Content-Type") != contentProtobuf {
			http.Error(w, "not OTLP", http.StatusTeapot)
			return
		}
		if refuse != nil && refuse(w, number-1) {
			return
		}
		var body io.Reader = r.Body
		if r.Header.Get("Content-Encoding") == "gzip" {
			body, _ = gzip.NewReader(r.Body)
		}
		text, err := io.ReadAll(body)
		request := plogotlp.NewExportRequest()
		if err == nil {
			err = request.UnmarshalProto(text)
		}
		if err == nil {
			err = f.take(request)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		answer, _ := plogotlp.NewExportResponse().MarshalProto()
		_, _ = w.Write(answer)
	}))
	t.Cleanup(server.Close)
	return server.URL
}
