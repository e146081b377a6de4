package policy

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// values are what the policy's own rules find.
func values(p *Policy, name, text string) []string {
	out := []string{}
	for _, f := range p.custom.Find(nil, []byte(text), detect.NewShape([]byte(text)), p.hints([]byte(name))) {
		out = append(out, f.Rule.Name+"="+text[f.Start:f.End])
	}
	slices.Sort(out)
	return out
}

func TestCustomRules(t *testing.T) {
	folder := t.TempDir()
	dictionary := "# our projects\nBlue Harbour\nBlue Harbour West\nÅngström\nodin\nO'Brien\nfoo-bar\n"
	if err := os.WriteFile(filepath.Join(folder, "words.txt"), []byte(dictionary), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := Parse(filepath.Join(folder, "own.yaml"), []byte(`version: 1
extends: none
rules:
  ticket: {find: {regex: '\bTCK-(\d{6})\b'}, examples: {match: [TCK-123456]}}
  plain: {find: {regex: '[xy]{4}'}, examples: {match: [xyxy]}}
  note: {find: {names: [orderNote, x-note]}}
  project: {find: {dictionary: words.txt}, examples: {match: [odin]}}
  mail: {find: {type: email, names: [handle]}, category: contact}
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"", "see TCK-123456 and TCK-654321, not TCK-1234567", []string{"ticket=123456", "ticket=654321"}},
		{"", "TCK-", nil},
		{"", "xyxyx", []string{"plain=xyxy"}},
		{"order_note", "call me", []string{"note=call me"}},
		{"X-Note", "call me", []string{"note=call me"}},
		{"notes", "call me", nil},
		{"", "Odin sails to blue  harbour WEST, not to Blue Harbours, nor codin", []string{"project=Odin", "project=blue  harbour WEST"}},
		{"", "BLUE\nHARBOUR", []string{"project=BLUE\nHARBOUR"}},
		{"", "blue", nil},
		{"", "a blue harbour east ÅNGSTRÖM ångström", []string{"project=blue harbour", "project=ÅNGSTRÖM", "project=ångström"}},
		{"", "o'brien's foo-bar foo.bar", []string{"project=foo-bar", "project=o'brien"}},
		{"handle", "joe@example.com", []string{"mail=joe@example.com"}},
		{"other", "joe@example.com", nil},
		{"", "", nil},
	} {
		want := append([]string{}, test.want...)
		slices.Sort(want)
		if got := values(p, test.name, test.text); !slices.Equal(got, want) {
			t.Errorf("%s %q: %q, want %q", test.name, test.text, got, want)
		}
	}
	if files := p.Files(); len(files) != 2 || !strings.HasSuffix(files[1], "words.txt") {
		t.Errorf("files %q", files)
	}
}

// Who asks for the whole value under a name gets it, also where a built-in rule is sure of a part.
func TestCustomNameTakesTheWhole(t *testing.T) {
	p, err := Parse("p.yaml", []byte("version: 1\nrules: {note: {find: {names: [note]}}}"))
	if err != nil {
		t.Fatal(err)
	}
	text := []byte("ask joe@example.com about ghp_0123456789")
	var found []detect.Finding
	for _, finder := range p.Finders() {
		found = finder.Find(found, text, detect.NewShape(text), p.hints([]byte("note")))
	}
	if kept := detect.Resolve(found); len(kept) != 1 || kept[0].End != len(text) {
		t.Errorf("kept %+v", kept)
	}
}

// A rule for a name takes no names: the key itself stays.
func TestCustomNameIsNoKey(t *testing.T) {
	p, err := Parse("p.yaml", []byte("version: 1\nextends: none\nrules: {note: {find: {names: [note]}}}"))
	if err != nil {
		t.Fatal(err)
	}
	text := []byte("note")
	if found := p.custom.Find(nil, text, detect.NewShape(text), detect.Hints{Name: text, Place: detect.PlaceKey}); len(found) > 0 {
		t.Errorf("found %v", found)
	}
}

func TestCheckRegex(t *testing.T) {
	for text, want := range map[string]string{
		`a{1001}`:                            "repeats too often",
		`(?:a{100}){100}`:                    "repeats too often",
		`(?:[a-z][0-9]-x){900}`:              "compiles to",
		`a*`:                                 "matches the empty text",
		`(a|b?)`:                             "matches the empty text",
		`^$`:                                 "matches the empty text",
		`.*token.*`:                          "begins and ends with .*",
		`(?s).+(token).+`:                    "begins and ends with .*",
		`(a)(b)`:                             "has 2 groups",
		`(?=a)b`:                             "is not RE2",
		`(a)\1`:                              "invalid escape sequence",
		`(`:                                  "missing closing )",
		`[z-a]`:                              "invalid character class range",
		strings.Repeat("a", 5000):            "a regex of 5000 bytes",
		`\bTCK-(\d{6})\b`:                    "",
		`(?i)bearer\s+([a-z0-9._-]{20,200})`: "",
		`token=.*`:                           "",
		`(?:foo|bar)-[0-9a-f]{8}`:            "",
	} {
		if got, _ := checkRegex(text); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%.40s: %q, want %q", text, got, want)
		}
	}
}

// Whatever a regex matches has one of the literals that are looked for first, and the length and digits.
func TestRequiredLiterals(t *testing.T) {
	for text, want := range map[string][]string{
		`\bTCK-(\d{6})\b`:      {"tck-"},
		`(?i)secret`:           {"ecret"},
		`(?:foo|far)-x`:        {"foo-x", "far-x"},
		`[a-z]+@acme\.com`:     {"@acme.com"},
		`(?:ab|cd)+`:           {"ab", "cd"},
		`\d{8}`:                nil,
		`(?:abc|\d+)`:          nil,
		`a?bc`:                 {"bc", "abc"},
		`x.*y`:                 nil,
		`EUR[ab]x|USD`:         {"eurax", "eurbx", "usd"},
		`(?i)straße|K9`:        nil,
		`(abc(?:de|fg)?)[0-9]`: {"abc0"},
	} {
		tree, err := syntax.Parse(text, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		got := required(tree.Simplify())
		if want != nil && (len(got) == 0 || !slices.Contains(got, want[0])) || want == nil && got != nil {
			t.Errorf("%s needs %q, want %q", text, got, want)
		}
	}
	random := rand.New(rand.NewPCG(5, 6))
	alphabet := []rune("abkKsSxy019-ſK")
	for range 3_000 {
		expression := randomRegex(random, 3)
		tree, err := syntax.Parse(expression, syntax.Perl)
		if err != nil {
			continue
		}
		regex := regexp.MustCompile(expression)
		literals, shape := required(tree.Simplify()), shapeOf(tree.Simplify())
		for range 30 {
			text := make([]rune, random.IntN(8))
			for i := range text {
				text[i] = alphabet[random.IntN(len(alphabet))]
			}
			match := regex.FindString(string(text))
			if match == "" {
				continue
			}
			var found marks
			if literals != nil {
				newLiteralScan(map[int][]string{70: literals}).scan([]byte(string(text)), &found)
				if found[1] != 1<<6 {
					t.Fatalf("%s matches %q of %q, without any of %q", expression, match, string(text), literals)
				}
			}
			if len(match) < shape.minimum || detect.NewShape([]byte(match)).Digits < shape.digits {
				t.Fatalf("%s matches %q, which is not %+v", expression, match, shape)
			}
		}
	}
}

func randomRegex(random *rand.Rand, depth int) string {
	if depth == 0 {
		return []string{"a", "k", "S", "xy", "[ab]", "[0-9]", `\d`, ".", "ab", "K-"}[random.IntN(10)]
	}
	a, b := randomRegex(random, depth-1), randomRegex(random, depth-1)
	return []string{a + b, a + b, "(?:" + a + "|" + b + ")", "(?:" + a + ")+", "(?:" + a + ")?" + b, "(?i:" + a + ")" + b, "(?:" + a + "){1,2}", a}[random.IntN(8)]
}

// Many rules cost one pass, and texts that are made to be slow are only long.
func TestCustomRulesAreLinear(t *testing.T) {
	var text strings.Builder
	text.WriteString("version: 1\nextends: none\nrules:\n")
	for i := range 500 {
		fmt.Fprintf(&text, "  r%d: {find: {regex: 'key%03d-[a-z0-9]{20,40}(?:aa)+z'}, examples: {match: [key%03d-%saaz]}}\n", i, i, i, strings.Repeat("q", 20))
	}
	text.WriteString("  words: {find: {values: ['a a a a a a a a', 'a a a a a a a b']}, examples: {match: ['a a a a a a a b']}}\n")
	p, err := Parse("p.yaml", []byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"key001-", "a ", "a", "key", "kkeyy0-aaaa"} {
		long := []byte(strings.Repeat(line, 1<<20/len(line)))
		begin := time.Now()
		for _, finder := range p.Finders() {
			finder.Find(nil, long, detect.NewShape(long), detect.Hints{})
		}
		if took := time.Since(begin); took > 5*time.Second { // a MiB; about 0.1 s
			t.Errorf("%q took %v", line, took)
		}
	}
}
