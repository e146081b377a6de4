package content

import "bytes"

// splitURL splits an absolute URL (scheme://…), or one that starts with its path, query or fragment. The scheme is no
// part. A path has a part for each segment, the empty ones too, with its position as Index, and name and value of matrix
// parameters; a fragment with an equals sign is taken as a form.
func (s *Splitter) splitURL(dst []Part, text []byte) ([]Part, error) {
	base, n, i := len(dst), len(text), 0
	large := func() ([]Part, error) { return dst, &Error{Kind: ErrTooLarge, Format: URL, Offset: i} }
	var ok bool
	if scheme := schemeLength(text); scheme > 0 {
		i = scheme
		if dst, ok = s.authority(dst, text, &i); !ok {
			return large()
		}
	} else if n == 0 || text[0] != '/' && text[0] != '?' && text[0] != '#' {
		return dst, &Error{Kind: ErrSyntax, Format: URL, Reason: "neither a scheme nor a path"}
	}
	for index := int32(0); i < n && text[i] == '/'; index++ {
		if len(dst)-base >= MaxParts {
			return dst, &Error{Kind: ErrTooLarge, Format: URL, Offset: i, Reason: "too many parts"}
		}
		i++
		end := i + span(text[i:], "/?#")
		if dst, ok = s.segment(dst, text, i, end, index); !ok {
			return large()
		}
		i = end
	}
	if i < n && text[i] == '?' {
		end := i + 1 + span(text[i+1:], "#")
		var err error
		if dst, err = s.splitPairs(dst, base, text, i+1, end, RoleQuery); err != nil {
			return dst, err
		}
		i = end
	}
	if i < n && text[i] == '#' {
		return s.fragment(dst, base, text, i+1)
	}
	return dst, nil
}

// schemeLength returns the length of a scheme with its "://", 0 when there is none. Compound schemes (jdbc:mysql://) are
// one.
func schemeLength(text []byte) int {
	if len(text) == 0 || (text[0]|0x20)-'a' > 25 {
		return 0
	}
	for i := 1; i < len(text) && i < 40; i++ {
		c := text[i]
		if c == ':' && i+2 < len(text) && text[i+1] == '/' && text[i+2] == '/' {
			return i + 3
		}
		if (c|0x20)-'a' > 25 && c-'0' > 9 && c != '+' && c != '-' && c != '.' && c != ':' {
			return 0
		}
	}
	return 0
}

// span returns the number of bytes before the first of stops.
func span(text []byte, stops string) int {
	for i, c := range text {
		for j := 0; j < len(stops); j++ {
			if c == stops[j] {
				return i
			}
		}
	}
	return len(text)
}

// authority splits user:password@host:port at *at and moves *at behind it.
func (s *Splitter) authority(dst []Part, text []byte, at *int) ([]Part, bool) {
	start := *at
	end := start + span(text[start:], "/?#")
	*at = end
	piece := func(from, to int, role Role, name string) bool {
		decoded, ok := s.unpercent(text[from:to], false)
		if !ok {
			return false
		}
		var p *Part
		dst, p = add(dst)
		*p = Part{Start: from, End: to, Name: s.word(name), Text: decoded, Parent: -1, Index: -1, Role: role}
		return true
	}
	if i := bytes.LastIndexByte(text[start:end], '@'); i >= 0 {
		user := start + i
		if colon := bytes.IndexByte(text[start:user], ':'); colon >= 0 {
			if !piece(start, start+colon, RoleUser, "username") || !piece(start+colon+1, user, RolePassword, "password") {
				return dst, false
			}
		} else if !piece(start, user, RoleUser, "username") {
			return dst, false
		}
		start = user + 1
	}
	host := end
	if colon := bytes.LastIndexByte(text[start:end], ':'); colon >= 0 && bytes.IndexByte(text[start+colon:end], ']') < 0 {
		host = start + colon
	}
	from, to := start, host
	if to-from >= 2 && text[from] == '[' && text[to-1] == ']' {
		from, to = from+1, to-1
	}
	if !piece(from, to, RoleHost, "host") || host < end && !piece(host+1, end, RolePort, "port") {
		return dst, false
	}
	return dst, true
}

// segment splits one segment of a path with its matrix parameters.
func (s *Splitter) segment(dst []Part, text []byte, start, end int, index int32) ([]Part, bool) {
	stop := start + span(text[start:end], ";")
	decoded, ok := s.unpercent(text[start:stop], false)
	if !ok {
		return dst, false
	}
	var p *Part
	dst, p = add(dst)
	*p = Part{Start: start, End: stop, Text: decoded, Parent: -1, Index: index, Role: RolePath}
	for stop < end {
		start = stop + 1
		stop = start + span(text[start:end], ";")
		if dst, ok = s.pair(dst, text, start, stop, RoleMatrix, false); !ok {
			return dst, false
		}
	}
	return dst, true
}

// fragment splits what is behind the number sign at start-1.
func (s *Splitter) fragment(dst []Part, base int, text []byte, start int) ([]Part, error) {
	fragment := text[start:]
	equals := bytes.IndexByte(fragment, '=')
	if equals >= 0 {
		form := start
		if i := bytes.LastIndexByte(fragment[:equals], '?'); i >= 0 {
			form = start + i + 1
			decoded, ok := s.unpercent(fragment[:i], false)
			if !ok {
				return dst, &Error{Kind: ErrTooLarge, Format: URL, Offset: start}
			}
			dst = append(dst, Part{Start: start, End: start + i, Text: decoded, Parent: -1, Index: -1, Role: RoleFragment, style: styleFragment})
		}
		return s.splitPairs(dst, base, text, form, len(text), RoleFragment)
	}
	decoded, ok := s.unpercent(fragment, false)
	if !ok {
		return dst, &Error{Kind: ErrTooLarge, Format: URL, Offset: start}
	}
	return append(dst, Part{Start: start, End: len(text), Text: decoded, Parent: -1, Index: -1, Role: RoleFragment, style: styleFragment}), nil
}

// styleFragment marks a fragment, or what is before its form, which is no form itself.
const styleFragment = 2

// appendURL writes a piece of a URL.
func appendURL(dst []byte, part *Part, original, text []byte) []byte {
	pair := part.Key || part.style == styleBare
	switch part.Role {
	case RoleQuery:
		if pair {
			return respellPercent(dst, original, text, true, unreserved, "&#;=", "")
		}
		return respellPercent(dst, original, text, true, unreserved, "&#;", "")
	case RoleFragment:
		if part.style == styleFragment {
			return respellPercent(dst, original, text, false, unreserved, "=?", "")
		}
		if pair {
			return respellPercent(dst, original, text, true, unreserved, "&=?", "")
		}
		return respellPercent(dst, original, text, true, unreserved, "&?", "")
	case RoleMatrix:
		if pair {
			return respellPercent(dst, original, text, false, unreserved, "/?#;=", "")
		}
		return respellPercent(dst, original, text, false, unreserved, "/?#;", "")
	case RolePath:
		return respellPercent(dst, original, text, false, unreserved, "/?#;:", "")
	case RoleHost:
		if bytes.IndexByte(original, ':') >= 0 && isIPv6(text) {
			return append(dst, text...)
		}
		return respellPercent(dst, original, text, false, unreserved, "/?#@:[]", "[]")
	}
	return respellPercent(dst, original, text, false, unreserved, "/?#@:", "")
}

// isIPv6 reports whether text can stand between the brackets of a host.
func isIPv6(text []byte) bool {
	for _, c := range text {
		if unhex(c) > 15 && c != ':' && c != '.' {
			return false
		}
	}
	return len(text) > 0
}
