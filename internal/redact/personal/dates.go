package personal

// birthDate says whether value is a date as documents write a date of birth.
func birthDate(value []byte) bool {
	if len(value) == 8 && allDigits(value) {
		return day(0, number(value[4:6]), number(value[6:8])) || day(0, number(value[2:4]), number(value[:2])) || day(0, number(value[:2]), number(value[2:4]))
	}
	for i := range value {
		if isDigit(value[i]) && (i == 0 || !isWord(value[i-1])) {
			if _, end := dateAt(value, i); end > 0 {
				return true
			}
		}
	}
	return false
}

// dateAt reads a date at the digits that begin at start; for "March 3, 1984" the date begins with the month before
// them. end is 0 when there is none.
func dateAt(text []byte, start int) (from, end int) {
	i, first := digitsAt(text, start, 4)
	if i == start {
		return 0, 0
	}
	if i < len(text) && (text[i] == '-' || text[i] == '/' || text[i] == '.') {
		separator := text[i]
		j, second := digitsAt(text, i+1, 2)
		if j > i+1 && j < len(text) && text[j] == separator {
			k, third := digitsAt(text, j+1, 4)
			if k > j+1 && (k == len(text) || !isDigit(text[k])) && numericDate(first, i-start, second, third, k-j-1) {
				return start, k
			}
		}
		if month, j := monthAt(text, i+1); month > 0 && j < len(text) && text[j] == separator { // 3-Mar-1984
			if k, year := digitsAt(text, j+1, 4); year > 0 && first <= 31 {
				return start, k
			}
		}
		return 0, 0
	}
	if first == 0 || first > 31 {
		return 0, 0
	}
	for i < len(text) && isLetter(text[i]) && i-start < 4 { // 3rd
		i++
	}
	j := skipSpaces(text, i)
	if hasWord(text[j:], "of ") {
		j += 3
	}
	if month, k := monthAt(text, j); month > 0 {
		k = skipSpaces(text, k)
		if m, year := digitsAt(text, k, 4); year >= 1850 && year < 2200 {
			return start, m
		}
		return 0, 0
	}
	if month := monthBefore(text, start); month >= 0 {
		k := skipSpaces(text, i)
		if m, year := digitsAt(text, k, 4); year >= 1850 && year < 2200 {
			return month, m
		}
	}
	return 0, 0
}

// numericDate says whether three numbers with so many digits are a date, in any order that is in use.
func numericDate(a, aLen, b, c, cLen int) bool {
	if aLen == 4 {
		return a >= 1850 && a < 2200 && day(a, b, c)
	}
	if cLen == 4 && (c < 1850 || c >= 2200) || cLen == 3 || cLen == 1 || aLen > 2 {
		return false
	}
	return day(0, a, b) || day(0, b, a)
}

// digitsAt reads at most most digits.
func digitsAt(text []byte, i, most int) (end, value int) {
	start := i
	for i < len(text) && isDigit(text[i]) && i-start < most {
		value = value*10 + int(text[i]-'0')
		i++
	}
	return i, value
}

func skipSpaces(text []byte, i int) int {
	for from := i; i < len(text) && i-from < 3 && (text[i] == ' ' || text[i] == ',' || text[i] == '.'); {
		i++
	}
	return i
}

// monthAt reads the name of a month, whole or its first letters.
func monthAt(text []byte, start int) (month, end int) {
	end = start
	for end < len(text) && isLetter(text[end]) && end-start < 12 {
		end++
	}
	return monthOf(text[start:end]), end
}

func monthOf(word []byte) int {
	if len(word) < 3 || len(word) > 9 {
		return 0
	}
	for i, name := range [...]string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"} {
		if len(word) <= len(name) && (len(word) == 3 || len(word) == len(name) || len(word) == 4 && i == 8) && equalFold(word, name[:len(word)]) {
			return i + 1
		}
	}
	return 0
}

// monthBefore returns where the month's name begins that stands before start, -1 when none does.
func monthBefore(text []byte, start int) int {
	end := start
	for end > 0 && start-end < 3 && (text[end-1] == ' ' || text[end-1] == '.') {
		end--
	}
	i := end
	for i > 0 && end-i < 12 && isLetter(text[i-1]) {
		i--
	}
	if i == end || monthOf(text[i:end]) == 0 {
		return -1
	}
	return i
}
