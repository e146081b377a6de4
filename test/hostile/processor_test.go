package hostile

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/archive/deadletter"
	"github.com/byoc-otel/otelcol-byoc/internal/redact"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
	"github.com/byoc-otel/otelcol-byoc/processor/redactprocessor"
)

// letters is an archive extension with nothing but a dead letter.
type letters struct {
	archive.Provider
	component.StartFunc
	component.ShutdownFunc
	mu      sync.Mutex
	records []deadletter.Record
}

func (l *letters) DeadLetter() deadletter.Sink { return l }

func (l *letters) Write(_ context.Context, records ...deadletter.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records = append(l.records, records...)
	return nil
}

// GetExtensions makes letters a host that runs itself as the archive.
func (l *letters) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{component.MustNewID("archive"): l}
}

// runProcessor sends a request through a processor and returns what came out, what went to the dead letter, and how many
// records were refused for each reason.
func runProcessor(t *testing.T, logs plog.Logs, limits map[string]any) (out plog.Logs, dead []deadletter.Record, refused map[string]int64) {
	t.Helper()
	telemetry := componenttest.NewTelemetry()
	settings := processortest.NewNopSettings(component.MustNewType("redact"))
	settings.TelemetrySettings = telemetry.NewTelemetrySettings()
	factory := redactprocessor.NewFactory()
	config := factory.CreateDefaultConfig()
	values := map[string]any{"key": "one-redaction-key-of-32-characters"}
	if limits != nil {
		values["limits"] = limits
	}
	require.NoError(t, confmap.NewFromStringMap(values).Unmarshal(config))
	next, host := new(consumertest.LogsSink), new(letters)
	var redactor processor.Logs
	redactor, err := factory.CreateLogs(t.Context(), settings, config, next)
	require.NoError(t, err)
	require.NoError(t, redactor.Start(t.Context(), host))
	require.NoError(t, redactor.ConsumeLogs(t.Context(), logs))
	refused = map[string]int64{}
	if metric, err := telemetry.GetMetric("otelcol_redact_processor_refused_records"); err == nil {
		for _, point := range metric.Data.(metricdata.Sum[int64]).DataPoints {
			reason, _ := point.Attributes.Value(attribute.Key("reason"))
			refused[reason.AsString()] += point.Value
		}
	}
	require.NoError(t, redactor.Shutdown(context.Background()))
	require.NoError(t, telemetry.Shutdown(context.Background()))
	out = plog.NewLogs()
	if all := next.AllLogs(); len(all) > 0 {
		out = all[0]
	}
	return out, host.records, refused
}

