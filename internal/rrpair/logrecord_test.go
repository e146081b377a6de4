package rrpair

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// fromBody loads a record with that body and no attributes.
func fromBody(t *testing.T, fill func(body pcommon.Value)) (*Pair, error) {
	t.Helper()
	resource, record := newRecord()
	fill(record.Body())
	p := &Pair{}
	return p, p.FromLogRecord(resource.Resource(), record)
}

func TestFromLogRecordReadsEveryFormOfBody(t *testing.T) {
	const want = `{"msgType":"rrpair","duration":3,` + someID + `,"new":true}`
	for name, fill := range map[string]func(pcommon.Value){
		"map": func(body pcommon.Value) {
			require.NoError(t, body.SetEmptyMap().FromRaw(map[string]any{
				"new": true, "uuid": "AAECAwQFBgcICQoLDA0ODw==", "duration": 3.0, "msgType": "rrpair",
			}))
		},
		"text":  func(body pcommon.Value) { body.SetStr(` {"new":true,"duration":3,` + someID + `,"msgType":"rrpair"}`) },
		"bytes": func(body pcommon.Value) { body.SetEmptyBytes().FromRaw([]byte(want)) },
	} {
		p, err := fromBody(t, fill)
		require.NoError(t, err, name)
		assert.Equal(t, want, string(p.JSON()), name)
	}
}

func TestFromLogRecordTellsOthersRecordsApart(t *testing.T) {
	for name, fill := range map[string]func(pcommon.Value){
		"empty":          func(pcommon.Value) {},
		"log line":       func(body pcommon.Value) { body.SetStr(`{"level":"info"}`) },
		"number":         func(body pcommon.Value) { body.SetInt(3) },
		"other map":      func(body pcommon.Value) { body.SetEmptyMap().PutStr("msgType", "other") },
		"nameless map":   func(body pcommon.Value) { body.SetEmptyMap() },
		"list":           func(body pcommon.Value) { body.SetEmptySlice().AppendEmpty().SetStr("rrpair") },
		"msgType number": func(body pcommon.Value) { body.SetEmptyMap().PutInt("msgType", 1) },
		"bytes":          func(body pcommon.Value) { body.SetEmptyBytes().FromRaw([]byte(`{"a":1}`)) },
	} {
		_, err := fromBody(t, fill)
		assert.ErrorIs(t, err, ErrNotRRPair, name)
	}
}

