package delivery

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/opensearch"
	"github.com/byoc-otel/otelcol-byoc/test/collector"
	"github.com/byoc-otel/otelcol-byoc/test/services"
)

const (
	// archiveAge is the archive's flush::age.
	archiveAge = 2 * time.Second
	// hotQueue is the smallest queue that the exporter's settings allow, so that it overflows soon.
	hotQueue = "260MiB"
)

// hotWorld is a world with an OpenSearch node behind a proxy beside the archive.
type hotWorld struct {
	*world
	tool    string
	node    *services.Search
	gate    *proxy
	metrics string // address of the collector's own
	direct  opensearch.Config
}

// newHotWorld writes the configuration: both queues lie on disk, and documents hold the whole pair, so that fewer of them
// fill the queue.
func newHotWorld(t *testing.T) *hotWorld {
	t.Helper()
	binary := collector.Binary(t)
	w := &hotWorld{tool: collector.Tool(t), node: services.OwnOpenSearch(t)}
	w.gate = newProxy(t, fmt.Sprintf("127.0.0.1:%d", w.node.Port))
	w.metrics = fmt.Sprintf("127.0.0.1:%d", collector.FreePort(t))
	w.direct = opensearch.NewDefaultConfig()
	w.direct.Endpoints, w.direct.Replicas = []string{w.node.Endpoint}, 0
	stored := bucket.NewDefaultConfig()
	stored.URL = "file://" + filepath.Join(t.TempDir(), "archive") + "?create_directory=true"
	w.world = &world{t: t, binary: binary, archive: stored, address: fmt.Sprintf("127.0.0.1:%d", collector.FreePort(t))}
	config := map[string]any{
		"extensions": map[string]any{
			"archive": map[string]any{"url": stored.URL},
			"hotstore": map[string]any{"opensearch": map[string]any{
				"endpoints": []string{"http://" + w.gate.address()}, "replicas": 0, "refresh_interval": "1s",
			}},
			"file_storage": map[string]any{"directory": filepath.Join(t.TempDir(), "queue"), "create_directory": true, "fsync": true},
		},
		"receivers":  map[string]any{"rrpair": map[string]any{"protocols": map[string]any{"grpc": map[string]any{"endpoint": w.address}}}},
		"processors": map[string]any{"dimension": map[string]any{}},
		"exporters": map[string]any{
			"archive": map[string]any{
				"allow_unredacted": true,
				"sending_queue":    map[string]any{"storage": "file_storage"},
				"flush":            map[string]any{"age": archiveAge.String()},
			},
			"hotstore": map[string]any{
				"allow_unredacted": true,
				"include":          "full",
				"sending_queue":    map[string]any{"storage": "file_storage", "queue_size": hotQueue},
				"flush":            map[string]any{"size": "1MiB"},
				"retry_on_failure": map[string]any{"max_interval": "5s"},
			},
		},
		"service": map[string]any{
			"extensions": []string{"file_storage", "archive", "hotstore"},
			"pipelines": map[string]any{"logs": map[string]any{
				"receivers": []string{"rrpair"}, "processors": []string{"dimension"}, "exporters": []string{"archive", "hotstore"},
			}},
			"telemetry": map[string]any{"metrics": map[string]any{"readers": []any{map[string]any{
				"pull": map[string]any{"exporter": map[string]any{"prometheus": map[string]any{"host": "127.0.0.1", "port": portOf(t, w.metrics)}}},
			}}}},
		},
	}
	text, err := yaml.Marshal(config)
	require.NoError(t, err)
	w.config = filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(w.config, text, 0o600))
	return w
}
