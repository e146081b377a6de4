package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

func TestUsageErrorsExitWith2AndSayWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"unknown command":      {[]string{"frobnicate"}, `unknown command "frobnicate"`},
		"unknown verb":         {[]string{"context", "frobnicate"}, "frobnicate"},
		"mistyped verb":        {[]string{"snapshot", "creat"}, `unknown command "creat" for "byoc snapshot": did you mean create?`},
		"unknown flag":         {[]string{"version", "--frobnicate"}, "unknown flag: --frobnicate"},
		"too many arguments":   {[]string{"version", "now"}, "now"},
		"missing argument":     {[]string{"context", "use"}, "accepts 1 arg"},
		"missing flag":         {[]string{"send", "x.jsonl"}, `"endpoint" not set`},
		"bad output":           {[]string{"version", "--output", "xml"}, `--output "xml": must be "text" or "json"`},
		"bad log level":        {[]string{"version", "--log-level", "loud"}, `--log-level "loud": must be debug, info, warn or error`},
		"bad time zone":        {[]string{"version", "--tz", "Mars/Olympus"}, `--tz "Mars/Olympus"`},
		"two archives":         {[]string{"version", "--config", "a.yaml", "--archive", "file:///a"}, "--config and --archive exclude each other"},
		"context that is none": {[]string{"context", "use", "prod"}, `"prod" is not a remembered archive`},
		"archive by its path":  {[]string{"archive", "ls", "--archive", "/data/archive"}, "write it as a URL: file:///data/archive"},
		"archive in memory":    {[]string{"archive", "ls", "--archive", "mem://x"}, "lives inside the collector"},
		"context of no store":  {[]string{"context", "add", "x", "--archive", "s4://acme"}, "did you mean s3://?"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			require.Equal(t, exitUsage, b.run(t, c.args...), b.stderr.String())
			require.Contains(t, b.stderr.String(), c.says)
			require.Contains(t, b.stderr.String(), "--help' for usage.")
			require.NotContains(t, b.stderr.String(), "Flags:")
			require.Empty(t, b.stdout.String())
		})
	}
}

func TestRunTimeErrorsExitWith1AndPrintNoUsage(t *testing.T) {
	b := newBench(t)
	b.home = writeFile(t, "home-is-a-file", "")
	require.Equal(t, exitError, b.run(t, "context", "ls"))
	require.Contains(t, b.stderr.String(), "read remembered archives")
	require.NotContains(t, b.stderr.String(), "--help")
}

func TestEveryCommandHasHelpWithExamples(t *testing.T) {
	var walk func(*cobra.Command)
	walk = func(command *cobra.Command) {
		if command.Name() != "help" && command.Name() != "completion" && command.Parent() != nil && command.Parent().Name() != "completion" {
			require.NotEmpty(t, command.Short, command.CommandPath())
			require.NotEmpty(t, command.Example, command.CommandPath())
		}
		for _, child := range command.Commands() {
			walk(child)
		}
	}
	root := newRoot(newBench(t).app)
	require.NotEmpty(t, root.Example)
	walk(root)
}

func TestHelpIsNoError(t *testing.T) {
	b := newBench(t)
	for _, args := range [][]string{{"--help"}, {"context"}, {"send", "--help"}, {"demo"}} {
		require.Equal(t, exitOK, b.run(t, args...), "%v", args)
		require.Contains(t, b.stdout.String(), "Usage:")
		require.Empty(t, b.stderr.String())
	}
}

func TestVersion(t *testing.T) {
	b := newBench(t)
	require.Equal(t, exitOK, b.run(t, "version", "--output", "json"))
	var info versionInfo
	require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &info))
	require.NotEmpty(t, info.Version)
	require.NotEmpty(t, info.Go)
	require.Equal(t, exitOK, b.run(t, "version"))
	require.Contains(t, b.stdout.String(), "byoc ")
}

func TestHumanFigures(t *testing.T) {
	require.Equal(t, []string{"0 B", "1023 B", "1.0 KiB", "2.3 KiB", "117 MiB", "3.5 GiB"},
		[]string{humanBytes(0), humanBytes(1023), humanBytes(1024), humanBytes(2355), humanBytes(117 << 20), humanBytes(7 << 29)})
	require.Equal(t, []string{"0", "999", "1,000", "1,234,567", "-12,345"},
		[]string{humanCount(0), humanCount(999), humanCount(1000), humanCount(1234567), humanCount(-12345)})
	require.Equal(t, []string{"250ms", "1.5s", "2m5s", "3h20m", "1h0m", "12µs"},
		[]string{humanDuration(250 * time.Millisecond), humanDuration(1500 * time.Millisecond), humanDuration(125 * time.Second),
			humanDuration(200 * time.Minute), humanDuration(time.Hour), humanDuration(12 * time.Microsecond)})
	require.Equal(t, "-", humanRate(5, 0))
	require.Equal(t, "2,000/s", humanRate(1000, 500*time.Millisecond))
}

func TestTimesAreShownInTheZoneAskedFor(t *testing.T) {
	b := newBench(t)
	require.Equal(t, exitOK, b.run(t, "version", "--tz", "Asia/Kolkata"))
	require.Equal(t, "2026-11-20T17:30:00.000+05:30", b.formatTime(b.clock()))
	require.Equal(t, "Asia/Kolkata", b.zoneName())
	require.Equal(t, exitOK, b.run(t, "version"))
	require.Equal(t, "2026-11-20T12:00:00.000Z", b.formatTime(b.clock()), "UTC when nobody watches")
	b.stdoutIsTerminal = true
	require.Equal(t, exitOK, b.run(t, "version"))
	require.Equal(t, time.Local, b.location)
}

func TestProgressIsALogLineNowAndThenWithoutATerminal(t *testing.T) {
	b := newBench(t)
	now := time.Unix(0, 0)
	b.clock = func() time.Time { return now }
	require.Equal(t, exitOK, b.run(t, "version"))
	p := b.progress("send", 1000)
	p.add(1, 100)
	require.Empty(t, b.stderr.String())
	now = now.Add(progressLogEvery)
	p.add(1, 150)
	p.done()
	require.Contains(t, b.stderr.String(), `info send {"records": 2, "bytes": "250 B", "elapsed": "5.0s", "percent": 25}`)

	b.flags.noProgress = true
	b.stderr.Reset()
	now = now.Add(time.Hour)
	b.progress("send", 1000).add(1, 1)
	require.Empty(t, b.stderr.String())
}

func TestProgressIsABarOnATerminal(t *testing.T) {
	b := newBench(t)
	b.stderrIsTerminal = true
	p := b.progress("send", 1000)
	p.add(1, 500)
	p.done()
	require.Contains(t, b.stderr.String(), "send")
	p = b.progress("generate", 0)
	p.add(1, 500)
	p.done()
}
