package interop

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// signatureText is the signature as the format page says it lies in its column:
// decoded, with a marker for the request's body.
func signatureText(t *testing.T, d *document) *string {
	t.Helper()
	if d.Signature == nil {
		return nil
	}
	value := regexp.MustCompile(`"([^"]*)":"([A-Za-z0-9+/=]*)"`).ReplaceAllStringFunc(string(d.Signature), func(member string) string {
		key, coded, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(member, `"`), `"`), `":"`)
		if key == "http:requestBodyJSON" && d.HTTP.Req.BodyBase64 != nil && *d.HTTP.Req.BodyBase64 == coded {
			return `"` + key + `":true`
		}
		decoded, err := base64.StdEncoding.DecodeString(coded)
		require.NoError(t, err)
		var quoted bytes.Buffer
		encoder := json.NewEncoder(&quoted)
		encoder.SetEscapeHTML(false)
		require.NoError(t, encoder.Encode(string(decoded)))
		return `"` + key + `":` + strings.TrimSpace(quoted.String())
	})
	return &value
}

// tokenListText is the token list with markers for the pair's own uuid.
func tokenListText(d *document) *string {
	if d.TokenList == nil {
		return nil
	}
	value := strings.ReplaceAll(string(d.TokenList), `"uuid":"`+d.UUID+`"`, `"uuid":true`)
	return &value
}
