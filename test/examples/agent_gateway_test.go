package examples

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/keysource"
	"github.com/byoc-otel/otelcol-byoc/test/collector"
)

// tierEnvironment is what a user of the two tiers sets, but for addresses.
func tierEnvironment(t *testing.T) []string {
	t.Helper()
	keys, err := keysource.Load(t.Context(), keysource.Config{Source: keysource.Source{Key: redactionKey}})
	require.NoError(t, err)
	return []string{
		"BYOC_REDACTION_KEY=" + redactionKey, "BYOC_REDACTION_KEY_ID=" + keys.KeyID(),
		"BYOC_REDACTION_VERIFY_KEY=" + hex.EncodeToString(keys.Derive("stamp")),
		"BYOC_GATEWAY=127.0.0.1:14317", "BYOC_GATEWAY_INSECURE=true",
	}
}

// TestAgentGateway: what the agent redacts passes the gateway, which has no redaction key; what comes to the gateway past
// the agent does not.
func TestAgentGateway(t *testing.T) {
	data := t.TempDir()
	environment := append(tierEnvironment(t), "BYOC_DATA="+data)
	gatewayPort, agentPort, agentWeb, health := collector.FreePort(t), collector.FreePort(t), collector.FreePort(t), collector.FreePort(t)
	local := func(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
	environment = append(environment, "BYOC_GATEWAY="+local(gatewayPort))

	gatewayConfig, gatewayOverlay := tier(t, "gateway", map[string]any{
		"extensions": map[string]any{"healthcheckv2": map[string]any{"http": map[string]any{"endpoint": local(health)}}},
		"receivers":  map[string]any{"rrpair": map[string]any{"protocols": map[string]any{"grpc": map[string]any{"endpoint": local(gatewayPort)}}}},
	})
	agentConfig, agentOverlay := tier(t, "agent", map[string]any{
		"receivers": map[string]any{"rrpair": map[string]any{"protocols": map[string]any{
			"grpc": map[string]any{"endpoint": local(agentPort)}, "http": map[string]any{"endpoint": local(agentWeb)}}}},
	})
	gateway := collector.Start(t, collector.Binary(t), []string{"--config", gatewayConfig, "--config", gatewayOverlay}, environment, local(gatewayPort))
	agent := collector.Start(t, collector.Binary(t), []string{"--config", agentConfig, "--config", agentOverlay}, environment, local(agentPort))
	collector.Send(t, local(agentPort), recentPairs(t, 3, pairs))
	agent.Stop()
	err := collector.TrySend(t, local(gatewayPort), collector.Pairs(t, 4, pairs))
	require.ErrorContains(t, err, "exporters::archive::allow_unredacted", "past the agent: refused")
	gateway.Stop()
	requireArchived(t, environment, gateway, "--config", gatewayConfig, "--config", gatewayOverlay)
	var indexed statistics
	tool(t, environment, []string{"--config", gatewayConfig, "--config", gatewayOverlay}, &indexed, "stats", "--by", "service", "--from", "-1h", "--source", "hot")
	require.Equal(t, pairs, indexed.Total.Requests, "the gateway indexes what it archives")
}

// tier is a configuration of the example and an overlay for it.
func tier(t *testing.T, name string, overlay map[string]any) (config, overlayFile string) {
	t.Helper()
	config, err := filepath.Abs(filepath.Join("../../examples/agent-gateway", name+".yaml"))
	require.NoError(t, err)
	overlay["service"] = map[string]any{"telemetry": map[string]any{"metrics": map[string]any{"level": "none", "readers": []any{}}}}
	text, err := yaml.Marshal(overlay)
	require.NoError(t, err)
	overlayFile = filepath.Join(t.TempDir(), name+".yaml")
	require.NoError(t, os.WriteFile(overlayFile, text, 0o600))
	return config, overlayFile
}
