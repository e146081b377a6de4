package content

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// replacements are the texts that parts are replaced by: what each container finds hard to hold.
func replacements() []string {
	return []string{
		"", "x", "jane.doe@example.com", "4111 1111 1111 1111", "12.5", "-0", "true", `a"b\c/d`, "line\r\nbreak\ttab", "ünï→😀",
		"a&b=c+d%41;e,f#g?h/i:j@k[l]m", "<b>&amp;</b>]]>-->", "it's ''quoted''", " spaces ", "\x00\x01\xff\xfe", "%", "?=&", "$$x$$", "\xed\xa0\x80", "==", "--",
	}
}

// copied returns parts whose texts do not depend on the splitter.
func copied(parts []Part) []Part {
	out := make([]Part, len(parts))
	for i, p := range parts {
		p.Text, p.Name = bytes.Clone(p.Text), bytes.Clone(p.Name)
		out[i] = p
	}
	return out
}

func mustSplit(t testing.TB, s *Splitter, text []byte, format Format) []Part {
	t.Helper()
	parts, err := s.Split(nil, text, format, 0)
	if err != nil {
		t.Fatalf("split %q as %s: %v", text, format, err)
	}
	checkPlaces(t, text, format, parts)
	return copied(parts)
}

func checkPlaces(t testing.TB, text []byte, format Format, parts []Part) {
	t.Helper()
	end := 0
	for i, p := range parts {
		if p.Start < 0 || p.End > len(text) || p.Start > p.End {
			t.Fatalf("%s %q: part %d lies at [%d,%d)", format, text, i, p.Start, p.End)
		}
		if p.Parent >= int32(i) || p.Parent >= 0 && !parts[p.Parent].Opaque {
			t.Fatalf("%s %q: part %d has parent %d", format, text, i, p.Parent)
		}
		if p.Opaque {
			continue
		}
		if p.Start < end {
			t.Fatalf("%s %q: part %d starts at %d, before the end %d of the one before", format, text, i, p.Start, end)
		}
		end = p.End
	}
}

// splice puts what Append gives for a part in its place.
func splice(t testing.TB, text []byte, format Format, p Part, replacement []byte) []byte {
	t.Helper()
	piece, err := Append(nil, format, &p, text[p.Start:p.End], replacement)
	if err != nil && (format == Multipart || hasNoEscapes(p)) {
		return nil
	}
	if err != nil {
		t.Fatalf("append %q to %s: %v", replacement, format, err)
	}
	out := append([]byte{}, text[:p.Start]...)
	return append(append(out, piece...), text[p.End:]...)
}

// hasNoEscapes says of which pieces Append may refuse a text, because there is no spelling for it.
func hasNoEscapes(p Part) bool {
	return p.Role == RoleComment || p.Role == RoleMarkup || p.Role == RoleScript || p.Role == RoleHeader || p.Role == RoleIdent || p.style == sqlDollar || p.Number
}

// checkProperty asserts the promise of Split and Append for a text: parts written back unchanged leave the very bytes; a changed
// part changes alone. It returns without a word for what does not split.
func checkProperty(t testing.TB, format Format, text []byte, values ...string) {
	t.Helper()
	var s Splitter
	raw, err := s.Split(nil, text, format, 1<<22)
	if err != nil {
		return
	}
	checkPlaces(t, text, format, raw)
	parts := copied(raw)
	for i, p := range parts {
		if p.Opaque {
			continue
		}
		if same := splice(t, text, format, p, p.Text); !bytes.Equal(same, text) {
			t.Fatalf("%s: part %d (%q) written back unchanged:\n got %q\nwant %q", format, i, p.Text, same, text)
		}
		for _, value := range values {
			if !canHold(format, parts, i, value) {
				continue
			}
			changed := splice(t, text, format, p, []byte(value))
			if changed == nil {
				continue
			}
			var again Splitter
			got, err := again.Split(nil, changed, format, 1<<22)
			if err != nil {
				t.Fatalf("%s: part %d of %q := %q gives %q: %v", format, i, text, value, changed, err)
			}
			checkPlaces(t, changed, format, got)
			if diff := different(parts, got, i, []byte(value)); diff != "" {
				t.Fatalf("%s: part %d of %q := %q gives %q: %s", format, i, text, value, changed, diff)
			}
		}
	}
}

