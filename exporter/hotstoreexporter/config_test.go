package hotstoreexporter

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap/confmaptest"
	"go.opentelemetry.io/collector/confmap/xconfmap"

	"github.com/byoc-otel/otelcol-byoc/internal/queue"
)

func load(t *testing.T, file string) (*Config, error) {
	t.Helper()
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", "config", file+".yaml"))
	require.NoError(t, err)
	config, ok := createDefaultConfig().(*Config)
	require.True(t, ok)
	if err := conf.Unmarshal(config); err != nil {
		return nil, err
	}
	return config, xconfmap.Validate(config)
}

func TestGoodConfigs(t *testing.T) {
	minimal, err := load(t, "minimal")
	require.NoError(t, err)
	require.Equal(t, "none", minimal.Include)
	require.False(t, minimal.Queue.SendingQueue.BlockOnOverflow)
	require.Equal(t, time.Second, minimal.Queue.Flush.Age)
	full, err := load(t, "full")
	require.NoError(t, err)
	require.Equal(t, "hotstore/eu", full.Hotstore.String())
	require.Equal(t, "archive/eu", full.Archive.String())
	require.Equal(t, 2*queue.GiB, full.Queue.SendingQueue.QueueSize)
	require.True(t, full.Text)
}

func TestBadConfigsSayWhatToDo(t *testing.T) {
	for file, wants := range map[string][]string{
		"storage": {"sending_queue::storage is not set", "volatile: true"},
		"many":    {`include: "all" is none of none, headers, full`, "sending_queue::block_on_overflow: true is not possible", "flush::age"},
		"typo":    {"includes"},
	} {
		_, err := load(t, file)
		for _, want := range wants {
			require.ErrorContains(t, err, want, file)
		}
	}
}
