package surrogate

import (
	"bytes"
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// Phone numbers.
//
// North America keeps 555-0100 to 555-0199 for fiction in every area code: of 139 less used area codes and a check of 4
// bits come some 860 surrogates, so that two numbers share one with odds 1 in 860, and one in 16 of the numbers for
// fiction in these area codes (of the well-known codes, none) is taken for a surrogate and stays. The United Kingdom keeps 7700 900000 to 900999 for mobile
// and 16 ranges of 1,000 for other numbers (Ofcom); a check of 3 bits. In other countries no subscriber number begins
// with two zeros: the rest is keyed, 3 digits of it (2 of short numbers) the check.
const (
	phoneShare   = 16
	phoneShareUK = 8
	phoneLines   = 100
	phoneShort   = 7 // digits of the shortest number that is not taken for an identifier
	phoneLong    = 15
)

// phoneAreas are area codes of Canada, the islands, and new overlays of the United States.
const phoneAreas = "204226236249250263289306340341343354363364365367368382403413416418428431437438445447448450458463464468474475506514519531534539548557564" +
	"572579581582584587604613626628639640645647656658659667669670671672680681682683689705709726730731737742743747753762763765769771778779780" +
	"782784785787807809819820825826828829835838839840843848849850854859863864867872873876878879902905930934938939942943945947948959971978979" +
	"980984986989"

// phoneRangesUK are the numbers for fiction besides mobile ones, without their last three digits.
const phoneRangesUK = "2079460 1134960 1144960 1164960 1174960 1184960 1214960 1314960 1414960 1514960 1614960 1914980 2896496 2920180 3069990 8081570"

// phone is a phone number taken apart.
type phone struct {
	country  []byte // digits of the country code as written, nil without one
	number   []byte // digits after the country code
	main     int    // bytes of the value before an extension
	national bool   // written with a trunk zero
}

// parse takes value apart; the digits lie in m.canonical.
func (m *maker) parsePhone(value []byte) phone {
	p := phone{main: len(value)}
	m.canonical = m.canonical[:0]
	plus := false
	for i, c := range value {
		switch {
		case isDigit(c):
			m.canonical = append(m.canonical, c)
		case c == '+' && len(m.canonical) == 0:
			plus = true
		case (isAlnum(c) || c == '#' || c == ';' || c == ',') && len(m.canonical) >= phoneShort:
			p.main = i
		}
		if p.main < len(value) {
			break
		}
	}
	digits := m.canonical
	switch {
	case plus:
		n := countryDigits(digits)
		p.country, p.number = digits[:n], digits[n:]
	case bytes.HasPrefix(digits, []byte("00")) && len(digits) > 9 && digits[2] != '0':
		n := 2 + countryDigits(digits[2:])
		p.country, p.number = digits[:n], digits[n:]
	case bytes.HasPrefix(digits, []byte("011")) && len(digits) > 11:
		n := 3 + countryDigits(digits[3:])
		p.country, p.number = digits[:n], digits[n:]
	case len(digits) == 10 && digits[0] >= '2':
		p.number = digits
	case len(digits) == 11 && digits[0] == '1':
		p.country, p.number = digits[:1], digits[1:]
	case len(digits) > 10 && digits[0] != '0':
		n := countryDigits(digits)
		p.country, p.number = digits[:n], digits[n:]
	default:
		p.number = digits
		p.national = len(digits) > 0 && digits[0] == '0'
	}
	return p
}

// code is the country code alone, without what dials abroad.
func (p phone) code() []byte {
	if bytes.HasPrefix(p.country, []byte("00")) {
		return p.country[2:]
	}
	if bytes.HasPrefix(p.country, []byte("011")) {
		return p.country[3:]
	}
	return p.country
}

func (p phone) northAmerican() bool {
	code := p.code()
	return len(p.number) == 10 && p.number[0] >= '2' && (len(code) == 0 || len(code) == 1 && code[0] == '1')
}

func (p phone) british() bool { return string(p.code()) == "44" && len(p.number) == 10 }

// countryDigits is how many of the first digits are the country code (ITU-T E.164).
func countryDigits(digits []byte) int {
	if len(digits) < 3 {
		return 0
	}
	if digits[0] == '1' || digits[0] == '7' {
		return 1
	}
	const two = " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 "
	for i := 1; i < len(two)-2; i += 3 {
		if two[i] == digits[0] && two[i+1] == digits[1] {
			return 2
		}
	}
	return 3
}

// appendPhoneCanonical appends the digits of E.164, without an extension; numbers of ten digits that can be North
// American are. National forms of other countries stand for themselves.
func (m *maker) appendPhoneCanonical(dst []byte, p phone) []byte {
	code := p.code()
	if len(code) == 0 && p.northAmerican() {
		dst = append(dst, '1')
	}
	return append(append(dst, code...), p.number...)
}

// phoneShaped says whether what parsePhone has just taken apart has as many digits as a number has.
func (m *maker) phoneShaped(p phone) bool {
	return len(p.number) >= phoneShort-1 && len(m.canonical) <= 2*phoneLong
}

func (m *maker) appendPhone(dst, value []byte) []byte {
	p := m.parsePhone(value)
	if !m.phoneShaped(p) {
		return m.appendMalformed(dst, detect.Phone, value, func(m *maker, text []byte) bool { return m.phoneShaped(m.parsePhone(text)) })
	}
	m.spare = m.appendPhoneCanonical(m.spare[:0], p)
	m.seed(string(detect.Phone), m.spare)
	m.text = m.text[:0]
	switch {
	case p.northAmerican():
		n := m.sample(familyPhone, uint64(len(phoneAreas)/3)*phoneLines, phoneShare)
		area := n / phoneLines * 3
		m.text = append(append(m.text, phoneAreas[area:area+3]...), "55501"...)
		m.text = appendPadded(m.text, n%phoneLines, 2)
	case p.british() && p.number[0] == '7':
		m.text = append(m.text, "7700900"...)
		m.text = appendPadded(m.text, m.sample(familyPhone, 1000, phoneShareUK), 3)
	case p.british():
		n := m.sample(familyPhone, 16*1000, phoneShareUK)
		m.text = append(m.text, phoneRangesUK[n/1000*8:n/1000*8+7]...)
		m.text = appendPadded(m.text, n%1000, 3)
	default:
		m.text = append(m.text, p.number...)
		m.fill(familyPhone, m.layoutPhone(p))
	}
	dst = appendDressedDigits(dst, value[:p.main], m.spliced(p))
	for _, c := range value[p.main:] { // the extension
		if isDigit(c) {
			c = '1' + byte(m.uint16()%9)
		}
		dst = append(dst, c)
	}
	return dst
}

// spliced gives the country code as written and the number of m.text.
func (m *maker) spliced(p phone) []byte {
	m.spare = append(append(m.spare[:0], p.country...), m.text...)
	return m.spare
}

// layoutPhone writes the leading digits that no subscriber has into m.text: two zeros, three where the first is the trunk's
// own, and 10 where a zero would not do because the digits may be a JSON number.
func (m *maker) layoutPhone(p phone) (checks int) {
	lead := "00"
	switch {
	case p.national:
		lead = "000"
	case len(p.country) == 0:
		lead = "10"
	case len(m.text) < 9:
		lead = "0"
	}
	copy(m.text, lead)
	m.slots = m.slots[:0]
	for i := len(lead); i < len(m.text); i++ {
		m.slots = append(m.slots, slot{int32(i), digit})
	}
	if len(m.slots) < 7 {
		return 2
	}
	return 3
}

func (m *maker) madePhone(value []byte) bool {
	p := m.parsePhone(value)
	if !m.phoneShaped(p) {
		return m.madeIdentifier(detect.NationalID, value)
	}
	number := p.number
	switch {
	case p.northAmerican():
		area := areaIndex(number[:3])
		return area >= 0 && string(number[3:8]) == "55501" && m.passes(familyPhone, uint64(area)*phoneLines+parseDigits(number[8:]), phoneShare)
	case p.british() && number[0] == '7':
		return string(number[:7]) == "7700900" && m.passes(familyPhone, parseDigits(number[7:]), phoneShareUK)
	case p.british():
		at := strings.Index(phoneRangesUK, string(number[:7]))
		return at >= 0 && at%8 == 0 && m.passes(familyPhone, uint64(at/8)*1000+parseDigits(number[7:]), phoneShareUK)
	}
	m.text = append(m.text[:0], number...)
	checks := m.layoutPhone(p)
	return bytes.Equal(m.text, number) && m.filled(familyPhone, checks)
}

func areaIndex(area []byte) int {
	for i := 0; i < len(phoneAreas); i += 3 {
		if phoneAreas[i] == area[0] && phoneAreas[i+1] == area[1] && phoneAreas[i+2] == area[2] {
			return i / 3
		}
	}
	return -1
}
