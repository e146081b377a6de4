package rrpairreceiver

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/mem"
)

// badRecord is one record among good ones, as OTLP and as a line.
type badRecord struct {
	set      func(body pcommon.Value)
	line     string
	inRecord string // why OTLP refuses it; "" when it is taken
	inLine   string // why NDJSON refuses it
}

// edited is a good pair with some text replaced.
func edited(old, replacement string) string {
	return strings.Replace(pairLine("bad"), old, replacement, 1)
}

func badRecords() map[string]badRecord {
	deep := func(levels int) (func(pcommon.Value), string) {
		set := func(body pcommon.Value) {
			inner := body.Map().PutEmpty("deep")
			for range levels - 1 {
				inner = inner.SetEmptyMap().PutEmpty("a")
			}
		}
		return set, edited(`"status":"200"`, `"status":"200","deep":`+strings.Repeat(`{"a":`, levels-1)+"null"+strings.Repeat("}", levels-1))
	}
	deep1000, line1000 := deep(1000)
	deep2500, line2500 := deep(2500)
	put := func(key string, set func(pcommon.Value)) func(pcommon.Value) {
		return func(body pcommon.Value) { set(body.Map().PutEmpty(key)) }
	}
	text := func(s string) func(pcommon.Value) {
		return func(value pcommon.Value) { value.SetStr(s) }
	}
	return map[string]badRecord{
		"JSON text that breaks off": {
			set: text(`{"msgType":"rrpair","ts":`), line: `{"msgType":"rrpair","ts":`,
			inRecord: "body.ts: ends where a value is due (at byte 25)", inLine: "ts: ends where a value is due (at byte 25)",
		},
		"no JSON":           {line: "hello", set: text("hello"), inLine: "no JSON value begins with 'h' (at byte 0)"},
		"no RRPair":         {line: `{"msgType":"other"}`, set: put("msgType", text("other")), inLine: `not an RRPair: no object with "msgType":"rrpair"`},
		"missing uuid":      {line: edited(`"uuid":"bad",`, ""), set: func(body pcommon.Value) { body.Map().Remove("uuid") }},
		"duplicate uuid":    {line: pairLine("good"), set: func(pcommon.Value) {}},
		"ts of zero":        {line: edited("2026-11-20T10:00:00.123Z", "1970-01-01T00:00:00Z"), set: put("ts", text("1970-01-01T00:00:00Z"))},
		"no ts":             {line: edited(`"ts":"2026-11-20T10:00:00.123Z",`, ""), set: func(body pcommon.Value) { body.Map().Remove("ts") }},
		"unknown protocol":  {line: edited(`"l7protocol":"http"`, `"l7protocol":"carrier-pigeon"`), set: put("l7protocol", text("carrier-pigeon"))},
		"NUL bytes":         {line: edited("/cart", `/ca\u0000rt`), set: put("location", text("/ca\x00rt"))},
		"nested 1000 deep":  {line: line1000, set: deep1000},
		"nested 2500 deep":  {line: line2500, set: deep2500, inRecord: "nested deeper than 2000", inLine: "deep: nested deeper than 2000"},
		"null for a field":  {line: edited(`"status":"200"`, `"status":null`), set: put("status", func(pcommon.Value) {})},
		"double for an int": {line: edited(`"duration":12`, `"duration":12.0`), set: put("duration", func(v pcommon.Value) { v.SetDouble(12) })},
		"invalid UTF-8": {
			line: edited("/cart", "/c\xffart"), set: put("location", text("/c\xffart")),
			inRecord: "body.location: the text is not valid UTF-8 at byte 2; send it as bytesValue or base64", inLine: "not UTF-8",
		},
		"invalid UTF-8 in a key": {
			line: edited(`"status"`, "\"st\xffatus\""), set: put("st\xffatus", func(pcommon.Value) {}),
			inRecord: `body: the key "st\xffatus" is not valid UTF-8`, inLine: "not UTF-8",
		},
		"object for text": {
			line: edited(`"status":"200"`, `"status":{}`), set: put("status", func(v pcommon.Value) { v.SetEmptyMap() }),
			inRecord: "body.status: want text, got map", inLine: "status: want text, got map",
		},
		"text for a number": {
			line: edited(`"duration":12`, `"duration":"soon"`), set: put("duration", text("soon")),
			inRecord: "body.duration: want a number, got str", inLine: "duration: want a number, got str",
		},
		"array for http": {
			line:     edited(`"http":{`, `"http":[],"other":{`),
			set:      put("http", func(v pcommon.Value) { v.SetEmptySlice() }),
			inRecord: "body.http: want an object, got slice", inLine: "http: want an object, got slice",
		},
		"number for headers": {
			line: edited(`"headers":{}`, `"headers":7`),
			set: func(body pcommon.Value) {
				http, _ := body.Map().Get("http")
				response, _ := http.Map().Get("res")
				response.Map().PutInt("headers", 7)
			},
			inRecord: "body.http.res.headers: want an object, got int", inLine: "http.res.headers: want an object, got int",
		},
	}
}

