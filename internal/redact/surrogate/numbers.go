package surrogate

import "github.com/byoc-otel/otelcol-byoc/internal/redact/detect"

// testRanges gives the issuer numbers, six digits each, of documented test cards of the brand that digits belong to. For a
// brand with none it gives nothing: such a card keeps its first four digits, which name the brand, and gets two zeros.
func testRanges(digits []byte) string {
	number := func(n int) int {
		value := 0
		for _, c := range digits[:n] {
			value = value*10 + int(c-'0')
		}
		return value
	}
	two, three, four := number(2), number(3), number(4)
	switch {
	case two/10 == 4:
		return "400000411111424242401288"
	case two >= 51 && two <= 55:
		return "555555510510520082"
	case four >= 2221 && four <= 2720:
		return "222300"
	case two == 34 || two == 37:
		return "378282371449"
	case four == 6011 || three >= 644 && three <= 659:
		return "601111601100"
	case two == 36 || two == 38 || two == 39 || three >= 300 && three <= 305:
		return "305693385200"
	case two == 35:
		return "353011356600"
	case two == 62:
		return "620000"
	case two == 50 || two >= 56 && two <= 58 || two == 63 || two == 67:
		return "675964"
	}
	return ""
}

const (
	cardIssuer = 6  // digits of the issuer number
	cardShort  = 12 // digits of the shortest card (ISO/IEC 7812-1)
	// cardChecks leaves 7 digits of a 16-digit card to tell cards apart: with four ranges, 100,000 cards of one brand
	// give some 120 pairs of equal surrogates.
	cardChecks = 2
	// cardVariety: the digits of test cards that people know by heart repeat themselves; those of surrogates do not, so that
	// the former are never taken for the latter.
	cardVariety = 5
)

func (m *maker) layoutCard() {
	m.slots = m.slots[:0]
	for i := cardIssuer; i < len(m.text)-1; i++ {
		m.slots = append(m.slots, slot{int32(i), digit})
	}
}

func varied(digits []byte) bool {
	seen, distinct := 0, 0
	for _, c := range digits {
		if bit := 1 << (c - '0'); seen&bit == 0 {
			seen |= bit
			distinct++
		}
	}
	return distinct >= min(cardVariety, (len(digits)+1)/2)
}

func (m *maker) appendCard(dst, value []byte) []byte {
	m.canonical = appendDigits(m.canonical[:0], value)
	if len(m.canonical) < cardShort {
		return m.appendIdentifier(dst, detect.Card, value)
	}
	m.seed(string(detect.Card), m.canonical)
	m.text = append(m.text[:0], m.canonical...)
	ranges := testRanges(m.canonical)
	if len(ranges) == 0 {
		m.text[4], m.text[5] = '0', '0'
	} else {
		at := m.pick(uint64(len(ranges)/cardIssuer)) * cardIssuer
		copy(m.text, ranges[at:at+cardIssuer])
	}
	m.layoutCard()
	for {
		m.fill(familyCard, cardChecks)
		if varied(m.text[cardIssuer : len(m.text)-1]) {
			break
		}
	}
	setLuhn(0, m.text)
	return appendDressedDigits(dst, value, m.text)
}

func (m *maker) madeCard(value []byte) bool {
	m.text = appendDigits(m.text[:0], value)
	if len(m.text) < cardShort {
		return m.madeIdentifier(detect.NationalID, value)
	}
	ranges := testRanges(m.text)
	known := len(ranges) == 0 && m.text[4] == '0' && m.text[5] == '0'
	for ; len(ranges) > 0; ranges = ranges[cardIssuer:] {
		known = known || string(m.text[:cardIssuer]) == ranges[:cardIssuer]
	}
	if !known || luhn(0, m.text) != 0 || !varied(m.text[cardIssuer:len(m.text)-1]) {
		return false
	}
	m.layoutCard()
	return m.filled(familyCard, cardChecks)
}

