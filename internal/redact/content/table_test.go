package content

import (
	"bytes"
	"testing"
)

// checkValues asserts of the values with names that each can be replaced alone, and of all parts that they stay as they are.
func checkValues(t *testing.T, format Format, text []byte, values ...string) {
	t.Helper()
	checkProperty(t, format, text)
	var s Splitter
	parts := mustSplit(t, &s, text, format)
	for i, p := range parts {
		if p.Key || p.Name == nil {
			continue
		}
		for _, value := range values {
			changed := splice(t, text, format, p, []byte(value))
			var again Splitter
			got := mustSplit(t, &again, changed, format)
			if len(got) != len(parts) || string(got[i].Text) != value || !bytes.Equal(got[i].Name, p.Name) {
				t.Fatalf("%s: part %d of %q := %q gives %q", format, i, text, value, changed)
			}
		}
	}
}

func TestTables(t *testing.T) {
	values := []string{"x", "jane.doe@example.com", `a"b`, "a,b;c\td|e", "two\nlines", "4111 1111 1111 1111"}
	for _, text := range []string{
		"id,name\n1,jane\n2,joe\n", "id,name\r\n1,\"jane \"\"j\"\" doe\"\r\n", "a;b\n\"x;y\";z", "a\tb\n1\t2\n", "\xef\xbb\xbfa|b\n1|2\n", "a,b\n,\n\n1,2,3\n",
		"a,b\n\"open,2\n", "a,b\n\"x\"y,2\n",
	} {
		checkValues(t, Table, []byte(text), values...)
		var s Splitter
		if _, err := s.Split(nil, []byte(text), Table, 0); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for text, want := range map[string]Format{
		"id,name\n1,jane\n": Table, "id,name\n1\n": Plain, "Hello, you\nhow, are\n": Plain, "Dear all,\nplease\n": Plain, "one line, two": Plain, "a,b\n": Plain,
		"key: |\n  text\n": YAML, "note: |x\n": Plain,
	} {
		if got := Sniff([]byte(text), "", ""); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestBlockScalars(t *testing.T) {
	for _, text := range []string{
		"a: |\n  one\n  two\nb: 1\n", "a:\n  - k: >-\n      one\n\n      two\n    n: 2\n", "a: |2\r\n  one\r\n  two\r\nb: 1\r\n", "a: |\n  end", "a: |\nb: |\n  x\n",
	} {
		checkValues(t, YAML, []byte(text), "x", "two\nlines", "jane.doe@example.com")
	}
	var s Splitter
	parts, err := s.Split(nil, []byte("a: 1\npassword: |\n  one\n  two\nb: 1\n"), YAML, 0)
	if err != nil || len(parts) != 3 || string(parts[1].Text) != "one\ntwo" || string(parts[1].Name) != "password" {
		t.Fatalf("%+v %v", parts, err)
	}
}
