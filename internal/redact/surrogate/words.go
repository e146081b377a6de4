package surrogate

import (
	"bytes"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// appendLower folds case; only letters beyond ASCII cost an allocation.
func appendLower(dst, word []byte) []byte {
	for _, c := range word {
		if c >= 0x80 {
			return append(dst, bytes.ToLower(word)...)
		}
	}
	for _, c := range word {
		dst = append(dst, lowerByte(c))
	}
	return dst
}

// Names are made of three syllables, so that they can be spoken and nobody has them: 32,768 words, of which a check of 3
// bits leaves 4,096 for a word. A name found as first, last and whole name keeps its parts alike: every word has its own
// surrogate. Words of an address are made the same way, its numbers digit by digit.
const (
	wordStarts  = "BalBanBarBelBenBorBraCalCamCarDalDanDelDorFalFenGalGarHalHanKalKerLanLorMalMarNorPalRenSelTalVan"
	wordMiddles = "abaladanarasavazebeledenereseveziridilinobolodonorosovozubuludun"
	wordEnds    = "bickbrokdaledorfdrumfellgardgategrimhaldharthelmholmkellkirklandlindlocklundmarkmeremontnardpinerackrostshawstedvellwickwoldwyck"
	wordShare   = 8
	wordLimit   = 32 * 32 * 32
	wordShort   = 3 // letters of the shortest word that is replaced by another; shorter ones are initials and particles
)

// appendMadeWord writes word n in the letters' case of like: capital, all capitals or none.
func appendMadeWord(dst []byte, n uint64, like []byte) []byte {
	first, middle, last := n/1024*3, n/32%32*2, n%32*4
	start := len(dst)
	dst = append(dst, wordStarts[first:first+3]...)
	dst = append(dst, wordMiddles[middle:middle+2]...)
	dst = append(dst, wordEnds[last:last+4]...)
	capital := isUpper(like[0])
	allCapital := capital && len(like) > 1
	for _, c := range like {
		allCapital = allCapital && !isLower(c)
	}
	for i := start; i < len(dst); i++ {
		switch {
		case allCapital:
			dst[i] = upperByte(dst[i])
		case i > start || isLower(like[0]):
			dst[i] = lowerByte(dst[i])
		}
	}
	return dst
}

const wordLength = 9

func (m *maker) madeWord(word []byte) bool {
	if len(word) != wordLength {
		return false
	}
	first, middle, last := syllable(wordStarts, word[:3]), syllable(wordMiddles, word[3:5]), syllable(wordEnds, word[5:])
	return first >= 0 && middle >= 0 && last >= 0 && m.passes(familyWord, uint64(first*1024+middle*32+last), wordShare)
}

func syllable(table string, part []byte) int {
next:
	for i := 0; i < len(table); i += len(part) {
		for j, c := range part {
			if lowerByte(table[i+j]) != lowerByte(c) {
				continue next
			}
		}
		return i / len(part)
	}
	return -1
}

// wordEnd is where the word that begins at text[0] ends: a run of letters of any script, apostrophes and hyphens within.
func wordEnd(text []byte) int {
	i := 0
	for i < len(text) {
		c := text[i]
		inner := (c == '\'' || c == '-') && i > 0 && i+1 < len(text) && isLetter(text[i+1])
		if !isLetter(c) && !inner {
			break
		}
		i++
	}
	return i
}

func isLetter(c byte) bool { return isLower(c) || isUpper(c) || c >= 0x80 }

// title says whether a word says nothing of who it stands before.
func title(word []byte) bool {
	switch string(word) {
	case "Mr", "Mrs", "Ms", "Miss", "Dr", "Prof", "Sir", "Herr", "Frau", "Mme", "MR", "MRS", "MS", "DR", "Jr", "Sr", "III", "Apt", "Ste":
		return true
	}
	return false
}

func (m *maker) appendWords(dst []byte, kind detect.Type, value []byte) []byte {
	if !hasWord(value) {
		return m.appendIdentifier(dst, kind, value)
	}
	numbered := false
	for i := 0; i < len(value); {
		n := wordEnd(value[i:])
		word := value[i : i+n]
		switch {
		case n == 0 && isDigit(value[i]):
			if !numbered { // all digits of an address follow from all of it
				m.canonical = AppendCanonical(m.canonical[:0], kind, value)
				m.seed(string(kind), m.canonical)
				numbered = true
			}
			dst = append(dst, '1'+byte(m.uint16()%9))
			i++
		case n == 0:
			dst = append(dst, value[i])
			i++
		case title(word):
			dst = append(dst, word...)
			i += n
		default:
			m.spare = appendLower(m.spare[:0], word)
			m.seed(string(kind), m.spare)
			numbered = false
			if n < wordShort {
				for range n {
					m.spare = append(m.spare[:0], 'a'+byte(m.uint16()%26))
					if isUpper(word[0]) {
						m.spare[0] = upperByte(m.spare[0])
					}
					dst = append(dst, m.spare[0])
				}
			} else {
				dst = appendMadeWord(dst, m.sample(familyWord, wordLimit, wordShare), word)
			}
			i += n
		}
	}
	return dst
}

func hasWord(value []byte) bool {
	for i := 0; i < len(value); {
		n := wordEnd(value[i:])
		if n >= wordShort && !title(value[i:i+n]) {
			return true
		}
		i += max(n, 1)
	}
	return false
}

// madeWords: every word is ours but for titles, initials and particles.
func (m *maker) madeWords(value []byte) bool {
	if !hasWord(value) {
		return m.madeIdentifier(detect.NationalID, value)
	}
	for i := 0; i < len(value); {
		n := wordEnd(value[i:])
		if word := value[i : i+n]; n >= wordShort && !title(word) && !m.madeWord(word) {
			return false
		}
		i += max(n, 1)
	}
	return true
}
