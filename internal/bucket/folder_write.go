package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"gocloud.dev/blob/driver"
)

const (
	// leftoverPrefix begins the name of a file that is being written, or was when its process died.
	leftoverPrefix = ".byoc-writing-"
	// leftoverAge is when such a file cannot belong to a living upload any more.
	leftoverAge = 24 * time.Hour
	// folderMode and fileMode keep captured traffic from other users; the umask may take more away.
	folderMode = 0o750
	fileMode   = 0o640
)

// NewTypedWriter implements driver.Bucket. The bytes go to a file in the object's own folder and are synced; then
// link(2) gives it its name if nothing has it, or rename(2) puts it over what has; then the folder is synced. After
// a crash at any point the name stands for the whole object or for nothing.
func (d *folderDriver) NewTypedWriter(ctx context.Context, key, _ string, options *driver.WriterOptions) (driver.Writer, error) {
	path, err := d.file(key)
	if err != nil {
		return nil, err
	}
	if options.BeforeWrite != nil {
		if err := options.BeforeWrite(func(any) bool { return false }); err != nil {
			return nil, err
		}
	}
	if options.IfNotExist {
		if _, err := os.Lstat(path); err == nil {
			return nil, errFolderExists // spares the writing; link decides otherwise
		}
	}
	if _, err := os.Stat(d.root); errors.Is(err, os.ErrNotExist) {
		return nil, errNoRoot
	}
	if err := makeFolders(filepath.Dir(path)); err != nil {
		return nil, err
	}
	d.sweepOnce.Do(d.startSweep)
	file, err := os.CreateTemp(filepath.Dir(path), leftoverPrefix+"*")
	if err != nil {
		return nil, err
	}
	return &folderWriter{ctx: ctx, file: file, path: path, ifAbsent: options.IfNotExist}, nil
}

type folderWriter struct {
	ctx      context.Context
	file     *os.File
	path     string
	ifAbsent bool
	failed   error
}

// Write implements io.Writer.
func (w *folderWriter) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		w.failed = err
		return 0, err
	}
	n, err := w.file.Write(p)
	if err != nil {
		w.failed = err
	}
	return n, err
}

// Upload implements driver.Uploader.
func (w *folderWriter) Upload(r io.Reader) error {
	_, err := io.CopyBuffer(struct{ io.Writer }{w}, r, make([]byte, 256<<10))
	if err != nil {
		w.failed = err
	}
	return err
}

// Close gives the file its name, or removes it if anything went wrong.
func (w *folderWriter) Close() error {
	defer func() { _ = os.Remove(w.file.Name()) }()
	if err := w.sync(); err != nil {
		return err
	}
	if w.ifAbsent {
		if err := os.Link(w.file.Name(), w.path); errors.Is(err, os.ErrExist) {
			return errFolderExists
		} else if err != nil {
			return err
		}
	} else if err := os.Rename(w.file.Name(), w.path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(w.path))
}

func (w *folderWriter) sync() error {
	defer func() { _ = w.file.Close() }()
	if w.failed != nil {
		return w.failed
	}
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if err := w.file.Chmod(fileMode); err != nil {
		return err
	}
	if err := w.file.Sync(); err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	return nil
}

// makeFolders is os.MkdirAll that also syncs the parent of each folder it makes.
func makeFolders(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil
	}
	parent := filepath.Dir(path)
	if parent != path {
		if err := makeFolders(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, folderMode); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	if info, err := os.Stat(path); err != nil {
		return err
	} else if !info.IsDir() {
		return &fs.PathError{Op: "mkdir", Path: path, Err: syscall.ENOTDIR}
	}
	return syncFolder(parent)
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = folder.Close() }()
	if err := folder.Sync(); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}

// startSweep removes, in the background, what crashed writers left a day or more ago.
func (d *folderDriver) startSweep() {
	d.sweeping.Add(1)
	go func() {
		defer d.sweeping.Done()
		d.sweep(time.Now().Add(-leftoverAge))
	}()
}

// sweep walks the whole folder; a file it cannot look at or remove is left alone.
func (d *folderDriver) sweep(before time.Time) {
	_ = filepath.WalkDir(d.root, func(path string, entry fs.DirEntry, err error) error {
		select {
		case <-d.stopped:
			return filepath.SkipAll
		default:
		}
		if err != nil || entry.IsDir() || !strings.HasPrefix(entry.Name(), leftoverPrefix) {
			return nil
		}
		if info, err := entry.Info(); err == nil && info.ModTime().Before(before) {
			_ = os.Remove(path)
		}
		return nil
	})
}
