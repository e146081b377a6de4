package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/klauspost/compress/zstd"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// traffic is the load, encoded once: requests are marshaled export requests, as they go over the wire.
type traffic struct {
	requests                                             [][]byte
	ids                                                  [][]rrpair.UUID // of each request
	pairs                                                int
	jsonBytes, protoBytes, otlpJSONBytes, protoZstdBytes int64
}

// first is the beginning of the load, whole requests of at least that many pairs. Its byte counts are not set.
func (t *traffic) first(pairs int) *traffic {
	part := &traffic{}
	for i, ids := range t.ids {
		if part.pairs >= pairs {
			break
		}
		part.requests, part.ids = t.requests[:i+1], t.ids[:i+1]
		part.pairs += len(ids)
	}
	return part
}

// loadTraffic generates or reads the pairs and encodes them as a forwarder does. It also sizes the peer formats: plain
// OTLP-JSON, and OTLP protobuf with zstd per request.
func loadTraffic(o options) (*traffic, error) {
	next, done, err := pairSource(o)
	if err != nil {
		return nil, err
	}
	defer done()
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	var (
		t         traffic
		pair      rrpair.Pair
		jsonCoder plog.JSONMarshaler
		logs      plog.Logs
		records   plog.LogRecordSlice
		ids       []rrpair.UUID
		compacted []byte
	)
	flush := func() error {
		if records.Len() == 0 {
			return nil
		}
		request, err := plogotlp.NewExportRequestFromLogs(logs).MarshalProto()
		if err != nil {
			return err
		}
		plain, err := jsonCoder.MarshalLogs(logs)
		if err != nil {
			return err
		}
		compacted = encoder.EncodeAll(request, compacted[:0])
		t.requests, t.ids = append(t.requests, request), append(t.ids, ids)
		t.protoBytes += int64(len(request))
		t.otlpJSONBytes += int64(len(plain))
		t.protoZstdBytes += int64(len(compacted))
		return nil
	}
	fresh := func() {
		ids = make([]rrpair.UUID, 0, o.perRequest)
		logs = plog.NewLogs()
		resource := logs.ResourceLogs().AppendEmpty()
		resource.Resource().Attributes().PutStr("cluster", "bench-1")
		records = resource.ScopeLogs().AppendEmpty().LogRecords()
	}
	fresh()
	for t.pairs < o.pairs {
		line, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := pair.ParseJSON(line); err != nil {
			return nil, fmt.Errorf("pair %d: %w", t.pairs+1, err)
		}
		record := records.AppendEmpty()
		if err := pair.ToLogRecord(record); err != nil {
			return nil, fmt.Errorf("pair %d: %w", t.pairs+1, err)
		}
		id, _ := pair.UUID()
		ids = append(ids, id)
		record.SetObservedTimestamp(pcommon.NewTimestampFromTime(time.Now()))
		t.pairs++
		t.jsonBytes += int64(len(line)) + 1
		if records.Len() == o.perRequest {
			if err := flush(); err != nil {
				return nil, err
			}
			fresh()
		}
	}
	return &t, flush()
}

// pairSource yields raw.jsonl lines: from a file, or generated.
func pairSource(o options) (next func() ([]byte, error), done func(), err error) {
	if o.traffic == "" {
		// 20 pairs a second spread the load over some hours, as an archive's hours are in life.
		generator := demo.NewGenerator(demo.Options{Seed: 1, Rate: 20})
		var line []byte
		return func() ([]byte, error) {
			line = generator.Next(line[:0])
			return line, nil
		}, func() {}, nil
	}
	file, err := os.Open(o.traffic)
	if err != nil {
		return nil, nil, err
	}
	scanner := bufio.NewScanner(file)
	scanner.Buffer(make([]byte, 1<<20), 64<<20)
	return func() ([]byte, error) {
		if scanner.Scan() {
			return scanner.Bytes(), nil
		}
		if err := scanner.Err(); err != nil {
			return nil, err
		}
		return nil, io.EOF
	}, func() { file.Close() }, nil
}
