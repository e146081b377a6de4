package surrogate

import (
	"bytes"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// classes is what kinds of characters a secret has.
type classes struct{ digits, lowers, uppers, beyondHex bool }

func (c *classes) add(b byte) {
	switch {
	case isDigit(b):
		c.digits = true
	case isLower(b):
		c.lowers = true
		c.beyondHex = c.beyondHex || b > 'f'
	case isUpper(b):
		c.uppers = true
		c.beyondHex = c.beyondHex || b > 'F'
	}
}

func (c classes) hex() bool { return c.digits && !c.beyondHex && c.lowers != c.uppers }

// alphabet is what every place of a long secret is filled from.
func (c classes) alphabet() alphabet {
	switch {
	case c.hex() && c.lowers:
		return hexLower
	case c.hex():
		return hexUpper
	case c.digits && c.lowers && c.uppers:
		return letterOrDigit
	case c.digits && c.lowers:
		return lowerOrDigit
	case c.digits && c.uppers:
		return upperOrDigit
	case c.lowers && c.uppers:
		return letter
	case c.lowers:
		return lower
	case c.uppers:
		return upper
	}
	return digit
}

const (
	// longSecret: from so many letters and digits on a secret's places are filled from all the characters it uses; a
	// shorter one keeps the pattern of digits, small and capital letters.
	longSecret = 12
	// markedSecret is how many letters and digits leave room for the word Redacted.
	markedSecret = 16
	markerWord   = "Redacted"
	// passwordPrefix begins surrogates of passwords of 20 bytes and more, passwordShort of 12 and more.
	passwordPrefix = "Redacted-"
	passwordShort  = "Red-"
)

// kept says whether c stays where it is in a secret: what separates its parts. Other punctuation is replaced.
func kept(c byte) bool {
	switch c {
	case '-', '_', '.', ':', '/', '=', '+', ' ', '\t', '\r', '\n', '@', ',', ';', '|', '&', '?', '#', '%':
		return true
	}
	return c < ' '
}

// template writes value to m.text with one letter for every character that is not ASCII.
func (m *maker) template(value []byte) {
	m.text = m.text[:0]
	for i := 0; i < len(value); {
		size := runeLength(value[i:])
		if size == 1 && value[i] < 0x80 {
			m.text = append(m.text, value[i])
		} else {
			m.text = append(m.text, 'x')
		}
		i += size
	}
}

// layoutSecret makes slots of m.text from place keep on. marked writes the word Redacted where there is room for it,
// and says whether it did.
func (m *maker) layoutSecret(keep int, marked bool) (didMark bool, checks int) {
	var c classes
	count := 0
	end := len(m.text)
	if padding := bytes.TrimRight(m.text, "="); len(padding) < end && len(padding) > keep+longSecret {
		end = len(padding) - 1 // the last character before '=' must not have bits too many
		m.text[end] = 'A'
	}
	for _, b := range m.text[keep:end] {
		c.add(b)
		if isAlnum(b) {
			count++
		}
	}
	m.slots = m.slots[:0]
	from := keep
	if marked && count >= markedSecret && (c.lowers || c.uppers) && !c.hex() {
		if at := alnumRun(m.text[:end], keep, len(markerWord)); at >= 0 {
			didMark = true
			for i := range markerWord {
				switch {
				case !c.lowers:
					m.text[at+i] = upperByte(markerWord[i])
				case !c.uppers:
					m.text[at+i] = lowerByte(markerWord[i])
				default:
					m.text[at+i] = markerWord[i]
				}
			}
			m.addSecretSlots(keep, at, c, count)
			from = at + len(markerWord)
		}
	}
	m.addSecretSlots(from, end, c, count)
	if count >= longSecret {
		m.forceClasses(c, didMark)
	}
	if len(m.slots) == 0 { // nothing but separators: all of them go
		for i := range m.text[keep:] {
			m.text[keep+i] = 'x'
		}
		m.addSlots(keep)
	}
	if keep == 0 {
		m.keepNumber()
	}
	if didMark {
		return true, checkPlaces(m.slots, markedShare)
	}
	return false, checkPlaces(m.slots, plainShare)
}

func (m *maker) addSecretSlots(from, to int, c classes, count int) {
	all := c.alphabet()
	for i := from; i < to; i++ {
		own, alnum := classOf(m.text[i])
		switch {
		case alnum && count >= longSecret:
			m.slots = append(m.slots, slot{int32(i), all})
		case alnum:
			m.slots = append(m.slots, slot{int32(i), own})
		case !kept(m.text[i]):
			m.slots = append(m.slots, slot{int32(i), mark})
		}
	}
}

// forceClasses fills the first places with one character of each kind the secret has, so that its surrogate has the same
// kinds, and so the same layout.
func (m *maker) forceClasses(c classes, didMark bool) {
	i := 0
	force := func(wanted bool, a alphabet) {
		for wanted && i < len(m.slots) && m.slots[i].alphabet == mark {
			i++
		}
		if wanted && i < len(m.slots) {
			m.slots[i].alphabet = a
			i++
		}
	}
	force(c.hex() && c.lowers, hexLetterLower)
	force(c.hex() && c.uppers, hexLetterUpper)
	force(!c.hex() && c.lowers && !didMark, lowerNotHex)
	force(!c.hex() && c.uppers && !didMark, upperNotHex)
	force(c.digits, digit)
}

// alnumRun finds the first n letters and digits in a row.
func alnumRun(text []byte, from, n int) int {
	run := 0
	for i := from; i < len(text); i++ {
		if !isAlnum(text[i]) {
			run = 0
			continue
		}
		if run++; run == n {
			return i - n + 1
		}
	}
	return -1
}

// secretDomain is under what a secret's kind is hashed. A session id found as a cookie and as a member of a body is one
// value, whatever the two places make of it.
func secretDomain(kind detect.Type) string {
	switch kind {
	case detect.Password, detect.URLPassword:
		return string(detect.Password)
	case detect.CryptoAddress, detect.Custom:
		return string(kind)
	}
	return string(detect.Secret)
}

func (m *maker) appendSecret(dst []byte, kind detect.Type, value []byte) []byte {
	switch {
	case kind == detect.PrivateKey && armoured(value):
		return m.appendPEM(dst, value)
	case kind == detect.BasicAuth || kind == detect.BearerToken:
		if scheme := schemeLength(value); scheme > 0 {
			return m.appendSecret(append(dst, value[:scheme]...), kind, value[scheme:])
		}
		if kind == detect.BasicAuth {
			if out, ok := m.appendBasic(dst, value); ok {
				return out
			}
		}
	}
	switch {
	case kind == detect.Password || kind == detect.URLPassword:
		return m.appendPassword(dst, value)
	case tokenShaped(value):
		if out, ok := m.appendJWT(dst, value); ok {
			return out
		}
	case uuidShaped(value):
		return m.appendUUID(dst, value)
	}
	keep := 0
	if kind == detect.ProviderKey {
		keep = providerPrefix(value)
	}
	m.seed(secretDomain(kind), value)
	m.template(value)
	marked, checks := m.layoutSecret(keep, kind == detect.ProviderKey)
	family := familySecret
	if marked {
		family = familyMarked
	}
	m.fill(family, checks)
	return append(dst, m.text...)
}

func (m *maker) madeSecret(kind detect.Type, value []byte) bool {
	if scheme := schemeLength(value); scheme > 0 {
		value = value[scheme:]
	}
	switch {
	case tokenShaped(value):
		if made, jwt := m.madeJWT(value); jwt {
			return made
		}
	case uuidShaped(value):
		return m.madeUUID(value)
	case armoured(value):
		return m.madePEM(value)
	case m.madeEmail(value), m.madePassword(value), kind == detect.BasicAuth && m.madeBasic(value):
		return true
	}
	if m.template(value); len(m.text) != len(value) {
		return false
	}
	if hasMarker(m.text) {
		if marked, checks := m.layoutSecret(providerPrefix(value), true); marked && bytes.Equal(m.text, value) && m.filled(familyMarked, checks) {
			return true
		}
		m.template(value)
	}
	if m.madePlain(value, 0) {
		return true
	}
	keep := providerPrefix(value)
	if kind != detect.ProviderKey || keep == 0 {
		return false
	}
	m.template(value)
	return m.madePlain(value, keep)
}

func hasMarker(text []byte) bool {
	return bytes.Contains(text, []byte(markerWord)) || bytes.Contains(text, []byte("REDACTED")) || bytes.Contains(text, []byte("redacted"))
}

func (m *maker) madePlain(value []byte, keep int) bool {
	_, checks := m.layoutSecret(keep, false)
	return bytes.Equal(m.text, value) && m.filled(familySecret, checks)
}

// providerPrefix is how much of a key names its provider: up to the first '_' or '-', the host of an address, or four bytes.
func providerPrefix(value []byte) int {
	const longest, plain = 12, 4
	if i := bytes.Index(value, []byte("://")); i > 0 && i < longest {
		if j := bytes.IndexByte(value[i+3:], '/'); j >= 0 {
			return i + 3 + j + 1
		}
	}
	if i := bytes.IndexAny(value[:min(len(value), longest)], "_-"); i > 0 && len(value) > i+1+plain {
		return i + 1
	}
	if len(value) < markedSecret {
		return 0
	}
	return plain
}

// schemeLength is how long the scheme of an Authorization header is, with its blanks; 0 for none.
func schemeLength(value []byte) int {
	i := bytes.IndexByte(value, ' ')
	if i <= 0 {
		return 0
	}
	for _, scheme := range [...]string{"basic", "bearer", "token", "apikey", "jwt", "dpop", "negotiate"} {
		if len(scheme) == i && bytes.EqualFold(value[:i], []byte(scheme)) {
			for i < len(value) && value[i] == ' ' {
				i++
			}
			return i % len(value) // 0 when nothing follows
		}
	}
	return 0
}
