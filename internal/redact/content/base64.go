package content

import (
	"bytes"
	"encoding/base64"
)

// splitBase64 gives what base64 decodes to as one part; of a data: URL, what is behind its comma.
func (s *Splitter) splitBase64(dst []Part, text []byte) ([]Part, error) {
	start, hint := dataURL(text)
	encoded := text[start:]
	whole, encoding, reason := completeBase64(encoded)
	if encoding == nil {
		return dst, &Error{Kind: ErrSyntax, Format: Base64, Offset: start, Reason: reason}
	}
	decoded, err := encoding.AppendDecode(s.reserve(base64.StdEncoding.DecodedLen(len(whole)+3)), whole)
	if err != nil {
		return dst, &Error{Kind: ErrSyntax, Format: Base64, Offset: start, Reason: err.Error()}
	}
	decoded, ok := s.commit(decoded)
	if !ok {
		return dst, &Error{Kind: ErrTooLarge, Format: Base64}
	}
	return append(dst, Part{Start: start, End: len(text), Text: decoded, Parent: -1, Index: -1, Hint: hint}), nil
}

// dataURL returns where the payload of a base64 data: URL starts, 0 when text is none, and what its media type says.
func dataURL(text []byte) (start int, hint Format) {
	if len(text) < 5 || !bytes.EqualFold(text[:5], []byte("data:")) {
		return 0, Plain
	}
	comma := bytes.IndexByte(text[:min(len(text), 256)], ',')
	if comma < 0 || comma < 12 || !bytes.EqualFold(text[comma-7:comma], []byte(";base64")) {
		return 0, Plain
	}
	media := text[5:comma]
	return comma + 1, formatOf(string(media[:span(media, ";")]))
}

// completeBase64 returns text without its last letter where that stands for less than a byte, base64 that was cut off, and
// what base64Encoding says of that.
func completeBase64(text []byte) (whole []byte, encoding *base64.Encoding, reason string) {
	if encoding, reason = base64Encoding(text); reason != letterTooMany {
		return text, encoding, reason
	}
	end := len(text) - 1
	for text[end] == '\r' || text[end] == '\n' {
		end--
	}
	encoding, reason = base64Encoding(text[:end])
	return text[:end], encoding, reason
}

// letterTooMany is said of base64 whose last letter stands for less than a byte.
const letterTooMany = "one letter too many"

// base64Encoding returns the encoding of text by its letters and its padding, nil and the reason when it is no base64.
// It does not look whether the line breaks are where MIME has them.
func base64Encoding(text []byte) (*base64.Encoding, string) {
	padding := 0
	for end := len(text); padding < 2 && padding < end && text[end-1-padding] == '='; {
		padding++
	}
	letters := len(text) - padding
	seen := digitsSeen(text[:letters])
	if seen&digitNone != 0 {
		return brokenBase64(text)
	}
	return encodingOf(seen&digitStandard != 0, seen&digitURL != 0, padding, letters)
}

// What base64Digits says of a byte.
const (
	digitAny      byte = 1 << iota // of both alphabets
	digitStandard                  // + and /
	digitURL                       // - and _
	digitNone                      // none, or a line break or padding
)

var base64Digits = func() (table [256]byte) {
	for i := range table {
		switch c := byte(i); {
		case c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9':
			table[i] = digitAny
		case c == '+' || c == '/':
			table[i] = digitStandard
		case c == '-' || c == '_':
			table[i] = digitURL
		default:
			table[i] = digitNone
		}
	}
	return table
}()

// digitsSeen is what base64Digits says of all bytes of text, at least up to a little behind the first that is no digit.
func digitsSeen(text []byte) (seen byte) {
	for len(text) >= 8 {
		seen |= base64Digits[text[0]] | base64Digits[text[1]] | base64Digits[text[2]] | base64Digits[text[3]] |
			base64Digits[text[4]] | base64Digits[text[5]] | base64Digits[text[6]] | base64Digits[text[7]]
		if seen&digitNone != 0 {
			return seen
		}
		text = text[8:]
	}
	for _, c := range text {
		seen |= base64Digits[c]
	}
	return seen
}

// brokenBase64 is base64Encoding for text with line breaks, or with what is no base64.
func brokenBase64(text []byte) (*base64.Encoding, string) {
	std, url, padding, letters := false, false, 0, 0
	for _, c := range text {
		switch {
		case (c|0x20)-'a' <= 25 || c-'0' <= 9:
			letters++
		case c == '+' || c == '/':
			std = true
			letters++
		case c == '-' || c == '_':
			url = true
			letters++
		case c == '=':
			padding++
			continue
		case c == '\r' || c == '\n':
			continue
		default:
			return nil, "not in the alphabet"
		}
		if padding > 0 {
			return nil, "letters behind the padding"
		}
	}
	return encodingOf(std, url, padding, letters)
}

// encodingOf is the encoding of a text with letters of the alphabets and padding.
func encodingOf(std, url bool, padding, letters int) (*base64.Encoding, string) {
	switch {
	case std && url:
		return nil, "letters of two alphabets"
	case letters%4 == 1:
		return nil, letterTooMany
	case padding > 0 && (letters+padding)%4 != 0 || padding > 2:
		return nil, "wrong padding"
	case url && padding > 0:
		return base64.URLEncoding, ""
	case url:
		return base64.RawURLEncoding, ""
	case padding == 0:
		return base64.RawStdEncoding, ""
	}
	return base64.StdEncoding, ""
}

// appendBase64 writes text with the alphabet, padding and line breaks of original. Without a sign which of them it has,
// the standard alphabet with padding.
func appendBase64(dst, original, text []byte) []byte {
	whole, encoding, _ := completeBase64(original)
	if encoding == nil {
		encoding = base64.StdEncoding
	} else if old, err := encoding.AppendDecode(nil, whole); err == nil && bytes.Equal(old, text) {
		return append(dst, original...)
	}
	original = whole
	end := bytes.TrimRight(original, "\r\n")
	if encoding == base64.RawStdEncoding {
		letters := len(end) - bytes.Count(end, []byte{'\n'}) - bytes.Count(end, []byte{'\r'})
		if letters%4 == 0 {
			encoding = base64.StdEncoding
		}
	}
	line := span(end, "\r\n")
	if line == 0 || line == len(end) {
		dst = encoding.AppendEncode(dst, text)
		return append(dst, original[len(end):]...)
	}
	newline := original[line : line+1]
	if original[line] == '\r' && line+1 < len(original) && original[line+1] == '\n' {
		newline = original[line : line+2]
	}
	encoded := encoding.AppendEncode(nil, text)
	for len(encoded) > line {
		dst = append(append(dst, encoded[:line]...), newline...)
		encoded = encoded[line:]
	}
	dst = append(dst, encoded...)
	return append(dst, original[len(end):]...)
}
