package rrpair

// EachMember calls fn with every member of a compact JSON object, until fn
// returns false. key is the text between the quotes, still escaped. It reports
// whether raw is an object. raw must be valid and compact, as every value of a
// [Pair] is.
func EachMember(raw []byte, fn func(key, value []byte) bool) bool {
	if len(raw) < 2 || raw[0] != '{' {
		return false
	}
	for i := 1; i < len(raw) && raw[i] == '"'; i++ {
		colon := skipString(raw, i)
		if colon >= len(raw) || raw[colon] != ':' {
			break
		}
		end := skipValue(raw, colon+1)
		if !fn(raw[i+1:colon-1:colon-1], raw[colon+1:end:end]) {
			break
		}
		i = end
	}
	return true
}

// EachElement calls fn with every element of a compact JSON array, until fn
// returns false. It reports whether raw is an array. raw must be valid and
// compact, as every value of a [Pair] is.
func EachElement(raw []byte, fn func(value []byte) bool) bool {
	if len(raw) < 2 || raw[0] != '[' {
		return false
	}
	if raw[1] == ']' {
		return true
	}
	for i := 1; i < len(raw); i++ {
		end := skipValue(raw, i)
		if end == i || !fn(raw[i:end:end]) {
			break
		}
		i = end
	}
	return true
}

// skipString returns the index behind the string whose quote stands at i.
func skipString(text []byte, i int) int {
	for i++; i < len(text); i++ {
		next := indexByte(text[i:], '"')
		if next < 0 {
			return len(text)
		}
		i += next
		slashes := 0
		for text[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i + 1
		}
	}
	return len(text)
}

// skipValue returns the index behind the value that begins at i, in text that
// is valid and compact.
func skipValue(text []byte, i int) int {
	depth := 0
	for i < len(text) {
		switch text[i] {
		case '"':
			i = skipString(text, i)
		case '{', '[':
			depth++
			i++
			continue
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
			i++
		case ',':
			if depth == 0 {
				return i
			}
			i++
			continue
		case ':':
			if depth == 0 {
				return i
			}
			i++
			continue
		default:
			for i++; i < len(text); i++ {
				if c := text[i]; c == ',' || c == '}' || c == ']' {
					break
				}
			}
		}
		if depth == 0 {
			return i
		}
	}
	return i
}
