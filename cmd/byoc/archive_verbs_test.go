package main

import (
	"bytes"
	"encoding/json"
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
	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// shopArchive makes an archive of demo traffic in a folder and returns its URL, the folder and the pairs.
func shopArchive(t *testing.T, n int) (url, folder string, lines [][]byte) {
	t.Helper()
	folder = t.TempDir()
	config := bucket.NewDefaultConfig()
	config.URL = "file://" + folder
	store, err := bucket.Open(t.Context(), config)
	require.NoError(t, err)
	defer store.Close()
	_, err = archive.Create(t.Context(), store, archive.Layout{}, "test")
	require.NoError(t, err)

	generator := demo.NewGenerator(demo.Options{Seed: 8, Rate: 0.1, FailedCheckouts: 0.3})
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	var pair rrpair.Pair
	for range n {
		line := bytes.TrimSpace(generator.Next(nil))
		lines = append(lines, line)
		require.NoError(t, pair.ParseJSON(line))
		record := records.AppendEmpty()
		require.NoError(t, pair.ToLogRecord(record))
		record.SetObservedTimestamp(pcommon.NewTimestampFromTime(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)))
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
	return config.URL, folder, lines
}

func TestSnapshotCreatePrintsTheSummary(t *testing.T) {
	url, _, lines := shopArchive(t, 900)
	b := newBench(t)
	out := filepath.Join(t.TempDir(), "inbound")
	require.Equal(t, exitOK, b.run(t, "--archive", url, "snapshot", "create", "--filter", "(direction IS IN) AND (error IS false)", "--out", out, "--output", "json"), b.stderr.String())
	var summary map[string]any
	require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &summary))
	var keys []string
	for _, key := range []string{"id", "out", "records", "bytes", "window", "files_listed", "files_pruned", "files_read", "bytes_read", "row_groups_pruned", "duplicates", "skipped", "duration_ms"} {
		require.Contains(t, summary, key)
		keys = append(keys, key)
	}
	require.Len(t, summary, len(keys))
	matching := 0
	for _, line := range lines {
		var pair rrpair.Pair
		require.NoError(t, pair.ParseJSON(line))
		if pair.Text(rrpair.FieldDirection) == "IN" && !rrpair.Failed(pair.Text(rrpair.FieldL7Protocol), pair.Text(rrpair.FieldStatus)) {
			matching++
		}
	}
	require.NotZero(t, matching)
	require.EqualValues(t, matching, summary["records"])
	raw, err := os.ReadFile(filepath.Join(out, "raw.jsonl"))
	require.NoError(t, err)
	require.Equal(t, matching, bytes.Count(raw, []byte("\n")))

	require.Equal(t, exitError, b.run(t, "--archive", url, "snapshot", "create", "--out", out))
	require.Contains(t, b.stderr.String(), "--force")
	require.Equal(t, exitOK, b.run(t, "--archive", url, "snapshot", "create", "--out", out, "--force", "--limit", "5"))
	require.Contains(t, b.stdout.String(), "5 records")
	require.Contains(t, b.stdout.String(), "times in UTC")
}

func TestSnapshotToStdout(t *testing.T) {
	url, _, lines := shopArchive(t, 40)
	b := newBench(t)
	require.Equal(t, exitOK, b.run(t, "--archive", url, "snapshot", "create", "--out", "-"), b.stderr.String())
	require.Equal(t, len(lines), strings.Count(b.stdout.String(), "\n"))
	require.Contains(t, b.stderr.String(), "40 records")
}

func TestSnapshotUsageErrors(t *testing.T) {
	url, _, _ := shopArchive(t, 5)
	b := newBench(t)
	for want, args := range map[string][]string{
		"^":                    {"--filter", "(service IS"},
		"--from":               {"--from", "whenever"},
		"is not before":        {"--from", "today", "--to", "yesterday"},
		"--sample":             {"--sample", "9/5"},
		"--order":              {"--order", "random"},
		"must not be negative": {"--limit", "-1"},
		"did you mean s3://?":  {"--out", "s4://acme/snapshots"},
		`--name "ü": a name`:   {"--name", "ü"},
		"letters a to z":       {"--name", "…"},
		"at most 128":          {"--name", strings.Repeat("long", 100)},
	} {
		require.Equal(t, exitUsage, b.run(t, append([]string{"--archive", url, "snapshot", "create", "--out", t.TempDir()}, args...)...), want)
		require.Contains(t, b.stderr.String(), want)
	}
}

// A damaged file is named, the rest is done, and scripts see exit code 3.
func TestDamagedFileExitsWithThree(t *testing.T) {
	url, folder, _ := shopArchive(t, 900)
	files, err := filepath.Glob(filepath.Join(folder, "v1", "date=*", "hour=*", "*.parquet"))
	require.NoError(t, err)
	require.Greater(t, len(files), 1)
	data, err := os.ReadFile(files[0])
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(files[0], data[:len(data)-9], 0o600))
	b := newBench(t)
	out := filepath.Join(t.TempDir(), "s")
	require.Equal(t, exitSkipped, b.run(t, "--archive", url, "snapshot", "create", "--out", out, "--output", "json"))
	require.Contains(t, b.stderr.String(), filepath.Base(files[0]))
	require.Contains(t, b.stdout.String(), `"truncated": 1`)
	require.FileExists(t, filepath.Join(out, "snapshot.json"))
	for _, verb := range []string{"verify", "stat"} {
		require.Equal(t, exitSkipped, b.run(t, "--archive", url, "archive", verb), verb)
	}
	require.Equal(t, exitSkipped, b.run(t, "--archive", url, "get", "00000000-0000-4000-8000-000000000000"))
	require.Contains(t, b.stderr.String(), "no such record")
	require.Contains(t, b.stderr.String(), filepath.Base(files[0]))
}

