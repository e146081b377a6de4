package personal

import (
	"bytes"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// prose looks for people's names in sentences: after a label with a colon, after "name is", after a form of address.
// There is no list of names and no model of language: capital letters at the right places are all the proof.
func (s *scan) prose() {
	text := s.text
	if s.shape.Classes&detect.HasColon != 0 {
		for from := 0; ; {
			next := bytes.IndexByte(text[from:], ':')
			if next < 0 {
				break
			}
			s.nameAfterLabel(from + next)
			from += next + 1
		}
	}
	for i := 0; i+3 < len(text); i++ {
		switch c := text[i]; {
		case c == 'M' || c == 'D' || c == 'P':
			if i == 0 || !isWord(text[i-1]) && text[i-1] < 0x80 {
				s.nameAfterTitle(i)
			}
		case c == 'n' && hasWord(text[i:], "name is "):
			if from := i + len("name is "); !s.otherName(i) {
				if end, count := nameAt(text, from); count >= 1 {
					s.add(rulePersonName, from, end, 0.7)
				}
			}
		}
	}
}

// nameAfterLabel reports the name after the colon where the words before it say that one follows.
func (s *scan) nameAfterLabel(colon int) {
	text := s.text
	start := colon
	for start > 0 && colon-start < 20 && isLetter(text[start-1]) {
		start--
	}
	word := text[start:colon]
	least, confidence := 0, 0.0
	switch {
	case oneOf(word, "name"):
		if s.otherName(start) || start > 1 && text[start-1] == ' ' && text[start-2] == '-' { // a step of a pipeline: "- name: Set up"
			return
		}
		least, confidence = 2, 0.65
		if s.ownName(start) {
			least, confidence = 1, 0.8
		}
	case oneOf(word, "fullname", "firstname", "lastname", "surname", "cardholder"):
		least, confidence = 1, 0.8
	case oneOf(word, "patient", "customer", "client", "employee", "passenger", "applicant", "recipient", "beneficiary", "contact", "attn", "resident", "guest", "physician", "doctor"):
		least, confidence = 2, 0.65
	default:
		return
	}
	from := colon + 1
	for from < len(text) && from-colon < 4 && (text[from] == ' ' || text[from] == '"' || text[from] == '*') {
		from++
	}
	if end, count := nameAt(text, from); count >= least {
		s.add(rulePersonName, from, end, confidence)
	}
}

// ownName says whether the word before a "name" at start says that it is a person's.
func (s *scan) ownName(start int) bool {
	word := wordBefore(s.text, start)
	return oneOf(word, "first", "last", "full", "middle", "given", "family", "patient", "customer", "holder", "cardholder", "maiden", "employee", "client", "legal", "contact", "passenger", "guest", "recipient", "sender", "s")
}

// otherName says whether the word before a "name" at start says that it is the name of a thing.
func (s *scan) otherName(start int) bool {
	text := s.text
	if start == 0 || text[start-1] == '\n' || text[start-1] == '"' {
		return false
	}
	if text[start-1] != ' ' { // hostname, file-name
		return isWord(text[start-1]) || text[start-1] == '-' || text[start-1] == '.'
	}
	word := wordBefore(text, start)
	if len(word) == 0 || oneOf(word, "my", "your", "his", "her", "their", "the", "and") {
		return false
	}
	return !s.ownName(start)
}

// wordBefore returns the word that ends right before start, after one space; empty when something else stands there.
func wordBefore(text []byte, start int) []byte {
	end := start
	if end > 0 && (text[end-1] == ' ' || text[end-1] == '_') {
		end--
	}
	i := end
	for i > 0 && end-i < 20 && isLetter(text[i-1]) {
		i--
	}
	return text[i:end]
}

// nameAfterTitle reports the name after Mr., Mrs., Ms., Miss, Dr. or Prof. at i.
func (s *scan) nameAfterTitle(i int) {
	text := s.text
	rest := text[i:]
	n := 0
	for _, title := range [...]string{"Mr", "Mrs", "Ms", "Miss", "Dr", "Prof", "Mx"} {
		if len(rest) > len(title) && string(rest[:len(title)]) == title && (rest[len(title)] == '.' || rest[len(title)] == ' ') {
			n = len(title)
		}
	}
	if n == 0 {
		return
	}
	from := i + n
	if text[from] == '.' {
		from++
	}
	if from >= len(text) || text[from] != ' ' {
		return
	}
	from++
	if end, count := nameAt(text, from); count >= 1 {
		s.add(rulePersonName, from, end, 0.75)
	}
}

// nameAt reads a name at start: one to four capitalised words with what stands between the words of a name. count is
// how many words it has.
func nameAt(text []byte, start int) (end, count int) {
	i := start
	for rounds := 0; count < 4 && rounds < 8 && i < len(text); rounds++ {
		word := i
		if !isUpper(text[i]) && !(text[i] == 0xc3 && i+1 < len(text) && text[i+1] < 0x9f) {
			if n := particle(text[i:]); n > 0 {
				i += n
				continue
			}
			break
		}
		lowers := 0
		for i < len(text) && (isLetter(text[i]) || text[i] >= 0x80 || (text[i] == '\'' || text[i] == '-') && i+1 < len(text) && (isLetter(text[i+1]) || text[i+1] >= 0x80) && !(text[i] == '\'' && text[i+1] == 's')) {
			if !isUpper(text[i]) {
				lowers++
			}
			i++
		}
		if i-word > 24 || i < len(text) && (isDigit(text[i]) || text[i] == '_' || text[i] == '/' || text[i] == '@' || text[i] == ':') {
			break
		}
		if i-word == 1 { // an initial
			if i >= len(text) || text[i] != '.' && text[i] != ' ' {
				break
			}
			if text[i] == '.' {
				i++
			}
			if i >= len(text) || text[i] != ' ' {
				break
			}
			i++
			continue
		}
		if lowers == 0 && i-word > 3 && count == 0 && !upperName(text, i) {
			break
		}
		end, count = i, count+1
		if i >= len(text) || text[i] != ' ' {
			break
		}
		i++
	}
	return end, count
}

// upperName says whether another word in capital letters follows: JOHN SMITH is a name, ERROR is none.
func upperName(text []byte, i int) bool {
	return i+2 < len(text) && text[i] == ' ' && isUpper(text[i+1]) && isUpper(text[i+2])
}

// particle returns the length of a small word within names, with the space after it.
func particle(text []byte) int {
	for _, word := range [...]string{"van der ", "van den ", "von der ", "de la ", "van ", "von ", "de ", "der ", "den ", "da ", "dos ", "di ", "del ", "la ", "le ", "al-", "bin ", "ibn ", "el "} {
		if len(text) > len(word) && string(text[:len(word)]) == word && (isUpper(text[len(word)]) || text[len(word)] >= 0x80) {
			return len(word)
		}
	}
	return 0
}
