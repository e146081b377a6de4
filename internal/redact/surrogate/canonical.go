package surrogate

import (
	"bytes"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// AppendCanonical appends the form of value that all its spellings share: digits of a card without separators, an email in
// lower case, a phone number's digits, an IBAN without blanks in capitals, an address as net/netip writes it, names and
// addresses without case, blanks and punctuation. Secrets are taken exactly. It is what surrogates are made from.
func AppendCanonical(dst []byte, kind detect.Type, value []byte) []byte {
	switch kind {
	case detect.Email:
		for _, c := range bytes.TrimSpace(value) {
			dst = append(dst, lowerByte(c))
		}
		return dst
	case detect.Card, detect.SSN, detect.ITIN, detect.ABA, detect.NPI:
		return appendDigits(dst, value)
	case detect.Phone:
		var m maker
		return m.appendPhoneCanonical(dst, m.parsePhone(value))
	case detect.IPv4, detect.IPv6:
		_, address, _ := splitAddress(value)
		if parsed, _, ok := parseAddress(address); ok {
			return parsed.AppendTo(dst)
		}
	case detect.BirthDate:
		if d, ok := parseDate(value); ok {
			return d.appendTo(dst)
		}
	case detect.GPS:
		for _, c := range value {
			if c != ' ' {
				dst = append(dst, c)
			}
		}
		return dst
	case detect.PersonName, detect.Address:
		blank := false
		for _, c := range bytes.TrimSpace(value) {
			if !isAlnum(c) && c < 0x80 {
				blank = true
				continue
			}
			if blank {
				dst, blank = append(dst, ' '), false
			}
			dst = append(dst, lowerByte(c))
		}
		return dst
	case detect.IBAN, detect.MAC, detect.NationalID, detect.TaxID, detect.Passport, detect.DriverLicense, detect.BankAccount,
		detect.MedicalRecord, detect.HealthID, detect.CardCode, detect.PostalCode, detect.DeviceID:
		return appendAlnumUpper(dst, value)
	}
	return append(dst, value...)
}
