package content

import "encoding/base64"

const (
	// minShort is the shortest base64 that is looked into: nine digits, the shortest value that says what it is.
	minShort = 12
	// tellingRun, tellingDigits and longRun say which printable run within other bytes can be a value: as long as an
	// address or a number, or as long as a key. Noise has none of them.
	tellingRun    = 9
	tellingDigits = 7
	longRun       = 20
)

// ShortBase64 reports whether a text of 12 to 15 letters is base64 of something that a finder could want: a
// number, or an address. Words and ids leave at the first letters: those that begin a group of four say whether a byte is
// printable.
func ShortBase64(text []byte) bool {
	if len(text) < minShort || len(text) >= minBase64 || !opensPrintable(text[0]) || !opensPrintable(text[4]) || !opensPrintable(text[8]) {
		return false
	}
	encoding, _ := base64Encoding(text)
	if encoding == nil {
		return false
	}
	var decoded [minBase64]byte
	n, err := encoding.Decode(decoded[:], text)
	return err == nil && tellingText(decoded[:n])
}

// opensPrintable reports whether a letter that begins a group of four stands for a printable byte.
func opensPrintable(c byte) bool { return c-'I' <= 'Z'-'I' || c-'a' <= 'f'-'a' }

// tellingText reports whether all of text is printable and could be a value.
func tellingText(text []byte) bool {
	var run runScan
	return run.feed(text) && run.length == len(text)
}

// runScan looks for a printable run that could be a value in bytes that come piece by piece.
type runScan struct {
	length, digits int
	at, dot        bool // an @, and a full stop behind it
}

// feed reports whether the run at the end of what came, or one within text, could be a value.
func (r *runScan) feed(text []byte) bool {
	for _, c := range text {
		switch {
		case c < ' ' || c > '~':
			if r.telling() {
				return true
			}
			*r = runScan{}
			continue
		case c-'0' <= 9:
			r.digits++
		case c == '@':
			r.at = true
		case c == '.':
			r.dot = r.at
		}
		r.length++
	}
	return r.telling()
}

func (r *runScan) telling() bool {
	return r.length >= tellingRun && (r.digits >= tellingDigits || r.dot) || r.length >= longRun
}

// tellingBase64 reports whether base64 of other bytes (a message, a record with lengths) has a printable run that could
// be a value.
func tellingBase64(text []byte) bool {
	var letters, decoded [probedLetters]byte
	var run runScan
	n := 0
	for _, c := range text {
		switch c {
		case '-':
			c = '+'
		case '_':
			c = '/'
		case '\r', '\n', '=':
			continue
		}
		letters[n] = c
		if n++; n == probedLetters {
			size, err := base64.RawStdEncoding.Decode(decoded[:], letters[:])
			if err != nil {
				return false
			}
			if run.feed(decoded[:size]) {
				return true
			}
			n = 0
		}
	}
	if n%4 == 1 {
		n--
	}
	size, err := base64.RawStdEncoding.Decode(decoded[:], letters[:n])
	return err == nil && run.feed(decoded[:size])
}
