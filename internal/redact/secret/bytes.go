package secret

// alphabet is a set of classes of bytes: which bytes a token may consist of.
type alphabet uint16

const (
	digit alphabet = 1 << iota
	lowerHex
	lowerRest
	upperHex
	upperRest
	underscore
	dash
	dot
	plus
	slash
	equals
	tilde
	percent
	colon
	punct // ! # $ * @ ^ ? &
)

// The alphabets that keys are written in.
const (
	lower     = lowerHex | lowerRest
	upper     = upperHex | upperRest
	letters   = lower | upper
	hex       = digit | lowerHex
	anyHex    = digit | lowerHex | upperHex
	lowerNum  = digit | lower
	upperNum  = digit | upper
	alnum     = digit | letters
	word      = alnum | underscore
	base64url = alnum | underscore | dash
	base64any = alnum | underscore | dash | plus | slash | equals
	base64std = alnum | plus | slash | equals
	dotted    = base64url | dot
)

var byteAlphabet = newByteAlphabet()

func newByteAlphabet() (table [256]alphabet) {
	for c := '0'; c <= '9'; c++ {
		table[c] = digit
	}
	for c := 'a'; c <= 'z'; c++ {
		table[c], table[c-32] = lowerRest, upperRest
	}
	for c := 'a'; c <= 'f'; c++ {
		table[c], table[c-32] = lowerHex, upperHex
	}
	for c, class := range map[byte]alphabet{
		'_': underscore, '-': dash, '.': dot, '+': plus, '/': slash, '=': equals, '~': tilde, '%': percent, ':': colon,
		'!': punct, '#': punct, '$': punct, '*': punct, '@': punct, '^': punct, '?': punct, '&': punct,
	} {
		table[c] = class
	}
	return table
}

func isWord(c byte) bool  { return byteAlphabet[c]&word != 0 }
func isAlnum(c byte) bool { return byteAlphabet[c]&alnum != 0 }
func isDigit(c byte) bool { return c-'0' < 10 }
func isUpper(c byte) bool { return c-'A' < 26 }
func isLower(c byte) bool { return c-'a' < 26 }
func isBlank(c byte) bool { return c == ' ' || c == '\t' }
func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

func fold(c byte) byte {
	if c-'A' < 26 {
		return c | 0x20
	}
	return c
}

// run returns the end of the run of bytes in set that starts at i.
func run(text []byte, i int, set alphabet) int {
	for i < len(text) && byteAlphabet[text[i]]&set != 0 {
		i++
	}
	return i
}

// hasFold says whether text holds the lower-case word, in any case.
func hasFold(text []byte, lowered string) bool { return indexFold(text, lowered) >= 0 }

func indexFold(text []byte, lowered string) int {
	for i := 0; i+len(lowered) <= len(text); i++ {
		if fold(text[i]) == lowered[0] && equalFold(text[i:i+len(lowered)], lowered) {
			return i
		}
	}
	return -1
}

func equalFold(text []byte, lowered string) bool {
	if len(text) != len(lowered) {
		return false
	}
	for i := range text {
		if fold(text[i]) != lowered[i] {
			return false
		}
	}
	return true
}

func suffixFold(text []byte, lowered string) bool {
	return len(text) >= len(lowered) && equalFold(text[len(text)-len(lowered):], lowered)
}

func prefixFold(text []byte, lowered string) bool {
	return len(text) >= len(lowered) && equalFold(text[:len(lowered)], lowered)
}
