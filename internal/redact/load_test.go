package redact

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestManyValues: the work grows with the size of a record, not with its square, however many values it holds and
// wherever they stand.
func TestManyValues(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	e := testEngine(t, "default")
	const count = 10_000
	list := func(element func(i int) string) string {
		var b strings.Builder
		for i := range count {
			b.WriteString(element(i))
		}
		return b.String()
	}
	email := func(i int) string { return fmt.Sprintf("maria.gonzalez%d@fastmail.net", 1000+i) }
	documents := map[string]string{
		"emails in a text": `"` + list(func(i int) string { return email(i) + " and " }) + `"`,
		"emails in a list": `[` + list(func(i int) string { return quote(email(i)) + "," }) + `0]`,
		"emails as names":  `{` + list(func(i int) string { return quote(email(i)) + ":1," }) + `"x":0}`,
		"passwords in URLs": `[` + list(func(i int) string {
			return fmt.Sprintf(`"https://user:Tr0ub4dor%dx@example.org/a?b=c",`, 1000+i)
		}) + `0]`,
		"a long form": quote("a=b" + list(func(i int) string { return fmt.Sprintf("&p%d=%s", i, email(i)) })),
		"tokens": `[` + list(func(i int) string {
			payload := base64.RawURLEncoding.EncodeToString([]byte(fmt.Sprintf(`{"sub":"%d"}`, i)))
			return `"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.` + payload + `.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",`
		}) + `0]`,
	}
	for name, document := range documents {
		t.Run(name, func(t *testing.T) {
			started := time.Now()
			out, result, err := e.JSON(nil, []byte(document), Call{})
			require.NoError(t, err)
			took := time.Since(started)
			require.GreaterOrEqual(t, result.Findings, count)
			again, second, err := e.JSON(nil, out, Call{})
			require.NoError(t, err)
			require.False(t, second.Changed, "%d findings, %v", second.Findings, second.Rules)
			require.Len(t, again, len(out))
			t.Logf("%d bytes, %d findings in %s", len(document), result.Findings, took)
		})
	}
}
