package fence

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"gopkg.in/yaml.v3"
)

const components = `
receivers: {rrpair: {}, otlp: {}, otlp/two: {}, archive: {}}
processors: {redact: {key: x}, redact/eu: null, redact/dry: {dry_run: true}, redactionlike: {}, redaction: {}, batch: {}}
connectors: {forward: {}, forward/ring: {}, routing: {}}
exporters:
  archive: {}
  archive/eu: {archive: null}
  archive/second: {archive: archive}
  archive/open: {archive: archive, allow_unredacted: true}
  debug: {}
`

func check(t *testing.T, pipelines string, fence Fence) error {
	t.Helper()
	var values map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(components+"service: {pipelines: {"+pipelines+"}}"), &values))
	return fence.Check(confmap.NewFromStringMap(values))
}

func ours() Fence { return Fence{Type: "archive", Extension: "archive"} }

func TestPipelinesThatAreSafe(t *testing.T) {
	for name, pipelines := range map[string]string{
		"redacted":              `logs: {receivers: [rrpair], processors: [batch, redact], exporters: [archive]}`,
		"a named one":           `logs: {receivers: [rrpair], processors: [redact/eu], exporters: [archive, debug]}`,
		"dry run and a real":    `logs: {receivers: [rrpair], processors: [redact/dry, redact], exporters: [archive]}`,
		"lifted":                `logs: {receivers: [rrpair], exporters: [archive/open]}`,
		"another extension":     `logs: {receivers: [rrpair], exporters: [archive/eu]}`,
		"no store":              `logs: {receivers: [rrpair], exporters: [debug]}`,
		"rehydration":           `logs: {receivers: [archive], exporters: [archive]}`,
		"redacted before":       `logs/in: {receivers: [rrpair], processors: [redact], exporters: [forward]}, logs: {receivers: [forward], exporters: [archive]}`,
		"redacted behind":       `logs/in: {receivers: [rrpair], exporters: [forward]}, logs: {receivers: [forward], processors: [redact], exporters: [archive]}`,
		"redacted two before":   `logs/a: {receivers: [rrpair], processors: [redact], exporters: [forward]}, logs/b: {receivers: [forward], exporters: [routing]}, logs: {receivers: [routing], exporters: [archive]}`,
		"every way in":          `logs/a: {receivers: [rrpair], processors: [redact], exporters: [forward]}, logs/b: {receivers: [otlp], processors: [redact/eu], exporters: [forward]}, logs: {receivers: [forward, archive], exporters: [archive]}`,
		"a ring":                `logs/a: {receivers: [rrpair], processors: [redact], exporters: [forward]}, logs: {receivers: [forward, forward/ring], exporters: [forward/ring, archive]}`,
		"defined and not used":  `logs: {receivers: [rrpair], exporters: [debug]}`,
		"a pipeline with nones": `logs: {receivers: [], exporters: [archive]}`,
	} {
		t.Run(name, func(t *testing.T) { require.NoError(t, check(t, pipelines, ours())) })
	}
}

func TestPipelinesThatLeak(t *testing.T) {
	for name, test := range map[string]struct {
		pipelines string
		wants     []string
		errors    int
	}{
		"nothing": {`logs: {receivers: [rrpair], exporters: [archive]}`, []string{
			`pipeline "logs" would store unredacted traffic`, `receiver "rrpair" leads to exporter "archive", and no redact processor`,
			`list it in service::pipelines::logs::processors`, `exporters::archive::allow_unredacted: true`, `extensions::archive::redaction::verify_keys`}, 1},
		"the id of the extension":   {`logs: {receivers: [rrpair], exporters: [archive/second]}`, []string{`exporter "archive/second"`}, 1},
		"names that only look like": {`logs: {receivers: [rrpair], processors: [redactionlike, redaction], exporters: [archive]}`, []string{`no redact processor`}, 1},
		"dry run":                   {`logs: {receivers: [rrpair], processors: [redact/dry], exporters: [archive]}`, []string{`"redact/dry" has dry_run: true`}, 1},
		"both exporters":            {`logs: {receivers: [rrpair], exporters: [archive, archive/second, archive/open]}`, nil, 2},
		"both receivers":            {`logs: {receivers: [rrpair, archive, otlp], exporters: [archive]}`, []string{`receiver "rrpair"`, `receiver "otlp"`}, 2},
		"through a connector": {`logs/in: {receivers: [rrpair], exporters: [forward]}, logs: {receivers: [forward], exporters: [archive]}`,
			[]string{`pipeline "logs" would`, `receiver "rrpair" leads`, `through pipelines logs/in -> logs`}, 1},
		"one of two ways": {`logs/a: {receivers: [rrpair], processors: [redact], exporters: [forward]}, logs/b: {receivers: [otlp], exporters: [forward]}, logs: {receivers: [forward], exporters: [archive]}`,
			[]string{`receiver "otlp"`, `logs/b -> logs`}, 1},
		"beside a connector":    {`logs/a: {receivers: [rrpair], processors: [redact], exporters: [forward]}, logs: {receivers: [forward, otlp/two], exporters: [archive]}`, []string{`receiver "otlp/two"`}, 1},
		"from another signal":   {`traces: {receivers: [otlp], exporters: [routing]}, logs: {receivers: [routing], exporters: [archive]}`, []string{`receiver "otlp"`, `traces -> logs`}, 1},
		"in a ring":             {`logs/a: {receivers: [rrpair], exporters: [forward]}, logs: {receivers: [forward, forward/ring], exporters: [forward/ring, archive]}`, []string{`receiver "rrpair"`}, 1},
		"redacted for one only": {`logs/a: {receivers: [rrpair], processors: [redact], exporters: [archive]}, logs/b: {receivers: [rrpair], exporters: [archive]}`, []string{`pipeline "logs/b"`}, 1},
		"dry run before":        {`logs/a: {receivers: [rrpair], processors: [redact/dry], exporters: [forward]}, logs: {receivers: [forward], exporters: [archive]}`, []string{`"redact/dry" has dry_run`}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			err := check(t, test.pipelines, ours())
			require.Error(t, err)
			for _, want := range test.wants {
				require.ErrorContains(t, err, want)
			}
			joined, ok := err.(interface{ Unwrap() []error })
			require.True(t, ok)
			require.Len(t, joined.Unwrap(), test.errors)
			verifying := ours()
			verifying.Verifies = true
			require.NoError(t, check(t, test.pipelines, verifying), "with keys to verify stamps the other fence is enough")
		})
	}
}

func TestAnEmptyConfigurationIsSafe(t *testing.T) {
	require.NoError(t, ours().Check(confmap.New()))
}
