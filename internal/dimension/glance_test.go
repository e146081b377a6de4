package dimension

import (
	"bufio"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// allLines is what equality is tested on: demo traffic, lines at the edges, and a corpus where BYOC_CORPUS names one.
func allLines(t testing.TB) []string {
	t.Helper()
	generator := demo.NewGenerator(demo.Options{Seed: 5, Start: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)})
	var lines []string
	for range 300 {
		lines = append(lines, string(generator.Next(nil)))
	}
	const id = `"uuid":"ViwGhZ1oTiy6FZ8tq26CLA=="`
	for _, members := range []string{
		`"service":"undefined","cluster":"","namespace":null`,
		id,
		id + `,"service":"undefined"`,
		id + `,"service":"","namespace":7,"duration":"12"`,
		id + `,"duration":1.75,"ts":"2026-11-20T10:00:00+05:00"`,
		id + `,"duration":99999999999999999,"ts":"yesterday"`,
		id + `,"duration":true,"tags":{"n":5,"traceId":"0AF7651916CD43DD8448EB211C80319C","spanId":"B7AD6B7169203331"}`,
		id + `,"trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331"`,
		id + `,"traceId":"none","http":{"req":{"method":"GET","headers":{"B3":"463ac35c9f6413ad-a2fb4a1d1a96d312-1","X-B3-TraceId":["463ac35c9f6413ae"]}}}`,
		id + `,"http":{"req":{"headers":{"X-B3-TraceId":["463AC35C9F6413AE"],"x-b3-spanid":["a2fb4a1d1a96d312"]}},"res":{"statusCode":"404","headers":{"x":[]}}}`,
		id + `,"http":{"req":{"headers":{"x":[]}},"res":{"headers":{"traceparent":["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"]}}}`,
		id + `,"http":{"req":{"url":"/a/1?x=1","headers":{"x-tenant":["a",5],"X-Tenant":"b"}}}`,
		id + `,"direction":"OUT","netinfo":{"upstream":{"hostname":"db","ipAddress":"10.0.0.1"}}`,
		id + `,"direction":"IN","netinfo":{"downstream":{"ipAddress":"10.0.0.1"}},"network_address":"[::1]:80"`,
		`"uuid":"not one","service":"a\"b\u00e9"`,
	} {
		lines = append(lines, `{"msgType":"rrpair",`+members+`}`)
	}
	if path := os.Getenv("BYOC_CORPUS"); path != "" {
		file, err := os.Open(path)
		require.NoError(t, err)
		defer file.Close()
		scan := bufio.NewScanner(file)
		scan.Buffer(nil, 64<<20)
		for scan.Scan() {
			lines = append(lines, scan.Text())
		}
		require.NoError(t, scan.Err())
	}
	return lines
}

// logOf is a pair as a forwarder sends it, in the given form, with attributes that fill what says nothing.
func logOf(t testing.TB, line, form string) (pcommon.Resource, plog.LogRecord) {
	t.Helper()
	resource, record := pcommon.NewResource(), plog.NewLogRecord()
	var pair rrpair.Pair
	require.NoError(t, pair.ParseJSON([]byte(line)))
	switch form {
	case "map":
		require.NoError(t, pair.ToLogRecord(record))
	case "text":
		record.Body().SetStr(line)
	case "bytes":
		record.Body().SetEmptyBytes().FromRaw([]byte(line))
	}
	resource.Attributes().PutStr("k8s.cluster.name", "of-resource")
	resource.Attributes().PutStr("service.name", "of-resource")
	record.Attributes().PutStr("namespace", "undefined")
	record.Attributes().PutStr("k8s.namespace.name", "of-record")
	return resource, record
}

