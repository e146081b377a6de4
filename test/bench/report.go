package main

import (
	"fmt"
	"os"
	"slices"
	"text/tabwriter"
	"time"
)

// summary is what the run found; medians over the rounds.
type summary struct {
	Machine    machine                `json:"machine"`
	Took       time.Duration          `json:"took_ns"`
	Pairs      int                    `json:"pairs"`
	JSONBytes  int64                  `json:"json_bytes"`
	Pipelines  map[string]measurement `json:"pipelines"`
	Ratios     []ratio                `json:"ratios"`
	Snapshots  []snapshotRun          `json:"snapshots,omitempty"`
	OpenSearch *searchSummary         `json:"opensearch,omitempty"`
	SQLite     *embeddedSummary       `json:"sqlite,omitempty"`
	order      []string
}

// ratio is one comparison with its target.
type ratio struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Target float64 `json:"target"`
	AtMost bool    `json:"at_most"` // the target is a ceiling, not a floor
}

func (r ratio) met() bool {
	if r.AtMost {
		return r.Value <= r.Target
	}
	return r.Value >= r.Target
}

func (s *summary) summarize(order []string, results map[string][]measurement, load *traffic) {
	s.Pairs, s.JSONBytes, s.Pipelines, s.order = load.pairs, load.jsonBytes, map[string]measurement{}, order
	for name, runs := range results {
		s.Pipelines[name] = median(runs)
	}
	compare := func(name, ours, theirs string, target float64) {
		a, okA := s.Pipelines[ours]
		b, okB := s.Pipelines[theirs]
		if okA && okB {
			s.Ratios = append(s.Ratios, ratio{Name: name, Value: b.cpuPerMillion() / a.cpuPerMillion(), Target: target})
		}
	}
	compare("records per CPU-second against "+stockJSON, oursVolatile, stockJSON, 2.5)
	compare("records per CPU-second against "+stockProto, oursVolatile, stockProto, 1.6)
	compare("records per CPU-second, persistent queues with fsync on both sides", oursPersistent, stockJSONPersistent, 2.5)
	compare("redacted: records per CPU-second against stock without redaction, persistent queues with fsync on both sides", oursRedactedOnDisk, stockJSONPersistent, 1.0)
	compare("redacted: records per CPU-second against ourselves without redaction, persistent queues", oursRedactedOnDisk, oursPersistent, 0.7)
	compare("whole way (redact, dimension, archive, SQLite): records per CPU-second against stock archive alone", oursFull, stockJSONPersistent, 1.0)
	compare("full path (dimension, archive, SQLite): records per CPU-second against stock archive alone, persistent queues on both sides", oursFullUnredacted, stockJSONPersistent, 1.0)
	compare("whole way: records per CPU-second with redaction against without", oursFull, oursFullUnredacted, 0.7)
	for _, name := range []string{oursVolatile, oursPersistent} {
		if m, ok := s.Pipelines[name]; ok {
			s.Ratios = append(s.Ratios,
				ratio{Name: name + ": stored bytes per byte of OTLP protobuf with zstd per request", Value: float64(m.StoredBytes) / float64(load.protoZstdBytes), Target: 0.48, AtMost: true},
				ratio{Name: name + ": stored bytes per byte of plain OTLP-JSON", Value: float64(m.StoredBytes) / float64(load.otlpJSONBytes), Target: 0.06, AtMost: true},
				ratio{Name: name + ": peak RSS, MiB", Value: mebi(m.PeakRSS), Target: 512, AtMost: true})
		}
	}
}

// median takes each figure's median on its own.
func median(runs []measurement) measurement {
	pick := func(f func(measurement) int64) int64 {
		values := make([]int64, len(runs))
		for i, r := range runs {
			values[i] = f(r)
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	return measurement{
		Pairs:       runs[0].Pairs,
		Wall:        time.Duration(pick(func(m measurement) int64 { return int64(m.Wall) })),
		CPU:         time.Duration(pick(func(m measurement) int64 { return int64(m.CPU) })),
		PeakRSS:     pick(func(m measurement) int64 { return m.PeakRSS }),
		StoredBytes: pick(func(m measurement) int64 { return m.StoredBytes }),
		Objects:     int(pick(func(m measurement) int64 { return int64(m.Objects) })),
	}
}

func (s *summary) print() {
	fmt.Println()
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "pipeline (medians)\trecords/s\tCPU-s per million pairs\tpeak RSS MiB\tstored MB\tobjects")
	for _, name := range s.order {
		m := s.Pipelines[name]
		fmt.Fprintf(w, "%s\t%.0f\t%.1f\t%.0f\t%.2f\t%d\n", name, float64(m.Pairs)/m.Wall.Seconds(), m.cpuPerMillion(), mebi(m.PeakRSS), mega(m.StoredBytes), m.Objects)
	}
	w.Flush()
	fmt.Println()
	printRatios(s.Ratios)
}

func printRatios(ratios []ratio) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ratio\tmeasured\ttarget\t")
	for _, r := range ratios {
		sign, verdict := "at least", "met"
		if r.AtMost {
			sign = "at most"
		}
		if !r.met() {
			verdict = "MISSED"
		}
		fmt.Fprintf(w, "%s\t%.3f\t%s %g\t%s\n", r.Name, r.Value, sign, r.Target, verdict)
	}
	w.Flush()
}
