package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// sourceBufferBytes is the read buffer of one file.
const sourceBufferBytes = 1 << 20

// lineSource reads the lines of several files one after the other.
type lineSource struct {
	stdin      io.Reader
	files      []string
	whole      bool  // blank lines are told, too
	totalBytes int64 // of all files as they lie on disk; 0 when one has no size

	open   io.Closer
	name   string
	raw    *countingReader
	lines  *bufio.Reader
	number int // of the line read last, from 1
	buffer []byte
	counts int64 // bytes of raw that progress was told
}

// sourceLine is one line of a file; data is valid until the next one is read.
type sourceLine struct {
	file   string
	number int
	data   []byte
	ending string // the line end after data: "\n", "\r\n", or "" at the end of a file
	long   bool   // the line was too long: it was passed over and data is empty
}

// openSource checks that all files can be read, before anything is sent.
func (a *app) openSource(files []string) (*lineSource, error) {
	s := &lineSource{stdin: a.stdin, files: files}
	sized := true
	for _, name := range files {
		if name == "-" {
			sized = false
			continue
		}
		info, err := os.Stat(name)
		if err != nil {
			return nil, usagef("%w", err)
		}
		if info.IsDir() {
			return nil, usagef("%s is a folder: name files, such as %s/*.jsonl", name, name)
		}
		s.totalBytes += info.Size()
	}
	if !sized {
		s.totalBytes = 0
	}
	return s, nil
}

// next reads a line that is not blank, or any with whole. io.EOF after the last line of the last file.
func (s *lineSource) next(ctx context.Context) (sourceLine, error) {
	for {
		if err := ctx.Err(); err != nil {
			return sourceLine{}, err
		}
		if s.lines == nil {
			if len(s.files) == 0 {
				return sourceLine{}, io.EOF
			}
			if err := s.openNext(); err != nil {
				return sourceLine{}, err
			}
		}
		line, err := s.readLine()
		if errors.Is(err, io.EOF) {
			if err := s.close(); err != nil {
				return sourceLine{}, err
			}
			continue
		}
		if err != nil {
			return sourceLine{}, fmt.Errorf("read %s after line %d: %w", s.name, s.number, err)
		}
		if s.whole || line.long || len(bytes.TrimSpace(line.data)) > 0 {
			return line, nil
		}
	}
}

// openNext opens a file and sees by its first bytes whether it is compressed.
func (s *lineSource) openNext() error {
	s.name, s.files, s.number = s.files[0], s.files[1:], 0
	var plain io.Reader = s.stdin
	s.open = io.NopCloser(nil)
	if s.name != "-" {
		file, err := os.Open(s.name)
		if err != nil {
			return fmt.Errorf("open file: %w", err)
		}
		plain, s.open = file, file
	}
	s.raw = &countingReader{inner: plain}
	s.counts = 0
	buffered := bufio.NewReaderSize(s.raw, sourceBufferBytes)
	// A file shorter than the mark is plain; any other error comes back when it is read.
	mark, _ := buffered.Peek(4)
	switch {
	case bytes.HasPrefix(mark, []byte{0x1f, 0x8b}):
		unzipped, err := gzip.NewReader(buffered)
		if err != nil {
			return errors.Join(fmt.Errorf("read %s as gzip: %w", s.name, err), s.close())
		}
		buffered = bufio.NewReaderSize(unzipped, sourceBufferBytes)
	case bytes.Equal(mark, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		decoder, err := zstd.NewReader(buffered, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
		if err != nil {
			return errors.Join(fmt.Errorf("read %s as zstd: %w", s.name, err), s.close())
		}
		s.open = closers{decoder.IOReadCloser(), s.open}
		buffered = bufio.NewReaderSize(decoder, sourceBufferBytes)
	}
	s.lines = buffered
	return nil
}

func (s *lineSource) readLine() (sourceLine, error) {
	s.buffer = s.buffer[:0]
	long := false
	for {
		part, err := s.lines.ReadSlice('\n')
		if !long && len(s.buffer)+len(part) > maxLineBytes {
			long, s.buffer = true, s.buffer[:0]
		}
		if !long {
			s.buffer = append(s.buffer, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && (!errors.Is(err, io.EOF) || len(s.buffer) == 0 && !long):
			return sourceLine{}, err
		}
		s.number++
		data, ending := cutLineEnd(s.buffer)
		return sourceLine{file: s.name, number: s.number, data: data, ending: ending, long: long}, nil
	}
}

// cutLineEnd parts a line from its end.
func cutLineEnd(line []byte) (data []byte, ending string) {
	switch {
	case bytes.HasSuffix(line, []byte("\r\n")):
		ending = "\r\n"
	case bytes.HasSuffix(line, []byte("\n")):
		ending = "\n"
	}
	return line[:len(line)-len(ending)], ending
}

// read returns how many bytes were read from disk since the last call.
func (s *lineSource) read() int64 {
	if s.raw == nil {
		return 0
	}
	n := s.raw.count - s.counts
	s.counts = s.raw.count
	return n
}

func (s *lineSource) close() error {
	if s.open == nil {
		return nil
	}
	err := s.open.Close()
	s.open, s.lines = nil, nil
	if err != nil {
		return fmt.Errorf("close %s: %w", s.name, err)
	}
	return nil
}

type countingReader struct {
	inner io.Reader
	count int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.inner.Read(p)
	c.count += int64(n)
	return n, err
}

type closers []io.Closer

func (c closers) Close() error {
	var errs []error
	for _, one := range c {
		errs = append(errs, one.Close())
	}
	return errors.Join(errs...)
}
