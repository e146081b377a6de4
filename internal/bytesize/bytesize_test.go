package bytesize

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSize(t *testing.T) {
	for text, want := range map[string]Size{
		"0": 0, "1": 1, "12B": 12, "1KiB": 1024, "256 MiB": 256 << 20, "1.5gib": 3 << 29, "2GB": 2e9, "64kb": 64_000, "1TiB": 1 << 40,
	} {
		var size Size
		require.NoError(t, size.UnmarshalText([]byte(text)), text)
		require.Equal(t, want, size, text)
		var again Size
		require.NoError(t, again.UnmarshalText([]byte(size.String())))
		require.Equal(t, size, again)
	}
	for _, text := range []string{"", "MiB", "-1", "x", "1XB", "NaN", "1e30TiB", "128 megabytes"} {
		var size Size
		require.ErrorContains(t, size.UnmarshalText([]byte(text)), "is not a size", text)
	}
	for size, want := range map[Size]string{0: "0B", 1000: "1000B", 1024: "1KiB", 128 * MiB: "128MiB", 3 * GiB: "3GiB", MiB + 1: "1048577B"} {
		require.Equal(t, want, size.String())
	}
}
