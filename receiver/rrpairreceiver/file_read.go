package rrpairreceiver

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"go.uber.org/zap"
)

const (
	// turnBytes is how much of one plain file is read before the others get their
	// turn. A compressed file is read to its end, since every new start reads it
	// again from the front.
	turnBytes = 64 << 20

	// checkpointBytes and maxHeldRejections bound the work between two
	// checkpoints when lines are bad and no batch fills.
	checkpointBytes   = 64 << 20
	maxHeldRejections = 1000

	// maxLoggedLines bounds the bad lines that one reading of a file logs one by
	// one; the metric counts all.
	maxLoggedLines = 100

	// filePatience is how long one wait for others in flight lasts; a file has no
	// sender to send away and goes on waiting after it.
	filePatience = time.Minute
)

// fileReader takes the lines of files in. It is used by one goroutine.
type fileReader struct {
	intake    *intake
	admission *admission
	maxLine   byteSize
	answers   answers
	logger    *zap.Logger
	ledger    *ledger
	zstd      *zstdPool
}

// fileTurn is one reading of one file.
type fileTurn struct {
	*fileReader
	entry       *fileEntry
	lines       *lineReader
	batch       *lineBatch
	reservation *reservation
	before      *tailWindow
	base        fileEntry // the entry as it was when the reading began
	rejected    []fileRejection
	logged      int

	// The position behind the last line that was looked at.
	offset int64
	line   int
}

type fileRejection struct {
	line int
	bad  *flaw
}

// read takes the lines behind the entry's offset and moves the entry on as the
// pipeline takes them. more=true when it stopped before the end of the file.
//
// Errors: a *refusal when the pipeline refused, errChanged, or one of reading;
// the entry then stands behind the last line that was taken, so reading again
// passes nothing over.
func (r *fileReader) read(ctx context.Context, file *os.File, packed packing, entry *fileEntry) (more bool, err error) {
	text, before, err := openAt(file, packed, entry, r.zstd)
	if err != nil {
		return false, err
	}
	turn := &fileTurn{
		fileReader: r, entry: entry, base: *entry, before: before, offset: entry.Offset, line: entry.Line,
		lines: newLineReader(text, int(r.maxLine)), batch: newLineBatch(r.intake, transportFile), reservation: r.admission.reserve(),
	}
	defer turn.reservation.release()
	turn.lines.grow = func(capacity int) error { return turn.admit(ctx, capacity) }
	more, err = turn.run(ctx, packed)
	r.intake.telemetry.received(ctx, transportFile, turn.lines.offset)
	return more, errors.Join(err, text.Close())
}

func (t *fileTurn) run(ctx context.Context, packed packing) (more bool, err error) {
	if err := t.admit(ctx, lineBuffer); err != nil {
		return false, err
	}
	for {
		line, whole, err := t.lines.next()
		var bad *flaw
		switch {
		case err == nil:
			if !blank(line) {
				bad = t.batch.add(line)
			}
			if bad != nil && !whole && packed == packedNot {
				return false, t.settle(ctx) // the line is still being written
			}
		case errors.Is(err, errLineTooLong):
			bad = &flaw{cause: causeTooLarge, reason: "the line is longer than " + t.maxLine.String() + ": raise " + t.answers.setting("max_line_size")}
		case errors.Is(err, io.EOF):
			return false, t.settle(ctx)
		default:
			var refused *refusal
			if errors.As(err, &refused) {
				return false, err
			}
			return false, errors.Join(err, t.settle(ctx))
		}
		t.advance(bad)
		if t.due() {
			if err := t.settle(ctx); err != nil {
				return false, err
			}
			if packed == packedNot && t.offset-t.base.Offset >= turnBytes {
				return true, nil
			}
		}
		if err := t.admit(ctx, len(t.lines.buffer)); err != nil {
			return false, err
		}
	}
}

// advance moves the position behind the line returned last.
func (t *fileTurn) advance(bad *flaw) {
	t.offset = t.base.Offset + t.lines.offset
	t.line = t.base.Line + t.lines.number
	if t.lines.raw == nil {
		t.before.last = t.before.last[:0] // a line that was passed over is not remembered
	} else {
		t.before.add(t.lines.raw)
	}
	if bad != nil {
		t.rejected = append(t.rejected, fileRejection{line: t.line, bad: bad})
	}
}

func (t *fileTurn) due() bool {
	return t.batch.full() || len(t.rejected) >= maxHeldRejections || t.offset-t.entry.Offset >= checkpointBytes
}

// settle hands the batch over, and when the pipeline has taken it, counts the
// bad lines and remembers the position.
func (t *fileTurn) settle(ctx context.Context) error {
	if t.offset == t.entry.Offset {
		return nil
	}
	if _, err := t.batch.deliver(ctx); err != nil {
		return refusalOf(err)
	}
	for _, one := range t.rejected {
		t.intake.telemetry.refusedRecords(ctx, transportFile, one.bad.cause, 1)
		if t.logged < maxLoggedLines {
			t.logger.Warn("A line is no RRPair and was passed over", zap.String("file", t.entry.Path), zap.Int("line", one.line), zap.String("reason", one.bad.inLine()))
		} else if t.logged == maxLoggedLines {
			t.logger.Warn("More lines are no RRPairs; they are counted and no longer logged one by one", zap.String("file", t.entry.Path), zap.Int("line", one.line))
		}
		t.logged++
	}
	t.rejected = t.rejected[:0]
	t.entry.Offset, t.entry.Line, t.entry.Tail = t.offset, t.line, t.before.mark()
	t.reservation.shrinkTo(int64(len(t.lines.buffer)))
	return t.ledger.save(ctx, t.entry)
}

// admit makes sure that a line buffer of that capacity and the batch are within
// the bytes in flight, and waits for that as long as it takes.
func (t *fileTurn) admit(ctx context.Context, capacity int) error {
	if t.reservation.growTo(int64(capacity + t.batch.bytes)) {
		return nil
	}
	if err := t.settle(ctx); err != nil {
		return err
	}
	for !t.reservation.waitTo(ctx, int64(capacity), filePatience) {
		if err := ctx.Err(); err != nil {
			return refusalOf(err)
		}
	}
	return nil
}
