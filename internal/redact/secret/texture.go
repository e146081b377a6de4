package secret

import "math/bits"

// pairCost says how surprising a letter is after another one in words of English and of programs, in half bits ('a' = 0),
// first row: at the start of a word. Counted over the words of a large body of source code and its documentation.
const pairCost = "" +
	"ikhiijkljpnkjjlioigjkmlnqq" + // start
	"ojhipnkukungjhtjrhifmmoonq" + // a
	"gkklhmoqgmpfooilqiinhqqrls" + // b
	"gokmgnlhkwhjmofnqjkhlnrsox" + // c
	"illieloqfppknminpiimjmppnt" + // d
	"jnigllmqourjkgpkofghpmnjpx" + // e
	"hmkjhgnpftthmnhlsjjljuprmu" + // f
	"jnjneokjhtqkmihlqhimknoqpq" + // g
	"fqnkeosqgtonlogorimjkroslq" + // h
	"lmijkjjtttrjjegktkihsltnyl" + // i
	"hknnfllmjolnmlhkoogkhmoooo" + // j
	"jooldmlpgpsjkklnpngjkpooos" + // k
	"homkeoorfwogpngorokjkoruiu" + // l
	"fknmeqqrgvomkphgspiljrtsnu" + // m
	"ioihglgqjtmmomiosohfmlqtpt" + // n
	"nlhjolltmrniifkixgjjikkqst" + // o
	"gplngnolivnhoqhisfjhkpqrov" + // p
	"lomjkooklpoiomomlljlcpopmp" + // q
	"goklenmshwmmklhmtkiilnpslw" + // r
	"kpiofpmigvnlnnjjpnifipnukr" + // s
	"hplnfnpjfyrlnpiluhiklqpokt" + // t
	"kijmjkltjvuhifnivhhgsstouq" + // u
	"fnmmclpngtommpjlnnlmqooqrq" + // v
	"eomlhnnigsslnhhmrhinopmnqs" + // w
	"hkhjgiomhqqnmnkfonmfoookms" + // x
	"lmkljopnipokigkeqlfiqmmrqo" + // y
	"hmnnconohoompnjnppmplpnnmj" // z

// texture is what the bytes of a value look like.
type texture struct {
	length, digits, lowers, uppers, symbols int
	distinct                                int
	odd                                     int  // symbols that names and paths do not have
	longestRepeat                           int  // length of the longest run of one byte
	changes                                 int  // changes between letters and digits
	words                                   int  // runs of letters
	longestWord                             int  // letters of one case rule: Word, word, WORD
	hex                                     bool // digits and a-f of one case only
	anyHex                                  bool // digits and a-f of both cases
	surprise                                int  // half bits in all
	steps                                   int
}

const (
	digitStep  = 6 // half bits of a digit after a digit
	changeStep = 9 // of a digit after a letter, or a letter after a digit
	humpStep   = 9 // of a capital after a small letter
	symbolStep = 4 // of a separator
)

