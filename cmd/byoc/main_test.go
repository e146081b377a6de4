package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is an app made of buffers, with an environment and a home of its own.
type bench struct {
	*app
	env            map[string]string
	stdout, stderr bytes.Buffer
	home           string
}

func newBench(t *testing.T) *bench {
	b := &bench{env: map[string]string{}, home: t.TempDir()}
	b.app = &app{
		stdin:     strings.NewReader(""),
		stdout:    &b.stdout,
		stderr:    &b.stderr,
		clock:     func() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) },
		lookupEnv: func(name string) (string, bool) { value, ok := b.env[name]; return value, ok },
		configDir: func() (string, error) { return b.home, nil },
		logger:    zap.NewNop(),
		location:  time.UTC,
	}
	return b
}

// run executes one command line with empty output buffers and fresh flags.
func (b *bench) run(t *testing.T, args ...string) int {
	t.Helper()
	b.stdout.Reset()
	b.stderr.Reset()
	b.flags = globalFlags{}
	return execute(context.Background(), b.app, args)
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}
