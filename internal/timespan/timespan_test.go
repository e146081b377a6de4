package timespan

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLengthsOfTime(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"7d": 7 * Day, "168h": 7 * Day, "1w": Week, "1w2d12h": Week + 2*Day + 12*time.Hour, "36h": 36 * time.Hour, " 90m ": 90 * time.Minute,
		"1.5d": 36 * time.Hour, "0.5w": 84 * time.Hour, "0": 0, "0s": 0, "0d": 0, "-1d": -Day, "+2d": 2 * Day, "250ms": 250 * time.Millisecond,
		"1d1us": Day + time.Microsecond, "1d1µs": Day + time.Microsecond, "106751d": 106751 * Day, "1h2d": 49 * time.Hour,
	} {
		var d Duration
		require.NoError(t, d.UnmarshalText([]byte(text)), text)
		require.Equal(t, want, time.Duration(d), text)
	}
	for _, text := range []string{"", "d", "7", "7 d", "7D", "1y", "d7", "1d-2h", "--1d", "1..5d", "1d2", "106752d", "15251w", "1e3d", "7d ago", ".d", "99999999999999999999d", "106751d24h"} {
		var d Duration
		require.ErrorContains(t, d.UnmarshalText([]byte(text)), "is no length of time: use numbers with the units w, d, h", text)
	}
}

func TestTheShortestForm(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0", 7 * Day: "7d", Week + 12*time.Hour: "7d12h", 36 * time.Hour: "1d12h", 90 * time.Minute: "1h30m", time.Hour: "1h",
		1500 * time.Millisecond: "1.5s", Day + time.Nanosecond: "1d1ns", -36 * time.Hour: "-1d12h", time.Minute + time.Second: "1m1s",
		math.MinInt64: "-106751d23h47m16.854775808s",
	} {
		require.Equal(t, want, Duration(d).String())
	}
}

func FuzzDuration(f *testing.F) {
	for _, text := range []string{"7d", "1w2d12h", "-1.5d", "0", "1h1m1s1ms1us1ns", "9223372036854775807ns", "µs", "1.d"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse(text)
		if plain, plainErr := time.ParseDuration(text); plainErr == nil && plain != math.MinInt64 {
			require.NoError(t, err, "Go understands it")
			require.Equal(t, plain, d)
		}
		if err != nil {
			return
		}
		again, err := Parse(Duration(d).String())
		require.NoError(t, err)
		require.Equal(t, d, again)
	})
}