// canHold says where a container has no spelling for a value.
func canHold(format Format, parts []Part, i int, value string) bool {
	switch {
	case format == SetCookie && (parts[i].Key || parts[i].Name == nil) && i > 0:
		return false // decides whether it is an attribute
	case (format == XML || format == HTML) && parts[i].Role != RoleAttribute && parts[i].Role != RoleCDATA && strings.TrimSpace(value) == "":
		return parts[i].Role == RoleText && value != "" // nothing between two tags is no part
	case (format == XML || format == HTML) && parts[i].Role == RoleScript:
		return strings.TrimSpace(value) == value // layout
	case format == Multipart && (parts[i].Role == RoleHeader || parts[i].Role == RoleText):
		return strings.TrimSpace(value) == value && value != "" // layout
	case (format == XML || format == HTML) && isNameAttribute(parts[i].Name):
		return false // names others
	case format == Userinfo && parts[i].Role == RoleUser && strings.Contains(value, ":"):
		return false
	}
	return true
}

// different says how the parts of a changed text differ from what they should be.
func different(before, after []Part, changed int, value []byte) string {
	if len(before) != len(after) {
		return fmt.Sprintf("%d parts instead of %d", len(after), len(before))
	}
	for i := range before {
		want, got := before[i], after[i]
		if want.Opaque != got.Opaque || want.Parent != got.Parent || want.Key != got.Key || want.Role != got.Role && before[changed].Role != RoleHeader {
			return fmt.Sprintf("part %d is of another kind: %+v, was %+v", i, got, want)
		}
		text := want.Text
		if i == changed {
			text = value
		}
		if !bytes.Equal(text, got.Text) {
			return fmt.Sprintf("part %d is %q, not %q", i, got.Text, text)
		}
		if !before[changed].Key && before[changed].Role != RoleIdent && before[changed].Role != RoleHeader && (!bytes.Equal(want.Name, got.Name) || want.Index != got.Index) {
			return fmt.Sprintf("part %d is named %q[%d], not %q[%d]", i, got.Name, got.Index, want.Name, want.Index)
		}
	}
	return ""
}

