package house

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// manifest is the part of an ocb manifest that these tests read.
type manifest struct {
	Receivers  []component `yaml:"receivers"`
	Processors []component `yaml:"processors"`
	Exporters  []component `yaml:"exporters"`
	Extensions []component `yaml:"extensions"`
}

type component struct {
	GoMod  string `yaml:"gomod"`
	Import string `yaml:"import"`
}

func TestManifestsNameEveryComponentFolder(t *testing.T) {
	for _, file := range []string{"builder-config.yaml", "examples/distribution/full.yaml"} {
		t.Run(file, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("../..", file))
			require.NoError(t, err)
			var m manifest
			require.NoError(t, yaml.Unmarshal(data, &m))
			for kind, listed := range map[string][]component{"receiver": m.Receivers, "processor": m.Processors, "exporter": m.Exporters, "extension": m.Extensions} {
				var ours []string
				for _, l := range listed {
					if strings.HasPrefix(l.Import, module+"/") {
						ours = append(ours, strings.TrimPrefix(l.Import, module+"/"))
					}
				}
				folders, err := filepath.Glob(filepath.Join("../..", kind, "*", "factory.go"))
				require.NoError(t, err)
				var have []string
				for _, f := range folders {
					relative, err := filepath.Rel("../..", filepath.Dir(f))
					require.NoError(t, err)
					have = append(have, filepath.ToSlash(relative))
				}
				require.ElementsMatch(t, have, ours, "%ss in %s and folders in %s/ differ", kind, file, kind)
			}
		})
	}
}
