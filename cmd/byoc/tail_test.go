package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// lockedBuffer is read while a command writes into it.
type lockedBuffer struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (l *lockedBuffer) Write(data []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(data)
}

func (l *lockedBuffer) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}

// startTail runs a tail in the background; the result is its exit code.
func startTail(t *testing.T, b *bench, args ...string) (stdout, stderr *lockedBuffer, stop func() int) {
	t.Helper()
	stdout, stderr = &lockedBuffer{}, &lockedBuffer{}
	b.app.stdout, b.app.stderr = stdout, stderr
	ctx, cancel := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() { code <- execute(ctx, b.app, append([]string{"tail"}, args...)) }()
	return stdout, stderr, func() int {
		cancel()
		return <-code
	}
}

func TestTailShowsPairsAsTheyArrive(t *testing.T) {
	f := fill(t, fillOptions{pairs: 30})
	b := newBench(t)
	now := f.documents[len(f.documents)-1].Time.Add(time.Second)
	b.clock = func() time.Time { return now }
	stdout, stderr, stop := startTail(t, b, "--config", f.config, "--poll", "10ms", "--output", "ndjson", "-n", "3")
	lines := func() int { return strings.Count(stdout.String(), "\n") }
	require.Eventually(t, func() bool { return lines() == 3 }, 10*time.Second, 10*time.Millisecond, stderr.String())

	fresh := *f.documents[0]
	fresh.UUID[3] ^= 1
	fresh.Time, fresh.Service, fresh.Error = now, "fresh", true
	late := fresh
	late.UUID[4] ^= 1
	late.Time = now.Add(-3 * time.Second)
	f.write(t, time.Time{}, &fresh)
	require.Eventually(t, func() bool { return lines() == 4 }, 10*time.Second, 10*time.Millisecond, stderr.String())
	f.write(t, time.Time{}, &late)
	require.Eventually(t, func() bool { return lines() == 5 }, 10*time.Second, 10*time.Millisecond, stderr.String())
	require.Equal(t, exitOK, stop(), stderr.String())
	rows := objects(t, stdout.String())
	require.Equal(t, []string{f.documents[27].UUID.String(), f.documents[28].UUID.String(), f.documents[29].UUID.String(), fresh.UUID.String(), late.UUID.String()}, uuids(rows))
	require.Contains(t, stderr.String(), "following the hot store hotstore; times in UTC")
	require.Contains(t, stderr.String(), "5 pairs shown")
}

func TestTailEndsByItselfAndPrintsOneHeader(t *testing.T) {
	f := fill(t, fillOptions{pairs: 30})
	b := newBench(t)
	b.clock = func() time.Time { return f.documents[len(f.documents)-1].Time }
	require.Equal(t, exitOK, b.run(t, "tail", "--config", f.config, "--since", "2026-11-20T09:00:00Z", "--max-count", "12"), b.stderr.String())
	require.Equal(t, 13, strings.Count(b.stdout.String(), "\n"), b.stdout.String())
	require.Equal(t, 1, strings.Count(b.stdout.String(), "SERVICE"))
	require.Contains(t, b.stdout.String(), f.documents[0].UUID.String(), "the oldest first")
	require.Contains(t, b.stderr.String(), "12 pairs shown")

	require.Equal(t, exitOK, b.run(t, "tail", "--config", f.config, "--since", "2026-11-20T09:00:00Z", "--filter", "direction IS OUT", "-n", "2", "--max-count", "2", "--columns", "uuid,direction"), b.stderr.String())
	require.Equal(t, 3, strings.Count(b.stdout.String(), "\n"), b.stdout.String())
	require.NotContains(t, b.stdout.String(), " IN")

	require.Equal(t, exitOK, b.run(t, "tail", "--config", f.config, "--source", "archive", "--max-count", "10", "--output", "json"), b.stderr.String())
	require.Len(t, objects(t, b.stdout.String()), 10)
	require.Contains(t, b.stderr.String(), "flush::age")
}

func TestTailUsageErrors(t *testing.T) {
	f := fill(t, fillOptions{pairs: 5})
	b := newBench(t)
	for want, args := range map[string][]string{
		"^":                 {"--filter", "(service IS"},
		"--output \"csv\"":  {"--output", "csv"},
		"--lines -1":        {"-n", "-1"},
		"--max-count -1":    {"--max-count", "-1"},
		"in the future":     {"--since", "2027-01-01"},
		"--columns: \"no\"": {"--columns", "no"},
	} {
		require.Equal(t, exitUsage, b.run(t, append([]string{"tail", "--config", f.config}, args...)...), want)
		require.Contains(t, b.stderr.String(), want)
	}
	require.Equal(t, exitError, b.run(t, "tail", "--hotstore", "sqlite:///nowhere/at/all"))
	require.Contains(t, b.stderr.String(), "byoc hotstore init", "what is wrong from the start is not waited for")
}

// shaky fails for a while after its first answer.
type shaky struct {
	hotstore.Reader
	asked int
}

func (s *shaky) Search(context.Context, hotstore.Search) (hotstore.Page, error) {
	s.asked++
	if s.asked == 2 {
		return hotstore.Page{}, hotstore.ErrUnreachable
	}
	return hotstore.Page{Documents: []*hotstore.Document{{}}}, nil
}

func TestTailWaitsForAStoreThatWentAway(t *testing.T) {
	var said []string
	reader := &patientReader{Reader: &shaky{}, say: func(text string) { said = append(said, text) }, explain: func(err error) error { return err }}
	for range 3 {
		page, err := reader.Search(t.Context(), hotstore.Search{})
		require.NoError(t, err)
		require.Len(t, page.Documents, 1)
	}
	require.Equal(t, []string{"waiting: the hot store cannot be reached", "the store answers again"}, said)

	never := &patientReader{Reader: failing{err: errors.New("gone")}}
	_, err := never.Search(t.Context(), hotstore.Search{})
	require.EqualError(t, err, "gone")
}

type failing struct {
	hotstore.Reader
	err error
}

func (f failing) Search(context.Context, hotstore.Search) (hotstore.Page, error) {
	return hotstore.Page{}, f.err
}

func TestALiveTableShowsWhatHappensRatherThanUUIDs(t *testing.T) {
	for width, want := range map[string]string{
		"80":  "TS SERVICE DIRECTION COMMAND LOCATION STATUS DURATION",
		"115": "TS SERVICE DIRECTION COMMAND LOCATION STATUS DURATION UUID",
		"200": "TS SERVICE DIRECTION COMMAND LOCATION STATUS DURATION SIZE PEER UUID",
	} {
		b := newBench(t)
		b.stdoutIsTerminal = true
		b.env["COLUMNS"] = width
		columns, err := chooseColumns("", true, nil, true)
		require.NoError(t, err)
		table := newTableRows(b.app, &bytes.Buffer{}, columns, false)
		table.follow()
		require.Equal(t, want, strings.Join(table.header(), " "), width)
	}
}
