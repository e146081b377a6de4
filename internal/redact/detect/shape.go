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

// NewShape looks at every byte of text once, without a branch that depends on it.
func NewShape(text []byte) Shape {
	var (
		all     uint32 // classes of all bytes
		digits  uint32
		last    = -1 // the last byte that is in no token
		longest int
	)
	for i, c := range text {
		b := shapeTable[c]
		all |= b
		digits += b >> 31
		if b&endsToken != 0 {
			last = i
		}
		if i-last > longest {
			longest = i - last
		}
	}
	return Shape{Classes: Class(all), Digits: int(digits), LongToken: longest}
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
