package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"
)

const (
	// settleDelay is how long what is not urgent waits for a transaction it can join. After a crash within that
	// time some batches are pushed again; readers drop the duplicates.
	settleDelay = time.Second
	// cacheSize bounds the items kept in memory between being written and being read, in bytes.
	cacheSize = 32 << 20
	// probeKey is where a full storage is tried.
	probeKey = "byoc.probe"
	// maxDeletes bounds the deletes that join one transaction, so that no sender waits long for it.
	maxDeletes = 4096
)

// client stands between the collector's persistent queue and its storage. The queue assumes that every
// operation works, and loses items when one does not. The client keeps one invariant: whenever the process
// dies, the state in the storage is one that the queue was in, and every item which that state needs is there.
//
//   - Only adding an item is written at once, and only its failure reaches the caller: the sender tries again.
//   - Reading and finishing items changes the state in memory; it joins the next transaction or is written after
//     settleDelay. (So an item costs one fsync instead of three.)
//   - An item is deleted together with the first state that does not need it.
//   - An item that could not be added leaves a hole, which gives back the capacity that was booked for it. After
//     that, requests are turned away before the queue books them, until the storage takes data again.
//   - An item that cannot be read now is read again when it is pushed.
//   - A state that cannot be read stops the exporter at its start, instead of beginning with an empty queue.
type client struct {
	inner  storage.Client
	logger *zap.Logger
	stored func(bytes int64) // told the bytes in the queue whenever they change

	mu         sync.Mutex
	recovering bool
	broken     error // why nothing may be written any more
	state      []byte
	frontier   uint64
	dirty      bool             // something of state, sets and deletes is not written
	refusing   bool             // the last new item could not be written
	holes      map[string]int64 // keys and booked bytes of items that could not be added
	holeBytes  int64
	sets       map[string][]byte
	deletes    map[string]struct{}
	cache      map[string][]byte
	cached     int
	timer      *time.Timer
	closed     bool
}

func newClient(inner storage.Client, logger *zap.Logger, stored func(int64)) *client {
	return &client{
		inner:      inner,
		logger:     logger,
		stored:     stored,
		recovering: true,
		sets:       map[string][]byte{},
		deletes:    map[string]struct{}{},
		cache:      map[string][]byte{},
		holes:      map[string]int64{},
	}
}

// endRecovery is called when the queue has started; it returns what stands in the way of trusting it.
func (c *client) endRecovery() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.recovering = false
	return c.broken
}

func (c *client) Get(ctx context.Context, key string) ([]byte, error) {
	operation := storage.GetOperation(key)
	err := c.Batch(ctx, operation)
	return operation.Value, err
}

func (c *client) Set(ctx context.Context, key string, value []byte) error {
	return c.Batch(ctx, storage.SetOperation(key, value))
}

func (c *client) Delete(ctx context.Context, key string) error {
	return c.Batch(ctx, storage.DeleteOperation(key))
}

// Batch carries out what the queue asks for. Its transactions are: the state and a new item; the state, while
// an item is read; the state, while a finished item is deleted; and, when starting, reads and deletes alone.
func (c *client) Batch(ctx context.Context, operations ...*storage.Operation) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken != nil {
		return c.broken
	}
	var added []*storage.Operation
	hasState := false
	for _, operation := range operations {
		switch {
		case operation.Type == storage.Set && operation.Key == metadataKey:
			c.state, hasState = operation.Value, true
		case operation.Type == storage.Set:
			added = append(added, operation)
		case operation.Type == storage.Delete:
			c.drop(operation.Key)
		}
	}
	var err error
	switch {
	case len(added) > 0:
		err = c.add(ctx, added)
	case hasState || c.dirty:
		c.postpone()
	}
	for _, operation := range operations {
		if operation.Type == storage.Get {
			err = errors.Join(err, c.get(ctx, operation, hasState))
		}
	}
	if hasState {
		c.stored(sizeOf(c.state) - c.holeBytes)
	}
	return err
}

// admit says whether an item of that size can be written, if the last one could not be.
func (c *client) admit(ctx context.Context, size int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.refusing || c.broken != nil {
		return c.broken
	}
	if err := c.commit(ctx, []*storage.Operation{storage.SetOperation(probeKey, make([]byte, size))}); err != nil {
		return err
	}
	c.refusing = false
	c.drop(probeKey)
	c.postpone()
	return nil
}

