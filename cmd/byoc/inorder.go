package main

import (
	"context"
	"sync"
)

// inOrder runs work on what produce emits, on several goroutines, and hands the results to consume in the order of the
// inputs. The first error of produce or consume ends it. Inputs in flight are bounded by twice the workers.
func inOrder[In, Out any](ctx context.Context, workers int, produce func(emit func(In) error) error, work func(In) Out, consume func(Out) error) error {
	ctx, cancel := context.WithCancel(ctx)
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
	var produced error
	group.Go(func() {
		defer close(pending)
		defer close(tasks)
		produced = produce(func(input In) error {
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
	var consumed error
	for result := range pending {
		out := <-result
		if consumed == nil {
			if consumed = consume(out); consumed != nil {
				cancel()
			}
		}
	}
	group.Wait()
	if consumed != nil {
		return consumed
	}
	return produced
}
