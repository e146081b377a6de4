package rrpairreceiver

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// maxHandles bounds the files held open so that what is written after a rename
// out of the patterns is still read. Beyond it files are opened for each reading.
const maxHandles = 512

// lingerAfterRename is how long a file that has left the patterns is still read:
// its writer may have it open and finish a few lines.
const lingerAfterRename = time.Minute

// trackedFile is a file that was there at the last look.
type trackedFile struct {
	entry  *fileEntry
	packed packing
	info   fs.FileInfo // at the last look
	read   fs.FileInfo // when it was read last; nil before
	handle *os.File    // nil while it is not held open
	there  bool        // still in the patterns
	gone   time.Time   // when it was first missed there
	more   bool        // not read to its end

	problem error // what the last reading ended with
}

// poll looks for files once and reads what is new. Errors of single files are
// joined and stop no other file; a refusal by the pipeline ends the poll.
func (s *filesSource) poll(ctx context.Context) (more bool, err error) {
	errs := s.look(ctx)
	for _, one := range slices.Clone(s.tracked) {
		if err := s.advance(ctx, one); err != nil {
			return false, err
		}
		if one.problem != nil {
			errs = append(errs, fmt.Errorf("read %s: %w", one.entry.Path, one.problem))
		}
		more = more || one.more
		if !one.there && !one.more && time.Since(one.gone) > lingerAfterRename {
			s.drop(one)
		}
	}
	if err := s.ledger.forget(ctx, time.Now()); err != nil {
		errs = append(errs, err)
	}
	return more, errors.Join(errs...)
}

// look matches the files that are there with those that were.
func (s *filesSource) look(ctx context.Context) (errs []error) {
	first := s.ledger.fresh
	for _, one := range s.tracked {
		if one.there {
			one.there, one.gone = false, time.Now()
		}
	}
	unknown := make(map[string]fs.FileInfo)
	var order []string
	for _, path := range s.matches() {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // it went between the two looks
		case err != nil:
			errs = append(errs, err)
			continue
		case !info.Mode().IsRegular():
			continue
		}
		known := s.same(info)
		if known != nil && known.packed == packedNot && info.Size() < known.entry.Offset {
			s.drop(known) // truncated: what was in it may be a copy elsewhere
			known = nil
		}
		if known != nil {
			known.there, known.info = true, info
			known.entry.Path, known.entry.Seen = path, time.Now()
			continue
		}
		unknown[path], order = info, append(order, path)
	}
	// A file that still has its name is recognised before one that was renamed, so
	// that a copy does not take the place of its original.
	for _, renamed := range []bool{false, true} {
		for _, path := range order {
			info, left := unknown[path]
			if !left {
				continue
			}
			found, err := s.identify(ctx, path, info, renamed, first)
			if err != nil {
				errs = append(errs, err)
			}
			if found || err != nil {
				delete(unknown, path)
			}
		}
	}
	if err := s.ledger.opened(ctx); err != nil {
		errs = append(errs, err)
	}
	return errs
}

// matches returns the paths that the patterns name, each once.
func (s *filesSource) matches() []string {
	var paths []string
	for _, pattern := range s.config.Include {
		found, _ := filepath.Glob(pattern) // Validate has refused bad patterns
		paths = append(paths, found...)
	}
	slices.Sort(paths)
	return slices.DeleteFunc(slices.Compact(paths), func(path string) bool {
		return slices.ContainsFunc(s.config.Exclude, func(pattern string) bool {
			excluded, _ := filepath.Match(pattern, path)
			return excluded
		})
	})
}

// same returns the tracked file that was looked up just now, whatever its name.
func (s *filesSource) same(info fs.FileInfo) *trackedFile {
	for _, one := range s.tracked {
		if os.SameFile(one.info, info) && !one.there {
			return one
		}
	}
	return nil
}

// identify opens a file that is not tracked and finds its entry, or, once renamed
// ones are looked for, makes one. Empty files wait.
func (s *filesSource) identify(ctx context.Context, path string, info fs.FileInfo, renamed, first bool) (found bool, err error) {
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	head, err := readHead(file)
	if err != nil || len(head) == 0 {
		return len(head) == 0, errors.Join(err, file.Close())
	}
	one := &trackedFile{info: info, packed: packingOf(head), there: true}
	one.entry, err = s.remembered(file, info.Size(), head, path, renamed)
	if err == nil && one.entry == nil && renamed {
		one.entry, err = s.remember(ctx, file, info, head, path, first)
	}
	if err != nil || one.entry == nil {
		return false, errors.Join(err, file.Close())
	}
	one.entry.Path, one.entry.Seen = path, time.Now()
	s.tracked = append(s.tracked, one)
	return true, s.keep(one, file)
}

// remembered returns the entry of the file, nil when there is none.
func (s *filesSource) remembered(file *os.File, size int64, head []byte, path string, renamed bool) (*fileEntry, error) {
	for _, entry := range s.ledger.entries {
		if (entry.Path == path) == renamed || s.isTracked(entry) {
			continue
		}
		if matches, err := isEntry(file, size, head, entry); matches || err != nil {
			return entry, err
		}
	}
	return nil, nil
}

func (s *filesSource) isTracked(entry *fileEntry) bool {
	return slices.ContainsFunc(s.tracked, func(one *trackedFile) bool { return one.entry == entry })
}

// remember makes an entry for a file that was never seen.
func (s *filesSource) remember(ctx context.Context, file *os.File, info fs.FileInfo, head []byte, path string, first bool) (*fileEntry, error) {
	entry := &fileEntry{Path: path, Head: markOf(head), Seen: time.Now()}
	if first && s.config.StartAt == startAtEnd {
		if err := skipToEnd(file, info.Size(), packingOf(head), entry, int64(s.reader.maxLine)); err != nil {
			return nil, err
		}
	}
	return entry, s.ledger.add(ctx, entry)
}

// keep holds the file open if it may grow and there is room.
func (s *filesSource) keep(one *trackedFile, file *os.File) error {
	if one.packed == packedNot && s.handles < maxHandles {
		one.handle = file
		s.handles++
		return nil
	}
	return file.Close()
}

func (s *filesSource) drop(one *trackedFile) {
	s.tracked = slices.DeleteFunc(s.tracked, func(other *trackedFile) bool { return other == one })
	if one.handle != nil {
		_ = one.handle.Close() // it was only read
		one.handle = nil
		s.handles--
	}
}

func (s *filesSource) closeAll() {
	for len(s.tracked) > 0 {
		s.drop(s.tracked[0])
	}
}
