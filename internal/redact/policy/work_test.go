package policy

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// TestRegexesAreNotRunInTextsTooLongForThem: the finder says so, and what only looks at values leaves such findings out.
func TestRegexesAreNotRunInTextsTooLongForThem(t *testing.T) {
	p, err := Parse("own.yaml", []byte("version: 1\nname: own\nrules:\n  slow:\n    summary: slow\n    find: {regex: 'x.{1,900}y'}\n    examples: {match: ['x1y'], miss: ['z']}\n"))
	require.NoError(t, err)
	text := []byte(strings.Repeat("xy", 1<<20))
	var found []detect.Finding
	for _, finder := range p.Finders() {
		found = finder.Find(found, text, detect.NewShape(text), detect.Hints{})
	}
	require.NotEmpty(t, found)
	require.Equal(t, detect.Unfinished, found[len(found)-1].End)
	require.NotPanics(t, func() { p.Explain(nil, text) })
}