// One bad record among good ones: the good ones arrive, the sender is told which
// one was refused and why, and it is counted.
func TestBadRecords(t *testing.T) {
	for name, bad := range badRecords() {
		t.Run(name, func(t *testing.T) {
			logs := withBody(t, bad.set)
			rejected := int64(0)
			if bad.inRecord != "" {
				rejected = 1
			}
			checkPartial := func(t *testing.T, answer plogotlp.ExportResponse, sink *consumertest.LogsSink) {
				t.Helper()
				assert.Equal(t, rejected, answer.PartialSuccess().RejectedLogRecords())
				assert.Equal(t, int(2-rejected), sink.LogRecordCount())
				if rejected > 0 {
					assert.Contains(t, answer.PartialSuccess().ErrorMessage(), "1 of 2 records refused: record 1: body")
					assert.Contains(t, answer.PartialSuccess().ErrorMessage(), bad.inRecord)
				} else {
					assert.Empty(t, answer.PartialSuccess().ErrorMessage())
				}
			}
			t.Run("grpc", func(t *testing.T) {
				sink := new(consumertest.LogsSink)
				server := startServer(t, sink, nil)
				answer, err := server.dial(t).Export(t.Context(), plogotlp.NewExportRequestFromLogs(logs))
				require.NoError(t, err)
				checkPartial(t, answer, sink)
				assert.Equal(t, rejected, server.sum(t, "otelcol_rrpair_receiver_refused_records", map[string]string{"transport": "grpc"}))
			})
			t.Run("http", func(t *testing.T) {
				for _, content := range []string{contentProto, contentJSON} {
					sink := new(consumertest.LogsSink)
					request := plogotlp.NewExportRequestFromLogs(logs)
					answer := plogotlp.NewExportResponse()
					encode, decode := request.MarshalProto, answer.UnmarshalProto
					if content == contentJSON {
						encode, decode = request.MarshalJSON, answer.UnmarshalJSON
					}
					body, err := encode()
					require.NoError(t, err)
					if content == contentJSON && strings.HasPrefix(name, "invalid UTF-8") {
						continue // the encoder replaces what is invalid
					}
					got := startServer(t, sink, nil).post(t, logsPath, content, "", bytes.NewReader(body))
					require.Equal(t, 200, got.code, string(got.body))
					require.NoError(t, decode(got.body))
					checkPartial(t, answer, sink)
				}
			})
			t.Run("ndjson", func(t *testing.T) {
				sink := new(consumertest.LogsSink)
				server := startServer(t, sink, nil)
				got := server.post(t, rrpairsPath, contentNDJSON, "", lines(pairLine("a"), bad.line, pairLine("b")))
				require.Equal(t, 200, got.code, string(got.body))
				var answer linesAnswer
				require.NoError(t, json.Unmarshal(got.body, &answer))
				if bad.inLine == "" {
					assert.Equal(t, linesAnswer{Accepted: 3, Rejected: []rejectedLine{}}, answer)
					return
				}
				require.Len(t, answer.Rejected, 1)
				assert.Equal(t, 2, answer.Rejected[0].Line)
				assert.Contains(t, answer.Rejected[0].Reason, bad.inLine)
				assert.Equal(t, 2, answer.Accepted)
				assert.Equal(t, 2, sink.LogRecordCount())
				assert.EqualValues(t, 1, server.sum(t, "otelcol_rrpair_receiver_refused_records", map[string]string{"transport": "ndjson"}))
			})
		})
	}
}

func TestAllRecordsBad(t *testing.T) {
	logs := withBody(t, func(body pcommon.Value) { body.Map().PutEmptyMap("status") })
	logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().RemoveIf(func(record plog.LogRecord) bool {
		uuid, _ := record.Body().Map().Get("status")
		return uuid.Type() == pcommon.ValueTypeStr
	})
	const reason = "1 of 1 records refused: record 0: body.status: want text, got map"
	server := startServer(t, consumertest.NewNop(), nil)
	_, err := server.dial(t).Export(t.Context(), plogotlp.NewExportRequestFromLogs(logs))
	assert.Equal(t, codes.InvalidArgument, statusOf(t, err).Code())
	assert.Equal(t, reason, statusOf(t, err).Message())
	got := server.postProto(t, logs)
	assert.Equal(t, 400, got.code)
	assert.Contains(t, string(got.body), reason)
	got = server.post(t, rrpairsPath, contentNDJSON, "", lines("hello"))
	assert.Equal(t, 400, got.code)
	assert.JSONEq(t, `{"accepted":0,"rejected":[{"line":1,"reason":"no JSON value begins with 'h' (at byte 0)"}]}`, string(got.body))
	got = server.post(t, rrpairsPath, contentNDJSON, "", lines())
	assert.Equal(t, 400, got.code)
	assert.JSONEq(t, `{"accepted":0,"rejected":[],"error":"the body holds no lines"}`, string(got.body))
}

