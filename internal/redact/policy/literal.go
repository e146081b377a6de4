package policy

import (
	"regexp/syntax"
	"strings"
)

// Bounds of the literals that are looked for before a regex runs.
const (
	minLiteral  = 2  // bytes: one letter alone is in most texts
	maxLiteral  = 16 // bytes of a literal that are compared; longer ones are cut
	maxLiterals = 64 // of one regex: more are rarely all absent
)

// required gives texts in lower case of which every match of the regex contains at least one, whatever its case; nil when
// nothing of the kind is known.
func required(tree *syntax.Regexp) []string {
	found := literalsOf(tree)
	best := found.best
	if score(found.exact) > score(best) {
		best = found.exact
	}
	if score(best) < minLiteral {
		return nil
	}
	cut := make([]string, len(best))
	for i, literal := range best {
		cut[i] = literal[:min(len(literal), maxLiteral)]
	}
	return cut
}

// literals of a part of a regex: exact is all that it matches (nil when that is too much to list), best the most telling
// set of which one is in every match.
type literals struct{ exact, best []string }

// score of a set is the length of its shortest literal.
func score(set []string) int {
	if len(set) == 0 || len(set) > maxLiterals {
		return 0
	}
	shortest := maxLiteral
	for _, literal := range set {
		shortest = min(shortest, len(literal))
	}
	return shortest
}

func literalsOf(tree *syntax.Regexp) literals {
	switch tree.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return literals{exact: []string{""}}
	case syntax.OpLiteral:
		return ofLiteral(tree)
	case syntax.OpCharClass:
		return ofClass(tree)
	case syntax.OpCapture:
		return literalsOf(tree.Sub[0])
	case syntax.OpPlus:
		inner := literalsOf(tree.Sub[0])
		return literals{best: better(inner.best, inner.exact)}
	case syntax.OpQuest:
		if inner := literalsOf(tree.Sub[0]); inner.exact != nil && len(inner.exact) < 4 {
			return literals{exact: append([]string{""}, inner.exact...)}
		}
		return literals{}
	case syntax.OpConcat:
		return ofConcat(tree)
	case syntax.OpAlternate:
		return ofAlternate(tree)
	default:
		return literals{}
	}
}

// ofLiteral leaves out the letters that have spellings beyond ASCII when case does not matter (k and s), and all beyond ASCII.
func ofLiteral(tree *syntax.Regexp) literals {
	fold := tree.Flags&syntax.FoldCase != 0
	text := string(tree.Rune)
	outside := func(r rune) bool { return r >= 0x80 || fold && strings.ContainsRune("kKsS", r) }
	if !strings.ContainsFunc(text, outside) {
		return literals{exact: []string{strings.ToLower(text)}}
	}
	longest := ""
	for _, piece := range strings.FieldsFunc(text, outside) {
		if len(piece) > len(longest) {
			longest = piece
		}
	}
	if longest == "" {
		return literals{}
	}
	return literals{best: []string{strings.ToLower(longest)}}
}

func ofClass(tree *syntax.Regexp) literals {
	const most = 12
	var exact []string
	seen := make(map[string]bool)
	for i := 0; i+1 < len(tree.Rune); i += 2 {
		if tree.Rune[i+1] >= 0x80 || tree.Rune[i+1]-tree.Rune[i] > most {
			return literals{}
		}
		for c := tree.Rune[i]; c <= tree.Rune[i+1]; c++ {
			if text := strings.ToLower(string(c)); !seen[text] {
				seen[text] = true
				exact = append(exact, text)
			}
		}
	}
	if len(exact) > most {
		return literals{}
	}
	return literals{exact: exact}
}

func ofConcat(tree *syntax.Regexp) literals {
	var best []string
	exact := []string{""} // of the run of exact parts so far
	whole := true
	for _, sub := range tree.Sub {
		part := literalsOf(sub)
		if part.exact == nil || len(exact)*len(part.exact) > maxLiterals {
			best = better(best, exact)
			best = better(best, part.best)
			whole = false
			if exact = part.exact; exact == nil {
				exact = []string{""}
			}
			continue
		}
		joined := make([]string, 0, len(exact)*len(part.exact))
		for _, left := range exact {
			for _, right := range part.exact {
				joined = append(joined, left+right)
			}
		}
		exact = joined
	}
	if whole {
		return literals{exact: exact}
	}
	return literals{best: better(best, exact)}
}

func ofAlternate(tree *syntax.Regexp) literals {
	var all, exact []string
	isExact, telling := true, true
	for _, sub := range tree.Sub {
		part := literalsOf(sub)
		set := better(part.best, part.exact)
		isExact = isExact && part.exact != nil
		telling = telling && score(set) > 0 // an alternative without a literal makes the union tell nothing
		exact, all = append(exact, part.exact...), append(all, set...)
	}
	switch {
	case isExact && len(exact) <= maxLiterals:
		return literals{exact: exact}
	case telling:
		return literals{best: all}
	default:
		return literals{}
	}
}

func better(a, b []string) []string {
	if score(b) > score(a) {
		return b
	}
	return a
}

// literalScan looks for many literals in one pass, case-insensitively for ASCII: two bytes at the end of a window tell how
// far it can move on.
type literalScan struct {
	window  int // the shortest literal's length
	shift   []uint8
	buckets [][]literal // by the window's last two bytes, where shift is 0
}

type literal struct {
	text string
	owns int // which regex it belongs to
}

// pairs is the number of values that two bytes are hashed to.
const pairs = 4096

func pairOf(a, b byte) uint { return (uint(lowerByte[a])*33 ^ uint(lowerByte[b])<<4) & (pairs - 1) }

// newLiteralScan takes the literals of each regex by its index.
func newLiteralScan(sets map[int][]string) *literalScan {
	if len(sets) == 0 {
		return nil
	}
	s := &literalScan{window: maxLiteral, shift: make([]uint8, pairs), buckets: make([][]literal, pairs)}
	for _, set := range sets {
		s.window = min(s.window, score(set))
	}
	for i := range s.shift {
		s.shift[i] = uint8(s.window - 1)
	}
	for owner, set := range sets {
		for _, text := range set {
			for i := 1; i < s.window; i++ {
				pair := pairOf(text[i-1], text[i])
				s.shift[pair] = min(s.shift[pair], uint8(s.window-1-i))
			}
			last := pairOf(text[s.window-2], text[s.window-1])
			s.buckets[last] = append(s.buckets[last], literal{text, owner})
		}
	}
	return s
}

// marks is a set of regexes by index.
type marks [(maxRules + 63) / 64]uint64

// scan marks the regexes of which a literal is in text.
func (s *literalScan) scan(text []byte, found *marks) {
	for i := s.window - 1; i < len(text); {
		pair := pairOf(text[i-1], text[i])
		if step := s.shift[pair]; step > 0 {
			i += int(step)
			continue
		}
		for _, l := range s.buckets[pair] {
			if found[l.owns/64]&(1<<(l.owns%64)) == 0 && hasFold(text[i+1-s.window:], l.text) {
				found[l.owns/64] |= 1 << (l.owns % 64)
			}
		}
		i++
	}
}

// hasFold says whether text begins with prefix, which is in lower case.
func hasFold(text []byte, prefix string) bool {
	if len(text) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		if lowerByte[text[i]] != prefix[i] {
			return false
		}
	}
	return true
}

// lowerByte is ASCII lower case.
var lowerByte = func() (table [256]byte) {
	for i := range table {
		c := byte(i)
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		table[i] = c
	}
	return table
}()
