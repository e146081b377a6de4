package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	// partialSuffix ends the name of a data file that is not complete.
	partialSuffix = ".partial"
	// runningName marks a folder in which a snapshot is being written: what carries our names there is a leftover as
	// long as there is no manifest.
	runningName = "snapshot.json.partial"
)

// ours matches names that this package gives to data files.
func ours(name string) bool {
	name = strings.TrimSuffix(name, partialSuffix)
	if name == singleName {
		return true
	}
	var number int
	_, err := fmt.Sscanf(name, "raw-%05d.jsonl", &number)
	return err == nil && name == chunkName(number)
}

// folderDestination is a folder on this machine.
type folderDestination struct {
	folder string
	force  bool
	keep   bool // complete files of our names were there before: they stay until commit
}

func (d *folderDestination) place() string           { return d.folder }
func (d *folderDestination) path(name string) string { return filepath.Join(d.folder, name) }
func exists(path string) bool                        { _, err := os.Lstat(path); return err == nil }
func (d *folderDestination) finished() bool          { return exists(d.path(manifestName)) }
func (d *folderDestination) discard(context.Context) { _ = d.clean(d.keep) }

func (d *folderDestination) prepare(context.Context) error {
	if err := os.MkdirAll(d.folder, 0o755); err != nil {
		return fmt.Errorf("make the snapshot's folder: %w", err)
	}
	switch {
	case d.finished() && !d.force:
		return fmt.Errorf("%s: %w", d.folder, ErrExists)
	case d.finished():
		d.keep = true
		if err := d.clean(true); err != nil {
			return fmt.Errorf("clean up after an interrupted run: %w", err)
		}
	case exists(d.path(runningName)):
		if err := d.clean(false); err != nil {
			return fmt.Errorf("clean up after an interrupted run: %w", err)
		}
	default:
		if names := d.names(); len(names) > 0 {
			if !d.force {
				return fmt.Errorf("%s exists, but %s does not, so it is no snapshot of this program: move it away, or replace it with --force", d.path(names[0]), manifestName)
			}
			d.keep = true
		}
	}
	if err := os.WriteFile(d.path(runningName), nil, 0o644); err != nil {
		return fmt.Errorf("write into the snapshot's folder: %w", err)
	}
	return nil
}

// names lists the files of our names.
func (d *folderDestination) names() []string {
	entries, _ := os.ReadDir(d.folder) // a folder that cannot be read fails at the first write
	var names []string
	for _, entry := range entries {
		if ours(entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	return names
}

// clean removes leftovers: partial files, and complete ones too unless they belong to a finished snapshot.
func (d *folderDestination) clean(partialOnly bool) error {
	var errs []error
	for _, name := range d.names() {
		if partialOnly && filepath.Ext(name) != partialSuffix {
			continue
		}
		errs = append(errs, remove(d.path(name)))
	}
	return errors.Join(append(errs, remove(d.path(runningName)))...)
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncedFile reaches the disk before it counts as written.
type syncedFile struct{ *os.File }

func (f syncedFile) Close() error {
	err := f.Sync()
	if closeErr := f.File.Close(); err == nil {
		err = closeErr
	}
	return err
}

func (d *folderDestination) stage(_ context.Context, name string) (io.WriteCloser, error) {
	file, err := os.Create(d.path(name + partialSuffix))
	if err != nil {
		return nil, fmt.Errorf("create a file of the snapshot: %w", err)
	}
	return syncedFile{file}, nil
}

func (d *folderDestination) commit(ctx context.Context, staged, final []string, manifest []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	// From here on the old snapshot is gone, if there was one: its manifest first, then its files.
	if err := remove(d.path(manifestName)); err != nil {
		return fmt.Errorf("replace the snapshot: %w", err)
	}
	for _, name := range d.names() {
		if filepath.Ext(name) != partialSuffix {
			if err := remove(d.path(name)); err != nil {
				return fmt.Errorf("replace the snapshot: %w", err)
			}
		}
	}
	for i := range staged {
		if err := os.Rename(d.path(staged[i]+partialSuffix), d.path(final[i])); err != nil {
			return fmt.Errorf("complete the snapshot: %w", err)
		}
	}
	file, err := os.Create(d.path(runningName))
	if err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	_, err = file.Write(manifest)
	if closeErr := (syncedFile{file}).Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(d.path(runningName), d.path(manifestName))
	}
	if err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	return syncFolder(d.folder)
}

// syncFolder makes the renames durable, where the system can.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("complete the snapshot: %w", err)
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) {
		return fmt.Errorf("complete the snapshot: %w", err)
	}
	return nil
}
