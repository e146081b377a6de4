package archive

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// requireShredExact shreds one pair and wants its text back to the byte.
func requireShredExact(t testing.TB, pair *rrpair.Pair) *Row {
	t.Helper()
	row := requireRebuilt(t, pair, new(rrpair.Detached), string(pair.JSON()))

	// The converter's way: bodies apart from the text.
	record := plog.NewLogRecord()
	require.NoError(t, pair.ToLogRecord(record))
	var whole, rest rrpair.Pair
	var bodies rrpair.Detached
	require.NoError(t, whole.FromLogRecord(pcommon.NewResource(), record))
	require.NoError(t, rest.FromLogRecordDetached(pcommon.NewResource(), record, &bodies))
	requireRebuilt(t, &rest, &bodies, string(whole.JSON()))
	return row
}

func requireRebuilt(t testing.TB, pair *rrpair.Pair, bodies *rrpair.Detached, want string) *Row {
	t.Helper()
	var s shredder
	var set rowSet
	eventTime, absurd := EventTime(pair, observedLate)
	s.add(&set, pair, bodies, eventTime, !absurd)
	group := new(writeGroup)
	group.arena = set.appendTo(nil)
	require.NoError(t, group.addPayload(0, 1))
	row := group.rowAt(0)
	line, err := Unshred([]byte("before"), row)
	require.NoError(t, err, "%s", want)
	require.Equal(t, "before"+want, string(line))
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
