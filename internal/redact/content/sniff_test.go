package content

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

func TestTextsAreWhatTheyAre(t *testing.T) {
	long := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("jane.doe@example.com and others\n", 20)))
	for text, want := range map[string]Format{
		`{"a":1}`: JSON, " [1,2]": JSON, `{}`: JSON, `"quoted"`: JSON, `{"a":"cut off`: JSON, `{id}`: Plain, `[INFO] started`: Plain, `{a} and {b}`: Plain,
		"a=b&c=d": Form, "?q=1": Form, "grant_type=password": Form, "a == b": Plain, "x=1": Form, "user[email]=a%40b.c": Form, "abcdabcdabcd1234==": Plain,
		"https://a.b/c?d=e": URL, "/a/b.js": URL, "/": Plain, "/v1/users/42?x=y": URL, "postgres://u:p@h/db": URL, "/ a path with spaces": Plain, "and/or": Plain, "see https://a.b": Plain,
		"a=b; c=d": Cookie, "sid=abc123; theme=dark; x=%7B": Cookie, "Server=db;User Id=sa;Password=p;": Params, `Digest username="M", realm="r"`: Params,
		"AWS4-HMAC-SHA256 Credential=A/b, SignedHeaders=host;x, Signature=f": Params, `level=info msg="x y" email=a@b.c`: Params,
		"The total = 5 and 4111 1111 1111 1111": Plain, "if a=b then c": Plain, "text/html; charset=utf-8": Plain, "max-age=0, no-cache": Plain,
		"Basic QWxhZGRpbjpvcGVu": BasicAuth, "Basic instinct": Plain,
		"<?xml version='1.0'?><a/>": XML, "<r><b>c</b></r>": XML, "<a><b>c</b></a>": HTML, "<!DOCTYPE html><p>x": HTML, "<p>one<br>two</p><p>x</p>": HTML, "<jane@x.com>": Plain, "< 5 ms": Plain, "<none>": Plain, "<sk_live_0123>": Plain, "/R1899CBSSuvHk/NHi/+6w==": Plain,
		"SELECT * FROM t": SQL, "select an item from the list": SQL, "Update your profile": Plain, "insert coin": Plain, "UPDATE t SET a = 1": SQL, "With best regards": Plain, "/* c */ SELECT 1 FROM t": SQL,
		"Delete this": Plain, "BEGIN": Plain, "/*/": URL,
		"aGVsbG8gd29ybGQgdGhpcyBpcw==": Base64, "eyJhIjoiYiIsImMiOjF9": Base64, "iVBORw0KGgoAAAANSUhEUgAA": Base64, "H4sIAAAAAAAAA0vOzy0oSi0uTk0BAA": Base64, long: Base64,
		strings.TrimSpace(long[:76] + "\r\n" + long[76:152]): Base64, "data:text/plain;base64,aGVsbG8=": Base64, "/9j/4AAQSkZJRgABAQAAAQABAAD": Base64,
		"internationalization": Plain, "getUserAccountDetailsById": Plain, "550e8400e29b41d4a716446655440000": Plain, "550e8400-e29b-41d4-a716-446655440000": Plain,
		"d41d8cd98f00b204e9800998ecf8427e": Plain, "SomeVeryLongClassNameImplementation": Plain, "2026-11-23T01:02:03.000Z": Plain, "4111111111111111": Plain, "12345678901234567890123456789012": Plain,
		"this_is_a_snake_case_identifier": Plain, "checkout-service-7d9f8b6c5-x2k4p": Plain, "aaaaaaaaaaaaaaaaaaaaaaaa": Plain, "AAAAAAAAAAAAAAAAAAAAAAAAAAAA": Plain,
		"us-east-1-production-cluster": Plain, "ABCDEFGHIJKLMNOPQRSTUVWXYZ": Plain, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijk": Plain,
		"a%40b.com": Percent, "100% sure": Plain, "%7B%22a%22%3A1%7D": Percent, `{\"email\":\"a\"}`: Escaped, `say {\"a\":1} ok`: Escaped, `C:\path\to`: Plain, `a\nb`: Plain,
		`\x6a616e65406578616d706c652e636f6d`: Hex, "6a616e652e646f65406578616d706c652e636f6d": Hex, `\xdeadbeef`: Plain,
		"--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b--": Multipart, "-- a comment": Plain, "--verbose": Plain,
		"": Plain, "x": Plain, "hello world": Plain, "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36": Plain, "jane@example.com": Plain, "*/*": Plain, "gzip, deflate, br": Plain,
	} {
		if got := Sniff([]byte(text), "", ""); got != want {
			t.Errorf("%.60q is %s, not %s", text, got, want)
		}
	}
}

func TestWhatIsSaidOfATextCounts(t *testing.T) {
	for _, c := range []struct {
		text, contentType, encoding string
		want                        Format
	}{
		{`{"a":1}`, "application/json; charset=utf-8", "gzip", JSON}, // already decompressed
		{"\x1f\x8b\x08x", "application/json", "gzip", Gzip},
		{"\x0b\x02\x80abc\x03", "text/plain", "br", Brotli},
		{"plain text", "text/plain", "br", Plain},
		{"a=b", "application/x-www-form-urlencoded", "", Form},
		{`{"a":1}`, "application/x-www-form-urlencoded", "", JSON},
		{"not json", "application/json", "", Plain},
		{`<p>x`, "text/html", "", HTML},
		{`{"fieldsMap":{"1":{}}}`, "application/grpc", "", JSON},
		{"\x00\x00\x00\x00\x02\x08\x01", "application/grpc+proto", "", GRPCFrame},
		{"\x0a\x01a", "application/x-protobuf", "", Protobuf},
		{"--x\r\n\r\na\r\n--x--", "multipart/form-data; boundary=x", "", Multipart},
		{"\x1f\x8b\x08x", "", "identity, gzip", Gzip},
	} {
		if got := Sniff([]byte(c.text), c.contentType, c.encoding); got != c.want {
			t.Errorf("%q (%s, %s) is %s, not %s", c.text, c.contentType, c.encoding, got, c.want)
		}
	}
}

// Hashes, ids and keys are no base64 and no hexadecimal of texts; nobody wants them taken apart.
func TestNoiseIsPlain(t *testing.T) {
	wrong := 0
	for i := range 20_000 {
		sum := sha256.Sum256(fmt.Append(nil, i))
		for _, text := range []string{hex.EncodeToString(sum[:]), hex.EncodeToString(sum[:16]), base64.StdEncoding.EncodeToString(sum[:]), base64.RawURLEncoding.EncodeToString(sum[:12]), base64.RawURLEncoding.EncodeToString(sum[:20])} {
			if got := Sniff([]byte(text), "", ""); got == Base64 || got == Hex {
				wrong++
			}
		}
	}
	if wrong > 20 {
		t.Errorf("%d of 100000 random values are taken for texts", wrong)
	}
}
