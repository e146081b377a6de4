package content

import "encoding/base64"

const (
	// minBase64 is the shortest base64 of any text that is looked into: what is shorter is more often a word, see
	// ShortBase64.
	minBase64 = 16
	// probedLetters is how much of a text is decoded to see whether it is worth decoding all of it.
	probedLetters = 88
)

// base64Like reports whether text is base64 of something that can be told from chance: text, JSON, or a known binary
// format. Words, identifiers and hexadecimal hashes decode to noise.
func base64Like(text []byte) bool {
	if len(text) < minBase64 {
		return ShortBase64(text)
	}
	var letters [probedLetters]byte
	n, plainHex := 0, true
	for _, c := range text[:min(len(text), probedLetters)] {
		switch {
		case (c|0x20)-'a' <= 25 || c-'0' <= 9 || c == '+' || c == '/':
		case c == '-':
			c = '+'
		case c == '_':
			c = '/'
		case c == '\r' || c == '\n' || c == '=':
			continue // base64Encoding looks where they stand
		default:
			return false
		}
		plainHex = plainHex && unhex(c) < 16
		letters[n] = c
		n++
	}
	var decoded [probedLetters]byte
	whole := n - n%4
	if len(text) <= probedLetters && n%4 != 1 {
		whole = n
	}
	size, err := base64.RawStdEncoding.Decode(decoded[:], letters[:whole])
	if err != nil || size < 9 || plainHex || !meaningful(decoded[:size]) && !tellingBase64(text) {
		return false
	}
	_, encoding, _ := completeBase64(text)
	return encoding != nil
}

// meaningful reports whether bytes are text, or start as a known format does.
func meaningful(decoded []byte) bool {
	if isGzip(decoded) || isZstandard(decoded) || isZlib(decoded) && decoded[0] == zlibWindow || wideOrder(decoded) != 0 {
		return true
	}
	for _, magic := range [...]string{"\x89PNG", "\xff\xd8\xff", "GIF8", "%PDF-", "PK\x03\x04", "RIFF", "\x00asm", "OggS", "BZh9", "\xfd7zXZ"} {
		if len(decoded) > len(magic) && string(decoded[:len(magic)]) == magic {
			return true
		}
	}
	if !isText(decoded) {
		return false
	}
	ascii := 0
	for _, c := range decoded {
		if c < 0x80 {
			ascii++
		}
	}
	// A few bytes of noise can be UTF-8 by chance, many cannot.
	return len(decoded) >= 32 || 3*ascii >= 2*len(decoded)
}
