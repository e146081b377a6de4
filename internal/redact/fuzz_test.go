package redact

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// FuzzPair: whatever the pair, what comes out is a pair that stays as it is when redacted again; or it is refused.
func FuzzPair(f *testing.F) {
	for _, line := range sampleLines(f)[:1] {
		f.Add(line)
	}
	for _, spell := range spellings {
		f.Add(plantPair(f, "header", spell(plantedPassword), plantedPassword))
		f.Add(plantPair(f, "text body", spell(plantedPassword), plantedPassword))
		f.Add(plantPair(f, "tokenKey", spell(planted["email"]), "none"))
	}
	e := testEngine(f, "strict")
	f.Fuzz(func(t *testing.T, line []byte) {
		var pair rrpair.Pair
		if pair.ParseJSON(line) != nil {
			return
		}
		out, _, err := e.Pair(nil, &pair, Call{})
		if refused(t, err) {
			return
		}
		require.True(t, json.Valid(out), "%s", out)
		var again rrpair.Pair
		require.NoError(t, again.ParseJSON(out), "%s", out)
		before, _ := pair.UUID()
		after, _ := again.UUID()
		if !pair.UUIDDerived() {
			require.Equal(t, before, after)
		}
		second, _, err := e.Pair(nil, &again, Call{})
		require.NoError(t, err)
		require.Equal(t, string(again.JSON()), string(second))
	})
}

// refused reports whether a record was refused for a reason that input can give.
func refused(t *testing.T, err error) bool {
	t.Helper()
	if err == nil {
		return false
	}
	var refusal *Refusal
	require.True(t, errors.As(err, &refusal), "%v", err)
	require.NotEqual(t, ReasonInternal, refusal.Reason, "%v", err)
	return true
}

// FuzzJSON: any document stays a document; any text passes or is refused.
func FuzzJSON(f *testing.F) {
	for _, line := range sampleLines(f)[:1] {
		f.Add(line)
	}
	f.Add([]byte(`[{"a":"x@y.org"},null,1.5,"` + `\u0041"]`))
	e := testEngine(f, "strict")
	f.Fuzz(func(t *testing.T, document []byte) {
		out, _, err := e.JSON(nil, document, Call{})
		if !refused(t, err) {
			require.True(t, json.Valid(out), "%s", out)
		}
		_, _, err = e.Text(nil, document, Call{})
		refused(t, err)
	})
}
