package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"
)

// drainInterval is how often a stopping exporter looks whether the queue is read to its end.
const drainInterval = 5 * time.Millisecond

// Start starts the handler and then the queue, which begins with what an earlier process left behind. It fails
// when the storage is missing or cannot be trusted: going on without it would lose what lies there.
func (e *Exporter) Start(ctx context.Context, host component.Host) error {
	e.health.start(host)
	innerHost := host
	if e.storage != nil {
		id := *e.config.SendingQueue.Storage
		if err := e.storage.wrap(host, id); err != nil {
			return err
		}
		innerHost = storageHost{Host: host, id: id, storage: e.storage}
	}
	if e.handler.Start != nil {
		if err := e.handler.Start(ctx, host); err != nil {
			return err
		}
	}
	if err := e.inner.Start(ctx, innerHost); err != nil {
		// The queue has cleaned up after itself and must not be shut down again.
		e.ended.Store(true)
		return errors.Join(fmt.Errorf("start queue: %w", err), e.shutdownHandler(ctx))
	}
	if e.storage != nil {
		if err := e.storage.recovered(); err != nil {
			return errors.Join(fmt.Errorf("start queue: %w", err), e.Shutdown(ctx))
		}
	}
	return nil
}

// Shutdown writes what it can within shutdown_timeout and leaves the rest in the queue's storage. Only its
// first call does something.
func (e *Exporter) Shutdown(ctx context.Context) error {
	if e.ended.Swap(true) {
		return nil
	}
	e.stopping.Store(true)
	stop := e.pushes.endAfter(ctx, e.config.ShutdownTimeout)
	e.drain(ctx)
	err := e.inner.Shutdown(ctx)
	stop()
	e.desk.slabs.close()
	if left, _ := e.gate.level(); left > 0 {
		if e.config.Volatile {
			e.settings.Logger.Error("Records were not stored before the end and are lost, because the queue is volatile",
				zap.Int64("bytes", left))
		} else {
			e.settings.Logger.Info("Records stay in the queue's storage until the next start", zap.Int64("bytes", left))
		}
	}
	return errors.Join(err, e.shutdownHandler(ctx))
}

// drain lets the queue be read to its end, if the store takes what is read: the queue stops reading when it is shut
// down, and what it has read is still pushed then. Half of the time is kept for that.
func (e *Exporter) drain(ctx context.Context) {
	if e.storage == nil || e.storage.client == nil {
		return
	}
	deadline := time.NewTimer(e.config.ShutdownTimeout / 2)
	defer deadline.Stop()
	for !e.storage.client.allRead() && !e.health.pushFails() {
		select {
		case <-ctx.Done():
			return
		case <-deadline.C:
			return
		case <-time.After(drainInterval):
		}
	}
}

func (e *Exporter) shutdownHandler(ctx context.Context) error {
	if e.handler.Shutdown == nil {
		return nil
	}
	return e.handler.Shutdown(ctx)
}

// storageHost is the host with our storage in the place of the one that it stands before.
type storageHost struct {
	component.Host
	id      component.ID
	storage component.Component
}

// GetExtensions returns the extensions of the host.
func (h storageHost) GetExtensions() map[component.ID]component.Component {
	extensions := map[component.ID]component.Component{}
	for id, extension := range h.Host.GetExtensions() {
		extensions[id] = extension
	}
	extensions[h.id] = h.storage
	return extensions
}

// storageExtension gives out the client that makes the collector's queue safe.
type storageExtension struct {
	component.StartFunc
	component.ShutdownFunc
	logger *zap.Logger
	gate   *gate
	id     component.ID
	inner  storage.Extension
	client *client
}

func newStorageExtension(logger *zap.Logger, g *gate) *storageExtension {
	return &storageExtension{logger: logger, gate: g}
}

func (s *storageExtension) wrap(host component.Host, id component.ID) error {
	s.id = id
	found, ok := host.GetExtensions()[id]
	if !ok {
		return fmt.Errorf("sending_queue::storage: there is no extension %s: configure it under extensions and list it in service::extensions", id)
	}
	if s.inner, ok = found.(storage.Extension); !ok {
		return fmt.Errorf("sending_queue::storage: the extension %s is no storage: use one such as file_storage", id)
	}
	return nil
}

// GetClient wraps the client of the real extension.
func (s *storageExtension) GetClient(ctx context.Context, kind component.Kind, id component.ID, name string) (storage.Client, error) {
	inner, err := s.inner.GetClient(ctx, kind, id, name)
	if err != nil {
		return nil, fmt.Errorf("open the queue's storage: %w", storageHeld(s.id, err))
	}
	s.client = newClient(inner, s.logger, s.gate.setStored)
	return s.client, nil
}

// storageHeld explains file_storage's bare "timeout": its file is locked by whoever opened it first. That error is of
// a package that only the extension uses, so it is told by its text.
func storageHeld(id component.ID, err error) error {
	if err.Error() != "timeout" {
		return err
	}
	return fmt.Errorf("another process holds the files of %s, such as a second collector on the same directory or an earlier one that is still stopping: "+
		"end it, or give this collector a directory of its own in extensions::%s: %w", id, id, err)
}

// recovered ends the recovery and says whether the queue can be trusted.
func (s *storageExtension) recovered() error {
	if s.client == nil {
		return nil
	}
	return s.client.endRecovery()
}

func (s *storageExtension) read(ctx context.Context, key string) ([]byte, error) {
	return s.client.readItem(ctx, key)
}

// admit turns a request away while the storage takes no data.
func (s *storageExtension) admit(ctx context.Context, request *Request) error {
	if s == nil || s.client == nil {
		return nil
	}
	size := 0
	for i := range request.blocks {
		size += len(request.blocks[i].Data)
	}
	return s.client.admit(ctx, size)
}
