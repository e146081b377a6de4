package rrpairreceiver

import (
	"bytes"
	"errors"
	"io"
)

const (
	// lineBuffer holds some twenty pairs: a read of the source per block.
	lineBuffer = 64 << 10

	// keptLineBuffer is what a reader keeps after a long line has passed.
	keptLineBuffer = 1 << 20
)

// errLineTooLong says that a line was longer than the limit. It has been passed
// over; the next call goes on behind it.
var errLineTooLong = errors.New("line too long")

// lineReader cuts a stream into lines with memory for one line at a time.
type lineReader struct {
	source io.Reader
	limit  int // longest line in bytes, without its end

	// grow, when set, is asked before the buffer takes on that many bytes; an
	// error ends the reading and is returned.
	grow func(capacity int) error

	buffer     []byte
	start, end int    // unread bytes are buffer[start:end]
	raw        []byte // the line returned last with its end; nil when it was passed over
	number     int    // lines returned or passed over so far
	offset     int64  // bytes of them, with their ends
	sourceErr  error
}

func newLineReader(source io.Reader, limit int) *lineReader {
	return &lineReader{source: source, limit: limit, buffer: make([]byte, lineBuffer)}
}

// next returns the next line without its end; it is valid until the next call.
// whole=false marks bytes at the end of the source that no line end follows.
//
// Errors: errLineTooLong, io.EOF behind the last line, what grow returned, or
// the source's error; then the bytes of a line that was not complete are lost.
func (l *lineReader) next() (line []byte, whole bool, err error) {
	searched := l.start
	for {
		if at := bytes.IndexByte(l.buffer[searched:l.end], '\n'); at >= 0 {
			line = l.buffer[l.start : searched+at]
			l.consume(searched + at + 1)
			if len(line) > l.limit {
				l.raw = nil
				return nil, true, errLineTooLong
			}
			return bytes.TrimSuffix(line, []byte{'\r'}), true, nil
		}
		if l.end-l.start > l.limit {
			return nil, true, l.skipLine()
		}
		if l.sourceErr != nil {
			return l.last()
		}
		if err := l.makeRoom(); err != nil {
			return nil, false, err
		}
		searched = l.end
		l.read()
	}
}

// last returns what stands behind the last line end.
func (l *lineReader) last() (line []byte, whole bool, err error) {
	if !errors.Is(l.sourceErr, io.EOF) || l.start == l.end {
		return nil, false, l.sourceErr
	}
	line = l.buffer[l.start:l.end]
	l.consume(l.end)
	return line, false, nil
}

func (l *lineReader) consume(to int) {
	l.raw = l.buffer[l.start:to]
	l.offset += int64(to - l.start)
	l.start = to
	l.number++
}

func (l *lineReader) read() {
	for tries := 0; tries < 100; tries++ {
		n, err := l.source.Read(l.buffer[l.end:])
		l.end += n
		l.sourceErr = err
		if n > 0 || err != nil {
			return
		}
	}
	l.sourceErr = io.ErrNoProgress
}

// makeRoom moves the unread bytes to the front, or enlarges the buffer when they
// fill it. A buffer that a long line has left large is given back.
func (l *lineReader) makeRoom() error {
	unread := l.end - l.start
	switch {
	case cap(l.buffer) > keptLineBuffer && unread < lineBuffer/2:
		if l.grow != nil {
			if err := l.grow(lineBuffer); err != nil {
				return err
			}
		}
		l.moveTo(make([]byte, lineBuffer))
	case l.start > 0 && unread <= len(l.buffer)/2:
		l.moveTo(l.buffer)
	case l.end == len(l.buffer):
		capacity := min(2*len(l.buffer), l.limit+lineBuffer)
		if capacity <= len(l.buffer) {
			l.moveTo(l.buffer)
			return nil
		}
		if l.grow != nil {
			if err := l.grow(capacity); err != nil {
				return err
			}
		}
		l.moveTo(make([]byte, capacity))
	}
	return nil
}

func (l *lineReader) moveTo(buffer []byte) {
	l.end = copy(buffer, l.buffer[l.start:l.end])
	l.start = 0
	l.buffer = buffer
}

// skipLine passes over the rest of a line that is too long.
func (l *lineReader) skipLine() error {
	for {
		if at := bytes.IndexByte(l.buffer[l.start:l.end], '\n'); at >= 0 {
			l.consume(l.start + at + 1)
			l.raw = nil
			return errLineTooLong
		}
		l.offset += int64(l.end - l.start)
		l.start, l.end = 0, 0
		if l.sourceErr != nil {
			if !errors.Is(l.sourceErr, io.EOF) {
				return l.sourceErr
			}
			l.number++
			l.raw = nil
			return errLineTooLong
		}
		l.read()
	}
}
