package archiveextension

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap/confmaptest"
	"go.opentelemetry.io/collector/confmap/xconfmap"
)

func load(t *testing.T, file string) (*Config, error) {
	t.Helper()
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", file+".yaml"))
	require.NoError(t, err)
	require.Len(t, conf.ToStringMap(), 1)
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
	for _, file := range []string{"minimal", "full", "gcs", "azure", "folder"} {
		cfg, err := load(t, file)
		require.NoError(t, err, file)
		require.NotContains(t, fmt.Sprintf("%+v %#v", cfg, cfg), "verysecret")
	}
	full, err := load(t, "full")
	require.NoError(t, err)
	require.Equal(t, []string{"cluster", "tag[team]"}, full.Settings.Layout().PartitionBy)
	require.Equal(t, 6, full.Settings.Bucket.Retry.MaxAttempts)
	require.Equal(t, "verysecret", string(full.Settings.Bucket.S3.SecretAccessKey))
	minimal, err := load(t, "minimal")
	require.NoError(t, err)
	require.Equal(t, 4, minimal.Settings.Bucket.Retry.MaxAttempts, "defaults hold")
}

func TestBadConfigsSayWhatToDo(t *testing.T) {
	for file, wants := range map[string][]string{
		"no_url":            {"url is empty: want s3://bucket/prefix"},
		"wrong_scheme":      {"did you mean gs://?"},
		"typo_in_url":       {`unknown parameter "regoin": did you mean region?`},
		"typo_in_key":       {"partition-by"},
		"partitions":        {`partition_by: "pod" is none of cluster, namespace, service, tag[name]`},
		"several":           {"is not an absolute folder", "retry::max_attempts is -2", `dead_letter::recipients[0] "nonsense"`, "dead_letter::max_delay is 5m0s"},
		"other_credentials": {"azure is set, but url begins with s3://"},
	} {
		_, err := load(t, file)
		for _, want := range wants {
			require.ErrorContains(t, err, want, file)
		}
		require.NotContains(t, err.Error(), "verysecret", file)
	}
}