// A file that cannot be read and an object that is no data file are named once each, and counted apart.
func TestVerifyNamesEachFaultOnce(t *testing.T) {
	url, folder, _ := shopArchive(t, 50)
	files, err := filepath.Glob(filepath.Join(folder, "v1", "date=*", "hour=*", "*.parquet"))
	require.NoError(t, err)
	hour := filepath.Dir(files[0])
	require.NoError(t, os.WriteFile(filepath.Join(hour, "text.parquet"), []byte("hello"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(hour, "README.txt"), []byte("hello"), 0o600))
	nowhere := filepath.Join(folder, "v1", "date=foo", "hour=99")
	require.NoError(t, os.MkdirAll(nowhere, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(nowhere, "stray.parquet"), []byte("hello"), 0o600))
	b := newBench(t)
	require.Equal(t, exitSkipped, b.run(t, "--archive", url, "archive", "verify"))
	require.Equal(t, 1, strings.Count(b.stdout.String(), "text.parquet"), b.stdout.String())
	require.Equal(t, 1, strings.Count(b.stdout.String(), "README.txt"), b.stdout.String())
	require.NotContains(t, b.stdout.String(), "all sound")
	require.Contains(t, b.stderr.String(), "1 file is at fault")
	require.Equal(t, 1, strings.Count(b.stdout.String(), "date=foo/hour=99/stray.parquet"), b.stdout.String())
	require.Contains(t, b.stderr.String(), "2 objects are no data of this archive")
}

// Who has just sent something and looks must not think that it is lost.
func TestAnEmptyArchiveSaysWhereTrafficWaits(t *testing.T) {
	url, _, _ := shopArchive(t, 5)
	b := newBench(t)
	for _, verb := range []string{"ls", "stat"} {
		require.Equal(t, exitOK, b.run(t, "--archive", url, "archive", verb, "--from", "2020-01-01", "--to", "2020-01-02"))
		require.Contains(t, b.stdout.String(), "flush::age")
		require.NotContains(t, b.stdout.String(), "FILES")
		require.NotContains(t, b.stdout.String(), "SERVICE")
	}
	require.Equal(t, exitOK, b.run(t, "--archive", url, "archive", "stat", "--to", "2020-01-02", "--output", "json"))
	require.Contains(t, b.stdout.String(), `"from": null`)
}

func TestArchiveVerbs(t *testing.T) {
	url, _, lines := shopArchive(t, 300)
	b := newBench(t)
	require.Equal(t, exitOK, b.run(t, "--archive", url, "archive", "ls", "--files"), b.stderr.String())
	require.Contains(t, b.stdout.String(), "date=2026-11-20/hour=09")
	require.Contains(t, b.stdout.String(), ".parquet")
	require.Equal(t, exitOK, b.run(t, "--archive", url, "archive", "stat"), b.stderr.String())
	require.Contains(t, b.stdout.String(), "checkout")
	require.Equal(t, exitOK, b.run(t, "--archive", url, "archive", "stat", "--output", "json"))
	var stat statReport
	require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &stat))
	require.EqualValues(t, len(lines), stat.Records)
	require.EqualValues(t, len(lines), stat.Directions["IN"]+stat.Directions["OUT"])
	require.Equal(t, exitOK, b.run(t, "--archive", url, "archive", "verify"), b.stdout.String())
	require.Contains(t, b.stdout.String(), "all sound")
	require.Equal(t, exitOK, b.run(t, "--archive", url, "archive", "verify", "--output", "json"))
	require.Contains(t, b.stdout.String(), `"duplicates": 0`)
}

func TestGetByAddressTimeAndUUID(t *testing.T) {
	url, _, lines := shopArchive(t, 300)
	b := newBench(t)
	for _, i := range []int{0, 150, 299} {
		var pair rrpair.Pair
		require.NoError(t, pair.ParseJSON(lines[i]))
		id, _ := pair.UUID()
		at, _ := pair.Time()
		folder, _, _ := archive.Layout{}.Folder(&pair, at)
		require.Equal(t, exitOK, b.run(t, "--archive", url, "get", archive.RecordURL(url, folder, id), "--output", "json"), b.stderr.String())
		require.True(t, rrpair.CanonicalEqual(lines[i], bytes.TrimSpace(b.stdout.Bytes())))
		// The address alone is enough where it needs no credentials and no endpoint.
		require.Equal(t, exitOK, b.run(t, "get", archive.RecordURL(url, folder, id)), b.stderr.String())
		require.Contains(t, b.stdout.String(), id.String())
		require.Equal(t, exitOK, b.run(t, "--archive", url, "get", id.Base64(), "--at", at.Format(time.RFC3339)), b.stderr.String())
		require.Equal(t, exitOK, b.run(t, "--archive", url, "--output", "json", "get", id.String()), b.stderr.String())
		require.True(t, rrpair.CanonicalEqual(lines[i], bytes.TrimSpace(b.stdout.Bytes())))
	}
	require.Equal(t, exitError, b.run(t, "--archive", url, "get", "00000000-0000-4000-8000-000000000000"))
	require.Contains(t, b.stderr.String(), "no such record")
	require.Equal(t, exitUsage, b.run(t, "--archive", url, "get", "nonsense"))
	require.Equal(t, exitUsage, b.run(t, "--archive", url, "get", "s3://other/v1/date=2026-11-20/hour=09?uuid=00000000-0000-4000-8000-000000000000"))
	require.Contains(t, b.stderr.String(), "name the right one")
}
