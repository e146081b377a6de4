package surrogate

import (
	"bytes"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

const armour = "-----"

func armoured(value []byte) bool { return bytes.Contains(value, []byte(armour+"BEGIN ")) }

// layoutPEM makes a slot of every base64 character between the armour lines (RFC 7468), whether line ends are written as such or
// as \n, and lines as long as they were. Header lines (RFC 1421) stay.
func (m *maker) layoutPEM(value []byte) (checks int) {
	m.text = append(m.text[:0], value...)
	m.slots = m.slots[:0]
	for i := 0; i < len(value); {
		rest := value[i:]
		switch c := value[i]; {
		case bytes.HasPrefix(rest, []byte(armour+"BEGIN ")) || bytes.HasPrefix(rest, []byte(armour+"END ")):
			end := bytes.Index(rest[len(armour):], []byte(armour))
			if end < 0 {
				return checkPlaces(m.slots, plainShare)
			}
			i += end + 2*len(armour)
		case c == '\\' && i+1 < len(value) && (value[i+1] == 'n' || value[i+1] == 'r'):
			i += 2
		case isAlnum(c) || c == '+' || c == '/':
			end := i
			for end < len(value) && (isAlnum(value[end]) || value[end] == '+' || value[end] == '/' || value[end] == '-' && !bytes.HasPrefix(value[end:], []byte(armour))) {
				end++
			}
			if end < len(value) && value[end] == ':' {
				for end < len(value) && value[end] != '\n' && value[end] != '\\' {
					end++
				}
				i = end
				continue
			}
			if end < len(value) && value[end] == '=' {
				m.text[end-1] = 'A' // no bits too many before the padding
			}
			for ; i < end; i++ {
				if m.text[i] != '-' && (i < end-1 || end == len(value) || value[end] != '=') {
					m.slots = append(m.slots, slot{int32(i), base64Char})
				}
			}
		default:
			i++
		}
	}
	return checkPlaces(m.slots, plainShare)
}

func (m *maker) appendPEM(dst, value []byte) []byte {
	checks := m.layoutPEM(value)
	if len(m.slots) == 0 { // armour without a key
		return append(dst, value...)
	}
	m.seed(string(detect.PrivateKey), value)
	m.fill(familyPEM, checks)
	return append(dst, m.text...)
}

func (m *maker) madePEM(value []byte) bool {
	checks := m.layoutPEM(value)
	return bytes.Equal(m.text, value) && m.filled(familyPEM, checks)
}
