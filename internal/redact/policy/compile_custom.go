package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// engineVersion is raised when finders or surrogates come to behave otherwise without a change of the rules' texts, which
// are in the version by themselves.
const engineVersion = 1

// builtinVersion is a hash over the built-in rules.
var builtinVersion = sync.OnceValue(func() string {
	sum := sha256.New()
	_, _ = fmt.Fprintln(sum, engineVersion)
	for _, rule := range builtins() {
		_, _ = fmt.Fprintf(sum, "%q %q %q %q %g %q %q\n", rule.Name, rule.Type, rule.Category, rule.Summary, rule.Confidence, rule.Matches, rule.Misses)
	}
	return hex.EncodeToString(sum.Sum(nil))
})

// ownFinders makes the finder of the user's own rules.
func (c *compiler) ownFinders(written *spec) {
	if len(written.customs) == 0 {
		return
	}
	f := &customFinder{names: make(map[uint64][]namedRule)}
	sets := make(map[int][]string)
	regexes := make(map[string]*custom)
	total := 0
	for _, own := range written.customs {
		path := under("rules."+own.rule.Name, "find")
		switch {
		case own.find.regex != "":
			c.note("find regex %q", own.find.regex)
			if before := regexes[own.find.regex]; before != nil && before.whenText == own.whenText {
				c.fail(own.find.node, path, fmt.Sprintf("finds just what the rule %s finds", before.rule.Name), "leave one out, or give them different conditions with when")
			}
			regexes[own.find.regex] = own
			rule, literals, err := newRegexRule(own.rule, own.find.regex)
			if err != nil {
				c.fail(own.find.node, path, err.Error(), "")
				continue
			}
			if total += instructions(own.find.regex); total > maxAllInstructions {
				c.fail(own.find.node, path, "with this one the regexes of the policy compile to too many instructions", fmt.Sprintf("at most %d together", maxAllInstructions))
				return
			}
			if literals != nil {
				if len(sets) == 0 || rule.shape.minimum < f.shortest {
					f.shortest = rule.shape.minimum
				}
				sets[len(f.regexes)] = literals
			} else {
				f.always = append(f.always, len(f.regexes))
			}
			f.regexes = append(f.regexes, rule)
		case own.find.names != nil:
			c.note("find names %q %s", own.find.names, own.find.valueType)
			c.byName(f, own, path)
		case own.find.dictionary != "":
			if words := c.dictionary(own.find.node, path, own.find.dictionary, c.content); words != nil {
				f.wordLists = append(f.wordLists, wordListRule{own.rule, words})
			}
			file := own.find.dictionary
			if !filepath.IsAbs(file) {
				file = filepath.Join(filepath.Dir(c.file), file)
			}
			c.policy.files = append(c.policy.files, file)
		case own.find.values != nil:
			c.note("find values %q", own.find.values)
			list := newWordList(len(own.find.values))
			for _, value := range own.find.values {
				list.add(value)
			}
			f.wordLists = append(f.wordLists, wordListRule{own.rule, list})
		}
	}
	f.literals = newLiteralScan(sets)
	c.policy.custom = f
	c.policy.finders = append(c.policy.finders, f)
}

// byName enters a rule for whole values, or for a built-in type, under names.
func (c *compiler) byName(f *customFinder, own *custom, path string) {
	named := namedRule{rule: own.rule, valueOf: own.find.valueType}
	if named.valueOf != "" {
		named.class = meaningOf(named.valueOf)
		named.inner = builtinFinders(func(rule *detect.Rule) bool { return rule.Type == named.valueOf })
	}
	seen := make(map[uint64]bool)
	for _, name := range own.find.names {
		hash := detect.NameHash([]byte(name))
		if seen[hash] {
			c.fail(own.find.node, path, fmt.Sprintf("%q stands twice in names", name), "case and separators do not matter, keep one")
			continue
		}
		seen[hash] = true
		for _, before := range f.names[hash] {
			if before.inner == nil && c.sameCondition(before.rule, own) {
				c.fail(own.find.node, path, fmt.Sprintf("the rule %s takes all values named %q already", before.rule.Name, name), "leave one out, or give them different conditions with when")
			}
		}
		f.names[hash] = append(f.names[hash], named)
	}
}

// sameCondition says whether two custom rules apply to the same records as far as their texts tell.
func (c *compiler) sameCondition(rule *detect.Rule, own *custom) bool {
	other := c.policy.byRule[rule]
	return other != nil && other.When.String() == own.when.String()
}

// runExamples runs the examples of the user's own rules.
func (c *compiler) runExamples(written *spec) {
	for _, own := range written.customs {
		path := under("rules."+own.rule.Name, "examples")
		for i, example := range own.rule.Matches {
			if problem := c.policy.matches(own.rule, example); problem != "" {
				c.fail(own.matchNodes[i], path+".match", problem, "correct the example or the rule")
			}
		}
		for i, example := range own.rule.Misses {
			if c.policy.matches(own.rule, example) == "" {
				c.fail(own.missNodes[i], path+".miss", fmt.Sprintf("the rule finds something in %q, which it must not", example.Text), "correct the example or the rule")
			}
		}
	}
}

// matches says why a rule does not find an example, or "".
func (p *Policy) matches(rule *detect.Rule, example detect.Example) string {
	hints := p.hints([]byte(example.Name))
	text := []byte(example.Text)
	found := ""
	for _, finding := range p.custom.Find(nil, text, detect.NewShape(text), hints) {
		if finding.Rule != rule || finding.End == detect.Unfinished {
			continue
		}
		value := string(text[finding.Start:finding.End])
		if example.Want == "" || value == example.Want {
			return ""
		}
		found = value
	}
	if found != "" {
		return fmt.Sprintf("the rule finds %q in %q, not %q", found, example.Text, example.Want)
	}
	if example.Name == "" && len(p.custom.names) > 0 {
		return fmt.Sprintf("the rule finds nothing in %q; a rule for names needs {name: …, text: …}", example.Text)
	}
	return fmt.Sprintf("the rule finds nothing in %q", example.Text)
}

// hints is what is known of a text of which only the name is known.
func (p *Policy) hints(name []byte) detect.Hints {
	hints := detect.Hints{Name: name, Place: detect.PlaceText}
	if len(name) > 0 {
		hints.Place, hints.Class = detect.PlaceValue, p.ClassifyName(name)
		if hints.Class&(detect.NameAuth|detect.NameCookie) != 0 {
			hints.Place = detect.PlaceHeader
		}
	}
	return hints
}
