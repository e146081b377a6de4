package policy

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// Bounds of dictionaries.
const (
	maxDictionaryEntries = 1_000_000
	maxDictionaryBytes   = 64 << 20
	maxEntryBytes        = 256
	maxEntryWords        = 8 // of one entry: a text is read that many words ahead of each of its words
	minEntryBytes        = 2 // one letter would take every initial
	maxBetween           = 8 // bytes between two words of an entry
)

// wordList is a set of entries of one to eight words, found as whole words whatever their case. Entries are kept as
// hashes, 64 bits each; a text that is none of them is taken for one by a chance of one in 2^40 for the longest lists.
type wordList struct {
	entries map[uint64]entryEnd
	firsts  [1 << 10]uint64 // bloom filter over the first four bytes of entries
}

// entryEnd says what a hash at the end of a word is.
type entryEnd uint8

const (
	endsEntry entryEnd = 1 << iota
	goesOn             // the beginning of a longer entry
)

func newWordList(size int) *wordList {
	return &wordList{entries: make(map[uint64]entryEnd, size)}
}

// checkEntry says what is wrong with an entry.
func checkEntry(entry string) string {
	if !utf8.ValidString(entry) {
		return "is no UTF-8 text"
	}
	if len(entry) < minEntryBytes {
		return fmt.Sprintf("%q is too short, an entry has at least %d bytes", entry, minEntryBytes)
	}
	if len(entry) > maxEntryBytes {
		return fmt.Sprintf("has %d bytes, an entry has at most %d", len(entry), maxEntryBytes)
	}
	words, between := 0, 0
	for i := 0; i < len(entry); {
		r, size := utf8.DecodeRuneInString(entry[i:])
		if wordRune(r) {
			if words == 0 || between > 0 {
				words++
			}
			between = 0
		} else if between += size; i == 0 || i+size == len(entry) || between > maxBetween {
			return fmt.Sprintf("%q must begin and end with a letter or digit and have at most %d bytes between its words", entry, maxBetween)
		}
		i += size
	}
	if words > maxEntryWords {
		return fmt.Sprintf("%q has %d words, an entry has at most %d", entry, words, maxEntryWords)
	}
	return ""
}

// add enters an entry that checkEntry has nothing against; false when it is there already.
func (w *wordList) add(entry string) bool {
	text := []byte(entry)
	var walk wordWalk
	for walk.next(text) {
		if walk.words == 1 {
			w.setFirst(text)
		}
		if walk.at == len(text) {
			break
		}
		w.entries[walk.hash] |= goesOn
	}
	before := w.entries[walk.hash]
	w.entries[walk.hash] = before | endsEntry
	return before&endsEntry == 0
}

// find appends every longest entry in text that stands as whole words.
func (w *wordList) find(dst []detect.Finding, text []byte, rule *detect.Rule) []detect.Finding {
	for i := 0; i < len(text); {
		if !wordByte[text[i]] {
			i++
			continue
		}
		end := i
		if w.mayBegin(text[i:]) {
			walk := wordWalk{}
			for walk.words < maxEntryWords && walk.next(text[i:]) {
				kind := w.entries[walk.hash]
				if kind&endsEntry != 0 {
					end = i + walk.at
				}
				if kind&goesOn == 0 {
					break
				}
			}
		}
		if end > i {
			dst = append(dst, detect.Finding{Start: i, End: end, Rule: rule, Confidence: rule.Confidence})
			i = end
		}
		for i < len(text) && wordByte[text[i]] { // the rest of the word
			i++
		}
	}
	return dst
}

// firstOf hashes the first four bytes of a text; ok is false when one of them is beyond ASCII, whose case is not known here.
func firstOf(text []byte) (hash uint32, ok bool) {
	for i := 0; i < 4; i++ {
		if i < len(text) && wordByte[text[i]] {
			if text[i] >= utf8.RuneSelf {
				return 0, false
			}
			hash = hash*31 + uint32(lowerByte[text[i]])
		} else {
			break
		}
	}
	return hash * 0x9e3779b1 >> 16, true
}

func (w *wordList) setFirst(text []byte) {
	if hash, ok := firstOf(text); ok {
		w.firsts[hash>>6] |= 1 << (hash & 63)
	}
}

func (w *wordList) mayBegin(text []byte) bool {
	hash, ok := firstOf(text)
	return !ok || w.firsts[hash>>6]&(1<<(hash&63)) != 0
}

// wordWalk hashes a text word by word; letters count in lower case, and any white space as one space.
type wordWalk struct {
	at    int // the end of the last word
	words int
	hash  uint64
}

// next takes in one more word; false when there is none near enough.
func (w *wordWalk) next(text []byte) bool {
	i, hash := w.at, w.hash
	if w.words > 0 {
		for i < len(text) && !wordByte[text[i]] && i-w.at < maxBetween {
			if c := text[i]; !isSpace(c) {
				hash = step(hash, uint32(c))
			} else if i == w.at || !isSpace(text[i-1]) {
				hash = step(hash, ' ')
			}
			i++
		}
	}
	start := i
	for i < len(text) && wordByte[text[i]] {
		if c := text[i]; c < utf8.RuneSelf {
			hash = step(hash, uint32(lowerByte[c]))
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		hash = step(hash, uint32(unicode.ToLower(r)))
		i += size
	}
	if i == start {
		return false
	}
	w.at, w.hash = i, hash
	w.words++
	return true
}

// step is one round of FNV-1a over 32 bits, mixed so that the upper bits of the rune count too.
func step(hash uint64, r uint32) uint64 {
	hash ^= uint64(r) + 0x9e3779b97f4a7c15
	hash *= 0xff51afd7ed558ccd
	return hash ^ hash>>32
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func wordRune(r rune) bool { return r >= utf8.RuneSelf || wordByte[byte(r)] }

// wordByte are the bytes of words: letters, digits, _ and all of non-ASCII characters.
var wordByte = func() (table [256]bool) {
	for i := range table {
		c := byte(i)
		table[i] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= utf8.RuneSelf
	}
	return table
}()
