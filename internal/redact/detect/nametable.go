package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// entryKind is what a word does to the reading of a name.
type entryKind uint8

const (
	kindMeaning  entryKind = 1 + iota // is a value of its class: email, accessToken
	kindWeak                          // the same, unless something else in the name says more: user
	kindAbout                         // says that the name is about something else: the type, count, url of what stands before
	kindDenies                        // says that nothing after it is a value of its kind: is, has, max
	kindFirst                         // the same, as the first word only: num_tokens, but card_num
	kindJoin                          // emailOrPhone is both
	kindModifier                      // means nothing, is known only to cut glued names: userpassword
)

type nameEntry struct {
	hash  uint64
	class NameClass
	kind  entryKind // 0: the slot is free
}

// alone is what the entry means as a whole name.
func (e *nameEntry) alone() NameClass {
	switch e.kind {
	case kindMeaning, kindWeak, kindAbout, kindDenies:
		return e.class
	default:
		return 0
	}
}

// hashBase is the multiplier of the polynomial hash over the letters of a name (any large odd number); its powers turn the
// hashes of two prefixes into the hash of what lies between, so that one pass serves all phrases.
const hashBase = 0x9e3779b97f4a7c15

// hashPower holds hashBase to the power of its index.
var hashPower = func() (power [maxNameBytes + 1]uint64) {
	power[0] = 1
	for i := 1; i < len(power); i++ {
		power[i] = power[i-1] * hashBase
	}
	return power
}()

// nameTable is a hash set with open addressing. Entries are found by the hash alone: two phrases with the same 64 bits
// are refused when the table is built, and a name from outside that collides by chance is one in 2^50.
type nameTable struct {
	slots []nameEntry
	shift uint8 // the upper bits choose the slot
	used  int
}

func (t *nameTable) find(hash uint64) *nameEntry {
	for i := hash >> (t.shift & 63); ; i++ {
		entry := &t.slots[i&uint64(len(t.slots)-1)]
		if entry.hash == hash && entry.kind != 0 {
			return entry
		}
		if entry.kind == 0 {
			return nil
		}
	}
}

// newNameTable makes an empty table with 1<<bits slots.
func newNameTable(bits uint8) nameTable {
	return nameTable{slots: make([]nameEntry, 1<<bits), shift: 64 - bits}
}

// add enters every word of words (separated by white space; phrases are written glued). A word that is there already
// keeps its first kind; meanings are united.
func (t *nameTable) add(kind entryKind, class NameClass, words string) {
	for _, word := range strings.Fields(words) {
		for _, spelling := range spellings(word) {
			t.enter(nameEntry{hash: hashName(spelling), class: class, kind: kind})
		}
	}
}

func (t *nameTable) enter(entry nameEntry) {
	if found := t.find(entry.hash); found != nil {
		if found.kind == kindMeaning && entry.kind == kindMeaning {
			found.class |= entry.class
		}
		return
	}
	if t.used*2 >= len(t.slots) {
		larger := newNameTable(65 - t.shift)
		for _, old := range t.slots {
			if old.kind != 0 {
				larger.enter(old)
			}
		}
		*t = larger
	}
	i := entry.hash >> (t.shift & 63)
	for t.slots[i&uint64(len(t.slots)-1)].kind != 0 {
		i++
	}
	t.slots[i&uint64(len(t.slots)-1)] = entry
	t.used++
}

// hashName is the hash of a name's letters without separators.
func hashName(name string) (hash uint64) {
	for i := 0; i < len(name); i++ {
		if c := foldTable[name[i]]; c != 0 {
			hash = hash*hashBase + uint64(c)
		}
	}
	return hash
}

// spellings of a word: as it is, and when it has letters beyond ASCII (which ClassifyName does not fold) with those in
// upper case, with the first in upper case, and without their accents.
func spellings(word string) []string {
	first, size := utf8.DecodeRuneInString(word)
	forms := []string{word}
	for _, form := range []string{strings.ToUpper(word), string(unicode.ToUpper(first)) + word[size:], plain.Replace(word)} {
		if hash := hashName(form); hash != hashName(word) {
			forms = append(forms, form)
		}
	}
	return forms
}

var plain = strings.NewReplacer("á", "a", "à", "a", "â", "a", "ã", "a", "ä", "ae", "å", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e", "ę", "e",
	"í", "i", "ì", "i", "î", "i", "ï", "i", "ł", "l", "ñ", "n", "ó", "o", "ò", "o", "ô", "o", "õ", "o", "ö", "oe", "ø", "oe", "ś", "s", "ß", "ss",
	"ú", "u", "ù", "u", "û", "u", "ü", "ue", "ż", "z", "ź", "z", "ı", "i", "ş", "s", "ğ", "g")

// letterKind tells where words of a name end.
type letterKind uint8

const (
	separator letterKind = iota
	lower                // and all bytes above 0x7f
	upper
	digit
)

// letterKinds and foldTable (the lower-case byte, 0 for separators) say what a byte of a name is.
var letterKinds, foldTable = func() (kinds [256]letterKind, folded [256]byte) {
	for i := range kinds {
		c := byte(i)
		switch {
		case c >= 'a' && c <= 'z', c >= 0x80:
			kinds[i], folded[i] = lower, c
		case c >= 'A' && c <= 'Z':
			kinds[i], folded[i] = upper, c+'a'-'A'
		case c >= '0' && c <= '9':
			kinds[i], folded[i] = digit, c
		}
	}
	return kinds, folded
}()
