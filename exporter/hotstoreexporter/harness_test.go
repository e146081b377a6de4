package hotstoreexporter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/byoc-otel/otelcol-byoc/exporter/hotstoreexporter/internal/metadata"
	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/archive/deadletter"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/sqlite"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/stamp"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

var errAway = errors.New("store is away")

// rig is an exporter between an archive in a folder and an SQLite store that fails when told to. It is the host, too.
type rig struct {
	component.StartFunc
	component.ShutdownFunc
	t         *testing.T
	bucket    *bucket.Bucket
	archive   *archive.Archive
	store     hotstore.Store
	telemetry *componenttest.Telemetry
	exporter  *hotExporter

	mu          sync.Mutex
	noArchive   bool // there is no archive extension
	away        error
	archiveAway error
	noLetter    error
	partly      int                             // this many documents of a write remain
	reject      func(*hotstore.Document) string // "": take it
	expired     func(*hotstore.Document) bool   // nil: none is
	letters     []deadletter.Record
	statuses    []componentstatus.Status
	dimensions  map[string]any
	writes      int
}

func newRig(t *testing.T, change func(*Config)) *rig {
	t.Helper()
	r := &rig{t: t, telemetry: componenttest.NewTelemetry()}
	t.Cleanup(func() { require.NoError(t, r.telemetry.Shutdown(context.Background())) })
	var err error
	r.bucket, err = bucket.Open(t.Context(), bucket.Config{URL: "file://" + filepath.ToSlash(t.TempDir())})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.bucket.Close()) })
	r.archive, err = archive.Create(t.Context(), r.bucket, archive.Layout{}, "test")
	require.NoError(t, err)
	r.store, err = sqlite.Open(t.Context(), sqlite.Config{Path: t.TempDir()}, sqlite.Settings{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.store.Close()) }) // whichever it is then
	r.make(change)
	return r
}

