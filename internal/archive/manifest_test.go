package archive

import (
	"encoding/json"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

func openTestBucket(t *testing.T, url string) *bucket.Bucket {
	t.Helper()
	store, err := bucket.Open(t.Context(), bucket.Config{URL: url})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

func TestCreateAndOpenArchive(t *testing.T) {
	store := openTestBucket(t, "mem://acme/rrpairs")
	_, err := Open(t.Context(), store)
	require.ErrorIs(t, err, ErrNoArchive)
	require.ErrorContains(t, err, "mem://acme/rrpairs")

	created, err := Create(t.Context(), store, Layout{PartitionBy: []string{"cluster", "service"}}, "otelcol-byoc 1.2.3")
	require.NoError(t, err)
	require.Equal(t, "mem://acme/rrpairs", created.Identity())
	require.Same(t, store, created.Bucket())
	opened, err := Open(t.Context(), store)
	require.NoError(t, err)
	require.Equal(t, created.Manifest(), opened.Manifest())
	require.Equal(t, []string{"cluster", "service"}, opened.Layout().PartitionBy)

	text, err := store.Get(t.Context(), "archive.json")
	require.NoError(t, err)
	var members map[string]any
	require.NoError(t, json.Unmarshal(text, &members))
	require.Equal(t, "otelcol-byoc/archive", members["format"])
	require.EqualValues(t, 1, members["version"])
	require.Equal(t, []any{"cluster", "service"}, members["partition_by"])
	require.Equal(t, "otelcol-byoc 1.2.3", members["writer"])
	require.NotEmpty(t, members["created"])
}

func TestAnotherPartitioningIsRefused(t *testing.T) {
	store := openTestBucket(t, "mem://acme")
	_, err := Create(t.Context(), store, Layout{}, "first")
	require.NoError(t, err)
	_, err = Create(t.Context(), store, Layout{}, "second")
	require.NoError(t, err, "none is what it was created with")
	_, err = Create(t.Context(), store, Layout{PartitionBy: []string{"cluster"}}, "third")
	require.ErrorIs(t, err, bucket.ErrInvalidConfig)
	require.ErrorContains(t, err, "partition_by is [cluster] here, but the archive was created with []")
	require.False(t, bucket.Retryable(err))
}

func TestManyCreateOneArchive(t *testing.T) {
	store := openTestBucket(t, "file://"+t.TempDir())
	var wait sync.WaitGroup
	manifests := make([]Manifest, 8)
	for i := range manifests {
		wait.Go(func() {
			created, err := Create(t.Context(), store, Layout{}, string(rune('a'+i)))
			if err == nil {
				manifests[i] = created.Manifest()
			}
		})
	}
	wait.Wait()
	for _, manifest := range manifests {
		require.Equal(t, manifests[0], manifest, "all see the same one")
	}
}

func TestForeignManifests(t *testing.T) {
	for text, want := range map[string]string{
		`{"hello": 1}`: "something else uses this prefix",
		`not JSON`:     "not valid JSON",
		`{"format": "otelcol-byoc/archive", "version": 2}`: "update it",
		`{"format": "otelcol-byoc/archive"}`:               "format version 0",
	} {
		store := openTestBucket(t, "mem://acme")
		require.NoError(t, store.Put(t.Context(), manifestKey, []byte(text), bucket.PutOptions{}))
		for _, open := range []func() error{
			func() error { _, err := Open(t.Context(), store); return err },
			func() error { _, err := Create(t.Context(), store, Layout{}, "w"); return err },
		} {
			err := open()
			require.ErrorIs(t, err, bucket.ErrInvalidConfig)
			require.ErrorContains(t, err, want)
			require.ErrorContains(t, err, "mem://acme/archive.json")
		}
		left, err := store.Get(t.Context(), manifestKey)
		require.NoError(t, err)
		require.Equal(t, text, string(left), "it is not touched")
	}
	store := openTestBucket(t, "mem://acme")
	require.NoError(t, store.Put(t.Context(), manifestKey, []byte(`{"format": "otelcol-byoc/archive", "version": 1, "added_later": true}`), bucket.PutOptions{}))
	_, err := Open(t.Context(), store)
	require.NoError(t, err, "members of a later version are ignored")
}
