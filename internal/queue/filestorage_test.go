package queue

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/extension/extensiontest"
)

type extensionHost map[component.ID]component.Component

func (h extensionHost) GetExtensions() map[component.ID]component.Component { return h }

// fileStorage starts the collector's file_storage with fsync in a folder.
func fileStorage(t testing.TB, folder string) (host extensionHost, stop func()) {
	t.Helper()
	factory := filestorage.NewFactory()
	config, ok := factory.CreateDefaultConfig().(*filestorage.Config)
	require.True(t, ok)
	config.Directory, config.FSync = folder, true
	extension, err := factory.Create(context.Background(), extensiontest.NewNopSettings(factory.Type()), config)
	require.NoError(t, err)
	require.NoError(t, extension.Start(context.Background(), componenttest.NewNopHost()))
	return extensionHost{storageID: extension}, func() { require.NoError(t, extension.Shutdown(context.Background())) }
}

// The file of the storage is copied while the queue is working, which is what a power cut leaves behind; the
// copy is then recovered.
func TestRecoversFromCopiesOfARealStorage(t *testing.T) {
	w := newWorld(t)
	w.down = errors.New("store is down")
	live := t.TempDir()
	for range 5 {
		host, stop := fileStorage(t, live)
		e := w.create(testConfig(), &process{disk: w.disk})
		require.NoError(t, e.Start(context.Background(), host))
		w.send(e, 20)
		copied := t.TempDir()
		entries, err := os.ReadDir(live)
		require.NoError(t, err)
		for _, entry := range entries {
			data, err := os.ReadFile(filepath.Join(live, entry.Name()))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(copied, entry.Name()), data, 0o600))
		}
		live = copied
		w.end(e)
		stop()
	}
	w.change(func(w *world) { w.down = nil })
	host, stop := fileStorage(t, live)
	e := w.create(testConfig(), &process{disk: w.disk})
	require.NoError(t, e.Start(context.Background(), host))
	w.eventually("all is delivered", func() bool { return len(w.missing()) == 0 })
	w.end(e)
	stop()
	require.Len(t, w.acked, 200)
	require.Empty(t, w.unreadable)
}

// Two collectors on one folder: the second must learn what is wrong, not that something took long.
func TestASecondCollectorOnOneFolderIsToldSo(t *testing.T) {
	w := newWorld(t)
	folder := t.TempDir()
	host, stop := fileStorage(t, folder)
	e := w.create(testConfig(), &process{disk: w.disk})
	require.NoError(t, e.Start(context.Background(), host))
	secondHost, stopSecond := fileStorage(t, folder)
	second := w.create(testConfig(), &process{disk: w.disk})
	err := second.Start(context.Background(), secondHost)
	require.ErrorContains(t, err, "another process holds")
	require.ErrorContains(t, err, storageID.String())
	require.ErrorContains(t, err, "a directory of its own")
	stopSecond()
	w.end(e)
	stop()
}
