package rrpairreceiver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
)

func decodeAnswer(tb testing.TB, got answer) linesAnswer {
	tb.Helper()
	var decoded linesAnswer
	require.NoError(tb, json.Unmarshal(got.body, &decoded), string(got.body))
	return decoded
}

func TestLineReader(t *testing.T) {
	long := strings.Repeat("x", 300_000)
	read := func(limit int, source io.Reader) (got []string, err error) {
		reader := newLineReader(source, limit)
		for {
			line, _, err := reader.next()
			switch {
			case errors.Is(err, errLineTooLong):
				got = append(got, fmt.Sprintf("%d too long", reader.number))
			case err != nil:
				return got, err
			default:
				got = append(got, string(line))
			}
		}
	}
	got, err := read(1000, strings.NewReader("a\r\n\nb\n"+long+"\nc\n"+long))
	require.ErrorIs(t, err, io.EOF)
	assert.Equal(t, []string{"a", "", "b", "4 too long", "c", "6 too long"}, got)
	got, err = read(300_000, strings.NewReader("a\n"+long+"\nc"))
	require.ErrorIs(t, err, io.EOF)
	assert.Equal(t, []string{"a", long, "c"}, got)
	got, err = read(1000, io.MultiReader(strings.NewReader("a\nb\nhalf"), errorReader{}))
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, []string{"a", "b"}, got)
}

type errorReader struct{}

