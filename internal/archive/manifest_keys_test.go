package archive

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

func never(string, []string) bool  { return false }
func always(string, []string) bool { return true }

func TestTheFirstKeyIsListedAndAnotherOneMustBeDeclared(t *testing.T) {
	store := openTestBucket(t, "mem://acme/keys")
	created, err := Create(t.Context(), store, Layout{PartitionBy: []string{"service"}}, "first 1")
	require.NoError(t, err)
	listed, err := created.RecordKeys(t.Context(), []string{"k1"}, "first 1", never)
	require.NoError(t, err)
	require.Equal(t, []string{"k1"}, listed)
	_, err = created.RecordKeys(t.Context(), []string{"k1"}, "second 2", never)
	require.NoError(t, err, "the same key again")

	_, err = created.RecordKeys(t.Context(), []string{"k1", "k2"}, "second 2", never)
	var undeclared *UndeclaredKeyError
	require.ErrorAs(t, err, &undeclared)
	require.ErrorContains(t, err, `holds data redacted with key ["k1"], and now comes data redacted with key "k2"`)
	require.ErrorContains(t, err, "processors::redact::previous_keys")
	require.ErrorContains(t, err, "extensions::archive::redaction::verify_keys")
	_, err = created.RecordKeys(t.Context(), []string{"k2"}, "second 2", func(key string, known []string) bool {
		require.Equal(t, "k2", key)
		require.Equal(t, []string{"k1"}, known)
		return true
	})
	require.NoError(t, err)

	opened, err := Open(t.Context(), store)
	require.NoError(t, err)
	manifest := opened.Manifest()
	require.Equal(t, []string{"k1", "k2"}, manifest.keyIDs())
	require.Equal(t, "first 1", manifest.RedactionKeys[0].Writer)
	require.False(t, manifest.RedactionKeys[1].Since.IsZero())
	require.Equal(t, []string{"service"}, manifest.PartitionBy)
	require.Equal(t, "first 1", manifest.Writer)
}

func TestMembersOfALaterVersionSurviveANewKey(t *testing.T) {
	store := openTestBucket(t, "mem://acme/later")
	text := `{"format": "otelcol-byoc/archive", "version": 1, "partition_by": [], "writer": "w", "added_later": {"a": [1, 2]}, "b": "<&>"}`
	require.NoError(t, store.Put(t.Context(), manifestKey, []byte(text), bucket.PutOptions{}))
	opened, err := Open(t.Context(), store)
	require.NoError(t, err)
	_, err = opened.RecordKeys(t.Context(), []string{"k1"}, "w 2", never)
	require.NoError(t, err)
	after, err := store.Get(t.Context(), manifestKey)
	require.NoError(t, err)
	var members map[string]any
	require.NoError(t, json.Unmarshal(after, &members))
	require.Equal(t, map[string]any{"a": []any{1.0, 2.0}}, members["added_later"])
	require.Equal(t, "<&>", members["b"])
	require.Equal(t, []any{}, members["partition_by"])
	require.Len(t, members["redaction_keys"], 1)
}

// Replicas that start at the same moment with keys of their own: each key is listed, or its writer knows that it is not.
func TestManyRecordTheirKeysAtOnce(t *testing.T) {
	for name, declared := range map[string]func(string, []string) bool{"declared": always, "undeclared": never} {
		t.Run(name, func(t *testing.T) {
			store := openTestBucket(t, "file://"+t.TempDir())
			created, err := Create(t.Context(), store, Layout{}, "w")
			require.NoError(t, err)
			var wait sync.WaitGroup
			failed := make([]error, 4)
			for i := range failed {
				wait.Go(func() {
					_, failed[i] = created.RecordKeys(t.Context(), []string{fmt.Sprintf("k%d", i)}, "w", declared)
				})
			}
			wait.Wait()
			opened, err := Open(t.Context(), store)
			require.NoError(t, err)
			manifest := opened.Manifest()
			for i, err := range failed {
				if err == nil {
					require.Contains(t, manifest.keyIDs(), fmt.Sprintf("k%d", i))
				}
			}
			if name == "undeclared" {
				require.Len(t, manifest.keyIDs(), 1)
			}
		})
	}
}