// Social security numbers: areas 900 to 999 are never issued (SSA, POMS RM 10201.035), and with these groups they are no
// taxpayer numbers of the IRS either. One digit in ten is the check: 5.3 million surrogates.
const (
	ssnDigits = 9
	ssnGroups = 54 // 01 to 49, 66 to 69, 89
	ssnShare  = 10
	ssnLimit  = 100 * ssnGroups * 9999
)

func ssnGroup(index uint64) uint64 {
	switch {
	case index < 49:
		return index + 1
	case index < 53:
		return index - 49 + 66
	}
	return 89
}

func ssnGroupIndex(group uint64) (uint64, bool) {
	switch {
	case group >= 1 && group <= 49:
		return group - 1, true
	case group >= 66 && group <= 69:
		return group - 66 + 49, true
	}
	return 53, group == 89
}

func (m *maker) appendSSN(dst, value []byte) []byte {
	m.canonical = appendDigits(m.canonical[:0], value)
	if len(m.canonical) != ssnDigits {
		return m.appendIdentifier(dst, detect.SSN, value)
	}
	m.seed(string(detect.SSN), m.canonical)
	n := m.sample(familySSN, ssnLimit, ssnShare)
	serial, group, area := n%9999+1, ssnGroup(n/9999%ssnGroups), n/9999/ssnGroups+900
	m.text = appendPadded(m.text[:0], area*1e6+group*1e4+serial, ssnDigits)
	return appendDressedDigits(dst, value, m.text)
}

func (m *maker) madeSSN(value []byte) bool {
	m.text = appendDigits(m.text[:0], value)
	if len(m.text) != ssnDigits {
		return m.madeIdentifier(detect.NationalID, value)
	}
	n := parseDigits(m.text)
	area, serial := n/1e6, n%1e4
	group, ok := ssnGroupIndex(n / 1e4 % 100)
	return ok && area >= 900 && serial > 0 && m.passes(familySSN, ((area-900)*ssnGroups+group)*9999+serial-1, ssnShare)
}

// appendPadded appends n with leading zeros to width.
func appendPadded(dst []byte, n uint64, width int) []byte {
	start := len(dst)
	for range width {
		dst = append(dst, '0')
	}
	for i := len(dst) - 1; i >= start; i-- {
		dst[i] = '0' + byte(n%10)
		n /= 10
	}
	return dst
}

// parseDigits reads at most 19 digits.
func parseDigits(digits []byte) uint64 {
	n := uint64(0)
	for _, c := range digits {
		n = n*10 + uint64(c-'0')
	}
	return n
}

// Routing numbers: prefix 80 is that of traveller's cheques, of which none are issued any more; then 4 digits, 2 of the
// check, and the sum of weights 3, 7, 1. 10,000 surrogates; there are some 25,000 real ones in all.
const abaDigits = 9

func (m *maker) layoutABA() {
	m.slots = m.slots[:0]
	for i := 2; i < abaDigits-1; i++ {
		m.slots = append(m.slots, slot{int32(i), digit})
	}
}

func abaSum(digits []byte) int {
	weights := [3]int{3, 7, 1}
	sum := 0
	for i, c := range digits {
		sum += weights[i%3] * int(c-'0')
	}
	return sum % 10
}

func (m *maker) appendABA(dst, value []byte) []byte {
	m.canonical = appendDigits(m.canonical[:0], value)
	if len(m.canonical) != abaDigits {
		return m.appendIdentifier(dst, detect.ABA, value)
	}
	m.seed(string(detect.ABA), m.canonical)
	m.text = append(m.text[:0], "800000000"...)
	m.layoutABA()
	m.fill(familyABA, 2)
	m.text[abaDigits-1] = '0' + byte((10-abaSum(m.text))%10)
	return appendDressedDigits(dst, value, m.text)
}

