package sqlite

import (
	"container/list"
	"sync"
)

// cacheBytes bounds what a store remembers of the parts that filters read: those of some five million documents.
const cacheBytes = 64 << 20

// cache remembers what lies in segments, which never change: heads as they are parsed, and columns. It drops what was not
// asked for the longest. Safe for concurrent use.
type cache struct {
	mutex   sync.Mutex
	entries map[cacheKey]*list.Element
	order   list.List // of *cacheEntry, the last used first
	bytes   int
}

// cacheKey names a part of a file that is open; a file that comes after it with the same name is another day.
type cacheKey struct {
	day *day
	id  int64
}

type cacheEntry struct {
	key   cacheKey
	value any
	bytes int
}

func newCache() *cache { return &cache{entries: map[cacheKey]*list.Element{}} }

func (c *cache) get(key cacheKey) (value any, have bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	element, have := c.entries[key]
	if !have {
		return nil, false
	}
	c.order.MoveToFront(element)
	return element.Value.(*cacheEntry).value, true
}

func (c *cache) put(key cacheKey, value any, bytes int) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if _, have := c.entries[key]; have || bytes > cacheBytes/16 {
		return
	}
	c.entries[key] = c.order.PushFront(&cacheEntry{key, value, bytes})
	for c.bytes += bytes; c.bytes > cacheBytes; {
		c.remove(c.order.Back())
	}
}

func (c *cache) remove(element *list.Element) {
	entry := c.order.Remove(element).(*cacheEntry)
	delete(c.entries, entry.key)
	c.bytes -= entry.bytes
}

// forget drops what belongs to a day that is closed.
func (c *cache) forget(d *day) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for key, element := range c.entries {
		if key.day == d {
			c.remove(element)
		}
	}
}
