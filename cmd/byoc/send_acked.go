package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// ackedFile holds the uuids of acknowledged records, one hyphenated uuid a line. It is appended to with one write per
// acknowledged request, so that a killed run loses at most a half line. It takes some 50 bytes of memory for each uuid
// that it held when it was opened. A nil ackedFile knows nothing and keeps nothing.
type ackedFile struct {
	file  *os.File
	known map[rrpair.UUID]struct{}
	lines []byte
}

const uuidTextBytes = 36

// openAcked reads the file if it exists; an empty path gives nil.
func openAcked(path string) (*ackedFile, error) {
	if path == "" {
		return nil, nil
	}
	a := &ackedFile{known: map[rrpair.UUID]struct{}{}}
	whole, err := a.load(path)
	if err != nil {
		return nil, fmt.Errorf("read --acked %s: %w", path, err)
	}
	a.file, err = os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, usagef("--acked: %w", err)
	}
	// A run that was killed may have left half a line: that record is sent again.
	if err := a.file.Truncate(whole); err != nil {
		return nil, errors.Join(fmt.Errorf("cut off the unfinished line of --acked %s: %w", path, err), a.file.Close())
	}
	if _, err := a.file.Seek(whole, io.SeekStart); err != nil {
		return nil, errors.Join(fmt.Errorf("append to --acked %s: %w", path, err), a.file.Close())
	}
	return a, nil
}

// load returns how many bytes of the file are whole lines.
func (a *ackedFile) load(path string) (whole int64, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer closeInto(file, &err)
	reader := bufio.NewReader(file)
	for number := 1; ; number++ {
		line, err := reader.ReadSlice('\n')
		if errors.Is(err, io.EOF) && len(line) <= uuidTextBytes {
			return whole, nil
		}
		if err != nil {
			return 0, fmt.Errorf("line %d is no uuid: the file must hold what an earlier --acked wrote", number)
		}
		id, err := rrpair.ParseUUID(string(bytes.TrimSpace(line)))
		if err != nil {
			return 0, fmt.Errorf("line %d: %w: the file must hold what an earlier --acked wrote", number, err)
		}
		a.known[id] = struct{}{}
		whole += int64(len(line))
	}
}

// has says whether the record was acknowledged in an earlier run. Safe for concurrent use: known does not change.
func (a *ackedFile) has(id rrpair.UUID) bool {
	if a == nil {
		return false
	}
	_, ok := a.known[id]
	return ok
}

// add writes the uuids of one acknowledged request. Not safe for concurrent use.
func (a *ackedFile) add(ids []rrpair.UUID) error {
	if a == nil {
		return nil
	}
	a.lines = a.lines[:0]
	for _, id := range ids {
		a.lines = append(append(a.lines, id.String()...), '\n')
	}
	if _, err := a.file.Write(a.lines); err != nil {
		return fmt.Errorf("write --acked: %w", err)
	}
	return nil
}

func (a *ackedFile) close() error {
	if a == nil {
		return nil
	}
	if err := a.file.Close(); err != nil {
		return fmt.Errorf("close --acked: %w", err)
	}
	return nil
}
