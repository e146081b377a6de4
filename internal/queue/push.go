package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exporterhelper/xexporterhelper"
	"go.uber.org/zap"
)

// remainingError is the one error of a push: it carries what is left to do, and nothing else.
type remainingError struct {
	err       error
	remaining *Request
}

func (e *remainingError) Error() string { return e.err.Error() }

// Unwrap lets the retry see a wait that the store asked for. A permanent error stays hidden: it would make the
// queue delete the records.
func (e *remainingError) Unwrap() error {
	if consumererror.IsPermanent(e.err) {
		return nil
	}
	return e.err
}

func remainingOf(err error) *Request {
	var remaining *remainingError
	if errors.As(err, &remaining) {
		return remaining.remaining
	}
	return nil
}

// push hands a batch to the handler. It is called again with what remains until nothing does.
func (e *Exporter) push(_ context.Context, request xexporterhelper.Request) error {
	r, ok := request.(*Request)
	if !ok {
		return fmt.Errorf("push: %T does not belong to this queue", request)
	}
	ctx, done := e.pushes.begin()
	defer done()
	if !r.pushed {
		r.pushed = true
		e.announce(ctx, r)
	}
	rest, err := e.pushParts(ctx, r)
	if err == nil {
		e.desk.batches.replace(r, nil)
		r.forget()
		e.health.pushWorked(r.failed)
		if e.config.Volatile {
			e.gate.addStored(-r.given)
		}
		return nil
	}
	rest.queued, rest.failed, rest.pushed, rest.given, rest.desk = r.queued, true, true, r.given, r.desk
	rest.slabs, rest.kept = r.slabs, true
	rest.settle()
	e.desk.batches.replace(r, rest)
	e.health.pushFailed(err, r.failed)
	return &remainingError{err: err, remaining: rest}
}

func (e *Exporter) pushParts(ctx context.Context, r *Request) (*Request, error) {
	var errs []error
	blocks, rest := r.blocks, &Request{}
	for _, t := range r.troubles {
		found, err := e.clear(ctx, &t)
		if err != nil {
			errs = append(errs, err)
			rest.troubles = append(rest.troubles, t)
		}
		blocks = append(blocks, found...)
	}
	if len(blocks) > 0 {
		remaining, err := e.handler.Push(ctx, blocks)
		if err == nil && len(remaining) > 0 {
			err = fmt.Errorf("%d of %d blocks were not stored", len(remaining), len(blocks))
		}
		if err != nil {
			errs = append(errs, err)
			rest.blocks = remaining
			if remaining == nil {
				rest.blocks = blocks
			}
		}
	}
	if len(errs) == 1 {
		return rest, errs[0]
	}
	return rest, errors.Join(errs...)
}

// clear reads an item that could not be read before, or hands one that is unreadable to the handler.
func (e *Exporter) clear(ctx context.Context, t *trouble) ([]Block, error) {
	if t.reason == nil {
		raw, err := e.storage.read(ctx, t.key)
		if err != nil {
			return nil, fmt.Errorf("read item %s of the queue: %w", t.key, err)
		}
		again := unmarshalRequest(raw, e.desk)
		if len(again.troubles) == 0 {
			return again.blocks, nil
		}
		*t = again.troubles[0]
	}
	e.settings.Logger.Error("An item of the queue is unreadable: it is handed to the dead letter",
		zap.Int("bytes", len(t.raw)), zap.NamedError("reason", t.reason))
	if err := e.handler.Unreadable(ctx, t.raw, t.reason); err != nil {
		return nil, fmt.Errorf("hand on an unreadable item of the queue (%w): %w", t.reason, err)
	}
	return nil, nil
}

// announce tells the handler why a batch is pushed.
func (e *Exporter) announce(ctx context.Context, r *Request) {
	if e.handler.Flushed == nil || r.items == 0 {
		return
	}
	reason := ReasonAge
	switch {
	case r.bytes >= int(e.config.Flush.Size):
		reason = ReasonSize
	case r.requests >= maxRequests:
		reason = ReasonRequests
	case e.stopping.Load():
		reason = ReasonShutdown
	}
	e.handler.Flushed(ctx, Batch{Reason: reason, Items: r.items, Bytes: r.bytes, Oldest: r.queued})
}

// pushContexts gives each push a context that ends when the time for shutting down has passed.
type pushContexts struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
}

var errShutdownTime = errors.New("the collector is stopping and shutdown_timeout has passed")

func newPushContexts() *pushContexts {
	p := &pushContexts{}
	p.ctx, p.cancel = context.WithCancelCause(context.Background())
	return p
}

func (p *pushContexts) begin() (context.Context, context.CancelFunc) {
	return context.WithCancel(p.ctx)
}

// endAfter ends all pushes after that time, when ctx ends, or when stop is called.
func (p *pushContexts) endAfter(ctx context.Context, timeout time.Duration) (stop func()) {
	end := func() { p.cancel(errShutdownTime) }
	timer := time.AfterFunc(timeout, end)
	stopContext := context.AfterFunc(ctx, end)
	return func() {
		timer.Stop()
		stopContext()
		end()
	}
}
