package archive

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

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
