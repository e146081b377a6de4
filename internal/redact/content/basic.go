package content

import "bytes"

// splitBasicAuth gives the credentials of HTTP's Basic scheme, with or without its name, as one part that decodes to
// user:password. Two texts share letters of base64, so user name and password are the parts of that text: its Hint is Userinfo.
func (s *Splitter) splitBasicAuth(dst []Part, text []byte) ([]Part, error) {
	start := basicScheme(text)
	base := len(dst)
	dst, err := s.splitBase64(dst, text[start:])
	if err != nil {
		return dst, err
	}
	p := &dst[base]
	p.Start, p.End, p.Hint = p.Start+start, p.End+start, Userinfo
	return dst, nil
}

// basicScheme returns the length of "Basic " at the beginning of text.
func basicScheme(text []byte) int {
	if len(text) < 6 || !bytes.EqualFold(text[:5], []byte("basic")) || text[5] != ' ' {
		return 0
	}
	start := 6
	for start < len(text) && text[start] == ' ' {
		start++
	}
	return start
}

// splitUserinfo splits user:password at the first colon. Without one all of it is the user name.
func (s *Splitter) splitUserinfo(dst []Part, text []byte) ([]Part, error) {
	colon := bytes.IndexByte(text, ':')
	user := text
	if colon >= 0 {
		user = text[:colon]
	}
	dst = append(dst, Part{End: len(user), Name: s.word("username"), Text: user[:len(user):len(user)], Parent: -1, Index: -1, Role: RoleUser})
	if colon >= 0 {
		dst = append(dst, Part{Start: colon + 1, End: len(text), Name: s.word("password"), Text: text[colon+1 : len(text) : len(text)], Parent: -1, Index: -1, Role: RolePassword})
	}
	return dst, nil
}

// appendUserinfo writes a user name or password. A user name cannot hold a colon: there is no spelling for it.
func appendUserinfo(dst []byte, part *Part, text []byte) ([]byte, error) {
	if i := bytes.IndexByte(text, ':'); i >= 0 && part.Role == RoleUser {
		return dst, &Error{Kind: ErrSyntax, Format: Userinfo, Offset: i, Reason: "a user name cannot hold a colon"}
	}
	return append(dst, text...), nil
}