func (errorReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// The header forgotten is one clear answer, not a hundred lines of binary refused one by one.
func TestCompressedLinesWithoutTheirHeaderAreRefusedAsSuch(t *testing.T) {
	server := startServer(t, consumertest.NewNop(), nil)
	for _, encoding := range []string{"gzip", "zstd"} {
		packed := compressed(t, encoding, []byte(strings.Repeat(pairLine("a")+"\n", 2000)))
		got := server.post(t, rrpairsPath, contentNDJSON, "", bytes.NewReader(packed))
		assert.Equal(t, 400, got.code)
		answer := decodeAnswer(t, got)
		assert.Empty(t, answer.Rejected)
		assert.Equal(t, 1, answer.ResumeLine)
		assert.Equal(t, "the body is "+encoding+": say so with Content-Encoding: "+encoding, answer.Error)
	}
}

func TestTruncatedGzipStreamKeepsWhatWasGood(t *testing.T) {
	var text strings.Builder
	for i := range 500 {
		text.WriteString(pairLine(fmt.Sprintf("pair-%d", i)) + "\n")
	}
	packed := compressed(t, "gzip", []byte(text.String()))
	sink := new(consumertest.LogsSink)
	server := startServer(t, sink, nil)
	got := server.post(t, rrpairsPath, contentNDJSON, "gzip", bytes.NewReader(packed[:len(packed)/2]))
	assert.Equal(t, 200, got.code)
	answer := decodeAnswer(t, got)
	assert.Positive(t, answer.Accepted)
	assert.Equal(t, sink.LogRecordCount(), answer.Accepted)
	assert.Equal(t, answer.Accepted+1, answer.ResumeLine)
	assert.Equal(t, fmt.Sprintf("the body broke off in line %d: unexpected EOF", answer.ResumeLine), answer.Error)

	got = server.post(t, rrpairsPath, contentNDJSON, "gzip", bytes.NewReader(packed[:15]))
	assert.Equal(t, 400, got.code)
	assert.Equal(t, 1, decodeAnswer(t, got).ResumeLine)

	got = server.post(t, rrpairsPath, contentNDJSON, "gzip", strings.NewReader("not gzip at all"))
	assert.Equal(t, 400, got.code)
	assert.JSONEq(t, `{"accepted":0,"rejected":[],"error":"gzip: invalid header"}`, string(got.body))
}

// When the pipeline refuses midway, the sender learns from which line to go on,
// and going on there delivers every line once.
func TestResumeAfterARefusal(t *testing.T) {
	sink := new(consumertest.LogsSink)
	var calls atomic.Int32
	fragile, err := consumer.NewLogs(func(ctx context.Context, logs plog.Logs) error {
		if calls.Add(1) == 2 {
			return errors.New("queue is full")
		}
		return sink.ConsumeLogs(ctx, logs)
	})
	require.NoError(t, err)
	server := startServer(t, fragile, nil)
	var all []string
	for i := range 3 * lineBatchRecords {
		all = append(all, pairLine(fmt.Sprintf("pair-%d", i)))
	}
	all[10], all[lineBatchRecords+10] = "bad one", "bad two"

	got := server.post(t, rrpairsPath, contentNDJSON, "", lines(all...))
	assert.Equal(t, 503, got.code)
	assert.Equal(t, "1", got.header.Get("Retry-After"))
	first := decodeAnswer(t, got)
	assert.Equal(t, lineBatchRecords, first.Accepted)
	assert.Equal(t, lineBatchRecords+2, first.ResumeLine, "one line of the first batch was bad")
	assert.Contains(t, first.Error, "queue is full")
	require.Len(t, first.Rejected, 1)
	assert.Equal(t, 11, first.Rejected[0].Line)

	got = server.post(t, rrpairsPath, contentNDJSON, "", lines(all[first.ResumeLine-1:]...))
	assert.Equal(t, 200, got.code)
	second := decodeAnswer(t, got)
	require.Len(t, second.Rejected, 1)
	assert.Equal(t, len(all)-2, first.Accepted+second.Accepted)
	assert.Equal(t, len(all)-2, sink.LogRecordCount())
}

func TestLineBeyondTheLimitIsNamed(t *testing.T) {
	server := startServer(t, consumertest.NewNop(), func(c *Config) { c.MaxLineSize = kibibyte })
	got := server.post(t, rrpairsPath, contentNDJSON, "", lines(pairLine("a"), strings.Repeat("x", 5000), pairLine("b")))
	assert.JSONEq(t, `{"accepted":2,"rejected":[{"line":2,"reason":"the line is longer than 1KiB: raise receivers::rrpair::max_line_size"}]}`, string(got.body))
}

func TestListOfRejectedLinesIsCut(t *testing.T) {
	server := startServer(t, consumertest.NewNop(), nil)
	got := server.post(t, rrpairsPath, contentNDJSON, "", strings.NewReader(strings.Repeat("bad\n", 1000)+pairLine("a")))
	answer := decodeAnswer(t, got)
	assert.Equal(t, 1, answer.Accepted)
	assert.Len(t, answer.Rejected, maxListed)
	assert.Equal(t, 1000, answer.RejectedTotal)
}

// A stream waits its turn while others are in flight, and says so when it takes
// too long.
func TestStreamWaitsForOthers(t *testing.T) {
	limit := newAdmission(int64(mebibyte))
	handler := &linesHandler{
		intake: newIntake(consumertest.NewNop(), testTelemetry(t), nil), admission: limit, maxLine: mebibyte,
		answers: answers{receiver: componentID("rrpair"), limit: mebibyte}, patience: 10 * time.Millisecond,
	}
	other := limit.reserve()
	require.True(t, other.growTo(int64(mebibyte)-1000))
	stream := newLineStreamOf(handler, strings.NewReader(pairLine("a")))
	refused := stream.run(t.Context())
	require.NotNil(t, refused)
	assert.Equal(t, 503, refused.http)
	assert.Equal(t, 1, stream.answer.ResumeLine)
	other.release()
	stream = newLineStreamOf(handler, strings.NewReader(pairLine("a")))
	assert.Nil(t, stream.run(t.Context()))
	assert.Equal(t, 1, stream.answer.Accepted)
}

func newLineStreamOf(h *linesHandler, body io.Reader) *lineStream {
	s := newLineStream(h, body)
	s.keepOpen = func() {}
	return s
}

// repeated is a body of that many bytes that is made as it is read.
type repeated struct {
	block []byte
	left  int64
	at    int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	n := copy(p, r.block[r.at:])
	r.at = (r.at + n) % len(r.block)
	r.left -= int64(n)
	return n, nil
}

// An upload of any size uses bounded memory: 512 MiB here, 2 GiB when
// BYOC_LARGE_STREAM is set.
func TestStreamUsesBoundedMemory(t *testing.T) {
	const mostHeap = 96 << 20
	size := int64(512 << 20)
	if os.Getenv("BYOC_LARGE_STREAM") != "" {
		size = 2 << 30
	}
	if underRace {
		size = 64 << 20
	}
	var block bytes.Buffer
	for _, line := range sampleLines(t, 1000) {
		block.WriteString(line + "\n")
	}
	size -= size % int64(block.Len())
	var records, highest atomic.Int64
	counting, err := consumer.NewLogs(func(_ context.Context, logs plog.Logs) error {
		records.Add(int64(logs.LogRecordCount()))
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		highest.Store(max(highest.Load(), int64(stats.HeapInuse)))
		return nil
	})
	require.NoError(t, err)
	server := startServer(t, counting, nil)
	runtime.GC()
	runtime.GC() // the second empties the pools of earlier tests
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	got := server.post(t, rrpairsPath, contentNDJSON, "", &repeated{block: block.Bytes(), left: size})
	require.Equal(t, 200, got.code, string(got.body))
	assert.Equal(t, size/int64(block.Len())*1000, records.Load())
	assert.EqualValues(t, records.Load(), decodeAnswer(t, got).Accepted)
	took := highest.Load() - int64(before.HeapInuse)
	t.Logf("%d MiB, %d records, at most %d MiB of heap in use", size>>20, records.Load(), took>>20)
	if !underRace {
		assert.Less(t, took, int64(mostHeap))
	}
}
