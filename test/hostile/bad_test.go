package hostile

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/redact"
)

const mail = "maria.gonzalez87@fastmail.net"

func asText(text []byte) func(*redact.Engine) ([]byte, error) {
	return func(engine *redact.Engine) ([]byte, error) {
		out, _, err := engine.Text(nil, text, redact.Call{})
		return out, err
	}
}

func asJSON(text []byte) func(*redact.Engine) ([]byte, error) {
	return func(engine *redact.Engine) ([]byte, error) {
		out, _, err := engine.JSON(nil, text, redact.Call{})
		return out, err
	}
}

// inBody is a pair with text as its response's body.
func inBody(text []byte, headers string) []byte {
	return slices.Concat([]byte(`{"msgType":"rrpair","http":{"res":{"headers":{`+headers+`},"bodyBase64":"`),
		base64.StdEncoding.AppendEncode(nil, text), []byte(`"}}}`))
}

// repeated is a text of size bytes.
func repeated(unit string, size int) []byte { return bytes.Repeat([]byte(unit), size/len(unit)) }

// TestLargeTexts: 50 MB of one thing, as a text, as a value in JSON, and as a body (45 MB, which base64 makes 60).
func TestLargeTexts(t *testing.T) {
	units := map[string]string{
		"digits": "0123456789", "one digit": "4", "at signs": "@", "base64": "c29tZSB0ZXh0IGFuZCBtb3Jl", "token heads": "eyJ",
		"letters": "a", "addresses": "a@b.co ", "key heads": "-----BEGIN ", "key frames": "-----BEGIN RSA PRIVATE KEY-----\n",
		"percent": "%41", "percent signs": "%", "entities": "&#64;", "ampersands": "&", "backslashes": `\`, "escapes": `\u0040`, "cards": "4929228967916260 ",
		"braces": "{", "brackets": `[1,`, "quotes": `"`, "tags": "<a>", "open tags": "<", "comments": "<!--", "statements": "SELECT '", "form": "a=1&", "equals": "=", "cookies": "a=1; ",
		"URLs": "http://a:b@c/", "slashes": "/", "lines": "\n", "hexadecimal": "3535", "colons": "1:", "dots": "1.", "plus": "+1", "hyphens": "1-", "NUL": "\x00", "high": "\xff", "UTF-16": "a\x00",
		"assignments": "password=", "boundaries": "--b\r\nContent-", "bearer": "Bearer ", "basic": "Basic YTpi ", "dollars": "$a$",
	}
	if testing.Short() {
		units = map[string]string{"digits": units["digits"], "at signs": "@", "token heads": "eyJ", "base64": units["base64"]}
	}
	engine := newEngine(t, redact.Limits{})
	const size = 50 << 20
	for name, unit := range units {
		text := repeated(unit, size)
		t.Run(name+" as text", func(t *testing.T) { bounded(t, engine, text, asText(text)) })
		t.Run(name+" as body", func(t *testing.T) {
			body := inBody(text[:45<<20], "")
			bounded(t, engine, body, asJSON(body))
		})
		if quoted, err := json.Marshal(string(text[:size/6])); err == nil {
			t.Run(name+" as value", func(t *testing.T) {
				document := slices.Concat([]byte(`{"note":`), quoted, []byte(`}`))
				bounded(t, engine, document, asJSON(document))
			})
		}
	}
}

// TestNested: JSON a thousand deep is redacted, a hundred thousand deep is refused; so are bodies.
func TestNested(t *testing.T) {
	engine := newEngine(t, redact.Limits{})
	for _, brackets := range [][2]string{{"[", "]"}, {`{"a":`, "}"}} {
		nested := func(depth int) []byte {
			return []byte(strings.Repeat(brackets[0], depth) + `"` + mail + `"` + strings.Repeat(brackets[1], depth))
		}
		t.Run(fmt.Sprintf("1,000 of %s", brackets[0]), func(t *testing.T) {
			for _, document := range [][]byte{nested(1000), inBody(nested(1000), `"Content-Type":["application/json"]`)} {
				out := bounded(t, engine, document, asJSON(document), "redacted")
				assert.True(t, json.Valid(out))
				assert.False(t, canRead(out, mail))
			}
		})
		t.Run(fmt.Sprintf("100,000 of %s", brackets[0]), func(t *testing.T) {
			document := nested(100_000)
			bounded(t, engine, document, asJSON(document), redact.ReasonTooDeep)
			document = inBody(nested(100_000), `"Content-Type":["application/json"]`)
			bounded(t, engine, document, asJSON(document), redact.ReasonTooDeep)
			document = nested(100_000)
			bounded(t, engine, document, asText(document), redact.ReasonTooDeep)
			open := []byte(`{"note":"` + mail + `","a":` + strings.Repeat(brackets[0], 100_000)) // cut off
			bounded(t, engine, open, asText(open), redact.ReasonTooDeep)
		})
	}
	t.Run("texts in texts", func(t *testing.T) {
		text := mail
		for range 40 {
			text = toBase64(text)
			if len(text) > 32<<20 {
				break
			}
		}
		bounded(t, engine, []byte(text), asText([]byte(text)), "redacted", redact.ReasonTooDeep)
	})
	t.Run("tags in tags", func(t *testing.T) {
		text := []byte("<a>" + strings.Repeat("<b>", 100_000) + mail + strings.Repeat("</b>", 100_000) + "</a>")
		out := bounded(t, engine, text, asText(text), "redacted", redact.ReasonTooDeep)
		assert.False(t, canRead(out, mail))
	})
}

// TestMany: a million names, a name of 10 MB, numbers of 10,000 digits, and the like. What is redacted is so everywhere.
func TestMany(t *testing.T) {
	engine := newEngine(t, redact.Limits{})
	names := 1_000_000
	if testing.Short() {
		names = 100_000
	}
	var many bytes.Buffer
	many.WriteString(`{"email":"` + mail + `"`)
	for i := range names {
		fmt.Fprintf(&many, `,"k%d":%d`, i, i)
	}
	many.WriteString(`}`)
	documents := map[string][]byte{
		"a million names":              many.Bytes(),
		"a million names in a body":    inBody(many.Bytes(), ""),
		"a name of 10 MB":              []byte(`{"` + strings.Repeat("k", 10<<20) + `":"` + mail + `"}`),
		"a name of 10 MB of values":    []byte(`{"` + strings.Repeat("see "+mail+" ", 10<<20/34) + `":1}`),
		"a name of 10 MB, of a secret": []byte(`{"` + strings.Repeat("password_", 10<<20/9) + `":"` + mail + `"}`),
		"numbers of 10,000 digits":     []byte(`{"a":` + strings.Repeat("7", 10_000) + `,"b":-1.` + strings.Repeat("3", 10_000) + `e9,"c":"` + mail + `"}`),
		"exponents":                    []byte(`{"a":1e999999999,"b":-1E-99999,"c":"` + mail + `"}`),
		"the same name again":          []byte(`{"email":"` + mail + `","email":"` + mail + `","email":{"email":"` + mail + `"}}`),
		"a name that becomes another":  []byte(`{"` + mail + `":1,"` + strings.ToUpper(mail) + `":2,"` + mail + `":3}`),
		"NUL":                          []byte(`{"a\u0000b":"\u0000` + mail + `\u0000","c":"` + strings.Repeat(`\u0000`, 1000) + `"}`),
		"lone surrogates":              []byte(`{"\ud800":"\udc00 ` + mail + ` \ud83d"}`),
		"invalid UTF-8":                []byte("{\"a\":\"\xff\xfe " + mail + " \xc3\x28\",\"\xed\xa0\x80\":\"\xf0\x28\x8c\xbc\"}"),
		"overlong UTF-8":               []byte("{\"a\":\"\xc0\xaf " + mail + " \xe0\x80\xaf\"}"),
	}
	for name, document := range documents {
		t.Run(name, func(t *testing.T) {
			out := bounded(t, engine, document, asJSON(document), "redacted", redact.ReasonTooLarge, redact.ReasonUnparseable)
			assert.NotContains(t, strings.ToLower(string(out)), mail)
			if len(out) > 0 && len(out) < 1<<20 {
				assert.False(t, canRead(out, mail))
			}
		})
	}
}

// TestEmpty: nothing is nothing, and is no reason to fail. What is no JSON is refused where JSON is promised.
func TestEmpty(t *testing.T) {
	engine := newEngine(t, redact.Limits{})
	for _, document := range []string{`{}`, `[]`, `""`, `null`, `0`, `{"":""}`, `[[],{},"",null]`, `{"msgType":"rrpair"}`, `{"msgType":"rrpair","http":{}}`,
		`{"msgType":"rrpair","http":{"req":{},"res":{}}}`, `{"msgType":"rrpair","http":null,"tokenList":null,"signature":null,"tags":null,"session":""}`,
		`{"msgType":"rrpair","http":{"req":{"headers":{},"queryParams":{},"body":"","bodyBase64":"","url":"","uri":""},"res":{"headers":{"Cookie":[],"Set-Cookie":[""]}}}}`} {
		out := bounded(t, engine, []byte(document), asJSON([]byte(document)), "redacted")
		if !strings.Contains(document, "rrpair") {
			assert.Equal(t, document, string(out))
		}
		assert.True(t, json.Valid(out))
	}
	for _, document := range []string{"", " ", "{", `{"a":`, `{"a":1}}`, `{"a":1}{`, `{'a':1}`, "\x00", `"`, `{"a":"` + "\x01" + `"}`, "\xef\xbb\xbf{}", "NaN", `{"a":01}`} {
		bounded(t, engine, []byte(document), asJSON([]byte(document)), redact.ReasonUnparseable)
	}
	for _, text := range []string{"", " ", "\x00", "\xff", "{", "<", "%", "&", `\`, "=", "a"} {
		assert.Equal(t, text, string(bounded(t, engine, []byte(text), asText([]byte(text)), "redacted")))
	}
}

// TestWrongTypes: known members with values of other types are no reason to fail, and hide nothing.
func TestWrongTypes(t *testing.T) {
	engine := newEngine(t, redact.Limits{})
	members := []string{"msgType2", "ts", "uuid", "direction", "cluster", "namespace", "service", "l7protocol", "command", "location", "status", "network_address",
		"duration", "session", "tags", "tokenList", "signature", "mutableSignature", "events", "netinfo", "http", "postgres", "AmqpV091", "resource"}
	for _, member := range members {
		for _, value := range []string{`"` + mail + `"`, `["` + mail + `"]`, `{"a":{"b":["` + mail + `"]}}`, `{"req":"` + mail + `","res":["` + mail + `"]}`,
			`{"req":{"headers":"` + mail + `","body":["` + mail + `"],"bodyBase64":{"a":"` + mail + `"},"queryParams":["` + mail + `"]}}`,
			`[[["` + toBase64(mail) + `"]]]`, `[null,true,17,{"` + mail + `":null}]`} {
			document := []byte(`{"msgType":"rrpair","` + member + `":` + value + `}`)
			out, _, err := engine.JSON(nil, document, redact.Call{})
			require.NoError(t, err, "%s", document)
			require.True(t, json.Valid(out), "%s", out)
			assert.False(t, canRead(out, mail), "%s: %s", document, out)
		}
	}
}
