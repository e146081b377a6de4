package filter

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"testing"
)

// Whatever is typed, the parser answers with a tree that prints and parses to
// itself, or with an error that points into the text.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"text.golden", "json.golden", "errors.golden"} {
		for _, c := range readGoldenFile(f, filepath.Join("testdata", name)) {
			f.Add(c.input)
		}
	}
	r := randomRecord(rand.New(rand.NewPCG(1, 1)))
	f.Fuzz(func(t *testing.T, text string) {
		q, err := Parse(text, testOptions())
		if err != nil {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || syntax.Offset < 0 || syntax.Offset > len(text) || syntax.Error() == "" {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		printed := q.String()
		again, err := Parse(printed, testOptions())
		if err != nil {
			t.Fatalf("%q\nprints %q\n%v", text, printed, err)
		}
		if !reflect.DeepEqual(q.Expr(), again.Expr()) {
			t.Fatalf("%q\nprints %q\nwhich prints %q", text, printed, again)
		}
		if q.Eval(r) != again.Eval(r) || q.Eval(r) == Unknown {
			t.Fatalf("%q: evaluates to %v and %v", text, q.Eval(r), again.Eval(r))
		}
		q.Window()
		q.Fields()
	})
}

// Whatever a body holds, looking into it ends, and what is JSON is equal to
// itself.
func FuzzBody(f *testing.F) {
	for _, body := range []string{soap, `{"a":[1,{"b":"\u00e9"}]}`, `[[[`, `"\`, `{"a":"\ud800"}`, `<a b="c">d</a>`, "\x00\xff"} {
		f.Add([]byte(body))
	}
	q := mustParse(f, `req_json[a[*].b] IS x AND req_json[$] CONTAINS y OR resp_json[$.a.b.c] > 3 OR req_xpath[//a[1]/@b] IS c OR req_soapxpath[//a] EXISTS OR req_xml[a.b] IS d OR text CONTAINS needle OR text REGEX "x{3}"`)
	f.Fuzz(func(t *testing.T, body []byte) {
		q.Eval(&record{request: body, response: body, document: body})
		if len(body) > 1<<12 || !json.Valid(body) {
			return
		}
		same := &Query{expr: &Criterion{Field: FieldRequestBodyJSON, Values: []string{`{"body":` + string(body) + `}`}}}
		equal, err := Parse(same.String(), Options{})
		if err != nil {
			return // nested too deep, or a string that holds JSON
		}
		var decoded any
		if json.Unmarshal(body, &decoded) != nil || repeats(body) {
			return
		}
		if _, isText := decoded.(string); !isText && !equal.Match(&record{request: body}) {
			t.Fatalf("%q is not equal to itself", body)
		}
	})
}

// repeats says that decoding loses something: members with one name, broken
// surrogates, bytes that are not UTF-8.
func repeats(body []byte) bool {
	var count func(value any) int
	count = func(value any) int {
		switch value := value.(type) {
		case map[string]any:
			n := len(value)
			for key, member := range value {
				n += count(member) + len(key)
			}
			return n
		case []any:
			n := 0
			for _, element := range value {
				n += count(element)
			}
			return n
		default:
			return 0
		}
	}
	var decoded any
	if json.Unmarshal(body, &decoded) != nil {
		return true
	}
	members := 0
	tree, err := parseJSONTree(string(body))
	if err != nil {
		return true
	}
	var walk func(v *jsonValue)
	walk = func(v *jsonValue) {
		for i := range v.members {
			members += 1 + len(v.members[i].key)
			walk(&v.members[i].value)
		}
		for i := range v.elements {
			walk(&v.elements[i])
		}
	}
	walk(&tree)
	return members != count(decoded)
}
