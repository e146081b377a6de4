package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAScanTellsWhatItFoundBeforeAReadError(t *testing.T) {
	for _, output := range []string{outputNDJSON, outputTable} {
		t.Run(output, func(t *testing.T) {
			b := newBench(t)
			b.stdin = io.MultiReader(strings.NewReader("mail jane.roe@acme-mail.com now\n"), iotest.ErrReader(errors.New("the disk is gone")))
			require.Equal(t, exitError, b.run(t, "redact", "scan", "--as", "text", "--output", output, "-"), b.stderr.String())
			require.Contains(t, b.stdout.String(), "email")
			require.Contains(t, b.stderr.String(), "TYPE", "the summary is printed")
			require.Contains(t, b.stderr.String(), "the disk is gone")
			require.Contains(t, b.stderr.String(), "1 finding in 1 of 1 record")
		})
	}
}

func TestAScanOfAnArchiveTellsFindingsAndObjectsItCouldNotRead(t *testing.T) {
	url, folder, _ := shopArchive(t, 900)
	var objects []string
	require.NoError(t, filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".parquet") {
			objects = append(objects, path)
		}
		return err
	}))
	require.Greater(t, len(objects), 1)
	require.NoError(t, os.WriteFile(objects[0], []byte("not parquet at all, but long enough to look like it"), 0o600))
	b := newBench(t)
	require.Equal(t, exitSkipped, b.run(t, "--archive", url, "redact", "scan"), b.stderr.String())
	require.NotEmpty(t, b.stdout.String())
	require.Contains(t, b.stderr.String(), "findings in")
	require.Contains(t, b.stderr.String(), "could not be read")
}

func TestAnInterruptDoesNotWaitForStdin(t *testing.T) {
	reader, writer := io.Pipe()
	b := newBench(t)
	b.env[keyVariable] = testRedactionKey
	b.stdin = reader
	ctx, interrupt := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, interrupt)
	started := time.Now()
	code := execute(ctx, b.app, []string{"redact", "apply", "--in", "-", "--out", filepath.Join(t.TempDir(), "out")})
	require.Less(t, time.Since(started), 10*time.Second)
	require.NoError(t, writer.Close()) // ends the reader that was left behind
	require.Equal(t, exitError, code)
	require.Equal(t, "byoc: interrupted\n", b.stderr.String())
}

func TestInOrderGivesProducersItsOwnContext(t *testing.T) {
	failed := errors.New("the disk is full")
	ended := make(chan error, 1)
	err := inOrder(t.Context(), 2, func(ctx context.Context, emit func(int) error) error {
		err := emit(1)
		<-ctx.Done()
		ended <- ctx.Err()
		return err
	}, func(i int) int { return i }, func(int) error { return failed })
	require.ErrorIs(t, err, failed)
	require.ErrorIs(t, <-ended, context.Canceled)
}
