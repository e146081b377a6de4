package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"go.uber.org/zap"
)

const (
	firstBackoff = 100 * time.Millisecond
	maxBackoff   = 10 * time.Second
	// retryLogEvery keeps a collector that is down from filling the log.
	retryLogEvery = 5 * time.Second
	// loggedBadLines bounds how many bad lines are named; the rest is only counted.
	loggedBadLines = 20
	// maxReasons bounds how many different reasons for refusals are kept; a reason may hold something unique.
	maxReasons = 50
)

// sender reads batches and lets workers send them. Its memory is bounded by workers x a batch.
type sender struct {
	flags     sendFlags
	transport transport
	logger    *zap.Logger
	clock     func() time.Time
	progress  progress

	mutex   sync.Mutex // guards what follows
	acked   *ackedFile // its known uuids are read without it
	summary sendSummary

	toldRetry time.Time // when a repetition was logged last
}

func (s *sender) run(parent context.Context, source *lineSource) error {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	full, empty := make(chan *lineBatch), make(chan *lineBatch, s.flags.workers+1)
	for range s.flags.workers + 1 {
		empty <- &lineBatch{}
	}
	var workers sync.WaitGroup
	for range s.flags.workers {
		workers.Go(func() {
			b := &builder{flags: &s.flags, acked: s.acked, clock: s.clock}
			for batch := range full {
				if err := s.handle(ctx, b, batch); err != nil {
					cancel(err) // the others stop at their next attempt
				}
				batch.reset()
				empty <- batch
			}
		})
	}
	err := s.feed(ctx, source, empty, full)
	close(full)
	workers.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// feed fills batches and hands them on, not faster than --rate.
func (s *sender) feed(ctx context.Context, source *lineSource, empty <-chan *lineBatch, full chan<- *lineBatch) error {
	started, fed := s.clock(), 0
	batch := <-empty
	hand := func() error {
		if len(batch.lines) == 0 {
			return nil
		}
		if s.flags.rate > 0 {
			due := started.Add(time.Duration(float64(fed) / s.flags.rate * float64(time.Second)))
			if err := sleep(ctx, due.Sub(s.clock())); err != nil {
				return err
			}
		}
		fed += len(batch.lines)
		batch.read = source.read()
		select {
		case full <- batch:
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case batch = <-empty:
		case <-ctx.Done():
			return ctx.Err()
		}
		return nil
	}
	for {
		line, err := source.next(ctx)
		if errors.Is(err, io.EOF) {
			return hand()
		}
		if err != nil {
			return errors.Join(err, hand())
		}
		if batch.full(&s.flags, len(line.data)) {
			if err := hand(); err != nil {
				return err
			}
		}
		batch.add(line)
	}
}

func (s *sender) handle(ctx context.Context, b *builder, batch *lineBatch) error {
	found, known := b.build(batch.text, batch.lines, s.badLine)
	s.mutex.Lock()
	s.summary.AlreadyAcked += known
	s.mutex.Unlock()
	err := s.deliver(ctx, b, batch.text, found)
	s.progress.add(int64(len(batch.lines)), batch.read)
	return err
}

// deliver sends records until they are acknowledged or refused for good, in halves where a request is too large.
func (s *sender) deliver(ctx context.Context, b *builder, text []byte, r records) error {
	if len(r.ids) == 0 {
		return nil
	}
	rejected, reason, err := s.exportUntilAnswered(ctx, r)
	if err == nil {
		return s.acknowledge(r, rejected, reason)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	switch failed := asSendError(err); {
	case failed.verdict == verdictTooLarge && len(r.ids) > 1:
		middle := len(r.lines) / 2
		for _, half := range [][]lineAt{r.lines[:middle], r.lines[middle:]} {
			smaller, _ := b.build(text, half, s.badLine) // these lines were built before: none is bad or known
			if err := s.deliver(ctx, b, text, smaller); err != nil {
				return err
			}
		}
		return nil
	case failed.verdict == verdictTooLarge, failed.verdict == verdictRejected:
		s.reject(int64(len(r.ids)), failed.Error())
		return nil
	default:
		return err
	}
}

// exportUntilAnswered repeats a request while the answer is to try later. An error it returns is not to be repeated.
func (s *sender) exportUntilAnswered(ctx context.Context, r records) (rejected int64, reason string, err error) {
	started, backoff := s.clock(), firstBackoff
	for attempt := 1; ; attempt++ {
		limited, cancel := context.WithTimeout(ctx, s.flags.timeout)
		rejected, reason, err = s.transport.export(limited, r.request)
		cancel()
		if err == nil || ctx.Err() != nil {
			return rejected, reason, err
		}
		failed := asSendError(err)
		if failed.verdict != verdictRetry {
			return 0, "", err
		}
		if limit := s.flags.giveUpAfter; limit > 0 && s.clock().Sub(started) >= limit {
			return 0, "", &sendError{verdict: verdictFatal, err: fmt.Errorf("gave up after %s and %d attempts: %w", humanDuration(s.clock().Sub(started)), attempt, err)}
		}
		wait := failed.wait
		if wait == 0 {
			wait = backoff/2 + rand.N(backoff)
			backoff = min(2*backoff, maxBackoff)
		}
		s.noteRetry(len(r.ids), attempt, wait, err)
		if err := sleep(ctx, wait); err != nil {
			return 0, "", err
		}
	}
}

// noteRetry counts every repetition and tells of one now and then: all workers meet the same trouble at once.
func (s *sender) noteRetry(count, attempt int, wait time.Duration, err error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.summary.Retries++
	if now := s.clock(); now.Sub(s.toldRetry) >= retryLogEvery {
		s.toldRetry = now
		s.logger.Warn("not acknowledged, trying again", zap.Int("records", count), zap.Int("attempt", attempt),
			zap.String("wait", humanDuration(wait)), zap.Int64("retries", s.summary.Retries), zap.Error(err))
	}
}

// acknowledge notes the answer. When a part was rejected nobody says which: none of the request counts as acknowledged
// in --acked, so that nothing is taken for safe that is not.
func (s *sender) acknowledge(r records, rejected int64, reason string) error {
	if rejected > 0 {
		s.reject(rejected, reason)
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.summary.Requests++
	s.summary.Records += int64(len(r.ids)) - min(rejected, int64(len(r.ids)))
	s.summary.Bytes += r.bytes
	if rejected > 0 {
		return nil
	}
	return s.acked.add(r.ids)
}

func (s *sender) reject(count int64, reason string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.summary.Reasons == nil {
		s.summary.Reasons = map[string]int64{}
	}
	if reason == "" {
		reason = "the collector gave no reason"
	}
	if _, known := s.summary.Reasons[reason]; !known {
		if len(s.summary.Reasons) >= maxReasons {
			reason = "other reasons"
		}
		s.logger.Warn("rejected", zap.Int64("records", count), zap.String("reason", reason))
	}
	s.summary.Rejected += count
	s.summary.Reasons[reason] += count
}

func (s *sender) badLine(line lineAt, reason string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.summary.BadLines++
	if s.summary.BadLines <= loggedBadLines {
		s.logger.Warn("line skipped: it is no RRPair", zap.String("file", line.file), zap.Int("line", line.number), zap.String("reason", reason))
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
