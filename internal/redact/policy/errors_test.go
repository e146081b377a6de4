package policy

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// rule is a policy with one rule of the user's own, whose first line is line 5.
func rule(lines ...string) string {
	return "version: 1\nname: own\nextends: none\nrules:\n  own:\n    " + strings.Join(lines, "\n    ")
}

// What is wrong is said with its line, its key, and what would be right.
func TestParseErrors(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want []string // every one in the error
	}{
		"empty":            {"", []string{"p.yaml:1", "the file is empty"}},
		"no mapping":       {"- a", []string{"p.yaml:1:1", "is a list", "a mapping is needed"}},
		"no YAML":          {"version: 1\nrules: [", []string{"p.yaml:2"}},
		"tabs":             {"version: 1\nrules:\n\temail: 1", []string{"p.yaml:3", "cannot start any token"}},
		"two documents":    {"version: 1\n---\nversion: 1", []string{"a second YAML document"}},
		"no version":       {"extends: strict", []string{"version: is missing", "write version: 1"}},
		"other version":    {"version: 2", []string{"p.yaml:1:10: version", "from 1 to 1"}},
		"version text":     {"version: one", []string{`version: is "one"`}},
		"unknown key":      {"version: 1\nrule: {}", []string{"p.yaml:2:1: rule: unknown key", `did you mean "rules"?`}},
		"key twice":        {"version: 1\nname: a\nname: b", []string{"p.yaml:3:1: name: occurs twice, first in line 2"}},
		"extends":          {"version: 1\nextends: strickt", []string{"p.yaml:2:10: extends", `did you mean "strict"?`}},
		"built-in name":    {"version: 1\nname: strict", []string{"the name of a built-in policy"}},
		"odd name":         {"version: 1\nname: My Policy", []string{`"My Policy" is no name`, "lower-case letters"}},
		"null rules":       {"version: 1\nrules:", []string{"rules: is empty"}},
		"safe twice":       {"version: 1\nsafe_values: [a, b, a]", []string{"p.yaml:2:21", `"a" occurs twice`}},
		"safe mapping":     {"version: 1\nsafe_values: {a: b}", []string{"safe_values: is a mapping", "a list is needed"}},
		"unknown rule":     {"version: 1\nrules:\n  emial: {action: token}", []string{"p.yaml:3:3: rules.emial", `did you mean "email"?`, "needs find"}},
		"unknown category": {"version: 1\nrules:\n  category:contakt: {action: token}", []string{`"contakt" is no category`, `did you mean "contact"?`}},
		"unknown type":     {"version: 1\nrules:\n  type:emial: {action: token}", []string{`"emial" is no type`, `did you mean "email"?`}},
		"unknown selector": {"version: 1\nrules:\n  kind:email: {action: token}", []string{`"kind" cannot be selected by`}},
		"own category":     {"version: 1\nrules:\n  category:custom: {action: token}", []string{"no built-in rule has this category"}},
		"unknown action":   {"version: 1\nrules:\n  email: {action: tokn}", []string{`p.yaml:3:19: rules.email.action: "tokn" is no action`, `did you mean "token"?`}},
		"far-off action":   {"version: 1\nrules:\n  email: {action: obliterate}", []string{"allowed: surrogate, token, mask, drop, keep"}},
		"enabled text":     {"version: 1\nrules:\n  email: {enabled: maybe}", []string{`rules.email.enabled: is "maybe"`, "true or false"}},
		"minimum":          {"version: 1\nrules:\n  email: {minimum: 2}", []string{"2 is out of range", "from 0 to 1"}},
		"minimum nan":      {"version: 1\nrules:\n  email: {minimum: .nan}", []string{"out of range"}},
		"keep_last":        {"version: 1\nrules:\n  email: {action: mask, keep_last: 1.5}", []string{"no whole number"}},
		"keep_last alone":  {"version: 1\nrules:\n  email: {action: token, keep_last: 4}", []string{"rules.email.keep_last: goes with action: mask only"}},
		"when":             {"version: 1\nrules:\n  email: {action: token, when: 'servic IS a'}", []string{"p.yaml:3:32: rules.email.when", "service"}},
		"never":            {"version: 1\nrules:\n  email: {action: token, when: 'service IS a AND service IS b'}", []string{"no record can match", "would never act"}},
		"never, not":       {"version: 1\nrules:\n  email: {action: token, when: 'service IS a AND service NOT a'}", []string{"no record can match"}},
		"never, time":      {"version: 1\nrules:\n  email: {action: token, when: 'ts > 2026-01-02T00:00:00Z AND ts < 2026-01-01T00:00:00Z'}", []string{"no record can match"}},
		"nothing":          {"version: 1\nrules:\n  email: {}", []string{"changes nothing"}},
		"no change":        {"version: 1\nrules:\n  email: {enabled: true}", []string{"p.yaml:3:3: rules.email: changes nothing: that is how it is already"}},
		"no change twice":  {"version: 1\nrules:\n  category:contact: {action: token}\n  email: {action: token}", []string{"p.yaml:4:3: rules.email: changes nothing"}},
		"off":              {"version: 1\nrules:\n  ipv4: {action: token}", []string{"rules.ipv4: the rule is off", "add enabled: true"}},
		"keep of off":      {"version: 1\nrules:\n  ipv4: {action: keep}", []string{"rules.ipv4: the rule is off"}},
		"off and action":   {"version: 1\nrules:\n  email: {enabled: false, action: token}", []string{"a rule that is off has no action"}},
		"none on":          {"version: 1\nextends: none", []string{"no rule is on"}},
		"names twice":      {"version: 1\nnames: {password: [blah, blah]}", []string{`p.yaml:2:26: names.password: "blah" stands in names already`}},
		"names known":      {"version: 1\nnames: {password: [passwd]}", []string{`"passwd" means a password already`}},
		"names none":       {"version: 1\nnames: {none: [shoeLaces]}", []string{`"shoeLaces" means nothing`}},
		"names meaning":    {"version: 1\nnames: {passwort: [x]}", []string{"names.passwort: unknown key", `did you mean "password"?`}},
		"names empty":      {"version: 1\nnames: {password: ['--']}", []string{"neither letters nor digits"}},
		"no find":          {rule("summary: x"), []string{"p.yaml:5:3: rules.own: finds nothing: it has no find"}},
		"find text":        {rule("find: abc"), []string{"p.yaml:6:11: rules.own.find", "a mapping is needed"}},
		"two ways":         {rule("find: {regex: abc, names: [a]}"), []string{"has 2 ways to find"}},
		"no way":           {rule("find: {}"), []string{"has 0 ways to find"}},
		"type alone":       {rule("find: {type: email}"), []string{"type alone finds what the built-in rules find already"}},
		"type and regex":   {rule("find: {type: email, regex: abc}"), []string{"type goes with names only"}},
		"type without":     {rule("find: {type: custom, names: [a]}"), []string{"nothing built in finds values of type custom"}},
		"two types":        {rule("find: {type: email, names: [a]}", "type: phone"), []string{"finds values of type email"}},
		"no examples":      {rule("find: {regex: 'a\\d'}"), []string{"p.yaml:5:3: rules.own.examples: the rule has no example that it must match"}},
		"confidence":       {rule("find: {names: [a]}", "confidence: 0.4"), []string{"below the minimum of 0.5", "never act"}},
		"minimum above":    {rule("find: {names: [a]}", "confidence: 0.9", "minimum: 0.95"), []string{"rules.own.minimum: 0.95 is above the rule's confidence 0.9"}},
		"example fails":    {rule("find: {regex: 'a\\d'}", "examples:", "  match: [a1, b1]"), []string{`p.yaml:8:19: rules.own.examples.match: the rule finds nothing in "b1"`}},
		"example want":     {rule("find: {regex: 'a(\\d)'}", "examples: {match: [{text: a1, want: a1}]}"), []string{`the rule finds "1" in "a1", not "a1"`}},
		"example miss":     {rule("find: {regex: 'a\\d'}", "examples:", "  match: [a1]", "  miss: [a2]"), []string{`p.yaml:9:14: rules.own.examples.miss: the rule finds something in "a2"`}},
		"example key":      {rule("find: {regex: 'a\\d'}", "examples: {match: [{txt: a1}]}"), []string{"txt: unknown key", `did you mean "text"?`}},
		"same regex":       {rule("find: {regex: 'a\\d'}", "examples: {match: [a1]}") + "\n  two:\n    find: {regex: 'a\\d'}\n    examples: {match: [a1]}", []string{"rules.two.find: finds just what the rule own finds"}},
		"same name":        {rule("find: {names: [ticketNo]}") + "\n  two:\n    find: {names: [ticket_no]}", []string{`the rule own takes all values named "ticket_no" already`}},
		"name twice":       {rule("find: {names: [ticketNo, ticket_no]}"), []string{`"ticket_no" stands twice`}},
		"word twice":       {rule("find: {values: [Odin, ODIN]}", "examples: {match: [odin]}"), []string{`p.yaml:6:27: rules.own.find.values: "ODIN" occurs twice`}},
		"word short":       {rule("find: {values: [x]}", "examples: {match: [x]}"), []string{"too short"}},
		"word odd":         {rule("find: {values: ['-odin']}", "examples: {match: [x]}"), []string{"must begin and end with a letter or digit"}},
		"word long":        {rule("find: {values: ['a b c d e f g h i']}", "examples: {match: [x]}"), []string{"has 9 words"}},
		"no dictionary":    {rule("find: {dictionary: no-such-file.txt}", "examples: {match: [x]}"), []string{"p.yaml:6:11: rules.own.find", "no-such-file.txt"}},
		"folder":           {rule("find: {dictionary: .}", "examples: {match: [x]}"), []string{"no regular file"}},
		"enabled own":      {rule("find: {names: [a]}", "enabled: false"), []string{"rules.own.enabled: unknown key"}},
		"key text":         {"version: 1\nkey: 0123456789abcdef", []string{"p.yaml:2:6: key: is a text", "a policy holds no key"}},
		"key env":          {"version: 1\nkey: {env: '0123456789abcdef'}", []string{"key.env: is no name of an environment variable"}},
		"key twice named":  {"version: 1\nkey: {env: A, key_file: b}", []string{"key: names 2 sources"}},
		"key kms":          {"version: 1\nkey: {kms: {ciphertext: eA==}}", []string{"key.kms: has no url"}},
		"key kms twice":    {"version: 1\nkey: {kms: {url: 'awskms://a', ciphertext: eA==, ciphertext_file: b}}", []string{"exactly one of ciphertext"}},
		"alias of itself":  {"version: 1\nrules: &a\n  email: *a", []string{"p.yaml:"}},
	} {
		_, err := Parse("p.yaml", []byte(test.text))
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v\nwants %s", name, err, want)
			}
		}
		var first *Error
		if !errors.As(err, &first) || first.Line < 1 {
			t.Errorf("%s: %v has no line", name, err)
		}
	}
}

