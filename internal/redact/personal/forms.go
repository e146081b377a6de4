package personal

import (
	"math/bits"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// pattern is a rule for values with a fixed form: letters and digits at fixed places, in groups at fixed places.
type pattern struct {
	rule *detect.Rule
	// forms as people write them: d a digit, a a letter, x either, an upper case letter itself; anything else is a
	// separator that must stand there.
	forms []string
	// check proves compact, the letters and digits in upper case; nil for forms without check digits.
	check func(compact []byte) bool
	// The confidence in the form without separators, in one with separators, next to a word of topics, and under a
	// name of names.
	bare, grouped, near, named float64
	topics                     topic
	names                      detect.NameClass
	upperOnly                  bool // lower case counts only with a word or a name
}

// form is one way to write a pattern.
type form struct {
	pattern    *pattern
	digits     uint64 // places that must be digits
	letters    uint64 // places that must be letters
	cuts       uint64 // places before which a separator stands
	separators string
	exact      string // letters that must stand there, 0 where any may; "" for none
}

// literals says whether the fixed letters are there.
func (f *form) literals(g *group) bool {
	for i := range len(f.exact) {
		if f.exact[i] != 0 && f.exact[i] != g.compact[i] {
			return false
		}
	}
	return true
}

// compile fills the tables of the rules that are on.
func (f *finder) compile() {
	for i := range builtinPatterns {
		p := &builtinPatterns[i]
		if !f.on[p.rule] {
			continue
		}
		for _, text := range p.forms {
			compiled, n := newForm(p, text)
			f.byLength[n] = append(f.byLength[n], compiled)
			if compiled.cuts != 0 {
				first := bits.TrailingZeros64(compiled.cuts)
				second := n - first
				if others := compiled.cuts & (compiled.cuts - 1); others != 0 {
					second = bits.TrailingZeros64(others) - first
				}
				f.pairs[first] |= 1 << second
			}
		}
	}
	// cards, SSN, routing numbers, NPI, IMEI
	for _, pair := range [...][2]int{{4, 4}, {4, 6}, {6, 13}, {4, 3}, {8, 8}, {4, 5}, {3, 2}, {3, 6}, {5, 4}, {6, 2}, {2, 6}} {
		f.pairs[pair[0]] |= 1 << pair[1]
	}
	f.named = namedClasses
}

func newForm(p *pattern, text string) (compiled form, n int) {
	compiled.pattern = p
	var exact, separators []byte
	fixed := false
	for i := range len(text) {
		c := text[i]
		switch {
		case c == 'd':
			compiled.digits |= 1 << n
		case c == 'a':
			compiled.letters |= 1 << n
		case c == 'x':
		case isUpper(c):
			compiled.letters |= 1 << n
			fixed = true
		case isDigit(c):
			compiled.digits |= 1 << n
			fixed = true
		default:
			compiled.cuts |= 1 << n
			separators = append(separators, c)
			continue
		}
		if isUpper(c) || isDigit(c) {
			exact = append(exact, c)
		} else {
			exact = append(exact, 0)
		}
		n++
	}
	if fixed {
		compiled.exact = string(exact)
	}
	compiled.separators = string(separators)
	return compiled, n
}

// whole says whether g is all of the text, but for space around it.
func (s *scan) whole(g *group) bool {
	for _, c := range s.text[:g.start] {
		if !isSpace(c) {
			return false
		}
	}
	for _, c := range s.text[g.end:] {
		if !isSpace(c) {
			return false
		}
	}
	return true
}

// pattern reports g under p's rule if its check digits are right, and says whether that is sure.
func (s *scan) pattern(g *group, p *pattern) bool {
	compact := g.compact[:g.n]
	if p.check != nil && !p.check(compact) {
		return false
	}
	confidence := p.bare
	if g.cuts != 0 {
		confidence = p.grouped
	}
	if p.upperOnly && g.lowercase { // lower case is how hashes are written
		confidence = min(confidence, 0.55)
		if allHex(compact) {
			confidence = 0.4
		}
	}
	if s.hints.Class&p.names != 0 && s.whole(g) {
		confidence = max(confidence, p.named)
	}
	if confidence < p.near && p.topics != 0 && s.before(g.start, reach)&p.topics != 0 {
		confidence = p.near
	}
	return s.report(p.rule, g, confidence)
}
