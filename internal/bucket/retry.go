package bucket

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// attempt runs one operation with the configured retries. Each attempt gets its own time limit; limit <= 0 means none.
// The caller's context bounds the whole.
func (b *Bucket) attempt(ctx context.Context, operation, key string, limit time.Duration, run func(context.Context) error) error {
	wait := b.cfg.Retry.InitialInterval
	for n := 1; ; n++ {
		err := b.wrap(operation, key, b.once(ctx, limit, run))
		if err == nil || !Retryable(err) || n >= b.cfg.Retry.MaxAttempts || ctx.Err() != nil {
			return err
		}
		if b.onRetry != nil {
			b.onRetry(operation, err)
		}
		timer := time.NewTimer(time.Duration(rand.Int64N(int64(wait) + 1)))
		select {
		case <-ctx.Done():
			timer.Stop()
			return err
		case <-timer.C:
		}
		wait = min(2*wait, b.cfg.Retry.MaxInterval)
	}
}

func (b *Bucket) once(ctx context.Context, limit time.Duration, run func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if limit <= 0 {
		return run(ctx)
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := run(limited)
	// Some drivers report a cut-off by our own limit as "context canceled"; that must stay retryable.
	if err != nil && ctx.Err() == nil && errors.Is(err, context.Canceled) && limited.Err() != nil {
		return context.DeadlineExceeded
	}
	return err
}

// uploadLimit is the time one attempt of an upload may take.
func (b *Bucket) uploadLimit(size int64) time.Duration {
	return b.cfg.RequestTimeout + time.Duration(float64(size)/float64(b.cfg.MinUploadRate)*float64(time.Second))
}
