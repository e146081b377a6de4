package personal

import "github.com/byoc-otel/otelcol-byoc/internal/redact/detect"

// The longest value of several groups: 34 letters and digits is the longest id with check digits (an IBAN has its own
// scanner), 8 groups the most that people write.
const (
	maxCompact = 34
	maxGroups  = 8
	maxGroup   = 20 // letters and digits of one among several
)

// tokens walks over the runs of letters and digits and looks at those that may begin a value.
func (s *scan) tokens() {
	text := s.text
	for i := 0; i < len(text); {
		if byteKinds[text[i]]&kindWord == 0 {
			i++
			continue
		}
		start, digits := i, 0
		for i < len(text) && byteKinds[text[i]]&kindWord != 0 {
			if isDigit(text[i]) {
				digits++
			}
			i++
		}
		if digits == 0 && (i-start > 4 || i == len(text)) || i-start > maxToken {
			continue
		}
		if end := s.token(start, i, digits); end > i {
			i = end
		}
	}
}

// maxToken is the longest run of letters and digits that is worth a look: an address of a crypto currency has at most 95.
const maxToken = 100

// token looks at the run of letters and digits [start, end) and at what follows it, and returns up to where it found
// something sure.
func (s *scan) token(start, end, digits int) int {
	text := s.text
	n := end - start
	var next byte
	if end < len(text) {
		next = text[end]
	}
	if n == 8 && next == '-' && len(text)-start >= 36 && uuidAt(text, start) {
		return start + 36
	}
	if (n == 2 && next == '-' || n == 4 && next == '.') && isHex(text[start]) {
		if end := s.groupedMAC(start, next); end > 0 {
			return end
		}
	}
	if next == '^' && digits > 2 && n >= 4 && medicalRecordType(text, end) {
		s.add(ruleMRN, start, end, 0.9)
		return end
	}
	if digits == 0 {
		if next != 0 && isDigit(follower(text, end)) || n == 4 && next == ' ' {
			return s.groups(start, end)
		}
		return 0
	}
	if n <= 6 && next == ' ' && (digits == n || digits == n-1 && isDigit(text[start])) && end+1 < len(text) && isWord(text[end+1]) {
		if end := s.street(start, end); end > 0 {
			return end
		}
	}
	if digits == n {
		if n <= 3 && next == '.' {
			if end := s.dottedAddress(start); end > 0 {
				return end
			}
		}
		if n <= 3 && next == '.' {
			if end := s.coordinates(start); end > 0 {
				return end
			}
		}
		if start > 4 && text[start-2]|0x20 == 'x' && s.postBox(start, end) {
			return end
		}
		if found := s.phone(start); found > 0 {
			return max(found, s.groups(start, end))
		}
	} else if n >= 4 {
		if n >= 25 {
			if s.crypto(start, end) {
				return end
			}
		}
		if found := s.iban(start); found > 0 {
			return found
		}
	}
	found := s.groups(start, end)
	if found == 0 && start >= 3 && n <= 24 && digits*2 >= n && s.shape.Classes&(detect.HasLower|detect.HasUpper) != 0 && labelEnd(text[start-1]) {
		if n <= 2 && next != '-' {
			if _, to := dateAt(text, start); to == 0 {
				return 0
			}
		}
		if s.before(start, reach)&topicsOfLabels != 0 {
			s.labelled(start, end)
		}
	}
	return found
}

// labelEnd says whether c can stand between a label and its value.
func labelEnd(c byte) bool {
	switch c {
	case ' ', ':', '=', '#', '-', '"', '\'', '(', '\t', '\n', '*', '[', '>':
		return true
	}
	return false
}

// follower returns the byte after a single separator at end, 0 when there is none.
func follower(text []byte, end int) byte {
	if end+1 < len(text) && isSeparator(text[end]) {
		return text[end+1]
	}
	return 0
}

func isSeparator(c byte) bool { return c == ' ' || c == '-' || c == '.' || c == '/' }

// groupedMAC looks for 00-1A-2B-3C-4D-5E and 001A.2B3C.4D5E.
func (s *scan) groupedMAC(start int, separator byte) int {
	text, n := s.text, 17
	if separator == '.' {
		n = 14
	}
	if len(text)-start < n || start > 0 && (text[start-1] == separator || text[start-1] == ':') {
		return 0
	}
	mac := text[start : start+n]
	if separator == '-' && !macPairs(mac, '-') {
		return 0
	}
	if separator == '.' {
		for i, c := range mac {
			if i%5 == 4 && c != '.' || i%5 != 4 && !isHex(c) {
				return 0
			}
		}
	}
	if end := start + n; end < len(text) && (isWord(text[end]) || isWord(follower(text, end)) && text[end] == separator) {
		return 0
	}
	confidence := macSure(mac)
	if confidence == 0 {
		return 0
	}
	if separator == '.' {
		confidence = 0.75
		letters := false
		for _, c := range mac {
			letters = letters || isLetter(c)
		}
		if !letters || start > 0 && text[start-1] == '*' { // weights of collation: [*0316.001F.0002]
			confidence = 0.4
		}
		if s.before(start, reach)&topicMAC != 0 {
			confidence = 0.95
		}
	}
	s.add(ruleMAC, start, start+n, confidence)
	return start + n
}

// group is a value of letters and digits in groups.
type group struct {
	start, end int
	compact    [maxCompact]byte // letters and digits, upper case
	n          int
	digits     uint64 // bit i: compact[i] is a digit
	cuts       uint64 // bit i: a separator stands before compact[i]
	separators [maxGroups]byte
	parts      int // separators in use
	lowercase  bool
}

