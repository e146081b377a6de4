package rrpairreceiver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// sessionLine is a pair of a session, or of none.
func sessionLine(i int, service, location, session string) string {
	id := rrpair.UUID{0: 1, 14: byte(i >> 8), 15: byte(i)}
	return strings.NewReplacer(`"checkout"`, `"`+service+`"`, `"location":"/cart"`, `"location":"`+location+`"`,
		`"netinfo"`, `"session":"`+session+`","netinfo"`).Replace(pairLine(id.Base64()))
}

func volumeOf(rules ...dropConfig) func(*Config) {
	return func(config *Config) { config.Drop = rules }
}

// arrived are those of the pairs that arrived.
func arrived(sink *consumertest.LogsSink) (all []string) {
	for _, logs := range sink.AllLogs() {
		for _, resource := range logs.ResourceLogs().All() {
			for _, scope := range resource.ScopeLogs().All() {
				for _, record := range scope.LogRecords().All() {
					var pair rrpair.Pair
					if pair.FromLogRecord(resource.Resource(), record) == nil {
						id, _ := pair.UUID()
						all = append(all, id.String())
					}
				}
			}
		}
	}
	return all
}

func TestDroppedRecordsAreASuccessAndCounted(t *testing.T) {
	all := []string{
		sessionLine(1, "checkout", "/health", ""),
		sessionLine(2, "checkout", "/cart", ""),
		sessionLine(3, "probe", "/cart", ""),
		sessionLine(4, "probe", "/health", ""),
	}
	rules := volumeOf(dropConfig{Name: "health checks", Filter: `(location IS /health)`}, dropConfig{Name: "probes", Filter: `service IS probe`})
	want := rrpair.UUID{0: 1, 15: 2}.String()
	text := func(set func(pcommon.Value, string)) func(*server) {
		return func(s *server) {
			logs := pairs(t, all...)
			for i, record := range logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
				set(record.Body(), all[i])
			}
			response, err := s.dial(t).Export(t.Context(), plogotlp.NewExportRequestFromLogs(logs))
			require.NoError(t, err)
			assert.Zero(t, response.PartialSuccess().RejectedLogRecords())
		}
	}
	for name, send := range map[string]func(*server){
		"map":   text(func(pcommon.Value, string) {}),
		"text":  text(func(body pcommon.Value, line string) { body.SetStr(line) }),
		"bytes": text(func(body pcommon.Value, line string) { body.SetEmptyBytes().FromRaw([]byte(line)) }),
		"http":  func(s *server) { assert.Equal(t, 200, s.postProto(t, pairs(t, all...)).code) },
		"lines": func(s *server) {
			answer := s.post(t, "/v1/rrpairs", "application/x-ndjson", "", lines(all...))
			assert.Equal(t, 200, answer.code)
			assert.Contains(t, string(answer.body), `"accepted":4`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			sink := new(consumertest.LogsSink)
			s := startServer(t, sink, rules)
			send(s)
			assert.Equal(t, []string{want}, arrived(sink))
			const records, bytes = "otelcol_rrpair_receiver_dropped_records", "otelcol_rrpair_receiver_dropped_bytes"
			assert.EqualValues(t, 2, s.sum(t, records, map[string]string{"rule": "health checks", "kind": "drop"}), "the first rule that matches counts")
			assert.EqualValues(t, 1, s.sum(t, records, map[string]string{"rule": "probes", "kind": "drop"}))
			assert.EqualValues(t, 1, s.sum(t, "otelcol_rrpair_receiver_accepted_records", nil))
			size := s.sum(t, "otelcol_rrpair_receiver_accepted_bytes", nil)
			assert.InEpsilon(t, 3*size, s.sum(t, bytes, nil), 0.3)
		})
	}
}

