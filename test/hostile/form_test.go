package hostile

import (
	"encoding/binary"
	"html"
	"net/url"
	"strings"
)

// forms are texts of the kinds that applications write, with a value in them.
var forms = []spelling{
	{"plain", func(v string) string { return v }},
	{"sentence", func(v string) string { return "the value is " + v + ", keep it" }},
	{"JSON", func(v string) string { return toJSON(map[string]any{"a": []any{map[string]string{"note": v}}}) }},
	{"JSON in JSON", func(v string) string { return toJSON(map[string]string{"a": toJSON(map[string]string{"note": v})}) }},
	{"JSON in JSON in base64", func(v string) string {
		return toBase64(toJSON(map[string]string{"a": toJSON(map[string]string{"note": v})}))
	}},
	{"JSON in base64 in a text", func(v string) string { return "payload: " + toBase64(toJSON(map[string]string{"note": v})) + " sent" }},
	{"JSON name", func(v string) string { return toJSON(map[string]any{v: map[string]int{"count": 2}}) }},
	{"JSON text", func(v string) string { return toJSON(v) }},
	{"JSON behind a guard", func(v string) string { return ")]}',\n" + toJSON(map[string]string{"note": v}) }},
	{"JSON, escaped", func(v string) string { return `{"note":"` + each(v, `\u%04x`) + `"}` }},
	{"JSON, cut off", func(v string) string { return `{"a":1,"note":` + toJSON(v) + `,"more":{"b":[1,2` }},
	{"JSON, cut off in the value's text", func(v string) string { return `{"a":1,"note":"see ` + strings.ReplaceAll(v, "\n", `\n`) + ` and th` }},
	{"JSON with comments", func(v string) string { return "{\n  // the note\n  \"note\": " + toJSON(v) + ", /* " + v + " */\n}" }},
	{"JSON in single quotes", func(v string) string { return `{'note': '` + strings.ReplaceAll(v, "\n", `\n`) + `', 'id': 7}` }},
	{"JSONP", func(v string) string { return `callback12({"note":` + toJSON(v) + `});` }},
	{"JSON lines", func(v string) string { return "{\"a\":1}\n" + toJSON(map[string]string{"note": v}) + "\n{\"b\":2}\n" }},
	{"gzip in base64 in JSON", func(v string) string { return toJSON(map[string]string{"data": toBase64(packers["gzip"](v))}) }},
	{"gzip of JSON in base64", func(v string) string { return toBase64(packers["gzip"](toJSON(map[string]string{"note": v}))) }},
	{"zlib in base64 in a text", func(v string) string { return "state=" + toBase64(packers["deflate"](v)) + "; done" }},
	{"zstd in base64", func(v string) string { return toBase64(packers["zstd"]("a text with " + v + " in it")) }},
	{"gzip in gzip in base64", func(v string) string { return toBase64(packers["gzip"](packers["gzip"]("a text with " + v))) }},
	{"form", func(v string) string { return "a=1&note=" + url.QueryEscape(v) + "&b=2" }},
	{"form in base64", func(v string) string { return toBase64("a=1&note=" + url.QueryEscape(v) + "&b=2") }},
	{"form with JSON", func(v string) string { return "payload=" + url.QueryEscape(toJSON(map[string]string{"note": v})) }},
	{"form with base64", func(v string) string { return "state=" + url.QueryEscape(toBase64(v)) + "&page=2" }},
	{"URL", func(v string) string {
		return "https://example.org/a/" + url.PathEscape(v) + "?q=" + url.QueryEscape(v)
	}},
	{"URL in the query of a URL", func(v string) string {
		return "https://example.org/login?next=" + url.QueryEscape("https://other.example.org/cb?note="+url.QueryEscape(v)+"&a=1")
	}},
	{"URL in URL in URL", func(v string) string {
		inner := "https://a.example.org/?note=" + url.QueryEscape(v)
		return "https://c.example.org/?r=" + url.QueryEscape("https://b.example.org/?r="+url.QueryEscape(inner))
	}},
	{"fragment", func(v string) string { return "https://example.org/app#/notes/" + url.PathEscape(v) }},
	{"fragment with parameters", func(v string) string { return "https://example.org/app#id=2&note=" + url.QueryEscape(v) }},
	{"matrix parameter", func(v string) string { return "/notes;id=2;note=" + url.PathEscape(v) + "/list" }},
	{"path with base64", func(v string) string { return "/notes/" + toBase64(toJSON(map[string]string{"n": v})) + "/list" }},
	{"password in a URL in JSON", func(v string) string {
		return toJSON(map[string]string{"dsn": "postgres://app:" + url.PathEscape(v) + "@db.internal:5432/orders"})
	}},
	{"cookies", func(v string) string { return "theme=dark; note=" + url.QueryEscape(v) + "; lang=en" }},
	{"cookies with JSON", func(v string) string {
		return "theme=dark; state=" + url.QueryEscape(toJSON(map[string]string{"note": v}))
	}},
	{"Set-Cookie", func(v string) string { return "state=" + url.QueryEscape(v) + "; Path=/; HttpOnly" }},
	{"multipart", multipart},
	{"multipart in base64", func(v string) string { return toBase64(multipart(v)) }},
	{"multipart with base64", func(v string) string {
		return "--b0undary\r\nContent-Disposition: form-data; name=\"note\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + toBase64(v) + "\r\n--b0undary--\r\n"
	}},
	{"multipart, quoted-printable", func(v string) string {
		return "--b0undary\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + toQuotedPrintable(v) + "\r\n--b0undary--\r\n"
	}},
	{"GraphQL", func(v string) string {
		return toJSON(map[string]string{"query": "mutation { save(note: " + toJSON(v) + ") { id } }"})
	}},
	{"GraphQL variables as a string", func(v string) string {
		return toJSON(map[string]string{"query": "mutation($n:String!){save(note:$n){id}}", "variables": toJSON(map[string]string{"n": v})})
	}},
	{"gRPC fields", func(v string) string {
		return toJSON(map[string]any{"fieldsMap": map[string]any{"1": map[string]any{"stringValue": v}, "2": map[string]any{"bytesValue": toBase64(v)}}})
	}},
	{"AMQP body", func(v string) string {
		return toJSON(map[string]any{"basic": map[string]any{"publish": map[string]any{"body": toBase64("order for " + v)}}})
	}},
	{"XML", func(v string) string { return `<?xml version="1.0"?><a><b>` + html.EscapeString(v) + `</b></a>` }},
	{"XML, CDATA", func(v string) string { return `<a><b><![CDATA[` + v + `]]></b></a>` }},
	{"XML, comment", func(v string) string {
		return `<a><!-- ` + v + ` --><b>1</b></a>`
	}},
	{"XML, attribute", func(v string) string { return `<a b="` + html.EscapeString(v) + `"><c/></a>` }},
	{"XML, every character an entity", func(v string) string { return `<a><b>` + each(v, "&#x%X;") + `</b></a>` }},
	{"XML with JSON", func(v string) string {
		return `<a><b>` + html.EscapeString(toJSON(map[string]string{"note": v})) + `</b></a>`
	}},
	{"XML in JSON", func(v string) string {
		return toJSON(map[string]string{"doc": `<a><b>` + html.EscapeString(v) + `</b></a>`})
	}},
	{"XML, processing instruction", func(v string) string { return `<?xml version="1.0"?><?note ` + v + `?><a><b>1</b></a>` }},
	{"XML, entity declared", func(v string) string {
		return `<!DOCTYPE a [<!ENTITY n "` + html.EscapeString(v) + `">]><a><b>&n;</b></a>`
	}},
	{"HTML", func(v string) string {
		return `<html><body><p title="x">` + html.EscapeString(v) + `</p></body></html>`
	}},
	{"HTML, script", func(v string) string {
		return `<html><body><script>window.state = {"note": ` + toJSON(v) + `};</script></body></html>`
	}},
	{"HTML, script with JSON", func(v string) string {
		return `<html><script type="application/json" id="d">` + toJSON(map[string]string{"note": v}) + `</script></html>`
	}},
	{"HTML, event handler", func(v string) string {
		return `<html><a onclick="show('` + html.EscapeString(v) + `')" href="#">x</a></html>`
	}},
	{"HTML, link", func(v string) string {
		return `<html><a href="/n?a=1&amp;note=` + url.QueryEscape(v) + `">x</a></html>`
	}},
	{"SQL", func(v string) string { return "SELECT id FROM notes WHERE note = '" + v + "' AND a = 1" }},
	{"SQL, E string", func(v string) string {
		return `INSERT INTO notes (id, note) VALUES (7, E'` + strings.ReplaceAll(v, "\n", `\n`) + `')`
	}},
	{"SQL, dollar quotes", func(v string) string { return "INSERT INTO notes (id, note) VALUES (7, $q$" + v + "$q$)" }},
	{"SQL, comments", func(v string) string { return "SELECT 1 FROM notes /* " + v + " */ WHERE a = 1 -- " + v }},
	{"SQL, hexadecimal", func(v string) string { return "INSERT INTO notes (id, note) VALUES (7, x'" + toHex(v) + "')" }},
	{"SQL, unicode", func(v string) string {
		return "SELECT id FROM notes WHERE note = U&'" + each(v, `\%04x`) + "'"
	}},
	{"SQL in JSON", func(v string) string {
		return toJSON(map[string]string{"sql": "SELECT id FROM notes WHERE note = '" + v + "'"})
	}},
	{"CSV", func(v string) string { return "id,note,amount\n1," + v + ",2.50\n2,none,1.00\n" }},
	{"CSV, quoted", func(v string) string { return "id;note;amount\r\n1;\"" + v + "\";2,50\r\n" }},
	{"tab separated", func(v string) string { return "id\tnote\n1\t" + v + "\n" }},
	{"server-sent events", func(v string) string {
		return "event: note\nid: 7\ndata: " + toJSON(map[string]string{"note": v}) + "\n\ndata: " + v + "\n\n"
	}},
	{"YAML", func(v string) string {
		return "---\nid: 7\nnotes:\n  - note: \"" + strings.ReplaceAll(v, "\n", `\n`) + "\"\n    a: 1\n"
	}},
	{"YAML, escaped", func(v string) string { return "---\nid: 7\nnote: \"" + each(v, `\x%02x`) + "\"\n" }},
	{"TOML", func(v string) string { return "[note]\nid = 7\ntext = '''" + v + "'''\n" }},
	{"log line", func(v string) string { return `2026-03-01T10:00:00Z level=info msg="saved" note="` + v + `" id=7` }},
	{"log line with base64", func(v string) string {
		return `2026-03-01T10:00:00Z level=info msg="saved" state=` + toBase64(v) + ` id=7`
	}},
	{"log line with JSON, escaped", func(v string) string {
		return `level=info body="` + strings.ReplaceAll(toJSON(map[string]string{"note": v}), `"`, `\"`) + `"`
	}},
	{"HTTP request", func(v string) string {
		return "GET /notes?note=" + url.QueryEscape(v) + " HTTP/1.1\r\nHost: a.example.org\r\nX-Note: " + toBase64(v) + "\r\n\r\n"
	}},
	{"token in the query of a referrer", func(v string) string {
		claims := strings.TrimRight(toBase64(toJSON(map[string]string{"sub": v})), "=")
		return "https://example.org/cb?state=1&id_token=" + "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + claims + ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
	}},
	{"curl command", func(v string) string {
		return "curl -H 'X-Note: " + v + "' --data-urlencode 'note=" + url.QueryEscape(v) + "' https://example.org"
	}},
	{"MIME word", func(v string) string { return "Subject: =?utf-8?B?" + toBase64(v) + "?=" }},
	{"base64, cut off", func(v string) string {
		e := toBase64("some note with " + v + " in the middle of it")
		return e[:len(e)-7]
	}},
	{"base64, cut off, in JSON", func(v string) string {
		e := toBase64("some note with " + v + " in the middle of it")
		return toJSON(map[string]string{"data": e[:len(e)-7]})
	}},
	{"protocol buffers", func(v string) string {
		return message(v)
	}},
	{"protocol buffers in base64", func(v string) string {
		return toBase64(message(v))
	}},
}

func multipart(v string) string {
	return "--b0undary\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n" + v + "\r\n--b0undary\r\n" +
		"Content-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nfile with " + v + "\r\n--b0undary--\r\n"
}

// message is a number and a text in the wire format of Protocol Buffers.
func message(v string) string {
	return string(binary.AppendUvarint([]byte{0x08, 0x07, 0x12}, uint64(len(v)))) + v
}
