// Package timespan is a length of time as configurations write it, in days and weeks too. It stands below every floor of the house:
// any package may import it, and it imports none of ours.
package timespan

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration is a length of time. In YAML it is a number with a unit, or several: 7d, 36h, 1w2d12h, 1.5h. A day has 24 hours and a
// week 7 days; the other units are those of Go: h, m, s, ms, us, ns. 0 needs no unit.
type Duration time.Duration

// Day and Week, which time has not.
const (
	Day  = 24 * time.Hour
	Week = 7 * Day
)

// Parse reads a length of time.
func Parse(text string) (time.Duration, error) {
	rest := strings.TrimSpace(text)
	sign := time.Duration(1)
	if after, isNegative := strings.CutPrefix(rest, "-"); isNegative {
		rest, sign = after, -1
	} else {
		rest = strings.TrimPrefix(rest, "+")
	}
	if rest == "0" {
		return 0, nil
	}
	var sum time.Duration
	for first := true; first || rest != ""; first = false {
		part, after, ok := parsePart(rest)
		if !ok || part > math.MaxInt64-sum {
			return 0, fmt.Errorf("%q is no length of time: use numbers with the units w, d, h, m, s, ms, us or ns, such as 7d, 36h or 1w2d12h (at most 292 years), or 0", text)
		}
		sum, rest = sum+part, after
	}
	return sign * sum, nil
}

// parsePart reads one number with its unit.
func parsePart(text string) (part time.Duration, rest string, ok bool) {
	number := text[:len(text)-len(strings.TrimLeft(text, "0123456789."))]
	rest = text[len(number):]
	unit := rest[:len(rest)-len(strings.TrimLeft(rest, "abcdefghijklmnopqrstuvwxyzµμ"))]
	rest = rest[len(unit):]
	days := time.Duration(1)
	switch unit {
	case "d":
		days, unit = 24, "h"
	case "w":
		days, unit = 7*24, "h"
	}
	if days > 1 && strings.Contains(number, ".") {
		// time.ParseDuration is exact below an hour; so is this for what anybody writes, such as 1.5d.
		value, err := strconv.ParseFloat(number, 64)
		value *= float64(days * time.Hour)
		if err != nil || value >= math.MaxInt64 {
			return 0, "", false
		}
		return time.Duration(math.Round(value)), rest, true
	}
	part, err := time.ParseDuration(number + unit)
	if number == "" || unit == "" || err != nil || part > math.MaxInt64/days {
		return 0, "", false
	}
	return part * days, rest, true
}

// UnmarshalText reads a length of time.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*d = Duration(parsed)
	return nil
}

// MarshalText writes what String writes.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String writes the length in the shortest form that loses nothing: 7d rather than 1w, since days are what people count in; 1d12h,
// 90m as 1h30m.
func (d Duration) String() string {
	if d == 0 {
		return "0"
	}
	rest, text := uint64(d), "" //nolint:gosec // two's complement: what follows holds for the smallest value too
	if d < 0 {
		rest, text = -rest, "-"
	}
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"d", Day}, {"h", time.Hour}, {"m", time.Minute}} {
		size := uint64(unit.size) //nolint:gosec // positive
		if count := rest / size; count > 0 {
			text += strconv.FormatUint(count, 10) + unit.name
			rest %= size
		}
	}
	if rest > 0 {
		text += time.Duration(rest).String() //nolint:gosec // below a minute
	}
	return text
}
