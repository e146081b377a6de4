package detect

// Shape is what one pass over a text's bytes tells: finders skip texts that cannot hold what they look for.
type Shape struct {
	Classes   Class  // which classes of bytes occur
	Digits    int    // how many digits
	LongToken int    // length of the longest run of letters, digits, '_', '-', '.', '+', '/', '=' and '~'
	Digest    uint64 // room for finders' own prefilters; 0 for now
}

// Class is a set of classes of bytes.
type Class uint16

// The classes of bytes.
const (
	HasUpper Class = 1 << iota
	HasLower
	HasDigit
	HasAt      // @
	HasDot     // .
	HasColon   // :
	HasDash    // -
	HasEquals  // =
	HasPercent // %
	HasSlash   // /
	HasEscape  // backslash
	HasSpace   // white space
	HasQuote   // " ' `
	HasHigh    // bytes above 0x7f
	HasControl // below 0x20 without white space, and 0x7f
	HasOther
)

// NewShape looks at every byte of text once, and where some are in no token once more for the longest run of those that are.
// No branch depends on a single byte.
func NewShape(text []byte) Shape {
	var all, digits uint32
	rest := text
	for len(rest) >= 4 {
		a, b, c, d := shapeTable[rest[0]], shapeTable[rest[1]], shapeTable[rest[2]], shapeTable[rest[3]]
		all |= a | b | c | d
		digits += a>>31 + b>>31 + c>>31 + d>>31
		rest = rest[4:]
	}
	for _, c := range rest {
		b := shapeTable[c]
		all |= b
		digits += b >> 31
	}
	s := Shape{Classes: Class(all), Digits: int(digits), LongToken: len(text)}
	if all&endsToken != 0 {
		s.LongToken = longestToken(text)
	}
	return s
}

// longestToken is the length of the longest run of bytes that are in a token.
func longestToken(text []byte) (longest int) {
	last := -1
	for i, c := range text {
		if shapeTable[c]&endsToken != 0 {
			last = i
		}
		if i-last > longest {
			longest = i - last
		}
	}
	return longest
}

// Bits of a byte in shapeTable above its class.
const (
	endsToken uint32 = 1 << 30
	countsOne uint32 = 1 << 31 // of digits; the highest, so that a shift counts it
)

var shapeTable = func() (table [256]uint32) {
	for i := range table {
		c := byte(i)
		class := classOf(c)
		table[i] = uint32(class)
		if class == HasDigit {
			table[i] |= countsOne
		}
		if class&(HasUpper|HasLower|HasDigit|HasDot|HasDash|HasEquals|HasSlash) == 0 && c != '_' && c != '+' && c != '~' {
			table[i] |= endsToken
		}
	}
	return table
}()

func classOf(c byte) Class {
	switch {
	case c >= 'A' && c <= 'Z':
		return HasUpper
	case c >= 'a' && c <= 'z':
		return HasLower
	case c >= '0' && c <= '9':
		return HasDigit
	case c == '@':
		return HasAt
	case c == '.':
		return HasDot
	case c == ':':
		return HasColon
	case c == '-':
		return HasDash
	case c == '=':
		return HasEquals
	case c == '%':
		return HasPercent
	case c == '/':
		return HasSlash
	case c == '\\':
		return HasEscape
	case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		return HasSpace
	case c == '"' || c == '\'' || c == '`':
		return HasQuote
	case c >= 0x80:
		return HasHigh
	case c < 0x20 || c == 0x7f:
		return HasControl
	default:
		return HasOther
	}
}
