package archiveexporter

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/byoc-otel/otelcol-byoc/exporter/archiveexporter/internal/metadata"
	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/archive/deadletter"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/stamp"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// rig is an exporter on an archive in a folder, with an extension that fails when told to.
type rig struct {
	component.StartFunc
	component.ShutdownFunc
	t         *testing.T
	folder    string
	store     *bucket.Bucket
	telemetry *componenttest.Telemetry
	exporter  exporter.Logs

	mu       sync.Mutex
	away     error // why the archive cannot be opened
	noLetter error // why dead letters cannot be written
	letters  []deadletter.Record
	statuses []componentstatus.Status
	verdicts map[string]error // why keys must not be recorded
}

// Guard believes what records say of themselves: see judged.
func (r *rig) Guard() archive.Guard { return r }

// Admit takes records by their attribute "judged": a key id, or one of stamp's errors.
func (*rig) Admit(record plog.LogRecord) (archive.Redaction, error) {
	value, _ := record.Attributes().Get("judged")
	switch value.Str() {
	case "foreign":
		return archive.Redaction{}, stamp.ErrForeign
	case "forged":
		return archive.Redaction{}, stamp.ErrForged
	case "":
		return archive.Redaction{}, stamp.ErrUnstamped
	}
	return archive.Redaction{Policy: "default", Version: "1a", KeyID: value.Str()}, nil
}

func (r *rig) Record(_ context.Context, keys []string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.verdicts[keys[0]]
}

func (*rig) Pipelines(component.ID) []string { return []string{"logs/in"} }

// judge says of some records of a request how they were redacted.
func judge(logs plog.Logs, judged string, records ...int) {
	for _, i := range records {
		logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(i).Attributes().PutStr("judged", judged)
	}
}

func fenced(config *Config) { config.AllowUnredacted = false }

func newRig(t *testing.T, change func(*Config)) *rig {
	t.Helper()
	r := &rig{t: t, folder: t.TempDir(), telemetry: componenttest.NewTelemetry()}
	t.Cleanup(func() { require.NoError(t, r.telemetry.Shutdown(context.Background())) })
	var err error
	r.store, err = bucket.Open(t.Context(), bucket.Config{URL: "file://" + filepath.ToSlash(r.folder)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.store.Close()) })

	config, ok := createDefaultConfig().(*Config)
	require.True(t, ok)
	config.AllowUnredacted, config.Queue.Volatile = true, true
	config.Queue.Flush.Age = 50 * time.Millisecond
	config.Queue.Retry.InitialInterval, config.Queue.Retry.MaxInterval = 20*time.Millisecond, 50*time.Millisecond
	if change != nil {
		change(config)
	}
	settings := exportertest.NewNopSettings(metadata.Type)
	settings.ID = component.MustNewID("archive")
	settings.TelemetrySettings = r.telemetry.NewTelemetrySettings()
	r.exporter, err = NewFactory().CreateLogs(t.Context(), settings, config)
	require.NoError(t, err)
	return r
}

func (r *rig) start() {
	r.t.Helper()
	require.NoError(r.t, r.exporter.Start(r.t.Context(), r))
}

func (r *rig) stop() {
	r.t.Helper()
	require.NoError(r.t, r.exporter.Shutdown(context.Background()))
}

func (r *rig) change(f func(*rig)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(r)
}

// GetExtensions makes the rig a host with itself as the archive extension.
func (r *rig) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{component.MustNewID("archive"): r}
}

// Report takes the exporter's status.
func (r *rig) Report(event *componentstatus.Event) {
	r.change(func(r *rig) { r.statuses = append(r.statuses, event.Status()) })
}

func (r *rig) Archive(ctx context.Context) (*archive.Archive, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.away != nil {
		return nil, r.away
	}
	return archive.Create(ctx, r.store, archive.Layout{}, "test")
}

func (*rig) Layout() archive.Layout { return archive.Layout{} }

func (r *rig) DeadLetter() deadletter.Sink { return r }

func (r *rig) Write(_ context.Context, records ...deadletter.Record) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.noLetter == nil {
		r.letters = append(r.letters, records...)
	}
	return r.noLetter
}

// read returns the archive's records by uuid and its files.
func (r *rig) read() (records map[rrpair.UUID]string, files int) {
	r.t.Helper()
	records = map[rrpair.UUID]string{}
	stats, err := archive.Scan(context.Background(), r.store, archive.ScanOptions{}, func(record *archive.Record) error {
		records[record.UUID] = string(record.JSON)
		return nil
	})
	require.NoError(r.t, err)
	return records, stats.FilesRead
}

func (r *rig) eventually(what string, condition func() bool) {
	r.t.Helper()
	require.Eventually(r.t, condition, 10*time.Second, 5*time.Millisecond, what)
}

// pairs is a request of generated pairs from that time on, and what they are.
func pairs(t *testing.T, seed uint64, number int, begin time.Time) (plog.Logs, map[rrpair.UUID]string) {
	t.Helper()
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	generator := demo.NewGenerator(demo.Options{Seed: seed, Start: begin})
	sent := map[rrpair.UUID]string{}
	var pair rrpair.Pair
	for range number {
		require.NoError(t, pair.ParseJSON(generator.Next(nil)))
		require.NoError(t, pair.ToLogRecord(records.AppendEmpty()))
		id, _ := pair.UUID()
		sent[id] = string(pair.JSON())
	}
	return logs, sent
}

var errAway = errors.New("store is away")

func sumOf(t *testing.T, data metricdata.Aggregation) (sum int64) {
	t.Helper()
	counter, ok := data.(metricdata.Sum[int64])
	require.True(t, ok)
	for _, point := range counter.DataPoints {
		sum += point.Value
	}
	return sum
}
