package personal

import (
	"github.com/nyaruka/phonenumbers"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// phoneSure says how sure it is that w is a telephone number; 0 for none.
func (s *scan) phoneSure(w *written) float64 {
	d := w.digits[:w.n]
	if sameDigits(d) || s.dateLike(w) {
		return 0
	}
	if w.plus {
		return s.international(w)
	}
	named := s.hints.Class&detect.NamePhone != 0
	label := named || s.before(w.start, 36)&topicPhone != 0
	if !label && w.groups == 1 && s.ownNumber(w.start) {
		if w.n >= 9 && w.n <= 12 && s.national(d) {
			return 0.55
		}
		return 0
	}
	if !label && s.hints.Class&(detect.NameID|detect.NameTime|detect.NameAmount) != 0 {
		return 0
	}
	if form := nanp(w); form > 0.3 || form > 0 && (label || d[0] != '0') {
		if label {
			return max(form, 0.9)
		}
		if w.before[w.groups-1] == ' ' && !w.parens && s.inSeries(w.start, w.ends[w.groups-1]) {
			return 0
		}
		if near := s.before(w.start, 16); near&(topicOrder|topicVersion) != 0 && !w.parens {
			return min(form, 0.4)
		}
		return form
	}
	if d[0] == '0' && d[1] == '0' && w.n >= 11 && (label || w.groups > 2) { // the prefix for calls abroad
		abroad := *w
		abroad.n = copy(abroad.digits[:], d[2:])
		return s.international(&abroad) * 0.9
	}
	if domesticGroups(w, label) && (label || w.before[w.groups-1] != ' ' || !s.inSeries(w.start, w.ends[w.groups-1])) {
		if s.national(d) {
			if label {
				return 0.9
			}
			return 0.65
		}
	}
	if w.parens && w.groups > 1 && w.n >= 9 && w.n <= 11 && s.national(d) { // (11) 98456-5666
		if label {
			return 0.9
		}
		return 0.65
	}
	if !label {
		if w.groups == 1 && d[0] == '0' && d[1] != '0' && w.n >= 10 && w.n <= 11 {
			return 0.35
		}
		return 0
	}
	if named && w.n <= 15 {
		return 0.9
	}
	if w.groups > 1 && w.n <= 8 && w.sizes[0] >= 3 && w.sizes[1] == 4 && w.groups == 2 && w.before[1] != '/' { // 555-0132, 2345 6789
		return 0.6
	}
	if w.n < 8 || w.n > 15 {
		return 0
	}
	if s.national(d) {
		return 0.85
	}
	return 0
}

// ownNumber says whether "my … number is" or the like stands before start.
func (s *scan) ownNumber(start int) bool {
	const least = len("my number ")
	if start < least || s.text[start-1] != ' ' && s.text[start-1] != ':' {
		return false
	}
	l := s.labelBefore(start)
	return l.number && l.own && s.labelTopics(&l, 3) == 0 && l.n <= 2
}

// dateLike says whether the groups are a date, which has as many digits as a number.
func (s *scan) dateLike(w *written) bool {
	if w.groups < 3 || w.plus || w.parens {
		return false
	}
	a, b, c := w.sizes[0], w.sizes[1], w.sizes[2]
	if a == 4 && b <= 2 && c <= 2 { // 2026-11-23
		y, m, d := number(w.digits[:4]), number(w.digits[4:4+b]), number(w.digits[4+b:4+b+c])
		return y >= 1800 && y < 2200 && m <= 12 && d <= 31
	}
	if a <= 2 && b <= 2 && c == 4 { // 23.11.2026
		m, d, y := number(w.digits[:a]), number(w.digits[a:a+b]), number(w.digits[a+b:a+b+c])
		return m <= 31 && d <= 31 && y >= 1800 && y < 2200
	}
	return false
}

// domesticGroups says whether w is grouped as numbers with a leading zero are: 020 7946 0958, 0 (532) 123 45 67.
func domesticGroups(w *written, label bool) bool {
	if w.digits[0] != '0' || w.digits[1] == '0' || w.groups < 2 || w.groups > 5 || !uniform(w) {
		return false
	}
	switch first, second := w.sizes[0], w.sizes[1]; {
	case w.n < 9 || w.n > 12:
		return false
	case first == 1:
		return w.groups > 2 && second == 3 && w.n >= 10 || w.parens && w.n >= 10
	case first > 5:
		return false
	case label:
		return true
	case w.n == 9:
		return first == 2 && second >= 3
	case w.n == 12:
		return false
	}
	return w.n >= 10
}

// uniform says whether one separator stands between the groups, after the first at most another one.
func uniform(w *written) bool {
	for i := 2; i < w.groups; i++ {
		if w.before[i] != w.before[2] {
			return false
		}
	}
	for i := 1; i < w.groups; i++ {
		if w.sizes[i] < 2 || w.sizes[i] > 8 {
			return false
		}
	}
	return w.before[1] != '.' || w.groups > 2
}

// nanp says how sure a number of the North American plan is by the way it is written; 0 when it is none, or bare.
func nanp(w *written) float64 {
	first := 0
	if w.n == 11 && w.digits[0] == '1' && w.sizes[0] == 1 {
		first = 1
	}
	if w.n-first != 10 || w.groups-first != 3 && !(w.parens && w.groups-first == 2) || w.sizes[first] != 3 {
		return 0
	}
	if w.groups-first == 3 && w.sizes[first+1] != 3 {
		return 0
	}
	d := w.digits[first:w.n]
	assigned := d[0] >= '2' && !(d[1] == '1' && d[2] == '1') && d[1] != '9'
	if w.parens && assigned {
		return 0.92
	}
	if w.parens {
		return 0.65
	}
	if !assigned {
		return 0.3
	}
	if d[3] < '2' { // 555-123-4567 is nobody's, but people write it
		if w.before[first+2] == '-' {
			return 0.65
		}
		return 0.4
	}
	one := w.before[first+1] == w.before[first+2]
	switch w.before[first+2] {
	case '-':
		if one || w.before[first+1] == ' ' || w.before[first+1] == '/' {
			return 0.88
		}
	case '.':
		if one {
			return 0.75
		}
	case ' ':
		if one {
			return 0.55
		}
	}
	return 0
}

// international judges a number with a plus sign.
func (s *scan) international(w *written) float64 {
	d := w.digits[:w.n]
	if d[0] == '0' || w.n > 15 {
		return 0
	}
	if s.validations++; s.validations > maxValidations {
		return 0.7
	}
	for length := 1; length <= 3; length++ {
		code := number(d[:length])
		if len(phonenumbers.GetRegionCodesForCountryCode(code)) == 0 {
			continue
		}
		rest := d[length:]
		var parsed phonenumbers.PhoneNumber
		country := int32(code)
		parsed.CountryCode = &country
		if rest[0] == '0' {
			if code == 39 || code == 378 {
				zero := true
				parsed.ItalianLeadingZero = &zero
			} else {
				rest = rest[1:] // +44 (0)20 …
			}
		}
		significant := uint64(number(rest))
		parsed.NationalNumber = &significant
		if phonenumbers.IsValidNumber(&parsed) {
			return 0.97
		}
		if s.hints.Class&detect.NamePhone != 0 {
			return 0.9
		}
		near := s.before(w.start, 36)&topicPhone != 0
		switch possible := phonenumbers.IsPossibleNumber(&parsed); {
		case possible && near:
			return 0.85
		case possible && w.n >= 10:
			return 0.6
		case near:
			return 0.5
		}
		return 0.3
	}
	return 0
}

// national says whether digits are a number somewhere, as people dial it at home.
func (s *scan) national(digits []byte) bool {
	for _, plan := range nationalPlans {
		if len(digits) < plan.least || len(digits) > plan.most || plan.zero != (digits[0] == '0') {
			continue
		}
		if s.validations++; s.validations > maxValidations {
			return true
		}
		country, rest := plan.code, digits
		var parsed phonenumbers.PhoneNumber
		if plan.zero && plan.code != 39 {
			rest = digits[1:]
		} else if plan.zero {
			zero := true
			parsed.ItalianLeadingZero = &zero
		} else if plan.code == 1 && len(digits) == 11 || plan.code == 7 && len(digits) == 11 {
			if digits[0] != '1' && digits[0] != '8' {
				continue
			}
			rest = digits[1:]
		}
		significant := uint64(number(rest))
		parsed.CountryCode, parsed.NationalNumber = &country, &significant
		if phonenumbers.IsValidNumber(&parsed) {
			return true
		}
	}
	return false
}

// nationalPlans are the numbering plans that numbers without a country code are tried with: the digits as dialled at
// home, and whether they begin with 0. The most common ones first.
var nationalPlans = []struct {
	code        int32
	least, most int
	zero        bool
}{
	{1, 10, 11, false}, {44, 10, 11, true}, {49, 9, 13, true}, {33, 10, 10, true}, {39, 9, 11, true}, {61, 10, 10, true}, {81, 10, 11, true},
	{972, 9, 10, true}, {90, 11, 11, true}, {82, 9, 11, true}, {31, 10, 10, true}, {32, 9, 10, true}, {41, 10, 10, true}, {43, 9, 13, true},
	{46, 8, 10, true}, {358, 9, 11, true}, {91, 11, 11, true}, {27, 10, 10, true}, {64, 9, 11, true}, {353, 9, 10, true}, {63, 11, 11, true},
	{34, 9, 9, false}, {39, 9, 10, false}, {91, 10, 10, false}, {86, 11, 11, false}, {90, 10, 10, false}, {55, 10, 11, false}, {52, 10, 10, false},
	{7, 11, 11, false}, {48, 9, 9, false}, {351, 9, 9, false}, {47, 8, 8, false}, {45, 8, 8, false}, {65, 8, 8, false}, {852, 8, 8, false},
	{420, 9, 9, false}, {30, 10, 10, false}, {86, 10, 12, true}, {55, 11, 12, true}, {380, 10, 10, true}, {886, 9, 10, true}, {66, 9, 10, true},
	{62, 10, 13, true}, {60, 9, 11, true}, {84, 10, 11, true}, {40, 10, 10, true}, {36, 8, 9, false}, {54, 10, 10, false}, {56, 9, 9, false}, {57, 10, 10, false},
}
