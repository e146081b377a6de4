// Package foreign builds a collector that is not ours, the way somebody does who adds our archive to a distribution
// they already have, and runs it.
package foreign

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/test/collector"
)

const manifest = `
dist:
  module: example.com/acme/collector
  name: acme-collector
  version: 1.0.0
  output_path: ./acme
conf_resolver: {default_uri_scheme: env}
receivers:
  - gomod: go.opentelemetry.io/collector/receiver/otlpreceiver v0.139.0
processors:
  - gomod: go.opentelemetry.io/collector/processor/memorylimiterprocessor v0.139.0
exporters:
  - gomod: go.opentelemetry.io/collector/exporter/debugexporter v0.139.0
  - gomod: github.com/byoc-otel/otelcol-byoc v0.1.0
    import: github.com/byoc-otel/otelcol-byoc/exporter/archiveexporter
extensions:
  - gomod: github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage v0.139.0
  - gomod: github.com/byoc-otel/otelcol-byoc v0.1.0
    import: github.com/byoc-otel/otelcol-byoc/extension/archiveextension
providers:
  - gomod: go.opentelemetry.io/collector/confmap/provider/envprovider v1.45.0
  - gomod: go.opentelemetry.io/collector/confmap/provider/fileprovider v1.45.0
replaces:
  - github.com/byoc-otel/otelcol-byoc => CHECKOUT
`

const config = `
extensions:
  archive: {url: "file://DIR/archive?create_directory=true"}
  file_storage: {directory: DIR/queue, create_directory: true, fsync: true}
receivers:
  otlp: {protocols: {grpc: {endpoint: "127.0.0.1:PORT"}}}
processors:
  memory_limiter: {check_interval: 1s, limit_mib: 1024}
exporters:
  debug: {}
  archive: {allow_unredacted: true, sending_queue: {storage: file_storage}}
service:
  telemetry: {metrics: {level: none}}
  extensions: [file_storage, archive]
  pipelines: {logs: {receivers: [otlp], processors: [memory_limiter], exporters: [debug, archive]}}
`

func TestComponentsInSomebodyElsesCollector(t *testing.T) {
	builder := os.Getenv("BYOC_BUILDER")
	if builder == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("BYOC_BUILDER names no collector builder; run through `make test`")
		}
		t.Skip("BYOC_BUILDER names no collector builder; run through `make test`")
	}
	checkout, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir := t.TempDir()
	binary := build(t, builder, checkout, dir)

	port := collector.FreePort(t)
	configFile := filepath.Join(dir, "config.yaml")
	text := strings.NewReplacer("DIR", dir, "PORT", fmt.Sprint(port)).Replace(config)
	require.NoError(t, os.WriteFile(configFile, []byte(text), 0o644))
	output, err := exec.Command(binary, "validate", "--config", configFile).CombinedOutput()
	require.NoError(t, err, "%s", output)

	address := fmt.Sprintf("127.0.0.1:%d", port)
	running := collector.Start(t, binary, []string{"--config", configFile}, nil, address)
	collector.Send(t, address, collector.Pairs(t, 7, 50))
	running.Stop()
	require.Positive(t, parquetFiles(t, filepath.Join(dir, "archive", "v1")), "no Parquet file in the archive: %s", running.Log())
}

// build runs the collector builder outside the checkout, with our module replaced to it.
func build(t *testing.T, builder, checkout, dir string) string {
	t.Helper()
	manifestFile := filepath.Join(dir, "manifest.yaml")
	require.NoError(t, os.WriteFile(manifestFile, []byte(strings.ReplaceAll(manifest, "CHECKOUT", checkout)), 0o644))
	// The checksums of our own distribution cover this one's modules, so that no checksum database is asked.
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "acme"), 0o755))
	sums, err := os.ReadFile(filepath.Join(checkout, "cmd", "otelcol-byoc", "go.sum"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "acme", "go.sum"), sums, 0o644))
	command := exec.Command(builder, "--config", manifestFile)
	command.Dir = dir
	command.Env = append(os.Environ(), "GOFLAGS=-mod=mod")
	output, err := command.CombinedOutput()
	require.NoError(t, err, "%s", output)
	return filepath.Join(dir, "acme", "acme-collector")
}

func parquetFiles(t *testing.T, dir string) int {
	t.Helper()
	count := 0
	require.NoError(t, filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if strings.HasSuffix(path, ".parquet") {
			count++
		}
		return err
	}))
	return count
}
