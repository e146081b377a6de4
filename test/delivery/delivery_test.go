package delivery

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/test/collector"
	"github.com/byoc-otel/otelcol-byoc/test/services"
)

const (
	kills     = 20
	sendersIn = 4
	// settleLimit is how long what was acknowledged may take into the archive once the senders have stopped.
	settleLimit = 40 * time.Second
)

// world is a collector with its folders and its senders.
type world struct {
	t           *testing.T
	binary      string
	config      string
	address     string
	environment []string
	archive     bucket.Config
	running     *collector.Process
}

// newWorld writes the configuration: small files, written often, so that a kill meets every stage.
func newWorld(t *testing.T, archive map[string]any, stored bucket.Config, environment []string) *world {
	t.Helper()
	w := &world{t: t, binary: collector.Binary(t), archive: stored, environment: environment}
	w.address = fmt.Sprintf("127.0.0.1:%d", collector.FreePort(t))
	config := map[string]any{
		"extensions": map[string]any{
			"archive":      archive,
			"file_storage": map[string]any{"directory": filepath.Join(t.TempDir(), "queue"), "create_directory": true, "fsync": true},
		},
		"receivers": map[string]any{"rrpair": map[string]any{"protocols": map[string]any{"grpc": map[string]any{"endpoint": w.address}}}},
		"exporters": map[string]any{"archive": map[string]any{
			"allow_unredacted": true,
			"sending_queue":    map[string]any{"storage": "file_storage"},
			"flush":            map[string]any{"size": "2MiB", "age": "300ms"},
			"retry_on_failure": map[string]any{"initial_interval": "200ms", "max_interval": "1s"},
		}},
		"service": map[string]any{
			"extensions": []string{"file_storage", "archive"},
			"pipelines":  map[string]any{"logs": map[string]any{"receivers": []string{"rrpair"}, "exporters": []string{"archive"}}},
			"telemetry":  map[string]any{"metrics": map[string]any{"level": "none"}},
		},
	}
	text, err := yaml.Marshal(config)
	require.NoError(t, err)
	w.config = filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(w.config, text, 0o600))
	return w
}

func (w *world) start() {
	w.t.Helper()
	w.running = collector.Start(w.t, w.binary, []string{"--config", w.config}, w.environment, w.address)
}

// settle waits until everything acknowledged is in the archive and says what was found.
func (w *world) settle(l *ledger) {
	w.t.Helper()
	deadline := time.Now().Add(settleLimit)
	for {
		found := readArchive(w.t, w.archive)
		missing := l.missing(found)
		if len(missing) == 0 {
			require.Empty(w.t, l.invented(found), "in the archive and never sent")
			require.Empty(w.t, found.changed, "came twice, and differently")
			w.t.Logf("%d pairs acknowledged, %d records in %d files, %d of them duplicates", l.count(), found.records, found.files, found.records-len(found.content))
			return
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("%d of %d acknowledged pairs are not in the archive, such as %s\n%s", len(missing), l.count(), missing[0], w.running.Log())
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func TestKilledTwentyTimesNothingAcknowledgedIsLost(t *testing.T) {
	stored := bucket.NewDefaultConfig()
	stored.URL = "file://" + filepath.Join(t.TempDir(), "archive") + "?create_directory=true"
	w := newWorld(t, map[string]any{"url": stored.URL}, stored, nil)
	w.start()
	s := startSenders(t, w.address, sendersIn)
	for range kills {
		time.Sleep(time.Duration(100+rand.IntN(900)) * time.Millisecond)
		w.running.Kill()
		w.start()
	}
	time.Sleep(500 * time.Millisecond)
	s.end()
	w.settle(s.ledger)
	w.running.Stop()
	w.settle(s.ledger)
}

// The store is cut off again and again while the collector is running, and the collector is stopped and killed while it is
// away.
func TestTheStoreIsAwayAndTheCollectorRestarts(t *testing.T) {
	store := services.MinIO(t)
	gate := newProxy(t, fmt.Sprintf("127.0.0.1:%d", store.Port))
	archive := map[string]any{
		"url":             fmt.Sprintf("s3://%s/rrpairs?region=%s&endpoint=http://%s&use_path_style=true", store.Bucket, services.Region, gate.address()),
		"request_timeout": "2s",
	}
	for key, value := range store.Settings {
		archive[key] = value
	}
	w := newWorld(t, archive, store.At("rrpairs"), store.Env)
	w.start()
	s := startSenders(t, w.address, sendersIn)
	time.Sleep(2 * time.Second)
	gate.cut()
	time.Sleep(3 * time.Second)
	w.running.Stop() // with the store away: what is not stored stays in the queue
	w.start()        // and the collector starts without it
	time.Sleep(2 * time.Second)
	w.running.Kill()
	w.start()
	gate.mend()
	time.Sleep(2 * time.Second)
	gate.cut()
	time.Sleep(time.Second)
	gate.mend()
	s.end()
	w.settle(s.ledger)
	w.running.Stop()
	w.settle(s.ledger)
}
