package dimensionprocessor

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap/confmaptest"
	"gopkg.in/yaml.v3"
)

// Each case of testdata/bad.yaml is a block that must be refused, with what its error says.
func TestBadSettingsAreRefusedWithTheirKey(t *testing.T) {
	data, err := os.ReadFile("testdata/bad.yaml")
	require.NoError(t, err)
	var cases []struct {
		Config yaml.Node `yaml:"config"`
		Says   []string  `yaml:"says"`
	}
	require.NoError(t, yaml.Unmarshal(data, &cases))
	require.NotEmpty(t, cases)
	for _, one := range cases {
		block, err := yaml.Marshal(&one.Config)
		require.NoError(t, err)
		_, err = configOf(t, string(block))
		require.Error(t, err, string(block))
		for _, text := range one.Says {
			assert.ErrorContains(t, err, text)
		}
	}
}

func TestTheExampleOfTheREADMEIsRight(t *testing.T) {
	values, err := confmaptest.LoadConf("testdata/full.yaml")
	require.NoError(t, err)
	text, err := yaml.Marshal(values.ToStringMap())
	require.NoError(t, err)
	config, err := configOf(t, string(text))
	require.NoError(t, err)
	assert.True(t, config.Settings.ClientErrors)
	assert.Len(t, config.Settings.Dimensions, 3)
	assert.Equal(t, "archive/eu", config.Archive.String())
	assert.Equal(t, 2000, config.Settings.Endpoints.MaxPerService)
}
