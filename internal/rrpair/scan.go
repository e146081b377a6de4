package rrpair

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	// MaxDepth is how deep objects and arrays may be nested. Documents nested
	// 1,000 deep do occur (recursive comment trees, hostile tests) and pass;
	// the recursion takes a few hundred bytes of stack a level, so the bound
	// keeps a hostile record below a mebibyte.
	MaxDepth = 2000
	// MaxSize is the largest JSON text of one record, in bytes: offsets are 32
	// bits wide. No transport of ours carries a record that large.
	MaxSize = 1 << 30
	// smallObject is the number of members up to which a repeated name is
	// looked for among all earlier ones; beyond it the names are sorted at the
	// end of the object, so that a hostile one does not cost its square.
	smallObject = 64
	// rangeDigits is how many digits an integer may have and still be surely
	// within the range of a double (1.79e308).
	rangeDigits = 308
)

// span is a piece of a text.
type span struct{ start, end uint32 }

func (s span) of(text []byte) []byte { return text[s.start:s.end:s.end] }

// scanner checks one JSON text in a single pass. With an index it records the
// members of the levels that a Pair knows.
type scanner struct {
	text  []byte
	keys  []span // names of the objects that are open, innermost last
	index *index // nil: check only
	loose bool   // white space or an escape that is not RFC 8785's: wants compact
	fail  *DecodeError
}

// document checks that the text is one JSON value with nothing behind it.
func (s *scanner) document() bool {
	s.keys, s.loose, s.fail = s.keys[:0], false, nil
	if len(s.text) > MaxSize {
		s.refuse(0, CauseSize, "larger than "+strconv.Itoa(MaxSize)+" bytes")
		return false
	}
	start := s.space(0)
	i := start
	if s.index != nil && i < len(s.text) && s.text[i] == '{' {
		i = s.object(i, scopeTop, 1)
	} else {
		i = s.value(i, 0)
	}
	if i >= 0 {
		if i = s.space(i); i == len(s.text) {
			return true
		}
		s.refuse(i, CauseSyntax, "text behind the end of the document")
	}
	s.nameOther(start)
	return false
}

// nameOther says of a text that is neither a record nor JSON what was expected, instead of how its first letters could
// go on: "not json" is a log line and no misspelt null.
func (s *scanner) nameOther(start int) {
	if s.index == nil || s.fail.Cause != CauseSyntax || start == len(s.text) {
		return
	}
	switch c := s.text[start]; {
	case c == '{':
	case c == '"', c == '[', c == '-', c >= '0' && c <= '9', c == 't', c == 'f', c == 'n': // others are named already
		s.refuse(start, CauseSyntax, "not a JSON object: it does not begin with '{'")
	}
}

// refuse notes why the text is refused and returns the index that says so.
func (s *scanner) refuse(offset int, cause Cause, reason string) int {
	s.fail = &DecodeError{Cause: cause, Offset: offset, Reason: reason}
	return -1
}

// space returns the index of the first byte at or after i that is no white space.
func (s *scanner) space(i int) int {
	if i < len(s.text) && s.text[i] > ' ' {
		return i
	}
	return s.skipSpace(i)
}

func (s *scanner) skipSpace(i int) int {
	for i < len(s.text) {
		switch s.text[i] {
		case ' ', '\t', '\n', '\r':
			s.loose = true
			i++
		default:
			return i
		}
	}
	return i
}

// value checks the value at i and returns the index behind it, or -1. depth is
// the number of objects and arrays around it.
func (s *scanner) value(i, depth int) int {
	if i >= len(s.text) {
		return s.refuse(i, CauseSyntax, "ends where a value is due")
	}
	switch c := s.text[i]; {
	case c == '"':
		return s.str(i)
	case c == '{':
		return s.object(i, scopePlain, depth+1)
	case c == '[':
		return s.array(i, depth+1)
	case c == '-' || c >= '0' && c <= '9':
		return s.number(i)
	case c == 't':
		return s.literal(i, "true")
	case c == 'f':
		return s.literal(i, "false")
	case c == 'n':
		return s.literal(i, "null")
	}
	return s.refuse(i, CauseSyntax, "no JSON value begins with "+strconv.QuoteRune(rune(s.text[i])))
}

