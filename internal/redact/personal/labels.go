package personal

// maxLabelWords is how many words before a value are read for its label: "medical record number of patient is".
const maxLabelWords = 6

// label is what the words right before a value say.
type label struct {
	loose  bool                  // a preposition stands between it and the value: "order for 4111…" is no number of an order
	words  [maxLabelWords][2]int // from the value to the left, fillers left out
	n      int
	number bool // a word or sign says that a number follows
	word   bool // it is a word: number, no.
	own    bool // it is somebody's: my, his
}

// labelBefore reads the words right before start, up to a digit, the end of a sentence or a line.
func (s *scan) labelBefore(start int) label {
	var l label
	text := s.text
	read := 0
	for i := start; i > 0 && start-i <= reach && read < 2*maxLabelWords && l.n < maxLabelWords; {
		c := text[i-1]
		switch {
		case isLetter(c) || c >= 0x80:
			end := i
			for i > 0 && end-i < 32 && (isLetter(text[i-1]) || text[i-1] >= 0x80) {
				i--
			}
			read++
			switch word := text[i:end]; {
			case oneOf(word, "number", "no", "num", "nr", "id", "ids", "code", "numbers", "nummer", "identifier", "nbr"):
				l.number, l.word = true, true
			case oneOf(word, "my", "his", "her", "your", "their", "our"):
				l.own = true
				return l
			case oneOf(word, "is", "was", "of", "the", "for", "s", "a", "in", "with", "are", "value", "new", "and", "on", "at", "ends", "today", "este", "es"):
				l.loose = l.loose || l.n == 0 && oneOf(word, "for", "with", "in", "on", "at", "and")
			default:
				l.words[l.n] = [2]int{i, end}
				l.n++
			}
			continue
		case c == '#' || c == ':' || c == '=':
			l.number = true
		case c == ' ', c == '-', c == '_', c == '"', c == '\'', c == '(', c == '*', c == '[', c == '>', c == '\t', c == '/':
		case c == '.' && i > 1 && isLetter(text[i-2]): // No.
		case c == ',' && l.n == 0 && read == 0:
		case isDigit(c) && i > 1 && isLetter(text[i-2]) && (i == len(text) || !isDigit(text[i])): // CVV2
		default:
			return l
		}
		i--
	}
	return l
}

// oneOf says whether word is one of list, in any case.
func oneOf(word []byte, list ...string) bool {
	for _, w := range list {
		if equalFold(word, w) {
			return true
		}
	}
	return false
}

// topics of the label's nearest words, at most n.
func (s *scan) labelTopics(l *label, n int) topic {
	var found topic
	for i := range min(n, l.n) {
		word := s.text[l.words[i][0]:l.words[i][1]]
		hash, camel := wordHash(word)
		topics := topicsOf.find(hash)
		if topics == 0 && camel {
			topics = camelTopics(word)
		}
		found |= topics
	}
	return found
}

// has says whether one of the label's nearest n words is in list.
func (s *scan) has(l *label, n int, list ...string) bool {
	for i := range min(n, l.n) {
		if oneOf(s.text[l.words[i][0]:l.words[i][1]], list...) {
			return true
		}
	}
	return false
}

// topicsOfLabels are the topics without one of which nothing is labelled.
const topicsOfLabels = topicMRN | topicPassport | topicLicense | topicAccount | topicHealth | topicPerson | topicBirth | topicCardCode | topicRecord

