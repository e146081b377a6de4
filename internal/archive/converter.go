package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/queue"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	// maxBlockBytes closes a block: below the smallest row group, so that a row
	// group is filled well and a block is decompressed for one group only. One
	// larger record is a block of its own.
	maxBlockBytes = 4 << 20
	// maxKeptBytes bounds the memory a pooled builder keeps between requests, so
	// that one 50 MB body does not stay in memory for ever.
	maxKeptBytes = 8 << 20
	// maxKeptBuilders bounds what all builders of a pooled conversion keep
	// together, in bytes: the ordinary request fills far less, and there may be a
	// conversion for each processor.
	maxKeptBuilders = 32 << 20
	// maxOpenBlocks bounds the blocks one request fills at a time. Beyond it (a
	// request over hundreds of services or hours) the fullest is closed.
	maxOpenBlocks = 256
)

// ConverterOptions are what a Converter may be told. The zero value is the
// default.
type ConverterOptions struct {
	// Codec compresses the blocks. Default: DefaultBlockCodec.
	Codec *BlockCodec
	// Admit is asked for every RRPair before it is converted. Nil: all are taken,
	// and nothing is said about their redaction.
	Admit Admission
}

// DefaultBlockCodec was measured to cost the least CPU from record to file, the
// queue's writes included.
const DefaultBlockCodec = BlockS2

// ConvertStats counts what Convert saw.
type ConvertStats struct {
	RRPairs     int // records that lie in the blocks
	Others      int // records that are no RRPair: skipped
	AbsurdTimes int // RRPairs placed by observed time, see Layout.Folder
	RawBytes    int // bytes of the RRPairs as JSON
}

// Rejected is a record that says it is an RRPair but cannot be read, or that was
// not admitted.
type Rejected struct {
	Reason  error
	Refused bool      // Admit's error is the reason. Body is empty where no record of the request was taken
	Time    time.Time // ObservedTimestamp, or the zero time
	Body    []byte    // the record's body: bytes and strings as they are, else JSON
}

// Converter turns log records into row blocks. Safe for concurrent use.
type Converter struct {
	layout  Layout
	admit   Admission
	encoder *blockEncoder
	pool    sync.Pool // of *conversion
}

// NewConverter returns a converter for archives of the given layout, which must
// be valid.
func NewConverter(layout Layout, options ConverterOptions) *Converter {
	codec := DefaultBlockCodec
	if options.Codec != nil {
		codec = *options.Codec
	}
	c := &Converter{layout: layout, admit: options.Admit, encoder: newBlockEncoder(codec)}
	c.pool.New = func() any { return newConversion(c) }
	return c
}

// Convert encodes the RRPairs among the records, one block for each folder,
// service and redaction (several where one grows beyond 4 MiB), in the order in which they
// appear. Records that are no RRPair are skipped and counted; those that cannot
// be read are returned. It keeps no view of logs. The error is that of ctx alone.
func (c *Converter) Convert(ctx context.Context, logs plog.Logs) ([]queue.Block, ConvertStats, []Rejected, error) {
	work := c.pool.Get().(*conversion)
	defer work.release()
	for _, resource := range logs.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			if err := ctx.Err(); err != nil {
				return nil, ConvertStats{}, nil, fmt.Errorf("convert records: %w", err)
			}
			for _, record := range scope.LogRecords().All() {
				if !rrpair.IsRRPair(record) {
					work.stats.Others++
					continue
				}
				work.take(resource.Resource(), record)
			}
		}
	}
	blocks := work.finish()
	return blocks, work.stats, work.rejected, nil
}

// take converts one record that says it is an RRPair.
func (w *conversion) take(resource pcommon.Resource, record plog.LogRecord) {
	err := w.admit(record)
	if err == nil {
		err = w.pair.FromLogRecordDetached(resource, record, &w.bodies)
	}
	var unreadable *rrpair.DecodeError
	switch {
	case err == nil:
		w.add(record.ObservedTimestamp().AsTime())
	case errors.Is(err, rrpair.ErrNotRRPair):
		w.stats.Others++
	case errors.As(err, &unreadable):
		w.reject(record, err)
	default:
		w.refuse(record, err)
	}
}

// conversion is the reusable state of one Convert.
type conversion struct {
	converter *Converter
	pair      rrpair.Pair
	bodies    rrpair.Detached
	shredder  shredder
	namer     folderNamer
	open      map[string]*openBlock // by folder, NUL, service, NUL, redaction
	order     []*openBlock          // open ones, in the order of their first row
	free      []*openBlock
	last      *openBlock
	key       []byte
	hour      int64 // of the folder in hourText; only without partition_by
	hourText  []byte
	payload   []byte
	packed    []byte
	blocks    []queue.Block
	stats     ConvertStats
	rejected  []Rejected
	refused   []plog.LogRecord // of the rejected ones that were refused, in their order; not kept
	redaction Redaction        // of the last record, and its id
	redactID  string
}

type openBlock struct {
	key       []byte
	folder    int // bytes of key that are the folder
	service   int // bytes of key up to the service's end
	redaction string
	rows      rowSet
}

func newConversion(c *Converter) *conversion {
	return &conversion{converter: c, open: make(map[string]*openBlock), hour: -1}
}