// answers is all that a record says.
func answers(t testing.TB, r *Record) map[string]any {
	t.Helper()
	all := map[string]any{}
	for f := filter.FieldCluster; f <= filter.FieldTrace; f++ {
		values, known := r.Strings(nil, f, "")
		require.True(t, known)
		all[f.String()] = slices.Clone(values)
	}
	for _, header := range []string{"x-tenant", "accept", "content-type", "traceparent"} {
		values, _ := r.Strings(nil, filter.FieldHeader, header)
		all["header "+header] = append([]string{}, values...)
	}
	for _, tag := range []string{"n", "source", "k8sAppLabel"} {
		values, _ := r.Strings(nil, filter.FieldTag, tag)
		all["tag "+tag] = append([]string{}, values...)
	}
	all["time"], all["has time"] = r.Timestamp()
	all["duration"], all["has duration"] = r.Duration()
	all["bucket"], all["failed"], all["uuid bytes"] = r.LatencyBucket(), r.Failed(), r.UUID()
	all["host"], all["path"], all["http status"], all["protocol"] = r.Host(), r.Path(), r.HTTPStatus(), r.Protocol()
	all["span"] = r.Span()
	all["size"], _, _ = r.Number(filter.FieldSize)
	body, _ := r.Body(false)
	all["request"] = string(body)
	return all
}

// However a pair arrives, and whether it is loaded or glanced at, it has the same dimensions.
func TestAGlanceSaysWhatTheLoadedPairSays(t *testing.T) {
	fast, slow := NewRecord(), NewRecord()
	var pair rrpair.Pair
	for _, line := range allLines(t) {
		for _, form := range []string{"map", "text", "bytes"} {
			resource, record := logOf(t, line, form)
			require.NoError(t, pair.FromLogRecord(resource, record))
			slow.Reset(&pair)
			want := answers(t, slow)
			require.NoError(t, fast.ResetLog(resource, record))
			require.Equal(t, want, answers(t, fast), "%s of %s", form, line)
			assert.Equal(t, rrpair.TraceID(&pair), fast.Trace())
		}
	}
}

func TestWhatANativeTraceSays(t *testing.T) {
	resource, record := logOf(t, `{"msgType":"rrpair","uuid":"ViwGhZ1oTiy6FZ8tq26CLA==","traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331"}`, "map")
	record.SetTraceID([16]byte{15: 1})
	record.SetSpanID([8]byte{7: 2})
	r := NewRecord()
	require.NoError(t, r.ResetLog(resource, record))
	assert.Equal(t, "00000000000000000000000000000001", r.Trace())
	assert.Equal(t, "0000000000000002", r.Span())

	var pair rrpair.Pair
	require.NoError(t, pair.FromLogRecord(resource, record))
	r.Reset(&pair)
	assert.Equal(t, "00000000000000000000000000000001", r.Trace())
	assert.Empty(t, r.Span(), "a span of another trace is none of this one's")
}

func TestUnreadableRecordsAreSaid(t *testing.T) {
	r := NewRecord()
	record := plog.NewLogRecord()
	require.ErrorIs(t, r.ResetLog(pcommon.NewResource(), record), rrpair.ErrNotRRPair)
	record.Body().SetEmptyMap().PutStr("msgType", "other")
	require.ErrorIs(t, r.ResetLog(pcommon.NewResource(), record), rrpair.ErrNotRRPair)
	record.Body().SetStr(`{"msgType":"rrpair",`)
	require.Error(t, r.ResetLog(pcommon.NewResource(), record))

	// The glance is fine, what lies deeper is not: nothing is known of it, so that no drop rule matches it.
	body := record.Body().SetEmptyMap()
	body.PutStr("msgType", "rrpair")
	body.PutStr("uuid", "ViwGhZ1oTiy6FZ8tq26CLA==")
	body.PutStr("broken", "\xff")
	require.NoError(t, r.ResetLog(pcommon.NewResource(), record))
	for _, text := range []string{"req_json[a] NOT b", "size > 0", "text NOT CONTAINS x"} {
		query, err := filter.Parse(text, filter.Options{})
		require.NoError(t, err, text)
		assert.Equal(t, filter.Unknown, query.Eval(r), text)
	}
	r.Release()
}

func BenchmarkGlance(b *testing.B) {
	resource, record := logOf(b, allLines(b)[0], "map")
	r := NewRecord()
	b.ReportAllocs()
	for range b.N {
		if err := r.ResetLog(resource, record); err != nil {
			b.Fatal(err)
		}
		_, _, _, _ = r.Endpoint(), r.Peer(), r.Trace(), r.ID()
	}
}
