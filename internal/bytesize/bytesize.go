// Package bytesize is a number of bytes as configurations write it. It stands below every floor of the house: any package
// may import it, and it imports none of ours.
package bytesize

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes. In YAML it is a plain number or a number with a unit: 256MiB, 2GiB, 64MB.
type Size int64

// Binary units, the ones that defaults are given in.
const (
	KiB Size = 1 << 10
	MiB Size = 1 << 20
	GiB Size = 1 << 30
	TiB Size = 1 << 40
)

type byteUnit struct {
	suffix string
	factor float64
}

// byteUnits lists the units, the longest suffix first, so that "MiB" is not taken for "B".
func byteUnits() []byteUnit {
	return []byteUnit{
		{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40},
		{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12}, {"b", 1},
	}
}

// UnmarshalText reads a number with an optional unit. Units are case-insensitive; a fraction is allowed (1.5GiB).
func (s *Size) UnmarshalText(text []byte) error {
	number, factor := strings.ToLower(strings.TrimSpace(string(text))), 1.0
	for _, unit := range byteUnits() {
		if rest, found := strings.CutSuffix(number, unit.suffix); found {
			number, factor = strings.TrimSpace(rest), unit.factor
			break
		}
	}
	value, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(value) || value < 0 || value*factor >= math.MaxInt64 {
		return fmt.Errorf("%q is not a size: use a number of bytes or a number with KiB, MiB, GiB, TiB, kB, MB, GB or TB, such as 64MiB", text)
	}
	*s = Size(value * factor)
	return nil
}

// MarshalText writes the size in the largest unit that loses nothing.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String writes the size in the largest binary unit that loses nothing.
func (s Size) String() string {
	for _, unit := range []struct {
		name string
		size Size
	}{{"TiB", TiB}, {"GiB", GiB}, {"MiB", MiB}, {"KiB", KiB}} {
		if s >= unit.size && s%unit.size == 0 {
			return strconv.FormatInt(int64(s/unit.size), 10) + unit.name
		}
	}
	return strconv.FormatInt(int64(s), 10) + "B"
}
