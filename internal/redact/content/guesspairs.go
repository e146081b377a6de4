package content

import "bytes"

// guessPairs tells forms, cookies and parameter lists, which are all made of name=value.
func guessPairs(body []byte, seen byte) Format {
	if seen&classSpace == 0 && formLike(body, seen) {
		return Form
	}
	if seen&(classSeparator|classSpace) == 0 {
		return Plain
	}
	separator := paramSeparator(body)
	items, odd, spaced := 0, 0, true
	for start := 0; start < len(body) && start < maxClassified; {
		end, equals := paramItem(body, start, separator)
		from, to := trim(body, start, end)
		if from < to {
			items++
			if separator == ';' && start > 0 && body[start] != ' ' {
				spaced = false
			}
			if items == 1 && separator == ',' && equals >= 0 {
				from = max(from, schemeEnd(body, start, end, equals))
				from, _ = trim(body, from, end)
			}
			if equals < 0 || !isPairName(body[from:max(from, equals)], separator == ';') {
				odd++
			}
		}
		start = end + 1
	}
	switch {
	case odd > 0 || items == 0 || items == 1 && (separator != ';' || statementLike(body)):
		return Plain
	case separator == ';' && spaced && cookieSpaces(body):
		return Cookie
	}
	return Params
}

// statementLike reports whether blanks stand around the first equals sign, as in a line of a program.
func statementLike(body []byte) bool {
	equals := bytes.IndexByte(body, '=')
	return equals > 0 && equals+1 < len(body) && (isSpace(body[equals-1]) || isSpace(body[equals+1]))
}

// cookieSpaces reports whether all white space stands behind semicolons.
func cookieSpaces(body []byte) bool {
	for i, c := range body {
		if isSpace(c) && (i == 0 || body[i-1] != ';') {
			return false
		}
	}
	return true
}

// isPairName reports whether text can be the name in name=value. Connection strings have names of two words.
func isPairName(text []byte, words bool) bool {
	text = bytes.TrimSpace(text)
	if len(text) == 0 || len(text) > 64 {
		return false
	}
	for _, c := range text {
		if (c|0x20)-'a' > 25 && c-'0' > 9 && c != '_' && c != '-' && c != '.' && c != '$' && c != '*' && (c != ' ' || !words) {
			return false
		}
	}
	return true
}

// formLike reports whether text is a form: its first name looks like one, and a single pair looks like nothing else.
func formLike(text []byte, seen byte) bool {
	equals := bytes.IndexByte(text, '=')
	if text[0] == '?' && len(text) > 1 {
		return equals > 1
	}
	if equals < 1 || equals > 64 {
		return false
	}
	for _, c := range text[:equals] {
		if (c|0x20)-'a' > 25 && c-'0' > 9 && bytes.IndexByte([]byte("_.-[]%+~$*!@:&"), c) < 0 {
			return false
		}
	}
	if seen&classAmpersand != 0 {
		return true
	}
	value := text[equals+1:]
	return len(value) > 0 && value[0] != '=' && bytes.IndexByte(value, '=') < 0 && seen&classSeparator == 0 && !bytes.ContainsAny(value, "\"'<>")
}
