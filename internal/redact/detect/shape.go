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

// NewShape looks at every byte of text once.
func NewShape(text []byte) Shape {
	var s Shape
	run := 0
	for _, c := range text {
		class := classes[c]
		s.Classes |= class &^ inToken
		if class&HasDigit != 0 {
			s.Digits++
		}
		if tokenByte[c] {
			if run++; run > s.LongToken {
				s.LongToken = run
			}
		} else {
			run = 0
		}
	}
	return s
}

const inToken Class = 0

var classes, tokenByte = byteClasses()

func byteClasses() (table [256]Class, token [256]bool) {
	for i := range table {
		c := byte(i)
		switch {
		case c >= 'A' && c <= 'Z':
			table[i] = HasUpper
		case c >= 'a' && c <= 'z':
			table[i] = HasLower
		case c >= '0' && c <= '9':
			table[i] = HasDigit
		case c == '@':
			table[i] = HasAt
		case c == '.':
			table[i] = HasDot
		case c == ':':
			table[i] = HasColon
		case c == '-':
			table[i] = HasDash
		case c == '=':
			table[i] = HasEquals
		case c == '%':
			table[i] = HasPercent
		case c == '/':
			table[i] = HasSlash
		case c == '\\':
			table[i] = HasEscape
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			table[i] = HasSpace
		case c == '"' || c == '\'' || c == '`':
			table[i] = HasQuote
		case c >= 0x80:
			table[i] = HasHigh
		case c < 0x20 || c == 0x7f:
			table[i] = HasControl
		default:
			table[i] = HasOther
		}
		switch {
		case table[i]&(HasUpper|HasLower|HasDigit|HasDot|HasDash|HasEquals|HasSlash) != 0, c == '_', c == '+', c == '~':
			token[i] = true
		}
	}
	return table, token
}
