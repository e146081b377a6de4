package rrpairreceiver

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	kibibyte byteSize = 1 << 10
	mebibyte byteSize = 1 << 20
	gibibyte byteSize = 1 << 30
)

// byteSize is a number of bytes. In YAML it is a plain number or a text with a
// unit: B, KiB, MiB or GiB (powers of 1024) or kB, MB, GB (powers of 1000).
type byteSize int64

// UnmarshalText reads the text form.
func (s *byteSize) UnmarshalText(text []byte) error {
	number := strings.TrimSpace(string(text))
	unit := int64(1)
	for _, u := range []struct {
		suffix string
		bytes  int64
	}{
		{"KiB", 1 << 10},
		{"MiB", 1 << 20},
		{"GiB", 1 << 30},
		{"kB", 1e3},
		{"MB", 1e6},
		{"GB", 1e9},
		{"B", 1},
	} {
		if rest, found := strings.CutSuffix(number, u.suffix); found {
			number, unit = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	value, err := strconv.ParseInt(number, 10, 64)
	if err != nil || value < 0 || value > (1<<62)/unit {
		return fmt.Errorf("%q is no size: write a whole number of bytes, or one with a unit, such as 64MiB", text)
	}
	*s = byteSize(value * unit)
	return nil
}

// String is the shortest exact form.
func (s byteSize) String() string {
	switch {
	case s >= gibibyte && s%gibibyte == 0:
		return strconv.FormatInt(int64(s/gibibyte), 10) + "GiB"
	case s >= mebibyte && s%mebibyte == 0:
		return strconv.FormatInt(int64(s/mebibyte), 10) + "MiB"
	case s >= kibibyte && s%kibibyte == 0:
		return strconv.FormatInt(int64(s/kibibyte), 10) + "KiB"
	default:
		return strconv.FormatInt(int64(s), 10) + "B"
	}
}