func (m *maker) madeABA(value []byte) bool {
	m.text = appendDigits(m.text[:0], value)
	if len(m.text) != abaDigits {
		return m.madeIdentifier(detect.NationalID, value)
	}
	if m.text[0] != '8' || m.text[1] != '0' || abaSum(m.text) != 0 {
		return false
	}
	m.layoutABA()
	return m.filled(familyABA, 2)
}

// Provider identifiers: 2 is allowed as the first digit and has not been given out so far; then 6 digits, 2 of the check,
// and Luhn over 80840 and the number (45 CFR 162.406).
const (
	npiDigits = 10
	npiStart  = 24 // what the prefix 80840 adds to the sum
)

func (m *maker) layoutNPI() {
	m.slots = m.slots[:0]
	for i := 1; i < npiDigits-1; i++ {
		m.slots = append(m.slots, slot{int32(i), digit})
	}
}

func (m *maker) appendNPI(dst, value []byte) []byte {
	m.canonical = appendDigits(m.canonical[:0], value)
	if len(m.canonical) != npiDigits {
		return m.appendIdentifier(dst, detect.NPI, value)
	}
	m.seed(string(detect.NPI), m.canonical)
	m.text = append(m.text[:0], "2000000000"...)
	m.layoutNPI()
	m.fill(familyNPI, 2)
	setLuhn(npiStart, m.text)
	return appendDressedDigits(dst, value, m.text)
}

func (m *maker) madeNPI(value []byte) bool {
	m.text = appendDigits(m.text[:0], value)
	if len(m.text) != npiDigits {
		return m.madeIdentifier(detect.NationalID, value)
	}
	if m.text[0] != '2' || luhn(npiStart, m.text) != 0 {
		return false
	}
	m.layoutNPI()
	return m.filled(familyNPI, 2)
}

// Account numbers: country, length, classes and check digits hold; the bank's first four places say 0 or X, which no bank has.
const (
	ibanShort = 15 // characters of the shortest, Norway's
	ibanBank  = 4
)

func (m *maker) layoutIBAN() (checks int) {
	m.slots = m.slots[:0]
	m.addSlots(4 + ibanBank)
	return min(3, (len(m.slots)+1)/3)
}

// ibanRest is the number with country and check digits last, letters as 10 to 35, modulo 97 (ISO 13616).
func ibanRest(iban []byte) int {
	rest := 0
	for i := range iban {
		c := iban[(i+4)%len(iban)]
		if isDigit(c) {
			rest = (rest*10 + int(c-'0')) % 97
		} else {
			rest = (rest*100 + int(c-'A') + 10) % 97
		}
	}
	return rest
}

func (m *maker) appendIBAN(dst, value []byte) []byte {
	m.canonical = appendAlnumUpper(m.canonical[:0], value)
	if len(m.canonical) < ibanShort {
		return m.appendIdentifier(dst, detect.IBAN, value)
	}
	m.seed(string(detect.IBAN), m.canonical)
	m.text = append(m.text[:0], m.canonical...)
	for i := 4; i < 4+ibanBank; i++ {
		if isDigit(m.text[i]) {
			m.text[i] = '0'
		} else {
			m.text[i] = 'X'
		}
	}
	m.fill(familyIBAN, m.layoutIBAN())
	m.text[2], m.text[3] = '0', '0'
	check := 98 - ibanRest(m.text)
	m.text[2], m.text[3] = '0'+byte(check/10), '0'+byte(check%10)
	return appendDressed(dst, value, m.text)
}

func (m *maker) madeIBAN(value []byte) bool {
	m.text = appendAlnumUpper(m.text[:0], value)
	if len(m.text) < ibanShort {
		return m.madeIdentifier(detect.NationalID, value)
	}
	for _, c := range m.text[4 : 4+ibanBank] {
		if c != '0' && c != 'X' {
			return false
		}
	}
	return ibanRest(m.text) == 1 && m.filled(familyIBAN, m.layoutIBAN())
}