func (c *client) drop(key string) {
	delete(c.sets, key)
	c.holeBytes -= c.holes[key]
	delete(c.holes, key)
	c.forget(key)
	c.deletes[key] = struct{}{}
	c.dirty = true
}

// add writes new items, and with them all that waits.
func (c *client) add(ctx context.Context, added []*storage.Operation) error {
	err := c.commit(ctx, added)
	c.refusing = err != nil && !c.recovering
	if err == nil {
		for _, operation := range added {
			if c.cached+len(operation.Value) <= cacheSize {
				c.cache[operation.Key] = operation.Value
				c.cached += len(operation.Value)
			}
		}
		return nil
	}
	for _, operation := range added {
		if c.recovering {
			// Acknowledged long ago: it is written when that is possible, and can be read until then.
			c.sets[operation.Key] = operation.Value
			continue
		}
		booked := unmarshalRequest(operation.Value, nil)
		c.sets[operation.Key] = marshalHole(booked.items, booked.bytes)
		c.holes[operation.Key] = int64(booked.bytes)
		c.holeBytes += int64(booked.bytes)
	}
	c.postpone()
	if c.recovering {
		c.logger.Warn("The queue's storage takes no data; items stay where they are", zap.Error(err))
		return nil
	}
	return err
}

// get reads one item, or the state when the queue starts.
func (c *client) get(ctx context.Context, operation *storage.Operation, reading bool) error {
	key := operation.Key
	if key == metadataKey {
		return c.getState(ctx, operation)
	}
	value, err := c.lookUp(ctx, key)
	switch {
	case err != nil && reading:
		c.logger.Warn("An item of the queue cannot be read now; it is read again before it is pushed",
			zap.String("key", key), zap.Error(err))
		operation.Value = marshalDeferred(key)
		return nil
	case err != nil:
		return c.fail(fmt.Errorf("read item %s of the queue: %w", key, err))
	case value == nil && reading && c.finished(key):
		value = marshalHole(0, 0)
	}
	operation.Value = value
	return nil
}

func (c *client) finished(key string) bool {
	m := metadata{frontier: c.frontier}
	return m.finished(key)
}

func (c *client) lookUp(ctx context.Context, key string) ([]byte, error) {
	if value, found := c.sets[key]; found {
		return value, nil
	}
	if value, found := c.cache[key]; found {
		c.forget(key)
		return value, nil
	}
	return c.inner.Get(ctx, key)
}

func (c *client) forget(key string) {
	c.cached -= len(c.cache[key])
	delete(c.cache, key)
}

// readItem reads an item that is being pushed.
func (c *client) readItem(ctx context.Context, key string) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lookUp(ctx, key)
}

// getState reads the state of the queue. The queue would begin anew, over the items that are there, when that
// fails, so a failure stops everything.
func (c *client) getState(ctx context.Context, operation *storage.Operation) error {
	value, err := c.inner.Get(ctx, metadataKey)
	if err != nil {
		return c.fail(fmt.Errorf("read the state of the queue: %w", err))
	}
	if len(value) == 0 {
		return nil
	}
	state, err := parseMetadata(value)
	if err != nil {
		return c.fail(fmt.Errorf("the queue's storage is damaged: keep its file for a rescue and move it away, then start again: %w", err))
	}
	c.frontier = state.frontier
	c.stored(state.bytes)
	operation.Value = state.marshal(false)
	return nil
}

// fail stops all writing when the queue could not be recovered.
func (c *client) fail(err error) error {
	if c.recovering && c.broken == nil {
		c.broken = err
	}
	return err
}

// Close writes what waits and closes the storage.
func (c *client) Close(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if c.timer != nil {
		c.timer.Stop()
	}
	var err error
	for c.dirty && c.broken == nil && err == nil {
		if err = c.commit(ctx, nil); err != nil {
			c.logger.Warn("The queue's storage took no data at the end; some batches will be pushed again", zap.Error(err))
		}
	}
	return c.inner.Close(ctx)
}
