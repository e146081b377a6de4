package hostile

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/redact"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
)

// secretsAndCopies is a pair with distinct secrets, each once where it is found and once within a text that only a copy
// tells.
func secretsAndCopies(number int, secret func(i int) string) []byte {
	var body, copies strings.Builder
	for i := range number {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, "%q", secret(i))
		fmt.Fprintf(&copies, "x%dx-%s-x ", i, secret(i))
	}
	return []byte(`{"msgType":"rrpair","session":"s","events":[{"message":` + toJSON(copies.String()) + `}],"http":{"req":{"headers":{"X-Api-Key":[` + body.String() + `]}}}}`)
}

// TestManySecrets: looking for the copies of four times as many secrets, in a text four times as long, takes about four
// times as long and not sixteen times.
func TestManySecrets(t *testing.T) {
	engine := newEngine(t, redact.Limits{MaxTime: time.Minute})
	kinds := map[string]func(i int) string{
		"addresses":             func(i int) string { return fmt.Sprintf("user.%d@fastmail.net", i*7919) },
		"tokens":                func(i int) string { return fmt.Sprintf("ghp_%036x", i*0x9e3779b1) },
		"keys that begin alike": func(i int) string { return fmt.Sprintf("prod-gateway-key-of-the-eu-%08x", uint32(i)*0x9e3779b1) },
		"keys that end alike":   func(i int) string { return fmt.Sprintf("%08x-prod-gateway-key-of-the-eu", uint32(i)*0x9e3779b1) },
		"cards":                 func(i int) string { return card(i) },
	}
	for name, secret := range kinds {
		t.Run(name, func(t *testing.T) {
			const few = 5000
			var took [2]time.Duration
			for k, number := range []int{few, 4 * few} {
				document := secretsAndCopies(number, secret)
				out := bounded(t, engine, document, func(engine *redact.Engine) ([]byte, error) {
					started := time.Now()
					out, _, err := engine.JSON(nil, document, redact.Call{})
					took[k] = time.Since(started)
					return out, err
				}, "redacted")
				for i := 0; i < number; i += number / 50 {
					assert.NotContains(t, string(out), secret(i))
				}
			}
			assert.Less(t, took[1], 10*took[0]+time.Second, "more than linear")
		})
	}
}

// card is a number that passes for a card's.
func card(i int) string {
	digits := fmt.Sprintf("492922%09d", (i*7919+13)%1_000_000_000)
	sum := 0
	for k := range digits {
		digit := int(digits[len(digits)-1-k] - '0')
		if k%2 == 0 {
			if digit *= 2; digit > 9 {
				digit -= 9
			}
		}
		sum += digit
	}
	return digits + string(rune('0'+(10-sum%10)%10))
}

// TestSlowExpressions: expressions of the user's own that are slow elsewhere are refused when the policy is read, or take
// time that grows with the text and no faster, within the limit.
func TestSlowExpressions(t *testing.T) {
	for _, own := range []struct{ expression, example, refused string }{
		{expression: `(a+)+$`, example: "aaa"},
		{expression: `(?:a|aa)+$`, example: "aaa"},
		{expression: `(?:.*a){20}`, example: "aaaaaaaaaaaaaaaaaaaaaaaa"},
		{expression: `(x+x+)+y`, example: "xxxy"},
		{expression: `[a-z](?:[a-zA-Z]+)*$`, example: "abc"},
		{expression: `(?:a?){200}a{200}`, example: strings.Repeat("a", 300)},
		{expression: `(?i)(?:a|b|ab)*c`, example: "ababc"},
		{expression: `(?:(?:(?:a*)*)*)*b`, example: "aab"},
		{expression: `x.{1,900}y`, example: "x1y"},
		{expression: `(a*)*`, refused: "matches the empty text"},
		{expression: `.*.*.*=.*`, refused: "leave .* out"},
		{expression: `\w{1,500}\w{1,500}x`, refused: "instructions"},
	} {
		t.Run(own.expression, func(t *testing.T) {
			text := "version: 1\nname: own\nextends: default\nrules:\n  own-slow:\n    summary: slow elsewhere\n    find: {regex: '" + own.expression + "'}\n    examples: {match: ['" + own.example + "'], miss: ['###']}\n"
			loaded, err := policy.Parse("own.yaml", []byte(text))
			if own.refused != "" {
				require.ErrorContains(t, err, own.refused)
				require.ErrorContains(t, err, "own.yaml:7")
				return
			}
			require.NoError(t, err)
			engine := engineOf(t, loaded, redact.Limits{})
			for _, unit := range []string{"a", "x", "ab", "aA", "a="} {
				bounded(t, engine, repeated(unit, 4<<20), asText(repeated(unit, 4<<20)))
			}
		})
	}
}

// TestMostNodes: a record of more leaves than the limit is refused early, and says why.
func TestMostNodes(t *testing.T) {
	engine := newEngine(t, redact.Limits{})
	for _, unit := range []string{"1,", `"",`, `{},`, `{"":1},`} {
		document := []byte("[" + strings.TrimSuffix(strings.Repeat(unit, 50<<20/len(unit)), ",") + "]")
		bounded(t, engine, document, asJSON(document), redact.ReasonTooLarge)
		body := inBody(document[:len(document)/2], `"Content-Type":["application/json"]`)
		bounded(t, engine, body, asJSON(body), redact.ReasonTooLarge)
	}
	small := newEngine(t, redact.Limits{MaxBytes: 100})
	_, _, err := small.JSON(nil, []byte(`{"a":"`+strings.Repeat("b", 200)+`"}`), redact.Call{})
	require.ErrorContains(t, err, "the limit is 100")
}
