package rehydrate

import (
	"context"
	"errors"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

const (
	// patientAttempts and patientPause bound how long a write is tried: some two minutes, which a restart takes.
	patientAttempts = 8
	patientPause    = time.Second
	patientLongest  = 30 * time.Second
)

// PatientWriter is a writer for somebody who waits: it tries again what a store leaves, and leaves out what the store would
// expire at once. Not safe for concurrent use.
type PatientWriter struct {
	Writer    hotstore.Writer
	NotBefore time.Time // ts of the oldest document that is written; zero: all
	Expired   int64     // documents left out for their age
	// Retry is told before each further attempt. Optional.
	Retry func(err error, pause time.Duration)

	pause time.Duration // before the first further attempt; 0: the usual
}

var _ hotstore.Writer = (*PatientWriter)(nil)

// Write implements hotstore.Writer.
func (w *PatientWriter) Write(ctx context.Context, documents []*hotstore.Document) (whole hotstore.WriteResult, err error) {
	pending := make([]int, 0, len(documents))
	for i, document := range documents {
		if document.Time.Before(w.NotBefore) {
			w.Expired++
			continue
		}
		pending = append(pending, i)
	}
	pause := w.pause
	if pause == 0 {
		pause = patientPause
	}
	var batch []*hotstore.Document
	for attempt := 1; len(pending) > 0; attempt++ {
		batch = batch[:0]
		for _, i := range pending {
			batch = append(batch, documents[i])
		}
		var result hotstore.WriteResult
		result, err = w.Writer.Write(ctx, batch)
		whole.Stored += result.Stored
		whole.Duplicates += result.Duplicates
		for _, rejection := range result.Rejected {
			rejection.Index = pending[rejection.Index]
			whole.Rejected = append(whole.Rejected, rejection)
		}
		remaining := make([]int, 0, len(result.Remaining))
		for _, i := range result.Remaining {
			remaining = append(remaining, pending[i])
		}
		if pending = remaining; len(pending) == 0 || attempt == patientAttempts || ctx.Err() != nil || isFinal(err) {
			break
		}
		if w.Retry != nil {
			w.Retry(err, pause)
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			whole.Remaining = pending
			return whole, ctx.Err()
		}
		pause = min(2*pause, patientLongest)
	}
	whole.Remaining = pending
	return whole, err
}

// isFinal says that trying again will not help.
func isFinal(err error) bool {
	for _, kind := range [...]error{hotstore.ErrNotSetUp, hotstore.ErrDenied, hotstore.ErrUnsupported, hotstore.ErrDamaged} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}
