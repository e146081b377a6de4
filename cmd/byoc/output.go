package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
	"time"
)

const (
	outputText = "text"
	outputJSON = "json"
)

func (a *app) wantsJSON() bool { return a.flags.output == outputJSON }

// printJSON writes v as indented JSON to stdout, without escaping <, > and & (they are common in traffic).
func (a *app) printJSON(v any) error {
	encoder := json.NewEncoder(a.rowsOut(a.stdout, true))
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}

// formatTime shows t in the zone of --tz, to the millisecond, with its offset.
func (a *app) formatTime(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(a.location).Format("2006-01-02T15:04:05.000Z07:00")
}

// table collects rows and aligns them. Cells must not contain tabs or line ends; both are shown as spaces.
type table struct {
	header []string
	rows   [][]string
}

func newTable(header ...string) *table { return &table{header: header} }

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) write(w io.Writer) error {
	aligned := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	clean := strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")
	line := func(cells []string) {
		for i, cell := range cells {
			if i > 0 {
				fmt.Fprint(aligned, "\t")
			}
			fmt.Fprint(aligned, clean.Replace(cell))
		}
		fmt.Fprintln(aligned)
	}
	if len(t.header) > 0 {
		line(t.header)
	}
	for _, row := range t.rows {
		line(row)
	}
	if err := aligned.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// humanBytes shows a size in powers of 1024 with three significant digits at most: 512 B, 2.3 KiB, 117 MiB.
func humanBytes(n int64) string {
	const step = 1024
	if n < step {
		return fmt.Sprintf("%d B", n)
	}
	value, unit := float64(n), 0
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	for value >= step && unit < len(units)-1 {
		value /= step
		unit++
	}
	if value >= 99.95 {
		return fmt.Sprintf("%.0f %s", value, units[unit])
	}
	return fmt.Sprintf("%.1f %s", value, units[unit])
}

// humanCount groups digits by three: 1,234,567.
func humanCount(n int64) string {
	digits := fmt.Sprint(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var out strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out.WriteByte(',')
		}
		out.WriteRune(digit)
	}
	return sign + out.String()
}

// countOf says how many of something there are: "1 hour", "1,234 hours".
func countOf[N int | int64](n N, one, many string) string {
	if n == 1 {
		many = one
	}
	return humanCount(int64(n)) + " " + many
}

// humanDuration rounds to what a person reads: 250ms, 1.5s, 2m5s, 3h20m.
func humanDuration(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + humanDuration(-d)
	case d < time.Millisecond:
		return d.Round(time.Microsecond).String()
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Hour:
		return d.Round(time.Second).String()
	default:
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
}

// humanRate shows n per second over d; "-" when nothing was measured.
func humanRate(n int64, d time.Duration) string {
	if d <= 0 {
		return "-"
	}
	return humanCount(int64(math.Round(float64(n)/d.Seconds()))) + "/s"
}
