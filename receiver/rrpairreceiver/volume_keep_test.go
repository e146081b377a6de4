package rrpairreceiver

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/dropped"
)

// archiveHost is a host on which an archive runs, or fails as told.
type archiveHost struct {
	component.Host
	component.Component
	archive.Provider // what is not asked for here
	name             string
	opened           *archive.Archive

	mu   sync.Mutex
	away error
}

func newArchiveHost(t *testing.T, name string) *archiveHost {
	t.Helper()
	config := bucket.NewDefaultConfig()
	config.URL = "file://" + filepath.ToSlash(t.TempDir())
	store, err := bucket.Open(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	opened, err := archive.Create(t.Context(), store, archive.Layout{}, "test")
	require.NoError(t, err)
	return &archiveHost{Host: componenttest.NewNopHost(), name: name, opened: opened}
}

func (h *archiveHost) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{component.MustNewIDWithName("archive", h.name): h}
}

func (h *archiveHost) Archive(context.Context) (*archive.Archive, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.away != nil {
		return nil, h.away
	}
	return h.opened, nil
}

func (h *archiveHost) set(away error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.away = away
}

// told is what the archive tells of all time: records by receiver, kind, rule and service.
func (h *archiveHost) told(t *testing.T) map[string]int64 {
	t.Helper()
	sums := map[string]int64{}
	require.NoError(t, dropped.Read(t.Context(), h.opened.Bucket(), time.Time{}, time.Time{}, func(c dropped.Count) error {
		require.Positive(t, c.Bytes)
		require.WithinDuration(t, time.Now(), c.Minute, 5*time.Minute)
		sums[fmt.Sprint(c.Receiver, " ", c.Kind, " ", c.Rule, " ", c.Service)] += c.Records
		return nil
	}))
	return sums
}

// What was dropped stands in the archive after a stop, whichever way it came, and a restart adds to it.
func TestWhatIsDroppedIsKept(t *testing.T) {
	host := newArchiveHost(t, "")
	var metrics int64
	for range 2 {
		t.Run("life", func(t *testing.T) {
			s := startServerOn(t, host, consumertest.NewNop(), func(config *Config) {
				config.Drop = []dropConfig{{Name: "health checks", Filter: "location IS /health"}}
				config.Sample = "1/1000000"
			})
			var all []string
			for i := range 12 {
				location, service := "/health", []string{"cart", "checkout"}[i%2]
				if i%6 == 0 {
					location = "/cart"
				}
				all = append(all, sessionLine(i, service, location, ""))
			}
			_, err := s.dial(t).Export(t.Context(), plogotlp.NewExportRequestFromLogs(pairs(t, all...)))
			require.NoError(t, err)
			assert.Equal(t, 200, s.postProto(t, pairs(t, all...)).code)
			assert.Equal(t, 200, s.post(t, "/v1/rrpairs", "application/x-ndjson", "", lines(all...)).code)
			metrics += s.sum(t, "otelcol_rrpair_receiver_dropped_records", nil)
		})
	}
	require.Equal(t, map[string]int64{
		"rrpair drop health checks cart": 2 * 3 * 4, "rrpair drop health checks checkout": 2 * 3 * 6, "rrpair sample sample cart": 2 * 3 * 2,
	}, host.told(t))
	require.EqualValues(t, 72, metrics, "metrics agree")
}

func TestReceiversWithoutAnArchive(t *testing.T) {
	rule := volumeOf(dropConfig{Name: "health", Filter: "location IS /health"})
	elsewhere := newArchiveHost(t, "eu")
	t.Run("none runs", func(t *testing.T) {
		s := startServerOn(t, elsewhere, consumertest.NewNop(), rule)
		assert.Equal(t, 200, s.postProto(t, pairs(t, sessionLine(1, "cart", "/health", ""))).code)
		assert.EqualValues(t, 1, s.sum(t, "otelcol_rrpair_receiver_dropped_records", nil), "metrics tell")
	})
	require.Empty(t, elsewhere.told(t), "an archive of another name is not meant")
	id := component.MustNewIDWithName("archive", "eu")
	t.Run("named", func(t *testing.T) {
		s := startServerOn(t, elsewhere, consumertest.NewNop(), func(config *Config) { rule(config); config.Archive = &id })
		assert.Equal(t, 200, s.postProto(t, pairs(t, sessionLine(1, "cart", "/health", ""))).code)
	})
	require.Equal(t, map[string]int64{"rrpair drop health cart": 1}, elsewhere.told(t))

	config := createDefaultConfig().(*Config)
	config.Protocols.HTTP.GetOrInsertDefault().Endpoint = freePort(t)
	rule(config)
	config.Archive = &id
	one, err := NewFactory().CreateLogs(t.Context(), nopSettings(), config, consumertest.NewNop())
	require.NoError(t, err)
	require.ErrorContains(t, one.Start(t.Context(), componenttest.NewNopHost()), `start receiver rrpair: archive: find the archive extension "archive/eu": it does not run`)
	require.NoError(t, one.Shutdown(t.Context()))
}

