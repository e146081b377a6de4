// Command bench runs our pipelines and the stock ones on the same traffic, interleaved in one run, and prints what each
// cost as ratios: into one MinIO (against the awss3 exporter), into one OpenSearch (against the opensearch exporter, also
// with the node killed under way), and a store of SQLite by itself with a million pairs.
//
// Costs are those of the collector process alone: CPU-seconds and peak resident memory come from the kernel's own
// accounting when the process has ended, so that the sender and MinIO on the same machine do not count.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// options are the command line.
type options struct {
	collector, tool, services string
	traffic                   string
	pairs, rounds, senders    int
	perRequest                int
	searchPairs, sqlitePairs  int
	only                      string
	keep                      bool
	jsonOut                   string
}

func main() {
	var o options
	flag.StringVar(&o.collector, "collector", environment("BYOC_COLLECTOR", "bin/otelcol-byoc"), "collector binary that holds both pipelines' components")
	flag.StringVar(&o.tool, "byoc", environment("BYOC_TOOL", "bin/byoc"), "byoc binary")
	flag.StringVar(&o.services, "services", "test/services", "folder with the start scripts of the stores")
	flag.StringVar(&o.traffic, "traffic", "", "raw.jsonl to send; default: generated shop traffic, which does not repeat itself")
	flag.IntVar(&o.pairs, "pairs", 100_000, "pairs to send per run")
	flag.IntVar(&o.rounds, "rounds", 3, "runs of each pipeline; medians are reported")
	flag.IntVar(&o.senders, "senders", 4, "concurrent senders")
	flag.IntVar(&o.perRequest, "per-request", 200, "records per OTLP request")
	flag.IntVar(&o.searchPairs, "opensearch-pairs", 40_000, "pairs to send per run into OpenSearch, of those of -pairs")
	flag.IntVar(&o.sqlitePairs, "sqlite-pairs", 1_000_000, "pairs in the SQLite store")
	flag.StringVar(&o.only, "only", "", "comma-separated parts of pipeline names to run; snapshot, opensearch and sqlite are the parts that are no pipelines; default all")
	flag.BoolVar(&o.keep, "keep", false, "keep the working folder")
	flag.StringVar(&o.jsonOut, "json", "", "also write the results to this file as JSON")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "byoc-bench-")
	if err != nil {
		return err
	}
	if o.keep {
		fmt.Println("working folder:", dir)
	} else {
		defer os.RemoveAll(dir)
	}
	begin, here := time.Now(), thisMachine()
	here.print()
	summary := summary{Machine: here}
	if selected(o.only, "opensearch") || anyPipeline(o.only) {
		if err := compareTraffic(ctx, o, dir, &summary); err != nil {
			return err
		}
	}
	if selected(o.only, "sqlite") {
		if summary.SQLite, err = benchEmbedded(ctx, o, dir); err != nil {
			return err
		}
		summary.SQLite.print()
	}
	summary.Machine.LoadAtEnd, summary.Took = loadAverage(), time.Since(begin)
	fmt.Printf("\ntook %s; load average at end %s\n", summary.Took.Round(time.Second), summary.Machine.LoadAtEnd)
	if o.jsonOut != "" {
		data, err := json.MarshalIndent(summary, "", "  ")
		if err != nil {
			return err
		}
		return os.WriteFile(o.jsonOut, append(data, '\n'), 0o644)
	}
	return nil
}

// compareTraffic measures everything that traffic is sent to.
func compareTraffic(ctx context.Context, o options, dir string, result *summary) error {
	load, err := loadTraffic(o)
	if err != nil {
		return err
	}
	fmt.Printf("traffic: %d pairs, %.1f MB of JSON lines, %.1f MB of OTLP protobuf, %.1f MB of plain OTLP-JSON, %.1f MB of OTLP protobuf with zstd per %d records\n",
		load.pairs, mega(load.jsonBytes), mega(load.protoBytes), mega(load.otlpJSONBytes), mega(load.protoZstdBytes), o.perRequest)
	if anyPipeline(o.only) {
		if err := comparePipelines(ctx, o, load, dir, result); err != nil {
			return err
		}
	}
	if !selected(o.only, "opensearch") {
		return nil
	}
	if result.OpenSearch, err = compareSearch(ctx, o, load, dir); err != nil {
		return err
	}
	if result.OpenSearch != nil {
		result.OpenSearch.print()
	}
	return nil
}

// comparePipelines measures the pipelines that end in an archive, all of them in MinIO.
func comparePipelines(ctx context.Context, o options, load *traffic, dir string, result *summary) error {
	store, err := startMinIO(ctx, o.services, dir)
	if err != nil {
		return err
	}
	defer store.stop()

	results := map[string][]measurement{}
	var order []string
	for round := range o.rounds {
		for _, p := range pipelines {
			if !selected(o.only, p.name) {
				continue
			}
			m, err := measure(ctx, o, p, round, store, load, dir)
			if err != nil {
				return fmt.Errorf("%s, round %d: %w", p.name, round+1, err)
			}
			if round == 0 {
				order = append(order, p.name)
			}
			results[p.name] = append(results[p.name], m)
			fmt.Printf("round %d  %-34s %8.0f records/s  %6.1f CPU-s/M  peak %5.0f MiB  stored %7.2f MB in %d objects\n",
				round+1, p.name, float64(load.pairs)/m.Wall.Seconds(), m.cpuPerMillion(), mebi(m.PeakRSS), mega(m.StoredBytes), m.Objects)
		}
	}
	result.summarize(order, results, load)
	result.print()
	if selected(o.only, "snapshot") {
		if result.Snapshots, err = measureSnapshots(ctx, o, store, load, dir); err != nil {
			return fmt.Errorf("snapshot: %w", err)
		}
		printSnapshots(result.Snapshots)
	}
	return nil
}

func anyPipeline(only string) bool {
	return slices.ContainsFunc(pipelines, func(p pipeline) bool { return selected(only, p.name) })
}

func selected(only, name string) bool {
	if only == "" {
		return true
	}
	for _, part := range strings.Split(only, ",") {
		if strings.Contains(name, strings.TrimSpace(part)) {
			return true
		}
	}
	return false
}

func environment(name, fallback string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return fallback
}

func mega(n int64) float64 { return float64(n) / 1e6 }
func mebi(n int64) float64 { return float64(n) / (1 << 20) }

// measurement is one run of one pipeline.
type measurement struct {
	Pairs       int           `json:"pairs"`
	Wall        time.Duration `json:"wall_ns"`      // first request to last acknowledgement
	CPU         time.Duration `json:"cpu_ns"`       // of the collector, from ready to its end, flush included
	PeakRSS     int64         `json:"peak_rss"`     // bytes
	StoredBytes int64         `json:"stored_bytes"` // in the bucket, after the collector stopped, or in the index
	Objects     int           `json:"objects"`      // files, or documents
}

func (m measurement) cpuPerMillion() float64 { return m.CPU.Seconds() / float64(m.Pairs) * 1e6 }
