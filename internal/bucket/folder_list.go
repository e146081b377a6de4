package bucket

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"syscall"

	"gocloud.dev/blob/driver"
)

// folderPage is how many entries a page has when the caller does not say.
const folderPage = 1000

// ListPaged implements driver.Bucket. The page token is the last key of the page before.
func (d *folderDriver) ListPaged(ctx context.Context, options *driver.ListOptions) (*driver.ListPage, error) {
	if options.Delimiter != "" && options.Delimiter != "/" {
		return nil, errors.ErrUnsupported
	}
	if _, err := os.Stat(d.root); err != nil {
		return nil, d.missing(err)
	}
	w := &folderWalk{ctx: ctx, root: d.root, prefix: options.Prefix, after: string(options.PageToken), flat: options.Delimiter == "", size: options.PageSize}
	if w.size <= 0 {
		w.size = folderPage
	}
	if options.BeforeList != nil {
		if err := options.BeforeList(func(any) bool { return false }); err != nil {
			return nil, err
		}
	}
	// Only the folder that holds everything with this prefix is read.
	start := options.Prefix[:strings.LastIndex(options.Prefix, "/")+1]
	if err := w.folder(start); err != nil && !errors.Is(err, errPageFull) {
		return nil, err
	}
	return &w.page, nil
}

// errPageFull ends a walk.
var errPageFull = errors.New("page is full")

// folderWalk collects one page of keys in key order, which is not the order of a plain directory walk: "a-b" comes
// before "a/b" although the folder "a" comes before "a-b".
type folderWalk struct {
	ctx    context.Context
	root   string
	prefix string
	after  string // keys up to and including this one are on earlier pages
	flat   bool   // all levels; else folders are entries
	size   int
	page   driver.ListPage
}

// folder visits what lies below key, which is "" or ends with a slash.
func (w *folderWalk) folder(key string) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	entries, err := os.ReadDir(filepath.Join(w.root, filepath.FromSlash(key)))
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil // no such prefix, or removed meanwhile
	}
	if err != nil {
		return err
	}
	for _, e := range inKeyOrder(entries) {
		full := key + e.key
		if e.folder {
			err = w.subfolder(full)
		} else {
			err = w.file(full, e.entry)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *folderWalk) subfolder(key string) error {
	related := strings.HasPrefix(key, w.prefix) || w.flat && strings.HasPrefix(w.prefix, key)
	if !related || w.before(key) {
		return nil
	}
	if w.flat {
		return w.folder(key)
	}
	if !w.inhabited(key) {
		return nil // object stores have no empty folders
	}
	return w.add(&driver.ListObject{Key: key, IsDir: true})
}

func (w *folderWalk) file(key string, entry fs.DirEntry) error {
	if !strings.HasPrefix(key, w.prefix) || key <= w.after {
		return nil
	}
	info, err := entry.Info()
	if errors.Is(err, os.ErrNotExist) {
		return nil // removed meanwhile
	}
	if err != nil {
		return err
	}
	return w.add(&driver.ListObject{Key: key, Size: info.Size(), ModTime: info.ModTime()})
}

// before reports whether every key below the folder is on an earlier page.
func (w *folderWalk) before(key string) bool {
	if w.flat {
		return key < w.after && !strings.HasPrefix(w.after, key)
	}
	return key <= w.after
}

func (w *folderWalk) add(o *driver.ListObject) error {
	if len(w.page.Objects) == w.size {
		w.page.NextPageToken = []byte(w.page.Objects[w.size-1].Key)
		return errPageFull
	}
	w.page.Objects = append(w.page.Objects, o)
	return nil
}

// inhabited reports whether any object lies below the folder.
func (w *folderWalk) inhabited(key string) bool {
	entries, err := os.ReadDir(filepath.Join(w.root, filepath.FromSlash(key)))
	if err != nil {
		return false
	}
	named := inKeyOrder(entries)
	for _, e := range named {
		if !e.folder {
			return true
		}
	}
	for _, e := range named {
		if w.inhabited(key + e.key) {
			return true
		}
	}
	return false
}

type keyedEntry struct {
	key    string // name, with a slash behind for a folder
	folder bool
	entry  fs.DirEntry
}

// inKeyOrder sorts entries as their keys sort and leaves out files that are being written, links and devices.
func inKeyOrder(entries []fs.DirEntry) []keyedEntry {
	named := make([]keyedEntry, 0, len(entries))
	for _, entry := range entries {
		switch {
		case strings.HasPrefix(entry.Name(), leftoverPrefix):
		case entry.IsDir():
			named = append(named, keyedEntry{entry.Name() + "/", true, entry})
		case entry.Type().IsRegular():
			named = append(named, keyedEntry{entry.Name(), false, entry})
		}
	}
	sort.Slice(named, func(i, j int) bool { return named[i].key < named[j].key })
	return named
}
