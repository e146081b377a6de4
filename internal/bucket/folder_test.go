package bucket

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func openFolder(t *testing.T, url string) *Bucket {
	t.Helper()
	b, err := Open(t.Context(), Config{URL: url, Retry: RetryConfig{MaxAttempts: 1}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}

func TestFolderMissing(t *testing.T) {
	root := filepath.Join(t.TempDir(), "not", "mounted")
	b := openFolder(t, "file://"+root)
	for name, err := range map[string]error{
		"check": b.Check(t.Context()),
		"put":   b.Put(t.Context(), "k", []byte("x"), PutOptions{}),
		"get":   second(b.Get(t.Context(), "k")),
		"list":  listError(b),
	} {
		require.ErrorIs(t, err, ErrNoBucket, "%s: an unmounted disk is not an empty archive", name)
		require.Contains(t, Advice(err), "create_directory=true")
		require.Contains(t, err.Error(), "no such folder", name)
		require.NotContains(t, err.Error(), "bucket", name)
	}
	require.NoDirExists(t, root, "nothing is made without being asked")
	made := openFolder(t, "file://"+root+"?create_directory=true")
	require.NoError(t, made.Check(t.Context()))
	require.NoError(t, b.Check(t.Context()))
}

// Who only reads must not be told to grant more than that. A test may run as root, whom nothing is denied, so the
// system's answer is made up.
func TestFolderDenialsSayWhichRight(t *testing.T) {
	b := openFolder(t, "file://"+t.TempDir())
	denied := &os.PathError{Op: "open", Path: "k", Err: os.ErrPermission}
	for operation, writes := range map[string]bool{"get": false, "read": false, "open": false, "stat": false, "list": false, "put": true, "delete": true} {
		err := b.wrap(operation, "k", denied)
		require.ErrorIs(t, err, ErrDenied, operation)
		require.Contains(t, Advice(err), "right to read", operation)
		require.Equal(t, writes, strings.Contains(Advice(err), "write"), operation)
		require.Equal(t, !writes && operation != "list", errors.Is(err, ErrDeniedFile), operation)
		require.Equal(t, "denied", Cause(err))
		require.False(t, Retryable(err))
	}
}

func TestFolderIsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	require.ErrorIs(t, openFolder(t, "file://"+path).Check(t.Context()), ErrInvalidConfig)
}

func second[T any](_ T, err error) error { return err }

func listError(b *Bucket) error {
	for _, err := range b.List(context.Background(), "") {
		if err != nil {
			return err
		}
	}
	return nil
}

// TestFolderCrash leaves behind what a process that died while writing leaves.
func TestFolderCrash(t *testing.T) {
	root := t.TempDir()
	hour := filepath.Join(root, "v1", "date=2026-01-02", "hour=03")
	require.NoError(t, os.MkdirAll(hour, 0o750))
	old, recent := filepath.Join(hour, leftoverPrefix+"1"), filepath.Join(hour, leftoverPrefix+"2")
	require.NoError(t, os.WriteFile(old, []byte("half a fi"), 0o600))
	require.NoError(t, os.WriteFile(recent, []byte("half a fi"), 0o600))
	long := time.Now().Add(-leftoverAge - time.Hour)
	require.NoError(t, os.Chtimes(old, long, long))
	b, err := Open(t.Context(), Config{URL: "file://" + root})
	require.NoError(t, err)
	var keys []string
	for o, err := range b.List(t.Context(), "") {
		require.NoError(t, err)
		keys = append(keys, o.Key)
	}
	require.Empty(t, keys, "a leftover is never listed")
	folders, err := b.ListFolders(t.Context(), "")
	require.NoError(t, err)
	require.Empty(t, folders, "nor does it make a folder")
	_, err = b.Get(t.Context(), "v1/date=2026-01-02/hour=03/"+leftoverPrefix+"1")
	require.ErrorIs(t, err, ErrInvalidConfig, "nor can it be read")
	require.NoError(t, b.Put(t.Context(), "other", []byte("x"), PutOptions{}))
	require.Eventually(t, func() bool { _, err := os.Stat(old); return errors.Is(err, os.ErrNotExist) }, 5*time.Second, time.Millisecond, "one of a day ago is cleaned away")
	require.FileExists(t, recent, "a recent one may belong to a living process")
	require.NoError(t, b.Close())
}

// failingBody breaks after some bytes, as a disk that fails under a temporary file does.
type failingBody struct {
	*bytes.Reader
	left int
}

var errBody = errors.New("the body broke")

func (f *failingBody) ReadAt(p []byte, off int64) (int, error) {
	if int(off)+len(p) > f.left {
		return 0, errBody
	}
	return f.Reader.ReadAt(p, off)
}

func TestFolderLeavesNothingOfAFailedWrite(t *testing.T) {
	root := t.TempDir()
	b := openFolder(t, "file://"+root)
	_, err := b.PutIfAbsent(t.Context(), "a/b", &failingBody{bytes.NewReader(make([]byte, 1<<20)), 1000}, 1<<20, PutOptions{})
	require.ErrorContains(t, err, errBody.Error())
	entries, err := os.ReadDir(filepath.Join(root, "a"))
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestFolderNamesThatNoFileHas(t *testing.T) {
	b := openFolder(t, "file://"+t.TempDir())
	for _, key := range []string{"../outside", "a/../b", "/a", "a//b", "a/", ".", "nul\x00"} {
		err := b.Put(t.Context(), key, []byte("x"), PutOptions{})
		require.ErrorIs(t, err, ErrInvalidConfig, "%q", key)
	}
	err := b.Put(t.Context(), strings.Repeat("n", 300), []byte("x"), PutOptions{})
	require.ErrorIs(t, err, ErrInvalidConfig)
	require.ErrorContains(t, err, "longer than the file system allows")
	require.NoError(t, b.Put(t.Context(), "a", []byte("x"), PutOptions{}))
	err = b.Put(t.Context(), "a/b", []byte("x"), PutOptions{})
	require.ErrorIs(t, err, ErrInvalidConfig, "a file stands where a folder is wanted")
}

func TestFolderDenied(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	root := t.TempDir()
	require.NoError(t, os.Chmod(root, 0o500))
	b := openFolder(t, "file://"+root)
	err := b.Put(t.Context(), "a", []byte("x"), PutOptions{})
	require.ErrorIs(t, err, ErrDenied)
	require.Contains(t, Advice(err), "the right to")
}

func TestFolderIgnoresLinks(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.Symlink("/etc", filepath.Join(root, "link")))
	b := openFolder(t, "file://"+root)
	require.NoError(t, b.Put(t.Context(), "z", []byte("x"), PutOptions{}))
	var keys []string
	for o, err := range b.List(t.Context(), "") {
		require.NoError(t, err)
		keys = append(keys, o.Key)
	}
	require.Equal(t, []string{"z"}, keys)
}

var _ io.ReaderAt = (*failingBody)(nil)
