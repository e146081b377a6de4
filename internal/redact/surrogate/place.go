package surrogate

import "github.com/byoc-otel/otelcol-byoc/internal/redact/detect"

// Coordinates: signs, separators and the number of decimals stay; whole degrees become 10 to 79, which is a latitude and
// a longitude, whichever it was.

// layoutGPS writes value to m.text with two digits for every whole number.
func (m *maker) layoutGPS(value []byte) (checks int) {
	m.text = m.text[:0]
	m.slots = m.slots[:0]
	for i := 0; i < len(value); i++ {
		c := value[i]
		if !isDigit(c) {
			m.text = append(m.text, c)
			continue
		}
		if i > 0 && value[i-1] == '.' {
			for ; i < len(value) && isDigit(value[i]); i++ {
				m.slots = append(m.slots, slot{int32(len(m.text)), digit})
				m.text = append(m.text, value[i])
			}
		} else {
			start := i
			for i < len(value) && isDigit(value[i]) {
				i++
			}
			m.slots = append(m.slots, slot{int32(len(m.text)), tens}, slot{int32(len(m.text)) + 1, digit})
			if i-start == 2 {
				m.text = append(m.text, value[start:i]...)
			} else {
				m.text = append(m.text, '0', '0')
			}
		}
		i--
	}
	return checkPlaces(m.slots, plainShare)
}

func (m *maker) appendGPS(dst, value []byte) []byte {
	checks := m.layoutGPS(value)
	if len(m.slots) == 0 {
		return m.appendIdentifier(dst, detect.GPS, value)
	}
	m.canonical = AppendCanonical(m.canonical[:0], detect.GPS, value)
	m.seed(string(detect.GPS), m.canonical)
	m.fill(familyGPS, checks)
	return append(dst, m.text...)
}

func (m *maker) madeGPS(value []byte) bool {
	checks := m.layoutGPS(value)
	if len(m.slots) == 0 {
		return m.madeIdentifier(detect.GPS, value)
	}
	if len(m.text) != len(value) {
		return false
	}
	for _, s := range m.slots {
		if c := m.text[s.place]; s.alphabet == tens && (c < '1' || c > '7') {
			return false
		}
	}
	return m.filled(familyGPS, checks)
}
