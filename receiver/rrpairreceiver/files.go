package rrpairreceiver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"
)

const (
	// A pipeline that refuses is offered the same lines again after firstBackoff,
	// then after twice as long each time, up to maxBackoff.
	firstBackoff = time.Second
	maxBackoff   = 30 * time.Second
)

// filesSource reads files in and follows them, in one goroutine.
type filesSource struct {
	config  filesConfig
	id      component.ID
	answers answers
	reader  fileReader
	backoff time.Duration // the first one

	tracked []*trackedFile
	handles int // of them that are open

	cancel context.CancelFunc
	ended  chan struct{}
	ledger *ledger
}

func (s *filesSource) start(ctx context.Context, host component.Host, _ func(error)) error {
	client, err := s.storageClient(ctx, host)
	if err != nil {
		return err
	}
	if s.ledger, err = openLedger(ctx, client); err != nil {
		return errors.Join(err, client.Close(ctx))
	}
	s.reader.ledger = s.ledger
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.cancel, s.ended = cancel, make(chan struct{})
	go func() {
		defer close(s.ended)
		s.run(running, host)
	}()
	return nil
}

func (s *filesSource) storageClient(ctx context.Context, host component.Host) (storage.Client, error) {
	if s.config.Storage == nil {
		return storage.NewNopClient(), nil
	}
	extension, found := host.GetExtensions()[*s.config.Storage]
	if !found {
		return nil, fmt.Errorf("%s is %s, which is not running: add it to extensions and to service::extensions", s.answers.setting("files::storage"), s.config.Storage)
	}
	store, ok := extension.(storage.Extension)
	if !ok {
		return nil, fmt.Errorf("%s is %s, which stores nothing: name a storage extension such as file_storage", s.answers.setting("files::storage"), s.config.Storage)
	}
	client, err := store.GetClient(ctx, component.KindReceiver, s.id, "files")
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", s.answers.setting("files::storage"), err)
	}
	return client, nil
}

// stop leaves the lines that the pipeline has not taken for the next start.
func (s *filesSource) stop(ctx context.Context) error {
	s.cancel()
	<-s.ended
	return s.ledger.close(ctx)
}

func (s *filesSource) run(ctx context.Context, host component.Host) {
	defer s.closeAll()
	backoff := s.backoff
	failing := ""
	for {
		more, err := s.poll(ctx)
		if ctx.Err() != nil {
			return
		}
		wait := s.config.PollInterval
		if more {
			wait = 0
		}
		var refused *refusal
		if errors.As(err, &refused) {
			wait, backoff = backoff, min(2*backoff, maxBackoff)
		} else {
			backoff = s.backoff
		}
		failing = s.report(host, failing, err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// report logs what is new and tells the health of the receiver; it returns what
// is to be compared with next time.
func (s *filesSource) report(host component.Host, before string, err error) (now string) {
	if err != nil {
		now = err.Error()
	}
	switch {
	case now == before:
	case err != nil:
		s.reader.logger.Warn("Reading files does not go on; it is tried again", zap.Error(err))
		componentstatus.ReportStatus(host, componentstatus.NewRecoverableErrorEvent(err))
	default:
		s.reader.logger.Info("Reading files goes on")
		componentstatus.ReportStatus(host, componentstatus.NewEvent(componentstatus.StatusOK))
	}
	return now
}
