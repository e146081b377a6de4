package queue

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exporterhelper/xexporterhelper"
	"go.opentelemetry.io/collector/pdata/plog"
)

// Handler is what an exporter does with records and blocks. Convert, Push and Unreadable are required; all of
// them are called concurrently.
type Handler struct {
	// Convert turns records into blocks on the caller's goroutine. It must not keep the records. Its error goes
	// to the sender as it is: wrap it in consumererror.NewPermanent when sending again cannot help. No blocks
	// and no error means that nothing of the request is to be stored.
	Convert func(ctx context.Context, records plog.Logs) ([]Block, error)
	// Queued is told of blocks that were put in the queue, so that they are acknowledged. Optional.
	Queued func(ctx context.Context, blocks []Block)
	// Push writes blocks to the store. With an error it returns the blocks that are not stored yet (nil: all of
	// them); only those are pushed again, for ever. Remaining blocks without an error are an error too. No error is permanent:
	// what can never be stored must be dealt with (dead letter) before Push returns without it. Blocks must not be
	// kept or read after Push has returned: their memory is given back to the system.
	Push func(ctx context.Context, blocks []Block) (remaining []Block, err error)
	// Unreadable receives an item of the queue that is damaged, with what is wrong with it; raw is nil when it
	// is missing. The item is kept and the call repeated until it succeeds.
	Unreadable func(ctx context.Context, raw []byte, reason error) error
	// Refuse may reject records before they are converted and queued. Optional.
	Refuse func(ctx context.Context, records plog.Logs) error
	// Flushed is told why a batch is pushed, before its first attempt. Optional.
	Flushed func(ctx context.Context, batch Batch)
	// Start and Shutdown belong to the exporter's life: Start comes before the first Push, Shutdown after the
	// last one. Optional.
	Start    component.StartFunc
	Shutdown component.ShutdownFunc
}

// Reason is why a batch is pushed.
type Reason string

// The reasons.
const (
	ReasonSize     Reason = "size"
	ReasonRequests Reason = "requests" // very many small requests
	ReasonAge      Reason = "age"
	ReasonShutdown Reason = "shutdown"
)

// Batch describes what is about to be pushed.
type Batch struct {
	Reason Reason
	Items  int
	Bytes  int       // uncompressed
	Oldest time.Time // when its oldest record was queued
}

// Exporter is a logs exporter around the queue.
type Exporter struct {
	config   Config
	settings exporter.Settings
	handler  Handler
	inner    exporter.Logs
	gate     *gate
	health   *health
	desk     *desk
	storage  *storageExtension // nil when volatile
	stopping atomic.Bool
	ended    atomic.Bool
	pushes   *pushContexts
	none     plog.Logs // what the inner exporter is given beside the request
}

// NewLogs makes an exporter that queues as config says and leaves the rest to the handler. It needs the queue
// storage at Start, not before.
func NewLogs(ctx context.Context, settings exporter.Settings, config Config, handler Handler) (*Exporter, error) {
	if handler.Convert == nil || handler.Push == nil || handler.Unreadable == nil {
		return nil, errors.New("create queue: the handler lacks Convert, Push or Unreadable")
	}
	e := &Exporter{
		config:   config,
		settings: settings,
		handler:  handler,
		gate:     newGate(int64(config.SendingQueue.QueueSize)),
		health:   newHealth(),
		desk:     newDesk(),
		pushes:   newPushContexts(),
		none:     plog.NewLogs(),
	}
	queueConfig := exporterhelper.NewDefaultQueueConfig()
	queueConfig.Sizer = exporterhelper.RequestSizerTypeBytes
	queueConfig.QueueSize = int64(config.SendingQueue.QueueSize)
	queueConfig.NumConsumers = config.SendingQueue.NumConsumers
	// The gate in front has admitted what the queue is offered: the queue itself never makes anyone wait.
	queueConfig.BlockOnOverflow = false
	queueConfig.Batch = configoptional.Some(exporterhelper.BatchConfig{
		FlushTimeout: config.Flush.Age,
		Sizer:        exporterhelper.RequestSizerTypeBytes,
		MinSize:      int64(config.Flush.Size),
	})
	if config.Volatile {
		// Room is given back at the end of a push, the memory queue takes note of it a moment later.
		queueConfig.QueueSize *= 2
	} else {
		queueConfig.StorageID = config.SendingQueue.Storage
		e.storage = newStorageExtension(settings.Logger, e.gate)
	}
	innerSettings := settings
	innerSettings.Logger = withHonestMessages(settings.Logger, config.Volatile)
	inner, err := xexporterhelper.NewLogsRequest(ctx, innerSettings, requestFromContext, e.push,
		xexporterhelper.WithQueueBatch(queueConfig, xexporterhelper.QueueBatchSettings{Encoding: encoding{desk: e.desk}}),
		exporterhelper.WithRetry(config.Retry.backOff()),
		exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{Timeout: 0}))
	if err != nil {
		return nil, fmt.Errorf("create queue: %w", err)
	}
	e.inner = inner
	return e, nil
}

