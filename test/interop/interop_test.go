// Package interop proves that engines which are not ours read what we write.
package interop

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	pairs = 3000
	// twice is how many of them arrive a second time, as after a timeout.
	twice = 100
	// engineTimeout is generous: Spark starts a JVM.
	engineTimeout = 5 * time.Minute
)

// expected is one row as engines.py compares it: null is absent.
type expected struct {
	TS             int64   `json:"ts"`
	TSNanos        *int32  `json:"ts_nanos"`
	UUID           string  `json:"uuid"`
	Direction      *string `json:"direction"`
	Cluster        *string `json:"cluster"`
	Namespace      *string `json:"namespace"`
	Service        *string `json:"service"`
	L7Protocol     *string `json:"l7protocol"`
	Tech           *string `json:"tech"`
	Command        *string `json:"command"`
	Status         *string `json:"status"`
	Location       *string `json:"location"`
	NetworkAddress *string `json:"network_address"`
	DurationMS     *int32  `json:"duration_ms"`
	TraceID        *string `json:"trace_id"`
	Session        *string `json:"session"`
	ReqHeaders     *string `json:"req_headers"`
	ResHeaders     *string `json:"res_headers"`
	Tags           *string `json:"tags"`
	Netinfo        *string `json:"netinfo"`
	TokenList      *string `json:"token_list"`
	Signature      *string `json:"signature"`
	ReqBody        *string `json:"req_body"` // SHA-256
	ResBody        *string `json:"res_body"`
	Rest           string  `json:"rest"`

	Hyphenated string `json:"hyphenated"`
	Date       string `json:"date"`
	Hour       int    `json:"hour"`
}

// document is an RRPair as encoding/json sees it: the expectation is made without
// the code under test, except for rest and trace_id.
type document struct {
	TS             string          `json:"ts"`
	UUID           string          `json:"uuid"`
	Direction      *string         `json:"direction"`
	Cluster        *string         `json:"cluster"`
	Namespace      *string         `json:"namespace"`
	Service        *string         `json:"service"`
	L7Protocol     *string         `json:"l7protocol"`
	Tech           *string         `json:"tech"`
	Command        *string         `json:"command"`
	Status         *string         `json:"status"`
	Location       *string         `json:"location"`
	NetworkAddress *string         `json:"network_address"`
	Duration       *int32          `json:"duration"`
	Session        *string         `json:"session"`
	Tags           json.RawMessage `json:"tags"`
	Netinfo        json.RawMessage `json:"netinfo"`
	TokenList      json.RawMessage `json:"tokenList"`
	Signature      json.RawMessage `json:"signature"`
	HTTP           struct {
		Req message `json:"req"`
		Res message `json:"res"`
	} `json:"http"`
}

type message struct {
	Headers    json.RawMessage `json:"headers"`
	BodyBase64 *string         `json:"bodyBase64"`
}

func expect(t *testing.T, line []byte, rests map[string]string) expected {
	t.Helper()
	var d document
	require.NoError(t, json.Unmarshal(line, &d))
	ts, err := time.Parse(time.RFC3339Nano, d.TS)
	require.NoError(t, err)
	id, err := base64.StdEncoding.DecodeString(d.UUID)
	require.NoError(t, err)
	nanos := int32(ts.Nanosecond() % 1000)
	plain := hex.EncodeToString(id)
	var pair rrpair.Pair
	require.NoError(t, pair.ParseJSON(line))
	row := expected{
		TS: ts.UnixMicro(), TSNanos: &nanos, UUID: plain,
		Direction: d.Direction, Cluster: d.Cluster, Namespace: d.Namespace, Service: d.Service, L7Protocol: d.L7Protocol,
		Tech: d.Tech, Command: d.Command, Status: d.Status, Location: d.Location, NetworkAddress: d.NetworkAddress,
		DurationMS: d.Duration, Session: d.Session,
		ReqHeaders: text(d.HTTP.Req.Headers), ResHeaders: text(d.HTTP.Res.Headers), Tags: text(d.Tags),
		Netinfo: text(d.Netinfo), TokenList: tokenListText(&d), Signature: signatureText(t, &d),
		ReqBody: bodyHash(t, d.HTTP.Req.BodyBase64), ResBody: bodyHash(t, d.HTTP.Res.BodyBase64), Rest: rests[plain],
		Hyphenated: plain[:8] + "-" + plain[8:12] + "-" + plain[12:16] + "-" + plain[16:20] + "-" + plain[20:],
		Date:       ts.UTC().Format(time.DateOnly), Hour: ts.UTC().Hour(),
	}
	if trace := rrpair.TraceID(&pair); trace != "" {
		row.TraceID = &trace
	}
	return row
}

func text(raw json.RawMessage) *string {
	if raw == nil {
		return nil
	}
	value := string(raw)
	return &value
}

func bodyHash(t *testing.T, encoded *string) *string {
	if encoded == nil {
		return nil
	}
	body, err := base64.StdEncoding.DecodeString(*encoded)
	require.NoError(t, err)
	sum := sha256.Sum256(body)
	value := hex.EncodeToString(sum[:])
	return &value
}

