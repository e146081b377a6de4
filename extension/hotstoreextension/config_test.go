package hotstoreextension

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"
	"go.opentelemetry.io/collector/confmap/xconfmap"
)

func load(t *testing.T, file string) (*Config, error) {
	t.Helper()
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", file+".yaml"))
	require.NoError(t, err)
	for key := range conf.ToStringMap() {
		if conf, err = conf.Sub(key); err != nil {
			return nil, err
		}
	}
	cfg, ok := createDefaultConfig().(*Config)
	require.True(t, ok)
	if err := conf.Unmarshal(cfg); err != nil {
		return nil, err
	}
	return cfg, xconfmap.Validate(cfg)
}

func TestGoodConfigs(t *testing.T) {
	small, err := load(t, "sqlite")
	require.NoError(t, err)
	require.Equal(t, 7*24*time.Hour, small.Settings.Retention(), "the default holds")
	require.True(t, small.Settings.Manage)
	require.Contains(t, small.Settings.Identity(), ":/var/lib/byoc/hot")
	large, err := load(t, "opensearch")
	require.NoError(t, err)
	require.False(t, large.Settings.Manage)
	require.Equal(t, 14*24*time.Hour, large.Settings.Retention())
	require.Equal(t, "opensearch:https://search.example.com:9200/pairs", large.Settings.Identity())
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", large, large, *large), "verysecret")
}

// TestRetention: days are what people think in.
func TestRetention(t *testing.T) {
	for text, want := range map[string]time.Duration{"7d": 168 * time.Hour, "168h": 168 * time.Hour, "1w2d12h": 228 * time.Hour, "0": 0, `"0"`: 0} {
		for _, block := range []string{"sqlite: {path: /hot, retention: %s}", "opensearch: {endpoints: [http://localhost:9200], retention: %s}"} {
			retrieved, err := confmap.NewRetrievedFromYAML(fmt.Appendf(nil, block, text))
			require.NoError(t, err)
			conf, err := retrieved.AsConf()
			require.NoError(t, err)
			cfg, ok := createDefaultConfig().(*Config)
			require.True(t, ok)
			require.NoError(t, conf.Unmarshal(cfg), "%s: %s", block, text)
			require.Equal(t, want, cfg.Settings.Retention(), "%s: %s", block, text)
		}
	}
	_, err := load(t, "bad_retention")
	require.ErrorContains(t, err, `"7 days" is no length of time`)
	require.ErrorContains(t, err, "such as 7d, 36h or 1w2d12h")
}

func TestBadConfigsSayWhatToDo(t *testing.T) {
	for file, wants := range map[string][]string{
		"none":       {"no driver is given", "sqlite: {path: /var/lib/byoc/hot}"},
		"both":       {"opensearch and sqlite are both given"},
		"bad_driver": {"path: is required", "retention: 1h: must be 1d or more"},
		"typo":       {"retentoin"},
	} {
		_, err := load(t, file)
		for _, want := range wants {
			require.ErrorContains(t, err, want, file)
		}
	}
}
