package redactprocessor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
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
			_, err = configOf(t, string(text))
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

func TestTheDefaultsAreSafe(t *testing.T) {
	config, err := configOf(t, keyed(""))
	require.NoError(t, err)
	require.Equal(t, "default", config.Policy)
	require.False(t, config.DryRun)
	require.False(t, config.Keys.Ephemeral)
	require.NoError(t, componenttest.CheckConfigStruct(config))
}
