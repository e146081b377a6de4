package redact

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// TestRecordIsPair: a record that carries a pair is redacted as the pair's JSON is, in every form of body.
func TestRecordIsPair(t *testing.T) {
	e := testEngine(t, "default")
	for number, line := range sampleLines(t) {
		want, _ := redactPair(t, e, line)
		for _, form := range []string{"map", "text", "bytes"} {
			record := recordOf(t, line, form)
			result, err := e.Record(record, Call{})
			require.NoError(t, err)
			var pair rrpair.Pair
			require.NoError(t, pair.FromLogRecord(pcommon.NewResource(), record))
			require.JSONEq(t, string(want), string(pair.JSON()), "line %d as %s", number+1, form)
			second, err := e.Record(record, Call{})
			require.NoError(t, err)
			require.False(t, second.Changed, "line %d as %s: %v after %v", number+1, form, second.Rules, result.Rules)
		}
	}
}

func recordOf(tb testing.TB, line []byte, form string) plog.LogRecord {
	tb.Helper()
	record := plog.NewLogRecord()
	switch form {
	case "text":
		record.Body().SetStr(string(line))
	case "bytes":
		record.Body().SetEmptyBytes().FromRaw(line)
	default:
		var pair rrpair.Pair
		require.NoError(tb, pair.ParseJSON(line))
		require.NoError(tb, pair.ToLogRecord(record))
	}
	return record
}

func TestRecordOfAnyKind(t *testing.T) {
	e := testEngine(t, "default")
	record := plog.NewLogRecord()
	record.Body().SetStr("login of maria.gonzalez87@fastmail.net failed")
	record.Attributes().PutStr("user.email", "maria.gonzalez87@fastmail.net")
	record.Attributes().PutStr("mail of maria.gonzalez87@fastmail.net", "yes")
	record.Attributes().PutInt("card", 4532015112830366)
	record.Attributes().PutDouble("latency", 1.5)
	record.Attributes().PutEmptyMap("nested").PutEmptySlice("list").AppendEmpty().SetStr("Bearer of maria.gonzalez87@fastmail.net")
	record.SetEventName("sent to maria.gonzalez87@fastmail.net")
	record.SetSeverityText("maria.gonzalez87@fastmail.net")
	result, err := e.Record(record, Call{})
	require.NoError(t, err)
	require.True(t, result.Changed)
	var marshaler plog.JSONMarshaler
	logs := plog.NewLogs()
	record.CopyTo(logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty())
	text, err := marshaler.MarshalLogs(logs)
	require.NoError(t, err)
	require.NotContains(t, string(text), "maria")
	require.NotContains(t, string(text), "4532015112830366")
	require.Equal(t, 5, record.Attributes().Len())
	card, _ := record.Attributes().Get("card")
	require.Equal(t, pcommon.ValueTypeInt, card.Type(), "a number stays a number")
	latency, _ := record.Attributes().Get("latency")
	require.Equal(t, 1.5, latency.Double())
	require.NotContains(t, string(text), "dlp", "nothing is added to what is no RRPair")
}

func TestAttributesOfResource(t *testing.T) {
	e := testEngine(t, "default")
	attributes := pcommon.NewMap()
	attributes.PutStr("service.name", "shop")
	attributes.PutStr("owner", "maria.gonzalez87@fastmail.net")
	result, err := e.Attributes(attributes, Call{})
	require.NoError(t, err)
	require.Equal(t, 1, result.Findings)
	owner, _ := attributes.Get("owner")
	require.NotContains(t, owner.Str(), "maria")
	name, _ := attributes.Get("service.name")
	require.Equal(t, "shop", name.Str())
}

// TestRecordUnchangedOnRefusal: a record that is refused is as it was.
func TestRecordUnchangedOnRefusal(t *testing.T) {
	e := customEngine(t, "version: 1\nname: own\nextends: default\n", Limits{MaxBytes: 2000})
	record := plog.NewLogRecord()
	record.Body().SetStr("maria.gonzalez87@fastmail.net")
	record.Attributes().PutStr("long", string(make([]byte, 3000)))
	_, err := e.Record(record, Call{})
	var refusal *Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, ReasonTooLarge, refusal.Reason)
	require.Equal(t, "maria.gonzalez87@fastmail.net", record.Body().Str())
}
