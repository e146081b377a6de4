package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
)

const (
	// maxBlockBytes bounds the lines of a PEM block that are looked at together: private keys and chains of certificates are
	// far smaller.
	maxBlockBytes = 1 << 20
	// keyLineBytes is from how many characters of base64, alone on a line, a line looks like one of a key: armour has 64 on
	// all lines but the last.
	keyLineBytes = 40
)

// The marks of PEM.
const (
	blockBegin = "-----BEGIN "
	blockEnd   = "-----END "
)

// textReader makes documents of lines, but one of the lines of a PEM block: a private key is one value. Blank lines are
// documents, too, so that a copy has them.
type textReader struct {
	add   func(document) error
	file  string // of the open block
	line  int    // its first
	block []byte // with line ends; empty when none is open
	// cut is set from where a block is too long until its last line: what it gathers is told as a fault
	cut bool
}

// texts reads lines and PEM blocks.
func (r *documentReader) texts(ctx context.Context) error {
	r.source.whole = true
	t := &textReader{add: r.document}
	for {
		line, err := r.source.next(ctx)
		switch {
		case err == nil:
			if err := t.take(line); err != nil {
				return err
			}
		case errors.Is(err, io.EOF):
			return t.end()
		case ctx.Err() != nil:
			return err
		default:
			// what came before a read error is looked at
			return errors.Join(err, t.end())
		}
	}
}

func (t *textReader) take(line sourceLine) error {
	if line.file != t.file {
		if err := t.end(); err != nil {
			return err
		}
		t.file = line.file
	}
	begin := bytes.LastIndex(line.data, []byte(blockBegin))
	end := bytes.LastIndex(line.data, []byte(blockEnd))
	opens, ends := begin > end, end >= 0
	switch {
	case !t.open():
	case line.long:
		// a line of a key or not: nobody knows, and the next ones may be its
		if err := t.end(); err != nil {
			return err
		}
		t.cut = true
		return t.single(line)
	case begin >= 0 && (end < 0 || bytes.Index(line.data, []byte(blockBegin)) < bytes.Index(line.data, []byte(blockEnd))):
		// a block of its own begins
		if err := t.end(); err != nil {
			return err
		}
	case t.cut && !ends && !onlyBase64(line.data):
		if err := t.end(); err != nil {
			return err
		}
	default:
		return t.append(line, ends && !opens)
	}
	if !opens {
		return t.single(line)
	}
	if len(line.data) > maxBlockBytes {
		// one line of that length is looked at as any other
		t.cut = true
		return t.single(line)
	}
	t.line = line.number
	t.block = append(append(t.block[:0], line.data...), line.ending...)
	return nil
}

func (t *textReader) open() bool { return len(t.block) > 0 || t.cut }

// append adds a line to the open block, which last ends.
func (t *textReader) append(line sourceLine, last bool) error {
	if len(t.block) > 0 && len(t.block)+len(line.data) > maxBlockBytes {
		t.cut = true
		if err := t.whole(); err != nil {
			return err
		}
		if !last && !onlyBase64(line.data) {
			t.cut = false
			return t.take(line)
		}
	}
	if len(t.block) == 0 {
		t.line = line.number
	}
	t.block = append(append(t.block, line.data...), line.ending...)
	if !last {
		return nil
	}
	err := t.whole()
	t.cut = false
	return err
}

// end ends the open block where it has no last line. It is looked at as a whole if it may be the beginning of a key, else
// its lines are looked at singly: the mark stood in a sentence or in source code.
func (t *textReader) end() error {
	cut := t.cut
	if cut || hasKeyLine(t.block) {
		err := t.whole()
		t.cut = false
		return err
	}
	number := t.line
	for line := range bytes.Lines(t.block) {
		data, ending := cutLineEnd(line)
		if err := t.single(sourceLine{file: t.file, number: number, data: data, ending: ending}); err != nil {
			return err
		}
		number++
	}
	t.block = t.block[:0]
	return nil
}

// whole hands on what the block holds as one document.
func (t *textReader) whole() error {
	if len(t.block) == 0 {
		return nil
	}
	data, ending := cutLineEnd(t.block)
	d := document{file: t.file, line: t.line, data: data, ending: ending}
	if t.cut {
		d.fault = fmt.Sprintf("a PEM block longer than %s", humanBytes(maxBlockBytes))
	}
	t.block = t.block[:0]
	return t.add(d)
}

func (t *textReader) single(line sourceLine) error {
	return t.add(document{file: line.file, line: line.number, data: line.data, ending: line.ending, fault: tooLong(line)})
}

// hasKeyLine reports whether a line of the block looks like base64 of a key.
func hasKeyLine(block []byte) bool {
	for line := range bytes.Lines(block) {
		if len(bytes.TrimSpace(line)) >= keyLineBytes && onlyBase64(line) {
			return true
		}
	}
	return false
}

// onlyBase64 reports whether a line holds nothing but base64, or is blank.
func onlyBase64(line []byte) bool {
	for _, c := range bytes.TrimSpace(line) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '+', c == '/', c == '=', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}