// An archive that is away is tried again, said once each way, and holds up nothing.
func TestCountsWaitForTheArchive(t *testing.T) {
	host := newArchiveHost(t, "")
	host.set(&bucket.Error{Operation: "get", Object: "archive.json", Kind: bucket.ErrUnreachable})
	v, err := newVolume(&Config{Drop: []dropConfig{{Name: "health", Filter: "location IS /health"}}}, time.Now)
	require.NoError(t, err)
	core, logs := observer.New(zapcore.InfoLevel)
	k := newKeeper(component.MustNewID("rrpair"), nil, v, zap.New(core))
	k.interval = 5 * time.Millisecond
	require.NoError(t, k.start(host))
	v.keep([]droppedCell{{droppedKey{0, "cart"}, tallyCell{records: 3, bytes: 30}}})
	require.Eventually(t, func() bool { return logs.Len() > 0 }, 10*time.Second, time.Millisecond)
	time.Sleep(50 * time.Millisecond)
	require.Equal(t, 1, logs.Len(), "said once")
	require.Contains(t, logs.All()[0].Message, "cannot be written to the archive; it is counted on")
	require.Equal(t, "unreachable", logs.All()[0].ContextMap()["cause"])

	host.set(nil)
	require.Eventually(t, func() bool { return logs.Len() > 1 }, 10*time.Second, time.Millisecond)
	require.Contains(t, logs.All()[1].Message, "written to the archive again")
	require.Equal(t, map[string]int64{"rrpair drop health cart": 3}, host.told(t))

	host.set(bucket.ErrDenied)
	v.keep([]droppedCell{{droppedKey{0, "cart"}, tallyCell{records: 1, bytes: 10}}})
	require.Eventually(t, func() bool { return logs.Len() > 2 }, 10*time.Second, time.Millisecond)
	k.stop(t.Context())
	require.Contains(t, logs.All()[3].Message, "could not be written to the archive before the stop")
	k.stop(t.Context())
	require.Equal(t, 4, logs.Len())
}

// Nothing of one batch is added to that of another, whatever the order of its records.
func TestCellsOfABatch(t *testing.T) {
	v := &volume{rules: []ruleID{{"drop", "a"}, {"drop", "b"}}}
	var sums volumeTally
	for i := range 100 {
		sums.drop(v, verdict{isDropped: true, rule: i % 2, service: v.names.of(fmt.Sprint("service ", i%7))}, 1)
	}
	require.Len(t, sums.cells, 14)
	var records int64
	for _, cell := range sums.cells {
		require.InDelta(t, 7, cell.records, 1)
		records += cell.records
	}
	require.EqualValues(t, 100, records)
}

func TestServiceNamesAreBounded(t *testing.T) {
	var names serviceNames
	for i := range 3 * maxServiceNames {
		require.Equal(t, fmt.Sprint(i), names.of(fmt.Sprint(i)))
	}
	require.LessOrEqual(t, len(names.known), maxServiceNames)
	require.Zero(t, testing.AllocsPerRun(100, func() { names.of("cart") }))
}

// BenchmarkDropped is what a dropped record costs, from its body to the counts of its batch in the archive's recorder.
func BenchmarkDropped(b *testing.B) {
	for name, kept := range map[string]*dropped.Recorder{"metrics": nil, "kept": dropped.NewRecorder("rrpair", nil)} {
		b.Run(name, func(b *testing.B) {
			v, err := newVolume(&Config{Drop: []dropConfig{{Name: "all", Filter: "service NOT nothing"}}}, time.Now)
			require.NoError(b, err)
			v.kept = kept
			var all []string
			for i := range perRequest {
				all = append(all, sessionLine(i, fmt.Sprint("service ", i%20), "/cart", ""))
			}
			logs := pairs(b, all...)
			resource := logs.ResourceLogs().At(0)
			records := resource.ScopeLogs().At(0).LogRecords()
			b.ReportAllocs()
			for range b.N {
				var sums volumeTally
				for _, record := range records.All() {
					if of := v.ofLog(resource.Resource(), record); of.isDropped {
						sums.drop(v, of, 1000)
					}
				}
				v.keep(sums.cells)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*perRequest), "ns/record")
		})
	}
}
