package surrogate

import "github.com/byoc-otel/otelcol-byoc/internal/redact/detect"

// The families of checks: a surrogate of one is never taken for one of another.
const (
	familyEmail byte = 1 + iota
	familyCard
	familySSN
	familyPhone
	familyIBAN
	familyABA
	familyNPI
	familyIPv4
	familyIPv6
	familyMAC
	familyGPS
	familyDate
	familyWord
	familyIdentifier
	familyUUID
	familySecret
	familyMarked
	familyPassword
	familyPEM
	familyJWT
	familyRecent
)

const (
	emailPrefix = "user-"
	emailSuffix = "@example.com"
	emailID     = 16 // base-32 characters: 50 bits of the value, 30 of the check
	emailChecks = 6
)

func (m *maker) layoutEmail() {
	m.slots = m.slots[:0]
	for i := range emailID {
		m.slots = append(m.slots, slot{int32(len(emailPrefix) + i), base32Char})
	}
}

func (m *maker) appendEmail(dst, value []byte) []byte {
	m.canonical = AppendCanonical(m.canonical[:0], detect.Email, value)
	m.seed(string(detect.Email), m.canonical)
	m.text = append(append(m.text[:0], emailPrefix+"0123456789abcdef"...), emailSuffix...)
	m.layoutEmail()
	m.fill(familyEmail, emailChecks)
	return append(dst, m.text...)
}

func (m *maker) madeEmail(value []byte) bool {
	if len(value) != len(emailPrefix)+emailID+len(emailSuffix) {
		return false
	}
	m.text = m.text[:0]
	for _, c := range value {
		m.text = append(m.text, lowerByte(c))
	}
	if string(m.text[:len(emailPrefix)]) != emailPrefix || string(m.text[len(emailPrefix)+emailID:]) != emailSuffix {
		return false
	}
	m.layoutEmail()
	return m.filled(familyEmail, emailChecks)
}

// Identifiers: every digit becomes a digit, every letter a letter; case and what stands between them stay, and count for nothing.

func (m *maker) layoutIdentifier(value []byte) (checks int) {
	m.text = appendAlnumUpper(m.text[:0], value)
	m.slots = m.slots[:0]
	m.addSlots(0)
	m.keepNumber()
	return checkPlaces(m.slots, plainShare)
}

func (m *maker) appendIdentifier(dst []byte, kind detect.Type, value []byte) []byte {
	checks := m.layoutIdentifier(value)
	if len(m.slots) == 0 {
		return m.appendSecret(dst, kind, value)
	}
	m.seed(string(kind), m.text)
	m.fill(familyIdentifier, checks)
	return appendDressed(dst, value, m.text)
}

func (m *maker) madeIdentifier(kind detect.Type, value []byte) bool {
	checks := m.layoutIdentifier(value)
	if len(m.slots) == 0 {
		return m.madeSecret(kind, value)
	}
	return m.text[0] != '0' && m.filled(familyIdentifier, checks)
}

// malformedTries bounds the search for a surrogate that is malformed as well: about half of them are, if any is.
const malformedTries = 64

// appendMalformed gives a value that has not the form of its kind an identifier's surrogate that has not either, so
// that it is looked at in the same way when it comes again.
func (m *maker) appendMalformed(dst []byte, kind detect.Type, value []byte, wellFormed func(m *maker, value []byte) bool) []byte {
	checks := m.layoutIdentifier(value)
	if len(m.slots) == 0 {
		return m.appendSecret(dst, kind, value)
	}
	m.seed(string(kind), m.text)
	start := len(dst)
	for range malformedTries {
		m.fill(familyIdentifier, checks)
		dst = appendDressed(dst[:start], value, m.text)
		if !wellFormed(m, dst[start:]) {
			break
		}
	}
	return dst
}
