package keysource

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/confmap"
	"go.uber.org/goleak"
	"gocloud.dev/secrets/localsecrets"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/surrogate"
)

// The services' clients keep workers of their own.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("go.opencensus.io/stats/view.(*worker).start"))
}

const (
	goodKey  = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
	otherKey = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"
)

func configOf(t *testing.T, yaml map[string]any) Config {
	t.Helper()
	var c Config
	require.NoError(t, confmap.NewFromStringMap(yaml).Unmarshal(&c))
	return c
}

func load(t *testing.T, yaml map[string]any) *surrogate.Keyring {
	t.Helper()
	ring, err := Load(t.Context(), configOf(t, yaml))
	require.NoError(t, err)
	return ring
}

func surrogateOf(ring *surrogate.Keyring) string {
	return string(ring.Append(nil, detect.Email, []byte("ada@mail.test")))
}

func TestOneKeyFromEverySource(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "key")
	require.NoError(t, os.WriteFile(file, []byte(goodKey+"\n"), 0o600))
	raw, err := localsecrets.NewRandomKey()
	require.NoError(t, err)
	keeper := localsecrets.NewKeeper(raw)
	defer keeper.Close()
	ciphertext, err := keeper.Encrypt(t.Context(), []byte(goodKey))
	require.NoError(t, err)
	cipherFile := filepath.Join(folder, "encrypted")
	require.NoError(t, os.WriteFile(cipherFile, ciphertext, 0o600))
	url := "base64key://" + base64.URLEncoding.EncodeToString(raw[:])

	want := load(t, map[string]any{"key": goodKey})
	for name, yaml := range map[string]map[string]any{
		"file":            {"key_file": file},
		"kms":             {"kms": map[string]any{"url": url, "ciphertext": base64.StdEncoding.EncodeToString(ciphertext)}},
		"kms with a file": {"kms": map[string]any{"url": url, "ciphertext_file": cipherFile}},
	} {
		ring := load(t, yaml)
		assert.Equal(t, want.KeyID(), ring.KeyID(), name)
		assert.Equal(t, surrogateOf(want), surrogateOf(ring), name)
	}
	assert.Regexp(t, `^[0-9a-f]{12}$`, want.KeyID())

	require.NoError(t, os.WriteFile(file, []byte(otherKey), 0o600))
	assert.NotEqual(t, want.KeyID(), load(t, map[string]any{"key_file": file}).KeyID(), "files are read again")
}

func TestFormsOfKeys(t *testing.T) {
	random := make([]byte, 32)
	_, _ = rand.Read(random)
	hexadecimal := fmt.Sprintf("%x", random)
	for _, same := range []string{hexadecimal, strings.ToUpper(hexadecimal), base64.StdEncoding.EncodeToString(random), base64.RawURLEncoding.EncodeToString(random), " " + hexadecimal + "\n"} {
		key, err := parseKey([]byte(same))
		require.NoError(t, err)
		assert.Equal(t, random, key)
	}
	phrase := "a passphrase of some length"
	key, err := parseKey([]byte(phrase))
	require.NoError(t, err)
	assert.Equal(t, phrase, string(key))
}

func TestWeakKeysAreRefusedAndNeverShown(t *testing.T) {
	for _, weak := range []string{
		"tooshort", "aaaaaaaaaaaaaaaaaaaaaaaa", "abababababababababab", "12345678901234567890", "abcdefghijklmnopqrstuvwxyz", "changeme-changeme-42",
		"00000000000000000000000000000000", "${env:BYOC_REDACTION_KEY}", "Password1Password1",
	} {
		for _, yaml := range []map[string]any{{"key": weak}, {"key": goodKey, "previous_keys": []any{map[string]any{"key": weak}}}} {
			_, err := Load(t.Context(), configOf(t, yaml))
			require.Error(t, err, weak)
			assert.Contains(t, err.Error(), "openssl rand -hex 32")
			assert.NotContains(t, err.Error(), weak)
		}
	}
	file := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(file, []byte("abababababababababab"), 0o600))
	_, err := Load(t.Context(), configOf(t, map[string]any{"key_file": file}))
	require.ErrorContains(t, err, file)
	assert.NotContains(t, err.Error(), "abab")
}

func TestWrongConfigurationsSayWhatToDo(t *testing.T) {
	for want, yaml := range map[string]map[string]any{
		"there is no redaction key":                     {},
		"give one of them, not 2":                       {"key": goodKey, "key_file": "/key"},
		"ephemeral_key is true although":                {"key": goodKey, "ephemeral_key": true},
		"remove previous_keys":                          {"ephemeral_key": true, "previous_keys": []any{map[string]any{"key": goodKey}}},
		"previous_keys[0]::key is missing":              {"key": goodKey, "previous_keys": []any{map[string]any{"id": "old"}}},
		"previous_keys[0]: it is the current key":       {"key": goodKey, "previous_keys": []any{map[string]any{"key": goodKey, "id": "old"}}},
		`key_id "a b" has a character`:                  {"key": goodKey, "key_id": "a b"},
		"the id is there already":                       {"key": goodKey, "key_id": "same", "previous_keys": []any{map[string]any{"key": otherKey, "id": "same"}}},
		"read file with a key":                          {"key_file": "/there/is/none"},
		"kms::url must begin with one of awskms://":     {"kms": map[string]any{"url": "vault://x", "ciphertext": "AAAA"}},
		"kms: give ciphertext or ciphertext_file":       {"kms": map[string]any{"url": "awskms://alias/x"}},
		"kms::ciphertext is no base64":                  {"kms": map[string]any{"url": "awskms://alias/x?region=eu-west-1", "ciphertext": "%%"}},
		"decrypt the redaction key with kms::url (base": {"kms": map[string]any{"url": "base64key://smGbjm71Nxd1Ig5FS0wj9SlbzAIrnolCz9bQQ6uAhl4=", "ciphertext": "AAAA"}},
	} {
		_, err := Load(t.Context(), configOf(t, yaml))
		require.ErrorContains(t, err, want)
		for _, key := range []string{goodKey, otherKey, "smGbjm71"} {
			assert.NotContains(t, err.Error(), key)
		}
	}
}

func TestRotation(t *testing.T) {
	before := load(t, map[string]any{"key": goodKey})
	after := load(t, map[string]any{"key": otherKey, "previous_keys": []any{map[string]any{"key": goodKey}}})
	assert.Equal(t, []string{before.KeyID()}, after.PreviousIDs())
	assert.NotEqual(t, surrogateOf(before), surrogateOf(after))
	assert.True(t, after.Made(detect.Email, []byte(surrogateOf(before))))
	assert.Equal(t, before.Derive("stamp"), after.DerivePrevious(before.KeyID(), "stamp"))
}

func TestEphemeralKeysDiffer(t *testing.T) {
	yaml := map[string]any{"ephemeral_key": true}
	assert.NotEqual(t, surrogateOf(load(t, yaml)), surrogateOf(load(t, yaml)))
	assert.NotEmpty(t, configOf(t, yaml).Warnings())
}

func TestWarnings(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(file, []byte(goodKey), 0o600))
	c := configOf(t, map[string]any{"key_file": file})
	assert.Empty(t, c.Warnings())
	require.NoError(t, os.Chmod(file, 0o644))
	require.Len(t, c.Warnings(), 1)
	assert.Contains(t, c.Warnings()[0], "chmod 600")
}

func TestPrintedConfigurationsHideTheKey(t *testing.T) {
	c := Config{Source: Source{Key: configopaque.String(goodKey)}}
	assert.NotContains(t, fmt.Sprintf("%v %+v", c, c), goodKey)
}
