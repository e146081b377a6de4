package deadletter

import (
	"context"
	"errors"
	"sync"
	"time"

	"filippo.io/age"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

// Record is one record that is given up.
type Record struct {
	Component string    // id of the component that gave it up, such as exporter/archive
	Reason    string    // why, in words that hold nothing of the record's content
	Time      time.Time // when it was given up; zero: now
	Body      []byte    // the record as it came; only its hash is kept unless there are recipients. Not retained.
	KeyedHash string    // if set, it is kept instead of a hash of Body: the plain hash of a short record can be guessed
}

// Sink takes records that are given up.
type Sink interface {
	// Write returns when the records are stored, so that the caller may acknowledge them, or with an error, after which
	// the caller must keep them and may write them again. Safe for concurrent use; concurrent calls share objects.
	Write(ctx context.Context, records ...Record) error
}

// Stored tells an observer of one object.
type Stored struct {
	Key     string
	Records map[string]int // by component
	Bytes   int            // of the object
}

// ErrClosed: the sink was closed.
var ErrClosed = errors.New("dead letter: closed")

// ErrBusy: the store is too slow for the records that wait for it already. Write again later.
var ErrBusy = errors.New("dead letter: too many records wait for the store")

// maxHeld bounds the text, in bytes, that waits for the store. Without it, senders that give up on a store that hangs
// and send again would leave a copy in memory each time. A single larger call passes when nothing else waits.
const maxHeld = 64 << 20

// maxBatch is the text, in bytes, at which an object is written without waiting any longer.
const maxBatch = 4 << 20

// Writer is the Sink on a bucket.
type Writer struct {
	store      *bucket.Bucket
	recipients []age.Recipient
	delay      time.Duration
	observe    func(Stored)

	mu      sync.Mutex
	open    *batch // gathers records; nil when there are none
	held    int    // bytes of text in batches that are not done
	closed  bool
	flushes sync.WaitGroup
	ctx     context.Context
	cancel  context.CancelFunc
}

// NewWriter makes a sink. observe, if not nil, is called after each stored object and must be quick. Close it.
func NewWriter(store *bucket.Bucket, cfg Config, observe func(Stored)) (*Writer, error) {
	recipients, err := cfg.recipients()
	if err != nil {
		return nil, err
	}
	w := &Writer{store: store, recipients: recipients, delay: cfg.MaxDelay, observe: observe}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	return w, nil
}

// batch is what one flush stores: the lines of each day.
type batch struct {
	days map[string]*day
	size int
	full chan struct{} // closed when nothing may be added any more
	done chan struct{} // closed when err is set
	err  error
}

// Write implements Sink.
func (w *Writer) Write(ctx context.Context, records ...Record) error {
	if len(records) == 0 {
		return nil
	}
	lines := make([]line, 0, len(records))
	for _, record := range records {
		l, err := w.line(record)
		if err != nil {
			return err
		}
		lines = append(lines, l)
	}
	joined, err := w.join(lines)
	if err != nil {
		return err
	}
	select {
	case <-joined.done:
		return joined.err
	case <-ctx.Done():
		return ctx.Err() // the batch may still be stored: a second write of the record is harmless
	}
}

// join adds the lines to the open batch and starts its clock if they are its first.
func (w *Writer) join(lines []line) (*batch, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, ErrClosed
	}
	size := 0
	for _, l := range lines {
		size += len(l.text)
	}
	if w.held > 0 && w.held+size > maxHeld {
		return nil, ErrBusy
	}
	w.held += size
	b := w.open
	if b == nil {
		b = &batch{days: map[string]*day{}, full: make(chan struct{}), done: make(chan struct{})}
		w.open = b
		w.flushes.Add(1)
		go w.flushLater(b)
	}
	for _, l := range lines {
		b.add(l)
	}
	if b.size >= maxBatch {
		w.seal(b)
	}
	return b, nil
}

// seal ends the gathering of a batch. The lock is held.
func (w *Writer) seal(b *batch) {
	if w.open == b {
		w.open = nil
		close(b.full)
	}
}

func (w *Writer) flushLater(b *batch) {
	defer w.flushes.Done()
	timer := time.NewTimer(w.delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-b.full:
	}
	w.mu.Lock()
	w.seal(b)
	w.mu.Unlock()
	b.err = w.flush(b)
	w.mu.Lock()
	w.held -= b.size
	w.mu.Unlock()
	b.days = nil // whoever waits for done holds the batch a little longer
	close(b.done)
}

// Close stores what is gathered and waits for it; when ctx ends, what is still under way fails.
func (w *Writer) Close(ctx context.Context) error {
	w.mu.Lock()
	w.closed = true
	if w.open != nil {
		w.seal(w.open)
	}
	w.mu.Unlock()
	stop := context.AfterFunc(ctx, w.cancel)
	defer stop()
	w.flushes.Wait()
	w.cancel()
	return ctx.Err()
}