// examples are containers of every spelling that the tests know.
func examples() map[Format][]string {
	return map[Format][]string{
		JSON: {
			`{}`, `[]`, `"a"`, `{"a":1,"b":[true,null,"x",{"c":-1.5e+3}],"a":"dup"}`, " {\n \"k\" : [ 1 , 2 ] }\r\n", `"\u00e9\u00E9\/\"\\\n\ud83d\ude00\ud83dx\q\u12"`,
			"{\"a\":1}\n{\"a\":2}\n", `{"e\u006dail":"a\u0040b.c","h":"\u003cb\u003e","u":"é"}`, ")]}',\n{\"a\":\"b\"}", "\xef\xbb\xbf[1]", `[[[[["deep"]]]]]`, `"raw ` + "\t\xff" + `"`,
		},
		Form: {
			"a=b", "?a=b&c=d", "a=b&a=c&a=", "user[email]=a%40b.com&user.name=J+D", "q=a%20b&x=%e4%BD&flag&=v&", "", "email=a@b.com&z=100%", "a==b", "?", "x=é",
		},
		URL: {
			"https://u:p@host.example:8443/a/b%20c;v=1;m/d?q=1&r=a+b#frag", "/a/b?c=d", "/", "//x//y", "http://h", "http://[::1]:80/x", "http://tok@h/", "/#access_token=abc&x=y", "/#/route?id=1&z",
			"?a=b", "#x", "jdbc:postgresql://u:p%40@h:5432/db?ssl=true", "http:///p", "/users/john%40x.com/orders;a=b?x=y?z", "/p?", "h2://a@b@c:1:2/x",
		},
		Cookie:    {"a=b", "a=b; c=\"d e\"; f=%7B%22x%22%3A1%7D;bare; ;", "sid=abc==; t=a+/b", ` a = "x" ; b = y `, ""},
		SetCookie: {"a=b", "sid=x%20y; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly", `a="q"; Domain=x.y; odd=thing`, "a=1; Path=/, b=2; Secure", "a=b; Expires=Wed, 21 Oct 2026 07:28:00 GMT, c=d; path=/"},
		Base64: {
			"aGVsbG8gd29ybGQ=", "aGVsbG8gd29ybGQ", "PDw_Pz8-Pg==", "PDw_Pz8-Pg", "aGVsbG8gd29y\r\nbGQgaGVsbG8g\r\nd29ybGQ=\r\n", "aGVs\nbG8g\nd29y", "data:text/plain;base64,aGVsbG8=", "", "aGVsbG9=",
		},
		Percent:   {"a%40b.com", "100%", "%e4%bd%a0 %C3%A9", "%2525"},
		Hex:       {`\x6a616e65`, "4a414E45", "0x6a", ""},
		BasicAuth: {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "basic  QWxhZGRpbjpvcGVu", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
		Userinfo:  {"Aladdin:open sesame", "token", "a:b:c", ":", ""},
		Params: {
			`Digest username="Mufasa", realm="a \"b\", c", nc=00000001, response="6629"`, "AWS4-HMAC-SHA256 Credential=AKIA/20261123/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=abc",
			"Server=tcp:db,1433;User Id=sa;Password=p;", "Server=db; User Id=sa;Password=p=q;", `level=info msg="user x" email=a@b.c bare "qu=oted"=1 x=`, "", `a="unclosed, b=c`, `form-data; name="f"; filename="a.txt"`,
		},
		XML: {
			`<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a xmlns:s='u'><s:email k = "v&amp;w">jane &lt;j@x.com&gt; &#x41;&#66;</s:email><b/><!-- note --><![CDATA[raw <x> ]]]]><![CDATA[> end]]></a>`,
			`<a><property name="password" value="hunter2"/><x key='k'>text</x> tail </a>`, "<a>\r\n  two\n  lines & lone <\n</a>",
		},
		HTML: {
			`<!doctype html><HTML><body class=main data-x=1/2 disabled><p>one<br>two &nbsp;&eacute;<p>three</body><script type="application/ld+json">{"a":"b"}</script><style>p{}</style><input name=email value="a@b.c">`,
			`a < b <b>bold</b> <i attr='unclosed`, `<!-- open`, `plain`, `<a href=x><b></a>y</b>`,
		},
		SQL: {
			`SELECT * FROM users u WHERE u.email = 'jane''s@x.com' AND lower(name) LIKE '%doe%' AND id IN (1, 2.5, 'three') LIMIT 10 -- note` + "\n/* c /* d */ */",
			`INSERT INTO "users" (id, email, "ssn") VALUES (1, 'a@b.c', E'x\'y\n\u0041'), (2, lower('D'), $q$it's$q$) RETURNING id`,
			"UPDATE `t` SET a = 'x', b = -5, c = 'it\\'s' WHERE d = \"str\" AND e BETWEEN 1 AND 2", `SELECT a_very_long_column_name.b, jane@example.com FROM t WHERE x = sk_live_0123456789abcdef`, `SELECT 'x' AS email, 'y'::text, 'C:\' = path, 0x4a`, `select 1`,
		},
		Multipart: {
			"--b1\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\njane@x.com\r\n--b1\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.json\"\r\nContent-Type: application/json\r\n\r\n{\"a\":1}\r\n--b1--\r\n",
			"preamble\n--x\nContent-Type: text/plain;\n charset=utf-8\n\none\n\ntwo --x\n--x\n\n\n--x--\nepilogue\n", "--b\r\n\r\n--b\r\n\r\nx\r\n--b--",
		},
		QuotedPrintable: {"caf=C3=A9 =3D soft=\r\nbreak =\nend=", "plain\r\ntext", ""},
		Protobuf:        {"\x0a\x0bjane@x.com!\x10\x96\x01\x1a\x04\x08\x01\x12\x00\x25abcd\x21abcdefgh\x0a\x83\x00abc", ""},
		GRPCFrame:       {"\x00\x00\x00\x00\x03abc\x01\x00\x00\x00\x00\x80\x00\x00\x00\x01x"},
		Escaped:         {`{\"email\":\"a\"}`, `x\u0041\/y`},
	}
}

func TestPartsWrittenBackChangeAlone(t *testing.T) {
	for format, texts := range examples() {
		t.Run(format.String(), func(t *testing.T) {
			for _, text := range texts {
				var s Splitter
				mustSplit(t, &s, []byte(text), format)
				checkProperty(t, format, []byte(text), replacements()...)
			}
		})
	}
}
