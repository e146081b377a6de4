package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/dropped"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// call is one pair of the small shop below.
type call struct {
	at        time.Duration // after 11:00
	service   string
	direction string
	peer      string // host called, or host name of the caller; an address where it begins with a digit
	protocol  string
	location  string
	status    string
	ms        float64 // 0: the pair does not say
	request   int     // bytes of the body
	response  int
}

func (c call) line(n int) []byte {
	var line bytes.Buffer
	fmt.Fprintf(&line, `{"msgType":"rrpair","ts":%q,"uuid":"0c6c9cb1-4f2a-4f0e-9f3a-%012x","direction":%q,"cluster":"prod","namespace":"shop","service":%q,"l7protocol":%q,"command":"POST","location":%q,"status":%q`,
		shopHour().Add(c.at).Format(time.RFC3339Nano), n+1, c.direction, c.service, c.protocol, c.location, c.status)
	if c.ms > 0 {
		fmt.Fprintf(&line, `,"duration":%g`, c.ms)
	}
	host := c.service
	switch {
	case c.direction == "OUT":
		host = c.peer
	case c.peer != "" && c.peer[0] >= '0' && c.peer[0] <= '9':
		fmt.Fprintf(&line, `,"netinfo":{"downstream":{"ipAddress":%q}}`, c.peer)
	case c.peer != "":
		fmt.Fprintf(&line, `,"netinfo":{"downstream":{"hostname":%q}}`, c.peer)
	}
	fmt.Fprintf(&line, `,"http":{"req":{"url":%q,"method":"POST","host":%q,"body":%q},"res":{"statusCode":%s,"body":%q}}}`,
		c.location, host, strings.Repeat("q", c.request), c.status, strings.Repeat("r", c.response))
	return line.Bytes()
}

// shopHour is the hour before the bench's clock.
func shopHour() time.Time { return time.Date(2026, 11, 20, 11, 0, 0, 0, time.UTC) }

// smallShop: web calls checkout, of which checkout saw all calls but one, and checkout calls a payment provider, which
// fails at 11:30.
func smallShop() (calls []call) {
	for i := range 12 {
		at := time.Duration(i) * 5 * time.Minute
		calls = append(calls, call{at, "web", "OUT", "checkout.shop.svc.cluster.local:8080", "http", "/orders", "200", 20 + float64(i), 1000, 200})
		if i > 0 {
			calls = append(calls, call{at + time.Millisecond, "checkout", "IN", "web", "http", "/orders", "200", 15 + float64(i), 1000, 200})
		}
		if i%2 == 0 {
			status := "200"
			if i == 6 {
				status = "503"
			}
			calls = append(calls, call{at + 2*time.Millisecond, "checkout", "OUT", "api.pay.example", "https", fmt.Sprintf("/charges/%d", 1000+i), status, 100, 300, 50})
		}
	}
	return append(calls, call{55 * time.Minute, "web", "IN", "203.0.113.9", "http", "/", "200", 0, 0, 4096})
}

// fillCalls makes an archive and a hot store of calls. What lies in the hot store is as fill says.
func fillCalls(t *testing.T, calls []call) *filled {
	t.Helper()
	lines := make([][]byte, len(calls))
	for i, one := range calls {
		lines[i] = one.line(i)
	}
	return fillLines(t, lines)
}

func fillLines(t *testing.T, lines [][]byte) *filled {
	t.Helper()
	f := &filled{hot: filepath.Join(t.TempDir(), "hot"), folder: t.TempDir(), lines: lines}
	f.url = "file://" + f.folder
	f.config = writeFile(t, "collector.yaml", fmt.Sprintf("extensions:\n  archive: {url: %q}\n  hotstore: {sqlite: {path: %q, retention: 0}}\n", f.url, f.hot))
	store := f.bucket(t)
	_, err := archive.Create(t.Context(), store, archive.Layout{}, "test")
	require.NoError(t, err)
	writeArchive(t, f.folder, lines)
	f.documents = documentsOf(t, f.url, lines)
	f.write(t, time.Time{}, f.documents...)
	return f
}

// bucket opens the archive's.
func (f *filled) bucket(t *testing.T) *bucket.Bucket {
	t.Helper()
	config := bucket.NewDefaultConfig()
	config.URL = f.url
	store, err := bucket.Open(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(func() { store.Close() })
	return store
}

func writeArchive(t *testing.T, folder string, lines [][]byte) {
	t.Helper()
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	var pair rrpair.Pair
	for _, line := range lines {
		require.NoError(t, pair.ParseJSON(line), string(line))
		record := records.AppendEmpty()
		require.NoError(t, pair.ToLogRecord(record))
		record.SetObservedTimestamp(pcommon.NewTimestampFromTime(shopHour()))
	}
	blocks, _, rejected, err := archive.NewConverter(archive.Layout{}, archive.ConverterOptions{}).Convert(t.Context(), logs)
	require.NoError(t, err)
	require.Empty(t, rejected)
	folders := map[string][]queue.Block{}
	for _, block := range blocks {
		info, err := archive.BlockHeader(block.Data)
		require.NoError(t, err)
		folders[info.Folder] = append(folders[info.Folder], block)
	}
	for name, blocks := range folders {
		var data bytes.Buffer
		info, err := archive.WriteFile(t.Context(), &data, blocks, archive.WriteOptions{})
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Join(folder, name), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(folder, name, info.Name), data.Bytes(), 0o600))
	}
}

// drop notes that rules dropped something a quarter past eleven, and long before.
func (f *filled) drop(t *testing.T) {
	t.Helper()
	now := shopHour().Add(15 * time.Minute)
	recorder := dropped.NewRecorder("rrpair", func() time.Time { return now })
	recorder.Add("health checks", dropped.KindDrop, "web", 120, 48_000)
	recorder.Add("health checks", dropped.KindDrop, "checkout", 7, 2_100)
	recorder.Add("sample", dropped.KindSample, "checkout", 900, 1_800_000)
	_, err := recorder.Flush(t.Context(), f.bucket(t))
	require.NoError(t, err)
	now = shopHour().Add(-5 * time.Hour)
	earlier := dropped.NewRecorder("rrpair", func() time.Time { return now })
	earlier.Add("health checks", dropped.KindDrop, "web", 5, 5)
	_, err = earlier.Flush(t.Context(), f.bucket(t))
	require.NoError(t, err)
}

func documentsOf(t *testing.T, identity string, lines [][]byte) (documents []*hotstore.Document) {
	t.Helper()
	rules, err := dimension.Compile(dimension.NewDefaultSettings())
	require.NoError(t, err)
	builder := rehydrate.NewBuilder(rehydrate.Settings{Rules: rules, Identity: identity})
	var pair rrpair.Pair
	for _, line := range lines {
		require.NoError(t, pair.ParseJSON(line))
		at, _ := pair.Time()
		document, _ := builder.Build(&pair, at, rehydrate.Known{})
		documents = append(documents, document.Clone())
	}
	return documents
}
