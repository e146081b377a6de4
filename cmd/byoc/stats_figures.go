package main

import (
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// figureTable is a table whose figures stand under each other.
type figureTable struct {
	table
	right []bool // the column holds figures
}

// newFigureTable makes one whose first columns are texts, the following ones figures, and any others texts again.
func newFigureTable(texts, figures int, header ...string) *figureTable {
	t := &figureTable{table: *newTable(header...), right: make([]bool, len(header))}
	for i := texts; i < texts+figures; i++ {
		t.right[i] = true
	}
	return t
}

func (t *figureTable) lines() [][]string { return append([][]string{t.header}, t.rows...) }

func (t *figureTable) widths() []int {
	widths := make([]int, len(t.header))
	for _, line := range t.lines() {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

func (t *figureTable) write(w io.Writer) error {
	widths := t.widths()
	for _, line := range t.lines() {
		for i, isFigure := range t.right {
			if isFigure {
				line[i] = strings.Repeat(" ", widths[i]-utf8.RuneCountInString(line[i])) + line[i]
			}
		}
	}
	return t.table.write(w)
}

// fitScreen leaves columns out until a line fits on the terminal, in the order of spare, and says so. A column that only
// repeats what others say is spared first; there is always --output json.
func (a *app) fitScreen(t *figureTable, spare []string) {
	screen := a.screenWidth()
	if screen == 0 {
		return
	}
	var gone []string
	for _, name := range spare {
		width := len(columnGap) * (len(t.header) - 1)
		for _, column := range t.widths() {
			width += column
		}
		if width <= screen {
			break
		}
		if at := t.last(name); at >= 0 {
			t.remove(at)
			gone = append(gone, name)
		}
	}
	if len(gone) > 0 {
		a.say("no room for " + strings.Join(gone, ", ") + ": widen the terminal, or see --output json")
	}
}

// last finds a column from the right: one of the user's own dimensions may have the same name.
func (t *figureTable) last(name string) int {
	for at := len(t.header) - 1; at >= 0; at-- {
		if t.header[at] == name {
			return at
		}
	}
	return -1
}

func (t *figureTable) remove(at int) {
	t.header = slices.Delete(t.header, at, at+1)
	t.right = slices.Delete(t.right, at, at+1)
	for i := range t.rows {
		t.rows[i] = slices.Delete(t.rows[i], at, at+1)
	}
}