func TestNothingLeftIsNotHandedOn(t *testing.T) {
	sink := new(consumertest.LogsSink)
	s := startServer(t, sink, volumeOf(dropConfig{Name: "all", Filter: "service IS checkout"}))
	logs := pairs(t, pairLine("a"), pairLine("b"))
	_, err := s.dial(t).Export(t.Context(), plogotlp.NewExportRequestFromLogs(logs))
	require.NoError(t, err)
	assert.Empty(t, sink.AllLogs())
	assert.EqualValues(t, 2, s.sum(t, "otelcol_rrpair_receiver_dropped_records", nil))

	// A bad record beside dropped ones is said, and does not make the others fail.
	broken := pairs(t, pairLine("a"), pairLine("b"))
	broken.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(1).Body().SetStr(`{"msgType":"rrpair","ts":}`)
	response, err := s.dial(t).Export(t.Context(), plogotlp.NewExportRequestFromLogs(broken))
	require.NoError(t, err)
	assert.EqualValues(t, 1, response.PartialSuccess().RejectedLogRecords())
	assert.Contains(t, response.PartialSuccess().ErrorMessage(), "1 of 2 records refused: record 1")
}

// What the pipeline refuses comes again with all of it, and must not count twice.
func TestDroppedRecordsOfARefusedBatchAreCountedOnce(t *testing.T) {
	var calls atomic.Int64
	next, err := consumer.NewLogs(func(context.Context, plog.Logs) error {
		if calls.Add(1) == 1 {
			return errors.New("not now")
		}
		return nil
	})
	require.NoError(t, err)
	s := startServer(t, next, volumeOf(dropConfig{Name: "health", Filter: "location IS /health"}))
	for range 2 {
		_, err = s.dial(t).Export(t.Context(), plogotlp.NewExportRequestFromLogs(pairs(t, sessionLine(1, "a", "/health", ""), sessionLine(2, "a", "/cart", ""))))
	}
	require.NoError(t, err)
	assert.EqualValues(t, 1, s.sum(t, "otelcol_rrpair_receiver_dropped_records", nil))
}

func TestRecordsThatAreNoRRPairAreNeverDropped(t *testing.T) {
	sink := new(consumertest.LogsSink)
	s := startServer(t, sink, func(config *Config) {
		config.Drop = []dropConfig{{Name: "all", Filter: "service NOT nothing"}}
		config.Sample = "1/1000000"
	})
	logs := plog.NewLogs()
	logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body().SetStr("a line")
	_, err := s.dial(t).Export(t.Context(), plogotlp.NewExportRequestFromLogs(logs))
	require.NoError(t, err)
	assert.Equal(t, 1, sink.LogRecordCount())
}

func TestRulesSeeWhatAttributesFillAndBodiesHold(t *testing.T) {
	sink := new(consumertest.LogsSink)
	s := startServer(t, sink, volumeOf(
		dropConfig{Name: "resource", Filter: "cluster IS staging"},
		dropConfig{Name: "body", Filter: "req_json[kind] IS probe"},
		dropConfig{Name: "slow", Filter: "NOT (duration > 1s)"[4:] + ` AND header[accept] IS "*/*"`},
	))
	lineOf := func(i int, change ...string) string {
		return strings.NewReplacer(change...).Replace(sessionLine(i, "checkout", "/cart", ""))
	}
	logs := pairs(t, lineOf(1, `"cluster":"shop"`, `"cluster":"undefined"`), lineOf(2, `"body":"{}"`, `"body":"{\"kind\":\"probe\"}"`),
		lineOf(3, `"duration":12`, `"duration":1200`), lineOf(4))
	logs.ResourceLogs().At(0).Resource().Attributes().PutStr("k8s.cluster.name", "staging")
	_, err := s.dial(t).Export(t.Context(), plogotlp.NewExportRequestFromLogs(logs))
	require.NoError(t, err)
	assert.Equal(t, []string{rrpair.UUID{0: 1, 15: 4}.String()}, arrived(sink))
	for _, rule := range []string{"resource", "body", "slow"} {
		assert.EqualValues(t, 1, s.sum(t, "otelcol_rrpair_receiver_dropped_records", map[string]string{"rule": rule}), rule)
	}
}

