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
	// searchPassword is asked for by nobody: the test's OpenSearch has no users.
	searchPassword = "a password"
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
		command.Env = append(append(os.Environ(), tierEnvironment(t)...), "BYOC_DATA="+t.TempDir(), "SEARCH_PASSWORD="+searchPassword)
		output, err := command.CombinedOutput()
		require.NoError(t, err, "%s: %s", file, output)
	}
}

func TestLocal(t *testing.T) {
	run(t, "local", nil, nil, []string{"BYOC_DATA=" + t.TempDir()})
}

func TestMinIO(t *testing.T) { runOnStore(t, "minio", services.MinIO(t), embedded(t)) }
func TestGCP(t *testing.T)   { runOnStore(t, "gcp", services.FakeGCS(t), embedded(t)) }
func TestAWS(t *testing.T)   { runOnStore(t, "aws", services.MinIO(t), search(t)) }
func TestAzure(t *testing.T) { runOnStore(t, "azure", services.Azurite(t), search(t)) }

// embedded places a hot index in a folder of the test's.
func embedded(t *testing.T) map[string]any {
	return map[string]any{"sqlite": map[string]any{"path": filepath.Join(t.TempDir(), "hot")}}
}

// search places one in the test's OpenSearch, under a name of its own.
func search(t *testing.T) map[string]any {
	return map[string]any{"opensearch": map[string]any{
		"endpoints": []string{services.OpenSearch(t).Endpoint}, "index": fmt.Sprintf("rrpairs-%d", time.Now().UnixNano())}}
}

func runOnStore(t *testing.T, example string, store *services.Store, hotstore map[string]any) {
	run(t, example, settingsOf(store), hotstore, store.Env)
}

// settingsOf is the archive's block for a store.
func settingsOf(store *services.Store) map[string]any {
	archive := map[string]any{"url": store.At("rrpairs").URL}
	for key, value := range store.Settings {
		archive[key] = value
	}
	return archive
}

// run starts an example with the overlay, sends pairs, stops it, and reads archive and hot index back with the tool.
func run(t *testing.T, example string, archive, hotstore map[string]any, environment []string) {
	environment = append(environment, "BYOC_REDACTION_KEY="+redactionKey, "SEARCH_PASSWORD="+searchPassword)
	config, overlay, at := overlaid(t, example, archive, hotstore)
	running := collector.Start(t, collector.Binary(t), []string{"--config", config, "--config", overlay}, environment, at.grpc, at.health)
	collector.Send(t, at.grpc, recentPairs(t, 3, pairs))
	sendProbes(t, at.web)
	requireHealthy(t, running, at)
	running.Stop()

	requireArchived(t, environment, running, "--config", config, "--config", overlay)
	requireIndexed(t, environment, running, "--config", config, "--config", overlay)
}

func requireHealthy(t *testing.T, running *collector.Process, at addresses) {
	t.Helper()
	require.Eventually(t, func() bool {
		response, err := http.Get("http://" + at.health + "/status")
		if err != nil {
			return false
		}
		defer response.Body.Close()
		return response.StatusCode == http.StatusOK
	}, 20*time.Second, 100*time.Millisecond, "the health endpoint does not turn green: %s", running.Log())
}

// addresses are where a running example listens.
type addresses struct{ grpc, web, health string }

// overlaid is an example's configuration, and an overlay with addresses and folders of this test, and a rule that drops probes.
func overlaid(t *testing.T, example string, archive, hotstore map[string]any) (config, overlayFile string, at addresses) {
	t.Helper()
	config, err := filepath.Abs(filepath.Join("../../examples", example, "config.yaml"))
	require.NoError(t, err)
	local := func() string { return fmt.Sprintf("127.0.0.1:%d", collector.FreePort(t)) }
	at = addresses{grpc: local(), web: local(), health: local()}
	extensions := map[string]any{
		"file_storage":  map[string]any{"directory": filepath.Join(t.TempDir(), "queue")},
		"healthcheckv2": map[string]any{"http": map[string]any{"endpoint": at.health}},
	}
	if archive != nil {
		extensions["archive"] = archive
	}
	if hotstore != nil {
		extensions["hotstore"] = hotstore
	}
	overlay, err := yaml.Marshal(map[string]any{
		"extensions": extensions,
		"receivers": map[string]any{"rrpair": map[string]any{
			"drop": []any{map[string]any{"name": "probes", "filter": "service IS probe"}},
			"protocols": map[string]any{
				"grpc": map[string]any{"endpoint": at.grpc}, "http": map[string]any{"endpoint": at.web}}}},
		"service": map[string]any{"telemetry": map[string]any{"metrics": map[string]any{"readers": []any{map[string]any{
			"pull": map[string]any{"exporter": map[string]any{"prometheus": map[string]any{"host": "127.0.0.1", "port": collector.FreePort(t)}}}}}}}},
	})
	require.NoError(t, err)
	overlayFile = filepath.Join(t.TempDir(), "overlay.yaml")
	require.NoError(t, os.WriteFile(overlayFile, overlay, 0o600))
	return config, overlayFile, at
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
	command = exec.Command(collector.Tool(t), append(configs, "archive", "verify", "--no-progress")...)
	command.Env = append(os.Environ(), environment...)
	output, err = command.CombinedOutput()
	require.NoError(t, err, "byoc archive verify, beside counts and gaps: %s", output)
}
