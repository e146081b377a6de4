package surrogate

// alphabet is a set of characters from which a place of a surrogate is filled.
type alphabet uint8

const (
	digit alphabet = iota
	digitNotZero
	lower
	upper
	lowerNotHex // at a fixed place, so that the surrogate of a text of letters and digits is never taken for hex
	upperNotHex
	hexLower
	hexUpper
	hexLetterLower
	hexLetterUpper
	lowerOrDigit
	upperOrDigit
	letter
	letterOrDigit
	base64Char
	base32Char
	tens // of a latitude or longitude that is both
	mark // punctuation that needs no escape in JSON, URLs, forms and SQL
)

// alphabets are the characters of each alphabet and the bits of choice it gives, in sixteenths. Those that stand for each
// other at the first place of a number give the same, so that a surrogate has as many check places as its original asked for.
var alphabets = [...]struct {
	characters string
	sixteenths int
}{
	digit:          {"0123456789", 53},
	digitNotZero:   {"123456789", 53},
	lower:          {"abcdefghijklmnopqrstuvwxyz", 75},
	upper:          {"ABCDEFGHIJKLMNOPQRSTUVWXYZ", 75},
	lowerNotHex:    {"ghijklmnopqrstuvwxyz", 69},
	upperNotHex:    {"GHIJKLMNOPQRSTUVWXYZ", 69},
	hexLower:       {"0123456789abcdef", 64},
	hexUpper:       {"0123456789ABCDEF", 64},
	hexLetterLower: {"abcdef", 41},
	hexLetterUpper: {"ABCDEF", 41},
	lowerOrDigit:   {"abcdefghijklmnopqrstuvwxyz0123456789", 82},
	upperOrDigit:   {"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 82},
	letter:         {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 91},
	letterOrDigit:  {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 95},
	base64Char:     {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 96},
	base32Char:     {"abcdefghijklmnopqrstuvwxyz234567", 80},
	tens:           {"1234567", 45},
	mark:           {"!*~", 25},
}

// slot is a place of m.text that varies.
type slot struct {
	place    int32
	alphabet alphabet
}

// share says how much of the room of a surrogate goes to its keyed check: percent of the bits, at most so many bits.
// A check of n bits lets one real value in 2^n pass for a surrogate, and stay; the room that is left says how many
// different surrogates there are.
type share struct{ percent, atMost int }

// The shares of the kinds of surrogates.
var (
	plainShare  = share{40, 36} // half to tell values apart, nearly half to be known again
	markedShare = share{25, 20} // the text says REDACTED already
)

// checkPlaces is how many of the last slots are check places: at least one, where there is more than one.
func checkPlaces(slots []slot, room share) int {
	total := 0
	for _, s := range slots {
		total += alphabets[s.alphabet].sixteenths
	}
	want := min(total*room.percent/100, room.atMost*16)
	have, n := 0, 0
	for n < len(slots) && have < want {
		have += alphabets[slots[len(slots)-1-n].alphabet].sixteenths
		n++
	}
	return n
}

// fill writes keyed characters into the slots of m.text; the last checks of them follow from the others.
func (m *maker) fill(family byte, checks int) {
	payload := len(m.slots) - checks
	for _, s := range m.slots[:payload] {
		characters := alphabets[s.alphabet].characters
		m.text[s.place] = characters[m.below(len(characters))]
	}
	sum := m.checksum(m.ring.checks[0], family, payload)
	for _, s := range m.slots[payload:] {
		characters := alphabets[s.alphabet].characters
		m.text[s.place] = characters[sum%uint64(len(characters))]
		sum /= uint64(len(characters))
	}
}

// filled says whether the check places of m.text follow from the others by one of the keys.
func (m *maker) filled(family byte, checks int) bool {
	if len(m.slots) == 0 || checks == 0 {
		return false
	}
	for _, key := range m.ring.checks {
		if m.filledBy(key, family, checks) {
			return true
		}
	}
	return false
}

func (m *maker) filledBy(key sipKey, family byte, checks int) bool {
	payload := len(m.slots) - checks
	sum := m.checksum(key, family, payload)
	for _, s := range m.slots[payload:] {
		characters := alphabets[s.alphabet].characters
		if m.text[s.place] != characters[sum%uint64(len(characters))] {
			return false
		}
		sum /= uint64(len(characters))
	}
	return true
}

// checksum covers the filled characters, and not what stands between them: a separator may be written or left out.
func (m *maker) checksum(key sipKey, family byte, payload int) uint64 {
	s := newSip(key)
	s.writeByte(family)
	s.writeByte(byte(len(m.slots)))
	m.payload = m.payload[:0]
	for _, slot := range m.slots[:payload] {
		m.payload = append(m.payload, m.text[slot.place])
	}
	s.write(m.payload)
	return s.sum()
}

// addSlots makes every digit and letter of m.text from place on a slot of its own class.
func (m *maker) addSlots(from int) {
	for i := from; i < len(m.text); i++ {
		if a, ok := classOf(m.text[i]); ok {
			m.slots = append(m.slots, slot{int32(i), a})
		}
	}
}

func classOf(c byte) (alphabet, bool) {
	switch {
	case c >= '0' && c <= '9':
		return digit, true
	case c >= 'a' && c <= 'z':
		return lower, true
	case c >= 'A' && c <= 'Z':
		return upper, true
	}
	return 0, false
}

// keepNumber sees to it that a surrogate never begins with a zero: digits in a JSON number could not.
func (m *maker) keepNumber() {
	if len(m.slots) > 0 && m.slots[0].alphabet == digit {
		m.slots[0].alphabet = digitNotZero
	}
}
