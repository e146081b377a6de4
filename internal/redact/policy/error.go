package policy

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// Error is one thing that is wrong with a policy. Parse and Load join all they find; use errors.As for the first.
type Error struct {
	File         string // as given to Parse; a dictionary's own file where the fault lies there
	Line, Column int    // 1-based; Column is 0 where it is not known
	Key          string // the path of keys: rules.ticket.find.regex
	Problem      string // what is wrong, with the value
	Allowed      string // what is allowed or what to do; may be empty
}

// Error is file:line:column: key: problem; what to do.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		b.WriteString(":" + strconv.Itoa(e.Line))
		if e.Column > 0 {
			b.WriteString(":" + strconv.Itoa(e.Column))
		}
	}
	if e.Key != "" {
		b.WriteString(": " + e.Key)
	}
	b.WriteString(": " + e.Problem)
	if e.Allowed != "" {
		b.WriteString("; " + e.Allowed)
	}
	return b.String()
}

// nearest is a sentence with the known word that looks most like word, or "" when none does.
func nearest(word string, known []string) string {
	best, distance := "", len(word)/3+2
	for _, candidate := range known {
		if d := editDistance(strings.ToLower(word), candidate, distance); d < distance {
			best, distance = candidate, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", best)
}

// suggestion is nearest, or else all that is allowed.
func suggestion(word string, known []string) string {
	const listed = 40 // more would not be read
	if near := nearest(word, known); near != "" {
		return near
	}
	if len(known) > listed {
		return ""
	}
	return "allowed: " + strings.Join(known, ", ")
}

// editDistance is the number of letters to insert, delete, change or swap with their neighbour; limit when it is that or more.
func editDistance(a, b string, limit int) int {
	const longest = 64 // names of rules; longer words are no typing errors of them
	if len(a) > longest || len(b) > longest || len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	var rows [3][longest + 1]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range b {
		last[j+1] = j + 1
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit)
}

// fileName is what a policy is called when its file names it not.
func fileName(path string) string {
	base := filepath.Base(path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}
