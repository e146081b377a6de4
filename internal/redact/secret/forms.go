package secret

import (
	"sort"
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// keyForm is one row of the tables of providers: keys that a fixed beginning, an alphabet and a length make known.
type keyForm struct {
	name     string   // of the rule
	prefixes string   // separated by blanks; every key starts with one
	set      alphabet // of what follows the prefix
	least    int      // bytes after the prefix
	most     int      // 0: as least
	proof    proof    // nil: form alone
	sample   string   // a tail that is valid, for forms with a proof of their own; otherwise one is made
}

// proof says whether a token of a form is one: token is the whole of it, tail what follows the prefix.
type proof func(token, tail []byte) bool

// formIndex finds the forms that may start at a byte by its first two bytes.
type formIndex struct {
	known  [128][2]uint64 // a bit for every pair of first bytes: small, so that it stays near
	bucket [1 << 14]uint8 // by two 7-bit bytes: 0 none, else 1 + index of lists
	lists  [][]formEntry
}

type formEntry struct {
	prefix string
	form   *keyForm
	rule   *detect.Rule
}

func pairIndex(a, b byte) int { return int(a&127)<<7 | int(b&127) }

func newFormIndex(entries []formEntry) *formIndex {
	index := &formIndex{}
	byPair := map[int][]formEntry{}
	for _, e := range entries {
		pair := pairIndex(e.prefix[0], e.prefix[1])
		byPair[pair] = append(byPair[pair], e)
	}
	pairs := make([]int, 0, len(byPair))
	for pair, list := range byPair {
		pairs = append(pairs, pair)
		sort.SliceStable(list, func(i, j int) bool { return len(list[i].prefix) > len(list[j].prefix) }) // longest first
	}
	sort.Ints(pairs)
	for _, pair := range pairs {
		if len(index.lists) == 255 {
			panic("secret: more than 255 pairs of first bytes; widen formIndex.bucket")
		}
		index.lists = append(index.lists, byPair[pair])
		index.bucket[pair] = uint8(len(index.lists))
		index.known[pair>>7][pair>>6&1] |= 1 << (pair & 63)
	}
	return index
}

// may says whether a key can start with the two bytes.
func (index *formIndex) may(a, b byte) bool {
	return index.known[a&127][b>>6&1]>>(b&63)&1 != 0
}

// at returns the end of the key that starts at i, and its rule; 0 when none does. An end without a rule is that of a long
// text that only has the form of a key.
func (index *formIndex) at(text []byte, i int) (end int, rule *detect.Rule) {
	if i+1 >= len(text) {
		return 0, nil
	}
	number := index.bucket[pairIndex(text[i], text[i+1])]
	if number == 0 {
		return 0, nil
	}
	longestDull := 0
	for k := range index.lists[number-1] {
		e := &index.lists[number-1][k]
		if i+len(e.prefix)+e.form.least > len(text) || string(text[i:i+len(e.prefix)]) != e.prefix {
			continue
		}
		end, is := e.form.match(text, i, i+len(e.prefix))
		if is {
			return end, e.rule
		}
		longestDull = max(longestDull, end)
	}
	if longestDull-i > 256 { // nothing to look for in the middle of it, and looking would take long
		return longestDull, nil
	}
	return 0, nil
}

const maxKey = 8 << 10 // bytes of a token that are looked at

// match returns the end of the key and whether it is one; what has the form but not the look has an end all the same.
func (form *keyForm) match(text []byte, start, tail int) (end int, is bool) {
	limit := form.most
	if limit == 0 {
		limit = form.least
	}
	bound := min(len(text), tail+min(limit, maxKey)+1)
	end = run(text[:bound], tail, form.set)
	if end == tail+limit+1 {
		if limit >= 1000 {
			return end, false
		}
		return 0, false // longer than the form allows: something else
	}
	for end > tail && (text[end-1] == '.' || text[end-1] == '-' && form.most != 0) {
		end-- // the end of a sentence or a rule of dashes
	}
	if end-tail < form.least || end < len(text) && isAlnum(text[end]) {
		return 0, false
	}
	if form.proof != nil {
		return end, form.proof(text[start:end], text[tail:end])
	}
	return end, !dull(text[tail:end])
}

// dull says whether the tail of a key was typed by a person to stand for one.
func dull(tail []byte) bool {
	t := textureOf(tail)
	if placeholderWord(tail) && t.digits*6 < t.length || masked(tail) {
		return true
	}
	var seen [256]bool
	distinct, repeat := 0, 1
	for i, c := range tail {
		if !seen[c] {
			seen[c] = true
			distinct++
		}
		if i > 0 && c == tail[i-1] {
			if repeat++; repeat >= 8 && repeat*2 > len(tail) {
				return true
			}
		} else {
			repeat = 1
		}
	}
	if distinct < 4 || len(tail) >= 16 && distinct < 6 {
		return true
	}
	// words and nothing else: a name in a program
	return len(tail) >= 12 && t.digits == 0 && t.mean() < 850
}

// entries lists the form once per prefix.
func (form *keyForm) entries(rule *detect.Rule) []formEntry {
	prefixes := strings.Fields(form.prefixes)
	entries := make([]formEntry, len(prefixes))
	for i, prefix := range prefixes {
		entries[i] = formEntry{prefix: prefix, form: form, rule: rule}
	}
	return entries
}
