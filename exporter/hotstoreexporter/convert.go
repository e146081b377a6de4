package hotstoreexporter

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	// maxBlockBytes closes a block, so that what is decoded at a time stays small. A larger document is a block of its own.
	maxBlockBytes = 4 << 20
	// maxKeptBytes bounds what a pooled conversion keeps of pairs and documents, so that one of 50 MB does not stay.
	maxKeptBytes = 8 << 20
)

// converter turns log records into blocks of documents. Safe for concurrent use.
type converter struct {
	admit    func(*rrpair.Pair, plog.LogRecord) error // nil: all are taken
	settings func() rehydrate.Settings
	pool     sync.Pool // of *conversion
}

// rejected is a record that cannot be read or was not admitted.
type rejected struct {
	reason  error
	refused bool // admit's error is the reason
	time    time.Time
	record  plog.LogRecord // valid as long as the request is
}

// converted is what became of a request.
type converted struct {
	blocks []queue.Block
	documents,
	others int
	ids      []uint64 // of the documents' pairs, see shorten
	folders  []string // of the archive, in which the pairs of the documents belong
	from, to time.Time
	rejected []rejected
}

func newConverter(admit func(*rrpair.Pair, plog.LogRecord) error, settings func() rehydrate.Settings) *converter {
	return &converter{admit: admit, settings: settings}
}

// conversion is the reusable state of one request's conversion.
type conversion struct {
	owner    *converter
	identity string // with which the builder was made
	builder  *rehydrate.Builder
	pair     rrpair.Pair
	batch    hotstore.Batch
	packed   []byte
	largest  int
	extra    []hotstore.Extra
	folders  map[string]string // names seen before, so that each is allocated once
	last     string
	result   converted
}

// maxFolders bounds the names that a conversion remembers.
const maxFolders = 1024

func (c *converter) take() *conversion {
	settings := c.settings()
	if w, ok := c.pool.Get().(*conversion); ok && w.identity == settings.Identity {
		return w
	}
	return &conversion{owner: c, identity: settings.Identity, builder: rehydrate.NewBuilder(settings), folders: map[string]string{}}
}

// convert encodes the documents of the RRPairs among the records. It keeps no view of them but the rejected ones. The
// error is that of ctx alone.
func (c *converter) convert(ctx context.Context, logs plog.Logs) (converted, error) {
	w := c.take()
	defer w.release()
	w.result.ids = make([]uint64, 0, logs.LogRecordCount())
	for _, resource := range logs.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			if err := ctx.Err(); err != nil {
				return converted{}, fmt.Errorf("convert records: %w", err)
			}
			for _, record := range scope.LogRecords().All() {
				if !rrpair.IsRRPair(record) {
					w.result.others++
					continue
				}
				w.add(resource.Resource(), record)
			}
		}
	}
	w.close()
	return w.result, nil
}

func (w *conversion) add(resource pcommon.Resource, record plog.LogRecord) {
	err := w.load(resource, record)
	var unreadable *rrpair.DecodeError
	switch {
	case errors.Is(err, rrpair.ErrNotRRPair):
		w.result.others++
		return
	case err != nil:
		w.result.rejected = append(w.result.rejected, rejected{
			reason: err, refused: !errors.As(err, &unreadable), time: observedTime(record), record: record,
		})
		return
	}
	var before rehydrate.Known
	before, w.extra = known(record, w.extra)
	document, folder := w.builder.Build(&w.pair, record.ObservedTimestamp().AsTime(), before)
	w.note(folder, document.Time)
	w.batch.Add(document)
	w.result.documents++
	w.result.ids = append(w.result.ids, shorten(document.UUID))
	w.largest = max(w.largest, len(w.pair.JSON()))
	if w.batch.Bytes() >= maxBlockBytes {
		w.close()
	}
}

// load reads the pair once: the fence leaves it loaded, and only where attributes fill it in it is loaded again.
func (w *conversion) load(resource pcommon.Resource, record plog.LogRecord) error {
	if w.owner.admit != nil {
		if err := w.owner.admit(&w.pair, record); err != nil {
			return err
		}
		if !isFilled(&w.pair, resource, record) {
			return nil
		}
	}
	return w.pair.FromLogRecord(resource, record)
}

// note remembers where in the archive the request's pairs belong.
func (w *conversion) note(folder []byte, at time.Time) {
	if w.result.from.IsZero() || at.Before(w.result.from) {
		w.result.from = at
	}
	if at.After(w.result.to) {
		w.result.to = at
	}
	if w.last == string(folder) {
		return
	}
	name, found := w.folders[string(folder)]
	if !found {
		name = string(folder)
		if len(w.folders) >= maxFolders {
			clear(w.folders)
		}
		w.folders[name] = name
	}
	w.last = name
	if !slices.Contains(w.result.folders, name) {
		w.result.folders = append(w.result.folders, name)
	}
}

// close makes a block of the documents gathered.
func (w *conversion) close() {
	if w.batch.Count == 0 {
		return
	}
	w.packed = w.batch.Append(w.packed[:0])
	w.result.blocks = append(w.result.blocks, queue.Block{Data: slices.Clone(w.packed), Items: w.batch.Count, Bytes: w.batch.Bytes()})
	w.largest = max(w.largest, w.batch.Bytes())
	w.batch.Reset()
}

func (w *conversion) release() {
	w.builder.Release()
	clear(w.extra)
	w.batch.Reset()
	w.result, w.last = converted{}, ""
	if w.largest <= maxKeptBytes {
		w.owner.pool.Put(w)
	}
}

func observedTime(record plog.LogRecord) time.Time {
	if observed := record.ObservedTimestamp(); observed != 0 {
		return observed.AsTime()
	}
	return time.Time{}
}

// rawBody is a record's body for the dead letter: bytes and strings as they are, a map as JSON.
func rawBody(record plog.LogRecord) []byte {
	switch body := record.Body(); body.Type() {
	case pcommon.ValueTypeBytes:
		return body.Bytes().AsRaw()
	case pcommon.ValueTypeStr:
		return []byte(body.Str())
	default:
		return []byte(body.AsString())
	}
}
