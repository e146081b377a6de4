package filter

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// SyntaxError says what is wrong with a filter, where, and what was expected.
type SyntaxError struct {
	Text     string // the whole filter
	Offset   int    // byte offset into Text of what is wrong
	Problem  string // what is wrong there
	Expected string // what would have been right, with a suggestion; may be empty
}

// caretWidth is how many characters of a long line are shown on either side of
// the caret, so that it stays on one line of a terminal.
const caretWidth = 50

// Error is the position, the problem and what was expected on one line, then the
// line of the filter and a caret below the place.
func (e *SyntaxError) Error() string {
	line, column, shown, caret := e.place()
	where := fmt.Sprintf("column %d", column)
	if strings.Contains(e.Text, "\n") {
		where = fmt.Sprintf("line %d, column %d", line, column)
	}
	message := e.Problem
	if e.Expected != "" {
		message += "; " + e.Expected
	}
	return fmt.Sprintf("filter: %s: %s\n  %s\n  %s^", where, message, shown, strings.Repeat(" ", caret))
}

// place gives the 1-based line and column (in characters), the part of the line
// to show, and how many characters of it lie before the caret.
func (e *SyntaxError) place() (line, column int, shown string, caret int) {
	offset := min(max(e.Offset, 0), len(e.Text))
	start := strings.LastIndexByte(e.Text[:offset], '\n') + 1
	end := len(e.Text)
	if i := strings.IndexByte(e.Text[offset:], '\n'); i >= 0 {
		end = offset + i
	}
	line = 1 + strings.Count(e.Text[:start], "\n")
	before, after := printable(e.Text[start:offset]), printable(e.Text[offset:end])
	column = utf8.RuneCountInString(before) + 1
	if runes := []rune(before); len(runes) > caretWidth {
		before = "…" + string(runes[len(runes)-caretWidth:])
	}
	if runes := []rune(after); len(runes) > caretWidth {
		after = string(runes[:caretWidth]) + "…"
	}
	return line, column, before + after, utf8.RuneCountInString(before)
}

// printable keeps the number of characters, so that the caret stays in place and
// a filter cannot steer the terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}