func (s *scanner) literal(i int, word string) int {
	if len(s.text)-i < len(word) || string(s.text[i:i+len(word)]) != word {
		return s.refuse(i, CauseSyntax, "want "+word)
	}
	return i + len(word)
}

func (s *scanner) object(i int, within scope, depth int) int {
	if depth > MaxDepth {
		return s.refuse(i, CauseDepth, "nested deeper than "+strconv.Itoa(MaxDepth))
	}
	first := len(s.keys)
	var seen uint64
	indexed := s.index != nil && within < indexedScopes
	if indexed {
		s.index.open(within)
	}
	if i = s.space(i + 1); i < len(s.text) && s.text[i] == '}' {
		return i + 1
	}
	for {
		if i >= len(s.text) || s.text[i] != '"' {
			return s.refuse(i, CauseSyntax, "want the name of a member")
		}
		behind := s.str(i)
		if behind < 0 {
			return -1
		}
		key := span{uint32(i + 1), uint32(behind - 1)}
		if !s.fresh(key, first, &seen) {
			return s.refuse(i, CauseDuplicate, "the object names a member twice")
		}
		if i = s.space(behind); i >= len(s.text) || s.text[i] != ':' {
			return s.refuse(i, CauseSyntax, "want ':' behind the name of a member")
		}
		i = s.space(i + 1)
		if indexed {
			i = s.member(i, within, key, depth)
		} else {
			i = s.value(i, depth)
		}
		if i < 0 {
			return -1
		}
		if i = s.space(i); i >= len(s.text) {
			return s.refuse(i, CauseSyntax, "ends inside an object")
		}
		if s.text[i] == '}' {
			break
		}
		if s.text[i] != ',' {
			return s.refuse(i, CauseSyntax, "want ',' or '}' behind a member")
		}
		i = s.space(i + 1)
	}
	if len(s.keys)-first > smallObject && repeats(s.text, s.keys[first:]) {
		return s.refuse(i, CauseDuplicate, "the object names a member twice")
	}
	s.keys = s.keys[:first]
	return i + 1
}

// member checks the value of an indexed level's member and records it.
func (s *scanner) member(i int, within scope, key span, depth int) int {
	name := key.of(s.text)
	field := within.field(name)
	child := within.child(field, name)
	start := i
	if child < indexedScopes && i < len(s.text) && s.text[i] == '{' {
		i = s.object(i, child, depth+1)
	} else {
		i = s.value(i, depth)
	}
	if i < 0 {
		s.fail.under(name)
		return -1
	}
	s.index.add(within, entry{key: key, value: span{uint32(start), uint32(i)}, field: field}, s.text[start] == 'n')
	return i
}

func (s *scanner) array(i, depth int) int {
	if depth > MaxDepth {
		return s.refuse(i, CauseDepth, "nested deeper than "+strconv.Itoa(MaxDepth))
	}
	if i = s.space(i + 1); i < len(s.text) && s.text[i] == ']' {
		return i + 1
	}
	for {
		if i = s.value(i, depth); i < 0 {
			return -1
		}
		if i = s.space(i); i >= len(s.text) {
			return s.refuse(i, CauseSyntax, "ends inside an array")
		}
		if s.text[i] == ']' {
			return i + 1
		}
		if s.text[i] != ',' {
			return s.refuse(i, CauseSyntax, "want ',' or ']' behind an element")
		}
		i = s.space(i + 1)
	}
}

// fresh records the name of a member and reports whether the object that began
// at first had none like it; of a large object, repeats tells in the end.
func (s *scanner) fresh(key span, first int, seen *uint64) bool {
	ok := freshKey(s.text, s.keys[first:], key, seen)
	s.keys = append(s.keys, key)
	return ok
}

