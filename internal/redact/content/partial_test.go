package content

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// A body that was cut off anywhere gives the parts that are there, and what is written back for them lies where they lay.
func TestCutOffJSONCanStillBeSpliced(t *testing.T) {
	document := `{"user":{"email":"jane@example.com","note":"a\"b\u00e9\ud83d\ude00"},"list":[1,true,"x",-12.5e3],"k":null}`
	for cut := range document {
		text := []byte(document[:cut])
		var s Splitter
		parts, err := s.SplitPartial(nil, text, JSON, 0)
		if !errors.Is(err, ErrTruncated) {
			t.Fatalf("%q: %v", text, err)
		}
		var typed *Error
		if !errors.As(err, &typed) || typed.Offset > cut {
			t.Fatalf("%q: %+v", text, err)
		}
		checkPlaces(t, text, JSON, parts)
		if cut > strings.Index(document, "@") {
			found := false
			for _, p := range copied(parts) {
				if bytes.HasPrefix(p.Text, []byte("jane@")) {
					found = true
					if out := splice(t, text, JSON, p, []byte("user")); bytes.Contains(out, []byte("jane")) || !bytes.HasPrefix(out, []byte(`{"user":{"email":"user`)) {
						t.Fatalf("%q became %q", text, out)
					}
				}
			}
			if !found {
				t.Fatalf("%q: the address is no part", text)
			}
		}
		if whole, err := s.Split(nil, text, JSON, 0); err == nil || whole != nil {
			t.Fatalf("%q: split wholly", text)
		}
	}
}

func TestErrorsSayWhatAndWhere(t *testing.T) {
	for _, c := range []struct {
		text   string
		format Format
		kind   error
		offset int
	}{
		{`{"a":1,}`, JSON, ErrSyntax, 7}, {`{"a" 1}`, JSON, ErrSyntax, 5}, {`[1 2]`, JSON, ErrSyntax, 3}, {`[1]]`, JSON, ErrSyntax, 3}, {`{"a":01}`, JSON, ErrSyntax, 5}, {`[tru]`, JSON, ErrSyntax, 1},
		{strings.Repeat("[", MaxDepth+1), JSON, ErrTooDeep, MaxDepth}, {strings.Repeat("<a>", MaxDepth+1), XML, ErrTooDeep, 3 * MaxDepth}, {strings.Repeat("<a>", MaxDepth+1), HTML, ErrTooDeep, 3 * MaxDepth},
		{"<a><b></a>", XML, ErrSyntax, 10}, {"<a>", XML, ErrTruncated, 3}, {"aGVsbG8", BasicAuth, nil, 0}, {"a*b", Base64, ErrSyntax, 0}, {"abc", Hex, ErrSyntax, 3}, {"abcg", Hex, ErrSyntax, 2},
		{"x", URL, ErrSyntax, 0}, {"SELECT 'x", SQL, ErrTruncated, 9}, {"no boundary", Multipart, ErrSyntax, 0}, {"\x0a\x05ab", Protobuf, ErrTruncated, 4}, {"\x00\x00\x00\x00\x09a", GRPCFrame, ErrTruncated, 6},
		{"[" + strings.Repeat("1,", MaxParts) + "1]", JSON, ErrTooLarge, -1}, {"\x1f\x8b\x08", Gzip, ErrTruncated, -1}, {"not gzip at all", Gzip, ErrSyntax, -1},
	} {
		var s Splitter
		_, err := s.Split(nil, []byte(c.text), c.format, 0)
		if c.kind == nil {
			if err != nil {
				t.Errorf("%.20q: %v", c.text, err)
			}
			continue
		}
		var typed *Error
		if !errors.Is(err, c.kind) || !errors.As(err, &typed) {
			t.Errorf("%.20q as %s: %v, not %v", c.text, c.format, err, c.kind)
			continue
		}
		if c.offset >= 0 && typed.Offset != c.offset {
			t.Errorf("%.20q as %s: %v, not at %d", c.text, c.format, err, c.offset)
		}
	}
}

func TestDecodedTextsAreLimited(t *testing.T) {
	text := []byte(`"` + strings.Repeat(`\u0041`, 1000) + `"`)
	var s Splitter
	if _, err := s.Split(nil, text, JSON, 999); !errors.Is(err, ErrTooLarge) {
		t.Errorf("over the limit: %v", err)
	}
	if _, err := s.Split(nil, text, JSON, 1000); err != nil {
		t.Errorf("at the limit: %v", err)
	}
}

// Texts of earlier splits stay while more is decoded, until Reset.
func TestTextsStayUntilReset(t *testing.T) {
	var s Splitter
	for range 3 {
		var first []Part
		for i := range 2000 {
			text := []byte(`["\u0061` + strings.Repeat("x", i) + `"]`)
			parts, err := s.Split(nil, text, JSON, 0)
			if err != nil {
				t.Fatal(err)
			}
			first = append(first, parts[1])
		}
		for i, p := range first {
			if string(p.Text) != "a"+strings.Repeat("x", i) {
				t.Fatalf("text %d became %q", i, p.Text)
			}
		}
		s.Reset()
	}
}

func TestNamesAndPlaces(t *testing.T) {
	for _, c := range []struct {
		format     Format
		text, want string
	}{
		{JSON, `{"a":[{"b":1},"c"],"d":{"e":"f"}}`, "a[0].b=1 a[1]=c d.e=f"},
		{JSON, "{\"a\":1}\n{\"a\":2}", "[0].a=1 [1].a=2"},
		{Form, "a=1&a=2&b[c]=3&flag", "a[0]=1 a[1]=2 b[c]=3 =flag"},
		{URL, "https://u:p@h:1/x/y;m=2?q=3#t=4", "username=u password=p host=h port=1 [0]=x [1]=y m=2 q=3 t=4"},
		{Cookie, `a=1; b="2"`, "a=1 b=2"},
		{SetCookie, "a=1; Path=/; HttpOnly", "a=1"},
		{XML, `<o><ns:card n="1">4111</ns:card><p name="pw" value="x"/><!--c--></o>`, "o.card.n=1 o.card.card=4111 o.p.name=pw o.p.pw=x o.o=c"},
		{HTML, `<form><input name=email value=a@b.c>Hi<script type="application/json">{}</script></form>`, "form.input.name=email form.input.email=a@b.c form.form=Hi form.script.type=application/json form.script.script={}"},
		{Params, `Digest username="M", nc=1`, "=Digest username=M nc=1"},
		{Userinfo, "a:b", "username=a password=b"},
		{Multipart, "--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nv\r\n--b--", `Content-Disposition=form-data; name="f" f=v`},
		{Protobuf, "\x0a\x01a\x10\x05", "1=a 2=5"},
	} {
		var s Splitter
		parts := mustSplit(t, &s, []byte(c.text), c.format)
		var got []string
		for _, p := range parts {
			if !p.Key && !p.Opaque {
				got = append(got, place(parts, p)+"="+string(p.Text))
			}
		}
		if joined := strings.Join(got, " "); joined != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.format, joined, c.want)
		}
	}
}

// place writes where a part is as a path.
func place(parts []Part, p Part) string {
	path := string(p.Name)
	if p.Index >= 0 {
		path += "[" + string('0'+p.Index) + "]"
	}
	if p.Parent < 0 {
		return path
	}
	owner := place(parts, parts[p.Parent])
	if owner == "" || p.Name == nil {
		return owner + path
	}
	return owner + "." + path
}