// Capabilities says that the records are only read.
func (*Exporter) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: false}
}

// ConsumeLogs converts the records and queues them. When it returns without error they are on disk (with
// volatile: in memory). Its error is retryable unless the handler or the size of the request says otherwise.
func (e *Exporter) ConsumeLogs(ctx context.Context, records plog.Logs) error {
	if e.handler.Refuse != nil {
		if err := e.handler.Refuse(ctx, records); err != nil {
			return err
		}
	}
	blocks, err := e.handler.Convert(ctx, records)
	if err != nil {
		return err
	}
	if len(blocks) == 0 {
		return nil
	}
	return e.offer(ctx, newRequest(blocks, time.Now(), e.desk))
}

func (e *Exporter) offer(ctx context.Context, request *Request) error {
	size := int64(request.BytesSize())
	if size > int64(e.config.SendingQueue.QueueSize) {
		return consumererror.NewPermanent(fmt.Errorf("a request of %d bytes does not fit in the queue: send less at once or raise sending_queue::queue_size (%s)",
			size, e.config.SendingQueue.QueueSize))
	}
	if err := e.gate.enter(ctx, size, e.config.SendingQueue.BlockOnOverflow); err != nil {
		return err
	}
	if e.config.Volatile {
		// Counted before it can be pushed, so that the push finds what it gives back.
		e.gate.addStored(size)
		request.keep()
	}
	blocks := request.blocks // a push may change the request
	err := e.storage.admit(ctx, request)
	if err == nil {
		err = e.inner.ConsumeLogs(contextWithRequest(ctx, request), e.none)
	}
	if e.config.Volatile && err != nil {
		e.gate.addStored(-size)
		request.forget()
	}
	e.gate.leave(size)
	if err != nil {
		err = fmt.Errorf("put records in the queue: %w", err)
	}
	e.health.report(causeQueue, err)
	if err == nil && e.handler.Queued != nil {
		e.handler.Queued(ctx, blocks)
	}
	return err
}

// Report sets, or with nil clears, one thing that is wrong with the exporter beside what the queue itself sees. The
// exporter is healthy when nothing is. Call it from Handler.Start on.
func (e *Exporter) Report(what string, err error) { e.health.report(cause("handler "+what), err) }

// Waiting returns the uncompressed bytes in the queue and what it can hold.
func (e *Exporter) Waiting() (bytes, capacity int64) { return e.gate.level() }

// OldestUnflushed returns when the oldest record was queued that is not yet in the store; false when there is none.
func (e *Exporter) OldestUnflushed() (time.Time, bool) { return e.desk.batches.oldest() }

type requestKey struct{}

// The request travels in the context because the collector's converter makes every error permanent: the
// records are converted before, where errors keep their meaning.
func contextWithRequest(ctx context.Context, request *Request) context.Context {
	return context.WithValue(ctx, requestKey{}, request)
}

func requestFromContext(ctx context.Context, _ plog.Logs) (xexporterhelper.Request, error) {
	request, ok := ctx.Value(requestKey{}).(*Request)
	if !ok {
		return nil, errors.New("take request from context: none there")
	}
	return request, nil
}
