package snapshot

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// scratch is a temporary file without a name: what is in it, captured traffic, vanishes when it is closed or the
// process ends, however it ends. Any number of readers may read it at once.
type scratch struct {
	file *os.File
	size int64
	name string // where the system cannot remove an open file
}

// newScratch makes one in a folder, "" for the system's. Nobody else may read it while it has a name.
func newScratch(folder string) (*scratch, error) {
	file, err := os.CreateTemp(folder, "byoc-snapshot-*")
	if err != nil {
		return nil, fmt.Errorf("create a temporary file (name another folder with --temp-dir): %w", err)
	}
	s := &scratch{file: file}
	if os.Remove(file.Name()) != nil {
		s.name = file.Name()
	}
	return s, nil
}

// Write appends.
func (s *scratch) Write(data []byte) (int, error) {
	n, err := s.file.Write(data)
	s.size += int64(n)
	return n, err
}

// reader reads from the start what was written until now.
func (s *scratch) reader() *io.SectionReader { return io.NewSectionReader(s.file, 0, s.size) }

// close gives the room back. Idempotent.
func (s *scratch) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	if s.name != "" {
		err = errors.Join(err, os.Remove(s.name))
	}
	if err != nil {
		return fmt.Errorf("remove a temporary file: %w", err)
	}
	return nil
}