// A sample keeps what the filter language's sample keeps, whole sessions, however they arrive.
func TestSamplesKeepWholeSessions(t *testing.T) {
	sample, err := filter.ParseSample("1/5")
	require.NoError(t, err)
	var all, want []string
	for i := range 600 {
		session := fmt.Sprint("session ", i/6)
		if i%6 == 5 {
			session = ""
		}
		all = append(all, sessionLine(i, "checkout", "/cart", session))
		id := rrpair.UUID{0: 1, 14: byte(i >> 8), 15: byte(i)}.String()
		if sample.Keep(session, id) {
			want = append(want, id)
		}
	}
	require.InDelta(t, 120, len(want), 40)
	sink := new(consumertest.LogsSink)
	s := startServer(t, sink, func(config *Config) { config.Sample = "1/5" })
	_, err = s.dial(t).Export(t.Context(), plogotlp.NewExportRequestFromLogs(pairs(t, all...)))
	require.NoError(t, err)
	assert.Equal(t, want, arrived(sink))
	sink.Reset()
	assert.Equal(t, 200, s.post(t, "/v1/rrpairs", "application/x-ndjson", "", lines(all...)).code)
	assert.Equal(t, want, arrived(sink))
	assert.EqualValues(t, 2*(600-len(want)), s.sum(t, "otelcol_rrpair_receiver_dropped_records", map[string]string{"rule": "sample", "kind": "sample"}))
}

func TestFilesAreUnderVolumeControlToo(t *testing.T) {
	folder := t.TempDir()
	text := strings.Join([]string{sessionLine(1, "a", "/health", ""), sessionLine(2, "a", "/cart", "")}, "\n") + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(folder, "a.jsonl"), []byte(text), 0o600))
	sink := new(consumertest.LogsSink)
	s := startServer(t, sink, func(config *Config) {
		config.Drop = []dropConfig{{Name: "health", Filter: "location IS /health"}}
		config.Files.Include = []string{filepath.Join(folder, "*.jsonl")}
		config.Files.Volatile = true
		config.Files.PollInterval = 20 * time.Millisecond
	})
	require.Eventually(t, func() bool { return sink.LogRecordCount() == 1 }, 10*time.Second, 10*time.Millisecond)
	assert.Eventually(t, func() bool { return s.sum(t, "otelcol_rrpair_receiver_dropped_records", nil) == 1 }, 10*time.Second, 10*time.Millisecond)
}

func TestBadVolumeControlIsRefusedWithItsPlace(t *testing.T) {
	_, err := load(t, "volume_bad")
	for _, text := range []string{
		`drop[0]::name is "": it must be a name`, `drop[0]::filter: filter: column 1: the filter is empty`,
		`drop[1]::filter: filter: column 9`, "  service ISS probe\n  ", "^",
		`drop[2]::name is "budget": the setting of that name`,
		`drop[4]::name is "twice": another rule has that name`,
		`sample: "6/5" is no share`, `budget::per is "pod": it must be service, namespace, cluster or all`,
		`budget::bytes_per_day is 1KiB: it must be at least 1MiB`,
	} {
		assert.ErrorContains(t, err, text)
	}
	config, err := load(t, "volume")
	require.NoError(t, err)
	assert.Len(t, config.Drop, 2)
	assert.EqualValues(t, 50*gibibyte, config.Budget.BytesPerDay)
}

// Sizes of the three ways in are about the same.
func TestSizesAgree(t *testing.T) {
	for _, line := range sampleLines(t, 20) {
		var pair rrpair.Pair
		require.NoError(t, pair.ParseJSON([]byte(line)))
		record := plog.NewLogRecord()
		require.NoError(t, pair.ToLogRecord(record))
		facts, bad := checkBody(record.Body().Map())
		require.Nil(t, bad)
		assert.Equal(t, facts.textBytes, sizeOf(record.Body()))
		assert.InEpsilon(t, facts.textBytes, sizeOfJSON(pair.JSON()), 0.1)
	}
	assert.Equal(t, 3, sizeOfJSON([]byte(`"a\"`)), "a string that does not end")
}

func BenchmarkInspectWithDropRules(b *testing.B) {
	config := &Config{Drop: []dropConfig{
		{Name: "health", Filter: `location IS /health OR header[user-agent] CONTAINS "ELB-HealthChecker"`},
		{Name: "staging", Filter: "namespace IS staging"},
	}, Budget: budgetConfig{BytesPerDay: gibibyte}}
	v, err := newVolume(config, fixedNow)
	require.NoError(b, err)
	in := &intake{now: fixedNow, volume: v}
	logs := pairs(b, sampleLines(b, perRequest)...)
	for i, record := range logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
		record.Body().Map().PutStr("uuid", rrpair.UUID{0: byte(i)}.Base64())
	}
	b.ReportAllocs()
	b.ResetTimer()
	before := processCPU(b)
	for range b.N {
		var sums tally
		in.inspect(logs, &sums)
	}
	perMillion(b, processCPU(b)-before)
}
