// Package buckettest holds what every kind of store must do: one suite, run on each.
package buckettest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

// Options opt out of what a store cannot do, by name.
type Options struct {
	// NoETag: the store gives no version of an object.
	NoETag bool
	// OneHandle: each handle is a place of its own, so contending writers share one.
	OneHandle bool
}

// bigSize is larger than one part, block or chunk of every store's upload.
const bigSize = 80 << 20

// Open opens a place inside the store, empty at first, through a new handle at each call.
type Open func(t *testing.T, place string) *bucket.Bucket

// Run runs the whole suite.
func Run(t *testing.T, open Open, options Options) {
	for i, test := range []struct {
		name string
		run  func(t *testing.T, b *bucket.Bucket)
	}{
		{"missing key", testMissing},
		{"put, stat, get", func(t *testing.T, b *bucket.Bucket) { testRoundTrip(t, b, options) }},
		{"put if absent", testPutIfAbsent},
		{"overwrite", testOverwrite},
		{"empty object", testEmpty},
		{"range read", testRange},
		{"stream", testStream},
		{"delete", testDelete},
		{"list", testList},
		{"list of many pages", testListPages},
		{"folders", testFolders},
		{"names", testNames},
		{"body is not at its start", testSeek},
		{"body of another size", testWrongSize},
		{"canceled", testCanceled},
		{"check", func(t *testing.T, b *bucket.Bucket) { require.NoError(t, b.Check(t.Context())) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := open(t, fmt.Sprintf("suite/%d", i))
			defer func() { require.NoError(t, b.Close()) }()
			test.run(t, b)
		})
	}
	t.Run("big object", func(t *testing.T) { testBig(t, open, options) })
	t.Run("contested keys", func(t *testing.T) { testContested(t, open, options) })
	t.Run("contested big key", func(t *testing.T) { testContestedBig(t, open, options) })
}

func list(t *testing.T, b *bucket.Bucket, prefix string) []bucket.Object {
	t.Helper()
	var objects []bucket.Object
	for o, err := range b.List(t.Context(), prefix) {
		require.NoError(t, err)
		objects = append(objects, o)
	}
	return objects
}

func keys(objects []bucket.Object) []string {
	names := []string{}
	for _, o := range objects {
		names = append(names, o.Key)
	}
	return names
}

func put(t *testing.T, b *bucket.Bucket, key, text string) bool {
	t.Helper()
	created, err := b.PutIfAbsent(t.Context(), key, strings.NewReader(text), int64(len(text)), bucket.PutOptions{})
	require.NoError(t, err, key)
	return created
}

func get(t *testing.T, b *bucket.Bucket, key string) string {
	t.Helper()
	data, err := b.Get(t.Context(), key)
	require.NoError(t, err, key)
	return string(data)
}

func testMissing(t *testing.T, b *bucket.Bucket) {
	ctx := t.Context()
	_, err := b.Get(ctx, "none")
	require.ErrorIs(t, err, bucket.ErrNotFound)
	require.Contains(t, err.Error(), b.Identity()+"/none", "the error names the object")
	require.False(t, bucket.Retryable(err))
	_, err = b.Stat(ctx, "none")
	require.ErrorIs(t, err, bucket.ErrNotFound)
	_, err = b.ReadRange(ctx, "none", 0, 10)
	require.ErrorIs(t, err, bucket.ErrNotFound)
	_, err = b.Open(ctx, "none")
	require.ErrorIs(t, err, bucket.ErrNotFound)
	require.Empty(t, list(t, b, "none"))
	require.Empty(t, list(t, b, "none/at/all/"))
}

func testRoundTrip(t *testing.T, b *bucket.Bucket, options Options) {
	before := time.Now().Add(-time.Minute)
	require.NoError(t, b.Put(t.Context(), "v1/date=2026-01-02/a.parquet", []byte("content"), bucket.PutOptions{ContentType: "text/plain", Metadata: map[string]string{"rows": "7"}}))
	require.Equal(t, "content", get(t, b, "v1/date=2026-01-02/a.parquet"))
	stat, err := b.Stat(t.Context(), "v1/date=2026-01-02/a.parquet")
	require.NoError(t, err)
	listed := list(t, b, "v1/")
	require.Len(t, listed, 1, "an object is listed as soon as it is stored")
	for _, o := range []bucket.Object{stat, listed[0]} {
		require.Equal(t, "v1/date=2026-01-02/a.parquet", o.Key)
		require.EqualValues(t, 7, o.Size)
		require.WithinRange(t, o.ModTime, before, time.Now().Add(time.Minute))
	}
	require.Equal(t, stat.ETag, listed[0].ETag)
	require.Equal(t, options.NoETag, stat.ETag == "")
}