// writeArchive writes demo traffic as an archive in a folder, some of it twice,
// and returns the lines in the order they were made.
func writeArchive(t *testing.T, folder string) (lines [][]byte) {
	t.Helper()
	generator := demo.NewGenerator(demo.Options{Seed: 3, Rate: 0.5, Undefined: 0.1})
	for range pairs {
		lines = append(lines, generator.Next(nil))
	}
	lines = append(lines, lines[:twice]...)
	converter := archive.NewConverter(archive.Layout{}, archive.ConverterOptions{})
	byFolder := map[string][]queue.Block{}
	for start := 0; start < len(lines); start += 200 {
		logs := plog.NewLogs()
		records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
		for _, line := range lines[start:min(start+200, len(lines))] {
			var pair rrpair.Pair
			require.NoError(t, pair.ParseJSON(line))
			record := records.AppendEmpty()
			require.NoError(t, pair.ToLogRecord(record))
			record.SetObservedTimestamp(pcommon.NewTimestampFromTime(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)))
		}
		blocks, stats, rejected, err := converter.Convert(context.Background(), logs)
		require.NoError(t, err)
		require.Empty(t, rejected)
		require.Zero(t, stats.Others+stats.AbsurdTimes)
		for _, block := range blocks {
			info, err := archive.BlockHeader(block.Data)
			require.NoError(t, err)
			byFolder[info.Folder] = append(byFolder[info.Folder], block)
		}
	}
	require.Greater(t, len(byFolder), 1, "the traffic must reach into a second hour")
	// Small row groups, so that pruning has something to do.
	writer := archive.NewFileWriter(archive.WriteOptions{RowGroupBytes: 1 << 20, WriterVersion: "test"})
	for name, blocks := range byFolder {
		dir := filepath.Join(folder, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(dir, 0o755))
		file, err := os.Create(filepath.Join(dir, "part"))
		require.NoError(t, err)
		info, err := writer.Write(context.Background(), file, blocks)
		require.NoError(t, err)
		require.NoError(t, file.Close())
		require.NoError(t, os.Rename(file.Name(), filepath.Join(dir, info.Name)))
	}
	return lines
}

// readRests returns rest by uuid, as the Parquet library reads it: the one column
// whose text no expectation can be made for without the code under test.
func readRests(t *testing.T, folder string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "v1", "*", "*", "*.parquet"))
	require.NoError(t, err)
	rests := map[string]string{}
	for _, path := range paths {
		rows, err := parquet.ReadFile[struct {
			UUID [16]byte `parquet:"uuid,optional"`
			Rest string   `parquet:"rest"`
		}](path)
		require.NoError(t, err)
		for _, row := range rows {
			require.True(t, json.Valid([]byte(row.Rest)))
			rests[hex.EncodeToString(row.UUID[:])] = row.Rest
		}
	}
	return rests
}

func TestEnginesReadTheArchive(t *testing.T) {
	python := interpreter(t)
	folder := t.TempDir()
	lines := writeArchive(t, folder)
	expectation := filepath.Join(folder, "expected.jsonl")
	writeExpectation(t, expectation, lines, readRests(t, folder))
	for _, engine := range []struct{ name, view string }{{"pyarrow", ""}, {"duckdb", "duckdb.sql"}, {"spark", "spark.sql"}} {
		t.Run(engine.name, func(t *testing.T) {
			view := engine.view
			if view != "" {
				view = filepath.Join("..", "..", "docs", "format", view)
			}
			ctx, cancel := context.WithTimeout(context.Background(), engineTimeout)
			defer cancel()
			command := exec.CommandContext(ctx, python, "engines.py", engine.name, folder, expectation, view)
			command.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "SPARK_LOCAL_IP=127.0.0.1")
			output, err := command.CombinedOutput()
			require.NoError(t, err, "%s", output)
			t.Logf("%s", output)
		})
	}
}

func writeExpectation(t *testing.T, path string, lines [][]byte, rests map[string]string) {
	t.Helper()
	file, err := os.Create(path)
	require.NoError(t, err)
	buffered := bufio.NewWriter(file)
	encoder := json.NewEncoder(buffered)
	for _, line := range lines {
		require.NoError(t, encoder.Encode(expect(t, line, rests)))
	}
	require.NoError(t, buffered.Flush())
	require.NoError(t, file.Close())
}

// interpreter returns the Python that has the engines. Where they cannot be had
// the test is left out on a laptop and fails in CI.
func interpreter(t *testing.T) string {
	t.Helper()
	script := filepath.Join("..", "services", "python.sh")
	if output, err := exec.Command(script, "fetch").CombinedOutput(); err != nil {
		missing(t, "pyarrow, DuckDB and Spark cannot be had: %v: %s", err, output)
	}
	if _, err := exec.LookPath("java"); err != nil {
		missing(t, "Spark needs Java 17: %v", err)
	}
	path, err := exec.Command(script, "path").Output()
	require.NoError(t, err)
	return string(path[:len(path)-1])
}

func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}
