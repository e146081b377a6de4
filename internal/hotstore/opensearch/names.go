package opensearch

import (
	"strings"
	"time"
)

const (
	dayLayout  = "2006.01.02"
	hourLayout = "2006.01.02.15"
	// maxDayPatterns is how many days a request names one by one: OpenSearch takes 4096 bytes of address.
	maxDayPatterns = 31
)

// indexOf is the index that holds documents of that time.
func (c *Config) indexOf(at time.Time) string {
	layout := dayLayout
	if c.Period == periodHour {
		layout = hourLayout
	}
	return c.Index + "-" + at.UTC().Format(layout)
}

// patterns match all our indices and nothing that another index setting beginning with the same words makes.
func (c *Config) patterns() []string {
	return []string{c.Index + "-0*", c.Index + "-1*", c.Index + "-2*"}
}

// searched lists what to search for documents of a time range; zero times are open ends.
func (c *Config) searched(from, to time.Time) []string {
	if c.rollsOver() || from.IsZero() || to.IsZero() || !from.Before(to) {
		return c.patterns()
	}
	var days []string
	for day := from.UTC().Truncate(24 * time.Hour); day.Before(to); day = day.AddDate(0, 0, 1) {
		if len(days) == maxDayPatterns {
			return c.patterns()
		}
		days = append(days, c.Index+"-"+day.Format(dayLayout)+"*")
	}
	return days
}

// covered is the time that an index holds, from its name; ok is false for names that say none.
func (c *Config) covered(index string) (from, to time.Time, ok bool) {
	suffix, isOurs := strings.CutPrefix(index, c.Index+"-")
	if !isOurs {
		return from, to, false
	}
	if from, err := time.Parse(dayLayout, suffix); err == nil {
		return from, from.AddDate(0, 0, 1), true
	}
	if from, err := time.Parse(hourLayout, suffix); err == nil {
		return from, from.Add(time.Hour), true
	}
	return from, to, false
}

// rolled says that a name is one that rollover made.
func (c *Config) rolled(index string) bool {
	suffix, isOurs := strings.CutPrefix(index, c.Index+"-")
	return isOurs && len(suffix) == len("000001") && strings.Trim(suffix, "0123456789") == ""
}

// ours says that an index is one that Write made.
func (c *Config) ours(index string) bool {
	_, _, dated := c.covered(index)
	return dated || c.rolled(index)
}

// lockIndex holds the lock of whoever deletes expired indices; no pattern matches it.
func (c *Config) lockIndex() string { return c.Index + "-locks" }
