package rrpairreceiver

import (
	"bytes"
	"encoding/binary"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
)

// nestedProto is a request whose record's body holds lists in lists, as deep as
// size bytes allow. wrap names the two field tags of one level.
func nestedProto(size int, wrap ...byte) []byte {
	// Built from the inside out, so backwards.
	reversed := make([]byte, 0, size)
	put := func(field byte) {
		var length [binary.MaxVarintLen64]byte
		n := binary.PutUvarint(length[:], uint64(len(reversed)))
		slices.Reverse(length[:n])
		reversed = append(append(reversed, length[:n]...), field<<3|2)
	}
	for len(reversed) < size-64 {
		for _, field := range wrap {
			put(field)
		}
	}
	for _, field := range []byte{5, 2, 2, 1} { // body, record, scope, resource
		put(field)
	}
	slices.Reverse(reversed)
	return reversed
}

const mostBytes = 64 << 20

func TestNestingThatWouldOverflowTheStackIsRefused(t *testing.T) {
	server := startServer(t, consumertest.NewNop(), nil)
	const reason = "cannot decode the request: messages are nested deeper than 10000 levels"
	for name, body := range map[string][]byte{
		"arrays": nestedProto(mostBytes, 1, 5),
		"maps":   nestedProto(mostBytes, 2, 1, 6),
	} {
		t.Run(name, func(t *testing.T) {
			answer := statusOf(t, server.exportBytes(t, body, grpc.WithDefaultCallOptions(grpc.MaxCallSendMsgSize(1<<30))))
			assert.Equal(t, codes.InvalidArgument, answer.Code())
			assert.Equal(t, reason, answer.Message())
			got := server.post(t, logsPath, contentProto, "", bytes.NewReader(body))
			assert.Equal(t, 400, got.code)
			assert.Contains(t, string(got.body), reason)
		})
	}
	t.Run("JSON", func(t *testing.T) {
		const level = `{"arrayValue":{"values":[`
		body := `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":` + strings.Repeat(level, mostBytes/len(level)-10)
		got := server.post(t, logsPath, contentJSON, "", strings.NewReader(body))
		assert.Equal(t, 400, got.code)
		assert.Contains(t, string(got.body), "nested deeper than 15000 levels")
	})
}

// What the checks let through, the decoder survives with a stack far below the
// gigabyte at which the process would end.
func TestNestingWithinTheLimitIsDecoded(t *testing.T) {
	defer debug.SetMaxStack(debug.SetMaxStack(64 << 20))
	for _, wrap := range [][]byte{{1, 5}, {2, 1, 6}} {
		body := nestedProto(30_000, wrap...)
		require.NoError(t, checkWireNesting(body, maxWireNesting))
		require.NoError(t, plogotlp.NewExportRequest().UnmarshalProto(body))
	}
	const level, end = `{"arrayValue":{"values":[`, `]}}`
	const levels = maxJSONNesting/3 - 4
	body := `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":` + strings.Repeat(level, levels) + `{}` + strings.Repeat(end, levels) + `}]}]}]}`
	require.NoError(t, checkJSONNesting([]byte(body), maxJSONNesting))
	require.NoError(t, plogotlp.NewExportRequest().UnmarshalJSON([]byte(body)))
}

func TestWireNestingCountsLevels(t *testing.T) {
	body := nestedProto(64+4*5, 1, 5) // 4 to the body, then pairs of levels
	depth := 0
	for checkWireNesting(body, depth) != nil {
		depth++
	}
	assert.Greater(t, depth, 4)
	require.ErrorIs(t, checkWireNesting(body, depth-1), errNesting)

	t.Run("through a field number that the decoder truncates", func(t *testing.T) {
		inner := nestedProto(100_000, 1, 5)[1:] // behind the tag of the resource logs
		tag := binary.AppendUvarint(nil, (1<<32+1)<<3|2)
		require.ErrorIs(t, checkWireNesting(append(tag, inner...), maxWireNesting), errNesting)
	})
	t.Run("behind a number longer than it need be", func(t *testing.T) {
		inner := nestedProto(100_000, 1, 5)[1:]
		tag := []byte{0x8a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7e} // 1<<3|2 and bits beyond the 64th
		require.ErrorIs(t, checkWireNesting(append(tag, inner...), maxWireNesting), errNesting)
	})
	t.Run("in a group, which the decoder leaves at its first number", func(t *testing.T) {
		group := []byte{9<<3 | 3, 8 << 3, 1}
		require.ErrorIs(t, checkWireNesting(append(group, nestedProto(100_000, 1, 5)...), maxWireNesting), errGroup)
	})
}

func TestJSONNestingIgnoresStrings(t *testing.T) {
	require.NoError(t, checkJSONNesting([]byte(`{"a":"{{{{\"{{{\\","b":["[[[["]}`), 2))
	require.ErrorIs(t, checkJSONNesting([]byte(`{"a":"\\\\","b":[[]]}`), 2), errJSONNesting)
	require.ErrorIs(t, checkJSONNesting([]byte(`}}}}[[[`), 2), errJSONNesting)
}

// FuzzWireNesting: the check never stops in front of something that the decoder
// goes on to read.
func FuzzWireNesting(f *testing.F) {
	f.Add(nestedProto(300, 1, 5))
	f.Add(nestedProto(300, 2, 1, 6))
	f.Add(encoded(f, pairs(f, pairLine("a"))))
	f.Fuzz(func(t *testing.T, data []byte) {
		if plogotlp.NewExportRequest().UnmarshalProto(data) != nil {
			return
		}
		for levels := range 12 {
			complete, err := walkWire(data, wireRequest, levels)
			if !complete && err == nil {
				t.Fatalf("the decoder takes what the check of %d levels stops at", levels)
			}
		}
	})
}
