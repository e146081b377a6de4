package main

import (
	"context"
	"errors"
	"sync"
	"time"
)

// producerGrace is how long an interrupted run waits for its producer and its workers to end by themselves: a producer that
// is not blocked in a read closes what it opened, one that is blocked is left behind for the end of the process.
const producerGrace = 200 * time.Millisecond

// errInterrupted stands for a canceled context where there is nothing else to tell.
var errInterrupted = errors.New("interrupted")

// inOrder runs work on what produce emits, on several goroutines, and hands the results to consume in the order of the
// inputs. The first error of produce or consume ends it; what was emitted before an error of produce is consumed. Inputs in
// flight are bounded by twice the workers. When ctx is canceled it returns promptly, even if produce is blocked: consume is
// never called after it returned, produce and work may still run.
func inOrder[In, Out any](parent context.Context, workers int, produce func(ctx context.Context, emit func(In) error) error, work func(In) Out, consume func(Out) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	type task struct {
		input  In
		result chan Out
	}
	tasks := make(chan task)
	pending := make(chan chan Out, 2*workers)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for t := range tasks {
				t.result <- work(t.input)
			}
		})
	}
	// written before pending is closed, read after that was seen
	var produced error
	group.Go(func() {
		defer close(pending)
		defer close(tasks)
		produced = produce(ctx, func(input In) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			t := task{input: input, result: make(chan Out, 1)}
			select {
			case pending <- t.result:
			case <-ctx.Done():
				return ctx.Err()
			}
			// a worker takes it in any case: they end only when tasks is closed
			tasks <- t
			return nil
		})
	})
	for {
		var result chan Out
		select {
		case <-ctx.Done():
		case next, more := <-pending:
			if !more {
				group.Wait()
				return onlyInterrupted(parent, produced)
			}
			result = next
		}
		if result != nil {
			select {
			case <-ctx.Done():
			case out := <-result:
				if err := consume(out); err != nil {
					cancel()
					wait(&group, producerGrace)
					return err
				}
				continue
			}
		}
		wait(&group, producerGrace)
		return onlyInterrupted(parent, ctx.Err())
	}
}

// onlyInterrupted replaces an error that says nothing but that the context was canceled.
func onlyInterrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil && err.Error() == context.Canceled.Error() {
		return errInterrupted
	}
	return err
}

// wait waits for a group, but not for longer than limit.
func wait(group *sync.WaitGroup, limit time.Duration) {
	ended := make(chan struct{})
	go func() {
		group.Wait()
		close(ended)
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
	}
}
