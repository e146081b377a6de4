package snapshot

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
)

const (
	// DefaultChunkBytes is the size above which raw.jsonl becomes raw-00000.jsonl and so on.
	DefaultChunkBytes = 1 << 30
	outputBuffer      = 1 << 20
	singleName        = "raw.jsonl"
	manifestName      = "snapshot.json"
)

func chunkName(i int) string { return fmt.Sprintf("raw-%05d.jsonl", i) }

// ErrExists says that a finished snapshot is in the way.
var ErrExists = errors.New("a finished snapshot is there already: choose another --name or --out, or replace it with --force")

// destination is where a snapshot goes. Files are staged under the names of chunks and get their place at the end.
type destination interface {
	// prepare refuses a finished snapshot (unless it may be replaced) and removes what an interrupted run left.
	prepare(ctx context.Context) error
	// stage opens the next data file; the writer is closed before the next one is opened.
	stage(ctx context.Context, name string) (io.WriteCloser, error)
	// commit gives staged files their final names (parallel to staged) and writes the manifest last.
	commit(ctx context.Context, staged, final []string, manifest []byte) error
	// discard removes what was staged. It is called when anything failed, with a context that is not cancelled.
	discard(ctx context.Context)
	// place is how a person finds the snapshot.
	place() string
}

// File is one data file of a snapshot.
type File struct {
	Name    string `json:"name"`
	Records int64  `json:"records"`
	Bytes   int64  `json:"bytes"`
	SHA256  string `json:"sha256"` // lower-case hex
}

// lineWriter writes lines into staged files, a new one when the last is full.
type lineWriter struct {
	ctx   context.Context // of the whole run
	to    destination
	limit int64

	files []File
	open  io.WriteCloser
	out   *bufio.Writer
	sum   hash.Hash
}

func (w *lineWriter) write(line []byte) error {
	size := int64(len(line)) + 1
	if w.open != nil && w.limit > 0 && w.current().Bytes+size > w.limit {
		if err := w.closeFile(); err != nil {
			return err
		}
	}
	if w.open == nil {
		if err := w.openFile(); err != nil {
			return err
		}
	}
	if _, err := w.out.Write(line); err != nil {
		return fmt.Errorf("write %s: %w", w.current().Name, err)
	}
	if err := w.out.WriteByte('\n'); err != nil {
		return fmt.Errorf("write %s: %w", w.current().Name, err)
	}
	w.current().Records++
	w.current().Bytes += size
	return nil
}

func (w *lineWriter) current() *File { return &w.files[len(w.files)-1] }

func (w *lineWriter) openFile() error {
	name := chunkName(len(w.files))
	file, err := w.to.stage(w.ctx, name)
	if err != nil {
		return err
	}
	w.open, w.sum = file, sha256.New()
	both := io.MultiWriter(file, w.sum)
	if w.out == nil {
		w.out = bufio.NewWriterSize(both, outputBuffer)
	} else {
		w.out.Reset(both)
	}
	w.files = append(w.files, File{Name: name})
	return nil
}

func (w *lineWriter) closeFile() error {
	if w.open == nil {
		return nil
	}
	file := w.open
	w.open = nil
	err := w.out.Flush()
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", w.current().Name, err)
	}
	w.current().SHA256 = hex.EncodeToString(w.sum.Sum(nil))
	return nil
}

// finish closes the last file and returns staged and final names. An empty snapshot has an empty raw.jsonl.
func (w *lineWriter) finish() (staged, final []string, err error) {
	if len(w.files) == 0 {
		if err := w.openFile(); err != nil {
			return nil, nil, err
		}
	}
	if err := w.closeFile(); err != nil {
		return nil, nil, err
	}
	for i := range w.files {
		staged = append(staged, w.files[i].Name)
	}
	if len(w.files) == 1 {
		w.files[0].Name = singleName
	}
	for i := range w.files {
		final = append(final, w.files[i].Name)
	}
	return staged, final, nil
}

// streamDestination writes lines to a stream, as one file without a manifest.
type streamDestination struct{ to io.Writer }

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

func (streamDestination) prepare(context.Context) error { return nil }
func (s streamDestination) stage(context.Context, string) (io.WriteCloser, error) {
	return nopCloser{s.to}, nil
}
func (streamDestination) commit(context.Context, []string, []string, []byte) error { return nil }
func (streamDestination) discard(context.Context)                                  {}
func (streamDestination) place() string                                            { return "-" }
