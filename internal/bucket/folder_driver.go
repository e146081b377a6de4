package bucket

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"gocloud.dev/blob/driver"
	"gocloud.dev/gcerrors"
)

// folderDriver keeps each object in a file of the key's name. It is a gocloud driver, so that a folder is used through
// the same code as every other store.
type folderDriver struct {
	root string
	// The sweep of leftovers runs once, beside the first write.
	sweepOnce sync.Once
	sweeping  sync.WaitGroup
	stopped   chan struct{}
	stopOnce  sync.Once
}

func newFolderDriver(root string) *folderDriver {
	return &folderDriver{root: root, stopped: make(chan struct{})}
}

// errFolderExists: a put-if-absent met a file.
var errFolderExists = errors.New("file exists")

// file is the path of a key. A key whose parts a file system cannot hold, or would read otherwise, is refused.
func (d *folderDriver) file(key string) (string, error) {
	for _, part := range strings.Split(key, "/") {
		switch {
		case part == "" || part == "." || part == "..":
			return "", &invalidKeyError{key, "it has an empty, . or .. part"}
		case strings.HasPrefix(part, leftoverPrefix):
			return "", &invalidKeyError{key, leftoverPrefix + "… is kept for files being written"}
		case strings.ContainsRune(part, 0):
			return "", &invalidKeyError{key, "it holds a NUL byte"}
		}
	}
	return filepath.Join(d.root, filepath.FromSlash(key)), nil
}

// stat finds a key's file; a folder of that name is no object.
func (d *folderDriver) stat(key string) (string, fs.FileInfo, error) {
	path, err := d.file(key)
	if err != nil {
		return "", nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", nil, d.missing(err)
	}
	if info.IsDir() {
		return "", nil, &fs.PathError{Op: "stat", Path: path, Err: os.ErrNotExist}
	}
	return path, info, nil
}

// missing tells whether a file is not there because the whole archive folder is not: an unmounted disk must not read
// as an empty archive.
func (d *folderDriver) missing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		if _, rootErr := os.Stat(d.root); errors.Is(rootErr, os.ErrNotExist) {
			return errNoRoot
		}
	}
	return err
}

// ErrorCode implements driver.Bucket.
func (d *folderDriver) ErrorCode(err error) gcerrors.ErrorCode {
	switch {
	case errors.Is(err, errFolderExists):
		return gcerrors.FailedPrecondition
	case errors.Is(err, os.ErrNotExist), errors.Is(err, errNoRoot):
		return gcerrors.NotFound
	case errors.Is(err, os.ErrPermission):
		return gcerrors.PermissionDenied
	default:
		return gcerrors.Unknown
	}
}

// As implements driver.Bucket.
func (d *folderDriver) As(any) bool { return false }

// ErrorAs implements driver.Bucket.
func (d *folderDriver) ErrorAs(err error, target any) bool { return errors.As(err, target) }

// Attributes implements driver.Bucket.
func (d *folderDriver) Attributes(_ context.Context, key string) (*driver.Attributes, error) {
	_, info, err := d.stat(key)
	if err != nil {
		return nil, err
	}
	return &driver.Attributes{ModTime: info.ModTime(), Size: info.Size(), ETag: timeTag(info.ModTime(), info.Size())}, nil
}

// NewRangeReader implements driver.Bucket.
func (d *folderDriver) NewRangeReader(_ context.Context, key string, offset, length int64, _ *driver.ReaderOptions) (driver.Reader, error) {
	path, info, err := d.stat(key)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if length < 0 {
		length = max(info.Size()-offset, 0)
	}
	return &folderReader{file: file, section: io.NewSectionReader(file, offset, length), info: info}, nil
}

type folderReader struct {
	file    *os.File
	section *io.SectionReader
	info    fs.FileInfo
}

func (r *folderReader) Read(p []byte) (int, error) { return r.section.Read(p) }
func (r *folderReader) Close() error               { return r.file.Close() }
func (r *folderReader) As(any) bool                { return false }
func (r *folderReader) Attributes() *driver.ReaderAttributes {
	return &driver.ReaderAttributes{ContentType: "application/octet-stream", ModTime: r.info.ModTime(), Size: r.info.Size()}
}

// Copy implements driver.Bucket; nothing in this project copies objects.
func (d *folderDriver) Copy(context.Context, string, string, *driver.CopyOptions) error {
	return errors.ErrUnsupported
}

// SignedURL implements driver.Bucket; a folder has none.
func (d *folderDriver) SignedURL(context.Context, string, *driver.SignedURLOptions) (string, error) {
	return "", errors.ErrUnsupported
}

// Delete implements driver.Bucket. Folders that become empty stay: a concurrent writer may be about to use them.
func (d *folderDriver) Delete(_ context.Context, key string) error {
	path, _, err := d.stat(key)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// Close implements driver.Bucket.
func (d *folderDriver) Close() error { return d.stop() }

// stop ends the sweep and waits for it. Idempotent.
func (d *folderDriver) stop() error {
	d.stopOnce.Do(func() { close(d.stopped) })
	d.sweeping.Wait()
	return nil
}
