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
	const everything = "version: 1\nname: acme\nextends: default\n"
	const noMail = everything + "rules:\n  type:email: {enabled: false}\n"
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

	rewrite(t, file, everything+"nonsense: true\n")
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

// What a policy's file names is watched with it.
func TestADictionaryIsReadAgain(t *testing.T) {
	folder := t.TempDir()
	file, words := filepath.Join(folder, "policy.yaml"), filepath.Join(folder, "projects.txt")
	rewrite(t, words, "Blue Harbour\n")
	rewrite(t, file, "version: 1\nname: acme\nextends: none\nrules:\n  project: {find: {dictionary: projects.txt}, examples: {match: [blue harbour], miss: [blue]}}\n")
	r := started(t, keyed("policy: "+file+"\nreload_interval: 1s"), nil)
	knows := func() bool {
		return !strings.Contains(bodies(r.send(request(t, line(1, `{"note":"on Green Meadow today"}`))))[0], "Green Meadow")
	}
	require.False(t, knows())
	rewrite(t, words, "Blue Harbour\nGreen Meadow\n")
	require.Eventually(t, knows, 10*time.Second, 50*time.Millisecond)
}

func TestWhatIsNotWatched(t *testing.T) {
	file := filepath.Join(t.TempDir(), "policy.yaml")
	rewrite(t, file, "version: 1\nname: acme\n")
	for block, want := range map[string]bool{
		"policy: strict":  false,
		"policy: " + file: true,
		"policy: " + file + "\nreload_interval: 0s": false,
		"policy: secrets-only\nreload_interval: 1s": false,
	} {
		r := started(t, keyed(block), nil)
		p, ok := r.processor.(*redactProcessor)
		require.True(t, ok)
		require.Equal(t, want, p.watches(p.force.Load()), block)
	}
}
