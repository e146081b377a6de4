package delivery

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The metrics that an operator would watch.
const (
	archiveLag  = "otelcol_archive_exporter_oldest_unflushed_age"
	hotLag      = "otelcol_hotstore_exporter_oldest_unflushed_age"
	hotMissed   = "otelcol_hotstore_exporter_missed_records"
	hotBackfill = "otelcol_hotstore_exporter_backfilled_documents"
	hotGaps     = "otelcol_hotstore_exporter_open_gaps"
	hotDead     = "otelcol_hotstore_exporter_dead_letter_records"
	archiveDead = "otelcol_archive_exporter_dead_letter_records"
)

type sample struct {
	at     time.Time
	values map[string]float64
}

// watch reads the collector's metrics twice a second until it is stopped.
type watch struct {
	address string
	cancel  context.CancelFunc
	wait    sync.WaitGroup
	mu      sync.Mutex
	samples []sample
}

func watchMetrics(t *testing.T, address string) *watch {
	ctx, cancel := context.WithCancel(t.Context())
	w := &watch{address: address, cancel: cancel}
	w.wait.Go(func() {
		ticker := time.NewTicker(500 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				if values := scrape(ctx, address); values != nil {
					w.mu.Lock()
					w.samples = append(w.samples, sample{at: time.Now(), values: values})
					w.mu.Unlock()
				}
			}
		}
	})
	t.Cleanup(w.end)
	return w
}

func (w *watch) end() {
	w.cancel()
	w.wait.Wait()
}

// last is the newest value of a metric.
func (w *watch) last(name string) float64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.samples) == 0 {
		return 0
	}
	return w.samples[len(w.samples)-1].values[name]
}

// most is the largest value of a metric in a span of time.
func (w *watch) most(name string, from, to time.Time) (largest float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.samples {
		if !s.at.Before(from) && s.at.Before(to) {
			largest = max(largest, s.values[name])
		}
	}
	return largest
}

// scrape sums each metric over its attributes; nil where nobody answers.
func scrape(ctx context.Context, address string) map[string]float64 {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/metrics", http.NoBody)
	if err != nil {
		return nil
	}
	request.Close = true
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil
	}
	defer answer.Body.Close()
	values := map[string]float64{}
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		name, rest, _ := strings.Cut(lines.Text(), "{")
		_, number, _ := strings.Cut(rest, "} ")
		if value, err := strconv.ParseFloat(number, 64); err == nil {
			values[strings.TrimSuffix(strings.TrimSuffix(name, "_total"), "_seconds")] += value
		}
	}
	return values
}

func portOf(t *testing.T, address string) int {
	t.Helper()
	_, text, err := net.SplitHostPort(address)
	require.NoError(t, err)
	port, err := strconv.Atoi(text)
	require.NoError(t, err)
	return port
}
