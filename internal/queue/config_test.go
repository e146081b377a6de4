package queue

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/xconfmap"
	"gopkg.in/yaml.v3"
)

// Every case is one YAML file; its first comment lines say which errors are expected, "valid" for none.
func TestConfig(t *testing.T) {
	files, err := filepath.Glob("testdata/config/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			var values map[string]any
			require.NoError(t, yaml.Unmarshal(text, &values))
			config := DefaultConfig()
			err = confmap.NewFromStringMap(values).Unmarshal(&config)
			if err == nil {
				err = xconfmap.Validate(&config)
			}
			for line := range strings.Lines(string(text)) {
				expected, isComment := strings.CutPrefix(strings.TrimSpace(line), "# ")
				switch {
				case !isComment:
				case expected == "valid":
					require.NoError(t, err)
				default:
					require.ErrorContains(t, err, expected)
				}
			}
		})
	}
}

func TestTheDefaultsNeedAStorageOrVolatile(t *testing.T) {
	config := DefaultConfig()
	require.ErrorIs(t, config.Validate(), ErrStorageMissing)
	require.ErrorContains(t, config.Validate(), "sending_queue: {storage: file_storage}")
	config.Volatile = true
	require.NoError(t, config.Validate())
	require.GreaterOrEqual(t, config.SendingQueue.QueueSize, 1*GiB)
	require.Equal(t, 256*MiB, config.Flush.Size)
	require.Equal(t, time.Minute, config.Flush.Age)
	require.True(t, config.SendingQueue.BlockOnOverflow)
	require.Zero(t, config.Retry.backOff().MaxElapsedTime)
	require.True(t, config.Retry.backOff().Enabled)
}
