package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// spread is a source whose groups have pairs in few of many intervals. It is the same every time.
type spread struct {
	hotstore.Reader
	names []string
	pairs int
}

func (spread) Capabilities() hotstore.Capabilities {
	return hotstore.Capabilities{PercentileError: 0.01}
}

func (s spread) Aggregate(_ context.Context, aggregate hotstore.Aggregate, yield func(hotstore.Group) error) (hotstore.Usage, error) {
	random, groups := rand.New(rand.NewPCG(1, 2)), hotstore.NewGroups(&aggregate)
	for i := range s.pairs {
		name := s.names[random.IntN(len(s.names))]
		at := aggregate.From.Add(time.Duration(random.Int64N(int64(aggregate.To.Sub(aggregate.From)))))
		duration := time.Duration(random.ExpFloat64() * float64(random.IntN(200)) * float64(time.Millisecond))
		document := hotstore.Document{Time: at, Service: "shop", Endpoint: name, Status: []string{"200", "404", ""}[random.IntN(3)], Direction: []string{"IN", "OUT"}[i%2],
			Error: i%7 == 0, Duration: duration, LatencyBucket: hotstore.Bucket(duration), RequestBytes: random.Int64N(5000), ResponseBytes: random.Int64N(1 << 20)}
		if err := groups.Add(&document); err != nil {
			return hotstore.Usage{}, err
		}
	}
	return hotstore.Usage{}, groups.Each(yield)
}

func spreadQuestion(output string, interval time.Duration, by ...string) statsQuestion {
	return statsQuestion{from: shopHour(), to: shopHour().Add(time.Hour), by: by, interval: interval, sort: hotstore.ParseSort(defaultStatsSort), output: output}
}

// BenchmarkStats measures what the command does besides the store's part, on 100,000 pairs in 1,500 groups of 60 intervals.
func BenchmarkStats(b *testing.B) {
	s := spread{pairs: 100_000}
	for i := range 500 {
		s.names = append(s.names, fmt.Sprintf("POST /v1/things/{id}/part-%d", i))
	}
	for _, output := range []string{outputJSON, outputNDJSON, outputCSV, outputTable} {
		b.Run(output, func(b *testing.B) {
			a := &app{stdout: io.Discard, stderr: io.Discard, location: time.UTC}
			asked := spreadQuestion(output, time.Minute, "service", "endpoint", "status", "direction")
			var groups []hotstore.Group
			_, err := s.Aggregate(b.Context(), hotstore.Aggregate{From: asked.from, To: asked.to, By: asked.by, Interval: asked.interval},
				func(group hotstore.Group) error { groups = append(groups, group); return nil })
			require.NoError(b, err)
			b.ReportAllocs()
			for b.Loop() {
				result := newStatsResult(asked)
				result.asked.by = asked.by[:3]
				for _, group := range groups {
					isInbound := group.Keys[3] == "IN"
					group.Keys = group.Keys[:3]
					result.add(&group, isInbound)
				}
				require.NoError(b, result.finish())
				require.NoError(b, a.printStats(result))
			}
		})
	}
}

// TestStatsJSONIsThatOfItsTypes compares what is printed with what encoding/json makes of the types that say what it is.
func TestStatsJSONIsThatOfItsTypes(t *testing.T) {
	odd := spread{pairs: 400, names: []string{"GET /", "", "<a href=\"x\">&", "\\\n\t\x00\x7f", "größer\u2028", "\xff\xfe", "日本"}}
	for _, by := range [][]string{{"status", "endpoint"}, {"endpoint"}, {}} {
		for _, interval := range []time.Duration{0, time.Minute, 7 * time.Minute} {
			for _, pairs := range []int{0, 1, odd.pairs} {
				asked := spreadQuestion(outputJSON, interval, by...)
				b := newBench(t)
				result, err := b.measure(t.Context(), &trafficSource{Reader: spread{names: odd.names, pairs: pairs}}, asked)
				require.NoError(t, err)
				var want, lines bytes.Buffer
				encoder, lineEncoder := json.NewEncoder(&want), json.NewEncoder(&lines)
				for _, e := range []*json.Encoder{encoder, lineEncoder} {
					e.SetEscapeHTML(false)
				}
				encoder.SetIndent("", "  ")
				keysOf := func(group *statsGroup) map[string]string {
					keys := map[string]string{}
					for i, name := range by {
						keys[name] = group.keys[i]
					}
					return keys
				}
				report := result.report()
				for _, group := range result.groups {
					one := statsGroupReport{Group: keysOf(group), statsFigures: figuresOf(&group.total, result.window())}
					for _, start := range result.starts {
						one.Intervals = append(one.Intervals, statsIntervalReport{start, figuresOf(group.cell(start), result.span(start))})
					}
					report.Groups = append(report.Groups, one)
				}
				require.NoError(t, encoder.Encode(report))
				require.NoError(t, result.eachRow(func(group *statsGroup, start time.Time, sum *trafficSum, span time.Duration) error {
					row := statsRow{Group: keysOf(group), statsFigures: figuresOf(sum, span)}
					if !start.IsZero() {
						row.Start = &start
					}
					return lineEncoder.Encode(row)
				}))
				require.NoError(t, b.printStats(result))
				require.Equal(t, want.String(), b.stdout.String())
				b.stdout.Reset()
				result.asked.output = outputNDJSON
				require.NoError(t, b.printStats(result))
				require.Equal(t, lines.String(), b.stdout.String())
			}
		}
	}
}

func TestFloatsAreAsInJSON(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	numbers := []float64{0, math.Copysign(0, -1), 1, -1, 1e-6, 9.99e-7, 1e-7, 1e-10, 1e20, 1e21, 1.5e21, 1e100, 1 << 53, -1 << 53, math.MaxInt64, math.MaxFloat64, math.SmallestNonzeroFloat64, 0.1}
	for range 10_000 {
		if x := math.Float64frombits(random.Uint64()); !math.IsNaN(x) && !math.IsInf(x, 0) {
			numbers = append(numbers, x)
		}
	}
	for _, x := range numbers {
		want, err := json.Marshal(x)
		require.NoError(t, err)
		require.Equal(t, string(want), string(appendJSONFloat(nil, x)))
	}
}
