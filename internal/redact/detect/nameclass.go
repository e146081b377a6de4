package detect

import (
	"math/bits"
	"strings"
)

// classWords are the meanings as policies write them and as people read them, by bit.
var classWords = [...]struct{ name, words string }{
	{"password", "a password"}, {"secret", "a secret key"}, {"token", "a token"}, {"session", "a session"}, {"auth", "credentials"},
	{"cookie", "cookies"}, {"email", "an email address"}, {"phone", "a phone number"}, {"card", "a card number"},
	{"card_code", "a card's security code"}, {"ssn", "a social security number"}, {"national_id", "a national id"}, {"tax_id", "a tax id"},
	{"passport", "a passport number"}, {"license", "a licence number"}, {"iban", "an IBAN"}, {"routing", "a bank's routing number"},
	{"account", "a bank account"}, {"npi", "a health provider's number"}, {"mrn", "a medical record number"}, {"health", "a health insurance number"},
	{"ip", "an IP address"}, {"mac", "a MAC address"}, {"device", "a device id"}, {"latitude", "a latitude"}, {"longitude", "a longitude"},
	{"birth", "a date of birth"}, {"person", "a person's name"}, {"address", "a postal address"}, {"city", "a city"}, {"postal", "a postal code"},
	{"user", "a user's name"}, {"id", "an id that names no person"}, {"time", "a time"}, {"amount", "an amount"},
}

// String is the meanings as policies write them, joined by |; "none" for no meaning.
func (c NameClass) String() string {
	return c.join("|", "none", func(bit int) string { return classWords[bit].name })
}

// Words is the meanings for people: "a token or credentials"; "nothing" for no meaning.
func (c NameClass) Words() string {
	return c.join(" or ", "nothing", func(bit int) string { return classWords[bit].words })
}

func (c NameClass) join(separator, none string, word func(bit int) string) string {
	var words []string
	for rest := uint64(c); rest != 0; rest &= rest - 1 {
		if bit := bits.TrailingZeros64(rest); bit < len(classWords) {
			words = append(words, word(bit))
		}
	}
	if len(words) == 0 {
		return none
	}
	return strings.Join(words, separator)
}

// ParseNameClass reads one meaning as policies write it.
func ParseNameClass(text string) (NameClass, bool) {
	for bit, words := range classWords {
		if words.name == text {
			return 1 << bit, true
		}
	}
	return 0, text == "none"
}

// NameClasses lists all meanings as policies write them.
func NameClasses() []string {
	names := make([]string, len(classWords))
	for bit, words := range classWords {
		names[bit] = words.name
	}
	return names
}

// Names is the built-in table with further names. Immutable once built, safe for concurrent use.
type Names struct {
	whole map[uint64]NameClass // names of any number of words
	table nameTable            // and the same as words within longer names
}

// MaxNameLetters bounds the names that can be added.
const MaxNameLetters = maxNameBytes

// NewNames adds names, by their spelling, to the built-in ones; class 0 takes a name's built-in meaning away.
func NewNames(own map[string]NameClass) *Names {
	n := &Names{whole: make(map[uint64]NameClass, len(own)), table: builtinNames}
	n.table.slots = append([]nameEntry(nil), builtinNames.slots...)
	for name, class := range own {
		for _, spelling := range spellings(name) {
			n.whole[hashName(spelling)] |= class
		}
	}
	for hash, class := range n.whole {
		kind := kindMeaning
		if class == 0 {
			kind = kindAbout
		}
		if entry := n.table.find(hash); entry != nil {
			entry.kind, entry.class = kind, class
		} else {
			n.table.enter(nameEntry{hash: hash, class: class, kind: kind})
		}
	}
	return n
}

// Classify is ClassifyName with the further names. Without allocation.
func (n *Names) Classify(name []byte) NameClass {
	if class, found := n.whole[NameHash(name)]; found {
		return class
	}
	return classify(&n.table, name)
}

// TableName is what the built-in table says of a name as a whole, 0 when the name is not in it (its words may be).
func TableName(name []byte) NameClass {
	if entry := builtinNames.find(NameHash(name)); entry != nil {
		return entry.alone()
	}
	return 0
}
