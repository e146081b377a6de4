package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

const (
	columnGap = "  "
	// narrowest is how far a column of text is cut before columns are left out; one that tells what was asked for is
	// worth more.
	narrowest      = 8
	narrowLocation = 16
	cutMark        = "…"
	styleRed       = "31"
)

// tableRows prints aligned lines. The first page decides how wide the columns are.
type tableRows struct {
	app     *app
	out     io.Writer
	columns []column
	chosen  bool // the user named the columns: none is left out
	screen  int  // 0: no terminal
	colour  bool
	widths  []int
	dropped []string // columns left out for want of width
	cut     bool     // lines are cut at the end
	begun   bool     // the header is printed
	live    bool     // rows are watched as they come, and the uuid is the first to go
}

func newTableRows(a *app, out io.Writer, columns []column, chosen bool) *tableRows {
	return &tableRows{app: a, out: out, columns: columns, chosen: chosen, screen: a.screenWidth(), colour: a.wantsColor()}
}

// screenWidth is how wide the terminal is; 0 where stdout is none.
func (a *app) screenWidth() int {
	if !a.stdoutIsTerminal {
		return 0
	}
	if text, isSet := a.lookupEnv("COLUMNS"); isSet {
		if width, err := strconv.Atoi(text); err == nil && width > 0 {
			return width
		}
	}
	if file, isFile := a.stdout.(*os.File); isFile {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil {
			return width
		}
	}
	return 0
}

func (t *tableRows) page(documents []*hotstore.Document) error {
	if len(documents) == 0 {
		return nil
	}
	rows := make([][]string, len(documents))
	for i, document := range documents {
		rows[i] = t.cells(document)
	}
	if t.widths == nil {
		t.measure(rows)
		rows = rows[:0]
		for _, document := range documents { // without the columns that were left out
			rows = append(rows, t.cells(document))
		}
	}
	if !t.begun {
		t.begun = true
		if err := t.line(t.header(), false); err != nil {
			return err
		}
	}
	for i, row := range rows {
		if err := t.line(row, documents[i].Error); err != nil {
			return err
		}
	}
	return nil
}

func (t *tableRows) end(*querySummary) error { return nil }

func (t *tableRows) header() []string {
	header := make([]string, len(t.columns))
	for i := range t.columns {
		header[i] = strings.ToUpper(t.columns[i].name)
	}
	return header
}

func (t *tableRows) cells(document *hotstore.Document) []string {
	cells := make([]string, len(t.columns))
	for i := range t.columns {
		cells[i] = oneLine(t.columns[i].cell(t.app, document))
	}
	return cells
}

// measure finds the widths for these rows, and what has to go so that they fit on the screen.
func (t *tableRows) measure(rows [][]string) {
	natural := make([]int, len(t.columns))
	for i, name := range t.header() {
		natural[i] = utf8.RuneCountInString(name)
		for _, row := range rows {
			natural[i] = max(natural[i], utf8.RuneCountInString(row[i]))
		}
	}
	t.fit(natural)
}

// follow fixes the widths beforehand, for rows that come one by one.
func (t *tableRows) follow() {
	t.live = true
	usual := map[string]int{"service": 16, "location": 40, "endpoint": 40, "url": 40, "duration": 8, "size": 8, "peer": 20, "uuid": 36,
		"direction": 0, "status": 6, "command": 8, "ts": utf8.RuneCountInString(t.app.rowTime(t.app.clock()))}
	if t.screen > 0 {
		usual["location"] = t.screen // as much as there is room for
	}
	const otherwise = 16
	natural := make([]int, len(t.columns))
	for i, name := range t.header() {
		width, isUsual := usual[t.columns[i].name]
		if !isUsual {
			width = otherwise
		}
		natural[i] = max(width, utf8.RuneCountInString(name))
	}
	t.fit(natural)
}

// fit cuts the widest texts first. What a table shows by default also loses columns, the least telling first; the uuid
// stays whole, to be copied. Who watches wants to see what happens, and loses the uuid before that.
func (t *tableRows) fit(natural []int) {
	t.widths = slices.Clone(natural)
	if t.screen == 0 {
		return
	}
	leaving := []string{"", "peer", "size", "direction", "duration", "command", "service", "location"}
	if t.live {
		leaving = []string{"", "peer", "size", "uuid", "direction", "duration", "command", "service", "location"}
	}
	for _, name := range leaving {
		if name != "" {
			if t.chosen {
				t.cut = true
				return
			}
			at := slices.IndexFunc(t.columns, func(c column) bool { return c.name == name })
			if at < 0 {
				continue
			}
			t.dropped = append(t.dropped, name)
			t.columns = slices.Delete(slices.Clone(t.columns), at, at+1)
			natural = slices.Delete(slices.Clone(natural), at, at+1)
			t.widths = slices.Clone(natural)
		}
		if t.shrink() {
			return
		}
	}
}

// shrink cuts texts until a line fits, and says whether it does.
func (t *tableRows) shrink() bool {
	for {
		over := len(columnGap)*(len(t.widths)-1) - t.screen
		widest := -1
		for i, width := range t.widths {
			over += width
			if width > t.least(i) && (widest < 0 || width > t.widths[widest]) {
				widest = i
			}
		}
		if over <= 0 || widest < 0 {
			return over <= 0
		}
		t.widths[widest]--
	}
}

// least is how far a column may be cut.
func (t *tableRows) least(i int) int {
	switch name := t.columns[i].name; {
	case !t.canCut(i):
		return t.widths[i]
	case name == "location" || name == "endpoint" || name == "url":
		return narrowLocation
	case name == "direction":
		return len("OUT")
	}
	return narrowest
}

func (t *tableRows) canCut(i int) bool {
	return !t.columns[i].number && t.columns[i].name != "uuid" && t.columns[i].name != "ts"
}

func (t *tableRows) line(cells []string, isError bool) error {
	var line strings.Builder
	for i, cell := range cells {
		if i > 0 {
			line.WriteString(columnGap)
		}
		if t.screen > 0 && t.canCut(i) {
			cell = cutTo(cell, t.widths[i])
		}
		padding := strings.Repeat(" ", max(0, t.widths[i]-utf8.RuneCountInString(cell)))
		switch {
		case t.columns[i].number:
			line.WriteString(padding + cell)
		case i == len(cells)-1:
			line.WriteString(cell)
		default:
			line.WriteString(cell + padding)
		}
	}
	text := line.String()
	if t.cut {
		text = cutTo(text, t.screen)
	}
	if isError && t.colour {
		text = styled(styleRed, text)
	}
	if _, err := fmt.Fprintln(t.out, text); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// remark tells what does not show; "" for nothing.
func (t *tableRows) remark() string {
	switch {
	case t.cut:
		return "lines are cut at the width of the terminal: name fewer --columns, or pipe into less -S"
	case len(t.dropped) > 0:
		return "no room for " + strings.Join(t.dropped, ", ") + ": widen the terminal, or choose --columns"
	}
	return ""
}

// cutTo shortens a text to a number of characters and marks that it did.
func cutTo(text string, width int) string {
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	kept := 0
	for at := range text {
		if kept == max(0, width-1) {
			return text[:at] + cutMark
		}
		kept++
	}
	return cmp.Or(text, cutMark)
}

// oneLine is a text of the traffic for a terminal: harmless, and without line ends.
func oneLine(text string) string {
	if strings.ContainsAny(text, "\t\r\n") {
		text = strings.Join(strings.Fields(text), " ")
	}
	return harmless(text, false)
}