func testPutIfAbsent(t *testing.T, b *bucket.Bucket) {
	require.True(t, put(t, b, "a/b", "first"))
	require.False(t, put(t, b, "a/b", "second"))
	require.Equal(t, "first", get(t, b, "a/b"))
	require.True(t, put(t, b, "a/c", "third"), "a neighbor is free")
}

func testOverwrite(t *testing.T, b *bucket.Bucket) {
	require.NoError(t, b.Put(t.Context(), "k", []byte("a longer text"), bucket.PutOptions{}))
	old, err := b.Stat(t.Context(), "k")
	require.NoError(t, err)
	require.NoError(t, b.Put(t.Context(), "k", []byte("short"), bucket.PutOptions{KeepWarm: true}))
	require.Equal(t, "short", get(t, b, "k"))
	fresh, err := b.Stat(t.Context(), "k")
	require.NoError(t, err)
	require.EqualValues(t, 5, fresh.Size)
	if old.ETag != "" {
		require.NotEqual(t, old.ETag, fresh.ETag)
	}
}

func testEmpty(t *testing.T, b *bucket.Bucket) {
	require.True(t, put(t, b, "empty", ""))
	require.False(t, put(t, b, "empty", ""))
	require.Equal(t, "", get(t, b, "empty"))
	require.EqualValues(t, 0, list(t, b, "")[0].Size)
	_, err := b.ReadRange(t.Context(), "empty", 0, 1)
	require.ErrorIs(t, err, bucket.ErrShort)
}

func testRange(t *testing.T, b *bucket.Bucket) {
	put(t, b, "digits", "0123456789")
	for _, r := range []struct {
		offset, length int64
		want           string
	}{{0, 1, "0"}, {0, 10, "0123456789"}, {3, 4, "3456"}, {9, 1, "9"}, {5, 0, ""}} {
		data, err := b.ReadRange(t.Context(), "digits", r.offset, r.length)
		require.NoError(t, err)
		require.Equal(t, r.want, string(data))
	}
	for _, r := range [][2]int64{{5, 6}, {10, 1}, {100, 5}} {
		_, err := b.ReadRange(t.Context(), "digits", r[0], r[1])
		require.ErrorIs(t, err, bucket.ErrShort, "%v", r)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.False(t, bucket.Retryable(err))
	}
}

func testStream(t *testing.T, b *bucket.Bucket) {
	data := random(1 << 20)
	require.NoError(t, b.Put(t.Context(), "stream", data, bucket.PutOptions{}))
	reader, err := b.Open(t.Context(), "stream")
	require.NoError(t, err)
	got, err := io.ReadAll(reader)
	require.NoError(t, err)
	require.True(t, bytes.Equal(data, got))
	require.NoError(t, reader.Close())
	reader, err = b.Open(t.Context(), "stream")
	require.NoError(t, err)
	_, err = io.ReadFull(reader, make([]byte, 10))
	require.NoError(t, err)
	require.NoError(t, reader.Close(), "reading may end early")
}

func testDelete(t *testing.T, b *bucket.Bucket) {
	put(t, b, "d/one", "1")
	put(t, b, "d/two", "2")
	require.NoError(t, b.Delete(t.Context(), "d/one"))
	require.NoError(t, b.Delete(t.Context(), "d/one"), "what is gone is gone")
	_, err := b.Get(t.Context(), "d/one")
	require.ErrorIs(t, err, bucket.ErrNotFound)
	require.Equal(t, []string{"d/two"}, keys(list(t, b, "")))
	require.True(t, put(t, b, "d/one", "again"), "a deleted key is free")
}

func testList(t *testing.T, b *bucket.Bucket) {
	for _, key := range []string{"b/2", "b/10", "a/b/c", "a-b", "a.b", "b", "c", "a/b-c"} {
		if key == "b" {
			continue // a folder store cannot hold b beside b/2
		}
		put(t, b, key, "x")
	}
	require.Equal(t, []string{"a-b", "a.b", "a/b-c", "a/b/c", "b/10", "b/2", "c"}, keys(list(t, b, "")), "key order, not folder order")
	require.Equal(t, []string{"a/b-c", "a/b/c"}, keys(list(t, b, "a/")))
	require.Equal(t, []string{"a/b-c", "a/b/c"}, keys(list(t, b, "a/b")), "a prefix may end inside a name")
	require.Equal(t, []string{"b/10"}, keys(list(t, b, "b/1")))
	var after []string
	for o, err := range b.ListAfter(t.Context(), "", "a/b-c") {
		require.NoError(t, err)
		after = append(after, o.Key)
	}
	require.Equal(t, []string{"a/b/c", "b/10", "b/2", "c"}, after)
	for range b.List(t.Context(), "") {
		break // a listing may be left early
	}
}