// make makes an exporter, a new one after a restart.
func (r *rig) make(change func(*Config)) {
	r.t.Helper()
	config, ok := createDefaultConfig().(*Config)
	require.True(r.t, ok)
	config.AllowUnredacted, config.Queue.Volatile = true, true
	config.Queue.Flush.Age = 100 * time.Millisecond
	config.Queue.Retry.InitialInterval, config.Queue.Retry.MaxInterval = 20*time.Millisecond, 50*time.Millisecond
	if change != nil {
		change(config)
	}
	settings := exportertest.NewNopSettings(metadata.Type)
	settings.ID = component.MustNewID("hotstore")
	settings.TelemetrySettings = r.telemetry.NewTelemetrySettings()
	var err error
	r.exporter, err = newExporter(r.t.Context(), settings, config)
	require.NoError(r.t, err)
	r.exporter.reachEvery = 20 * time.Millisecond
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

func (r *rig) GetExtensions() map[component.ID]component.Component {
	found := map[component.ID]component.Component{component.MustNewID("hotstore"): &hotSide{rig: r}}
	if !r.noArchive {
		found[component.MustNewID("archive")] = &archiveSide{rig: r}
	}
	return found
}

// Report takes the exporter's status.
func (r *rig) Report(event *componentstatus.Event) {
	r.change(func(r *rig) { r.statuses = append(r.statuses, event.Status()) })
}

// hotSide is the hotstore extension.
type hotSide struct {
	component.StartFunc
	component.ShutdownFunc
	rig *rig
}

var _ hotstore.Provider = (*hotSide)(nil)

func (h *hotSide) Store(context.Context) (hotstore.Store, error) {
	return &faulty{Store: h.rig.store, rig: h.rig}, nil
}
func (*hotSide) Identity() string                         { return "sqlite:test" }
func (h *hotSide) Guard() hotstore.Guard                  { return h }
func (h *hotSide) Dimensions(component.ID) map[string]any { return h.rig.dimensions }
func (*hotSide) Pipelines(component.ID) []string          { return []string{"logs/in"} }

// Admit takes records by their attribute "judged".
func (*hotSide) Admit(pair *rrpair.Pair, record plog.LogRecord) error {
	value, _ := record.Attributes().Get("judged")
	switch value.Str() {
	case "foreign":
		return stamp.ErrForeign
	case "":
		return stamp.ErrUnstamped
	}
	return pair.FromBody(record)
}

// faulty is the store with faults.
type faulty struct {
	hotstore.Store
	rig *rig
}

func (f *faulty) Write(ctx context.Context, documents []*hotstore.Document) (result hotstore.WriteResult, err error) {
	f.rig.mu.Lock()
	away, partly, reject, expired := f.rig.away, min(f.rig.partly, len(documents)), f.rig.reject, f.rig.expired
	f.rig.partly = 0
	f.rig.writes++
	f.rig.mu.Unlock()
	if away != nil {
		return result, away
	}
	var taken []*hotstore.Document
	for i, document := range documents[partly:] {
		if reject != nil {
			if reason := reject(document); reason != "" {
				result.Rejected = append(result.Rejected, hotstore.Rejection{Index: partly + i, Reason: reason})
				continue
			}
		}
		if expired != nil && expired(document) {
			result.Rejected = append(result.Rejected, hotstore.Rejection{Index: partly + i, Reason: "too old", Expired: true})
			continue
		}
		taken = append(taken, document)
	}
	inner, err := f.Store.Write(ctx, taken)
	if err != nil {
		return inner, err
	}
	result.Stored, result.Duplicates = inner.Stored, inner.Duplicates
	for i := range partly {
		result.Remaining = append(result.Remaining, i)
	}
	if partly > 0 {
		return result, errAway
	}
	return result, nil
}

// archiveSide is the archive extension.
type archiveSide struct {
	component.StartFunc
	component.ShutdownFunc
	rig *rig
}

func (a *archiveSide) Archive(context.Context) (*archive.Archive, error) {
	a.rig.mu.Lock()
	defer a.rig.mu.Unlock()
	return a.rig.archive, a.rig.archiveAway
}
func (*archiveSide) Layout() archive.Layout        { return archive.Layout{} }
func (a *archiveSide) DeadLetter() deadletter.Sink { return a }
func (*archiveSide) Guard() archive.Guard          { return nil }

func (a *archiveSide) Write(_ context.Context, records ...deadletter.Record) error {
	a.rig.mu.Lock()
	defer a.rig.mu.Unlock()
	if a.rig.noLetter == nil {
		a.rig.letters = append(a.rig.letters, records...)
	}
	return a.rig.noLetter
}

// search returns the documents in the store by uuid, or what is wrong: one that is there twice, too.
func (r *rig) search() (map[rrpair.UUID]*hotstore.Document, error) {
	documents := map[rrpair.UUID]*hotstore.Document{}
	after := ""
	for {
		page, err := r.store.Search(context.Background(), hotstore.Search{Limit: 1000, After: after, WithPair: true})
		if err != nil {
			return nil, err
		}
		for _, document := range page.Documents {
			if _, isDouble := documents[document.UUID]; isDouble {
				return nil, fmt.Errorf("%s is stored twice", document.UUID)
			}
			documents[document.UUID] = document
		}
		if after = page.Next; after == "" {
			return documents, nil
		}
	}
}

func (r *rig) found() map[rrpair.UUID]*hotstore.Document {
	r.t.Helper()
	documents, err := r.search()
	require.NoError(r.t, err)
	return documents
}

// eventuallyHas waits for so many documents; a store that is busy may refuse a search meanwhile.
func (r *rig) eventuallyHas(number int) {
	r.t.Helper()
	require.Eventually(r.t, func() bool {
		documents, err := r.search()
		return err == nil && len(documents) == number
	}, time.Minute, 20*time.Millisecond)
}

// archived writes the same records into the archive, as the archive exporter does.
func (r *rig) archived(logs plog.Logs) {
	r.t.Helper()
	converter := archive.NewConverter(archive.Layout{}, archive.ConverterOptions{})
	blocks, _, _, err := converter.Convert(context.Background(), logs)
	require.NoError(r.t, err)
	folders := map[string][]queue.Block{}
	for _, block := range blocks {
		info, err := archive.BlockHeader(block.Data)
		require.NoError(r.t, err)
		folders[info.Folder] = append(folders[info.Folder], block)
	}
	for folder, blocks := range folders {
		var file writer
		info, err := archive.WriteFile(context.Background(), &file, blocks, archive.WriteOptions{})
		require.NoError(r.t, err)
		require.NoError(r.t, r.bucket.Put(context.Background(), folder+"/"+info.Name, file.data, bucket.PutOptions{}))
	}
}

type writer struct{ data []byte }

func (w *writer) Write(data []byte) (int, error) {
	w.data = append(w.data, data...)
	return len(data), nil
}

// pairs is a request of generated pairs from that time on, and what they are.
func pairs(t testing.TB, seed uint64, number int, begin time.Time) (plog.Logs, map[rrpair.UUID]string) {
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

func begin() time.Time { return time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC) }

func (r *rig) metric(name string) (sum int64) {
	r.t.Helper()
	found, err := r.telemetry.GetMetric("otelcol_hotstore_exporter_" + name)
	if err != nil {
		return 0
	}
	switch data := found.Data.(type) {
	case metricdata.Sum[int64]:
		for _, point := range data.DataPoints {
			sum += point.Value
		}
	case metricdata.Gauge[int64]:
		for _, point := range data.DataPoints {
			sum += point.Value
		}
	default:
		require.Failf(r.t, "metric of another type", "%s is %T", name, data)
	}
	return sum
}

func mustJSON(t *testing.T, value any) []byte {
	t.Helper()
	data, err := json.Marshal(value)
	require.NoError(t, err)
	return data
}

func putOptions() bucket.PutOptions { return bucket.PutOptions{} }
