package fences

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/byoc-otel/otelcol-byoc/test/collector"
)

// redactionKey stands in for a user's.
const redactionKey = "a long key for the tests of the fences"

// world is the folders and the address of one collector.
type world struct {
	t       *testing.T
	address string
	queue   string
	temp    string
	archive string
}

func newWorld(t *testing.T) *world {
	folder := t.TempDir()
	w := &world{
		t: t, address: fmt.Sprintf("127.0.0.1:%d", collector.FreePort(t)),
		queue: filepath.Join(folder, "queue"), temp: filepath.Join(folder, "temp"), archive: filepath.Join(folder, "archive"),
	}
	require.NoError(t, os.MkdirAll(w.temp, 0o700))
	return w
}

type table = map[string]any

// config is a collector with an archive. url empty: a folder.
func (w *world) config(url string, receiver string, pipelines table, changes table) string {
	w.t.Helper()
	if url == "" {
		url = "file://" + w.archive + "?create_directory=true"
	}
	config := table{
		"extensions": table{
			"archive":      table{"url": url, "request_timeout": "1s"},
			"file_storage": table{"directory": w.queue, "create_directory": true, "fsync": true},
		},
		"receivers":  table{receiver: table{"protocols": table{"grpc": table{"endpoint": w.address}}}},
		"processors": table{"redact": table{"key": redactionKey, "policy": "strict"}},
		"connectors": table{"forward": nil},
		"exporters":  table{"archive": table{"sending_queue": table{"storage": "file_storage"}, "flush": table{"size": "1MiB", "age": "200ms"}, "temp_dir": w.temp}},
		"service": table{
			"extensions": []string{"file_storage", "archive"}, "pipelines": pipelines,
			"telemetry": table{"metrics": table{"level": "none"}},
		},
	}
	maps.Copy(config, changes)
	text, err := yaml.Marshal(config)
	require.NoError(w.t, err)
	file := filepath.Join(w.t.TempDir(), "config.yaml")
	require.NoError(w.t, os.WriteFile(file, text, 0o600))
	return file
}

func (w *world) environment() []string { return []string{"TMPDIR=" + w.temp} }

func (w *world) start(config string) *collector.Process {
	w.t.Helper()
	return collector.Start(w.t, collector.Binary(w.t), []string{"--config", config}, w.environment(), w.address)
}

// startLimit is how long a collector may take to refuse its configuration.
const startLimit = 30 * time.Second

// refuseToStart runs a collector that must end at its start, and returns what it printed.
func (w *world) refuseToStart(config string) string {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), startLimit)
	defer cancel()
	command := exec.CommandContext(ctx, collector.Binary(w.t), "--config", config)
	command.Env = append(os.Environ(), w.environment()...)
	output, err := command.CombinedOutput()
	require.NoError(w.t, ctx.Err(), "the collector runs: %s", output)
	var exit *exec.ExitError
	require.ErrorAs(w.t, err, &exit, "%s", output)
	return string(output)
}

func pipeline(receiver string, processors []string, exporter string) table {
	return table{"receivers": []string{receiver}, "processors": processors, "exporters": []string{exporter}}
}
