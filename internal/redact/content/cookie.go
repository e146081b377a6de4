package content

import "bytes"

// splitCookie splits the Cookie header: for each pair its name (Key) and its value, which may be quoted.
func (s *Splitter) splitCookie(dst []Part, text []byte) ([]Part, error) {
	base := len(dst)
	for start := 0; start <= len(text); {
		end := start + span(text[start:], ";")
		if len(dst)-base >= MaxParts-2 {
			return dst, &Error{Kind: ErrTooLarge, Format: Cookie, Offset: start, Reason: "too many parts"}
		}
		var ok bool
		if dst, ok = s.cookie(dst, text, start, end); !ok {
			return dst, &Error{Kind: ErrTooLarge, Format: Cookie, Offset: start}
		}
		start = end + 1
	}
	return dst, nil
}

// cookie splits the pair in text[start:end]. A value without a name has none.
func (s *Splitter) cookie(dst []Part, text []byte, start, end int) ([]Part, bool) {
	before := dst
	var name []byte
	var p *Part
	var ok bool
	if i := bytes.IndexByte(text[start:end], '='); i >= 0 {
		from, to := trim(text, start, start+i)
		if name, ok = s.unpercent(text[from:to], false); !ok {
			return before, false
		}
		dst, p = add(dst)
		*p = Part{Start: from, End: to, Text: name, Parent: -1, Index: -1, Key: true}
		start += i + 1
	}
	from, to := trim(text, start, end)
	quoted := to-from >= 2 && text[from] == '"' && text[to-1] == '"'
	if quoted {
		from, to = from+1, to-1
	}
	value, ok := s.unpercent(text[from:to], plusIsSpace(text[from:to]))
	if !ok {
		return before, false
	}
	dst, p = add(dst)
	*p = Part{Start: from, End: to, Name: name, Text: value, Parent: -1, Index: -1}
	switch {
	case quoted:
		p.style = styleQuoted
	case name == nil:
		p.style = styleBare
	}
	return dst, true
}

// styleQuoted marks a value within quotes.
const styleQuoted = 3

// trim moves start and end over the white space at the ends of text[start:end].
func trim(text []byte, start, end int) (int, int) {
	for start < end && isSpace(text[start]) {
		start++
	}
	for end > start && isSpace(text[end-1]) {
		end--
	}
	return start, end
}

// splitSetCookie splits the first pair of the Set-Cookie header. The attributes of cookies are no parts; any other
// pair is, and so is a cookie that a proxy has joined behind a comma.
func (s *Splitter) splitSetCookie(dst []Part, text []byte) ([]Part, error) {
	base := len(dst)
	fresh := true
	for start := 0; start <= len(text); {
		end := start + span(text[start:], ";")
		from, to := trim(text, start, end)
		if !fresh && isCookieAttribute(text[from:to]) {
			if next := joined(text[from:to]); next >= 0 {
				start = from + next
				fresh = true
				continue
			}
			start = end + 1
			continue
		}
		if len(dst)-base >= MaxParts-2 {
			return dst, &Error{Kind: ErrTooLarge, Format: SetCookie, Offset: start, Reason: "too many parts"}
		}
		var ok bool
		if dst, ok = s.cookie(dst, text, start, end); !ok {
			return dst, &Error{Kind: ErrTooLarge, Format: SetCookie, Offset: start}
		}
		fresh = false
		start = end + 1
	}
	return dst, nil
}

// isCookieAttribute reports whether a pair of Set-Cookie is an attribute that is not the user's.
func isCookieAttribute(pair []byte) bool {
	name := bytes.TrimRight(pair[:span(pair, "=")], " \t")
	for _, attribute := range [...]string{"", "path", "expires", "max-age", "domain", "secure", "httponly", "samesite", "priority", "partitioned", "version"} {
		if len(name) == len(attribute) && bytes.EqualFold(name, []byte(attribute)) {
			return true
		}
	}
	return false
}

// joined returns where, behind a comma, another cookie starts in an attribute, -1 when none does.
func joined(attribute []byte) int {
	for i, c := range attribute {
		if c != ',' {
			continue
		}
		rest := attribute[i+1:]
		equals := bytes.IndexByte(rest, '=')
		if equals > 0 && bytes.IndexByte(bytes.TrimSpace(rest[:equals]), ' ') < 0 && bytes.IndexByte(rest[:equals], ',') < 0 {
			return i + 1
		}
	}
	return -1
}

// cookieRaw is what a cookie's value has without encoding (RFC 6265, without the percent sign).
const cookieRaw = unreserved + "!#$&'()*+/:<=>?@[]^`{|}"

// appendCookie writes a name or value of a cookie.
func appendCookie(dst []byte, part *Part, original, text []byte) []byte {
	special, edges := ";,\"\\", " \t\r\n\""
	if part.style == styleQuoted {
		edges = ""
	}
	if part.Key || part.style == styleBare {
		special += "="
	}
	raw := cookieRaw
	if bytes.IndexByte(original, '%') >= 0 {
		raw = unreserved
	}
	return respellPercent(dst, original, text, !part.Key && plusIsSpace(original), raw, special, edges)
}
