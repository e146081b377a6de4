package personal

import "github.com/byoc-otel/otelcol-byoc/internal/redact/detect"

// maxIBAN is the most letters and digits an IBAN has (ISO 13616).
const maxIBAN = 34

// ibanLengths are the lengths of the registry of ISO 13616 and of the countries that use the form without being in it.
var ibanLengths = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29, "BY": 28, "CH": 21,
	"CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "DZ": 26, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18,
	"FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23,
	"IQ": 23, "IR": 26, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
	"LY": 25, "MA": 28, "MC": 27, "MD": 24, "ME": 22, "MG": 27, "MK": 19, "ML": 28, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "MZ": 25,
	"NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24,
	"SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SN": 28, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26,
	"UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30, "AO": 25, "BF": 28, "BJ": 28, "CG": 27, "CI": 28, "CM": 27, "CV": 25, "GA": 27,
	"GQ": 27, "GW": 25, "KM": 27, "NE": 28, "TD": 27, "TG": 28,
}

// iban looks for an account number at the token start: two letters, two digits, then the country's number of letters
// and digits, alone or in groups with one separator. It returns its end, 0 when there is none.
func (s *scan) iban(start int) int {
	text := s.text
	if len(text)-start < 15 || !isLetter(text[start]) || !isLetter(text[start+1]) || !isDigit(text[start+2]) || !isDigit(text[start+3]) {
		return 0
	}
	country := [2]byte{upper(text[start]), upper(text[start+1])}
	want, ok := ibanLengths[string(country[:])]
	if !ok {
		return 0
	}
	var compact [maxIBAN]byte
	n, i := 0, start
	separator := byte(0)
	for i < len(text) && n < want {
		c := text[i]
		switch {
		case isLetter(c) || isDigit(c):
			compact[n] = upper(c)
			n++
		case c == ' ' || c == '-' || c == '.':
			if separator == 0 {
				separator = c
			}
			if c != separator || n < 4 || i+1 >= len(text) || !isLetter(text[i+1]) && !isDigit(text[i+1]) {
				return 0
			}
		default:
			return 0
		}
		i++
	}
	if n < want || i < len(text) && isWord(text[i]) {
		return 0
	}
	if separator != 0 && i+1 < len(text) && text[i] == separator && separator != ' ' && isDigit(text[i+1]) {
		return 0
	}
	if mod97(compact[4:n], compact[:4]) != 1 {
		return 0
	}
	confidence := 0.97
	if isUpper(text[start]) != isUpper(text[start+1]) {
		confidence = 0.6
	}
	if s.hints.Class&detect.NameIBAN != 0 {
		confidence = 0.99
	}
	s.add(ruleIBAN, start, i, confidence)
	return i
}

// mod97 is the remainder by 97 of the parts together, letters counting as 10 to 35 (ISO 7064).
func mod97(parts ...[]byte) int {
	r := 0
	for _, part := range parts {
		for _, c := range part {
			if isDigit(c) {
				r = (r*10 + int(c-'0')) % 97
			} else {
				r = (r*100 + int(c-'A') + 10) % 97
			}
		}
	}
	return r
}
