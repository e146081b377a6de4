package personal

import "github.com/byoc-otel/otelcol-byoc/internal/redact/detect"

// maxIBAN is the most letters and digits an IBAN has (ISO 13616).
const maxIBAN = 34

// ibanForms are what follows the check digits in each country: n digits, a letters, c either. From the registry of ISO
// 13616, and lengths alone of countries that use the form without being in it.
var ibanForms = map[string]string{
	"AD": "8n12c", "AE": "19n", "AL": "8n16c", "AO": "21c", "AT": "16n", "AZ": "4a20c", "BA": "16n", "BE": "12n",
	"BF": "24c", "BG": "4a6n8c", "BH": "4a14c", "BI": "23n", "BJ": "24c", "BR": "23n1a1c", "BY": "4c4n16c", "CG": "23c",
	"CH": "5n12c", "CI": "24c", "CM": "23c", "CR": "18n", "CV": "21c", "CY": "8n16c", "CZ": "20n", "DE": "18n",
	"DJ": "23n", "DK": "14n", "DO": "4c20n", "DZ": "22c", "EE": "16n", "EG": "25n", "ES": "20n", "FI": "14n",
	"FK": "2a12n", "FO": "14n", "FR": "10n11c2n", "GA": "23c", "GB": "4a14n", "GE": "2a16n", "GI": "4a15c", "GL": "14n",
	"GQ": "23c", "GR": "7n16c", "GT": "24c", "GW": "21c", "HN": "24c", "HR": "17n", "HU": "24n", "IE": "4a14n",
	"IL": "19n", "IQ": "4a15n", "IR": "22c", "IS": "22n", "IT": "1a10n12c", "JO": "4a4n18c", "KM": "23c", "KW": "4a22c",
	"KZ": "3n13c", "LB": "4n20c", "LC": "4a24c", "LI": "5n12c", "LT": "16n", "LU": "3n13c", "LV": "4a13c", "LY": "21n",
	"MA": "24c", "MC": "10n11c2n", "MD": "20c", "ME": "18n", "MG": "23c", "MK": "3n10c2n", "ML": "24c", "MN": "16n",
	"MR": "23n", "MT": "4a5n18c", "MU": "4a19n3a", "MZ": "21c", "NE": "24c", "NI": "4a20n", "NL": "4a10n", "NO": "11n",
	"OM": "3n16c", "PK": "4a16c", "PL": "24n", "PS": "4a21c", "PT": "21n", "QA": "4a21c", "RO": "4a16c", "RS": "18n",
	"RU": "14n15c", "SA": "2n18c", "SC": "4a20n3a", "SD": "14n", "SE": "20n", "SI": "15n", "SK": "20n",
	"SM": "1a10n12c", "SN": "24c", "SO": "19n", "ST": "21n", "SV": "4a20n", "TD": "23c", "TG": "24c", "TL": "19n",
	"TN": "20n", "TR": "6n16c", "UA": "6n19c", "VA": "18n", "VG": "4a16n", "XK": "16n", "YE": "4a4n18c",
}

// ibanLengths are the lengths of whole numbers, by the two letters of the country; 0 for no country.
var ibanLengths = func() (lengths [26 * 26]uint8) {
	for country, form := range ibanForms {
		n, length := 0, 4
		for i := range len(form) {
			if isDigit(form[i]) {
				n = n*10 + int(form[i]-'0')
			} else {
				length, n = length+n, 0
			}
		}
		lengths[int(country[0]-'A')*26+int(country[1]-'A')] = uint8(length)
	}
	return lengths
}()

// ibanForm says whether number, in upper case, has letters and digits where its country has them.
func ibanForm(number []byte) bool {
	form := ibanForms[string(number[:2])]
	at, n := 4, 0
	for i := range len(form) {
		if isDigit(form[i]) {
			n = n*10 + int(form[i]-'0')
			continue
		}
		for ; n > 0; n, at = n-1, at+1 {
			if form[i] == 'n' && !isDigit(number[at]) || form[i] == 'a' && !isLetter(number[at]) {
				return false
			}
		}
	}
	return true
}

// iban looks for an account number at the token start: two letters, two digits, then the country's number of letters
// and digits, alone or in groups with one separator. It returns its end, 0 when there is none.
func (s *scan) iban(start int) int {
	text := s.text
	if len(text)-start < 15 || !isLetter(text[start]) || !isLetter(text[start+1]) || !isDigit(text[start+2]) || !isDigit(text[start+3]) {
		return 0
	}
	want := int(ibanLengths[int(upper(text[start])-'A')*26+int(upper(text[start+1])-'A')])
	if want == 0 {
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
	if mod97(compact[4:n], compact[:4]) != 1 || !ibanForm(compact[:n]) {
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
