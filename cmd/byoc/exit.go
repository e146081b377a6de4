package main

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Exit codes are part of the tool's contract with scripts.
const (
	exitOK      = 0 // everything asked for was done
	exitError   = 1 // the command failed
	exitUsage   = 2 // the command line or the configuration it names is wrong; nothing was done
	exitSkipped = 3 // done, but some records were left out; the message says how many and why
)

// usageError is a mistake in what the user typed; its text says what to type instead.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// usagef builds a usage error: the command exits with code 2 and points at --help.
func usagef(format string, args ...any) error {
	return &usageError{err: fmt.Errorf(format, args...)}
}

// skippedError says that a command finished but left records out: exit code 3.
type skippedError struct{ text string }

func (e *skippedError) Error() string { return e.text }

// skippedf builds the error a command returns when it did its job but left records out; the text says how many and why.
func skippedf(format string, args ...any) error {
	return &skippedError{text: fmt.Sprintf(format, args...)}
}

// runError marks an error that a command's own code returned, to tell it from cobra's complaints about the command line.
type runError struct{ err error }

func (e *runError) Error() string { return e.err.Error() }
func (e *runError) Unwrap() error { return e.err }

// report prints err for a person and returns the exit code it stands for. commandPath is what --help is advised for.
func report(ctx context.Context, stderr io.Writer, commandPath string, err error) int {
	if err == nil {
		return exitOK
	}
	var skipped *skippedError
	var usage *usageError
	var failed *runError
	said := harmless(err.Error(), true) // names of objects, and what servers answer
	switch {
	case errors.As(err, &skipped):
		fmt.Fprintf(stderr, "byoc: done, but %s\n", harmless(skipped.text, true))
		return exitSkipped
	case errors.As(err, &usage), !errors.As(err, &failed):
		fmt.Fprintf(stderr, "byoc: %s\nRun '%s --help' for usage.\n", said, commandPath)
		return exitUsage
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintf(stderr, "byoc: interrupted: %s\n", said)
		return exitError
	default:
		fmt.Fprintf(stderr, "byoc: %s\n", said)
		return exitError
	}
}
