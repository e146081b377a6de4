package surrogate

import (
	"bytes"
)

// UUIDs: version and variant stay; 20 hex digits of the value, 10 of the check.

const (
	uuidLength  = 36
	uuidVersion = 14
	uuidVariant = 19
	uuidChecks  = 10
)

func uuidShaped(value []byte) bool {
	if len(value) != uuidLength {
		return false
	}
	for i, c := range value {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (c == '-') || !dash && !isHexLower(lowerByte(c)) {
			return false
		}
	}
	return true
}

func (m *maker) layoutUUID(value []byte) {
	m.text = m.text[:0]
	m.slots = m.slots[:0]
	for i, c := range value {
		m.text = append(m.text, lowerByte(c))
		if c != '-' && i != uuidVersion && i != uuidVariant {
			m.slots = append(m.slots, slot{int32(i), hexLower})
		}
	}
}

func (m *maker) appendUUID(dst, value []byte) []byte {
	m.layoutUUID(value)
	m.seed("uuid", m.text)
	m.fill(familyUUID, uuidChecks)
	if bytes.ContainsAny(value, "ABCDEF") {
		for i := range m.text {
			m.text[i] = upperByte(m.text[i])
		}
	}
	return append(dst, m.text...)
}

func (m *maker) madeUUID(value []byte) bool {
	if !uuidShaped(value) {
		return false
	}
	m.layoutUUID(value)
	return m.filled(familyUUID, uuidChecks)
}
