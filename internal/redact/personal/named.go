package personal

import (
	"bytes"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// namedClasses are the classes of names under which a value counts that has no form of its own.
const namedClasses = detect.NameEmail | detect.NamePhone | detect.NameCard | detect.NameCardCode | detect.NameSSN | detect.NameNationalID |
	detect.NameTaxID | detect.NamePassport | detect.NameLicense | detect.NameIBAN | detect.NameRouting | detect.NameAccount | detect.NameNPI |
	detect.NameMRN | detect.NameHealth | detect.NameMAC | detect.NameDevice | detect.NameLatitude | detect.NameLongitude | detect.NameBirth |
	detect.NamePerson | detect.NameAddress | detect.NameCity | detect.NamePostal

// byName reports the text as a whole where its name says what it is and its form does not speak against it.
func (s *scan) byName() {
	start, end := 0, len(s.text)
	for start < end && isSpace(s.text[start]) {
		start++
	}
	for end > start && isSpace(s.text[end-1]) {
		end--
	}
	value := s.text[start:end]
	if len(value) == 0 || emptyWord(value) {
		return
	}
	class := s.hints.Class
	var digits, letters, others, high int
	for _, c := range value {
		switch {
		case isDigit(c):
			digits++
		case isLetter(c):
			letters++
		case c >= 0x80:
			high++
		default:
			others++
		}
	}
	id := letters+digits >= 4 && digits*3 >= letters && others <= 6 && high == 0 && len(value) <= 32 && idBytes(value)
	switch {
	case class&detect.NameCardCode != 0 && digits >= 3 && digits <= 4 && digits == len(value):
		s.add(ruleCardCode, start, end, 0.95)
	case class&detect.NamePhone != 0 && letters == 0 && high == 0 && digits >= 7 && digits <= 15 && phoneBytes(value):
		s.add(rulePhone, start, end, 0.9)
	case class&detect.NameSSN != 0 && digits == 9 && letters == 0 && others <= 2 && idBytes(value):
		if !void(value) {
			s.add(ruleSSN, start, end, 0.6)
		}
	case class&detect.NamePassport != 0 && id && digits >= 5 && digits+letters <= 12:
		s.add(rulePassport, start, end, 0.9)
	case class&detect.NameLicense != 0 && id && digits+letters <= 20:
		s.add(ruleLicense, start, end, 0.8)
	case class&detect.NameMRN != 0 && id && digits >= 3 && digits+letters <= 20:
		s.add(ruleMRN, start, end, 0.9)
	case class&detect.NameHealth != 0 && id && digits >= 5 && digits+letters <= 20:
		s.add(ruleHealthMember, start, end, 0.75)
	case class&detect.NameRouting != 0 && digits == 6 && letters == 0 && id: // a British sort code
		s.add(ruleBankAccount, start, end, 0.7)
	case class&detect.NameAccount != 0 && digits >= 5 && digits <= 20 && letters <= 4 && id:
		s.add(ruleBankAccount, start, end, 0.8)
	case class&detect.NameNationalID != 0 && id && digits >= 5 && digits+letters <= 20:
		s.add(ruleNationalID, start, end, 0.75)
	case class&detect.NameTaxID != 0 && id && digits >= 7 && digits+letters <= 20:
		s.add(ruleTaxID, start, end, 0.75)
	case class&detect.NameMAC != 0 && hardwareAddress(value) && macSure(value) > 0:
		s.add(ruleMAC, start, end, 0.95)
	case class&detect.NameDevice != 0 && len(value) >= 8 && len(value) <= 64 && digits > 0 && (id || deviceBytes(value)):
		s.add(ruleDevice, start, end, 0.8)
	case class&detect.NameBirth != 0 && digits >= 4 && len(value) <= 40 && birthDate(value):
		s.add(ruleBirthDate, start, end, 0.95)
	case class&(detect.NameLatitude|detect.NameLongitude) != 0 && letters == 0 && coordinate(value):
		s.add(ruleGPS, start, end, 0.85)
	case class&detect.NamePerson != 0 && digits == 0 && letters+high >= 2 && len(value) <= 80 && others*2 <= letters+high && nameBytes(value):
		s.add(rulePersonName, start, end, 0.85)
	case class&detect.NameAddress != 0 && letters+high >= 2 && len(value) >= 4 && addressBytes(value):
		s.add(ruleAddress, start, end, 0.85)
	case class&detect.NameCity != 0 && digits == 0 && letters+high >= 2 && len(value) <= 60 && nameBytes(value):
		s.add(ruleAddress, start, end, 0.6)
	case class&detect.NamePostal != 0 && digits+letters >= 3 && digits+letters <= 10 && others <= 2 && high == 0 && digits >= 1 && idBytes(value):
		s.add(rulePostalCode, start, end, 0.85)
	}
}

// emptyWord says whether a value stands for none.
func emptyWord(value []byte) bool {
	if len(value) > 12 {
		return false
	}
	var buffer [12]byte
	switch string(appendLower(buffer[:0], value)) {
	case "null", "nil", "none", "undefined", "n/a", "na", "true", "false", "unknown", "string", "yes", "no", "-", "0", "redacted", "anonymous", "test", "default", "admin", "system", "root":
		return true
	}
	return false
}

func idBytes(value []byte) bool {
	for _, c := range value {
		if !isLetter(c) && !isDigit(c) && c != '-' && c != ' ' && c != '.' && c != '/' && c != '(' && c != ')' {
			return false
		}
	}
	return true
}

func phoneBytes(value []byte) bool {
	for i, c := range value {
		if !isDigit(c) && c != '-' && c != ' ' && c != '.' && c != '/' && c != '(' && c != ')' && !(c == '+' && i <= 1) {
			return false
		}
	}
	return true
}

// hardwareAddress says whether value is 6 or 8 bytes in hexadecimal, with any separator.
func hardwareAddress(value []byte) bool {
	digits := 0
	for _, c := range value {
		if isHex(c) {
			digits++
		} else if c != ' ' && c != ':' && c != '-' && c != '.' {
			return false
		}
	}
	return (digits == 12 || digits == 16) && len(value) <= digits*3/2
}

func deviceBytes(value []byte) bool {
	for _, c := range value {
		if !isWord(c) && c != '-' && c != ':' && c != '.' {
			return false
		}
	}
	return true
}

func allHex(value []byte) bool {
	for _, c := range value {
		if !isHex(c) {
			return false
		}
	}
	return true
}

// nameBytes says whether value can be what people are called: words, with the marks that names have.
func nameBytes(value []byte) bool {
	for _, c := range value {
		if !isLetter(c) && c < 0x80 && c != ' ' && c != '-' && c != '\'' && c != '.' && c != ',' {
			return false
		}
	}
	return true
}

// addressBytes says whether value reads like a line of an address, not like a URL or an expression.
func addressBytes(value []byte) bool {
	if bytes.IndexByte(value, ' ') < 0 && bytes.ContainsAny(value, ".:/-") && ascii(value) {
		return false // a host
	}
	for i, c := range value {
		switch c {
		case '@', '{', '}', '<', '>', '=', '\\', '|', '$', '?', '_':
			return false
		case ':':
			if i+1 < len(value) && value[i+1] == '/' {
				return false
			}
		}
	}
	return true
}

// void says whether a US number of nine digits is one that nobody has.
func void(value []byte) bool {
	var d [9]byte
	n := 0
	for _, c := range value {
		if isDigit(c) && n < 9 {
			d[n] = c
			n++
		}
	}
	area := number(d[:3])
	return area == 0 || area == 666 || number(d[3:5]) == 0 || number(d[5:]) == 0 || sameDigits(d[:])
}

// coordinate says whether value is a number of degrees with a fraction fine enough to be a place.
func coordinate(value []byte) bool {
	i, dot := 0, -1
	if value[0] == '-' || value[0] == '+' {
		i++
	}
	from := i
	for ; i < len(value); i++ {
		if value[i] == '.' && dot < 0 {
			dot = i
		} else if !isDigit(value[i]) {
			return false
		}
	}
	return dot > from && dot-from <= 3 && number(value[from:dot]) <= 180 && len(value)-dot > 3
}