func TestIsRRPairLooksNoFurtherThanItMust(t *testing.T) {
	for text, want := range map[string]bool{
		`{"msgType":"rrpair"`: true, // the loading says what is wrong
		"\n{ \"a\" : {\"x\":[\"}\"]} , \"msgType\" : \"rrpair\" }": true,
		`{"\u006dsgType":"rrpair"}`:                                true,
		`{"a":{"msgType":"rrpair"}}`:                               false,
		`{"msgType":"RRPair"}`:                                     false,
		`{"msgType"`:                                               false,
		`{"msgType":`:                                              false,
		`{"a`:                                                      false,
		`{"a\`:                                                     false,
		`{`:                                                        false,
		`an ordinary line with "msgType":"rrpair"`: false,
		``: false,
	} {
		_, record := newRecord()
		record.Body().SetStr(text)
		assert.Equal(t, want, IsRRPair(record), text)
		record.Body().SetEmptyBytes().FromRaw([]byte(text))
		assert.Equal(t, want, IsRRPair(record), text)
	}
}

func TestFromLogRecordConvertsWhatOlderForwardersSend(t *testing.T) {
	p, err := fromBody(t, func(body pcommon.Value) {
		m := body.SetEmptyMap()
		m.PutStr("msgType", "rrpair")
		m.PutEmpty("session")
		m.PutEmpty("unknown")
		m.PutDouble("duration", 12)
		m.PutEmptyBytes("uuid").FromRaw([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
		m.PutInt("streamSeqNum", 7)
		request := m.PutEmptyMap("http").PutEmptyMap("req")
		request.PutEmpty("body")
		request.PutEmptyBytes("bodyBase64").FromRaw([]byte("hello"))
		amqp := m.PutEmptyMap("AmqpV091").PutEmptyMap("client").PutEmptyMap("basic").PutEmptyMap("ack")
		amqp.PutInt("deliverTag", math.MaxInt64)
		amqp.PutInt("channel", 1)
		netinfo := m.PutEmptyMap("netinfo")
		netinfo.PutInt("id", 5)
		upstream := netinfo.PutEmptyMap("upstream")
		upstream.PutInt("bytesSent", -1)
		upstream.PutInt("port", 80)
		other := m.PutEmptySlice("numbers")
		other.AppendEmpty().SetDouble(0.5)
		other.AppendEmpty().SetDouble(math.Copysign(0, -1))
		other.AppendEmpty().SetDouble(1e21)
		other.AppendEmpty().SetDouble(1e-7)
		other.AppendEmpty().SetInt(math.MinInt64)
		other.AppendEmpty()
	})
	require.NoError(t, err)
	assert.Equal(t, `{"msgType":"rrpair","duration":12,`+someID+`,"streamSeqNum":"7",`+
		`"http":{"req":{"bodyBase64":"aGVsbG8="}},`+
		`"AmqpV091":{"client":{"basic":{"ack":{"deliverTag":"9223372036854775807","channel":1}}}},`+
		`"netinfo":{"id":"5","upstream":{"bytesSent":"-1","port":80}},`+
		`"unknown":null,"numbers":[0.5,0,1e+21,1e-7,-9223372036854775808,null]}`, string(p.JSON()))
	body, ok := p.RequestBody()
	assert.True(t, ok)
	assert.Equal(t, "hello", string(body))
}

func TestAnIntegerWhereTheModelHasAStringStaysANumberThroughOTLP(t *testing.T) {
	const text = `{"msgType":"rrpair",` + someID + `,"streamSeqNum":7,"AmqpV091":{"a":[{"deliverTag":3}]},"netinfo":{"id":1,"upstream":{"bytesSent":2}}}`
	resource, record := newRecord()
	require.NoError(t, parsed(t, text).ToLogRecord(record))
	var p Pair
	require.NoError(t, p.FromLogRecord(resource.Resource(), record))
	assert.Equal(t, text, string(p.JSON()))
}

func TestFromLogRecordRefuses(t *testing.T) {
	base := func(body pcommon.Value) pcommon.Map {
		m := body.SetEmptyMap()
		m.PutStr("msgType", "rrpair")
		return m
	}
	for name, c := range map[string]struct {
		fill  func(pcommon.Value)
		cause Cause
		path  string
	}{
		"text not UTF-8": {func(b pcommon.Value) { base(b).PutEmptyMap("http").PutEmptyMap("res").PutStr("body", "a\xff") }, CauseUTF8, "http.res.body"},
		"name not UTF-8": {func(b pcommon.Value) { base(b).PutEmptyMap("tags").PutStr("\xc3(", "x") }, CauseUTF8, "tags"},
		"NaN":            {func(b pcommon.Value) { base(b).PutDouble("duration", math.NaN()) }, CauseNumber, "duration"},
		"infinite":       {func(b pcommon.Value) { base(b).PutEmptySlice("x").AppendEmpty().SetDouble(math.Inf(-1)) }, CauseNumber, "x"},
		"broken text":    {func(b pcommon.Value) { b.SetStr(`{"msgType":"rrpair",`) }, CauseSyntax, ""},
		"too deep": {func(b pcommon.Value) {
			at := base(b).PutEmptyMap("x")
			for range MaxDepth {
				at = at.PutEmptyMap("x")
			}
		}, CauseDepth, "x"},
		"too deep in lists": {func(b pcommon.Value) {
			at := base(b).PutEmptySlice("x")
			for range MaxDepth {
				at = at.AppendEmpty().SetEmptySlice()
			}
		}, CauseDepth, "x"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := fromBody(t, c.fill)
			var refused *DecodeError
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, c.cause, refused.Cause)
			assert.Equal(t, c.path, refused.Path)
			assert.Nil(t, p.JSON())
		})
	}
}

func TestFromLogRecordRefusesAMapThatNamesAMemberTwice(t *testing.T) {
	const entry = `{"key":"%","value":{"stringValue":"rrpair"}}`
	logs, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs([]byte(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"kvlistValue":{"values":[` +
		strings.ReplaceAll(entry, "%", "msgType") + `,` + strings.ReplaceAll(entry, "%", "x") + `,` + strings.ReplaceAll(entry, "%", "x") + `]}}}]}]}]}`))
	require.NoError(t, err)
	var refused *DecodeError
	err = new(Pair).FromLogRecord(logs.ResourceLogs().At(0).Resource(), logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0))
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, CauseDuplicate, refused.Cause)
}