// labelled reports the value at the token [start, end), which has digits, where the words before it say what it is.
func (s *scan) labelled(start, end int) {
	text := s.text
	token := [2]int{start, end}
	start, end, digits := s.labelledValue(start, end)
	l := s.labelBefore(start)
	if l.n == 0 {
		return
	}
	near := s.labelTopics(&l, 3)
	if near&topicBirth != 0 {
		if from, to := dateAt(text, token[0]); to > 0 {
			s.add(ruleBirthDate, from, to, 0.9)
			return
		}
	}
	first := s.labelTopics(&l, 1)
	if first&topicCardCode != 0 {
		if n := token[1] - token[0]; (n == 3 || n == 4) && allDigits(text[token[0]:token[1]]) && s.ends(end) {
			s.add(ruleCardCode, token[0], token[1], 0.9)
		}
		return
	}
	near = s.labelTopics(&l, 4)
	if near&(topicMRN|topicPassport|topicLicense|topicAccount|topicHealth|topicPerson|topicRecord) == 0 && !s.has(&l, 2, "record", "records", "document") {
		return
	}
	n := end - start
	if n < 4 || n > 24 || digits < 3 || start > 0 && s.inside(start) {
		return
	}
	switch {
	case first&topicMRN != 0 && !s.has(&l, 1, "pid", "chart"),
		s.has(&l, 1, "chart") && l.number && !s.has(&l, 3, "helm"), s.has(&l, 1, "pid") && s.has(&l, 4, "patient", "hospital", "medical"),
		s.has(&l, 1, "record", "records") && s.has(&l, 4, "medical", "health", "patient", "hospital", "clinical"),
		s.has(&l, 1, "patient", "patients", "hospital") && l.number && digits >= 4:
		s.add(ruleMRN, start, end, 0.9)
	case digits >= 5 && n <= 14 && (first&topicPassport != 0 && !s.has(&l, 1, "pass", "travel") || s.has(&l, 1, "document") && s.has(&l, 2, "travel") ||
		s.has(&l, 1, "pass") && l.number && s.has(&l, 2, "travel")):
		s.add(rulePassport, start, end, 0.85)
	case digits >= 4 && (s.has(&l, 1, "dl", "dln", "führerschein", "fuehrerschein", "führerscheinnummer", "patente", "permis", "rijbewijs", "driverlicense", "driverslicense") ||
		s.has(&l, 1, "license", "licence", "licencia", "licenza") && s.has(&l, 3, "driver", "drivers", "driving", "conducir", "guida")):
		s.add(ruleLicense, start, end, 0.85)
	case first&topicAccount != 0 && digits == n && n >= 6 && n <= 17:
		confidence := 0.4 // accountId=208442 is nobody's bank account
		if s.has(&l, 4, "account", "acct", "accountnumber", "acctno", "konto", "kontonummer", "cuenta") && l.number && (digits >= 8 || l.word) {
			confidence = 0.7
		}
		if s.has(&l, 4, "bank", "checking", "savings", "deposit", "kontonummer") {
			confidence = 0.85
		}
		s.add(ruleBankAccount, start, end, confidence)
	case first&topicHealth != 0 && l.number && digits >= 6 && !s.has(&l, 1, "health"):
		s.add(ruleHealthMember, start, end, 0.65)
	}
}

// labelledValue widens a token to the groups that hyphens tie to it, and counts digits.
func (s *scan) labelledValue(start, end int) (from, to, digits int) {
	text := s.text
	if start > 2 && text[start-1] == '-' && isUpper(text[start-2]) {
		i := start - 1
		for i > 0 && isUpper(text[i-1]) && start-i < 6 {
			i--
		}
		hash, _ := wordHash(text[i : start-1])
		if (i == 0 || !isWord(text[i-1])) && topicsOf.find(hash) == 0 {
			start = i
		}
	}
	for end+1 < len(text) && text[end] == '-' && isWord(text[end+1]) && end-start < 32 {
		for end++; end < len(text) && isWord(text[end]); end++ {
		}
	}
	for _, c := range text[start:end] {
		if isDigit(c) {
			digits++
		}
	}
	return start, end, digits
}

// medicalRecordType says whether the components of HL7 that follow an id at end say that it is a medical record number: the
// fifth is MR (HL7 table 0203), after the check digit, its scheme and the authority.
func medicalRecordType(text []byte, end int) bool {
	const window = 64 // bytes of the components between
	component := 1
	for i := end; i < len(text) && i-end < window; i++ {
		switch c := text[i]; {
		case c == '^':
			if component++; component == 5 {
				return i+2 < len(text) && text[i+1] == 'M' && text[i+2] == 'R' && (i+3 == len(text) || !isWord(text[i+3]))
			}
		case c == '|', c == '~', c < ' ':
			return false
		}
	}
	return false
}

func allDigits(text []byte) bool {
	for _, c := range text {
		if !isDigit(c) {
			return false
		}
	}
	return true
}
