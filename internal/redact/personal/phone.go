package personal

// Bounds of a telephone number as it is written.
const (
	maxPhoneDigits = 17 // 15 (ITU-T E.164), and a trunk prefix
	maxPhoneGroups = 8
	// maxValidations is how many candidates of one text the library is asked about (5 to 20 µs each); what comes after
	// them is judged by its form alone, so that a text full of numbers is not a way to stop the scanner.
	maxValidations = 64
)

// written is a telephone number as it is written, in groups of digits.
type written struct {
	start  int
	digits [maxPhoneDigits]byte
	n      int
	groups int
	ends   [maxPhoneGroups]int  // of each group in the text
	sizes  [maxPhoneGroups]int  // digits of each group
	before [maxPhoneGroups]byte // the separator before each group; '(' where a bracket is among several
	plus   bool
	parens bool // the area code stands in brackets
}

// phone looks at the number that begins with the digits at start, and returns the end of what it found, 0 for nothing.
func (s *scan) phone(start int) int {
	if !s.phoneFollows(start) {
		return 0
	}
	w := &s.written
	w.n, w.groups, w.plus, w.parens = 0, 0, false, false
	if !s.readPhone(w, start) {
		return 0
	}
	for w.groups > 0 {
		if w.n >= 7 && s.phoneEnds(w.ends[w.groups-1]) {
			if confidence := s.phoneSure(w); confidence > 0 {
				end := w.ends[w.groups-1]
				if confidence >= 0.5 {
					end = extension(s.text, end)
				}
				s.add(rulePhone, w.start, end, confidence)
				if confidence >= 0.5 {
					return end
				}
				return 0
			}
		}
		if w.groups == 1 || w.before[w.groups-1] != ' ' {
			return 0
		}
		w.groups--
		w.n -= w.sizes[w.groups]
	}
	return 0
}

// phoneFollows says whether more than a short number follows at start.
func (s *scan) phoneFollows(start int) bool {
	text, i := s.text, start
	for i < len(text) && isDigit(text[i]) {
		i++
	}
	if i-start >= 7 {
		return i-start <= maxPhoneDigits
	}
	for gap := i; gap < len(text) && gap-i < 5; gap++ {
		switch c := text[gap]; c {
		case ' ', '-', '.', '/', '(', ')', 0xc2, 0xa0, 0xe2, 0x80, 0x90, 0x91, 0x92, 0x93, 0x94, 0x95:
		default:
			return gap > i && isDigit(c)
		}
	}
	return false
}

// readPhone reads groups of digits from start on, as many as a number can have. It says whether there is enough.
func (s *scan) readPhone(w *written, start int) bool {
	text := s.text
	w.start = start
	i := start
	if i > 0 && text[i-1] == '(' {
		w.start, w.parens = i-1, true
		i--
	}
	if i > 0 && text[i-1] == '+' {
		w.start, w.plus = i-1, true
		i--
		if i > 0 && text[i-1] == '(' {
			w.start, w.parens = i-1, true
			i--
		}
	}
	if i > 0 {
		switch c := text[i-1]; {
		case isWord(c), c == '$', c == '#', c == '%', c == '\\', c == '@':
			return false
		case c == ',':
			if i > 1 && isDigit(text[i-2]) && thousands(text, i-1) {
				return false
			}
		case c == '-' || c == '.' || c == '/' || c == ':' || c == '+' || c == ')':
			if i > 1 && isDigit(text[i-2]) {
				return false
			}
		}
	}
	i = start
	for w.groups < maxPhoneGroups && i < len(text) {
		from := i
		for i < len(text) && isDigit(text[i]) {
			if w.n == maxPhoneDigits {
				w.n -= i - from
				return w.n >= 7
			}
			w.digits[w.n] = text[i]
			w.n++
			i++
		}
		w.ends[w.groups], w.sizes[w.groups] = i, i-from
		w.groups++
		if w.parens && w.groups == 1 && (i == len(text) || text[i] != ')') { // the bracket is the sentence's
			w.parens = false
			for text[w.start] == '(' {
				w.start++
			}
		}
		separator, gap := byte(0), i
		for gap < len(text) && gap-i < 5 {
			c := text[gap]
			if c == '(' {
				if w.n >= 7 || w.groups > 1 && (w.digits[0] != '0' || w.digits[1] != '0') || dateAfter(text, gap+1) {
					break // what follows a whole number (24/7), a version (2026-11-23)
				}
				separator, w.parens = '(', true
			} else if c == ')' || c == ' ' || c == '-' || c == '.' || c == '/' {
				if separator == 0 || separator == ' ' {
					separator = c
				}
			} else if c == 0xc2 && gap+1 < len(text) && text[gap+1] == 0xa0 { // no-break space
				separator = ' '
				gap++
			} else if c == 0xe2 && gap+2 < len(text) && text[gap+1] == 0x80 && text[gap+2] >= 0x90 && text[gap+2] <= 0x95 { // hyphens and dashes
				separator = '-'
				gap += 2
			} else {
				break
			}
			gap++
		}
		if separator == 0 || gap == len(text) || !isDigit(text[gap]) || w.groups == maxPhoneGroups {
			break
		}
		w.before[w.groups] = separator
		i = gap
	}
	return w.n >= 7
}

// dateAfter says whether a date of the form 2026-11-23 stands at i.
func dateAfter(text []byte, i int) bool {
	return i+10 <= len(text) && text[i+4] == '-' && text[i+7] == '-' && allDigits(text[i:i+4]) && allDigits(text[i+5:i+7])
}

// phoneEnds says whether a number can end at end: an extension may follow, no other number.
func (s *scan) phoneEnds(end int) bool {
	text := s.text
	if end >= len(text) {
		return true
	}
	if text[end]|0x20 == 'x' || text[end]|0x20 == 'e' {
		return extension(text, end) > end
	}
	if text[end] == '-' && end+2 < len(text) && isHex(text[end+1]) && isHex(text[end+2]) && (end+3 == len(text) || text[end+3] == '-') {
		return false // 01-23-45-67-89-ab
	}
	return s.ends(end)
}

// extension returns the end of an extension at end; end when there is none.
func extension(text []byte, end int) int {
	i := end
	for i < len(text) && i-end < 2 && (text[i] == ' ' || text[i] == ',') {
		i++
	}
	switch {
	case hasWord(text[i:], "extension"):
		i += 9
	case hasWord(text[i:], "ext"):
		i += 3
	case i < len(text) && (text[i]|0x20 == 'x' || text[i] == '#'):
		i++
	default:
		return end
	}
	for from := i; i < len(text) && i-from < 2 && (text[i] == ' ' || text[i] == '.' || text[i] == ':'); {
		i++
	}
	from := i
	for i < len(text) && isDigit(text[i]) && i-from < 7 {
		i++
	}
	if i == from || i-from > 6 || i < len(text) && isWord(text[i]) {
		return end
	}
	return i
}

// hasWord says whether text begins with a word, in any case.
func hasWord(text []byte, lowerCase string) bool {
	return len(text) >= len(lowerCase) && equalFold(text[:len(lowerCase)], lowerCase)
}