// add shreds the loaded pair into its block.
func (w *conversion) add(observed time.Time) {
	eventTime, absurd := EventTime(&w.pair, observed)
	if absurd {
		w.stats.AbsurdTimes++
	}
	before := w.target(eventTime)
	w.shredder.add(&before.rows, &w.pair, &w.bodies, eventTime, !absurd)
	w.stats.RRPairs++
	w.stats.RawBytes += len(w.pair.JSON())
	if before.rows.size() >= maxBlockBytes {
		w.close(before)
	}
}

// target returns the open block of the loaded pair.
func (w *conversion) target(eventTime time.Time) *openBlock {
	w.key = w.appendFolder(w.key[:0], eventTime)
	folder := len(w.key)
	w.key = append(w.key, 0)
	w.key, _ = w.pair.AppendText(w.key, rrpair.FieldService)
	service := len(w.key)
	w.key = append(append(w.key, 0), w.redactID...)
	if w.last != nil && bytes.Equal(w.last.key, w.key) {
		return w.last
	}
	block := w.open[string(w.key)]
	if block == nil {
		if len(w.order) >= maxOpenBlocks {
			w.closeLargest()
		}
		if n := len(w.free); n > 0 {
			block, w.free[n-1] = w.free[n-1], nil // the slot would keep a builder that is not taken back
			w.free = w.free[:n-1]
		} else {
			block = new(openBlock)
		}
		block.key, block.folder, block.service = append(block.key[:0], w.key...), folder, service
		block.redaction = w.redactID
		block.rows.reset()
		w.open[string(w.key)] = block
		w.order = append(w.order, block)
	}
	w.last = block
	return block
}

// appendFolder appends the pair's folder; without partition keys it depends on
// the hour alone and is kept.
func (w *conversion) appendFolder(dst []byte, eventTime time.Time) []byte {
	if len(w.converter.layout.PartitionBy) > 0 {
		return w.namer.append(dst, w.converter.layout, &w.pair, eventTime)
	}
	if hour := eventTime.Unix() / 3600; hour != w.hour {
		w.hour = hour
		w.hourText = w.namer.append(w.hourText[:0], w.converter.layout, &w.pair, eventTime)
	}
	return append(dst, w.hourText...)
}

func (w *conversion) closeLargest() {
	largest := w.order[0]
	for _, block := range w.order[1:] {
		if block.rows.size() > largest.rows.size() {
			largest = block
		}
	}
	w.close(largest)
}

// close encodes a block and makes its builder free.
func (w *conversion) close(block *openBlock) {
	w.encode(block)
	delete(w.open, string(block.key))
	for i, other := range w.order {
		if other == block {
			w.order = append(w.order[:i], w.order[i+1:]...)
			break
		}
	}
	w.last = nil
	w.recycle(block)
}

func (w *conversion) recycle(block *openBlock) {
	if block.rows.capacity() <= maxKeptBytes {
		w.free = append(w.free, block)
	}
}

func (w *conversion) encode(block *openBlock) {
	rows := &block.rows
	w.payload = rows.appendTo(w.payload[:0])
	info := BlockInfo{
		Folder:       string(block.key[:block.folder]),
		Service:      string(block.key[block.folder+1 : block.service]),
		Rows:         rows.rows,
		RawBytes:     rows.jsonBytes,
		Redaction:    block.redaction,
		payloadBytes: len(w.payload),
		codec:        w.converter.encoder.codec,
		minMicros:    rows.minTS,
		maxMicros:    rows.maxTS,
	}
	w.packed = appendBlockHeader(w.packed[:0], &info)
	w.packed = w.converter.encoder.append(w.packed, w.payload)
	sealBlock(w.packed)
	w.blocks = append(w.blocks, queue.Block{Data: bytes.Clone(w.packed), Items: info.Rows, Bytes: info.RawBytes})
}

// finish encodes every open block and returns all of them.
func (w *conversion) finish() []queue.Block {
	for _, block := range w.order {
		w.encode(block)
	}
	w.describeRefused()
	return w.blocks
}

// release returns the conversion to the pool without what it handed out.
func (w *conversion) release() {
	for _, block := range w.order {
		w.recycle(block)
	}
	clear(w.open)
	clear(w.order[:cap(w.order)])
	w.order, w.last = w.order[:0], nil
	w.blocks, w.rejected, w.stats = nil, nil, ConvertStats{}
	w.refused, w.redaction, w.redactID = nil, Redaction{}, ""
	if cap(w.payload) > maxKeptBytes {
		w.payload = nil
	}
	if cap(w.packed) > maxKeptBytes {
		w.packed = nil
	}
	if cap(w.pair.JSON()) > maxKeptBytes {
		w.pair = rrpair.Pair{}
	}
	w.bound()
	w.converter.pool.Put(w)
}

// bound lets go of the builders that are too many or, together, too large.
func (w *conversion) bound() {
	kept, bytes := w.free[:0], 0
	for _, block := range w.free {
		if size := block.rows.capacity(); len(kept) < maxOpenBlocks && bytes+size <= maxKeptBuilders {
			kept, bytes = append(kept, block), bytes+size
		}
	}
	clear(w.free[len(kept):])
	w.free = kept
}
