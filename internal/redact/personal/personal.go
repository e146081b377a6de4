// Package personal finds what identifies people: contact data, payment data, national ids, addresses, network addresses.
//
// A value is told by its form and, where it has one, by its check digits. A form that ordinary numbers share (nine
// digits, one checksum in ten) is only sure together with a name ([detect.Hints]) or a word that stands before it in the
// text; without one it is reported with a confidence below one half.
package personal

import "github.com/byoc-otel/otelcol-byoc/internal/redact/detect"

// Rules lists all rules of this package.
func Rules() []*detect.Rule {
	rules := make([]*detect.Rule, 0, 160)
	rules = append(rules, contactRules()...)
	rules = append(rules, paymentRules()...)
	rules = append(rules, networkRules()...)
	rules = append(rules, personRules()...)
	for i := range builtinPatterns {
		rules = append(rules, builtinPatterns[i].rule)
	}
	return rules
}

// New makes a finder for the rules that enabled says yes to.
func New(enabled func(*detect.Rule) bool) detect.Finder {
	f := &finder{on: make(map[*detect.Rule]bool)}
	for _, rule := range Rules() {
		f.on[rule] = enabled(rule)
	}
	f.compile()
	return f
}

// finder holds which rules are on. Immutable.
type finder struct {
	on map[*detect.Rule]bool // looked up for values that were found only
	// byLength are the forms of national ids by the number of their letters and digits.
	byLength [maxCompact + 1][]form

	named detect.NameClass // the classes of names under which weaker forms count
}

// minDigits is the fewest digits in a text in which any rule needs digits but no name: a postal address's house number.
const minDigits = 1

// longest text that can be one value under a name: a person's name, an address. Bytes.
const maxNamed = 256

// Find implements detect.Finder.
func (f *finder) Find(dst []detect.Finding, text []byte, shape detect.Shape, hints detect.Hints) []detect.Finding {
	named := hints.Class&f.named != 0
	if !named && shape.Digits < minDigits && shape.Classes&(detect.HasAt|detect.HasColon|detect.HasSpace|detect.HasDash|detect.HasDot) == 0 {
		return dst
	}
	if !named && shape.Digits < 4 && len(text) < 24 && shape.Classes&(detect.HasAt|detect.HasColon|detect.HasSpace|detect.HasDash|detect.HasDot|detect.HasSlash) == 0 {
		return dst
	}
	s := scan{finder: f, text: text, shape: shape, hints: hints, dst: dst}
	if named && len(text) <= maxNamed {
		s.byName()
	}
	if shape.Classes&detect.HasAt != 0 {
		s.emails()
	}
	if shape.Classes&detect.HasColon != 0 && len(text) >= 2 {
		s.colons()
	}
	if s.worthTokens() {
		s.tokens()
	}
	if shape.Classes&(detect.HasSpace|detect.HasUpper) == detect.HasSpace|detect.HasUpper {
		s.prose()
	}
	return s.dst
}

// scan is one call of Find.
type scan struct {
	finder *finder
	text   []byte
	shape  detect.Shape
	hints  detect.Hints
	dst    []detect.Finding

	words words // what words stand before the place that is looked at
}

// add reports a value unless its rule is off.
func (s *scan) add(rule *detect.Rule, start, end int, confidence float64) {
	if s.finder.on[rule] {
		s.dst = append(s.dst, detect.Finding{Start: start, End: end, Rule: rule, Confidence: confidence})
	}
}

// worthTokens says whether the text can hold a value made of digits. It knows the two texts with many digits that
// occur most: a uuid and a time.
func (s *scan) worthTokens() bool {
	t := s.text
	if len(t) < 7 {
		return false
	}
	if s.shape.Digits < minDigits {
		// a hardware address may be all letters
		return s.shape.Classes&(detect.HasDash|detect.HasDot) != 0 && s.shape.LongToken >= 14 && s.shape.LongToken <= 19
	}
	if len(t) == 36 && uuidAt(t, 0) {
		return false
	}
	return !(len(t) <= 35 && wholeTime(t))
}

// wholeTime says whether text is a time as RFC 3339 writes it.
func wholeTime(t []byte) bool {
	if len(t) < 16 || t[4] != '-' || t[7] != '-' || t[10] != 'T' && t[10] != ' ' || t[13] != ':' {
		return false
	}
	for _, c := range t {
		if !isDigit(c) && c != '-' && c != ':' && c != '.' && c != 'T' && c != 'Z' && c != '+' && c != ' ' {
			return false
		}
	}
	return true
}
