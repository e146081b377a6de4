package content

import "bytes"

// minHex is the number of digits from which plain hexadecimal is looked into: shorter ones are ids and hashes.
const minHex = 24

// minShortHex is the number of digits from which hexadecimal of digits or of an address is looked into.
const minShortHex = 2 * tellingRun

// splitHex gives what hexadecimal digits decode to as one part: all of text, or behind \x or 0x.
func (s *Splitter) splitHex(dst []Part, text []byte) ([]Part, error) {
	start := hexPrefix(text)
	if (len(text)-start)%2 != 0 {
		return dst, &Error{Kind: ErrSyntax, Format: Hex, Offset: len(text), Reason: "half a byte at the end"}
	}
	buffer := s.reserve((len(text) - start) / 2)
	for i := start; i < len(text); i += 2 {
		high, low := unhex(text[i]), unhex(text[i+1])
		if high|low > 15 {
			return dst, &Error{Kind: ErrSyntax, Format: Hex, Offset: i, Reason: "not a digit"}
		}
		buffer = append(buffer, high<<4|low)
	}
	decoded, ok := s.commit(buffer)
	if !ok {
		return dst, &Error{Kind: ErrTooLarge, Format: Hex}
	}
	return append(dst, Part{Start: start, End: len(text), Text: decoded, Parent: -1, Index: -1}), nil
}

func hexPrefix(text []byte) int {
	if len(text) >= 2 && (text[0] == '\\' || text[0] == '0') && text[1] == 'x' {
		return 2
	}
	return 0
}

// hexUnit is the unit of hexadecimal texts.
func hexUnit(encoded []byte, i int, buf *[8]byte) (end, n int, keep bool) {
	if i+1 >= len(encoded) {
		buf[0] = encoded[i]
		return i + 1, 1, false
	}
	buf[0] = unhex(encoded[i])<<4 | unhex(encoded[i+1])
	return i + 2, 1, true
}

// appendHex writes text in hexadecimal with the case that original has.
func appendHex(dst, original, text []byte) []byte {
	head, middle, tail := respell(original, text, hexUnit)
	digits := lowerHex
	if bytes.ContainsAny(original, "ABCDEF") {
		digits = upperHex
	}
	dst = append(dst, head...)
	for _, c := range middle {
		dst = append(dst, digits[c>>4], digits[c&15])
	}
	return append(dst, tail...)
}

// hexLike reports whether text is hexadecimal of something readable. Hashes and ids decode to noise; a number in
// decimal digits only would have to decode to text by chance in every byte.
func hexLike(text []byte) bool {
	start := hexPrefix(text)
	digits := text[start:]
	if len(digits)%2 != 0 || len(digits) < minShortHex && (start == 0 || len(digits) < 8) {
		return false
	}
	var decoded [64]byte
	head := digits[:min(len(digits), 2*len(decoded))]
	for i := 0; i < len(head); i += 2 {
		high, low := unhex(head[i]), unhex(head[i+1])
		if high|low > 15 {
			return false
		}
		decoded[i/2] = high<<4 | low
	}
	if !meaningful(decoded[:len(head)/2]) || start == 0 && len(digits) < minHex && !tellingText(decoded[:len(head)/2]) {
		return false
	}
	for _, c := range digits[len(head):] {
		if unhex(c) > 15 {
			return false
		}
	}
	return true
}
