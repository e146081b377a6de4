package archive

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// reject keeps what is needed to set a record aside that cannot be read.
func (w *conversion) reject(record plog.LogRecord, reason error) {
	w.rejected = append(w.rejected, Rejected{Reason: reason, Time: observedTime(record), Body: rawBody(record)})
}

// refuse notes a record that was not admitted.
func (w *conversion) refuse(record plog.LogRecord, reason error) {
	w.rejected = append(w.rejected, Rejected{Reason: reason, Refused: true, Time: observedTime(record)})
	w.refused = append(w.refused, record)
}

// describeRefused gives refused records their bodies where others of the request
// were taken: they go to the dead letter then. Of a request that is refused as a
// whole nothing is kept.
func (w *conversion) describeRefused() {
	if w.stats.RRPairs == 0 {
		return
	}
	next := 0
	for i := range w.rejected {
		if w.rejected[i].Refused {
			w.rejected[i].Body = rawBody(w.refused[next])
			next++
		}
	}
}

func observedTime(record plog.LogRecord) time.Time {
	if observed := record.ObservedTimestamp(); observed != 0 {
		return observed.AsTime()
	}
	return time.Time{}
}

// admit asks whether the record may be stored and keeps how it was redacted.
func (w *conversion) admit(record plog.LogRecord) error {
	if w.converter.admit == nil {
		return nil
	}
	redaction, err := w.converter.admit(record)
	if err != nil {
		return err
	}
	if w.redactID == "" || redaction != w.redaction {
		w.redaction, w.redactID = redaction, redaction.String()
	}
	return nil
}

// rawBody returns a record's body for the dead letter: bytes and strings as they
// are, a map as JSON. Where pdata cannot write it as JSON (NaN, for one) it is the
// whole record as OTLP protobuf.
func rawBody(record plog.LogRecord) []byte {
	body := record.Body()
	switch body.Type() {
	case pcommon.ValueTypeBytes:
		return body.Bytes().AsRaw()
	case pcommon.ValueTypeStr:
		return []byte(body.Str())
	}
	if text := body.AsString(); text != "" {
		return []byte(text)
	}
	logs := plog.NewLogs()
	record.CopyTo(logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty())
	data, err := new(plog.ProtoMarshaler).MarshalLogs(logs)
	if err != nil {
		return nil
	}
	return data
}
