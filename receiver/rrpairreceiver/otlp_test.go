package rrpairreceiver

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	_ "google.golang.org/grpc/encoding/gzip"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func componentID(text string) component.ID {
	return component.MustNewID(text)
}

func compressed(tb testing.TB, encoding string, body []byte) []byte {
	tb.Helper()
	var packed bytes.Buffer
	switch encoding {
	case "gzip":
		writer := gzip.NewWriter(&packed)
		_, err := writer.Write(body)
		require.NoError(tb, err)
		require.NoError(tb, writer.Close())
	case "zstd":
		writer, err := zstd.NewWriter(&packed)
		require.NoError(tb, err)
		_, err = writer.Write(body)
		require.NoError(tb, err)
		require.NoError(tb, writer.Close())
	default:
		return body
	}
	return packed.Bytes()
}

// Every way of sending the same pairs gives the pipeline the same pairs.
func TestEveryWayDeliversTheSame(t *testing.T) {
	sent := pairs(t, pairLine("a"), pairLine("b"))
	proto, err := plogotlp.NewExportRequestFromLogs(sent).MarshalProto()
	require.NoError(t, err)
	json, err := plogotlp.NewExportRequestFromLogs(sent).MarshalJSON()
	require.NoError(t, err)
	ndjson := []byte(pairLine("a") + "\n" + pairLine("b") + "\n")

	check := func(t *testing.T, sink *consumertest.LogsSink) {
		t.Helper()
		var got []string
		for _, logs := range sink.AllLogs() {
			for _, record := range logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
				var pair rrpair.Pair
				require.NoError(t, pair.FromLogRecord(pcommon.NewResource(), record))
				assert.NotZero(t, record.ObservedTimestamp())
				got = append(got, string(pair.JSON()))
			}
		}
		assert.Equal(t, []string{pairLine("a"), pairLine("b")}, got)
	}
	for _, encoding := range []string{"", "gzip"} {
		t.Run("grpc "+encoding, func(t *testing.T) {
			sink := new(consumertest.LogsSink)
			client := startServer(t, sink, nil).dial(t)
			var options []grpc.CallOption
			if encoding != "" {
				options = append(options, grpc.UseCompressor(encoding))
			}
			answer, err := client.Export(t.Context(), plogotlp.NewExportRequestFromLogs(sent), options...)
			require.NoError(t, err)
			assert.Zero(t, answer.PartialSuccess().RejectedLogRecords())
			check(t, sink)
		})
	}
	for _, way := range []struct {
		path, content string
		body          []byte
	}{{logsPath, contentProto, proto}, {logsPath, contentJSON, json}, {rrpairsPath, contentNDJSON, ndjson}} {
		for _, encoding := range []string{"", "gzip", "zstd"} {
			t.Run(way.content+" "+encoding, func(t *testing.T) {
				sink := new(consumertest.LogsSink)
				server := startServer(t, sink, nil)
				answer := server.post(t, way.path, way.content, encoding, bytes.NewReader(compressed(t, encoding, way.body)))
				require.Equal(t, 200, answer.code, string(answer.body))
				check(t, sink)
			})
		}
	}
}

func TestOtherRecordsPassUntouched(t *testing.T) {
	sink := new(consumertest.LogsSink)
	server := startServer(t, sink, nil)
	logs := plog.NewLogs()
	record := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	record.Body().SetStr("not a pair \xff")
	want := plog.NewLogs()
	logs.CopyTo(want)
	_, err := server.dial(t).Export(t.Context(), plogotlp.NewExportRequestFromLogs(logs))
	require.NoError(t, err)
	assert.Equal(t, want, sink.AllLogs()[0])
	assert.EqualValues(t, 1, server.sum(t, "otelcol_rrpair_receiver_other_records", nil))
	assert.EqualValues(t, 0, server.sum(t, "otelcol_rrpair_receiver_accepted_records", nil))
}

func TestBodiesAsTextBecomeMaps(t *testing.T) {
	for name, set := range map[string]func(pcommon.Value){
		"text":  func(body pcommon.Value) { body.SetStr(pairLine("x")) },
		"bytes": func(body pcommon.Value) { body.SetEmptyBytes().FromRaw([]byte(pairLine("x"))) },
	} {
		t.Run(name, func(t *testing.T) {
			sink := new(consumertest.LogsSink)
			_, err := startServer(t, sink, nil).dial(t).Export(t.Context(), plogotlp.NewExportRequestFromLogs(withBody(t, set)))
			require.NoError(t, err)
			record := sink.AllLogs()[0].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(1)
			require.Equal(t, pcommon.ValueTypeMap, record.Body().Type())
			uuid, _ := record.Body().Map().Get("uuid")
			assert.Equal(t, "x", uuid.Str())
		})
	}
}