// A key that somebody writes where it does not belong is not shown.
func TestKeyIsNotShown(t *testing.T) {
	for _, text := range []string{"version: 1\nkey: 0123456789abcdef", "version: 1\nkey: {env: '0123456789abcdef'}"} {
		if _, err := Parse("p.yaml", []byte(text)); err == nil || strings.Contains(err.Error(), "0123456789") {
			t.Errorf("%v", err)
		}
	}
}

// Everything that is wrong is told at once.
func TestParseTellsAll(t *testing.T) {
	_, err := Parse("p.yaml", []byte("version: 3\nrules:\n  emial: {action: token}\n  phone: {action: tokn}\nsafe: []"))
	for _, want := range []string{"p.yaml:1:", "p.yaml:3:", "p.yaml:4:", "p.yaml:5:"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not tell %s", err, want)
		}
	}
}

// A fault in a dictionary is told with the dictionary's line.
func TestDictionaryErrors(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "words.txt"), []byte("# names\nodin\n\n!\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Parse(filepath.Join(folder, "p.yaml"), []byte(rule("find: {dictionary: words.txt}", "examples: {match: [odin]}")))
	if err == nil || !strings.Contains(err.Error(), "words.txt:4: rules.own.find") {
		t.Errorf("%v", err)
	}
}

func TestLoadErrors(t *testing.T) {
	for name, want := range map[string]string{"defaul": `did you mean "default"?`, "/no/such/file.yaml": "no such file", ".": "no regular file"} {
		if _, err := Load(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}
