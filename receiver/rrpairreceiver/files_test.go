package rrpairreceiver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// uuids is a pipeline that remembers what it took and can refuse.
type uuids struct {
	mu     sync.Mutex
	taken  []string
	refuse func(batch int) error
	offers int
}

func (*uuids) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

func (u *uuids) ConsumeLogs(_ context.Context, logs plog.Logs) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.offers++
	if u.refuse != nil {
		if err := u.refuse(u.offers); err != nil {
			return err
		}
	}
	for _, record := range logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
		uuid, _ := record.Body().Map().Get("uuid")
		u.taken = append(u.taken, uuid.Str())
	}
	return nil
}

func (u *uuids) all() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return append([]string(nil), u.taken...)
}

// folder is a folder of files with a storage that outlives the receivers.
type folder struct {
	tb      testing.TB
	dir     string
	storage string
	config  func(*Config)
	logs    *observer.ObservedLogs
}

func newFolder(tb testing.TB) *folder {
	return &folder{tb: tb, dir: tb.TempDir(), storage: tb.TempDir()}
}

func (f *folder) path(name string) string { return filepath.Join(f.dir, name) }

func (f *folder) write(name string, data []byte) {
	f.tb.Helper()
	require.NoError(f.tb, os.WriteFile(f.path(name), data, 0o600))
}

