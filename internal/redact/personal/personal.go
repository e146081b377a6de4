// Package personal finds what identifies people: contact data, payment data, national ids, addresses, network addresses.
//
// A value is told by its form and, where it has one, by its check digits. A form that ordinary numbers share (nine
// digits, one checksum in ten) is only sure together with a name ([detect.Hints]) or a word that stands before it in the
// text; without one it is reported with a confidence below one half.
package personal

import (
	"bytes"
	"sync"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

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

// finder holds which rules are on. Immutable but for its pool.
type finder struct {
	on map[*detect.Rule]bool // looked up for values that were found only
	// the forms of national ids by the number of their letters and digits: those in one piece, those in groups
	whole, parted [maxCompact + 1][]form

	// bit n of pairs[kind][m]: a form begins with groups of m and n letters and digits ([pairKind])
	pairs [pairKinds][maxGroup + 1]uint32
	cuts  [16]uint64 // a set of where the groups of forms begin, by hash; it may hold more

	scans sync.Pool // of *scan

	named detect.NameClass // the classes of names under which weaker forms count
}

// minDigits is the fewest digits in a text in which any rule needs digits but no name: a postal address's house number.
const minDigits = 1

// longest text that can be one value under a name: a person's name, an address. Bytes.
const maxNamed = 256

// Find implements detect.Finder.
func (f *finder) Find(dst []detect.Finding, text []byte, shape detect.Shape, hints detect.Hints) []detect.Finding {
	named := hints.Class&f.named != 0 && len(text) <= maxNamed
	at := shape.Classes&detect.HasAt != 0
	colons := shape.Classes&detect.HasColon != 0 && closeColons(text)
	tokens := worthTokens(text, shape, hints.Class)
	prose := shape.Classes&(detect.HasSpace|detect.HasUpper) == detect.HasSpace|detect.HasUpper
	if !named && !at && !colons && !tokens && !prose {
		return dst
	}
	s, _ := f.scans.Get().(*scan)
	if s == nil {
		s = &scan{finder: f}
	}
	s.text, s.shape, s.hints, s.dst = text, shape, hints, dst
	s.words.next, s.words.n, s.validations = 0, 0, 0
	if named {
		s.byName()
	}
	if at {
		s.emails()
	}
	if colons {
		s.colons()
	}
	if tokens {
		s.tokens()
	}
	if prose {
		s.prose()
	}
	dst = s.dst
	s.text, s.hints, s.dst = nil, detect.Hints{}, nil
	f.scans.Put(s)
	return dst
}

// closeColons says whether two colons stand as close as in an IPv6 or MAC address.
func closeColons(text []byte) bool {
	last := -8
	for i := 0; ; i++ {
		next := bytes.IndexByte(text[i:], ':')
		if next < 0 {
			return false
		}
		i += next
		if i-last <= 5 {
			return true
		}
		last = i
	}
}

// scan is one call of Find, and memory that the next one uses again.
type scan struct {
	finder *finder
	text   []byte
	shape  detect.Shape
	hints  detect.Hints
	dst    []detect.Finding

	words       words // what words stand before the place that is looked at
	validations int   // how often the library of telephone numbers was asked
	group       group
	written     written
}

// add reports a value unless its rule is off.
func (s *scan) add(rule *detect.Rule, start, end int, confidence float64) {
	if s.finder.on[rule] {
		s.dst = append(s.dst, detect.Finding{Start: start, End: end, Rule: rule, Confidence: confidence})
	}
}

// worthTokens says whether text can hold a value made of digits. It knows the texts with many digits that occur most: a
// uuid, a time, a trace context.
func worthTokens(t []byte, shape detect.Shape, class detect.NameClass) bool {
	if len(t) < 7 {
		return false
	}
	if shape.Digits < minDigits {
		// a hardware address may be all letters
		return shape.Classes&(detect.HasDash|detect.HasDot) != 0 && shape.LongToken >= 14 && shape.LongToken <= 19
	}
	if shape.Digits < 4 && shape.Classes&(detect.HasSpace|detect.HasDash|detect.HasDot|detect.HasEquals|detect.HasColon) == 0 && shape.LongToken < 14 {
		return false
	}
	if len(t) == 36 && uuidAt(t, 0) || len(t) == 55 && traceContext(t) {
		return false
	}
	if class&detect.NameTime != 0 && shape.Digits == len(t) && t[0] == '1' { // seconds or parts of them since 1970
		return false
	}
	return !(len(t) <= 35 && wholeTime(t))
}

// traceContext says whether text is a traceparent as W3C Trace Context has it.
func traceContext(t []byte) bool {
	for i, c := range t {
		if i == 2 || i == 35 || i == 52 {
			if c != '-' {
				return false
			}
		} else if !isHex(c) {
			return false
		}
	}
	return true
}

// wholeTime says whether text is a time as RFC 3339 or HTTP (RFC 9110, 5.6.7) writes it.
func wholeTime(t []byte) bool {
	if len(t) == 29 && t[3] == ',' && t[19] == ':' && t[22] == ':' && string(t[25:]) == " GMT" {
		return true
	}
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
