package rrpair

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

func TestTraceIDComesFromTheNearestPlace(t *testing.T) {
	const (
		a = "4bf92f3577b34da6a3ce929d0e0e4736"
		b = "463ac35c9f6413ad48485a3953bb6124"
		c = "a3ce929d0e0e4736"
	)
	for name, test := range map[string]struct{ members, want string }{
		"none":                   {`"http":{"req":{"headers":{"Host":["x"]}}}`, ""},
		"body":                   {`"trace_id":"` + a + `","http":{"req":{"headers":{"b3":["` + b + `-1-1"]}}}`, a},
		"tags":                   {`"tags":{"traceId":"` + a + `"}`, a},
		"traceparent":            {`"http":{"req":{"headers":{"X-B3-Traceid":["` + b + `"],"Traceparent":["00-` + a + `-00f067aa0ba902b7-01"]}}}`, a},
		"a later version of it":  {`"http":{"req":{"headers":{"traceparent":["cc-` + a + `-00f067aa0ba902b7-01-what"]}}}`, a},
		"version ff":             {`"http":{"req":{"headers":{"traceparent":["ff-` + a + `-00f067aa0ba902b7-01"]}}}`, ""},
		"broken traceparent":     {`"http":{"req":{"headers":{"traceparent":["00-` + a + `"],"B3":["` + b + `-00f067aa0ba902b7"]}}}`, b},
		"all zeros":              {`"http":{"req":{"headers":{"traceparent":["00-00000000000000000000000000000000-00f067aa0ba902b7-01"]}}}`, ""},
		"b3 of 64 bits":          {`"http":{"req":{"headers":{"X-B3-TraceId":["` + c + `"]}}}`, c},
		"b3 that only denies":    {`"http":{"req":{"headers":{"b3":["0"]}}}`, ""},
		"upper case":             {`"http":{"req":{"headers":{"x-b3-traceid":["463AC35C9F6413AD48485A3953BB6124"]}}}`, b},
		"a header as one string": {`"http":{"req":{"headers":{"x-b3-traceid":"` + b + `"}}}`, b},
		"the response":           {`"http":{"req":{"headers":{}},"res":{"headers":{"Traceparent":["00-` + a + `-00f067aa0ba902b7-01"]}}}`, a},
		"wrong types":            {`"trace_id":7,"tags":"x","http":{"req":{"headers":[1]},"res":{"headers":{"b3":{"a":1},"traceparent":[7]}}}`, ""},
	} {
		assert.Equal(t, test.want, TraceID(parsed(t, `{"msgType":"rrpair",`+someID+`,`+test.members+`}`)), name)
	}
	assert.Equal(t, "", TraceID(&Pair{}))
}

func TestTheTraceIDOfTheLogRecordWins(t *testing.T) {
	resource, record := newRecord()
	record.Body().SetStr(`{"msgType":"rrpair",` + someID + `,"traceId":"463ac35c9f6413ad48485a3953bb6124"}`)
	record.SetTraceID(pcommon.TraceID{1, 2})
	var p Pair
	require.NoError(t, p.FromLogRecord(resource.Resource(), record))
	assert.Equal(t, "01020000000000000000000000000000", TraceID(&p))
	_, onward := newRecord()
	require.NoError(t, p.ToLogRecord(onward))
	assert.Equal(t, record.TraceID(), onward.TraceID())
	require.NoError(t, p.ParseJSON([]byte(`{"msgType":"rrpair",`+someID+`}`)))
	assert.Equal(t, "", TraceID(&p), "the next pair does not inherit it")
}

func TestFailedKnowsTheProtocols(t *testing.T) {
	for _, c := range []struct {
		protocol, status string
		want             bool
	}{
		{"http", "200", false}, {"http", "404", false}, {"https", "500", true}, {"HTTP2", "599", true}, {"http", "600", false}, {"http", "", false}, {"http", "N/A", false},
		{"grpc", "0", false}, {"grpc", "OK", false}, {"grpc", "14", true}, {"gRPC", "UNAVAILABLE", true}, {"grpc", "200", false}, {"grpc", "503", true}, {"grpc", "404", true}, {"grpc", "", false},
		{"postgres", "OK", false}, {"postgres", "ERR:42P01", true}, {"mysql", "ERR", true}, {"mysql", "500", false},
		{"amqp091", "OK", false}, {"amqp091", "200", false}, {"amqp091", "404", true}, {"amqp091", "ERR 504", true},
		{"", "", false}, {"kafka", "error", true}, {"kafka", "0", false},
	} {
		assert.Equal(t, c.want, Failed(c.protocol, c.status), "%s %s", c.protocol, c.status)
	}
}

func TestAppendTraceIDDoesNotAllocate(t *testing.T) {
	p := parsed(t, `{"msgType":"rrpair",`+someID+`,"http":{"req":{"headers":{"Host":["a"],"Traceparent":["00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"]}}}}`)
	buffer := make([]byte, 0, 64)
	assert.Equal(t, "x0af7651916cd43dd8448eb211c80319c", string(p.AppendTraceID(append(buffer, 'x'))))
	assert.Zero(t, testing.AllocsPerRun(100, func() { p.AppendTraceID(buffer) }))
}
