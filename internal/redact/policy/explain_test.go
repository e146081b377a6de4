package policy

import (
	"strings"
	"testing"
)

func TestExplain(t *testing.T) {
	p, err := Parse("p.yaml", []byte(`version: 1
extends: default
safe_values: [support@acme.example]
rules:
  email: {action: mask, keep_last: 4, when: service IS edge}
  phone: {enabled: false}
  shop: {find: {names: [shopCode]}, action: keep, summary: shop codes}
  domain: {find: {regex: '[a-z]+@acme\.example'}, confidence: 0.6, examples: {match: [joe@acme.example]}}
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, value, rule string
		verdict           Verdict
		why               string
	}{
		{"contact", "joe@example.com", "email", Fires, ""},
		{"contact", "joe@acme.example", "domain", Overlapped, "a surer or longer finding"},
		{"contact", "support@acme.example", "email", SafeValue, "safe_values"},
		{"shop_code", "S1", "shop", Keeps, "shop codes"},
		{"phone", "+1 415 555 2671", "phone", Off, "has the rule off"},
	} {
		found := false
		for _, e := range p.Explain([]byte(test.name), []byte(test.value)) {
			if e.Rule == test.rule && e.Verdict == test.verdict && strings.Contains(e.Why, test.why) {
				found = true
			}
		}
		if !found {
			t.Errorf("%s %s: %+v, want %s of %s", test.name, test.value, p.Explain([]byte(test.name), []byte(test.value)), test.verdict, test.rule)
		}
	}
	first := p.Explain([]byte("email"), []byte("joe@example.com"))[0]
	if first.Action != "mask, keeping the last 4" || first.Where != `(service IS "edge")` || first.Name != "an email address" || first.Start != 0 || first.End != 15 {
		t.Errorf("%+v", first)
	}
	if got := p.Explain(nil, []byte("nothing here")); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestDescribe(t *testing.T) {
	p, err := Load("secrets-only")
	if err != nil {
		t.Fatal(err)
	}
	on, off := 0, 0
	for i, d := range p.Describe() {
		switch {
		case d.On && (off > 0 || d.Name != p.Rules()[i].Name || d.Where != "everywhere" || d.Action != "surrogate"):
			t.Errorf("%+v", d)
		case d.On:
			on++
		default:
			off++
		}
	}
	if on != len(p.Rules()) || on+off != len(builtins()) {
		t.Errorf("%d rules on, %d off", on, off)
	}
}

// What decides the behaviour is in the version, what does not is not.
func TestVersion(t *testing.T) {
	version := func(text string) string {
		t.Helper()
		p, err := Parse("p.yaml", []byte("version: 1\n"+text))
		if err != nil {
			t.Fatal(err)
		}
		return p.Version
	}
	plain := version("extends: default")
	if same := version("# a comment\nname: other\nextends: default"); same != plain {
		t.Errorf("version %s, with a comment and a name %s", plain, same)
	}
	seen := map[string]string{plain: "nothing"}
	for _, change := range []string{
		"extends: strict", "safe_values: [a]", "names: {password: [blah]}", "rules: {email: {action: token}}", "rules: {email: {action: mask}}", "rules: {email: {action: mask, keep_last: 2}}",
		"rules: {email: {minimum: 0.9}}", "rules: {email: {enabled: false}}", "rules: {email: {action: token, when: service IS a}}", "rules: {own: {find: {names: [a1]}}}",
		"rules: {own: {find: {names: [a2]}}}", "rules: {own: {find: {values: [abc]}, examples: {match: [abc]}}}", "rules: {own: {find: {regex: abc}, examples: {match: [abc]}}}",
	} {
		v := version(change)
		if before, twice := seen[v]; twice {
			t.Errorf("%s has the version of %s", change, before)
		}
		seen[v] = change
	}
}
