package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// maxLinks bounds the symbolic links followed from one to the next.
const maxLinks = 40

// resolved follows the symbolic links of an absolute path, also where what it leads to does not exist yet.
func resolved(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("resolve %s: %w", path, err)
	}
	for range maxLinks {
		if whole, err := filepath.EvalSymlinks(path); err == nil {
			return whole, nil
		}
		folder, err := filepath.EvalSymlinks(filepath.Dir(path))
		if err != nil {
			return path, nil // no such folder: whoever opens it says so
		}
		path = filepath.Join(folder, filepath.Base(path))
		target, err := os.Readlink(path)
		if err != nil {
			return path, nil
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(folder, target)
		}
		path = target
	}
	return "", fmt.Errorf("resolve %s: more than %d symbolic links", path, maxLinks)
}

// sameFile reports whether two names, none of them -, stand for one file: spelled otherwise, by a link of either kind, or
// not there yet.
func sameFile(one, other string) (bool, error) {
	first, err := resolved(one)
	if err != nil {
		return false, err
	}
	second, err := resolved(other)
	if err != nil || first == second {
		return first == second, err
	}
	firstInfo, err := os.Stat(one)
	if err != nil {
		return false, nil // not there, or to be told when it is opened
	}
	secondInfo, err := os.Stat(other)
	return err == nil && os.SameFile(firstInfo, secondInfo), nil
}

// wholeFile is a file that appears whole or not at all, readable by its owner only; or a stream: stdout, or what exists and
// is no regular file, such as a pipe or a device.
type wholeFile struct {
	path   string   // as it was given
	target string   // what path leads to, "" for a stream
	file   *os.File // the temporary file or the stream; nil for stdout and once it is committed
	buffer *bufio.Writer
}

func (a *app) createWhole(path string) (*wholeFile, error) {
	if path == "-" {
		return &wholeFile{path: "stdout", buffer: bufio.NewWriterSize(a.stdout, 1<<20)}, nil
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		if info.IsDir() {
			return nil, usagef("%s is a folder: name a file in it", path)
		}
		stream, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", path, err)
		}
		return &wholeFile{path: path, file: stream, buffer: bufio.NewWriterSize(stream, 1<<20)}, nil
	}
	target, err := resolved(path)
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*")
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", path, err)
	}
	return &wholeFile{path: path, target: target, file: file, buffer: bufio.NewWriterSize(file, 1<<20)}, nil
}

func (w *wholeFile) write(data []byte) error {
	if _, err := w.buffer.Write(data); err != nil {
		return fmt.Errorf("write %s: %w", w.path, err)
	}
	return nil
}

func (w *wholeFile) commit() error {
	err := w.buffer.Flush()
	switch {
	case w.file == nil:
	case w.target == "":
		err = errors.Join(err, w.file.Close())
		w.file = nil
	default:
		err = errors.Join(err, w.file.Sync(), w.file.Close())
		if err == nil {
			err = os.Rename(w.file.Name(), w.target)
		}
		if err == nil {
			w.file = nil
		}
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", w.path, err)
	}
	return nil
}

// abandon removes what was not committed; what went into a stream cannot be taken back.
func (w *wholeFile) abandon() {
	if w.file == nil {
		return
	}
	_ = w.file.Close() // closed before, if commit failed
	if w.target != "" {
		_ = os.Remove(w.file.Name())
	}
}
