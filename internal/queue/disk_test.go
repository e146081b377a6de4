package queue

import (
	"context"
	"errors"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

var (
	errKilled   = errors.New("the process is dead")
	errDiskFull = errors.New("no space left on device")
)

// disk is storage that outlives the processes that use it. Transactions are atomic.
type disk struct {
	mu    sync.Mutex
	items map[string][]byte
	full  bool // sets fail
	deny  bool // everything fails
}

func newDisk() *disk { return &disk{items: map[string][]byte{}} }

func (d *disk) set(change func(*disk)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(d)
}

// keys returns the keys of the items, without the queue's state.
func (d *disk) keys() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var keys []string
	for key := range d.items {
		if key != metadataKey {
			keys = append(keys, key)
		}
	}
	return keys
}

// process is one life of the collector on a disk. It may be killed before or after any transaction.
type process struct {
	component.StartFunc
	component.ShutdownFunc
	disk *disk

	mu           sync.Mutex
	dead         bool
	transactions int
	killAt       int // die at this transaction, counted from 1; 0: never
	events       []*componentstatus.Event
}

func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dead = true
}

func (p *process) alive() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.dead
}

func (p *process) GetClient(context.Context, component.Kind, component.ID, string) (storage.Client, error) {
	return &diskClient{p}, nil
}

// GetExtensions makes the process a host whose only extension is its storage.
func (p *process) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{storageID: p}
}

// Report takes the exporter's status.
func (p *process) Report(event *componentstatus.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, event)
}

func (p *process) statuses() []componentstatus.Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	var statuses []componentstatus.Status
	for _, event := range p.events {
		statuses = append(statuses, event.Status())
	}
	return statuses
}

type diskClient struct{ process *process }

func (c *diskClient) Get(ctx context.Context, key string) ([]byte, error) {
	operation := storage.GetOperation(key)
	err := c.Batch(ctx, operation)
	return operation.Value, err
}

func (c *diskClient) Set(ctx context.Context, key string, value []byte) error {
	return c.Batch(ctx, storage.SetOperation(key, value))
}

func (c *diskClient) Delete(ctx context.Context, key string) error {
	return c.Batch(ctx, storage.DeleteOperation(key))
}

func (*diskClient) Close(context.Context) error { return nil }

func (c *diskClient) Batch(_ context.Context, operations ...*storage.Operation) error {
	p := c.process
	p.mu.Lock()
	defer p.mu.Unlock()
	p.transactions++
	if p.transactions == p.killAt {
		p.dead = true
	}
	if p.dead {
		return errKilled
	}
	p.disk.mu.Lock()
	defer p.disk.mu.Unlock()
	if p.disk.deny {
		return errDiskFull
	}
	for _, operation := range operations {
		if operation.Type == storage.Set && p.disk.full {
			return errDiskFull
		}
	}
	for _, operation := range operations {
		switch operation.Type {
		case storage.Get:
			operation.Value = append([]byte(nil), p.disk.items[operation.Key]...)
		case storage.Set:
			p.disk.items[operation.Key] = append([]byte(nil), operation.Value...)
		case storage.Delete:
			delete(p.disk.items, operation.Key)
		}
	}
	return nil
}
