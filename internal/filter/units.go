package filter

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// parseDuration reads what time.ParseDuration reads, with d (24h) and w (7d) in
// front, and a bare number as milliseconds, the unit of the record itself.
func parseDuration(text string) (time.Duration, error) {
	if number, err := strconv.ParseFloat(text, 64); err == nil {
		return scaled(number, float64(time.Millisecond), text)
	}
	if text == "" {
		return 0, errDuration(text)
	}
	sign, rest := 1.0, text
	if strings.HasPrefix(rest, "-") {
		sign, rest = -1, rest[1:]
	}
	var total float64
	for rest != "" {
		end := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
		if end <= 0 {
			break
		}
		unit := map[byte]time.Duration{'d': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[rest[end]]
		if unit == 0 {
			break
		}
		number, err := strconv.ParseFloat(rest[:end], 64)
		if err != nil {
			return 0, errDuration(text)
		}
		total += number * float64(unit)
		rest = rest[end+1:]
	}
	if rest != "" {
		tail, err := time.ParseDuration(rest)
		if err != nil || tail < 0 {
			return 0, errDuration(text)
		}
		if total == 0 {
			return time.Duration(sign) * tail, nil // exact, whatever its size
		}
		total += float64(tail)
	}
	return scaled(sign, total, text)
}

func errDuration(text string) error {
	return fmt.Errorf("%q is no duration: write 250ms, 1.5s, 2m, 1h or 7d", text)
}

func scaled(number, unit float64, text string) (time.Duration, error) {
	nanoseconds := math.Round(number * unit)
	if !(math.Abs(nanoseconds) < math.MaxInt64) {
		return 0, fmt.Errorf("%q is longer than a duration can be (290 years)", text)
	}
	return time.Duration(nanoseconds), nil
}

// parseSize reads bytes: 500, 500B, 10KB (1000), 10KiB (1024), 1.5MB, 2GiB.
func parseSize(text string) (int64, error) {
	end := strings.IndexFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end < 0 {
		end = len(text)
	}
	unit := 0.0
	switch strings.ToLower(strings.TrimSpace(text[end:])) {
	case "", "b":
		unit = 1
	case "kb":
		unit = 1e3
	case "mb":
		unit = 1e6
	case "gb":
		unit = 1e9
	case "kib":
		unit = 1 << 10
	case "mib":
		unit = 1 << 20
	case "gib":
		unit = 1 << 30
	}
	number, err := strconv.ParseFloat(text[:end], 64)
	if err != nil || unit == 0 {
		return 0, fmt.Errorf("%q is no size: write 500, 10KB, 10KiB, 1.5MB or 1MiB", text)
	}
	if number*unit >= math.MaxInt64 {
		return 0, fmt.Errorf("%q is larger than a size can be", text)
	}
	return int64(math.Round(number * unit)), nil
}

// parseUUID accepts hyphenated, 32 hex digits and base64 of 16 bytes, and gives
// the hyphenated lower-case form.
func parseUUID(text string) (string, error) {
	raw, ok := uuidBytes(text)
	if !ok {
		return "", errors.New("no UUID: write it hyphenated, as 32 hex digits, or as base64 of 16 bytes")
	}
	return fmt.Sprintf("%x-%x-%x-%x-%x", raw[:4], raw[4:6], raw[6:8], raw[8:10], raw[10:]), nil
}
