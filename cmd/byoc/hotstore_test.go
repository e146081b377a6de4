package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// hotBench is a bench with an archive in a folder and a configuration that names it and an SQLite store. Its clock is that
// of the machine, as the store's is.
type hotBench struct {
	*bench
	now     time.Time // the beginning of this hour
	archive *bucket.Bucket
	folder  string // of the archive
	hot     string // folder of the store
	config  string
}

func newHotBench(t *testing.T, retention, exporter string) *hotBench {
	t.Helper()
	h := &hotBench{bench: newBench(t), folder: t.TempDir(), hot: filepath.Join(t.TempDir(), "hot"), now: time.Now().UTC().Truncate(time.Hour)}
	h.clock = time.Now
	store, err := bucket.Open(t.Context(), bucket.Config{URL: "file://" + h.folder})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	_, err = archive.Create(t.Context(), store, archive.Layout{}, "test")
	require.NoError(t, err)
	h.archive = store
	h.config = writeFile(t, "collector.yaml", fmt.Sprintf(`
extensions:
  archive: {url: "file://%s"}
  hotstore: {sqlite: {path: %q, retention: %s}}
exporters:
  hotstore: {%s}
`, h.folder, h.hot, retention, exporter))
	return h
}

func (h *hotBench) byoc(t *testing.T, args ...string) int {
	t.Helper()
	return h.run(t, append([]string{"--config", h.config, "--no-progress"}, args...)...)
}

// pairs makes generated pairs from a time on.
func pairsFrom(t *testing.T, seed uint64, number int, begin time.Time) (logs plog.Logs, made []*rrpair.Pair) {
	t.Helper()
	generator := demo.NewGenerator(demo.Options{Seed: seed, Start: begin, Rate: 2})
	logs = plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for range number {
		pair := new(rrpair.Pair)
		require.NoError(t, pair.ParseJSON(bytes.TrimSpace(generator.Next(nil))))
		require.NoError(t, pair.ToLogRecord(records.AppendEmpty()))
		made = append(made, pair)
	}
	return logs, made
}

// put archives records, one file for each hour, and names the hours.
func (h *hotBench) put(t *testing.T, logs plog.Logs) (folders []string) {
	t.Helper()
	blocks, _, _, err := archive.NewConverter(archive.Layout{}, archive.ConverterOptions{}).Convert(t.Context(), logs)
	require.NoError(t, err)
	byFolder := map[string][]queue.Block{}
	for _, block := range blocks {
		info, err := archive.BlockHeader(block.Data)
		require.NoError(t, err)
		byFolder[info.Folder] = append(byFolder[info.Folder], block)
	}
	for name, blocks := range byFolder {
		var file bytes.Buffer
		info, err := archive.WriteFile(t.Context(), &file, blocks, archive.WriteOptions{})
		require.NoError(t, err)
		require.NoError(t, h.archive.Put(t.Context(), name+"/"+info.Name, file.Bytes(), bucket.PutOptions{}))
		folders = append(folders, name)
	}
	return folders
}

// open opens the store behind the tool's back.
func (h *hotBench) open(t *testing.T) *hotStore {
	t.Helper()
	h.flags = globalFlags{configFiles: []string{h.config}}
	store, err := h.openHotStore(t.Context(), "")
	require.NoError(t, err)
	return store
}

// documents are what the store holds, by identity.
func (h *hotBench) documents(t *testing.T) map[rrpair.UUID]*hotstore.Document {
	t.Helper()
	store := h.open(t)
	defer store.Close()
	found := map[rrpair.UUID]*hotstore.Document{}
	search := hotstore.Search{Limit: 1000, WithPair: true}
	for {
		page, err := store.Search(t.Context(), search)
		require.NoError(t, err)
		for _, document := range page.Documents {
			require.NotContains(t, found, document.UUID, "nothing is doubled")
			found[document.UUID] = document
		}
		if search.After = page.Next; page.Next == "" {
			return found
		}
	}
}

func (h *hotBench) setSince(t *testing.T, since time.Time) {
	t.Helper()
	store := h.open(t)
	defer store.Close()
	require.NoError(t, store.Store.(hotstore.Beginner).SetSince(t.Context(), since))
}

func (h *hotBench) since(t *testing.T) time.Time {
	t.Helper()
	store := h.open(t)
	defer store.Close()
	since, err := store.since(t.Context())
	require.NoError(t, err)
	return since
}

func (h *hotBench) json(t *testing.T) (report backfillReport) {
	t.Helper()
	require.NoError(t, json.Unmarshal(h.stdout.Bytes(), &report), h.stdout.String())
	return report
}

