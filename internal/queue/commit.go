package queue

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"
)

// commit writes the state, all that waits and the added items in one transaction. The caller holds the lock.
func (c *client) commit(ctx context.Context, added []*storage.Operation) error {
	var operations []*storage.Operation
	needed := func(string) bool { return false }
	if c.state != nil {
		state, err := parseMetadata(c.state)
		if err != nil {
			return err
		}
		c.frontier = max(c.frontier, state.frontier)
		state.frontier = c.frontier
		needed = state.needs()
		compacted := state.compact()
		operations = append(operations, storage.SetOperation(metadataKey, compacted.marshal(true)))
	}
	for key, value := range c.sets {
		operations = append(operations, storage.SetOperation(key, value))
	}
	operations = append(operations, added...)
	deletes, more := c.deletesNow(needed)
	for _, key := range deletes {
		operations = append(operations, storage.DeleteOperation(key))
	}
	if err := c.inner.Batch(ctx, operations...); err != nil {
		return err
	}
	clear(c.sets)
	for _, key := range deletes {
		delete(c.deletes, key)
	}
	c.dirty = false
	if more {
		c.postpone()
	}
	return nil
}

// deletesNow returns the keys that the state to be written does not need, and whether there are more of them.
func (c *client) deletesNow(needed func(string) bool) (keys []string, more bool) {
	for key := range c.deletes {
		if needed(key) {
			continue
		}
		if len(keys) == maxDeletes {
			return keys, true
		}
		keys = append(keys, key)
	}
	return keys, false
}

// postpone sees to it that what waits is written before long.
func (c *client) postpone() {
	c.dirty = true
	if c.timer == nil && !c.closed {
		c.timer = time.AfterFunc(settleDelay, c.settle)
	}
}

func (c *client) settle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.timer = nil
	if !c.dirty || c.closed || c.broken != nil {
		return
	}
	if err := c.commit(context.Background(), nil); err != nil {
		c.logger.Warn("The queue's storage takes no data; trying again", zap.Error(err))
		c.postpone()
	}
}

// allRead says whether every item in the storage was read, so that it is in a batch or finished. Holes do not
// count: the queue does not look at one before the next item is added.
func (c *client) allRead() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == nil || c.broken != nil {
		return true
	}
	state, err := parseMetadata(c.state)
	return err != nil || state.write-state.read <= uint64(len(c.holes))
}
