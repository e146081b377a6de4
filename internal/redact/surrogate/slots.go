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

// members gives an alphabet's characters, and the bits of choice it gives in sixteenths. Alphabets that stand for each
// other at the first place of a number give the same, so that a surrogate has as many check places as its original asked for.
func (a alphabet) members() (characters string, sixteenths int) {
	switch a {
	case digit:
		return "0123456789", 53
	case digitNotZero:
		return "123456789", 53
	case lower:
		return "abcdefghijklmnopqrstuvwxyz", 75
	case upper:
		return "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 75
	case lowerNotHex:
		return "ghijklmnopqrstuvwxyz", 69
	case upperNotHex:
		return "GHIJKLMNOPQRSTUVWXYZ", 69
	case hexLower:
		return "0123456789abcdef", 64
	case hexUpper:
		return "0123456789ABCDEF", 64
	case hexLetterLower:
		return "abcdef", 41
	case hexLetterUpper:
		return "ABCDEF", 41
	case lowerOrDigit:
		return "abcdefghijklmnopqrstuvwxyz0123456789", 82
	case upperOrDigit:
		return "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 82
	case letter:
		return "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 91
	case letterOrDigit:
		return "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 95
	case base64Char:
		return "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 96
	case base32Char:
		return "abcdefghijklmnopqrstuvwxyz234567", 80
	case tens:
		return "1234567", 45
	default:
		return "!*~", 25
	}
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
		_, sixteenths := s.alphabet.members()
		total += sixteenths
	}
	want := min(total*room.percent/100, room.atMost*16)
	have, n := 0, 0
	for n < len(slots) && have < want {
		_, sixteenths := slots[len(slots)-1-n].alphabet.members()
		have += sixteenths
		n++
	}
	return n
}

// fill writes keyed characters into the slots of m.text; the last checks of them follow from the others.
func (m *maker) fill(family byte, checks int) {
	payload := len(m.slots) - checks
	for _, s := range m.slots[:payload] {
		characters, _ := s.alphabet.members()
		m.text[s.place] = characters[int(m.uint16())%len(characters)]
	}
	sum := m.checksum(m.ring.checks[0], family, payload)
	for _, s := range m.slots[payload:] {
		characters, _ := s.alphabet.members()
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
		characters, _ := s.alphabet.members()
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
	for _, slot := range m.slots[:payload] {
		s.writeByte(m.text[slot.place])
	}
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
