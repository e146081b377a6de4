package dimensionprocessor

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/xconfmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"
	"gopkg.in/yaml.v3"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
	"github.com/byoc-otel/otelcol-byoc/processor/dimensionprocessor/internal/metadata"
)

// anArchive is an archive extension that knows its name and layout.
type anArchive struct {
	archive.Provider
	component.StartFunc
	component.ShutdownFunc
	layout archive.Layout
}

func (a *anArchive) Identity() string       { return "s3://acme-traffic/rrpairs" }
func (a *anArchive) Layout() archive.Layout { return a.layout }

type host map[component.ID]component.Component

func (h host) GetExtensions() map[component.ID]component.Component { return h }

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

// rig is a started processor with what stands round it.
type rig struct {
	t         testing.TB
	processor processor.Logs
	next      *consumertest.LogsSink
	telemetry *componenttest.Telemetry
}

func started(t testing.TB, block string, extensions host) *rig {
	t.Helper()
	config, err := configOf(t, block)
	require.NoError(t, err)
	r := &rig{t: t, next: new(consumertest.LogsSink), telemetry: componenttest.NewTelemetry()}
	settings := processortest.NewNopSettings(metadata.Type)
	settings.TelemetrySettings = r.telemetry.NewTelemetrySettings()
	r.processor, err = NewFactory().CreateLogs(t.Context(), settings, config, r.next)
	require.NoError(t, err)
	require.NoError(t, r.processor.Start(t.Context(), extensions))
	t.Cleanup(func() {
		require.NoError(t, r.processor.Shutdown(context.Background()))
		require.NoError(t, r.telemetry.Shutdown(context.Background()))
	})
	return r
}

// send hands a request in and returns the records that came out at the other end.
func (r *rig) send(logs plog.Logs) (records []plog.LogRecord) {
	r.t.Helper()
	r.next.Reset()
	require.NoError(r.t, r.processor.ConsumeLogs(context.Background(), logs))
	require.Len(r.t, r.next.AllLogs(), 1)
	return recordsOf(r.next.AllLogs()[0])
}

func recordsOf(logs plog.Logs) (records []plog.LogRecord) {
	for _, resource := range logs.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			for _, record := range scope.LogRecords().All() {
				records = append(records, record)
			}
		}
	}
	return records
}

// observed is when a collector saw the records of tests.
var observed = pcommon.NewTimestampFromTime(time.Date(2026, 11, 20, 11, 0, 0, 0, time.UTC))

// request puts RRPairs in a request, in the form that is asked for.
func request(t testing.TB, form string, lines ...string) plog.Logs {
	t.Helper()
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	var pair rrpair.Pair
	for _, line := range lines {
		record := records.AppendEmpty()
		record.SetObservedTimestamp(observed)
		switch form {
		case "map":
			require.NoError(t, pair.ParseJSON([]byte(line)))
			require.NoError(t, pair.ToLogRecord(record))
			record.Attributes().Clear()
		case "text":
			record.Body().SetStr(line)
		case "bytes":
			record.Body().SetEmptyBytes().FromRaw([]byte(line))
		}
	}
	return logs
}

// generated are lines of demo traffic.
func generated(seed uint64, number int) []string {
	generator := demo.NewGenerator(demo.Options{Seed: seed, Start: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)})
	lines := make([]string, number)
	for i := range lines {
		lines[i] = string(generator.Next(nil))
	}
	return lines
}