// groups looks at the values that begin with the token [start, end): the token alone, and together with those that
// follow after one separator each.
func (s *scan) groups(start, end int) int {
	text := s.text
	next := s.nextGroup(start, end)
	if next == 0 && end-start < minForm || s.inside(start) {
		return 0
	}
	g := &s.group
	g.start, g.n, g.digits, g.cuts, g.parts, g.lowercase = start, 0, 0, 0, 0, false
	found := 0
	for {
		if g.n+end-start > maxCompact {
			return found
		}
		for i := start; i < end; i++ {
			c := text[i]
			if isDigit(c) {
				g.digits |= 1 << g.n
			} else if !isUpper(c) {
				if c == '_' {
					return found
				}
				g.lowercase = true
			}
			g.compact[g.n] = upper(c)
			g.n++
		}
		g.end = end
		if g.n >= minForm && s.ends(end) {
			if s.match(g) {
				found = end
			}
		}
		if g.parts > 0 {
			next = tokenAfter(text, end)
		}
		if next == 0 || g.parts == maxGroups {
			return found
		}
		g.separators[g.parts] = text[end]
		g.parts++
		g.cuts |= 1 << g.n
		if !s.finder.begins(g.cuts) {
			return found
		}
		start, end = end+1, next
	}
}

// tokenAfter returns the end of the token that follows end after one separator, 0 when none does, or one that is too
// long to be a group.
func tokenAfter(text []byte, end int) int {
	if end+1 >= len(text) || !isSeparator(text[end]) || !isWord(text[end+1]) {
		return 0
	}
	i := end + 2
	for i < len(text) && isWord(text[i]) {
		i++
	}
	if i-end-1 > maxGroup {
		return 0
	}
	return i
}

// nextGroup is tokenAfter for the first token: 0 also when no form begins with two groups like these.
func (s *scan) nextGroup(start, end int) int {
	text, first := s.text, end-start
	if first > maxGroup {
		return 0
	}
	next := tokenAfter(text, end)
	if next == 0 {
		return 0
	}
	if s.finder.pairs[pairKind(text[end], isDigit(text[start]), isDigit(text[end+1]))][first]>>(next-end-1)&1 == 0 {
		return 0
	}
	return next
}

// pairKinds is how many kinds of pairs of groups there are: four separators, and each group may begin with a digit.
const pairKinds = 16

func pairKind(separator byte, first, second bool) int {
	kind := 0
	switch separator {
	case '-':
		kind = 4
	case '.':
		kind = 8
	case '/':
		kind = 12
	}
	if first {
		kind |= 1
	}
	if second {
		kind |= 2
	}
	return kind
}

// minForm is the fewest letters and digits that any form has.
const minForm = 8

// inside says whether what begins at start goes on a longer number: 1.234, 12-345, $12.
func (s *scan) inside(start int) bool {
	if start == 0 {
		return false
	}
	switch s.text[start-1] {
	case ',':
		return start > 1 && isDigit(s.text[start-2]) && thousands(s.text, start-1)
	case '-', '.', '/', ':':
		return start > 1 && isDigit(s.text[start-2])
	case '+', '$', '%', '@', '\\':
		return true
	}
	return false
}

// inSeries says whether other numbers stand next to [start, end) with nothing but a space between: a row of a table.
func (s *scan) inSeries(start, end int) bool {
	text := s.text
	return start > 1 && text[start-1] == ' ' && isDigit(text[start-2]) || end+1 < len(text) && text[end] == ' ' && isDigit(text[end+1])
}

// ends says whether a value can end at end: no number goes on after it.
func (s *scan) ends(end int) bool {
	text := s.text
	if end >= len(text) {
		return true
	}
	switch text[end] {
	case ',':
		return end+1 >= len(text) || !isDigit(text[end+1]) || !thousands(text, end)
	case '-', '.', '/', ':':
		return end+1 >= len(text) || !isDigit(text[end+1])
	case '@', '%':
		return false
	}
	return !isWord(text[end])
}

// match reports what g is; it says whether that is sure.
func (s *scan) match(g *group) bool {
	sure := false
	all := uint64(1)<<g.n - 1
	if g.digits == all {
		if g.n >= 12 && g.n <= 19 {
			sure = s.card(g)
		}
		if g.n == 9 {
			sure = s.social(g) || sure
			sure = s.aba(g) || sure
		}
		if g.n == 10 {
			sure = s.npi(g) || sure
		}
		if g.n == 15 {
			sure = s.imei(g) || sure
		}
	} else if g.n == 17 && g.cuts == 0 {
		sure = s.vin(g)
	}
	forms := s.finder.whole[g.n]
	if g.cuts != 0 {
		forms = s.finder.parted[g.n]
	}
	for i := range forms {
		form := &forms[i]
		if g.digits&form.digits != form.digits || g.digits&form.letters != 0 || g.cuts != form.cuts {
			continue
		}
		if string(g.separators[:g.parts]) != form.separators || !form.literals(g) {
			continue
		}
		sure = s.pattern(g, form.pattern) || sure
	}
	return sure
}

// report adds a finding of g and says whether it is sure.
func (s *scan) report(rule *detect.Rule, g *group, confidence float64) bool {
	if confidence <= 0 {
		return false
	}
	// An id, a time or an amount by its name: digits alone mean little there.
	if confidence < 0.97 && g.cuts == 0 && s.hints.Class&(detect.NameID|detect.NameTime|detect.NameAmount) != 0 {
		if rule == ruleCard {
			confidence *= 0.65
		} else {
			confidence *= 0.5
		}
	}
	s.add(rule, g.start, g.end, confidence)
	return confidence >= 0.5
}
