package redactprocessor

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/xconfmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
	"gopkg.in/yaml.v3"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/archive/deadletter"
	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
	"github.com/byoc-otel/otelcol-byoc/processor/redactprocessor/internal/metadata"
)

const (
	testKey = "one-redaction-key-of-32-characters"
	// Values that the default policy takes out wherever they stand.
	aCard  = "4539578763621486"
	anMail = "jane.doe.1984@acme-mail.org"
)

// rig is a processor with what stands round it: a host with or without an archive, the next consumer, logs, metrics.
type rig struct {
	t         testing.TB
	processor processor.Logs
	next      *consumertest.LogsSink
	logs      *observer.ObservedLogs
	telemetry *componenttest.Telemetry
	extension map[component.ID]component.Component

	mu       sync.Mutex
	statuses []componentstatus.Status
}

// letters is an archive extension with nothing but a dead letter.
type letters struct {
	archive.Provider
	component.StartFunc
	component.ShutdownFunc
	mu      sync.Mutex
	fails   error
	records []deadletter.Record
}

func (l *letters) DeadLetter() deadletter.Sink { return l }

func (l *letters) Write(_ context.Context, records ...deadletter.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fails == nil {
		l.records = append(l.records, records...)
	}
	return l.fails
}

func (r *rig) GetExtensions() map[component.ID]component.Component { return r.extension }

func (r *rig) Report(event *componentstatus.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.statuses = append(r.statuses, event.Status())
}

func (r *rig) status() componentstatus.Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.statuses) == 0 {
		return componentstatus.StatusNone
	}
	return r.statuses[len(r.statuses)-1]
}

// configOf reads a block of YAML as the collector does.
func configOf(t testing.TB, block string) (*Config, error) {
	t.Helper()
	var values map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(block), &values))
	config, ok := createDefaultConfig().(*Config)
	require.True(t, ok)
	if err := confmap.NewFromStringMap(values).Unmarshal(config); err != nil {
		return nil, err
	}
	return config, xconfmap.Validate(config)
}

// newRig makes a processor of a block of YAML; extensions by their ids.
func newRig(t testing.TB, block string, extensions map[string]component.Component) *rig {
	t.Helper()
	config, err := configOf(t, block)
	require.NoError(t, err)
	core, logs := observer.New(zapcore.DebugLevel)
	r := &rig{t: t, next: new(consumertest.LogsSink), logs: logs, telemetry: componenttest.NewTelemetry(), extension: map[component.ID]component.Component{}}
	for id, extension := range extensions {
		var parsed component.ID
		require.NoError(t, parsed.UnmarshalText([]byte(id)))
		r.extension[parsed] = extension
	}
	settings := processortest.NewNopSettings(metadata.Type)
	settings.TelemetrySettings = r.telemetry.NewTelemetrySettings()
	settings.Logger = zap.New(core)
	r.processor, err = NewFactory().CreateLogs(t.Context(), settings, config, r.next)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.telemetry.Shutdown(context.Background())) })
	return r
}

// started is newRig, started; it is shut down at the end of the test.
func started(t testing.TB, block string, extensions map[string]component.Component) *rig {
	t.Helper()
	r := newRig(t, block, extensions)
	require.NoError(t, r.processor.Start(t.Context(), r))
	t.Cleanup(func() { require.NoError(t, r.processor.Shutdown(context.Background())) })
	return r
}

func keyed(more string) string { return fmt.Sprintf("key: %s\n%s", testKey, more) }

// send hands a request in and returns what came out at the other end.
func (r *rig) send(logs plog.Logs) plog.Logs {
	r.t.Helper()
	r.next.Reset()
	require.NoError(r.t, r.processor.ConsumeLogs(context.Background(), logs))
	if len(r.next.AllLogs()) == 0 {
		return plog.NewLogs()
	}
	require.Len(r.t, r.next.AllLogs(), 1)
	return r.next.AllLogs()[0]
}

// counted sums a counter over the points that have all the given attributes.
func (r *rig) counted(name string, attributes ...attribute.KeyValue) (sum int64) {
	r.t.Helper()
	got, err := r.telemetry.GetMetric("otelcol_redact_processor_" + name)
	if err != nil {
		return 0
	}
	data, ok := got.Data.(metricdata.Sum[int64])
	require.True(r.t, ok)
	for _, point := range data.DataPoints {
		all := true
		for _, a := range attributes {
			value, has := point.Attributes.Value(a.Key)
			all = all && has && value == a.Value
		}
		if all {
			sum += point.Value
		}
	}
	return sum
}

func (r *rig) outcome(o outcome) int64 {
	return r.counted("records", attribute.String("outcome", o.String()))
}

// said is everything in the log, with all its fields.
func (r *rig) said() (text string) {
	for _, entry := range r.logs.All() {
		text += fmt.Sprintln(entry.Level, entry.Message, entry.ContextMap())
	}
	return text
}

// line is an RRPair with the given JSON as its request's body, among other places.
func line(id byte, body string) string {
	return fmt.Sprintf(`{"msgType":"rrpair","ts":"2026-03-14T09:20:01.5Z","uuid":"AAECAwQFBgcICQoLDA0O%c%c==","direction":"IN","cluster":"c","namespace":"n","service":"shop","l7protocol":"http","command":"POST","location":"/pay","status":"200","http":{"req":{"url":"/pay?ok=1","uri":"/pay","host":"shop","method":"POST","headers":{"Content-Type":["application/json"]},"body":%q},"res":{"statusCode":200,"headers":{},"body":"{}"}}}`,
		'A'+id/4, "AQgw"[id%4], body)
}

// request puts RRPairs in a request, each as a map.
func request(t testing.TB, lines ...string) plog.Logs {
	t.Helper()
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	var pair rrpair.Pair
	for _, text := range lines {
		require.NoError(t, pair.ParseJSON([]byte(text)))
		require.NoError(t, pair.ToLogRecord(records.AppendEmpty()))
	}
	return logs
}

// generated is a request of demo traffic.
func generated(t testing.TB, seed uint64, number int) plog.Logs {
	t.Helper()
	generator := demo.NewGenerator(demo.Options{Seed: seed, Start: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)})
	lines := make([]string, number)
	for i := range lines {
		lines[i] = string(generator.Next(nil))
	}
	return request(t, lines...)
}

func records(logs plog.Logs) (all []plog.LogRecord) {
	for _, resource := range logs.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			for _, record := range scope.LogRecords().All() {
				all = append(all, record)
			}
		}
	}
	return all
}

// written is everything of a request, in OTLP's JSON.
func written(t testing.TB, logs plog.Logs) string {
	t.Helper()
	text, err := new(plog.JSONMarshaler).MarshalLogs(logs)
	require.NoError(t, err)
	return string(text)
}

func copied(logs plog.Logs) plog.Logs {
	target := plog.NewLogs()
	logs.CopyTo(target)
	return target
}

var _ consumer.Logs = (*redactProcessor)(nil)
