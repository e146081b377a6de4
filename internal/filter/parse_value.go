package filter

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// values reads the values behind an operator.
func (p *textParser) values(d *draft) error {
	for {
		p.space()
		if p.endOfValues() {
			break
		}
		v, err := p.value(d)
		if err != nil {
			return err
		}
		if len(d.values) == MaxValues {
			return p.fail(v.offset, fmt.Sprintf("more than %d values", MaxValues), "split the criterion or narrow it")
		}
		d.values = append(d.values, v)
	}
	if len(d.values) == 0 {
		problem := fmt.Sprintf("%s has no value", d.key)
		if word := p.word(p.at); word != "" {
			problem += fmt.Sprintf(" before %s", word)
		}
		expected := `expected a word or "text in quotes"`
		if p.peek() == '(' {
			expected += "; a value with parentheses must be quoted"
		}
		return p.fail(p.at, problem, expected)
	}
	return p.strayOperator(d)
}

// endOfValues says that no value can begin here.
func (p *textParser) endOfValues() bool {
	if p.at == len(p.text) || p.text[p.at] == '(' || p.text[p.at] == ')' {
		return true
	}
	word := p.word(p.at)
	return strings.EqualFold(word, "AND") || strings.EqualFold(word, "OR")
}

func (p *textParser) value(d *draft) (draftValue, error) {
	if p.peek() == '"' {
		return p.quoted(d.op == OpRegex)
	}
	v := draftValue{offset: p.at, text: p.word(p.at), bare: true}
	first, _ := utf8.DecodeRuneInString(v.text)
	switch {
	case first == '\'':
		return v, p.fail(p.at, "single quotes do not quote", `expected double quotes: "…"; a value that begins with a single quote stands in double quotes, too`)
	case strings.ContainsRune("“”„«", first):
		return v, p.fail(p.at, "typographic quotes", `expected straight ones: "…"`)
	case d.op != OpRegex && len(v.text) > 1 && strings.HasSuffix(v.text, ","):
		return v, p.fail(p.at+len(v.text)-1, "a comma", "separate values by spaces; quote a value that ends in a comma")
	}
	p.at += len(v.text)
	return v, nil
}

// quoted reads a value in quotes. In a regular expression only \" is an escape.
func (p *textParser) quoted(regex bool) (draftValue, error) {
	v := draftValue{offset: p.at}
	var text strings.Builder
	for i := p.at + 1; i < len(p.text); i++ {
		c := p.text[i]
		switch {
		case c == '"':
			v.text = text.String()
			p.at = i + 1
			return v, nil
		case c == '\\' && i+1 < len(p.text):
			i++
			if regex && p.text[i] != '"' {
				text.WriteByte('\\')
			}
			text.WriteByte(p.text[i])
		default:
			text.WriteByte(c)
		}
	}
	return v, p.fail(p.at, "this quote is not closed", `expected "`)
}

// strayOperator finds an operator among bare values. It means that AND or OR was
// forgotten (service IS a status IS 500) or an operator misspelt (IS NOT a), and
// would otherwise become values that silently match nothing. A single value may
// be such a word, and IN is a direction.
func (p *textParser) strayOperator(d *draft) error {
	if len(d.values) < 2 {
		return nil
	}
	for i, v := range d.values {
		_, found := operatorOf(v.text)
		isOrder := strings.HasPrefix(v.text, ">") || strings.HasPrefix(v.text, "<") || strings.HasPrefix(v.text, "=")
		switch {
		case !v.bare || !found && !isOrder && !strings.EqualFold(v.text, "NOT"):
		case strings.EqualFold(v.text, "IN") && d.field == FieldDirection:
		case i == 0 && strings.EqualFold(v.text, "NOT"):
			return p.fail(d.opOffset, "IS NOT is no operator", "expected NOT alone: service NOT checkout")
		case i == 0:
			return p.fail(v.offset, fmt.Sprintf("unexpected operator %s", v.text), "expected a value; quote one that is spelt like an operator")
		case i == 1:
			return p.fail(v.offset, fmt.Sprintf("unexpected operator %s", v.text), "quote a value that is spelt like an operator, and put AND or OR between criteria")
		default:
			return p.fail(d.values[i-1].offset, fmt.Sprintf("%s %s begins another criterion", quoteShort(d.values[i-1].text), v.text), "expected AND or OR before it; quote values that are spelt like operators")
		}
	}
	return nil
}

// word is the bare word at an offset; it ends at space, parenthesis or quote.
func (p *textParser) word(at int) string {
	end := at
	for end < len(p.text) && !isSpaceAt(p.text, end) && p.text[end] != '(' && p.text[end] != ')' && p.text[end] != '"' {
		end++
	}
	return p.text[at:end]
}

// token is what to name in a message: the word here, or the one character.
func (p *textParser) token() string {
	if word := p.word(p.at); word != "" {
		return word
	}
	_, size := utf8.DecodeRuneInString(p.text[p.at:])
	return p.text[p.at : p.at+size]
}

// keyword takes a word if it is there.
func (p *textParser) keyword(keyword string) bool {
	p.space()
	if !strings.EqualFold(p.word(p.at), keyword) {
		return false
	}
	p.at += len(keyword)
	return true
}

func (p *textParser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

// nbsp is the space that filters copied from a web page are full of.
const nbsp = "\u00a0"

func (p *textParser) space() {
	for p.at < len(p.text) && isSpaceAt(p.text, p.at) {
		if p.text[p.at] == nbsp[0] {
			p.at++
		}
		p.at++
	}
}

func isSpaceAt(text string, i int) bool {
	switch text[i] {
	case ' ', '\t', '\n', '\r':
		return true
	default:
		return strings.HasPrefix(text[i:], nbsp)
	}
}

// unescape takes the character after each backslash as it is.
func unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
		}
		out.WriteByte(text[i])
	}
	return out.String()
}

// quoteShort quotes a piece of the filter for a message, cut to a readable length.
func quoteShort(text string) string {
	const most = 40
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", text)
}
