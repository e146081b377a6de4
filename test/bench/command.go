package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"time"
)

// commandRuns is how often each command is run: enough for a 95th percentile, few enough for a bench.
const commandRuns = 30

// command asks the store as a user does: a process of its own for each question, which opens the store, answers and
// prints, by the clock from its start to its end.
func (e *embedded) command(ctx context.Context, tool string) ([]readFigure, error) {
	from, to := e.last.Add(-time.Hour).Format(time.RFC3339Nano), e.last.Add(time.Millisecond).Format(time.RFC3339Nano)
	common := []string{"--hotstore", "sqlite://" + e.config.Path, "--source", "hot", "--output", "json", "--no-progress", "--from", from, "--to", to}
	questions := []struct {
		name      string
		arguments func(i int) []string
	}{
		{"byoc query, endpoint and session, limit 100", func(i int) []string {
			x := e.samples[i%len(e.samples)]
			return append([]string{"query", "--limit", "100", "--filter", fmt.Sprintf("endpoint IS %q AND session IS %q", x.Endpoint, x.Session)}, common...)
		}},
		{"byoc stats of one hour by service, endpoint, status, minute", func(int) []string {
			return append([]string{"stats", "--limit", "0", "--by", "service,endpoint,status", "--interval", "1m"}, common...)
		}},
		{"byoc stats of one hour by service", func(int) []string {
			return append([]string{"stats", "--by", "service"}, common...)
		}},
	}
	figures := make([]readFigure, 0, len(questions))
	for _, q := range questions {
		times, computed := make([]time.Duration, commandRuns), make([]time.Duration, commandRuns)
		for i := range times {
			var output, problem bytes.Buffer
			run := exec.CommandContext(ctx, tool, q.arguments(i)...)
			run.Stdout, run.Stderr = &output, &problem
			begin := time.Now()
			if err := run.Run(); err != nil {
				return nil, fmt.Errorf("byoc %q: %w: %s", run.Args[1:], err, tail(problem.String(), 1000))
			}
			times[i], computed[i] = time.Since(begin), run.ProcessState.UserTime()+run.ProcessState.SystemTime()
			if !json.Valid(output.Bytes()) {
				return nil, fmt.Errorf("byoc %q printed no JSON: %s", run.Args[1:], tail(output.String(), 500))
			}
		}
		figures = append(figures, readFigure{Name: q.name, Runs: commandRuns, P50: quantile(times, 0.5), P95: quantile(times, 0.95),
			Worst: slices.Max(times), CPU50: quantile(computed, 0.5), CPU95: quantile(computed, 0.95)})
	}
	return figures, nil
}
