package redact

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// spellings are the ways in which tests write a value.
var spellings = map[string]func(string) string{
	"plain":      func(s string) string { return s },
	"sentence":   func(s string) string { return "the value is " + s + ", keep it" },
	"percent":    url.QueryEscape,
	"everything": func(s string) string { return percentAll(s) },
	"base64":     func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64url":  func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(":" + s + ":")) },
	"within base64": func(s string) string {
		return "data=" + base64.StdEncoding.EncodeToString([]byte("\x00\x01some bytes\xff"+s+"\xfe and more"))
	},
	"hex":     func(s string) string { return hex.EncodeToString([]byte(s)) },
	"json":    func(s string) string { return `{"a":{"note":` + quote(s) + `}}` },
	"escaped": func(s string) string { return `{"a":"{\"note\":\"` + s + `\"}"}` },
	"html":    func(s string) string { return "<p>" + html.EscapeString(s) + "</p>" },
	"xml": func(s string) string {
		return "<?xml version=\"1.0\"?><a><!-- " + s + " --><b c=\"" + html.EscapeString(s) + "\"/></a>"
	},
	"form": func(s string) string { return "a=1&note=" + url.QueryEscape(s) },
	"url": func(s string) string {
		return "https://example.org/a/" + url.PathEscape(s) + "?q=" + url.QueryEscape(s)
	},
	"sql": func(s string) string {
		return "SELECT * FROM t WHERE note = '" + strings.ReplaceAll(s, "'", "''") + "' -- " + s
	},
	"gzip":  func(s string) string { return base64.StdEncoding.EncodeToString(zipped("some text " + s + " here")) },
	"upper": strings.ToUpper,
}

func quote(s string) string {
	text, _ := json.Marshal(s)
	return string(text)
}

func percentAll(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%%%02x", s[i])
	}
	return b.String()
}

func zipped(s string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.Bytes()
}

// planted are values of which one certain finding makes all copies go.
var planted = map[string]string{
	"email":  "maria.gonzalez87@fastmail.net",
	"github": "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
	"jwt":    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
}

// password is found by its name only; all copies are found by the first.
const plantedPassword = "Tr0ub4dor&3-zebra"

// TestPlantedCopiesLeave plants a value where its name tells it and a copy in every spelling at every kind of place.
func TestPlantedCopiesLeave(t *testing.T) {
	e := testEngine(t, "default")
	places := []string{"header", "query", "json body", "text body", "session", "signature", "tokenKey", "tokenValue", "tag", "event", "binary", "netinfo", "bodyKey", "uri"}
	for spelled, spell := range spellings {
		for _, place := range places {
			t.Run(spelled+" in "+place, func(t *testing.T) {
				out, _ := redactPair(t, e, plantPair(t, place, spell(plantedPassword), plantedPassword))
				requireAbsent(t, out, plantedPassword)
				again, second := redactPair(t, e, out)
				require.Equal(t, string(out), string(again), "%v", second.Rules)
			})
		}
	}
}

// plantPair is a pair with text at a place, and a password that its name tells.
func plantPair(t testing.TB, place, text, password string) []byte {
	headers := map[string][]string{"Content-Type": {"application/json"}, "X-Note": {"none"}}
	body := map[string]any{"password": password, "items": []any{1, "two"}}
	query := map[string][]string{"a": {"b"}}
	pair := map[string]any{
		"msgType": "rrpair", "ts": "2026-03-01T10:00:00Z", "uuid": "AAECAwQFBgcICQoLDA0ODw==", "direction": "IN", "l7protocol": "http",
		"command": "POST", "location": "/login", "status": "200", "duration": 3,
	}
	uri := "/login"
	rawBody := []byte(nil)
	switch place {
	case "header":
		headers["X-Note"] = []string{text}
	case "query":
		query["note"] = []string{text}
	case "uri":
		uri = "/login/" + url.PathEscape(text) + "?note=" + url.QueryEscape(text)
	case "json body":
		body["note"] = []any{map[string]any{"deep": text}}
	case "bodyKey":
		body[text] = "x"
	case "text body":
		rawBody = []byte("a log line: " + text + "\n")
	case "session":
		pair["session"] = text
	case "signature":
		pair["signature"] = map[string]string{"http:note": base64.StdEncoding.EncodeToString([]byte(text))}
	case "tokenKey":
		pair["tokenList"] = map[string]any{text: map[string]any{"id": "x"}}
	case "tokenValue":
		pair["tokenList"] = map[string]any{"t": map[string]any{"tokens": []any{map[string]any{"token": map[string]any{"replacementValue": base64.StdEncoding.EncodeToString([]byte(text))}}}}}
	case "tag":
		pair["tags"] = map[string]string{"note": text}
	case "event":
		pair["events"] = []any{map[string]any{"message": text}}
	case "netinfo":
		pair["netinfo"] = map[string]any{"upstream": map[string]any{"hostname": text}}
	case "binary":
		rawBody = []byte("\x00\x01\x02\x89PNG\x0d\x0a\x1a\x00\x00\xff\xfe" + text + "\x00\x01\x02\x03")
	default:
		t.Fatal(place)
	}
	encoded, err := json.Marshal(body)
	require.NoError(t, err)
	response := map[string]any{"statusCode": 200}
	if rawBody != nil {
		response["bodyBase64"] = base64.StdEncoding.EncodeToString(rawBody)
	}
	pair["http"] = map[string]any{
		"req": map[string]any{"url": "/login", "uri": uri, "method": "POST", "headers": headers, "queryParams": query,
			"bodyBase64": base64.StdEncoding.EncodeToString(encoded), "body": string(encoded)},
		"res": response,
	}
	line, err := json.Marshal(pair)
	require.NoError(t, err)
	return line
}

