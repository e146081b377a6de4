package filter

import "time"

// Sample keeps a share of the traffic, the same share on every machine.
type Sample struct {
	Keep_, OutOf uint32
}

// ParseSample x.
func ParseSample(text string) (Sample, error) { return Sample{}, nil }

// Keep x.
func (s Sample) Keep(session, uuid string) bool { return true }

// ParseTime x.
func ParseTime(text string, now time.Time, loc *time.Location) (time.Time, error) { return now, nil }
