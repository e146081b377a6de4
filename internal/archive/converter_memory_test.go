package archive

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
)

// Requests of a few MiB over many services, another of them large each time: no
// builder is too large to be kept, all of them together are.
func TestConverterKeepsLittleMemoryBetweenRequests(t *testing.T) {
	const services = 64
	random := rand.New(rand.NewPCG(1, 2))
	line := func(service int, big string) []byte {
		return fmt.Appendf(nil, `{"msgType":"rrpair","ts":"2026-03-01T10:00:00Z","uuid":"AAECAwQFBgcICQoLDA0ODw==","service":"s%d","big":%q}`, service, big)
	}
	big := strings.Repeat("x", maxBlockBytes*3/4)
	work := newConversion(NewConverter(Layout{}, ConverterOptions{}))
	for range 2 * services {
		var lines [][]byte
		large := random.IntN(services)
		for service := range services {
			lines = append(lines, line(service, ""))
			if service == large {
				lines = append(lines, line(service, big))
			}
		}
		logs := plog.NewLogs()
		appendLogs(t, logs, lines)
		convertWith(t, work, logs)
	}
	require.LessOrEqual(t, keptBytes(work), maxKeptBuilders)
}

func TestConverterForgetsTheBuilderOfAHugeRecord(t *testing.T) {
	work := newConversion(NewConverter(Layout{}, ConverterOptions{}))
	for _, size := range []int{1, 4 * maxKeptBytes} {
		logs := plog.NewLogs()
		appendLogs(t, logs, [][]byte{fmt.Appendf(nil, `{"msgType":"rrpair","ts":"2026-03-01T10:00:00Z","uuid":"AAECAwQFBgcICQoLDA0ODw==","big":%q}`, strings.Repeat("x", size))})
		convertWith(t, work, logs)
	}
	require.Less(t, keptBytes(work), maxKeptBytes)
}

// convertWith is Convert with a conversion that the test can look into.
func convertWith(t *testing.T, work *conversion, logs plog.Logs) {
	t.Helper()
	converter := work.converter
	converter.pool = sync.Pool{New: func() any { return work }}
	_, stats, rejected, err := converter.Convert(context.Background(), logs)
	require.NoError(t, err)
	require.Empty(t, rejected)
	require.Equal(t, logs.LogRecordCount(), stats.RRPairs)
}

// keptBytes is the memory of all builders that the conversion still refers to.
func keptBytes(work *conversion) (bytes int) {
	seen := map[*openBlock]bool{nil: true}
	for _, block := range append(slices.Clone(work.free[:cap(work.free)]), work.order[:cap(work.order)]...) {
		if !seen[block] {
			seen[block] = true
			bytes += block.rows.capacity()
		}
	}
	return bytes
}
