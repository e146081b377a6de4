package planted

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/redact"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/surrogate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// The patterns are written apart from the engine's detectors.
var (
	jwtPattern   = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}`)
	emailPattern = regexp.MustCompile(`[A-Za-z0-9._+-]{2,}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.(?:com|org|net|io|dev|de|uk|example)\b`)
	cardPattern  = regexp.MustCompile(`\b(?:4\d{15}|5[1-5]\d{14}|3[47]\d{13}|6011\d{12}|4\d{3}[- ]\d{4}[- ]\d{4}[- ]\d{4})\b`)
	uuidPattern  = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	tracePattern = regexp.MustCompile(`\b[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\b`) // its span ids may be all digits
	timePattern  = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$|^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$`)
)

func TestRecordingsHoldNoCredentialAndNoPersonAfterRedaction(t *testing.T) {
	keys, err := surrogate.NewKeyring(surrogate.Key{ID: "test", Secret: []byte(testKey)})
	require.NoError(t, err)
	loaded, err := policy.Load("default")
	require.NoError(t, err)
	engine, err := redact.New(loaded, redact.Options{Keys: keys})
	require.NoError(t, err)
	var before, after rrpair.Pair
	for number, line := range recordings(t) {
		require.NoError(t, before.ParseJSON(line))
		redacted, _, err := engine.Pair(nil, &before, redact.Call{})
		require.NoError(t, err, "record %d", number)
		require.NoError(t, after.ParseJSON(redacted))
		for _, left := range leftovers(redacted, keys) {
			t.Errorf("record %d: %s still stands in %.400q", number, left, where(redacted, left))
		}
		requireUnharmed(t, number, before.JSON(), redacted)
		if fault := inconsistent(&before, &after); fault != "" {
			t.Errorf("record %d: %s", number, fault)
		}
	}
}

// leftovers lists what looks like a JWT, an e-mail address or a card and is no surrogate.
func leftovers(document []byte, keys *surrogate.Keyring) (list []string) {
	seen := map[string]bool{}
	note := func(kind detect.Type, text string) {
		if !seen[text] && !keys.Made(kind, []byte(text)) {
			seen[text] = true
			list = append(list, text)
		}
	}
	decodings(document, decodeDepth, func(text []byte) {
		for _, token := range jwtPattern.FindAllString(string(text), -1) {
			header, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[0])
			if err == nil && bytes.Contains(header, []byte(`"alg"`)) {
				note(detect.JWT, token)
			}
		}
		for _, address := range emailPattern.FindAllString(string(text), -1) {
			if !strings.HasPrefix(address, "git@") {
				note(detect.Email, address)
			}
		}
		for _, number := range cardPattern.FindAllString(tracePattern.ReplaceAllString(string(text), ""), -1) {
			if bare := strings.NewReplacer("-", "", " ", "").Replace(number); luhn(bare[:len(bare)-1]) == bare {
				note(detect.Card, number)
			}
		}
	})
	return list
}

// requireUnharmed compares what names nobody: uuids, times, hosts.
func requireUnharmed(t *testing.T, number int, before, after []byte) {
	t.Helper()
	var left, right any
	require.NoError(t, json.Unmarshal(before, &left))
	require.NoError(t, json.Unmarshal(after, &right))
	texts := map[string]string{}
	eachLeaf(right, "", func(path, text string) { texts[path] = text })
	eachLeaf(left, "", func(path, text string) {
		now, there := texts[path]
		switch {
		case !there || text == now || strings.HasSuffix(path, ".{name}"):
		case uuidPattern.MatchString(text), timePattern.MatchString(text):
			t.Errorf("record %d: %s was %q and is %q", number, path, text, now)
		case strings.HasSuffix(path, ".host"), strings.HasSuffix(path, ".network_address"), strings.HasSuffix(path, ".hostname"):
			t.Errorf("record %d: the host at %s was %q and is %q", number, path, text, now)
		}
	})
}
