package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
)

type demoFlags struct {
	out, planted string
	from         string
	pairs        int64
	span         time.Duration
	options      demo.Options
}

// demoSummary is the JSON that generate prints when its output goes to a file.
type demoSummary struct {
	Out     string `json:"out"`
	Records int64  `json:"records"`
	Bytes   int64  `json:"bytes"`
	Seed    uint64 `json:"seed"`
	Planted int64  `json:"planted"`
}

func newDemoCommand(a *app) *cobra.Command {
	return group(&cobra.Command{
		Use:     "demo",
		Short:   "Traffic of a made-up shop, to try things with",
		Example: "  byoc demo generate --pairs 20000 --out traffic.jsonl",
	}, newDemoGenerate(a), newDemoRun(a))
}

func newDemoGenerate(a *app) *cobra.Command {
	var flags demoFlags
	command := &cobra.Command{
		Use:   "generate",
		Short: "Write the traffic of a small shop as raw.jsonl: HTTP, gRPC, Postgres, AMQP, failing checkouts, planted personal data",
		Example: `  byoc demo generate --pairs 20000 --out traffic.jsonl
  # a day of traffic ending now, with a list of the personal data in it
  byoc demo generate --pairs 100000 --from now-24h --span 24h --out traffic.jsonl --planted planted.ndjson
  # straight into a collector
  byoc demo generate --pairs 1000000 | byoc send --endpoint localhost:4317 --insecure -`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return a.generate(command.Context(), flags)
		},
	}
	f := command.Flags()
	f.StringVar(&flags.out, "out", "-", "file to write, - for standard output")
	f.Int64Var(&flags.pairs, "pairs", 10_000, "how many RRPairs")
	f.Uint64Var(&flags.options.Seed, "seed", 1, "the same seed and options, --from included, give the same bytes")
	f.StringVar(&flags.from, "from", "2026-11-20T09:00:00Z", "when the traffic begins: RFC 3339, or before now such as now-15m")
	f.DurationVar(&flags.span, "span", 0, "how long the traffic lasts, roughly; default 50 pairs a second")
	f.StringVar(&flags.planted, "planted", "", "file for the list of planted personal data, one JSON object {uuid, type, value, path} a line")
	f.Float64Var(&flags.options.FailedCheckouts, "failed-checkouts", 0.05, "share of checkouts that fail, 0 to 1")
	f.StringSliceVar(&flags.options.Services, "service", nil, "only what was captured at these services: "+strings.Join(demo.ServiceNames(), ", "))
	f.StringVar(&flags.options.Direction, "direction", "", "only IN or only OUT pairs")
	f.Float64Var(&flags.options.Undefined, "undefined", 0, `share of pairs whose cluster, namespace and service are "undefined", as forwarders leave them`)
	return command
}

// must is for mistakes in this program's own text, such as a flag that does not exist.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

func (a *app) generate(ctx context.Context, flags demoFlags) (err error) {
	options, err := flags.generatorOptions(a)
	if err != nil {
		return err
	}
	summary := demoSummary{Out: flags.out, Seed: options.Seed}
	var planted *bufio.Writer
	if flags.planted != "" {
		file, err := os.Create(flags.planted)
		if err != nil {
			return usagef("--planted: %w", err)
		}
		defer closeInto(file, &err)
		planted = bufio.NewWriter(file)
		encoder := json.NewEncoder(planted)
		encoder.SetEscapeHTML(false)
		options.Planted = func(p demo.Planted) {
			summary.Planted++
			_ = encoder.Encode(p) // bufio keeps the first error for Flush
		}
	}
	out := a.stdout
	if flags.out != "-" {
		file, err := os.Create(flags.out)
		if err != nil {
			return usagef("--out: %w", err)
		}
		defer closeInto(file, &err)
		out = file
	}
	if err := a.writePairs(ctx, out, demo.NewGenerator(options), flags.pairs, &summary); err != nil {
		return err
	}
	if planted != nil {
		if err := planted.Flush(); err != nil {
			return fmt.Errorf("write list of planted data: %w", err)
		}
	}
	if flags.out == "-" {
		return nil
	}
	if a.wantsJSON() {
		return a.printJSON(summary)
	}
	fmt.Fprintf(a.stdout, "%s: %s pairs, %s\n", flags.out, humanCount(summary.Records), humanBytes(summary.Bytes))
	return nil
}

func (a *app) writePairs(ctx context.Context, out io.Writer, generator *demo.Generator, pairs int64, summary *demoSummary) error {
	const bufferBytes = 1 << 20
	writer := bufio.NewWriterSize(out, bufferBytes)
	bar := a.progress("generate", 0)
	defer bar.done()
	var line []byte
	for range pairs {
		if err := ctx.Err(); err != nil {
			return err
		}
		line = append(generator.Next(line[:0]), '\n')
		if _, err := writer.Write(line); err != nil {
			return fmt.Errorf("write pairs: %w", err)
		}
		summary.Records++
		summary.Bytes += int64(len(line))
		bar.add(1, int64(len(line)))
	}
	if err := writer.Flush(); err != nil {
		return fmt.Errorf("write pairs: %w", err)
	}
	return nil
}

func (f demoFlags) generatorOptions(a *app) (demo.Options, error) {
	options := f.options
	start, err := filter.ParseTime(f.from, a.clock(), a.location)
	if err != nil {
		return options, usagef("--from: %w", err)
	}
	options.Start = start
	switch {
	case f.pairs < 0:
		return options, usagef("--pairs %d: must not be negative", f.pairs)
	case f.span < 0:
		return options, usagef("--span %s: must not be negative", f.span)
	case f.span > 0 && f.pairs > 0:
		options.Rate = float64(f.pairs) / f.span.Seconds()
	}
	if options.FailedCheckouts == 0 {
		options.FailedCheckouts = -1 // the option's way to say none
	}
	if err := options.Validate(); err != nil {
		return options, usagef("%w", err)
	}
	return options, nil
}

func closeInto(closer io.Closer, err *error) {
	if closeErr := closer.Close(); *err == nil && closeErr != nil {
		*err = fmt.Errorf("close file: %w", closeErr)
	}
}
