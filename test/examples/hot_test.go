package examples

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"gopkg.in/yaml.v3"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
	"github.com/byoc-otel/otelcol-byoc/test/collector"
)

// probes are sent to each example, which drops them.
const probes = 3

// recentPairs are pairs of just now: the hot index holds no others for long.
func recentPairs(t *testing.T, seed uint64, n int) plog.Logs {
	t.Helper()
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	generator := demo.NewGenerator(demo.Options{Seed: seed, Start: time.Now().Add(-2 * time.Minute)})
	var pair rrpair.Pair
	for range n {
		require.NoError(t, pair.ParseJSON(generator.Next(nil)))
		require.NoError(t, pair.ToLogRecord(records.AppendEmpty()))
	}
	return logs
}

// sendProbes sends what the rule of the overlay drops.
func sendProbes(t *testing.T, web string) {
	t.Helper()
	line := `{"msgType":"rrpair","ts":"` + time.Now().UTC().Format(time.RFC3339Nano) + `","service":"probe","direction":"IN","l7protocol":"http"}` + "\n"
	response, err := http.Post("http://"+web+"/v1/rrpairs", "application/x-ndjson", bytes.NewBufferString(strings.Repeat(line, probes)))
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
}

// tool runs byoc with the configurations, as README.md says it, and decodes its JSON.
func tool(t *testing.T, environment, configs []string, answer any, arguments ...string) {
	t.Helper()
	all := append([]string{}, configs...)
	all = append(append(all, "--no-progress"), arguments...)
	command := exec.Command(collector.Tool(t), append(all, "--output", "json")...)
	command.Env = append(os.Environ(), environment...)
	var said strings.Builder
	command.Stderr = &said
	output, err := command.Output()
	require.NoError(t, err, "byoc %s: %s%s", strings.Join(arguments, " "), output, said.String())
	require.NoError(t, json.Unmarshal(output, answer), "byoc %s: %s", strings.Join(arguments, " "), output)
}

// statistics are what a test looks at of `byoc stats`.
type statistics struct {
	Total struct {
		Requests int `json:"requests"`
	} `json:"total"`
	Dropped []struct {
		Rule    string `json:"rule"`
		Kind    string `json:"kind"`
		Service string `json:"service"`
		Records int    `json:"records"`
	} `json:"dropped"`
}

// requireIndexed asks the hot index and the archive the questions of README.md.
func requireIndexed(t *testing.T, environment []string, running *collector.Process, configs ...string) {
	t.Helper()
	var hot statistics
	require.Eventually(t, func() bool { // an index shows what it holds some seconds later
		tool(t, environment, configs, &hot, "stats", "--by", "service", "--from", "-1h", "--source", "hot")
		return hot.Total.Requests == pairs
	}, 30*time.Second, 500*time.Millisecond, "the hot index has %d of %d pairs: %s", hot.Total.Requests, pairs, running.Log())
	var both statistics
	tool(t, environment, configs, &both, "stats", "--by", "service", "--from", "-1h")
	require.Equal(t, pairs, both.Total.Requests, "the archive adds nothing twice")
	require.Len(t, both.Dropped, 1, running.Log())
	require.Equal(t, "probes", both.Dropped[0].Rule)
	require.Equal(t, "drop", both.Dropped[0].Kind)
	require.Equal(t, "probe", both.Dropped[0].Service)
	require.Equal(t, probes, both.Dropped[0].Records)

	var found struct {
		Rows []map[string]any `json:"rows"`
	}
	tool(t, environment, configs, &found, "query", "--filter", "direction IS IN", "--from", "-1h", "--limit", "5")
	require.Len(t, found.Rows, 5)
	address, ok := found.Rows[0]["archive_url"].(string)
	require.True(t, ok, "%v", found.Rows[0])
	require.Contains(t, address, "/v1/", "a document says where the whole pair lies")
	var services struct {
		Edges []any `json:"edges"`
	}
	tool(t, environment, configs, &services, "services", "--from", "-1h")
	require.NotEmpty(t, services.Edges)
}

// TestReadmesNameTheQuestions keeps the commands that are tried here and those that users read the same.
func TestReadmesNameTheQuestions(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/config.yaml")
	require.NoError(t, err)
	for _, file := range append(files, "../../examples/agent-gateway/gateway.yaml") {
		folder := filepath.Dir(file)
		text, err := os.ReadFile(filepath.Join(folder, "README.md"))
		require.NoError(t, err)
		config := "--config examples/" + filepath.Base(folder) + "/" + filepath.Base(file)
		for _, question := range []string{" query --filter ", " stats --by service --from -1h", " services --from -1h"} {
			require.Contains(t, string(text), config+question, folder)
		}
	}
}

// TestExamplesKeepAWeekAtHand: each has the hot index behind redaction and dimensions.
func TestExamplesKeepAWeekAtHand(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/config.yaml")
	require.NoError(t, err)
	for _, file := range append(files, "../../examples/agent-gateway/gateway.yaml") {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var config struct {
			Extensions struct {
				Hotstore map[string]map[string]any `yaml:"hotstore"`
			} `yaml:"extensions"`
			Service struct {
				Pipelines struct {
					Logs struct{ Processors, Exporters []string } `yaml:"logs"`
				} `yaml:"pipelines"`
			} `yaml:"service"`
		}
		require.NoError(t, yaml.Unmarshal(text, &config), file)
		var retentions []any
		for _, driver := range config.Extensions.Hotstore {
			if retention, ok := driver["retention"]; ok {
				retentions = append(retentions, retention)
			}
		}
		require.Equal(t, []any{"7d"}, retentions, file)
		logs := config.Service.Pipelines.Logs
		require.Equal(t, []string{"archive", "hotstore"}, logs.Exporters, file)
		require.Equal(t, "dimension", logs.Processors[len(logs.Processors)-1], file)
	}
}