// TestNeighboursAreUnharmed: bad records among good ones go to the dead letter with their reasons, without their text,
// and are counted; the good ones go on, redacted.
func TestNeighboursAreUnharmed(t *testing.T) {
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	bad := []struct {
		name, reason string
		set          func(record plog.LogRecord)
	}{
		{"a bomb", redact.ReasonTooLarge, func(record plog.LogRecord) {
			record.Body().SetStr(string(inBody(bomb(t, "gzip", "\x00", 16<<20), `"Content-Encoding":["gzip"]`)))
		}},
		{"a bomb as bytes", redact.ReasonTooLarge, func(record plog.LogRecord) { record.Body().SetEmptyBytes().FromRaw(bomb(t, "zstd", "\x00", 16<<20)) }},
		{"deep JSON", redact.ReasonTooDeep, func(record plog.LogRecord) { record.Body().SetStr(deep) }},
		{"a deep body", redact.ReasonTooDeep, func(record plog.LogRecord) { record.Body().SetStr(string(inBody([]byte(deep), ""))) }},
		{"deep values", redact.ReasonTooDeep, func(record plog.LogRecord) {
			value := record.Body()
			for range 20_000 {
				value = value.SetEmptySlice().AppendEmpty()
			}
			value.SetStr(mail)
		}},
		{"a large text", redact.ReasonTooLarge, func(record plog.LogRecord) { record.Body().SetStr(string(repeated("see "+mail+" ", 3<<20))) }},
		{"a large attribute", redact.ReasonTooLarge, func(record plog.LogRecord) {
			record.Attributes().PutStr("note", string(repeated("see "+mail+" ", 3<<20)))
		}},
		{"its type twice", redact.ReasonUnparseable, func(record plog.LogRecord) {
			record.Body().SetStr(`{"msgType":"rrpair","msgType":"rrpair","session":{"a":"` + mail + `"}}`)
		}},
		{"a damaged body", redact.ReasonUnparseable, func(record plog.LogRecord) {
			packed := packers["gzip"]("see " + mail + " and more of it")
			record.Body().SetStr(string(inBody([]byte(packed[:len(packed)-9]), `"Content-Encoding":["gzip"]`)))
		}},
	}
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	good := func(i int) {
		pair := newDocument()
		pair["location"] = fmt.Sprintf("/good/%d", i)
		pair["session"] = mail
		var parsed rrpair.Pair
		require.NoError(t, parsed.ParseJSON(pair.line(t)))
		require.NoError(t, parsed.ToLogRecord(records.AppendEmpty()))
	}
	want := map[string]int64{}
	for i, b := range bad {
		good(i)
		b.set(records.AppendEmpty())
		want[b.reason]++
	}
	good(len(bad))
	out, dead, refused := runProcessor(t, logs, map[string]any{"max_bytes": "2MiB", "max_decoded": "8MiB", "max_time": "20s"})
	assert.Equal(t, want, refused)
	require.Equal(t, len(bad)+1, out.LogRecordCount())
	text, err := (&plog.JSONMarshaler{}).MarshalLogs(out)
	require.NoError(t, err)
	assert.True(t, json.Valid(text))
	assert.False(t, canRead(text, mail))
	for i := range len(bad) + 1 {
		assert.Contains(t, string(text), fmt.Sprintf("/good/%d", i))
	}
	require.Len(t, dead, len(bad))
	for i, letter := range dead {
		assert.Contains(t, letter.Reason, bad[i].reason, bad[i].name)
		assert.False(t, canRead([]byte(letter.Reason), mail))
	}
}

// TestOddRecords: what records may lack or have besides is no reason to refuse them.
func TestOddRecords(t *testing.T) {
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	logs.ResourceLogs().AppendEmpty()                           // nothing in it
	logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty() // nor in it
	records.AppendEmpty()
	records.AppendEmpty().Body().SetStr("")
	records.AppendEmpty().Body().SetStr("{")
	records.AppendEmpty().Body().SetEmptyMap()
	records.AppendEmpty().Body().SetEmptySlice()
	records.AppendEmpty().Body().SetEmptyBytes()
	records.AppendEmpty().Body().SetBool(true)
	records.AppendEmpty().Body().SetDouble(math.Copysign(0, -1))
	records.AppendEmpty().Body().SetStr("\x00\xff\xfe " + mail + " \xed\xa0\x80")
	records.AppendEmpty().Body().SetEmptyMap().PutStr("msgType", "rrpair")
	records.AppendEmpty().Body().SetEmptyMap().PutInt("msgType", 7)
	records.AppendEmpty().Body().SetStr(`{"msgType":"rrpair","http":[1,"` + mail + `"],"uuid":7,"ts":0}`)
	records.AppendEmpty().Body().SetStr(`{"msgType":"rrpair","l7protocol":"gopher","session":{"a":"` + mail + `"}}`)
	twice := records.AppendEmpty().Body().SetEmptyMap()
	twice.PutStr("\xff", mail)
	twice.PutStr("", mail)
	twice.PutEmpty("nothing")
	twice.PutEmptySlice("list").AppendEmpty()
	count := logs.LogRecordCount()
	out, dead, refused := runProcessor(t, logs, nil)
	assert.Empty(t, refused)
	assert.Empty(t, dead)
	assert.Equal(t, count, out.LogRecordCount())
	text, err := (&plog.JSONMarshaler{}).MarshalLogs(out)
	require.NoError(t, err)
	assert.False(t, canRead(text, mail))
}