func TestFromLogRecordFillsWhatThePairDoesNotSay(t *testing.T) {
	for name, c := range map[string]struct {
		body             string
		resource, record map[string]any
		want             string
	}{
		"undefined, bare names":          {`"cluster":"undefined","namespace":"undefined","service":"undefined"`, map[string]any{"cluster": "c"}, map[string]any{"namespace": "n", "service": "s"}, "c n s"},
		"missing, conventional names":    {``, map[string]any{"k8s.cluster.name": "c", "k8s.namespace.name": "n", "service.name": "s"}, nil, "c n s"},
		"empty and null":                 {`"cluster":"","namespace":null`, nil, map[string]any{"cluster": "c", "namespace": "n"}, "c n "},
		"the record wins":                {``, map[string]any{"service": "resource"}, map[string]any{"service.name": "record"}, "  record"},
		"the bare name wins":             {``, map[string]any{"service": "bare", "service.name": "long"}, nil, "  bare"},
		"what is said stays":             {`"service":"said"`, map[string]any{"service": "other"}, nil, "  said"},
		"a wrong type stays":             {`"service":5`, map[string]any{"service": "other"}, nil, "  "},
		"attributes that say nothing":    {`"service":"undefined"`, map[string]any{"service": "undefined", "service.name": 5}, map[string]any{"service": ""}, "  undefined"},
		"attributes that are not UTF-8":  {``, map[string]any{"service": "a\xff", "service.name": "s"}, nil, "  s"},
		"attributes that need an escape": {``, map[string]any{"service": "a\"b"}, nil, `  a"b`},
	} {
		t.Run(name, func(t *testing.T) {
			text := `{"msgType":"rrpair",` + someID + `,` + c.body + `}`
			text = strings.Replace(text, ",}", "}", 1)
			resource, record := newRecord()
			require.NoError(t, resource.Resource().Attributes().FromRaw(c.resource))
			require.NoError(t, record.Attributes().FromRaw(c.record))
			record.Body().SetStr(text)
			var fromText, fromMap Pair
			require.NoError(t, fromText.FromLogRecord(resource.Resource(), record))
			assert.Equal(t, c.want, fromText.Text(FieldCluster)+" "+fromText.Text(FieldNamespace)+" "+fromText.Text(FieldService))

			_, asMap := newRecord()
			require.NoError(t, parsed(t, text).ToLogRecord(asMap))
			record.Attributes().CopyTo(asMap.Attributes())
			require.NoError(t, fromMap.FromLogRecord(resource.Resource(), asMap))
			assert.Equal(t, string(fromText.JSON()), string(fromMap.JSON()))
		})
	}
}

func TestToLogRecordSaysWhatAForwarderSays(t *testing.T) {
	_, record := newRecord()
	record.SetTimestamp(5)
	p := parsed(t, `{"msgType":"rrpair","ts":"2026-03-14T09:20:01.5Z",`+someID+`,"namespace":"undefined","service":"shop","a":{},"b":[],"c":"","d":null,"e":[1,2.5,true,false]}`)
	require.NoError(t, p.ToLogRecord(record))
	assert.Equal(t, time.Date(2026, 3, 14, 9, 20, 1, 5e8, time.UTC), record.Timestamp().AsTime())
	assert.Equal(t, map[string]any{"service": "shop"}, record.Attributes().AsRaw())
	assert.Equal(t, map[string]any{
		"msgType": "rrpair", "ts": "2026-03-14T09:20:01.5Z", "uuid": "AAECAwQFBgcICQoLDA0ODw==", "namespace": "undefined", "service": "shop",
		"a": map[string]any{}, "b": []any{}, "c": "", "d": nil, "e": []any{int64(1), 2.5, true, false},
	}, record.Body().Map().AsRaw())

	require.NoError(t, parsed(t, `{"msgType":"rrpair","ts":"0001-01-01T00:00:00Z"}`).ToLogRecord(record))
	assert.Zero(t, record.Timestamp(), "a time that OTLP cannot say")
	require.ErrorIs(t, new(Pair).ToLogRecord(record), ErrNotRRPair)
}

func TestThePairDoesNotShareMemoryWithTheRecord(t *testing.T) {
	_, record := newRecord()
	p := parsed(t, `{"msgType":"rrpair",`+someID+`,"x":"first"}`)
	require.NoError(t, p.ToLogRecord(record))
	require.NoError(t, p.ParseJSON([]byte(`{"msgType":"rrpair",`+someID+`,"x":"other"}`)))
	value, _ := record.Body().Map().Get("x")
	assert.Equal(t, "first", value.Str())
}

func TestFromBodyIsTheSameWhateverTheAttributesAndTheForm(t *testing.T) {
	var source Pair
	require.NoError(t, source.ParseJSON([]byte(`{"msgType":"rrpair","uuid":"ViwGhZ1oTiy6FZ8tq26CLA==","service":"undefined","command":"GET"}`)))
	record := plog.NewLogRecord()
	require.NoError(t, source.ToLogRecord(record))
	var pair Pair
	require.NoError(t, pair.FromBody(record))
	want := string(pair.JSON())
	require.Equal(t, string(source.JSON()), want)

	record.Attributes().PutStr("service", "checkout")
	require.NoError(t, pair.FromBody(record))
	require.Equal(t, want, string(pair.JSON()))
	record.Body().SetStr(want)
	require.NoError(t, pair.FromBody(record))
	require.Equal(t, want, string(pair.JSON()))
	record.Body().SetStr("no pair")
	require.Error(t, pair.FromBody(record))
	require.Empty(t, pair.JSON())
}