func TestPipelineErrors(t *testing.T) {
	for name, test := range map[string]struct {
		err   error
		grpc  codes.Code
		http  int
		retry bool
	}{
		"for now":       {errors.New("queue is full"), codes.Unavailable, 503, true},
		"retryable":     {consumererror.NewRetryableError(errors.New("busy")), codes.Unavailable, 503, true},
		"late":          {context.DeadlineExceeded, codes.Unavailable, 503, true},
		"for good":      {consumererror.NewPermanent(errors.New("no")), codes.Internal, 500, false},
		"not retryable": {consumererror.NewOTLPHTTPError(errors.New("no"), 404), codes.Internal, 500, false},
	} {
		t.Run(name, func(t *testing.T) {
			server := startServer(t, consumertest.NewErr(test.err), nil)
			_, err := server.dial(t).Export(t.Context(), plogotlp.NewExportRequestFromLogs(pairs(t, pairLine("a"))))
			answer := statusOf(t, err)
			assert.Equal(t, test.grpc, answer.Code())
			assert.Contains(t, answer.Message(), test.err.Error())
			if test.retry {
				require.Len(t, answer.Details(), 1)
				assert.Equal(t, retryAfter, answer.Details()[0].(*errdetails.RetryInfo).GetRetryDelay().AsDuration())
			} else {
				assert.Empty(t, answer.Details())
			}
			got := server.postProto(t, pairs(t, pairLine("a")))
			assert.Equal(t, test.http, got.code)
			assert.Equal(t, test.retry, got.header.Get("Retry-After") == "1")
		})
	}
}

func TestPortInUseSaysWhatToDo(t *testing.T) {
	first := startServer(t, consumertest.NewNop(), nil)
	for key, change := range map[string]func(*Config){
		"protocols::grpc::endpoint": func(c *Config) { c.Protocols.GRPC.GetOrInsertDefault().NetAddr.Endpoint = first.grpcAt },
		"protocols::http::endpoint": func(c *Config) { c.Protocols.HTTP.GetOrInsertDefault().Endpoint = first.httpAt },
	} {
		config := createDefaultConfig().(*Config)
		change(config)
		one, err := NewFactory().CreateLogs(t.Context(), nopSettings(), config, consumertest.NewNop())
		require.NoError(t, err)
		err = one.Start(t.Context(), nil)
		require.ErrorContains(t, err, "receivers::rrpair::"+key)
		require.ErrorContains(t, err, "otlp receiver")
		require.NoError(t, one.Shutdown(t.Context()))
	}
}

func TestTooLargeNamesTheSetting(t *testing.T) {
	server := startServer(t, consumertest.NewNop(), func(c *Config) {
		c.Protocols.GRPC.Get().MaxRecvMsgSizeMiB = 1
		c.Protocols.HTTP.Get().MaxRequestBodySize = 1 << 20
	})
	logs := withBody(t, func(body pcommon.Value) { body.Map().PutStr("status", strings.Repeat("x", 2<<20)) })
	_, err := server.dial(t).Export(t.Context(), plogotlp.NewExportRequestFromLogs(logs))
	answer := statusOf(t, err)
	assert.Equal(t, codes.ResourceExhausted, answer.Code())
	assert.Empty(t, answer.Details(), "must not be sent again")

	body, err := plogotlp.NewExportRequestFromLogs(logs).MarshalProto()
	require.NoError(t, err)
	for _, encoding := range []string{"", "gzip", "zstd"} {
		got := server.post(t, logsPath, contentProto, encoding, bytes.NewReader(compressed(t, encoding, body)))
		assert.Equal(t, 413, got.code)
		assert.Contains(t, string(got.body), "larger than 1MiB: raise receivers::rrpair::protocols::http::max_request_body_size")
	}
	assert.EqualValues(t, 1, server.sum(t, "otelcol_rrpair_receiver_refused_requests", map[string]string{"transport": "grpc", "reason": "too_large"}))
	assert.EqualValues(t, 3, server.sum(t, "otelcol_rrpair_receiver_refused_requests", map[string]string{"transport": "http", "reason": "too_large"}))
}

// Real recordings pass: the look at types refuses none of them.
func TestRecordingsPass(t *testing.T) {
	sample := sampleLines(t, 700)
	sink := new(consumertest.LogsSink)
	server := startServer(t, sink, nil)
	answer, err := server.dial(t, grpc.WithDefaultCallOptions(grpc.MaxCallSendMsgSize(1<<30))).
		Export(t.Context(), plogotlp.NewExportRequestFromLogs(pairs(t, sample...)))
	require.NoError(t, err)
	assert.Empty(t, answer.PartialSuccess().ErrorMessage())
	got := server.post(t, rrpairsPath, contentNDJSON, "", lines(sample...))
	assert.JSONEq(t, fmt.Sprintf(`{"accepted":%d,"rejected":[]}`, len(sample)), string(got.body))
	assert.Equal(t, 2*len(sample), sink.LogRecordCount())
	assert.EqualValues(t, 2*len(sample), server.sum(t, "otelcol_rrpair_receiver_accepted_records", nil))
}
