package fences

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const rotatedKey = "another long key, for the test of a rotation"

// A collector with a key of its own does not mix its surrogates with those in the archive: its records wait in the queue,
// and are archived as soon as the rotation is declared.
func TestRecordsOfAnotherKeyWaitUntilTheRotationIsDeclared(t *testing.T) {
	w := newWorld(t)
	pipelines := table{"logs": pipeline("rrpair", []string{"redact"}, "archive")}
	redact := func(settings table) table { return table{"processors": table{"redact": settings}} }

	running := w.start(w.config("", "rrpair", pipelines, nil))
	w.send(40)
	running.Stop()
	require.Equal(t, 40, w.archived())

	running = w.start(w.config("", "rrpair", pipelines, redact(table{"key": rotatedKey})))
	w.send(50) // the same pairs and ten more, under other surrogates
	require.Eventually(t, func() bool { return running.Logged("previous_keys", "verify_keys") }, 20*time.Second, 100*time.Millisecond, "it says how to declare the key")
	running.Kill()
	require.Equal(t, 40, w.archived())

	running = w.start(w.config("", "rrpair", pipelines, redact(table{"key": rotatedKey, "previous_keys": []any{table{"key": redactionKey}}})))
	require.Eventually(t, func() bool { return w.archived() == 90 }, 20*time.Second, 200*time.Millisecond, "%s", running.Log())
	running.Stop()
}
