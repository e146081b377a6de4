package redactprocessor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/otel/attribute"
)

// rewrite replaces a file as a ConfigMap is replaced: at once.
func rewrite(t *testing.T, file, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(file+".new", []byte(text), 0o600))
	require.NoError(t, os.Rename(file+".new", file))
}

func TestThePolicyIsReadAgain(t *testing.T) {
	const everything = "name: acme\nextends: default\n"
	const noMail = everything + "rules:\n  - name: email\n    action: keep\n"
	file := filepath.Join(t.TempDir(), "policy.yaml")
	rewrite(t, file, everything)
	r := started(t, keyed("policy: "+file+"\nreload_interval: 1s"), nil)
	keepsMail := func() bool {
		out := r.send(request(t, line(1, `{"email":"`+anMail+`"}`)))
		requireStamped(t, r.keysOf(), out)
		return strings.Contains(bodies(out)[0], anMail)
	}
	require.False(t, keepsMail())

	rewrite(t, file, noMail)
	require.Eventually(t, keepsMail, 10*time.Second, 50*time.Millisecond)
	require.EqualValues(t, 1, r.counted("policy_reloads", attribute.String("result", "ok")))

	rewrite(t, file, "name: acme\nnonsense: true\n")
	require.Eventually(t, func() bool {
		return r.counted("policy_reloads", attribute.String("result", "failed")) >= 2
	}, 10*time.Second, 50*time.Millisecond)
	require.True(t, keepsMail(), "the old policy stays in force")
	require.Equal(t, componentstatus.StatusRecoverableError, r.status())
	require.Equal(t, 1, r.logs.FilterMessageSnippet("cannot be used").Len(), "an error that stays is said once")

	rewrite(t, file, everything)
	require.Eventually(t, func() bool { return !keepsMail() }, 10*time.Second, 50*time.Millisecond)
	require.Eventually(t, func() bool { return r.status() == componentstatus.StatusOK }, 10*time.Second, 50*time.Millisecond)
}

func TestBuiltInPoliciesAreNotWatched(t *testing.T) {
	for block, want := range map[string]bool{
		"policy: strict":                      false,
		"policy: default":                     false,
		"policy: a.yaml":                      true,
		"policy: a.yaml\nreload_interval: 0s": false,
	} {
		config, _ := configOf(t, keyed(block))
		require.Equal(t, want, config.reloads(), block)
	}
}
