package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/plog"
)

var storageID = component.MustNewID("file_storage")

// world is a disk, a store, and what senders believe. Records are their body text.
type world struct {
	t    testing.TB
	disk *disk

	mu         sync.Mutex
	down       error             // why pushes fail; nil: they work
	deny       func(string) bool // records that the store refuses to take now
	acked      map[string]bool
	stored     map[string]int
	unreadable [][]byte
	letters    error // why dead letters fail
	pushes     int
	batches    []Batch
	sent       int
}

func newWorld(t testing.TB) *world {
	return &world{t: t, disk: newDisk(), acked: map[string]bool{}, stored: map[string]int{}}
}

func (w *world) change(f func(*world)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f(w)
}

func testConfig() Config {
	config := DefaultConfig()
	config.SendingQueue.Storage = &storageID
	config.Flush.Age = 20 * time.Millisecond
	config.Retry.InitialInterval = 10 * time.Millisecond
	config.Retry.MaxInterval = 20 * time.Millisecond
	config.ShutdownTimeout = 5 * time.Second
	return config
}

func (w *world) handler(p *process) Handler {
	return Handler{
		Convert: convertBodies,
		Push: func(ctx context.Context, blocks []Block) ([]Block, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.pushes++
			if !p.alive() {
				return blocks, errKilled
			}
			if w.down != nil {
				return blocks, w.down
			}
			var remaining []Block
			for _, block := range blocks {
				for _, record := range strings.Split(string(block.Data), "\n") {
					if w.deny != nil && w.deny(record) {
						remaining = append(remaining, block)
						break
					}
					w.stored[record]++
				}
			}
			if len(remaining) > 0 {
				return remaining, fmt.Errorf("%d blocks refused", len(remaining))
			}
			return nil, nil
		},
		Unreadable: func(_ context.Context, raw []byte, _ error) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.letters != nil || !p.alive() {
				return errors.Join(w.letters, errKilled)
			}
			w.unreadable = append(w.unreadable, raw)
			return nil
		},
		Flushed: func(_ context.Context, batch Batch) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.batches = append(w.batches, batch)
		},
	}
}

// convertBodies makes one block of a request, its records' bodies one per line. Bytes is a hundred times their
// length, so that small tests can fill a queue.
func convertBodies(_ context.Context, logs plog.Logs) ([]Block, error) {
	var lines []string
	for _, resource := range logs.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			for _, record := range scope.LogRecords().All() {
				lines = append(lines, record.Body().Str())
			}
		}
	}
	if len(lines) == 0 {
		return nil, nil
	}
	data := strings.Join(lines, "\n")
	return []Block{{Data: []byte(data), Items: len(lines), Bytes: 100 * len(data)}}, nil
}

func bodies(bodies ...string) plog.Logs {
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for _, body := range bodies {
		records.AppendEmpty().Body().SetStr(body)
	}
	return logs
}

// begin starts a new process on the disk.
func (w *world) begin(config Config) (*Exporter, *process) {
	w.t.Helper()
	p := &process{disk: w.disk}
	e := w.create(config, p)
	require.NoError(w.t, e.Start(context.Background(), p))
	return e, p
}

func (w *world) create(config Config, p *process) *Exporter {
	w.t.Helper()
	settings := exportertest.NewNopSettings(component.MustNewType("test"))
	settings.ID = component.MustNewID("test") // names the file of a file_storage
	e, err := NewLogs(context.Background(), settings, config, w.handler(p))
	require.NoError(w.t, err)
	return e
}

// send sends n requests of two records each and remembers what was acknowledged.
func (w *world) send(e *Exporter, n int) {
	for range n {
		w.sent++
		first, second := fmt.Sprintf("record %d a", w.sent), fmt.Sprintf("record %d b", w.sent)
		if e.ConsumeLogs(context.Background(), bodies(first, second)) == nil {
			w.change(func(w *world) { w.acked[first], w.acked[second] = true, true })
		}
	}
}

// missing returns what was acknowledged and is not in the store.
func (w *world) missing() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var missing []string
	for record := range w.acked {
		if w.stored[record] == 0 {
			missing = append(missing, record)
		}
	}
	return missing
}

func (w *world) eventually(what string, condition func() bool) {
	w.t.Helper()
	require.Eventually(w.t, condition, 10*time.Second, time.Millisecond, what)
}

func (w *world) end(e *Exporter) {
	w.t.Helper()
	require.NoError(w.t, e.Shutdown(context.Background()))
}

func now() time.Time { return time.Now() }

func sizerBytes() exporterhelper.RequestSizerType { return exporterhelper.RequestSizerTypeBytes }
