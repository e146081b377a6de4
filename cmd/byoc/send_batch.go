package main

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// lineBatch is a run of lines on its way to a worker: the lines' text in one buffer, which goes round.
type lineBatch struct {
	text  []byte
	lines []lineAt
	read  int64 // bytes read from disk for it
}

type lineAt struct {
	file       string
	number     int
	begin, end int // in the batch's text
	long       bool
}

func (b *lineBatch) add(line sourceLine) {
	begin := len(b.text)
	b.text = append(b.text, line.data...)
	b.lines = append(b.lines, lineAt{file: line.file, number: line.number, begin: begin, end: len(b.text), long: line.long})
}

// full says whether another line of so many bytes would exceed the limits; a batch takes at least one.
func (b *lineBatch) full(flags *sendFlags, next int) bool {
	return len(b.lines) > 0 && (len(b.lines) >= flags.batchRecords || len(b.text)+next > flags.batchBytes)
}

// maxKeptBuffer is the largest buffer that goes round; one that a huge record made is given back.
const maxKeptBuffer = 16 << 20

func (b *lineBatch) reset() {
	if cap(b.text) > maxKeptBuffer {
		b.text = nil
	}
	b.text, b.lines, b.read = b.text[:0], b.lines[:0], 0
}

// records are lines as one export request.
type records struct {
	lines   []lineAt // that became a record, in order
	ids     []rrpair.UUID
	bytes   int64 // of JSON
	request plogotlp.ExportRequest
}

// builder turns lines into requests. Each worker has its own.
type builder struct {
	flags *sendFlags
	acked *ackedFile
	clock func() time.Time
	pair  rrpair.Pair
}

// build parses lines of a batch's text. bad is called for each that is no RRPair; known counts those acknowledged
// before. The result does not share memory with text.
func (b *builder) build(text []byte, lines []lineAt, bad func(line lineAt, reason string)) (out records, known int64) {
	logs := plog.NewLogs()
	clusters := map[string]plog.LogRecordSlice{}
	observed := pcommon.NewTimestampFromTime(b.clock())
	for _, line := range lines {
		if line.long {
			bad(line, "longer than "+humanBytes(maxLineBytes))
			continue
		}
		if err := b.pair.ParseJSON(text[line.begin:line.end]); err != nil {
			bad(line, err.Error())
			continue
		}
		id, _ := b.pair.UUID()
		if b.acked.has(id) {
			known++
			continue
		}
		record := b.slot(logs, clusters).AppendEmpty()
		if err := b.pair.ToLogRecord(record); err != nil {
			// It was parsed just now, so this is a mistake of the program and not of the line.
			panic("byoc send: " + err.Error())
		}
		record.SetObservedTimestamp(observed)
		setAttribute(record, "namespace", b.flags.namespace)
		setAttribute(record, "service", b.flags.service)
		out.lines = append(out.lines, line)
		out.ids = append(out.ids, id)
		out.bytes += int64(len(b.pair.JSON()))
	}
	out.request = plogotlp.NewExportRequestFromLogs(logs)
	return out, known
}

func setAttribute(record plog.LogRecord, name, value string) {
	if value != "" {
		record.Attributes().PutStr(name, value)
	}
}

// slot is where a record of the pair's cluster goes: the cluster stands on the resource, as forwarders send it.
func (b *builder) slot(logs plog.Logs, clusters map[string]plog.LogRecordSlice) plog.LogRecordSlice {
	cluster := b.flags.cluster
	if cluster == "" {
		if cluster = b.pair.Text(rrpair.FieldCluster); cluster == undefined {
			cluster = ""
		}
	}
	into, ok := clusters[cluster]
	if !ok {
		resource := logs.ResourceLogs().AppendEmpty()
		if cluster != "" {
			resource.Resource().Attributes().PutStr("cluster", cluster)
		}
		into = resource.ScopeLogs().AppendEmpty().LogRecords()
		clusters[cluster] = into
	}
	return into
}

// undefined is what recordings say for a cluster, namespace or service that the capture did not know.
const undefined = "undefined"
