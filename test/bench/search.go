package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"
)

// searchPipeline is one way of RRPairs into OpenSearch. In config, {{endpoint}} and {{index}} are filled in as well.
type searchPipeline struct {
	name    string
	config  string
	indices string // pattern of the indices it writes, with {{index}}
	rounds  bool   // run in every round, not in the first alone
}

// Documents name their place in an archive, which is why there is one; nothing is written to it here.
const ourSearch = `
extensions:
  archive: {url: "file://{{archive}}"}
  hotstore: {opensearch: {endpoints: ["{{endpoint}}"], index: "{{index}}", replicas: 0}}
  file_storage: {directory: "{{queue}}", create_directory: true, fsync: true}
receivers:
  rrpair: {protocols: {grpc: {endpoint: "127.0.0.1:{{port}}"}}}
processors:
  dimension: {}
exporters:
  hotstore: {sending_queue: {storage: file_storage}, retry_on_failure: {max_interval: 5s}, allow_unredacted: true, include: INCLUDE}
service:
  telemetry: {metrics: {level: none}, logs: {level: warn}}
  extensions: [archive, hotstore, file_storage]
  pipelines: {logs: {receivers: [rrpair], processors: [dimension], exporters: [hotstore]}}
`

// The exporter's own README is followed: the default mapping (ss4o), and a queue that batches. The queue is persistent
// with fsync, like ours; batches wait as long as ours do; retries are as far apart as ours, so that none is given less time.
const stockSearch = stockHead + `
exporters:
  opensearch:
    http: {endpoint: "{{endpoint}}"}
    dataset: "{{index}}"
    retry_on_failure: {enabled: true, max_interval: 5s}
    sending_queue:
      enabled: true
      storage: file_storage
      num_consumers: 10
      sizer: items
      queue_size: 1000000
      block_on_overflow: true
      batch: {flush_timeout: 1s, min_size: 8192}
service:
  telemetry: {metrics: {level: none}, logs: {level: warn}}
  extensions: [file_storage]
  pipelines: {logs: {receivers: [otlp], exporters: [opensearch]}}
`

const (
	oursSearch        = "ours"
	oursSearchHeaders = "ours, include: headers"
	oursSearchFull    = "ours, include: full"
	stockSearchName   = "stock opensearchexporter"
)

func ourSearchPipeline(name, include string, rounds bool) searchPipeline {
	return searchPipeline{name: name, config: strings.ReplaceAll(ourSearch, "INCLUDE", include), indices: "{{index}}-*", rounds: rounds}
}

func searchPipelines() []searchPipeline {
	return []searchPipeline{
		ourSearchPipeline(oursSearch, "none", true),
		{name: stockSearchName, config: stockSearch, indices: "ss4o_logs-{{index}}-*", rounds: true},
		ourSearchPipeline(oursSearchHeaders, "headers", false),
		ourSearchPipeline(oursSearchFull, "full", false),
	}
}

// searchPatience is how long the index may stand still before what is missing counts as lost: several times the longest
// wait between two attempts.
const searchPatience = 25 * time.Second

// searchSummary is what the comparison on OpenSearch found.
type searchSummary struct {
	Runs     map[string]measurement `json:"runs"` // medians; stored_bytes is the index, merged to one segment
	Restarts []restartRun           `json:"restarts"`
	Ratios   []ratio                `json:"ratios"`
	order    []string
}

