package filter

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// The golden files hold cases of two parts: "# name" lines, the filter, a line
// of "--", and what comes of it. UPDATE_GOLDEN=1 writes the second parts anew.

type goldenCase struct{ comment, input, want string }

func readGoldenFile(t testing.TB, path string) []goldenCase {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var cases []goldenCase
	for _, block := range strings.Split(strings.TrimSpace(string(data)), "\n\n") {
		var c goldenCase
		lines := strings.Split(block, "\n")
		for len(lines) > 0 && strings.HasPrefix(lines[0], "# ") {
			c.comment += lines[0] + "\n"
			lines = lines[1:]
		}
		c.input, c.want, _ = strings.Cut(strings.Join(lines, "\n")+"\n", "--\n")
		c.input = strings.TrimSuffix(c.input, "\n")
		cases = append(cases, c)
	}
	return cases
}

func checkGolden(t *testing.T, path string, answer func(input string) string) {
	t.Helper()
	cases := readGoldenFile(t, path)
	var out strings.Builder
	for _, c := range cases {
		got := answer(c.input) + "\n"
		fmt.Fprintf(&out, "%s%s\n--\n%s\n", c.comment, c.input, got)
		if got != c.want && os.Getenv("UPDATE_GOLDEN") == "" {
			t.Errorf("%s%s\n got %s\nwant %s", c.comment, c.input, got, c.want)
		}
	}
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(strings.TrimSpace(out.String())+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func testOptions() Options {
	return Options{Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), Location: time.FixedZone("UTC+1", 3600)}
}

// TestGolden parses every accepted filter, of either form, and compares how it
// prints; what it prints parses to the same tree.
func TestGolden(t *testing.T) {
	for _, name := range []string{"text.golden", "json.golden"} {
		checkGolden(t, filepath.Join("testdata", name), func(input string) string {
			q, err := Parse(input, testOptions())
			if err != nil {
				t.Errorf("%s\n%v", input, err)
				return err.Error()
			}
			printed := q.String()
			again, err := Parse(printed, testOptions())
			if err != nil {
				t.Errorf("%s\nprints %s\n%v", input, printed, err)
			} else if !reflect.DeepEqual(q.Expr(), again.Expr()) || again.String() != printed {
				t.Errorf("%s\nprints %s\nwhich prints %s", input, printed, again)
			}
			return printed
		})
	}
}

// TestGoldenErrors compares every message with its caret, to the letter.
func TestGoldenErrors(t *testing.T) {
	checkGolden(t, filepath.Join("testdata", "errors.golden"), func(input string) string {
		_, err := Parse(input, testOptions())
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%s\nis no syntax error: %v", input, err)
			return "accepted"
		}
		return syntax.Error()
	})
}

func TestLimits(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"deepest":          {strings.Repeat("(", MaxDepth) + "status IS 1" + strings.Repeat(")", MaxDepth), true},
		"too deep":         {strings.Repeat("(", MaxDepth+1) + "status IS 1" + strings.Repeat(")", MaxDepth+1), false},
		"deepest JSON":     {`reqbodyjson IS "{\"body\":` + strings.Repeat("[", MaxDepth-1) + strings.Repeat("]", MaxDepth-1) + `}"`, true},
		"JSON too deep":    {`reqbodyjson IS "{\"body\":` + strings.Repeat("[", MaxDepth+1) + strings.Repeat("]", MaxDepth+1) + `}"`, false},
		"most criteria":    {"status IS 1" + strings.Repeat(" OR status IS 1", MaxCriteria-1), true},
		"too many":         {"status IS 1" + strings.Repeat(" OR status IS 1", MaxCriteria), false},
		"most values":      {"status IS" + strings.Repeat(" 1", MaxValues), true},
		"too many values":  {"status IS" + strings.Repeat(" 1", MaxValues+1), false},
		"too long":         {"status IS " + strings.Repeat("1", MaxBytes), false},
		"too many steps":   {"req_json[a" + strings.Repeat(".a", MaxPathSteps) + "] IS 1", false},
		"too many XPath":   {"req_xpath[" + strings.Repeat("/a", MaxPathSteps+1) + "] IS 1", false},
		"regex repetition": {`location REGEX "(((a{1,100}){1,100}){1,100})"`, false},
	} {
		if _, err := Parse(c.text, Options{}); (err == nil) != c.ok {
			t.Errorf("%s: %.200v", name, err)
		}
	}
}

// An error must not print a megabyte, nor what steers a terminal.
func TestErrorsAreShortAndPlain(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("x", 100_000),
		"status IS a\x1b[31m \x1b[0m) x",
		strings.Repeat("status IS 1 AND ", 1000) + "nonsense",
		strings.Repeat("a\n", 1000),
		"status IS " + strings.Repeat("1", MaxBytes),
	} {
		_, err := Parse(text, Options{})
		if err == nil {
			t.Errorf("%.40q is accepted", text)
		} else if message := err.Error(); len(message) > 1200 || strings.ContainsAny(message, "\x1b\r") {
			t.Errorf("%d bytes: %.300q", len(message), message)
		}
	}
}

func TestNilQueryMatchesEverything(t *testing.T) {
	var q *Query
	from, to := q.Window()
	if !q.Match(&record{}) || !q.MayMatch(nil) || q.Fields() != nil || q.Expr() != nil || q.String() != "" || !from.IsZero() || !to.IsZero() {
		t.Error("the nil query is not everything")
	}
}

func TestFields(t *testing.T) {
	q := mustParse(t, `text CONTAINS x OR (header[User-Agent] IS a AND service IS b) OR (sample IS 1/2 AND service IS c) OR duration > 1s OR req_json[a] IS 1`)
	want := []FieldRef{{Field: FieldDuration}, {FieldHeader, "user-agent"}, {Field: FieldService}, {Field: FieldSession}, {Field: FieldUUID}, {FieldRequestJSON, "a"}, {Field: FieldText}}
	got := q.Fields()
	seen := map[FieldRef]bool{}
	for _, ref := range got {
		seen[ref] = true
	}
	for _, ref := range want {
		if !seen[ref] {
			t.Errorf("%v[%s] is missing in %v", ref.Field, ref.Sub, got)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%v", got)
	}
}

func mustParse(t testing.TB, text string) *Query {
	t.Helper()
	q, err := Parse(text, testOptions())
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// Single quotes are how a shell and SQL quote; taken literally they would silently find nothing.
func TestSingleQuotesAreRefused(t *testing.T) {
	for _, text := range []string{
		`(location CONTAINS '/cart')`, `location CONTAINS '/cart'`, `status IS 200 '404'`, `location REGEX '^/cart'`, `service NOT 'a b'`, `service IS '`,
	} {
		_, err := Parse(text, testOptions())
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || !strings.Contains(err.Error(), `double quotes`) || text[syntax.Offset] != '\'' {
			t.Errorf("%s: %v", text, err)
		}
	}
	for text, canonical := range map[string]string{`location IS "'x'"`: `"'x'"`, `service IS O'Brien`: `O'Brien`} {
		q := mustParse(t, text)
		if !strings.Contains(q.String(), canonical) {
			t.Errorf("%s is written %s", text, q)
		}
		mustParse(t, q.String())
	}
}
