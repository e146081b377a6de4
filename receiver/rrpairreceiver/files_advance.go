package rrpairreceiver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// advance reads what a tracked file has that was not taken yet. The error is a
// refusal by the pipeline; what is wrong with the file itself is its problem.
func (s *filesSource) advance(ctx context.Context, one *trackedFile) error {
	file := one.handle
	if file == nil {
		if !one.there || !one.due(s.config.PollInterval) {
			one.more = one.more && one.there
			return nil
		}
		opened, err := os.Open(one.entry.Path)
		if err != nil {
			one.problem = err
			return nil
		}
		defer func() { _ = opened.Close() }() // it was only read
		file = opened
	}
	info, err := file.Stat()
	if err != nil {
		one.problem = err
		return nil
	}
	one.info = info
	if !one.due(s.config.PollInterval) {
		return nil
	}
	err = s.readOn(ctx, one, file)
	var refused *refusal
	if errors.As(err, &refused) {
		return err
	}
	if errors.Is(err, errChanged) {
		// Truncated or overwritten: the next look takes it for a new file.
		s.drop(one)
		return nil
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("it breaks off behind line %d; what is there was taken, the rest will be when the file is complete: %w", one.entry.Line, err)
	}
	one.problem = err
	one.read = info // a file that breaks off is tried again when it has changed
	return nil
}

// readOn reads the file from its entry's offset on, if it still is that file.
func (s *filesSource) readOn(ctx context.Context, one *trackedFile, file *os.File) error {
	head, err := readHead(file)
	if err != nil {
		return err
	}
	matches, err := isEntry(file, one.info.Size(), head, one.entry)
	if err != nil {
		return err
	}
	if !matches {
		return errChanged
	}
	if one.entry.Head.Length < len(head) {
		one.entry.Head = markOf(head)
	}
	one.more, err = s.reader.read(ctx, file, one.packed, one.entry)
	if errors.Is(err, errChanged) {
		one.entry.Seen = time.Time{} // what it remembers is nowhere any more
	}
	if err == nil && one.packed != packedNot {
		return s.finish(ctx, one, file)
	}
	return err
}

// due reports whether there may be something to read.
func (t *trackedFile) due(settle time.Duration) bool {
	changed := t.read == nil || t.read.Size() != t.info.Size() || !t.read.ModTime().Equal(t.info.ModTime())
	if t.packed == packedNot {
		return changed || t.more
	}
	return changed && !t.entry.Done && time.Since(t.info.ModTime()) >= settle
}

// finish remembers that a compressed file was read to its end.
func (s *filesSource) finish(ctx context.Context, one *trackedFile, file *os.File) error {
	tail, err := bytesBefore(file, one.info.Size(), tailBytes)
	if err != nil {
		return err
	}
	one.entry.Done, one.entry.RawSize, one.entry.RawTail = true, one.info.Size(), markOf(tail)
	return s.ledger.save(ctx, one.entry)
}

// skipToEnd sets the entry behind the last whole line of a plain file, and marks
// a compressed one as read.
func skipToEnd(file *os.File, size int64, packed packing, entry *fileEntry, maxLine int64) error {
	if packed != packedNot {
		tail, err := bytesBefore(file, size, tailBytes)
		entry.Done, entry.RawSize, entry.RawTail = true, size, markOf(tail)
		return err
	}
	const step = 64 << 10
	for end := size; end > 0 && size-end <= maxLine; end -= step {
		data, err := bytesBefore(file, end, step)
		if err != nil {
			return err
		}
		if at := bytes.LastIndexByte(data, '\n'); at >= 0 {
			entry.Offset = end - int64(len(data)) + int64(at) + 1
			tail, err := bytesBefore(file, entry.Offset, tailBytes)
			entry.Tail = markOf(tail)
			return err
		}
	}
	return nil
}
