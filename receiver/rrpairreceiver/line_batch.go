package rrpairreceiver

import (
	"bytes"
	"context"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	// lineBatchBytes and lineBatchRecords bound a batch of lines: large enough
	// that the cost of handing it over is spread, small enough that a stream holds
	// little memory and loses little work when the pipeline refuses.
	lineBatchBytes   = 4 << 20
	lineBatchRecords = 2000
)

// lineBatch collects RRPairs read as lines and hands them to the pipeline
// together. It is used by one goroutine.
type lineBatch struct {
	intake *intake
	sender transport
	pair   rrpair.Pair

	logs    plog.Logs
	records plog.LogRecordSlice
	sums    tally
	bytes   int // of the lines in it
}

func newLineBatch(intake *intake, sender transport) *lineBatch {
	b := &lineBatch{intake: intake, sender: sender}
	b.reset()
	return b
}

func (b *lineBatch) reset() {
	b.logs = plog.NewLogs()
	b.records = b.logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	b.sums = tally{}
	b.bytes = 0
}

// blank reports a line that holds nothing; such lines are passed over.
func blank(line []byte) bool {
	return len(bytes.TrimSpace(line)) == 0
}

// add takes one line in, or says what is wrong with it. It does not retain line.
func (b *lineBatch) add(line []byte) *flaw {
	if err := b.pair.ParseJSON(line); err != nil {
		return flawOf(err)
	}
	var of verdict
	if volume := b.intake.volume; volume != nil {
		if of = volume.ofPair(&b.pair); of.isDropped {
			b.sums.records++
			b.sums.volume.drop(volume, of, sizeOfJSON(b.pair.JSON()))
			return nil
		}
	}
	record := plog.NewLogRecord()
	if err := b.pair.ToLogRecord(record); err != nil {
		return flawOf(err)
	}
	facts, bad := checkBody(record.Body().Map())
	if bad != nil {
		return bad
	}
	record.MoveTo(b.records.AppendEmpty())
	b.sums.records++
	b.sums.accept(facts)
	b.sums.volume.keep(of, facts.textBytes)
	b.bytes += len(line)
	return nil
}

// full reports that the batch should be delivered before another line is added.
func (b *lineBatch) full() bool {
	return b.bytes >= lineBatchBytes || b.sums.records >= lineBatchRecords
}

// deliver hands the batch to the pipeline and returns how many records are done
// with: those that it took, and those that were dropped.
// After an error the batch is as it was and may be delivered again.
func (b *lineBatch) deliver(ctx context.Context) (taken int, err error) {
	if b.sums.records == 0 {
		return 0, nil
	}
	now := b.intake.timestamp()
	for _, record := range b.records.All() {
		if record.ObservedTimestamp() == 0 {
			record.SetObservedTimestamp(now)
		}
	}
	if err := b.intake.deliver(ctx, b.sender, "ndjson", b.logs, &b.sums); err != nil {
		return 0, err
	}
	taken = b.sums.records
	b.reset()
	return taken, nil
}
