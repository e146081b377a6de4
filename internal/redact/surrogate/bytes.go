package surrogate

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isLower(c byte) bool { return c >= 'a' && c <= 'z' }
func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
func isAlnum(c byte) bool { return isDigit(c) || isLower(c) || isUpper(c) }

func isHexLower(c byte) bool { return isDigit(c) || c >= 'a' && c <= 'f' }

func lowerByte(c byte) byte {
	if isUpper(c) {
		return c + 'a' - 'A'
	}
	return c
}

func upperByte(c byte) byte {
	if isLower(c) {
		return c - ('a' - 'A')
	}
	return c
}

func appendDigits(dst, value []byte) []byte {
	for _, c := range value {
		if isDigit(c) {
			dst = append(dst, c)
		}
	}
	return dst
}

// appendAlnumUpper appends the letters and digits of value, in upper case.
func appendAlnumUpper(dst, value []byte) []byte {
	for _, c := range value {
		if isAlnum(c) {
			dst = append(dst, upperByte(c))
		}
	}
	return dst
}

// appendDressedDigits appends value with its digits replaced by those of digits, one by one.
func appendDressedDigits(dst, value, digits []byte) []byte {
	for _, c := range value {
		if isDigit(c) && len(digits) > 0 {
			c, digits = digits[0], digits[1:]
		}
		dst = append(dst, c)
	}
	return dst
}

// appendDressed appends value with its letters and digits replaced by those of characters, one by one, in the case of value.
func appendDressed(dst, value, characters []byte) []byte {
	for _, c := range value {
		if isAlnum(c) && len(characters) > 0 {
			lower := isLower(c)
			c, characters = characters[0], characters[1:]
			if lower {
				c = lowerByte(c)
			}
		}
		dst = append(dst, c)
	}
	return dst
}

// luhn is the sum of ISO/IEC 7812-1, begun at start, over digits of which the last is the check digit.
func luhn(start int, digits []byte) int {
	sum := start
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			d *= 2
			if d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum % 10
}

// setLuhn makes the last digit right.
func setLuhn(start int, digits []byte) {
	digits[len(digits)-1] = '0'
	digits[len(digits)-1] = '0' + byte((10-luhn(start, digits))%10)
}
