// Package examples starts every configuration under examples/ with the real collector against a real store. Only
// endpoints, folders and credentials are overlaid: the rest is what a user gets.
package examples

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/byoc-otel/otelcol-byoc/test/collector"
	"github.com/byoc-otel/otelcol-byoc/test/services"
)

func TestMain(m *testing.M) { os.Exit(services.Main(m)) }

const (
	// pairs sent to each example.
	pairs = 40
	// redactionKey stands in for the user's.
	redactionKey = "a key for the tests of the examples"
)

func TestEveryExampleIsCovered(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/config.yaml")
	require.NoError(t, err)
	var names []string
	for _, f := range files {
		names = append(names, filepath.Base(filepath.Dir(f)))
	}
	require.ElementsMatch(t, []string{"local", "minio", "aws", "gcp", "azure"}, names, "add the new example to the tests below")
	files, err = filepath.Glob("../../examples/*/*.yaml")
	require.NoError(t, err)
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		require.NotContains(t, string(text), "allow_unredacted", "%s: examples redact", f)
	}
}

func TestExamplesValidate(t *testing.T) {
	binary := collector.Binary(t)
	files, err := filepath.Glob("../../examples/*/config.yaml")
	require.NoError(t, err)
	for _, file := range append(files, "../../examples/agent-gateway/agent.yaml", "../../examples/agent-gateway/gateway.yaml") {
		command := exec.Command(binary, "validate", "--config", file)
		command.Env = append(append(os.Environ(), tierEnvironment(t)...), "BYOC_DATA="+t.TempDir())
		output, err := command.CombinedOutput()
		require.NoError(t, err, "%s: %s", file, output)
	}
}

func TestLocal(t *testing.T) {
	data := t.TempDir()
	run(t, "local", nil, []string{"BYOC_DATA=" + data})
}

func TestMinIO(t *testing.T) { runOnStore(t, "minio", services.MinIO(t)) }
func TestAWS(t *testing.T)   { runOnStore(t, "aws", services.MinIO(t)) }
func TestGCP(t *testing.T)   { runOnStore(t, "gcp", services.FakeGCS(t)) }
func TestAzure(t *testing.T) { runOnStore(t, "azure", services.Azurite(t)) }

func runOnStore(t *testing.T, example string, store *services.Store) {
	archive := map[string]any{"url": store.At("rrpairs").URL}
	for key, value := range store.Settings {
		archive[key] = value
	}
	run(t, example, archive, store.Env)
}

// run starts an example with the overlay, sends pairs, stops it, and reads the archive back with the tool.
func run(t *testing.T, example string, archive map[string]any, environment []string) {
	environment = append(environment, "BYOC_REDACTION_KEY="+redactionKey)
	config, err := filepath.Abs(filepath.Join("../../examples", example, "config.yaml"))
	require.NoError(t, err)
	grpc, web, health, metrics := collector.FreePort(t), collector.FreePort(t), collector.FreePort(t), collector.FreePort(t)
	local := func(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
	extensions := map[string]any{
		"file_storage":  map[string]any{"directory": filepath.Join(t.TempDir(), "queue")},
		"healthcheckv2": map[string]any{"http": map[string]any{"endpoint": local(health)}},
	}
	if archive != nil {
		extensions["archive"] = archive
	}
	overlay, err := yaml.Marshal(map[string]any{
		"extensions": extensions,
		"receivers": map[string]any{"rrpair": map[string]any{"protocols": map[string]any{
			"grpc": map[string]any{"endpoint": local(grpc)}, "http": map[string]any{"endpoint": local(web)}}}},
		"service": map[string]any{"telemetry": map[string]any{"metrics": map[string]any{"readers": []any{map[string]any{
			"pull": map[string]any{"exporter": map[string]any{"prometheus": map[string]any{"host": "127.0.0.1", "port": metrics}}}}}}}},
	})
	require.NoError(t, err)
	overlayFile := filepath.Join(t.TempDir(), "overlay.yaml")
	require.NoError(t, os.WriteFile(overlayFile, overlay, 0o600))

	running := collector.Start(t, collector.Binary(t), []string{"--config", config, "--config", overlayFile}, environment, local(grpc), local(health))
	collector.Send(t, local(grpc), collector.Pairs(t, 3, pairs))
	require.Eventually(t, func() bool {
		response, err := http.Get("http://" + local(health) + "/status")
		if err != nil {
			return false
		}
		defer response.Body.Close()
		return response.StatusCode == http.StatusOK
	}, 20*time.Second, 100*time.Millisecond, "the health endpoint does not turn green: %s", running.Log())
	running.Stop()

	requireArchived(t, environment, running, "--config", config, "--config", overlayFile)
}

// requireArchived reads the archive of a configuration back with the tool.
func requireArchived(t *testing.T, environment []string, running *collector.Process, configs ...string) {
	t.Helper()
	arguments := append(configs, "archive", "stat", "--output", "json", "--no-progress")
	command := exec.Command(collector.Tool(t), arguments...)
	command.Env = append(os.Environ(), environment...)
	output, err := command.Output()
	require.NoError(t, err, "byoc %s: %s", strings.Join(arguments, " "), output)
	var stat struct {
		Records int `json:"records"`
	}
	require.NoError(t, json.Unmarshal(output, &stat))
	require.Equal(t, pairs, stat.Records, running.Log())
}