func freshKey(text []byte, keys []span, key span, seen *uint64) bool {
	name := key.of(text)
	if len(name) == 0 {
		// Its own bit cannot be told from others': compare.
		return !slices.ContainsFunc(keys, func(k span) bool { return k.start == k.end })
	}
	hash := uint(name[0])*5 ^ uint(name[len(name)-1])*11 ^ uint(name[len(name)/2])*23 ^ uint(len(name))*3
	bit := uint64(1) << (hash & 63)
	if *seen&bit == 0 {
		*seen |= bit
		return true
	}
	if len(keys) > smallObject {
		return true
	}
	for _, k := range keys {
		if string(k.of(text)) == string(name) {
			return false
		}
	}
	return true
}

// repeats reports whether two of the names are equal; it changes their order.
func repeats(text []byte, keys []span) bool {
	slices.SortFunc(keys, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.end-a.start, b.end-b.start), bytes.Compare(a.of(text), b.of(text)))
	})
	for i := 1; i < len(keys); i++ {
		if bytes.Equal(keys[i-1].of(text), keys[i].of(text)) {
			return true
		}
	}
	return false
}

// str checks the string whose quote stands at i.
func (s *scanner) str(i int) int {
	for i++; ; {
		i = cleanRun(s.text, i)
		if i >= len(s.text) {
			return s.refuse(i, CauseSyntax, "ends inside a string")
		}
		switch c := s.text[i]; {
		case c == '"':
			return i + 1
		case c == '\\':
			if i = s.escape(i); i < 0 {
				return -1
			}
		case c < ' ':
			return s.refuse(i, CauseSyntax, "a control character in a string is not escaped")
		default:
			behind, invalid := invalidUTF8(s.text, i)
			if invalid >= 0 {
				return s.refuse(invalid, CauseUTF8, "a string is not UTF-8")
			}
			i = behind
		}
	}
}

func (s *scanner) escape(i int) int {
	if i+1 >= len(s.text) {
		return s.refuse(i, CauseSyntax, "ends inside a string")
	}
	switch s.text[i+1] {
	case '"', '\\', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case '/':
		s.loose = true
		return i + 2
	case 'u':
	default:
		return s.refuse(i, CauseSyntax, "unknown escape in a string")
	}
	r, ok := hexRune(s.text[i:])
	if !ok {
		return s.refuse(i, CauseSyntax, `want four hexadecimal digits behind \u`)
	}
	if utf16.IsSurrogate(r) {
		second, ok := hexRune(s.text[i+6:])
		if !ok || utf16.DecodeRune(r, second) == utf8.RuneError {
			return s.refuse(i, CauseUTF8, "half a surrogate pair in a string")
		}
		s.loose = true
		return i + 12
	}
	var shortest [6]byte
	if r >= ' ' || string(appendEscape(shortest[:0], byte(r))) != string(s.text[i:i+6]) {
		s.loose = true
	}
	return i + 6
}

func (s *scanner) number(start int) int {
	i := start
	if s.text[i] == '-' {
		i++
	}
	whole := i
	i = s.digits(i)
	if i == whole {
		return s.refuse(i, CauseSyntax, "want a digit")
	}
	if s.text[whole] == '0' && i > whole+1 {
		return s.refuse(whole, CauseSyntax, "a number begins with 0")
	}
	doubtful := i-whole > rangeDigits
	if i < len(s.text) && s.text[i] == '.' {
		from := i + 1
		if i = s.digits(from); i == from {
			return s.refuse(i, CauseSyntax, "want a digit behind the decimal point")
		}
	}
	if i < len(s.text) && (s.text[i] == 'e' || s.text[i] == 'E') {
		i++
		if i < len(s.text) && (s.text[i] == '+' || s.text[i] == '-') {
			i++
		}
		from := i
		if i = s.digits(from); i == from {
			return s.refuse(i, CauseSyntax, "want a digit in the exponent")
		}
		doubtful = true
	}
	if doubtful {
		if _, err := strconv.ParseFloat(string(s.text[start:i]), 64); err != nil {
			return s.refuse(start, CauseNumber, "a number beyond the range of a double")
		}
	}
	return i
}

func (s *scanner) digits(i int) int {
	for i < len(s.text) && s.text[i] >= '0' && s.text[i] <= '9' {
		i++
	}
	return i
}
