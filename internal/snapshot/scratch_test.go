package snapshot

import (
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func requireEmptyFolder(tb testing.TB, folder string, why ...any) {
	tb.Helper()
	left, err := os.ReadDir(folder)
	require.NoError(tb, err)
	require.Empty(tb, left, why...)
}

// A process that is killed cannot clean up: what is staged for a bucket must have no name from the start.
func TestStagedFilesHaveNoName(t *testing.T) {
	temp := t.TempDir()
	source := newArchive(t, "mem://"+t.Name())
	to := &bucketDestination{store: source.store, prefix: "snapshots/one/", parent: temp}
	require.NoError(t, to.prepare(t.Context()))
	for _, text := range []string{"first", "", "third"} {
		file, err := to.stage(t.Context(), "raw-"+text)
		require.NoError(t, err)
		_, err = io.WriteString(file, text)
		require.NoError(t, err)
		require.NoError(t, file.Close())
	}
	requireEmptyFolder(t, temp)
	require.NoError(t, to.commit(t.Context(), []string{"raw-first", "raw-", "raw-third"}, []string{"a", "b", "c"}, []byte("{}")))
	for name, want := range map[string]string{"a": "first", "b": "", "c": "third"} {
		got, err := source.store.Get(t.Context(), "snapshots/one/"+name)
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}
	requireEmptyFolder(t, temp)
	to.discard(t.Context())
}
