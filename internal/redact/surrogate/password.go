package surrogate

import (
	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

func passwordLead(length int) string {
	switch {
	case length >= 20:
		return passwordPrefix
	case length >= 12:
		return passwordShort
	}
	return ""
}

// layoutPassword writes Redacted- and slots after it for a password of that many bytes.
func (m *maker) layoutPassword(lead string, length int) (checks int) {
	m.text = append(m.text[:0], lead...)
	m.slots = m.slots[:0]
	for i := len(lead); i < length; i++ {
		a := lowerOrDigit
		if i == len(lead) {
			a = digit
		}
		m.slots = append(m.slots, slot{int32(i), a})
		m.text = append(m.text, '0')
	}
	return checkPlaces(m.slots, markedShare)
}

func (m *maker) appendPassword(dst, value []byte) []byte {
	m.seed(string(detect.Password), value)
	if lead := passwordLead(len(value)); lead != "" {
		m.fill(familyPassword, m.layoutPassword(lead, len(value)))
		return append(dst, m.text...)
	}
	m.template(value)
	_, checks := m.layoutSecret(0, false)
	m.fill(familySecret, checks)
	return append(dst, m.text...)
}

func (m *maker) madePassword(value []byte) bool {
	lead := passwordLead(len(value))
	if lead == "" || string(value[:len(lead)]) != lead {
		return false
	}
	checks := m.layoutPassword(lead, len(value))
	copy(m.text[len(lead):], value[len(lead):])
	return m.filled(familyPassword, checks)
}
