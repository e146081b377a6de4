package fences

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
	"github.com/byoc-otel/otelcol-byoc/test/collector"
)

// traffic is a request, and what is planted in it that no policy needs to be told of: names of people and the like are
// left to the tests of the policies.
func traffic(t *testing.T, number int) (plog.Logs, map[string]string) {
	t.Helper()
	planted := map[string]string{}
	generator := demo.NewGenerator(demo.Options{Seed: 11, FailedCheckouts: 0.3, Planted: func(p demo.Planted) {
		switch p.Type {
		case "email", "card", "iban", "ssn", "password", "jwt", "api_key":
			planted[strings.ToLower(p.Value)] = p.Type + " at " + p.Path
		}
	}})
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	var pair rrpair.Pair
	for range number {
		require.NoError(t, pair.ParseJSON(generator.Next(nil)))
		require.NoError(t, pair.ToLogRecord(records.AppendEmpty()))
	}
	return logs, planted
}

func (w *world) send(number int) map[string]string {
	w.t.Helper()
	logs, planted := traffic(w.t, number)
	collector.Send(w.t, w.address, logs)
	return planted
}

func (w *world) archived() (records int) {
	w.t.Helper()
	store, err := bucket.Open(w.t.Context(), bucket.Config{URL: "file://" + w.archive})
	require.NoError(w.t, err)
	defer store.Close()
	_, err = archive.Scan(w.t.Context(), store, archive.ScanOptions{}, func(*archive.Record) error { records++; return nil })
	require.NoError(w.t, err)
	return records
}

// texts is everything in the files of the folders, in lower case, decompressed and decoded as far as that goes: the bytes as
// they are, the records of queued blocks and those of the archive, each in every spelling.
func texts(t *testing.T, folders ...string) (text []byte, queued int) {
	t.Helper()
	var all bytes.Buffer
	add := func(text []byte) { all.Write(bytes.ToLower(text)); all.WriteByte('\n') }
	for _, folder := range folders {
		require.NoError(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			add(data)
			demo.Spellings(data, add)
			for _, block := range queuedBlocks(data) {
				for _, record := range recordsOf(t, block) {
					queued++
					demo.Spellings(record, add)
				}
			}
			return nil
		}))
	}
	return all.Bytes(), queued
}

// queuedBlocks finds the items of a queue in the bytes of its storage, also those that were deleted and not yet overwritten.
func queuedBlocks(data []byte) (blocks []queue.Block) {
	const head, blockHead = 24, 16 // see internal/queue/encoding.go
	for at := 0; ; at += 4 {
		next := bytes.Index(data[at:], []byte("bq1B"))
		if next < 0 || at+next+head > len(data) {
			return blocks
		}
		at += next
		number := int(binary.LittleEndian.Uint64(data[at+16:]))
		from := at + head + blockHead*number
		for i := 0; i < number && from < len(data); i++ {
			size := int(binary.LittleEndian.Uint32(data[at+head+blockHead*i:]))
			if from+size > len(data) {
				break
			}
			block := data[from : from+size]
			if info, err := archive.BlockHeader(block); err == nil {
				blocks = append(blocks, queue.Block{Data: block, Items: info.Rows, Bytes: info.RawBytes})
			}
			from += size
		}
	}
}

// recordsOf decodes a block: it is written as a file and read again.
func recordsOf(t *testing.T, block queue.Block) (records [][]byte) {
	t.Helper()
	var file bytes.Buffer
	info, err := archive.WriteFile(t.Context(), &file, []queue.Block{block}, archive.WriteOptions{})
	require.NoError(t, err)
	header, err := archive.BlockHeader(block.Data)
	require.NoError(t, err)
	store, err := bucket.Open(t.Context(), bucket.Config{URL: fmt.Sprintf("mem://%x", sha256.Sum256(block.Data))})
	require.NoError(t, err)
	defer store.Close()
	_, err = store.PutIfAbsent(t.Context(), header.Folder+"/"+info.Name, bytes.NewReader(file.Bytes()), info.Bytes, bucket.PutOptions{})
	require.NoError(t, err)
	_, err = archive.Scan(t.Context(), store, archive.ScanOptions{}, func(record *archive.Record) error {
		records = append(records, bytes.Clone(record.JSON))
		return nil
	})
	require.NoError(t, err)
	return records
}

// left are the planted values that stand in text.
func left(planted map[string]string, text []byte) (found []string) {
	for value, what := range planted {
		if bytes.Contains(text, []byte(value)) {
			found = append(found, what+": "+value)
		}
	}
	return found
}

// away is an archive that nobody answers for, so that what was sent stays in the queue.
const away = "s3://nobody/here?endpoint=http://127.0.0.1:9&use_path_style=true&anonymous=true"

const records = 300

func TestNothingRawLiesInTheQueueWhileTheStoreIsAway(t *testing.T) {
	w := newWorld(t)
	running := w.start(w.config(away, "rrpair", table{"logs": pipeline("rrpair", []string{"redact"}, "archive")}, nil))
	planted := w.send(records)
	running.Kill()
	text, queued := texts(t, w.queue, w.temp)
	require.GreaterOrEqual(t, queued, records, "what was sent lies in the queue")
	require.NotEmpty(t, planted)
	require.Empty(t, left(planted, text))
}

func TestNothingRawLiesInTheArchive(t *testing.T) {
	w := newWorld(t)
	running := w.start(w.config("", "rrpair", table{"logs": pipeline("rrpair", []string{"redact"}, "archive")}, nil))
	planted := w.send(records)
	running.Stop()
	require.Equal(t, records, w.archived())
	text, _ := texts(t, w.queue, w.temp, w.archive)
	store, err := bucket.Open(t.Context(), bucket.Config{URL: "file://" + w.archive})
	require.NoError(t, err)
	defer store.Close()
	_, err = archive.Scan(t.Context(), store, archive.ScanOptions{}, func(record *archive.Record) error {
		demo.Spellings(record.JSON, func(spelling []byte) { text = append(append(text, bytes.ToLower(spelling)...), '\n') })
		return nil
	})
	require.NoError(t, err)
	require.Empty(t, left(planted, text))
}

// The search finds what it looks for: without the fences all of it lies in the queue.
func TestWithoutFencesItIsFound(t *testing.T) {
	w := newWorld(t)
	running := w.start(w.config(away, "rrpair", table{"logs": pipeline("rrpair", nil, "archive")},
		table{"exporters": table{"archive": table{"allow_unredacted": true, "sending_queue": table{"storage": "file_storage"}}}}))
	planted := w.send(records)
	running.Kill()
	text, queued := texts(t, w.queue, w.temp)
	require.GreaterOrEqual(t, queued, records)
	require.Len(t, left(planted, text), len(planted))
}

// Agents may redact, so a pipeline without a redact processor is allowed where keys verify their stamps. What was not
// redacted is refused before the queue, whichever receiver it came through.
func TestUnstampedRecordsAreRefusedBeforeTheQueue(t *testing.T) {
	for _, receiver := range []string{"otlp", "rrpair"} {
		t.Run(receiver, func(t *testing.T) {
			w := newWorld(t)
			config := w.config(away, receiver, table{"logs": pipeline(receiver, nil, "archive")}, table{"extensions": table{
				"archive": table{"url": away, "request_timeout": "1s", "redaction": table{"verify_keys": []any{
					table{"id": "agents", "key": strings.Repeat("0a", 32)}}}},
				"file_storage": table{"directory": w.queue, "create_directory": true, "fsync": true},
			}})
			running := w.start(config)
			logs, planted := traffic(t, records)
			err := collector.TrySend(t, w.address, logs)
			for _, want := range []string{"exporter archive (pipelines logs) refuses RRPairs", "300 unstamped", "put a redact processor", "exporters::archive::allow_unredacted"} {
				require.ErrorContains(t, err, want)
			}
			require.NotEqual(t, codes.Unavailable, status.Code(err), "sending it again is of no use, and the sender knows")
			running.Kill()
			text, queued := texts(t, w.queue, w.temp)
			require.Zero(t, queued)
			require.Empty(t, left(planted, text))
		})
	}
}
