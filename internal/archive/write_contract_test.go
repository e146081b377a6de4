package archive

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/queue"
)

// someBlocks returns the blocks of demo traffic in one folder.
func someBlocks(t testing.TB, pairs int) []queue.Block {
	t.Helper()
	requests, _ := toRequests(t, demoLines(pairs))
	oneFolder(requests)
	return convertAll(t, NewConverter(Layout{}, ConverterOptions{}), requests)
}

func TestWriteFileIsDeterministic(t *testing.T) {
	blocks := someBlocks(t, 1500)
	options := WriteOptions{RowGroupBytes: 256 << 10}
	var first bytes.Buffer
	info, err := WriteFile(context.Background(), &first, blocks, options)
	require.NoError(t, err)
	require.Greater(t, info.RowGroups, 3)
	writer := NewFileWriter(options)
	for range 3 {
		rand.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
		var again bytes.Buffer
		same, err := writer.Write(context.Background(), &again, blocks)
		require.NoError(t, err)
		require.Equal(t, info, same)
		require.True(t, bytes.Equal(first.Bytes(), again.Bytes()), "same blocks, other bytes")
	}
}

func TestTheNameDependsOnTheRowsAlone(t *testing.T) {
	lines := demoLines(300)
	name := func(lines [][]byte, perRequest int) string {
		converter := NewConverter(Layout{}, ConverterOptions{})
		var requests []plog.Logs
		for chunk := range slices.Chunk(lines, perRequest) {
			logs := plog.NewLogs()
			appendLogs(t, logs, chunk)
			requests = append(requests, logs)
		}
		info, err := WriteFile(context.Background(), io.Discard, convertAll(t, converter, requests), WriteOptions{})
		require.NoError(t, err)
		return info.Name
	}
	want := name(lines, 300)
	require.Equal(t, want, name(lines, 7))
	other := slices.Clone(lines)
	other[5] = bytes.Replace(other[5], []byte(`"direction":"`), []byte(`"direction":"X`), 1)
	require.NotEqual(t, want, name(other, 300), "the content counts")
	minTS, maxTS, err := ParseFileName("v1/date=x/hour=y/" + want)
	require.NoError(t, err)
	require.False(t, maxTS.Before(minTS))
}

func TestRowGroupsAreBoundedAndHoldWholeServices(t *testing.T) {
	blocks := someBlocks(t, 6000)
	const limit = 4 << 20
	plan, err := planRowGroups(blocks, limit)
	require.NoError(t, err)
	groupsOf := map[string]map[int]bool{}
	sizes := map[string]int{}
	for g, group := range plan.groups {
		require.LessOrEqual(t, group.bytes, limit)
		for _, index := range group.blocks {
			info, err := BlockHeader(blocks[index].Data)
			require.NoError(t, err)
			if groupsOf[info.Service] == nil {
				groupsOf[info.Service] = map[int]bool{}
			}
			groupsOf[info.Service][g] = true
			sizes[info.Service] += info.payloadBytes
		}
	}
	for service, groups := range groupsOf {
		if sizes[service] < limit/4 {
			require.LessOrEqual(t, len(groups), 2, "service %q of %d bytes lies in %d row groups", service, sizes[service], len(groups))
		}
	}
}

func TestRowsAreSorted(t *testing.T) {
	var file bytes.Buffer
	_, err := WriteFile(context.Background(), &file, someBlocks(t, 1000), WriteOptions{})
	require.NoError(t, err)
	opened, err := parquet.OpenFile(bytes.NewReader(file.Bytes()), int64(file.Len()))
	require.NoError(t, err)
	for _, group := range opened.RowGroups() {
		last := ""
		rows := group.Rows()
		buffer := make([]parquet.Row, 1)
		for {
			n, err := rows.ReadRows(buffer)
			if n == 0 {
				require.ErrorIs(t, err, io.EOF)
				break
			}
			row := rowOf(buffer[0])
			key := strings.Join([]string{string(row.Bytes[ColumnService]), string(row.Bytes[ColumnDirection]),
				string(row.Bytes[ColumnCommand]), string(row.Bytes[ColumnLocation]), time.UnixMicro(row.TS).UTC().Format("2006-01-02T15:04:05.000000")}, "\x00")
			require.LessOrEqual(t, last, key)
			last = key
		}
		require.NoError(t, rows.Close())
	}
}