func testListPages(t *testing.T, b *bucket.Bucket) {
	const many = 1150 // a full page and a rest
	var want []string
	for i := range many {
		want = append(want, fmt.Sprintf("p/hour=%02d/%04d", i/200, i))
	}
	errs := make([]error, many)
	inParallel(8, many, func(i int) { errs[i] = b.Put(t.Context(), want[i], []byte("x"), bucket.PutOptions{}) })
	require.NoError(t, errors.Join(errs...))
	require.Equal(t, want, keys(list(t, b, "p/")))
	folders, err := b.ListFolders(t.Context(), "p/")
	require.NoError(t, err)
	require.Len(t, folders, 6)
	var after int
	for _, err := range b.ListAfter(t.Context(), "p/", want[949]) {
		require.NoError(t, err)
		after++
	}
	require.Equal(t, 200, after)
}

func testFolders(t *testing.T, b *bucket.Bucket) {
	for _, key := range []string{"v1/date=2026-01-02/hour=03/a", "v1/date=2026-01-02/hour=04/a", "v1/date=2026-01-01/hour=23/b", "v1/file", "other/x"} {
		put(t, b, key, "x")
	}
	for prefix, want := range map[string][]string{
		"":                    {"other/", "v1/"},
		"v1/":                 {"v1/date=2026-01-01/", "v1/date=2026-01-02/"},
		"v1/date=2026-01-02/": {"v1/date=2026-01-02/hour=03/", "v1/date=2026-01-02/hour=04/"},
	} {
		folders, err := b.ListFolders(t.Context(), prefix)
		require.NoError(t, err)
		require.Equal(t, want, folders)
	}
	none, err := b.ListFolders(t.Context(), "nothing/")
	require.NoError(t, err)
	require.Empty(t, none)
	require.NoError(t, b.Delete(t.Context(), "other/x"))
	folders, err := b.ListFolders(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, []string{"v1/"}, folders, "a folder without objects is none")
}

func testNames(t *testing.T, b *bucket.Bucket) {
	names := []string{
		"v1/cluster=prod/date=2026-01-02/x", "v1/service=a%2Fb%20c/x", "v1/service=_/x", "percent%", "with space/and more", "plus+and&amp", "grün/日本語/🙂",
		"quote'\"s", "a:b,c;d@e!f(g)h~i", "dots..twice/x.y.z", "[tag]{brace}", "hash#question?x=1", strings.Repeat("n", 200) + "/" + strings.Repeat("m", 200),
	}
	for _, name := range names {
		require.True(t, put(t, b, name, name), name)
		require.False(t, put(t, b, name, "other"), name)
	}
	for _, name := range names {
		require.Equal(t, name, get(t, b, name))
		stat, err := b.Stat(t.Context(), name)
		require.NoError(t, err, name)
		require.EqualValues(t, len(name), stat.Size)
		require.Equal(t, []string{name}, keys(list(t, b, name)))
	}
	require.ElementsMatch(t, names, keys(list(t, b, "")))
	for _, name := range names {
		require.NoError(t, b.Delete(t.Context(), name), name)
	}
	require.Empty(t, list(t, b, ""))
}

func testSeek(t *testing.T, b *bucket.Bucket) {
	body := strings.NewReader("whole body")
	_, err := body.Seek(4, io.SeekStart)
	require.NoError(t, err)
	created, err := b.PutIfAbsent(t.Context(), "k", onlySeeker{body}, 10, bucket.PutOptions{})
	require.NoError(t, err)
	require.True(t, created)
	require.Equal(t, "whole body", get(t, b, "k"))
}

// onlySeeker hides that a body can be read at any offset.
type onlySeeker struct{ io.ReadSeeker }

func testWrongSize(t *testing.T, b *bucket.Bucket) {
	_, err := b.PutIfAbsent(t.Context(), "k", strings.NewReader("four"), 5, bucket.PutOptions{})
	require.ErrorIs(t, err, bucket.ErrInvalidConfig)
	require.Empty(t, list(t, b, ""), "half an object is worse than none")
}

func testCanceled(t *testing.T, b *bucket.Bucket) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := b.PutIfAbsent(ctx, "k", strings.NewReader("x"), 1, bucket.PutOptions{})
	require.ErrorIs(t, err, context.Canceled)
	require.False(t, bucket.Retryable(err))
	_, err = b.Get(ctx, "k")
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, list(t, b, ""))
}

// random makes bytes that do not compress, the same at each call.
func random(size int) []byte {
	data := make([]byte, size)
	source := rand.NewChaCha8([32]byte{1})
	_, _ = source.Read(data)
	return data
}

var errDiffers = errors.New("content differs")
