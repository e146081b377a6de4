package main

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	// columnDurationMS is the duration as a number, beside the text that filters take.
	columnDurationMS = "duration_ms"
	allColumns       = "all"
)

// column is one value of a row.
type column struct {
	name    string
	isExtra bool // a dimension of the user's own
	number  bool // shown at the right
	// text is the value for csv, exact; "" for none.
	text func(*hotstore.Document) string
	// json appends the value as JSON.
	json func(dst []byte, document *hotstore.Document) []byte
	// cell is the value for people.
	cell func(a *app, document *hotstore.Document) string
}

// tableColumns is what a table shows when nobody chose: enough to see what happened, and the uuid for byoc get.
func tableColumns() []string {
	return []string{"ts", "service", "direction", "command", "location", "status", "duration", "size", "peer", "uuid"}
}

// queryColumns are the columns that a command line asks for; it also checks the names to sort by.
func (a *app) queryColumns(source *trafficSource, asked question) ([]column, error) {
	known := a.extrasKnown()
	for _, key := range asked.search.Sort {
		if err := checkColumn(key.Field, source.extras, known); err != nil {
			return nil, usagef("--sort: %w", err)
		}
	}
	return chooseColumns(asked.columns, asked.output == outputTable, source.extras, known)
}

// chooseColumns reads --columns.
func chooseColumns(text string, isTable bool, extras []string, extrasKnown bool) ([]column, error) {
	var names []string
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 && isTable {
		names = tableColumns()
	} else if len(names) == 0 {
		names = []string{allColumns}
	}
	var columns []column
	add := func(name string) {
		chosen := columnOf(name)
		if !slices.ContainsFunc(columns, func(c column) bool { return c.name == chosen.name }) {
			columns = append(columns, chosen)
		}
	}
	for _, name := range names {
		if strings.EqualFold(name, allColumns) {
			for _, fixed := range fixedColumns() {
				add(fixed)
			}
			for _, extra := range extras {
				add(extra)
			}
			continue
		}
		if err := checkColumn(name, extras, extrasKnown); err != nil {
			return nil, usagef("--columns: %w", err)
		}
		add(name)
	}
	return columns, nil
}

// fixedColumns are the names of what every row has, in order: uuid first.
func fixedColumns() []string {
	var names []string
	for _, name := range hotstore.ShortNames() {
		names = append(names, name)
		if name == "duration" {
			names = append(names, columnDurationMS)
		}
	}
	return names
}

func checkColumn(name string, extras []string, extrasKnown bool) error {
	if !extrasKnown || name == columnDurationMS {
		return nil
	}
	if err := hotstore.CheckDimension(name, extras); err != nil {
		return withoutSentinel(err)
	}
	return nil
}

func columnOf(name string) column {
	if name == columnDurationMS {
		return durationMSColumn()
	}
	dimension := hotstore.LookupDimension(name)
	c := column{name: dimension.Name, text: dimension.Text,
		json: func(dst []byte, d *hotstore.Document) []byte {
			return rrpair.AppendQuoted(dst, []byte(dimension.Text(d)))
		},
		cell: func(_ *app, d *hotstore.Document) string { return orDash(dimension.Text(d)) },
	}
	switch {
	case dimension.Name == "ts":
		c.cell = func(a *app, d *hotstore.Document) string { return a.rowTime(d.Time) }
	case dimension.Name == "duration":
		return durationColumn()
	case dimension.Kind == hotstore.KindNumber:
		c.number = true
		c.json = func(dst []byte, d *hotstore.Document) []byte { return strconv.AppendInt(dst, dimension.Number(d), 10) }
		if dimension.Name == "size" || strings.HasSuffix(dimension.Name, "_bytes") {
			c.cell = func(_ *app, d *hotstore.Document) string { return humanBytes(dimension.Number(d)) }
		}
	case dimension.Kind == hotstore.KindBool:
		c.json = func(dst []byte, d *hotstore.Document) []byte { return append(dst, dimension.Text(d)...) }
	case !slices.Contains(hotstore.ShortNames(), dimension.Name):
		c.isExtra = true
		c.json = func(dst []byte, d *hotstore.Document) []byte { return appendExtra(dst, findExtra(d, dimension.Name)) }
	}
	return c
}

func durationColumn() column {
	text := func(d *hotstore.Document) string {
		if d.NoDuration {
			return ""
		}
		return d.Duration.String()
	}
	return column{name: "duration", number: true, text: text,
		json: func(dst []byte, d *hotstore.Document) []byte {
			if d.NoDuration {
				return append(dst, "null"...)
			}
			return rrpair.AppendQuoted(dst, []byte(text(d)))
		},
		cell: func(_ *app, d *hotstore.Document) string {
			if d.NoDuration {
				return "-"
			}
			return shownDuration(d.Duration)
		},
	}
}

func durationMSColumn() column {
	text := func(d *hotstore.Document) string {
		if d.NoDuration {
			return ""
		}
		return strconv.FormatFloat(float64(d.Duration)/float64(time.Millisecond), 'f', -1, 64)
	}
	return column{name: columnDurationMS, number: true, text: text,
		json: func(dst []byte, d *hotstore.Document) []byte {
			if d.NoDuration {
				return append(dst, "null"...)
			}
			return append(dst, text(d)...)
		},
		cell: func(_ *app, d *hotstore.Document) string { return orDash(text(d)) },
	}
}

func findExtra(d *hotstore.Document, name string) *hotstore.Extra {
	for i := range d.Extra {
		if d.Extra[i].Name == name {
			return &d.Extra[i]
		}
	}
	return nil
}

// appendExtra appends a dimension of the user's own, with its type; null for none.
func appendExtra(dst []byte, extra *hotstore.Extra) []byte {
	switch {
	case extra == nil:
		return append(dst, "null"...)
	case extra.Kind == hotstore.ExtraNumber, extra.Kind == hotstore.ExtraBool:
		return append(dst, extra.Value()...)
	default:
		return rrpair.AppendQuoted(dst, []byte(extra.Text))
	}
}

// shownDuration keeps the tenths that tell fast requests apart.
func shownDuration(d time.Duration) string {
	if d > time.Millisecond && d < 100*time.Millisecond {
		return d.Round(100 * time.Microsecond).String()
	}
	return humanDuration(d)
}

// rowTime is a ts in a table: whole where it is piped, else short, as the zone is said beside the table and today is known.
func (a *app) rowTime(at time.Time) string {
	if !a.stdoutIsTerminal {
		return a.formatTime(at)
	}
	at = at.In(a.location)
	year, month, day := a.clock().In(a.location).Date()
	if y, m, d := at.Date(); y == year && m == month && d == day {
		return at.Format("15:04:05.000")
	}
	return at.Format("2006-01-02 15:04:05.000")
}
