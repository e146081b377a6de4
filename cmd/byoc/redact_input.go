package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

const (
	// batchBytes and batchRecords are what one worker takes at once: enough to make handing it over free.
	batchBytes   = 256 << 10
	batchRecords = 256
)

// document is one record to be looked at, with the place it came from.
type document struct {
	file   string
	line   int    // of its first byte, from 1
	number int64  // of the record in its file, from 1
	record string // uuid or the number
	data   []byte
	ending string // the line end after data, as it is in a text; "" for other formats
	fault  string // why it could not even be read; data is empty then, or must not be looked at
}

// blank reports whether the document is a blank line of a text, which is no record.
func (d *document) blank() bool { return d.fault == "" && len(bytes.TrimSpace(d.data)) == 0 }

// batch is what a worker takes at once; the documents' data lie in one buffer.
type batch struct {
	documents []document
	bytes     int
	read      int64 // bytes on disk, for progress
}

func (b *batch) add(d document) {
	d.data = bytes.Clone(d.data)
	b.bytes += len(d.data)
	b.documents = append(b.documents, d)
}

func (b *batch) full() bool { return b.bytes >= batchBytes || len(b.documents) >= batchRecords }

// readDocuments reads files as RRPairs or texts (a line each) or JSON (a value each, over as many lines as it has) and
// emits them in batches.
func (a *app) readDocuments(ctx context.Context, files []string, format string, emit func(*batch) error) error {
	source, err := a.openSource(files)
	if err != nil {
		return err
	}
	r := &documentReader{source: source, emit: emit, batch: &batch{}}
	switch format {
	case asJSON:
		err = r.values(ctx)
	case asText:
		err = r.texts(ctx)
	default:
		err = r.lines(ctx)
	}
	if ctx.Err() == nil {
		// also after an error: what was read before it is looked at
		err = errors.Join(err, r.flush())
	}
	return errors.Join(err, source.close())
}

type documentReader struct {
	source *lineSource
	emit   func(*batch) error
	batch  *batch
	file   string
	number int64
}

func (r *documentReader) add(file string, line int, data []byte, fault string) error {
	return r.document(document{file: file, line: line, data: data, fault: fault})
}

// document numbers a document and puts a copy of it into the batch.
func (r *documentReader) document(d document) error {
	if d.file != r.file {
		r.file, r.number = d.file, 0
	}
	if !d.blank() {
		r.number++
	}
	d.number, d.record = r.number, strconv.FormatInt(r.number, 10)
	r.batch.add(d)
	if !r.batch.full() {
		return nil
	}
	return r.flush()
}

func (r *documentReader) flush() error {
	if len(r.batch.documents) == 0 {
		return nil
	}
	full := r.batch
	full.read = r.source.read()
	r.batch = &batch{}
	return r.emit(full)
}

func (r *documentReader) lines(ctx context.Context) error {
	for {
		line, err := r.source.next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := r.add(line.file, line.number, line.data, tooLong(line)); err != nil {
			return err
		}
	}
}

func tooLong(line sourceLine) string {
	if !line.long {
		return ""
	}
	return fmt.Sprintf("the line is longer than %s", humanBytes(maxLineBytes))
}

// values reads JSON values, however many lines each has.
func (r *documentReader) values(ctx context.Context) error {
	files := r.source.files
	for len(files) > 0 {
		r.source.files, files = files[:1], files[1:]
		if err := r.source.openNext(); err != nil {
			return err
		}
		if err := r.valuesOfFile(ctx); err != nil {
			return err
		}
		if err := r.flush(); err != nil {
			return err
		}
		if err := r.source.close(); err != nil {
			return err
		}
	}
	return nil
}

func (r *documentReader) valuesOfFile(ctx context.Context) error {
	lines := &lineCounter{inner: r.source.lines}
	decoder := json.NewDecoder(lines)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		var value json.RawMessage
		err := decoder.Decode(&value)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			at := lines.lineAt(decoder.InputOffset())
			return fmt.Errorf("read %s as JSON, at or after line %d: %w; lines that are no JSON are read with --as text", r.source.name, at, err)
		}
		start := decoder.InputOffset() - int64(len(value))
		if err := r.add(r.source.name, lines.lineAt(start), value, ""); err != nil {
			return err
		}
	}
}

// lineCounter remembers where the lines of what was read begin, and forgets those that were asked about.
type lineCounter struct {
	inner io.Reader
	read  int64
	ends  []int64 // offsets of line ends not yet counted
	line  int     // line ends counted
}

func (c *lineCounter) Read(p []byte) (int, error) {
	n, err := c.inner.Read(p)
	for i, b := range p[:n] {
		if b == '\n' {
			c.ends = append(c.ends, c.read+int64(i))
		}
	}
	c.read += int64(n)
	return n, err
}

// lineAt gives the line, from 1, of an offset that is not before any asked for earlier.
func (c *lineCounter) lineAt(offset int64) int {
	passed := 0
	for passed < len(c.ends) && c.ends[passed] < offset {
		passed++
	}
	c.line += passed
	c.ends = c.ends[passed:]
	return c.line + 1
}