func TestABadBlockIsNamed(t *testing.T) {
	blocks := someBlocks(t, 400)
	for name, damage := range map[string]func([]byte) []byte{
		"cut":       func(b []byte) []byte { return b[:len(b)/2] },
		"empty":     func([]byte) []byte { return nil },
		"flipped":   func(b []byte) []byte { b[len(b)-3] ^= 1; return b },
		"foreign":   func([]byte) []byte { return []byte("not a block, but long enough to be one") },
		"new codec": func(b []byte) []byte { b[len(blockMagic)+1] = 99; sealBlock(b); return b },
		"rows":      func(b []byte) []byte { return reheader(t, b, func(info *BlockInfo) { info.Rows++ }) },
		"size":      func(b []byte) []byte { return reheader(t, b, func(info *BlockInfo) { info.payloadBytes-- }) },
		"huge":      func(b []byte) []byte { return reheader(t, b, func(info *BlockInfo) { info.payloadBytes = 1 << 40 }) },
	} {
		t.Run(name, func(t *testing.T) {
			broken := slices.Clone(blocks)
			broken[1].Data = damage(bytes.Clone(broken[1].Data))
			_, err := WriteFile(context.Background(), io.Discard, broken, WriteOptions{})
			var blockError *BlockError
			require.ErrorAs(t, err, &blockError)
			require.Equal(t, 1, blockError.Index)
			require.ErrorIs(t, err, ErrBadBlock)
		})
	}
}

// reheader changes what a block's header says and seals it again.
func reheader(t *testing.T, block []byte, change func(*BlockInfo)) []byte {
	t.Helper()
	info, payload, err := parseBlock(block)
	require.NoError(t, err)
	change(&info)
	out := append(appendBlockHeader(nil, &info), payload...)
	sealBlock(out)
	return out
}

func TestWriteFileRefusesMixedFoldersAndNothing(t *testing.T) {
	_, err := WriteFile(context.Background(), io.Discard, nil, WriteOptions{})
	require.Error(t, err)
	blocks := someBlocks(t, 200)
	blocks[0].Data = reheader(t, blocks[0].Data, func(info *BlockInfo) { info.Folder = "v1/date=2001-01-01/hour=00" })
	_, err = WriteFile(context.Background(), io.Discard, blocks, WriteOptions{})
	require.ErrorContains(t, err, "v1/date=2001-01-01/hour=00")
}

type failingWriter struct{ left int }

func (w *failingWriter) Write(data []byte) (int, error) {
	if w.left -= len(data); w.left < 0 {
		return 0, errors.New("disk full")
	}
	return len(data), nil
}

func TestAnErrorOfTheOutputIsReported(t *testing.T) {
	blocks := someBlocks(t, 400)
	writer := NewFileWriter(WriteOptions{})
	for _, left := range []int{0, 1000, 50_000} {
		_, err := writer.Write(context.Background(), &failingWriter{left: left}, blocks)
		require.ErrorContains(t, err, "disk full")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := writer.Write(ctx, io.Discard, blocks)
	require.ErrorIs(t, err, context.Canceled)
}

// TestAHugeBodyAmongSmallOnes also bounds memory: a 50 MB body may be held a few
// times over, never once per pool and file.
func TestAHugeBodyAmongSmallOnes(t *testing.T) {
	body := make([]byte, 50_000_000)
	fill := rand.NewChaCha8([32]byte{1})
	_, _ = fill.Read(body)
	huge := `{"msgType":"rrpair","ts":"2026-03-01T10:00:00Z","uuid":"AAECAwQFBgcICQoLDA0ODw==","service":"files","http":{"res":{"bodyBase64":"` +
		base64.StdEncoding.EncodeToString(body) + `"}}}`
	lines := append(demoLines(500), []byte(huge))
	logs := plog.NewLogs()
	appendLogs(t, logs, lines)
	requests := []plog.Logs{logs}
	oneFolder(requests)
	converter := NewConverter(Layout{}, ConverterOptions{})
	blocks := convertAll(t, converter, requests)
	writer := NewFileWriter(WriteOptions{})
	var file bytes.Buffer
	info, err := writer.Write(context.Background(), &file, blocks)
	require.NoError(t, err)
	require.Equal(t, len(lines), info.Rows)
	require.Len(t, readBack(t, file.Bytes()), len(lines))
	blocks, requests, logs = nil, nil, plog.Logs{} //nolint:ineffassign,staticcheck // so that they can be freed before memory is measured
	file = bytes.Buffer{}
	var memory runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&memory)
	t.Logf("%d MiB live after the file", memory.HeapAlloc>>20)
	runtime.KeepAlive(converter)
	runtime.KeepAlive(writer)
}

func TestSortingWithoutRanksGivesTheSameOrder(t *testing.T) {
	group := new(writeGroup)
	for _, block := range someBlocks(t, 800) {
		require.NoError(t, group.addBlock(newBlockDecoder(), block.Data))
	}
	group.sort()
	byRank := slices.Clone(group.order)
	byText := slices.Clone(group.order)
	slices.SortFunc(byText, func(a, b uint32) int {
		if order := group.compareKinds(a, b); order != 0 {
			return order
		}
		return int(group.ts[a] - group.ts[b])
	})
	for i := range byRank {
		require.Zero(t, group.compareKinds(byRank[i], byText[i]))
		require.Equal(t, group.ts[byText[i]], group.ts[byRank[i]])
	}
}