func (f *folder) add(name, text string) {
	f.tb.Helper()
	file, err := os.OpenFile(f.path(name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	require.NoError(f.tb, err)
	_, err = file.WriteString(text)
	require.NoError(f.tb, err)
	require.NoError(f.tb, file.Close())
}

// settled makes a file look as if nobody had written to it for long.
func (f *folder) settled(name string) {
	f.tb.Helper()
	old := time.Now().Add(-time.Hour)
	require.NoError(f.tb, os.Chtimes(f.path(name), old, old))
}

type hostOf map[component.ID]component.Component

func (h hostOf) GetExtensions() map[component.ID]component.Component { return h }

// start runs a receiver over the folder; the result stops it.
func (f *folder) start(next consumer.Logs) (stop func()) {
	f.tb.Helper()
	storageFactory := filestorage.NewFactory()
	storageConfig := storageFactory.CreateDefaultConfig().(*filestorage.Config)
	storageConfig.Directory = f.storage
	store, err := storageFactory.Create(context.Background(), extensiontest.NewNopSettings(storageFactory.Type()), storageConfig)
	require.NoError(f.tb, err)
	require.NoError(f.tb, store.Start(context.Background(), componenttest.NewNopHost()))

	id := component.NewID(storageFactory.Type())
	config := createDefaultConfig().(*Config)
	config.Files.Include = []string{f.path("*")}
	config.Files.Storage = &id
	config.Files.PollInterval = minPollInterval
	if f.config != nil {
		f.config(config)
	}
	require.NoError(f.tb, config.Validate())
	set := nopSettings()
	core, logs := observer.New(zap.InfoLevel)
	set.Logger, f.logs = zap.New(core), logs
	one, err := newReceiver(set, config, next)
	require.NoError(f.tb, err)
	one.sources[0].(*filesSource).backoff = time.Millisecond
	require.NoError(f.tb, one.Start(context.Background(), hostOf{id: store}))
	return func() {
		require.NoError(f.tb, one.Shutdown(context.Background()))
		require.NoError(f.tb, store.Shutdown(context.Background()))
	}
}

// numbered are lines of pairs whose uuids are prefix-from, prefix-(from+1), …
func numbered(prefix string, from, count int) string {
	var text strings.Builder
	for i := from; i < from+count; i++ {
		text.WriteString(pairLine(fmt.Sprintf("%s-%d", prefix, i)) + "\n")
	}
	return text.String()
}

func names(prefix string, from, count int) (all []string) {
	for i := from; i < from+count; i++ {
		all = append(all, fmt.Sprintf("%s-%d", prefix, i))
	}
	return all
}

// eventually waits until the pipeline has taken exactly what is wanted, and then
// a little to see that nothing follows.
func eventually(tb testing.TB, pipeline *uuids, want ...[]string) {
	tb.Helper()
	var all []string
	for _, some := range want {
		all = append(all, some...)
	}
	require.Eventually(tb, func() bool { return len(pipeline.all()) >= len(all) }, time.Minute, 5*time.Millisecond, "got %d of %d", len(pipeline.all()), len(all))
	time.Sleep(10 * minPollInterval)
	assert.ElementsMatch(tb, all, pipeline.all())
}

func TestFilesOfEveryKindAreReadOnce(t *testing.T) {
	f := newFolder(t)
	f.write("a.jsonl", []byte(numbered("a", 0, 3000)))
	f.write("b.jsonl.gz", compressed(t, "gzip", []byte(numbered("b", 0, 3000))))
	f.write("c.jsonl.zst", compressed(t, "zstd", []byte(numbered("c", 0, 3000))))
	pipeline := new(uuids)
	stop := f.start(pipeline)
	want := [][]string{names("a", 0, 3000), names("b", 0, 3000), names("c", 0, 3000)}
	eventually(t, pipeline, want...)

	f.add("a.jsonl", numbered("a", 3000, 5))
	want = append(want, names("a", 3000, 5))
	eventually(t, pipeline, want...)
	stop()

	f.add("a.jsonl", numbered("a", 3005, 5))
	defer f.start(pipeline)()
	eventually(t, pipeline, append(want, names("a", 3005, 5))...)
}

func TestLineIsTakenWhenItIsComplete(t *testing.T) {
	f := newFolder(t)
	line := pairLine("a-0")
	f.write("a.jsonl", []byte(line[:50]))
	pipeline := new(uuids)
	defer f.start(pipeline)()
	time.Sleep(5 * minPollInterval)
	assert.Empty(t, pipeline.all())
	f.add("a.jsonl", line[50:]) // no line end yet, but a whole object
	eventually(t, pipeline, names("a", 0, 1))
	f.add("a.jsonl", "\n"+numbered("a", 1, 1))
	eventually(t, pipeline, names("a", 0, 2))
	assert.Empty(t, f.logs.FilterMessageSnippet("passed over").All())
}

func TestBadLinesArePassedOverAndNamed(t *testing.T) {
	f := newFolder(t)
	f.write("a.jsonl", []byte(numbered("a", 0, 2)+"hello\n"+numbered("a", 2, 2)))
	pipeline := new(uuids)
	defer f.start(pipeline)()
	eventually(t, pipeline, names("a", 0, 4))
	logged := f.logs.FilterMessageSnippet("passed over").All()
	require.Len(t, logged, 1)
	assert.Equal(t, map[string]any{"file": f.path("a.jsonl"), "line": int64(3), "reason": "no JSON value begins with 'h' (at byte 0)"}, logged[0].ContextMap())
}

func TestRefusedLinesAreNotPassedOver(t *testing.T) {
	f := newFolder(t)
	f.write("a.jsonl", []byte(numbered("a", 0, 3*lineBatchRecords)+"hello\n"))
	f.write("b.jsonl.gz", compressed(t, "gzip", []byte(numbered("b", 0, 3*lineBatchRecords))))
	pipeline := &uuids{refuse: func(offer int) error {
		if offer%3 != 0 {
			return errors.New("queue is full")
		}
		return nil
	}}
	defer f.start(pipeline)()
	eventually(t, pipeline, names("a", 0, 3*lineBatchRecords), names("b", 0, 3*lineBatchRecords))
	assert.Len(t, f.logs.FilterMessageSnippet("passed over").All(), 1, "counted when the lines around it were taken, not before")
	assert.NotEmpty(t, f.logs.FilterMessageSnippet("does not go on").All())
}

func TestStopWhileThePipelineRefusesLosesNothing(t *testing.T) {
	f := newFolder(t)
	f.write("a.jsonl", []byte(numbered("a", 0, 3*lineBatchRecords)))
	f.write("b.jsonl.zst", compressed(t, "zstd", []byte(numbered("b", 0, 3*lineBatchRecords))))
	pipeline := new(uuids)
	for limit := 1; limit <= 6; limit++ {
		pipeline.offers = 0
		pipeline.refuse = func(offer int) error {
			if offer > 1 {
				return errors.New("queue is full")
			}
			return nil
		}
		stop := f.start(pipeline)
		require.Eventually(t, func() bool { return len(pipeline.all()) == limit*lineBatchRecords }, 10*time.Second, time.Millisecond)
		stop()
	}
	pipeline.refuse = nil
	defer f.start(pipeline)()
	eventually(t, pipeline, names("a", 0, 3*lineBatchRecords), names("b", 0, 3*lineBatchRecords))
}

func TestTruncatedGzipIsReadOnWhenComplete(t *testing.T) {
	f := newFolder(t)
	packed := compressed(t, "gzip", []byte(numbered("a", 0, 5000)))
	f.write("a.jsonl.gz", packed[:len(packed)/2])
	f.settled("a.jsonl.gz")
	pipeline := new(uuids)
	defer f.start(pipeline)()
	require.Eventually(t, func() bool { return f.logs.FilterMessageSnippet("does not go on").Len() == 1 }, 10*time.Second, time.Millisecond)
	assert.NotEmpty(t, pipeline.all(), "what is there is taken")
	assert.Contains(t, fmt.Sprint(f.logs.All()[0].ContextMap()), "it breaks off behind line")
	f.write("a.jsonl.gz", packed)
	eventually(t, pipeline, names("a", 0, 5000))
}

func TestFiftyMegabyteLineInAFile(t *testing.T) {
	f := newFolder(t)
	large := strings.Replace(pairLine("large-0"), `"body":"ok"`, `"body":"`+strings.Repeat("x", 50_000_000)+`"`, 1)
	f.write("a.jsonl", []byte(numbered("a", 0, 10)+large+"\n"+numbered("a", 10, 10)))
	f.write("b.jsonl.gz", compressed(t, "gzip", bytes.Replace([]byte(numbered("b", 0, 1)+large+"\n"), []byte("large-0"), []byte("large-1"), 1)))
	pipeline := new(uuids)
	defer f.start(pipeline)()
	eventually(t, pipeline, names("a", 0, 20), names("b", 0, 1), names("large", 0, 2))
}

func TestMissingStorageSaysWhatToAdd(t *testing.T) {
	config := createDefaultConfig().(*Config)
	config.Files.Include = []string{"/nowhere/*"}
	require.ErrorContains(t, config.Validate(), "files::storage is missing")
	require.ErrorContains(t, config.Validate(), "storage: file_storage")
	require.ErrorContains(t, config.Validate(), "volatile: true")

	id := component.MustNewID("file_storage")
	config.Files.Storage = &id
	one, err := newReceiver(nopSettings(), config, new(uuids))
	require.NoError(t, err)
	err = one.Start(t.Context(), hostOf{})
	require.ErrorContains(t, err, "receivers::rrpair::files::storage is file_storage, which is not running: add it to extensions and to service::extensions")
	require.NoError(t, one.Shutdown(t.Context()))
}