// requireAbsent decodes whatever can be decoded, again and again, and looks for the value without regard to case.
func requireAbsent(t *testing.T, text []byte, value string) {
	t.Helper()
	seen := map[string]bool{}
	queue := [][]byte{text}
	for len(queue) > 0 && len(seen) < 5000 {
		text := queue[0]
		queue = queue[1:]
		if seen[string(text)] {
			continue
		}
		seen[string(text)] = true
		if at := strings.Index(strings.ToLower(string(text)), strings.ToLower(value)); at >= 0 {
			require.Fail(t, "the value is still there", "%q", text[max(at-100, 0):min(at+len(value)+30, len(text))])
		}
		queue = append(queue, decodings(text)...)
	}
}

// decodings are all texts that text may stand for, and the pieces of it that look encoded.
func decodings(text []byte) [][]byte {
	var found [][]byte
	var document any
	if json.Unmarshal(text, &document) == nil {
		eachString(document, func(s string) { found = append(found, []byte(s)) })
	}
	if s, err := url.QueryUnescape(string(text)); err == nil {
		found = append(found, []byte(s))
	}
	found = append(found, []byte(html.UnescapeString(string(text))))
	if s := strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\u0026`, "&").Replace(string(text)); s != string(text) {
		found = append(found, []byte(s))
	}
	if r, err := gzip.NewReader(bytes.NewReader(text)); err == nil {
		var b bytes.Buffer
		_, _ = b.ReadFrom(r)
		found = append(found, b.Bytes())
	}
	for _, piece := range strings.FieldsFunc(string(text), func(r rune) bool {
		return !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_", r)
	}) {
		if len(piece) < 8 {
			continue
		}
		standard := strings.NewReplacer("-", "+", "_", "/").Replace(piece)
		for offset := range 4 {
			if b, err := base64.RawStdEncoding.DecodeString(standard[offset : len(standard)-(len(standard)-offset)%4]); err == nil {
				found = append(found, b)
			}
		}
		if b, err := hex.DecodeString(piece); err == nil {
			found = append(found, b)
		}
	}
	return found
}

func eachString(document any, fn func(string)) {
	switch v := document.(type) {
	case string:
		fn(v)
	case []any:
		for _, e := range v {
			eachString(e, fn)
		}
	case map[string]any:
		for name, e := range v {
			fn(name)
			eachString(e, fn)
		}
	}
}

// TestPlantedValuesLeave plants values that finders prove by themselves, alone, in every spelling and place.
func TestPlantedValuesLeave(t *testing.T) {
	e := testEngine(t, "default")
	for name, value := range planted {
		for spelled, spell := range spellings {
			if spelled == "upper" || spelled == "base64url" || spelled == "within base64" {
				continue // another value, or one that only a copy tells
			}
			for _, place := range []string{"header", "query", "json body", "text body", "session", "signature", "tokenKey", "tokenValue", "tag", "uri", "bodyKey"} {
				t.Run(name+" "+spelled+" in "+place, func(t *testing.T) {
					out, _ := redactPair(t, e, plantPair(t, place, spell(value), "none"))
					requireAbsent(t, out, value)
				})
			}
		}
	}
}
