package filter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// held is a source that knows a header, a tag and bodies.
type held struct {
	Source
	request, response string
}

func (h held) Strings(dst []string, f Field, sub string) ([]string, bool) {
	if f == FieldHeader && sub == "x-tenant" {
		return append(dst, "acme", "second"), true
	}
	if f == FieldTag && sub == "Env" {
		return append(dst, "prod"), true
	}
	return dst, true
}

func (h held) Body(response bool) ([]byte, bool) {
	if response {
		return []byte(h.response), true
	}
	return []byte(h.request), true
}

func TestPathsLeadToValues(t *testing.T) {
	s := held{request: `{"customer":{"tier":"gold","id":17,"vip":true,"none":null,"tags":["a","b"]}}`, response: `not JSON`}
	for text, want := range map[string]string{
		"header[X-Tenant]":           "acme",
		"tag[Env]":                   "prod",
		"req_json[customer.tier]":    "gold",
		"req_json[customer.id]":      "17",
		"req_json[customer.vip]":     "true",
		"req_json[customer.tags[*]]": "a",
		"header[other]":              "-",
		"tag[env]":                   "-",
		"req_json[customer]":         "-",
		"req_json[customer.none]":    "-",
		"req_json[customer.missing]": "-",
		"resp_json[customer.tier]":   "-",
	} {
		path, err := ParsePath(text)
		require.NoError(t, err, text)
		value, found := path.AppendFirst(nil, s)
		if !found {
			value = []byte("-")
		}
		assert.Equal(t, want, string(value), text)
	}
}

func TestWhatIsNoPathIsSaid(t *testing.T) {
	for _, text := range []string{"", "service", "header", "header[x", "req_json[a..b]", "headr[x]", "text", "header[x] IS y OR header[z]", "(tag[a])x", "req_xpath[/a]", "header[x] IS y", "header[x] NOT"} {
		_, err := ParsePath(text)
		var wrong *SyntaxError
		require.ErrorAs(t, err, &wrong, text)
		assert.NotContains(t, err.Error(), "EXISTS")
		assert.LessOrEqual(t, wrong.Offset, len(text))
	}
}
