package content

import (
	"bytes"
	"encoding/base64"
)

// guess says what text is by itself. Most texts are none of the formats, so what is cheap to rule out comes first.
func guess(text []byte) Format {
	i := 0
	for i < len(text) && i < 64 && isSpace(text[i]) {
		i++
	}
	body := text[i:]
	if len(body) < 2 {
		return Plain
	}
	switch c := body[0]; {
	case c == '{' || c == '[':
		if jsonLike(body) {
			return JSON
		}
	case c == '"':
		end := bytes.TrimRight(body, " \t\r\n")
		if len(end) >= 2 && end[len(end)-1] == '"' {
			return JSON
		}
	case c == '/' || (c|0x20)-'a' <= 25:
		if format := guessWord(body); format != Plain {
			return format
		}
	case c == 0x1f && isGzip(body):
		return Gzip
	case c == 0x28 && isZstandard(body):
		return Zstandard
	}
	return guessLetters(text)
}

// jsonLike reports whether what starts with a brace or bracket goes on like JSON.
func jsonLike(body []byte) bool {
	i := 1
	for i < len(body) && isSpace(body[i]) {
		i++
	}
	if i == len(body) {
		return false
	}
	c := body[i]
	if body[0] == '{' {
		return c == '"' || c == '}'
	}
	return c == '"' || c == '{' || c == '[' || c == ']' || c == '-' || c-'0' <= 9 || c == 't' || c == 'f' || c == 'n'
}

// guessWord tells URLs and data: URLs.
func guessWord(body []byte) Format {
	if body[0] == '/' {
		if len(body) > 1 && plausibleURL(body) && !base64Like(body) {
			return URL
		}
		return Plain
	}
	if scheme := schemeLength(body); scheme > 0 && len(body) > scheme && plausibleURL(body) {
		return URL
	}
	if start, _ := dataURL(body); start > 0 {
		return Base64
	}
	return Plain
}

// plausibleURL reports whether text has no byte that no URL has.
func plausibleURL(text []byte) bool {
	for _, c := range text {
		if c <= ' ' || c == '"' || c == '<' || c == '>' || c == 0x7f {
			return false
		}
	}
	return true
}

// guessLetters tells the formats by the bytes they are made of.
func guessLetters(text []byte) Format {
	equals, ampersand, percent, backslash, space, semicolon := 0, 0, 0, 0, 0, 0
	for _, c := range text[:min(len(text), 4096)] {
		switch c {
		case '=':
			equals++
		case '&':
			ampersand++
		case '%':
			percent++
		case '\\':
			backslash++
		case ';':
			semicolon++
		case ' ', '\n', '\r', '\t':
			space++
		}
	}
	switch {
	case space == 0 && equals > 0 && formLike(text, ampersand > 0):
		return Form
	case space == 0 && semicolon == 0 && ampersand == 0 && percent == 0 && base64Like(text):
		return Base64
	case space > 0 && percent == 0 && base64Like(text):
		return Base64
	case backslash > 0 && escapedLike(text):
		return Escaped
	case percent > 0 && percentLike(text):
		return Percent
	}
	return Plain
}

// formLike reports whether text is name=value pairs: the first name looks like one and has a value.
func formLike(text []byte, several bool) bool {
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
	if several {
		return true
	}
	value := text[equals+1:]
	return len(value) > 0 && value[0] != '=' && bytes.IndexByte(value, '=') < 0 && bytes.IndexByte(text, ',') < 0 && bytes.IndexByte(text, ';') < 0
}

// percentLike reports whether text has an escape and every percent sign is of one.
func percentLike(text []byte) bool {
	found := false
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			continue
		}
		if i+2 >= len(text) || unhex(text[i+1])|unhex(text[i+2]) > 15 {
			return false
		}
		found = true
		i += 2
	}
	return found
}

// escapedLike reports whether text has an escape that only JSON writes.
func escapedLike(text []byte) bool {
	return bytes.Contains(text, []byte(`\"`)) || bytes.Contains(text, []byte(`\u00`)) || bytes.Contains(text, []byte(`\/`))
}

// minBase64 is the shortest base64 that is looked into: what is shorter is more often a word.
const minBase64 = 16

// base64Like reports whether text is base64 of something that can be told from chance: text, JSON, or a known binary
// format. Words, identifiers and hexadecimal hashes decode to noise.
func base64Like(text []byte) bool {
	if len(text) < minBase64 {
		return false
	}
	head := text[:min(len(text), 88)]
	var letters [88]byte
	n := 0
	for _, c := range head {
		switch {
		case (c|0x20)-'a' <= 25 || c-'0' <= 9 || c == '+' || c == '/':
		case c == '-':
			c = '+'
		case c == '_':
			c = '/'
		case c == '\r' || c == '\n':
			continue
		case c == '=' && len(text)-n <= 4:
			continue
		default:
			return false
		}
		letters[n] = c
		n++
	}
	var decoded [66]byte
	size, err := base64.RawStdEncoding.Decode(decoded[:], letters[:n-n%4])
	if err != nil || size < 9 || !meaningful(decoded[:size]) {
		return false
	}
	encoding, _ := base64Encoding(text)
	return encoding != nil
}

// meaningful reports whether bytes are text, or start as a known format does.
func meaningful(decoded []byte) bool {
	if isGzip(decoded) || isZstandard(decoded) {
		return true
	}
	for _, magic := range [...]string{"\x89PNG", "\xff\xd8\xff", "GIF8", "%PDF-", "PK\x03\x04", "RIFF", "\x00asm", "OggS", "ID3", "BZh9", "\xfd7zXZ"} {
		if len(decoded) > len(magic) && string(decoded[:len(magic)]) == magic {
			return true
		}
	}
	return isText(decoded)
}