// textureOf looks at every byte of value once, or at as many as tell enough of a long one.
func textureOf(value []byte) texture {
	const enough = 400
	value = value[:min(len(value), enough)]
	t := texture{length: len(value)}
	var seen [4]uint64
	repeat, wordRun := 0, 0
	lowHex, upHex := true, true
	var prev byte
	for i, c := range value {
		seen[c>>6] |= 1 << (c & 63)
		if i > 0 && c == prev {
			repeat++
		} else {
			repeat = 1
		}
		t.longestRepeat = max(t.longestRepeat, repeat)
		prevLetter := i > 0 && (isLower(prev) || isUpper(prev))
		switch {
		case isDigit(c):
			t.digits++
			if prevLetter {
				t.changes++
				t.surprise += changeStep
			} else {
				t.surprise += digitStep
			}
			wordRun = 0
		case isLower(c) || isUpper(c):
			class := byteAlphabet[c]
			if isLower(c) {
				t.lowers++
				lowHex = lowHex && class == lowerHex
				upHex = false
			} else {
				t.uppers++
				upHex = upHex && class == upperHex
				lowHex = false
			}
			row := 0
			switch {
			case !prevLetter:
				t.words++
				wordRun = 1
				if i > 0 && isDigit(prev) {
					t.changes++
					t.surprise += changeStep
					t.steps++
					prev = c
					continue
				}
			case isUpper(c) && isLower(prev):
				t.words++
				wordRun = 1
				t.surprise += humpStep
				t.steps++
				prev = c
				continue
			default:
				wordRun++
				t.longestWord = max(t.longestWord, wordRun)
				row = int(fold(prev)-'a') + 1
			}
			t.surprise += int(pairCost[row*26+int(fold(c)-'a')] - 'a')
		default:
			t.symbols++
			if byteAlphabet[c]&(dash|underscore|dot|slash|plus|equals|colon) == 0 {
				t.odd++
			}
			t.surprise += symbolStep
			lowHex, upHex, wordRun = false, false, 0
		}
		t.steps++
		prev = c
	}
	t.hex = lowHex || upHex
	t.anyHex = t.length > 0 && run(value, 0, anyHex) == len(value)
	for _, s := range seen {
		t.distinct += bits.OnesCount64(s)
	}
	return t
}

// mean is the surprise of a byte in hundredths of half bits.
func (t texture) mean() int {
	if t.steps == 0 {
		return 0
	}
	return t.surprise * 100 / t.steps
}

// How surprising a value must be in the mean to count as made by a machine. Names of programs have about 700, random
// text about 1150 (letters alone) and 900 (letters and digits).
const (
	randomLetters = 1010 // letters alone
	randomMixed   = 830  // letters and digits
)

// random says whether value looks as if a machine had made it, of at least the given length.
func (t texture) random(least int) bool {
	if t.length < least || t.distinct < 5 || t.longestRepeat > 6 && t.longestRepeat*3 > t.length {
		return false
	}
	letters := t.lowers + t.uppers
	if t.hex && t.length >= 16 || t.anyHex && t.length >= 24 {
		return t.digits*8 >= t.length && letters >= 2
	}
	if t.distinct*5 < min(t.length, 32) {
		return false
	}
	switch {
	case t.digits == 0:
		if t.length < 12 {
			return false
		}
		return t.mean() >= randomLetters || t.mean() >= 880 && t.words*4 >= letters && t.uppers > 2 && t.lowers > 2
	case letters == 0:
		return false
	case t.changes < 2:
		return t.mean() >= randomLetters
	case t.symbols == 0 && t.length >= 28 && t.digits*4 >= t.length && letters*4 >= t.length && t.distinct >= 10: // too long for a name
		return true
	case t.symbols == 0 && t.length >= 28 && t.digits*8 >= t.length && t.mean() >= 760 && t.distinct >= 10:
		return true
	case t.digits*3 >= t.length && t.changes*6 >= t.length-t.symbols: // hex digits with something before or after
		return true
	}
	return t.mean() >= randomMixed && t.changes*8 >= t.length-t.symbols || t.mean() >= randomLetters
}

// opaque says whether value may be a secret where its name already says so: random, or letters and digits that make no
// word. Keys that a person typed or that count up count too.
func (t texture) opaque(least int) bool {
	if t.length < least || t.distinct < 5 || t.longestRepeat > 6 && t.longestRepeat*3 > t.length {
		return false
	}
	letters := t.lowers + t.uppers
	switch {
	case t.odd >= 2 && t.digits >= 1 && letters >= 4 && t.distinct >= 8 && t.odd*12 >= t.length:
		return true
	case t.random(least), t.hex && t.length >= 16 && t.distinct >= 6:
		return true
	case letters == 0:
		return t.symbols*8 <= t.length && t.length >= 14
	case t.digits == 0:
		return t.length >= 20 && t.symbols == 0 && t.mean() >= 900
	}
	return t.digits >= 3 && t.length >= 12 && t.symbols*5 <= t.length && (t.mean() >= 650 || t.symbols == 0)
}
