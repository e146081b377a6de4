package rrpairreceiver

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
	"github.com/byoc-otel/otelcol-byoc/receiver/rrpairreceiver/internal/metadata"
)

// server is a running receiver with both protocols on free ports.
type server struct {
	telemetry *componenttest.Telemetry
	grpcAt    string
	httpAt    string
}

func freePort(tb testing.TB) string {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	defer func() { require.NoError(tb, listener.Close()) }()
	return listener.Addr().String()
}

func startServer(tb testing.TB, next consumer.Logs, change func(*Config)) *server {
	tb.Helper()
	return startServerOn(tb, componenttest.NewNopHost(), next, change)
}

func startServerOn(tb testing.TB, host component.Host, next consumer.Logs, change func(*Config)) *server {
	tb.Helper()
	s := &server{telemetry: componenttest.NewTelemetry(), grpcAt: freePort(tb), httpAt: freePort(tb)}
	config := createDefaultConfig().(*Config)
	config.Protocols.GRPC.GetOrInsertDefault().NetAddr.Endpoint = s.grpcAt
	config.Protocols.HTTP.GetOrInsertDefault().Endpoint = s.httpAt
	if change != nil {
		change(config)
	}
	require.NoError(tb, config.Validate())
	set := receivertest.NewNopSettings(metadata.Type)
	set.ID = componentID("rrpair")
	set.TelemetrySettings = s.telemetry.NewTelemetrySettings()
	one, err := NewFactory().CreateLogs(tb.Context(), set, config, next)
	require.NoError(tb, err)
	require.NoError(tb, one.Start(tb.Context(), host))
	tb.Cleanup(func() {
		require.NoError(tb, one.Shutdown(context.Background()))
		require.NoError(tb, s.telemetry.Shutdown(context.Background()))
	})
	return s
}

func (s *server) dial(tb testing.TB, options ...grpc.DialOption) plogotlp.GRPCClient {
	tb.Helper()
	options = append(options, grpc.WithTransportCredentials(insecure.NewCredentials()))
	conn, err := grpc.NewClient(s.grpcAt, options...)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, conn.Close()) })
	return plogotlp.NewGRPCClient(conn)
}

// answer is what a sender over HTTP gets.
type answer struct {
	code   int
	header http.Header
	body   []byte
}

func (s *server) post(tb testing.TB, path, contentType, encoding string, body io.Reader) answer {
	tb.Helper()
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, "http://"+s.httpAt+path, body)
	require.NoError(tb, err)
	request.Header.Set("Content-Type", contentType)
	if encoding != "" {
		request.Header.Set("Content-Encoding", encoding)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Do(request)
	require.NoError(tb, err)
	defer func() { require.NoError(tb, response.Body.Close()) }()
	content, err := io.ReadAll(response.Body)
	require.NoError(tb, err)
	return answer{code: response.StatusCode, header: response.Header, body: content}
}

func (s *server) postProto(tb testing.TB, logs plog.Logs) answer {
	tb.Helper()
	body, err := plogotlp.NewExportRequestFromLogs(logs).MarshalProto()
	require.NoError(tb, err)
	return s.post(tb, logsPath, contentProto, "", bytes.NewReader(body))
}

// pairLine is one small RRPair as JSON.
func pairLine(uuid string) string {
	return `{"msgType":"rrpair","ts":"2026-11-20T10:00:00.123Z","l7protocol":"http","duration":12,"uuid":"` + uuid +
		`","direction":"IN","cluster":"shop","namespace":"default","service":"checkout","command":"POST","location":"/cart","status":"200",` +
		`"http":{"req":{"url":"/cart","method":"POST","headers":{"Accept":["*/*"]},"body":"{}"},"res":{"statusCode":200,"headers":{},"body":"ok"}},` +
		`"netinfo":{"id":"42","downstream":{"bytesSent":"17"}}}`
}

// pairs is a request of records made from lines of JSON.
func pairs(tb testing.TB, lines ...string) plog.Logs {
	tb.Helper()
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for _, line := range lines {
		var pair rrpair.Pair
		require.NoError(tb, pair.ParseJSON([]byte(line)))
		require.NoError(tb, pair.ToLogRecord(records.AppendEmpty()))
	}
	return logs
}

// withBody is a request of one good pair and one record that set makes.
func withBody(tb testing.TB, set func(pcommon.Value)) plog.Logs {
	tb.Helper()
	logs := pairs(tb, pairLine("good"))
	records := logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()
	records.At(0).CopyTo(records.AppendEmpty())
	set(records.At(1).Body())
	return logs
}

func lines(all ...string) io.Reader {
	return strings.NewReader(strings.Join(all, "\n"))
}

func statusOf(tb testing.TB, err error) *status.Status {
	tb.Helper()
	require.Error(tb, err)
	answer, ok := status.FromError(err)
	require.True(tb, ok, err)
	return answer
}

func nopSettings() receiver.Settings {
	set := receivertest.NewNopSettings(metadata.Type)
	set.ID = componentID("rrpair")
	return set
}

// sum adds up a counter over the points that have all of the attributes.
func (s *server) sum(tb testing.TB, name string, attributes map[string]string) int64 {
	tb.Helper()
	metric, err := s.telemetry.GetMetric(name)
	if err != nil {
		return 0 // never counted
	}
	var total int64
	for _, point := range metric.Data.(metricdata.Sum[int64]).DataPoints {
		matches := true
		for key, want := range attributes {
			value, _ := point.Attributes.Value(attribute.Key(key))
			matches = matches && value.AsString() == want
		}
		if matches {
			total += point.Value
		}
	}
	return total
}

func fixedNow() time.Time {
	return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
}

func testTelemetry(tb testing.TB) *telemetry {
	tb.Helper()
	made, err := newTelemetry(nopSettings(), func() int64 { return 0 }, nil)
	require.NoError(tb, err)
	tb.Cleanup(made.shutdown)
	return made
}