// compareSearch measures all pipelines on one node; nil where there is no OpenSearch.
func compareSearch(ctx context.Context, o options, load *traffic, dir string) (*searchSummary, error) {
	node, err := startSearch(ctx, o.services, dir)
	if errors.Is(err, errNoSearch) && os.Getenv("CI") == "" {
		fmt.Println("\nOpenSearch is left out:", err)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer node.stop()
	all, load := load, load.first(o.searchPairs)
	fmt.Printf("\nOpenSearch: %d pairs a run, one node, heap 1 GiB\n", load.pairs)
	results := map[string][]measurement{}
	s := &searchSummary{Runs: map[string]measurement{}}
	for round := range o.rounds {
		for i, p := range searchPipelines() {
			if round > 0 && !p.rounds {
				continue
			}
			m, err := measureSearch(ctx, o, p, fmt.Sprintf("run%d-%d", round, i), node, load, dir)
			if err != nil {
				return nil, fmt.Errorf("OpenSearch, %s, round %d: %w", p.name, round+1, err)
			}
			if round == 0 {
				s.order = append(s.order, p.name)
			}
			results[p.name] = append(results[p.name], m)
			fmt.Printf("round %d  %-34s %8.0f documents/s  %6.1f CPU-s/M  peak %5.0f MiB  index %7.2f MB, %d documents\n",
				round+1, p.name, float64(load.pairs)/m.Wall.Seconds(), m.cpuPerMillion(), mebi(m.PeakRSS), mega(m.StoredBytes), m.Objects)
		}
	}
	for name, runs := range results {
		s.Runs[name] = median(runs)
	}
	for _, p := range searchPipelines()[:2] {
		r, err := restartSearch(ctx, o, p, node, all, dir)
		if err != nil {
			return nil, fmt.Errorf("OpenSearch restarted, %s: %w", p.name, err)
		}
		s.Restarts = append(s.Restarts, r)
	}
	s.compare()
	return s, nil
}

// startSearchPipeline starts a collector on indices of its own and says which they are.
func startSearchPipeline(ctx context.Context, o options, p searchPipeline, index string, node *searchNode, work string) (c *collector, indices string, err error) {
	archive := filepath.Join(work, "archive")
	if err := os.MkdirAll(archive, 0o755); err != nil {
		return nil, "", err
	}
	c, err = startCollector(ctx, o.collector, p.config, work, map[string]string{"{{endpoint}}": node.endpoint, "{{index}}": index, "{{archive}}": archive}, nil)
	return c, strings.ReplaceAll(p.indices, "{{index}}", index), err
}

// measureSearch runs one pipeline once: start, send everything, wait until it can be found, stop, merge.
func measureSearch(ctx context.Context, o options, p searchPipeline, index string, node *searchNode, load *traffic, dir string) (measurement, error) {
	work := filepath.Join(dir, "search-"+index)
	defer os.RemoveAll(work)
	c, indices, err := startSearchPipeline(ctx, o, p, index, node, work)
	if err != nil {
		return measurement{}, err
	}
	begin := time.Now()
	if err := sendAll(ctx, c.address, load.requests, o.senders); err != nil {
		return measurement{}, c.failed(err)
	}
	found, err := node.wait(ctx, indices, load.pairs, searchPatience)
	if err != nil {
		return measurement{}, c.failed(err)
	}
	m := measurement{Pairs: load.pairs, Wall: time.Since(begin), Objects: found}
	if found != load.pairs {
		return measurement{}, c.failed(fmt.Errorf("%d pairs were acknowledged, %d are in the index", load.pairs, found))
	}
	if m.CPU, m.PeakRSS, err = c.stop(); err != nil {
		return measurement{}, err
	}
	if m.StoredBytes, err = node.mergedBytes(ctx, indices); err != nil {
		return measurement{}, err
	}
	return m, node.remove(ctx, indices)
}

func (s *searchSummary) compare() {
	ours, stock := s.Runs[oursSearch], s.Runs[stockSearchName]
	s.Ratios = []ratio{
		{Name: "OpenSearch: documents per CPU-second of the collector against " + stockSearchName, Value: stock.cpuPerMillion() / ours.cpuPerMillion(), Target: 1},
		{Name: "OpenSearch: bytes on disk against " + stockSearchName, Value: float64(ours.StoredBytes) / float64(stock.StoredBytes), Target: 0.4, AtMost: true},
	}
	for _, r := range s.Restarts {
		if r.Name == oursSearch {
			s.Ratios = append(s.Ratios,
				ratio{Name: "OpenSearch killed under way: documents lost", Value: float64(r.Lost), AtMost: true},
				ratio{Name: "OpenSearch killed under way: documents doubled", Value: float64(r.Doubled), AtMost: true})
		}
	}
}

func (s *searchSummary) print() {
	fmt.Println()
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "OpenSearch (medians)\tdocuments/s until found\tCPU-s per million pairs\tpeak RSS MiB\tindex bytes a pair, merged")
	for _, name := range s.order {
		m := s.Runs[name]
		fmt.Fprintf(w, "%s\t%.0f\t%.1f\t%.0f\t%.0f\n", name, float64(m.Pairs)/m.Wall.Seconds(), m.cpuPerMillion(), mebi(m.PeakRSS), float64(m.StoredBytes)/float64(m.Pairs))
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, "OpenSearch killed under way\tacknowledged\tbefore the kill\twhile down\tdown for\tdocuments\tlost\tdoubled")
	for _, r := range s.Restarts {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%.0f s\t%d\t%d\t%d\n", r.Name, r.Acknowledged, r.Before, r.While, r.Down.Seconds(), r.Documents, r.Lost, r.Doubled)
	}
	w.Flush()
	fmt.Println()
	printRatios(s.Ratios)
}
