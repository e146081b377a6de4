package redact

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a panic says may quote the record; a refusal goes to logs.
func TestPanicsAreToldWithoutTheirWords(t *testing.T) {
	e := testEngine(t, "default")
	for want, cause := range map[string]any{
		"the engine failed: a panic with a string":              "jane@fastmail.net",
		"the engine failed: a panic with a *errors.errorString": errors.New("jane@fastmail.net"),
	} {
		_, err := e.run(Call{}, func(*worker) error { panic(cause) })
		var refusal *Refusal
		require.ErrorAs(t, err, &refusal)
		require.Equal(t, want, refusal.Detail)
	}
	_, err := e.run(Call{}, func(w *worker) error {
		w.nodes[len(w.nodes)].text = nil
		return nil
	})
	require.ErrorContains(t, err, "out of range")
}

func TestTextTellsWhetherItChanged(t *testing.T) {
	e := testEngine(t, "default")
	out, result, err := e.Text(nil, []byte("write to jane.miller@fastmail.net"), Call{})
	require.NoError(t, err)
	require.True(t, result.Changed)
	require.NotContains(t, string(out), "jane.miller")
	out, result, err = e.Text(nil, []byte("nothing to see"), Call{})
	require.NoError(t, err)
	require.False(t, result.Changed)
	require.Equal(t, "nothing to see", string(out))
	_, result, err = e.Text(nil, []byte("write to jane.miller@fastmail.net"), Call{Scan: true})
	require.NoError(t, err)
	require.False(t, result.Changed)
}
