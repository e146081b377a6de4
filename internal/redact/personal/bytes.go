package personal

func isDigit(c byte) bool { return c-'0' < 10 }

func isLetter(c byte) bool { return c|0x20-'a' < 26 }

func isUpper(c byte) bool { return c-'A' < 26 }

func isWord(c byte) bool { return byteKinds[c]&kindWord != 0 }

func isHex(c byte) bool { return byteKinds[c]&kindHex != 0 }

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func lower(c byte) byte {
	if isUpper(c) {
		return c | 0x20
	}
	return c
}

func upper(c byte) byte {
	if c-'a' < 26 {
		return c &^ 0x20
	}
	return c
}

const (
	kindWord   = 1 << iota // letters, digits and '_': a number next to one of them is part of something longer
	kindHex                // hexadecimal digits
	kindLocal              // may stand in the local part of an email address
	kindDomain             // may stand in a domain
)

var byteKinds = func() (kinds [256]uint8) {
	for i := range kinds {
		c := byte(i)
		letter, digit := c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9'
		if letter || digit || c == '_' {
			kinds[i] |= kindWord
		}
		if digit || letter && c|0x20 <= 'f' {
			kinds[i] |= kindHex
		}
		if letter || digit || c >= 0x80 {
			kinds[i] |= kindLocal | kindDomain
		}
		if c == '-' || c == '.' {
			kinds[i] |= kindDomain
		}
	}
	for _, c := range []byte("!#$%&'*+-/=?^_`{|}~.") {
		kinds[c] |= kindLocal
	}
	return kinds
}()

// uuidAt says whether a uuid with hyphens begins at i. The caller has made sure that 36 bytes are there.
func uuidAt(text []byte, i int) bool {
	t := text[i : i+36]
	if t[8] != '-' || t[13] != '-' || t[18] != '-' || t[23] != '-' {
		return false
	}
	for j, c := range t {
		if !isHex(c) && j != 8 && j != 13 && j != 18 && j != 23 {
			return false
		}
	}
	return true
}

// luhn says whether digits ends in its Luhn check digit.
func luhn(digits []byte) bool { return luhnSum(digits)%10 == 0 }

// luhnSum is the sum of digits with every second one, from the one before the last to the left, doubled.
func luhnSum(digits []byte) int {
	sum, double := 0, false
	for i := len(digits) - 1; i >= 0; i-- {
		d := int(digits[i] - '0')
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum, double = sum+d, !double
	}
	return sum
}

// sameDigits says whether all bytes are equal: filler, not a number anybody has.
func sameDigits(digits []byte) bool {
	for _, c := range digits[1:] {
		if c != digits[0] {
			return false
		}
	}
	return true
}

// number is the value of at most 18 decimal digits.
func number(digits []byte) int {
	n := 0
	for _, c := range digits {
		n = n*10 + int(c-'0')
	}
	return n
}

// weighted is the sum of digits times weights; weights may be shorter.
func weighted(digits []byte, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += int(digits[i]-'0') * w
	}
	return sum
}

// day says whether month and day can be one; year 0 stands for unknown, in which 29 February is a day.
func day(year, month, day int) bool {
	if month < 1 || month > 12 || day < 1 {
		return false
	}
	last := 31
	switch month {
	case 4, 6, 9, 11:
		last = 30
	case 2:
		last = 29
		if year%4 != 0 || year%100 == 0 && year%400 != 0 {
			last = 28
		}
	}
	return day <= last
}

// thousands says whether the comma at i, between digits, is within a number: 1,234,567 or 0,5. Elsewhere it stands between
// two, as in lines of CSV.
func thousands(text []byte, i int) bool {
	before, after := i, i+1
	for before > 0 && i-before < 4 && isDigit(text[before-1]) {
		before--
	}
	for after < len(text) && after-i < 6 && isDigit(text[after]) {
		after++
	}
	switch {
	case i-before > 3:
		return false
	case i-before == 1 && text[before] == '0' && (before == 0 || !isWord(text[before-1]) && text[before-1] != '-'):
		return true
	}
	return after-i == 4 && (after == len(text) || text[after] != '-' && (text[after] != ' ' || after+1 == len(text) || !isDigit(text[after+1]))) &&
		(before == 0 || text[before-1] != '-')
}