// bytesCodec sends bytes as they are.
type bytesCodec struct{}

func (bytesCodec) Name() string { return "proto" }
func (bytesCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.([]byte))}, nil
}
func (bytesCodec) Unmarshal(mem.BufferSlice, any) error { return nil }

func (s *server) exportBytes(tb testing.TB, body []byte, options ...grpc.DialOption) error {
	tb.Helper()
	conn, err := grpc.NewClient(s.grpcAt, append(options, grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	require.NoError(tb, err)
	defer func() { require.NoError(tb, conn.Close()) }()
	return conn.Invoke(tb.Context(), "/opentelemetry.proto.collector.logs.v1.LogsService/Export", body, &struct{}{}, grpc.ForceCodecV2(bytesCodec{}))
}

// truncatingCompressor sends gzip that breaks off.
type truncatingCompressor struct{ tb testing.TB }

func (truncatingCompressor) Type() string { return "gzip" }
func (c truncatingCompressor) Do(w io.Writer, p []byte) error {
	packed := compressed(c.tb, "gzip", p)
	_, err := w.Write(packed[:len(packed)/2])
	return err
}

func TestRequestsThatCannotBeRead(t *testing.T) {
	server := startServer(t, consumertest.NewNop(), nil)
	body := encoded(t, pairs(t, pairLine("a")))
	cut := body[:len(body)-10]

	answer := statusOf(t, server.exportBytes(t, cut))
	assert.Equal(t, codes.InvalidArgument, answer.Code())
	assert.Equal(t, "cannot decode the request: unexpected EOF", answer.Message())

	//nolint:staticcheck // the way to send a broken compression
	answer = statusOf(t, server.exportBytes(t, body, grpc.WithCompressor(truncatingCompressor{t})))
	assert.Equal(t, codes.Internal, answer.Code(), "grpc's own answer; senders do not retry it")
	assert.Contains(t, answer.Message(), "unexpected EOF")

	packed := compressed(t, "gzip", body)
	for name, test := range map[string]struct {
		content, encoding string
		body              []byte
		code              int
		text              string
	}{
		"cut proto":        {contentProto, "", cut, 400, "cannot decode the request: unexpected EOF"},
		"cut JSON":         {contentJSON, "", []byte(`{"resourceLogs":[{`), 400, "cannot decode the request: "},
		"no JSON":          {contentJSON, "", []byte(`hello`), 400, "cannot decode the request: "},
		"truncated gzip":   {contentProto, "gzip", packed[:len(packed)/2], 400, "cannot decode the request: read body: unexpected EOF"},
		"not gzip":         {contentProto, "gzip", body, 400, "gzip: invalid header"},
		"unknown encoding": {contentProto, "rot13", body, 400, "unsupported Content-Encoding: rot13"},
		"unknown type":     {"text/html", "", body, 415, "the Content-Type is text/html: send application/x-protobuf or application/json"},
	} {
		t.Run(name, func(t *testing.T) {
			got := server.post(t, logsPath, test.content, test.encoding, bytes.NewReader(test.body))
			assert.Equal(t, test.code, got.code)
			assert.Contains(t, string(got.body), test.text)
			if test.code == 415 {
				assert.Equal(t, test.text+"\n", string(got.body), "plain text for a person")
			}
		})
	}
}

func TestFiftyMegabyteBody(t *testing.T) {
	large := edited(`"body":"ok"`, `"body":"`+strings.Repeat("x", 50_000_000)+`"`)
	sink := new(consumertest.LogsSink)
	server := startServer(t, sink, nil)
	logs := pairs(t, pairLine("a"), large, pairLine("b"))
	_, err := server.dial(t, grpc.WithDefaultCallOptions(grpc.MaxCallSendMsgSize(1<<30))).
		Export(context.Background(), plogotlp.NewExportRequestFromLogs(logs))
	require.NoError(t, err)
	assert.Equal(t, 200, server.postProto(t, logs).code)
	got := server.post(t, rrpairsPath, contentNDJSON, "", lines(pairLine("a"), large, pairLine("b")))
	assert.JSONEq(t, `{"accepted":3,"rejected":[]}`, string(got.body))
	assert.Equal(t, 9, sink.LogRecordCount())
}
