package filter

import (
	"fmt"
	"strings"
	"time"
)

const dayLayout = "2006-01-02"

// ParseTime reads one instant: RFC 3339 (2026-11-20T10:00:00Z), the same without
// a zone (in loc, to the minute or finer), relative to now (now, now-15m,
// now+1h, -15m; units as time.ParseDuration, and d and w), or a day, which is
// its first instant in loc (today, yesterday, 2026-11-20). A nil loc is UTC.
// The error says which of these to write.
func ParseTime(text string, now time.Time, loc *time.Location) (time.Time, error) {
	if loc == nil {
		loc = time.UTC
	}
	if from, _, ok := parseDay(text, now, loc); ok {
		return from, nil
	}
	if at, err := time.Parse(time.RFC3339Nano, strings.ToUpper(text)); err == nil {
		return at, nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if at, err := time.ParseInLocation(layout, text, loc); err == nil {
			return at, nil
		}
	}
	offset, isRelative := strings.CutPrefix(strings.ToLower(text), "now")
	if isRelative && offset == "" {
		return now, nil
	}
	if len(offset) > 1 && (offset[0] == '-' || offset[0] == '+' && isRelative) {
		hasUnit := strings.Trim(offset[1:], "0123456789.") != ""
		if by, err := parseDuration(strings.TrimPrefix(offset, "+")); err == nil && hasUnit {
			return now.Add(by), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time: write RFC 3339 (2026-11-20T10:00:00Z), now-15m, -15m, today, yesterday or a day (2026-11-20)", text)
}

// parseDay gives the first instant of a day and of the day after it.
func parseDay(text string, now time.Time, loc *time.Location) (from, to time.Time, ok bool) {
	var year, day int
	var month time.Month
	switch strings.ToLower(text) {
	case "today":
		year, month, day = now.In(loc).Date()
	case "yesterday":
		year, month, day = now.In(loc).Date()
		day--
	default:
		parsed, err := time.Parse(dayLayout, text)
		if err != nil {
			return time.Time{}, time.Time{}, false
		}
		year, month, day = parsed.Date()
	}
	return time.Date(year, month, day, 0, 0, 0, 0, loc), time.Date(year, month, day+1, 0, 0, 0, 0, loc), true
}

func formatTime(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }
