package archive

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// requireShredExact shreds one pair and wants its text back to the byte.
func requireShredExact(t testing.TB, pair *rrpair.Pair) *Row {
	t.Helper()
	var s shredder
	var set rowSet
	eventTime, absurd := EventTime(pair, observedLate)
	s.add(&set, pair, eventTime, !absurd)
	group := new(writeGroup)
	group.arena = set.appendTo(nil)
	require.NoError(t, group.addPayload(0, 1))
	row := group.rowAt(0)
	line, err := Unshred([]byte("before"), row)
	require.NoError(t, err, "%s", pair.JSON())
	require.Equal(t, "before"+string(pair.JSON()), string(line))
	return row
}

// canonical returns the text as RFC 8785 wants it: records pass pdata here, which
// keeps the values of numbers but not their digits.
func canonical(t testing.TB, line []byte) string {
	t.Helper()
	text, err := rrpair.AppendCanonical(nil, line)
	require.NoError(t, err)
	return string(text)
}

func TestUnshredRebuildsEveryRecord(t *testing.T) {
	lines := append(handMade(), corpus(t)...)
	var pair rrpair.Pair
	for _, line := range lines {
		if err := pair.ParseJSON(line); err != nil {
			t.Fatalf("%.300s: %v", line, err)
		}
		requireShredExact(t, &pair)
	}
}

func TestConvertedBlocksRebuildEveryRecord(t *testing.T) {
	lines := append(handMade(), corpus(t)...)
	var want []string
	var pair rrpair.Pair
	for _, line := range lines {
		require.NoError(t, pair.ParseJSON(line))
		want = append(want, canonical(t, pair.JSON()))
	}
	logs := plog.NewLogs()
	appendLogs(t, logs, lines)
	for _, codec := range []BlockCodec{BlockPlain, BlockS2, BlockZstd} {
		converter := NewConverter(Layout{}, ConverterOptions{Codec: &codec})
		blocks, stats, rejected, err := converter.Convert(context.Background(), logs)
		require.NoError(t, err)
		require.Empty(t, rejected)
		require.Equal(t, len(lines), stats.RRPairs)
		require.Zero(t, stats.Others)
		var got []string
		for _, line := range unshredBlocks(t, blocks) {
			got = append(got, canonical(t, []byte(line)))
		}
		slices.Sort(want)
		slices.Sort(got)
		require.Equal(t, want, got)
	}
}
