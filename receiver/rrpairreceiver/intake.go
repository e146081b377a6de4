package rrpairreceiver

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// intake is the way of every batch, however it came: drop, check, clean, hand to
// the pipeline, count. Safe for concurrent use.
type intake struct {
	next      consumer.Logs
	telemetry *telemetry
	volume    *volume // nil: nothing is dropped
	now       func() time.Time
	pairs     sync.Pool // *rrpair.Pair, for bodies that come as text
}

func newIntake(next consumer.Logs, telemetry *telemetry, volume *volume) *intake {
	return &intake{
		next:      next,
		telemetry: telemetry,
		volume:    volume,
		now:       time.Now,
		pairs:     sync.Pool{New: func() any { return new(rrpair.Pair) }},
	}
}

// errAllRefused says that no record of a batch was good; its text is the answer.
type errAllRefused struct{ text string }

func (e *errAllRefused) Error() string { return e.text }

// take checks the records, takes the bad ones out, and delivers the rest.
func (in *intake) take(ctx context.Context, sender transport, format string, logs plog.Logs) (sums tally, err error) {
	in.inspect(logs, &sums)
	return sums, in.deliver(ctx, sender, format, logs, &sums)
}

// deliver hands inspected logs to the pipeline, returns after it has answered,
// and counts what became of each record. Errors: *errAllRefused when there was
// nothing to deliver because every record was bad, else the pipeline's. A batch
// of which nothing is left because it was dropped is a success.
//
// sums.rejected records were refused for good even when the error is nil.
func (in *intake) deliver(ctx context.Context, sender transport, format string, logs plog.Logs, sums *tally) (err error) {
	ctx = in.telemetry.operations[sender].StartLogsOp(ctx)
	good := sums.good()
	switch {
	case good > 0:
		err = in.next.ConsumeLogs(ctx, logs)
	case sums.rejected > 0 && sums.volume.dropped == 0:
		err = &errAllRefused{text: sums.explain()}
	}

	for why, count := range sums.causes {
		in.telemetry.refusedRecords(ctx, sender, cause(why), count) //nolint:gosec // a small index
	}
	var refused *errAllRefused
	switch {
	case err == nil:
		in.telemetry.accepted(ctx, sender, sums)
		in.commit(ctx, &sums.volume)
		in.telemetry.operations[sender].EndLogsOp(ctx, format, good, nil)
	case errors.As(err, &refused):
		in.telemetry.operations[sender].EndLogsOp(ctx, format, sums.records, err)
	default:
		in.telemetry.refusedRecords(ctx, sender, causeOf(err), good)
		in.telemetry.operations[sender].EndLogsOp(ctx, format, good, err)
	}
	return err
}

// commit counts what was dropped, and books what the budgets paid.
func (in *intake) commit(ctx context.Context, sums *volumeTally) {
	if in.volume == nil {
		return
	}
	in.telemetry.dropped(ctx, sums.byRule)
	in.volume.keep(sums.cells)
	if in.volume.budget != nil {
		in.volume.budget.commit(sums.accounts)
	}
}

// inspect removes every bad record from logs and every dropped one, and prepares
// the others.
func (in *intake) inspect(logs plog.Logs, sums *tally) {
	now := in.timestamp()
	logs.ResourceLogs().RemoveIf(func(resource plog.ResourceLogs) bool {
		before := sums.removed()
		resource.ScopeLogs().RemoveIf(func(scope plog.ScopeLogs) bool {
			before := sums.removed()
			scope.LogRecords().RemoveIf(func(record plog.LogRecord) bool {
				isDropped, bad := in.inspectRecord(resource.Resource(), record, now, sums)
				if bad != nil {
					sums.reject(sums.records, bad)
				}
				sums.records++
				return isDropped || bad != nil
			})
			return sums.removed() > before && scope.LogRecords().Len() == 0
		})
		return sums.removed() > before && resource.ScopeLogs().Len() == 0
	})
}

func (in *intake) timestamp() pcommon.Timestamp {
	return pcommon.NewTimestampFromTime(in.now())
}

func (in *intake) inspectRecord(resource pcommon.Resource, record plog.LogRecord, now pcommon.Timestamp, sums *tally) (isDropped bool, bad *flaw) {
	if !rrpair.IsRRPair(record) {
		sums.others++
		return false, nil
	}
	var of verdict
	if in.volume != nil {
		if of = in.volume.ofLog(resource, record); of.isDropped {
			sums.volume.drop(in.volume, of, sizeOf(record.Body()))
			return true, nil
		}
	}
	if record.Body().Type() != pcommon.ValueTypeMap {
		if bad := in.unfold(record); bad != nil {
			return false, bad
		}
	}
	facts, bad := checkBody(record.Body().Map())
	if bad != nil {
		return false, bad
	}
	if record.ObservedTimestamp() == 0 {
		record.SetObservedTimestamp(now)
	}
	sums.accept(facts)
	sums.volume.keep(of, facts.textBytes)
	return false, nil
}

// unfold turns a body that is the RRPair's JSON as text or bytes into a map, so
// that processors in the pipeline see one form only.
func (in *intake) unfold(record plog.LogRecord) *flaw {
	pair, ok := in.pairs.Get().(*rrpair.Pair)
	if !ok {
		pair = new(rrpair.Pair)
	}
	defer in.pairs.Put(pair)
	var text []byte
	if record.Body().Type() == pcommon.ValueTypeStr {
		text = []byte(record.Body().Str())
	} else {
		text = record.Body().Bytes().AsRaw()
	}
	if err := pair.ParseJSON(text); err != nil {
		return flawOf(err)
	}
	timestamp := record.Timestamp()
	if err := pair.ToLogRecord(record); err != nil {
		return flawOf(err)
	}
	if record.Timestamp() == 0 {
		record.SetTimestamp(timestamp)
	}
	return nil
}

// flawOf is the flaw that a decoder's error describes.
func flawOf(err error) *flaw {
	bad := &flaw{cause: causeMalformed, reason: err.Error()}
	var decode *rrpair.DecodeError
	if !errors.As(err, &decode) {
		return bad
	}
	bad.path, bad.reason = decode.Path, decode.Reason
	if decode.Offset >= 0 {
		bad.reason += " (at byte " + strconv.Itoa(decode.Offset) + ")"
	}
	switch decode.Cause {
	case rrpair.CauseUTF8:
		bad.cause = causeUTF8
	case rrpair.CauseDepth:
		bad.cause = causeDepth
	case rrpair.CauseSize:
		bad.cause = causeTooLarge
	}
	return bad
}
