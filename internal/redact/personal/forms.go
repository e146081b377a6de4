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
	times                      bool // the form is also that of a date with a time, as far as its last four digits are one
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
			if compiled.cuts == 0 {
				f.whole[n] = append(f.whole[n], compiled)
				continue
			}
			f.parted[n] = append(f.parted[n], compiled)
			f.allow(compiled.cuts, n, compiled.separators[0], compiled.digits, compiled.letters)
		}
	}
	// cards, SSN, routing numbers, NPI, IMEI have scanners of their own, which know the groups exactly
	for _, sizes := range [...][]int{{4, 4, 4, 4, 3}, {4, 6, 5}, {4, 3, 3, 3}, {8, 8}, {6, 13}, {4, 5, 5}, {3, 2, 4}, {3, 6}, {5, 4}, {4, 4, 1}, {6, 2, 6, 1}, {2, 6, 6, 1}} {
		cuts, n := uint64(0), sizes[0]
		for _, size := range sizes[1:] {
			cuts |= 1 << n
			n += size
		}
		for _, separator := range []byte(" -./") {
			f.allow(cuts, n, separator, 1<<n-1, 0)
		}
	}
	f.named = namedClasses
}

// allow notes how a value with groups of letters and digits begins.
func (f *finder) allow(cuts uint64, n int, separator byte, digits, letters uint64) {
	first := bits.TrailingZeros64(cuts)
	second := n - first
	if others := cuts & (cuts - 1); others != 0 {
		second = bits.TrailingZeros64(others) - first
	}
	for _, one := range []bool{false, true} {
		for _, other := range []bool{false, true} {
			if one && letters&1 != 0 || !one && digits&1 != 0 || other && letters>>first&1 != 0 || !other && digits>>first&1 != 0 {
				continue
			}
			f.pairs[pairKind(separator, one, other)][first] |= 1 << second
		}
	}
	for known, rest := uint64(0), cuts; rest != 0; rest &= rest - 1 {
		known |= rest & -rest
		slot := cutSlot(known)
		f.cuts[slot>>6] |= 1 << (slot & 63)
	}
}

// begins says whether some form has its first separators where cuts says.
func (f *finder) begins(cuts uint64) bool {
	slot := cutSlot(cuts)
	return f.cuts[slot>>6]>>(slot&63)&1 != 0
}

// cutSlot is a place in finder.cuts.
func cutSlot(cuts uint64) uint64 { return cuts * 0x9e3779b97f4a7c15 >> 54 }

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
	if len(s.text) > maxNamed {
		return false
	}
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

// hourMinute says whether four characters are a time of day.
func hourMinute(v []byte) bool {
	return allDigits(v) && number(v[:2]) < 24 && number(v[2:]) < 60
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
	if p.times && hourMinute(compact[g.n-4:]) {
		confidence = min(confidence, 0.4)
	}
	if confidence >= 0.5 && confidence < 0.9 && g.parts > 0 && g.separators[0] == ' ' && s.inSeries(g.start, g.end) {
		confidence = 0.4
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
