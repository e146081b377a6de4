package redact

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/surrogate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testKeys is a keyring of a key that no one else has.
func testKeys(tb testing.TB) *surrogate.Keyring {
	tb.Helper()
	keys, err := surrogate.NewKeyring(surrogate.Key{ID: "test", Secret: []byte("a key for tests, 32 bytes long..")})
	require.NoError(tb, err)
	return keys
}

// testEngine applies a built-in policy.
func testEngine(tb testing.TB, name string) *Engine {
	tb.Helper()
	p, err := policy.Load(name)
	require.NoError(tb, err)
	e, err := New(p, Options{Keys: testKeys(tb)})
	require.NoError(tb, err)
	return e
}

// customEngine applies the text of a policy file.
func customEngine(tb testing.TB, text string, limits Limits) *Engine {
	tb.Helper()
	p, err := policy.Parse("policy.yaml", []byte(text))
	require.NoError(tb, err)
	e, err := New(p, Options{Keys: testKeys(tb), Limits: limits})
	require.NoError(tb, err)
	return e
}

// sampleLines returns the pairs of testdata and, when BYOC_CORPUS names a file, those too.
func sampleLines(tb testing.TB) [][]byte {
	tb.Helper()
	files := []string{"testdata/pairs.jsonl"}
	if corpus := os.Getenv("BYOC_CORPUS"); corpus != "" {
		files = append(files, corpus)
	}
	var lines [][]byte
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(tb, err)
		for line := range bytes.Lines(data) {
			lines = append(lines, bytes.TrimSpace(line))
		}
	}
	return lines
}

// redactPair redacts one line; the result must still be an RRPair.
func redactPair(tb testing.TB, e *Engine, line []byte) ([]byte, Result) {
	tb.Helper()
	var pair rrpair.Pair
	require.NoError(tb, pair.ParseJSON(line))
	out, result, err := e.Pair(nil, &pair, Call{})
	require.NoError(tb, err)
	var again rrpair.Pair
	require.NoError(tb, again.ParseJSON(out), "%.3000s", out)
	return out, result
}