// TestAHotStoreIsSetUpShownAndRemoved goes once round, and each step says what it did.
func TestAHotStoreIsSetUpShownAndRemoved(t *testing.T) {
	h := newHotBench(t, "7d", "")
	require.Equal(t, exitSkipped, h.byoc(t, "hotstore", "status"))
	require.Contains(t, h.stdout.String(), "not healthy")
	require.Contains(t, h.stdout.String(), "problem    the hot store is not set up")
	require.Contains(t, h.stdout.String(), "until `byoc hotstore init` says")
	require.Equal(t, "byoc: done, but the hot store hotstore is not healthy, as said above\n", h.stderr.String())
	require.Equal(t, exitSkipped, h.byoc(t, "hotstore", "status", "--output", "json"))
	require.Contains(t, h.stderr.String(), "not set up")

	require.Equal(t, exitOK, h.byoc(t, "hotstore", "init"), h.stderr.String())
	require.Contains(t, h.stdout.String(), "is set up:")
	require.Contains(t, h.stdout.String(), "it is given everything from")
	require.DirExists(t, h.hot)
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "init"))
	require.Contains(t, h.stdout.String(), "nothing was changed")
	require.Equal(t, exitOK, h.byoc(t, "--output", "json", "hotstore", "init"))
	require.Contains(t, h.stdout.String(), `"changed": false`)

	logs, made := pairsFrom(t, 1, 80, h.now.Add(-30*time.Minute))
	h.put(t, logs)
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "backfill", "--from", "-2h", "--to", "now"), h.stderr.String())
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "status"), h.stderr.String())
	for _, want := range []string{"hotstore (sqlite:", "): healthy", "80 documents", "PARTITION", "retention  7d", "it was given everything", "No gaps wait"} {
		require.Contains(t, h.stdout.String(), want)
	}
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "status", "--output", "json"))
	var status statusReport
	require.NoError(t, json.Unmarshal(h.stdout.Bytes(), &status))
	require.EqualValues(t, len(made), status.Documents)
	require.True(t, status.Healthy)
	require.NotNil(t, status.Since)
	require.NotNil(t, status.Gaps)
	require.Equal(t, exitOK, h.run(t, "hotstore", "status", "--hotstore", "sqlite://"+filepath.ToSlash(h.hot)), "no archive is needed")
	require.Contains(t, h.stdout.String(), "no archive was named")

	require.Equal(t, exitUsage, h.byoc(t, "hotstore", "destroy"))
	require.Contains(t, h.stderr.String(), "nothing was removed: say --yes")
	require.Contains(t, h.stderr.String(), "80 documents")
	require.Len(t, h.documents(t), len(made))
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "destroy", "--yes"))
	require.Contains(t, h.stdout.String(), "is gone, with 80 documents")
	require.Contains(t, h.stderr.String(), "A collector that runs will set it up again")
	require.NoDirExists(t, h.hot)
	require.NotEmpty(t, h.archiveFiles(t), "the archive is not touched")

	require.Equal(t, exitOK, h.byoc(t, "hotstore", "init"))
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "backfill", "--from", "-2h", "--to", "now"))
	require.Len(t, h.documents(t), len(made), "all of it comes back")
}

func (h *hotBench) archiveFiles(t *testing.T) (files []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(h.folder, "v1", "date=*", "hour=*", "*.parquet"))
	require.NoError(t, err)
	return files
}

func TestTheNameOfTheStoreConfirms(t *testing.T) {
	b := newBench(t)
	for typed, want := range map[string]string{"hotstore\n": "", "hotstore": "", "yes\n": "not the store's name", "": "not the store's name"} {
		b.stdin = strings.NewReader(typed)
		err := b.confirm(t.Context(), "hotstore", true)
		if want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, want)
		require.False(t, isUsage(err))
	}
	require.True(t, isUsage(b.confirm(t.Context(), "hotstore", false)))
}

func TestAVerbWithoutAHotStoreSaysHowToNameOne(t *testing.T) {
	b := newBench(t)
	for _, verb := range []string{"init", "status", "destroy", "backfill"} {
		require.Equal(t, exitUsage, b.run(t, "hotstore", verb), verb)
		require.Contains(t, b.stderr.String(), "which hot store?")
	}
	for _, wrong := range []string{"sqlite://data/hot", "sqlite:///data/hot?mode=ro"} {
		require.Equal(t, exitUsage, b.run(t, "hotstore", "status", "--hotstore", wrong))
		require.Contains(t, b.stderr.String(), "begins with a slash: sqlite:///")
	}
}

