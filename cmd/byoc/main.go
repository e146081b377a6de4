// Command byoc reads and feeds the traffic archives that otelcol-byoc writes.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The first signal asks the command to stop cleanly; giving the handler back lets a second one kill it.
	context.AfterFunc(ctx, stop)
	return execute(ctx, newApp(), os.Args[1:])
}
