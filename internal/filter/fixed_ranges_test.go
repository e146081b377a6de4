package filter

import (
	"strings"
	"time"
)

// fixedRanges answers the same for every field: texts from minimum to maximum,
// of which a dictionary holds b, c and d; numbers from 1 to 1e9; an hour.
type fixedRanges struct{ minimum, maximum string }

func (s fixedRanges) StringRange(Field, string) (minimum, maximum string, known bool) {
	return s.minimum, s.maximum, true
}

func (s fixedRanges) NumberRange(Field) (minimum, maximum int64, known bool) { return 1, 1e9, true }

func (s fixedRanges) TimeRange() (minimum, maximum time.Time, known bool) {
	maximum = testOptions().Now.Add(-time.Nanosecond)
	return maximum.Add(-time.Hour), maximum, true
}

func (s fixedRanges) MayContain(_ Field, value string) bool {
	return len(value) == 1 && strings.Contains("bcd", value)
}