func TestHelpShowsExamples(t *testing.T) {
	b := newBench(t)
	for _, verb := range []string{"init", "status", "destroy", "backfill"} {
		require.Equal(t, exitOK, b.run(t, "hotstore", verb, "--help"))
		require.Contains(t, b.stdout.String(), "hotstore "+verb)
		require.Contains(t, b.stdout.String(), "Examples:")
	}
	require.Contains(t, b.stdout.String(), "No redaction happens here")
	require.Equal(t, exitOK, b.run(t, "get", "--help"))
	require.Contains(t, b.stdout.String(), "--curl")
}

// get finds a pair with the help of the hot store, in the hot store, or beside it.
func TestGetAsksTheHotStoreFirst(t *testing.T) {
	h := newHotBench(t, "7d", "")
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "init"))
	logs, made := pairsFrom(t, 3, 60, h.now.Add(-20*time.Minute))
	folders := h.put(t, logs)
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "backfill", "--from", "-2h", "--to", "now"), h.stderr.String())
	id, _ := made[20].UUID()
	for _, source := range []string{"auto", "archive"} {
		require.Equal(t, exitOK, h.byoc(t, "get", id.String(), "--source", source, "--output", "json"), h.stderr.String())
		require.True(t, rrpair.CanonicalEqual(made[20].JSON(), bytes.TrimSpace(h.stdout.Bytes())))
	}

	require.Equal(t, exitSkipped, h.byoc(t, "get", id.String(), "--source", "hot"))
	require.Contains(t, h.stderr.String(), "--source auto fetches it")
	require.Contains(t, h.stdout.String(), "service")

	// The archive has not got the pair yet.
	for _, folder := range folders {
		require.NoError(t, os.RemoveAll(filepath.Join(h.folder, folder)))
	}
	require.Equal(t, exitSkipped, h.byoc(t, "get", id.String()))
	require.Contains(t, h.stderr.String(), "is not in the archive yet")
	require.Contains(t, h.stdout.String(), id.String())
	require.Equal(t, exitSkipped, h.byoc(t, "get", id.String(), "--output", "json"))
	var dimensions map[string]any
	require.NoError(t, json.Unmarshal(h.stdout.Bytes(), &dimensions))
	require.Equal(t, id.String(), dimensions["uuid"])
	require.NotContains(t, dimensions, "msgType")
	require.Equal(t, exitError, h.byoc(t, "get", id.String(), "--curl"))
	require.Contains(t, h.stderr.String(), "there is no request to print")
	require.Equal(t, exitSkipped, h.byoc(t, "get", "file://"+h.folder+"/"+folders[0]+"?uuid="+id.String()), "an address, too")
	require.Equal(t, exitError, h.byoc(t, "get", "00000000-0000-4000-8000-000000000000"))
	require.Contains(t, h.stderr.String(), "no such record")

	// With whole pairs the archive is not needed.
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "destroy", "--yes"))
	h.put(t, logs)
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "backfill", "--from", "-2h", "--include", "full"), h.stderr.String())
	require.NoError(t, os.RemoveAll(h.folder))
	require.Equal(t, exitOK, h.byoc(t, "get", id.String(), "--output", "json"), h.stderr.String())
	require.True(t, rrpair.CanonicalEqual(made[20].JSON(), bytes.TrimSpace(h.stdout.Bytes())))
}

func TestGetGoesOnWithTheArchiveWhenTheHotStoreIsAway(t *testing.T) {
	url, _, lines := shopArchive(t, 50)
	var pair rrpair.Pair
	require.NoError(t, pair.ParseJSON(lines[7]))
	id, _ := pair.UUID()
	b := newBench(t)
	config := writeFile(t, "collector.yaml", `
extensions:
  archive: {url: "`+url+`"}
  hotstore: {opensearch: {endpoints: ["http://127.0.0.1:1"], retry: {max_elapsed_time: 1s}}}
`)
	require.Equal(t, exitOK, b.run(t, "--config", config, "get", id.String(), "--output", "json"), b.stderr.String())
	require.Contains(t, b.stderr.String(), "The hot store does not answer; the archive is asked instead")
	require.True(t, rrpair.CanonicalEqual(lines[7], bytes.TrimSpace(b.stdout.Bytes())))
	require.Equal(t, exitError, b.run(t, "--config", config, "get", id.String(), "--source", "hot"))
	require.Equal(t, exitOK, b.run(t, "--config", config, "get", id.String(), "--source", "archive"))
	require.NotContains(t, b.stderr.String(), "does not answer")
}
