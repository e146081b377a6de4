package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// traffic makes generated pairs as text, and the canonical form of each.
func traffic(t *testing.T, pairs int) (text []byte, canonical map[string]int) {
	t.Helper()
	generator := demo.NewGenerator(demo.Options{Seed: 8})
	canonical = map[string]int{}
	for range pairs {
		line := generator.Next(nil)
		one, err := rrpair.AppendCanonical(nil, line)
		require.NoError(t, err)
		canonical[string(one)]++
		text = append(append(text, line...), '\n')
	}
	return text, canonical
}

func (b *bench) sendSummary(t *testing.T) (s sendSummary) {
	t.Helper()
	require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &s), "%s", b.stdout.String())
	return s
}

func realClock(b *bench) *bench {
	b.clock = time.Now
	return b
}

func TestSendDeliversEveryRecordAsAForwarderDoes(t *testing.T) {
	text, canonical := traffic(t, 1000)
	plain := writeFile(t, "a.jsonl", string(text))
	var zipped, packed bytes.Buffer
	g := gzip.NewWriter(&zipped)
	_, err := g.Write(text)
	require.NoError(t, err)
	require.NoError(t, g.Close())
	z, err := zstd.NewWriter(&packed)
	require.NoError(t, err)
	_, err = z.Write(text)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	files := map[string]string{"plain": plain, "gzip": writeFile(t, "a.jsonl.gz", zipped.String()), "zstd": writeFile(t, "a.jsonl.zst", packed.String()), "standard input": "-"}
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			b := realClock(newBench(t))
			b.stdin = bytes.NewReader(text)
			f := newFakeCollector()
			code := b.run(t, "send", "--endpoint", f.serveGRPC(t), "--insecure", "--header", "x-tenant=acme", "--compression", "gzip", "-o", "json", file)
			require.Equal(t, exitOK, code, b.stderr.String())
			require.Equal(t, canonical, f.taken)
			require.Equal(t, []string{"acme"}, f.headers.Get("x-tenant"))
			require.Equal(t, map[string]int{"shop-eu-1": 1000}, f.clusters)
			require.Greater(t, len(f.services), 5)
			s := b.sendSummary(t)
			require.Equal(t, int64(1000), s.Records)
			require.Equal(t, int64(len(text)-1000), s.Bytes)
			require.GreaterOrEqual(t, s.Requests, int64(5))
			require.Zero(t, s.Rejected+s.BadLines+s.Retries)
		})
	}
}

func TestSendRepeatsUntilAcknowledged(t *testing.T) {
	text, canonical := traffic(t, 600)
	f := newFakeCollector()
	f.answer = func(number, _ int) (plogotlp.ExportResponse, error) {
		switch number {
		case 0:
			return plogotlp.NewExportResponse(), status.Error(codes.Unavailable, "restarting")
		case 1, 2:
			busy, err := status.New(codes.ResourceExhausted, "too much in flight").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(5 * time.Millisecond)})
			require.NoError(t, err)
			return plogotlp.NewExportResponse(), busy.Err()
		default:
			return plogotlp.NewExportResponse(), nil
		}
	}
	b := realClock(newBench(t))
	require.Equal(t, exitOK, b.run(t, "send", "--endpoint", f.serveGRPC(t), "--insecure", "-o", "json", writeFile(t, "a.jsonl", string(text))), b.stderr.String())
	require.Equal(t, canonical, f.taken)
	require.Equal(t, int64(3), b.sendSummary(t).Retries)
	require.Contains(t, b.stderr.String(), "trying again")
}

func TestSendCountsWhatIsRefusedForGood(t *testing.T) {
	text, _ := traffic(t, 400)
	f := newFakeCollector()
	f.answer = func(number, _ int) (plogotlp.ExportResponse, error) {
		response := plogotlp.NewExportResponse()
		if number == 0 {
			response.PartialSuccess().SetRejectedLogRecords(7)
			response.PartialSuccess().SetErrorMessage("no uuid")
			return response, nil
		}
		return response, status.Error(codes.InvalidArgument, "body is nested too deeply")
	}
	b := realClock(newBench(t))
	acked := filepath.Join(t.TempDir(), "acked")
	code := b.run(t, "send", "--endpoint", f.serveGRPC(t), "--insecure", "--workers", "1", "--acked", acked, "-o", "json", writeFile(t, "a.jsonl", string(text)))
	require.Equal(t, exitSkipped, code)
	s := b.sendSummary(t)
	require.Equal(t, int64(193), s.Records)
	require.Equal(t, int64(207), s.Rejected)
	require.Equal(t, int64(7), s.Reasons["no uuid"])
	require.Contains(t, b.stderr.String(), "207 records were refused by the collector")
	kept, err := os.ReadFile(acked)
	require.NoError(t, err)
	require.Empty(t, kept, "nobody said which of the first request were taken")
}

func TestSendHalvesARequestThatIsTooLarge(t *testing.T) {
	text, canonical := traffic(t, 200)
	f := newFakeCollector()
	b := realClock(newBench(t))
	endpoint := f.serveGRPC(t, grpc.MaxRecvMsgSize(400_000))
	require.Equal(t, exitOK, b.run(t, "send", "--endpoint", endpoint, "--insecure", "-o", "json", writeFile(t, "a.jsonl", string(text))), b.stderr.String())
	require.Equal(t, canonical, f.taken)

	one, err := json.Marshal(map[string]any{"msgType": "rrpair", "uuid": "AAECAwQFRgeICQoLDA0ODw==", "location": strings.Repeat("x", 500_000)})
	require.NoError(t, err)
	code := b.run(t, "send", "--endpoint", endpoint, "--insecure", "-o", "json", writeFile(t, "a.jsonl", string(one)+"\n"+string(text)))
	require.Equal(t, exitSkipped, code)
	require.Equal(t, int64(1), b.sendSummary(t).Rejected)
}

func TestSendGoesOnWhereItStopped(t *testing.T) {
	text, canonical := traffic(t, 500)
	file, acked := writeFile(t, "a.jsonl", string(text)), filepath.Join(t.TempDir(), "acked")
	b := realClock(newBench(t))
	f := newFakeCollector()
	f.answer = func(number, _ int) (plogotlp.ExportResponse, error) {
		if number == 3 {
			return plogotlp.NewExportResponse(), status.Error(codes.Unauthenticated, "token has expired")
		}
		return plogotlp.NewExportResponse(), nil
	}
	args := []string{"send", "--endpoint", f.serveGRPC(t), "--insecure", "--workers", "1", "--batch-records", "50", "--acked", acked, "-o", "json", file}
	require.Equal(t, exitError, b.run(t, args...))
	require.Contains(t, b.stderr.String(), "token has expired")
	require.Equal(t, int64(150), b.sendSummary(t).Records)
	half, err := os.OpenFile(acked, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = half.WriteString("0b1c2d3e-") // as a killed run leaves it
	require.NoError(t, err)
	require.NoError(t, half.Close())

	require.Equal(t, exitOK, b.run(t, args...), b.stderr.String())
	s := b.sendSummary(t)
	require.Equal(t, []int64{350, 150}, []int64{s.Records, s.AlreadyAcked})
	require.Equal(t, canonical, f.taken, "each exactly once")
	kept, err := os.ReadFile(acked)
	require.NoError(t, err)
	require.Equal(t, 500, bytes.Count(kept, []byte("\n")))
}

func TestSendSkipsAndNamesBadLines(t *testing.T) {
	text, canonical := traffic(t, 3)
	lines := strings.SplitAfter(string(text), "\n")
	input := lines[0] + "{\"msgType\":\n" + "\n" + lines[1] + `{"msgType":"other"}` + "\r\n" + lines[2][:len(lines[2])-1]
	b := realClock(newBench(t))
	f := newFakeCollector()
	file := writeFile(t, "a.jsonl", input)
	require.Equal(t, exitSkipped, b.run(t, "send", "--endpoint", f.serveGRPC(t), "--insecure", file))
	require.Equal(t, canonical, f.taken)
	require.Contains(t, b.stderr.String(), `"line": 2`)
	require.Contains(t, b.stderr.String(), `"line": 5`)
	require.Contains(t, b.stderr.String(), "done, but 2 lines were no RRPair and were skipped")
	require.Contains(t, b.stdout.String(), "acknowledged 3 records")
}

func TestSendOverHTTP(t *testing.T) {
	text, canonical := traffic(t, 300)
	f := newFakeCollector()
	b := realClock(newBench(t))
	url := f.serveHTTP(t, func(w http.ResponseWriter, number int) bool {
		switch number {
		case 0:
			http.Error(w, "busy", http.StatusServiceUnavailable)
		case 1:
			http.Error(w, "limit is 10 bytes", http.StatusRequestEntityTooLarge)
		default:
			return false
		}
		return true
	})
	file := writeFile(t, "a.jsonl", string(text))
	code := b.run(t, "send", "--protocol", "http", "--endpoint", url, "--compression", "gzip", "--workers", "1", "--cluster", "north", "--service", "shop", "-o", "json", file)
	require.Equal(t, exitOK, code, b.stderr.String())
	require.Equal(t, canonical, f.taken)
	require.Equal(t, map[string]int{"north": 300}, f.clusters)
	require.Equal(t, map[string]int{"shop": 300}, f.services)

	url = f.serveHTTP(t, func(w http.ResponseWriter, _ int) bool {
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return true
	})
	require.Equal(t, exitError, b.run(t, "send", "--protocol", "http", "--endpoint", url, file))
	require.Contains(t, b.stderr.String(), "401 Unauthorized: who are you?")
}

func TestSendSaysWhatIsWrongWithTheAddress(t *testing.T) {
	text, _ := traffic(t, 1)
	file := writeFile(t, "a.jsonl", string(text))
	b := realClock(newBench(t))
	f := newFakeCollector()
	require.Equal(t, exitError, b.run(t, "send", "--endpoint", f.serveGRPC(t), file))
	require.Contains(t, b.stderr.String(), "speaks no TLS: add --insecure")
	url := strings.TrimPrefix(f.serveHTTP(t, nil), "http://")
	require.Equal(t, exitError, b.run(t, "send", "--protocol", "http", "--endpoint", url, file))
	require.Contains(t, b.stderr.String(), "speaks no TLS: add --insecure")
	require.Equal(t, exitError, b.run(t, "send", "--insecure", "--give-up-after", "2s", "--endpoint", url, file))
	require.Contains(t, b.stderr.String(), "speaks HTTP, not gRPC: add --protocol http")
	require.Equal(t, exitError, b.run(t, "send", "--insecure", "--give-up-after", "2s", "--protocol", "http", "--endpoint", f.serveGRPC(t), file))
	require.Contains(t, b.stderr.String(), "leave --protocol http out")
	require.Equal(t, exitUsage, b.run(t, "send", "--insecure", "--endpoint", "localhost", file))
	require.Contains(t, b.stderr.String(), "must be host:port")
	require.Equal(t, exitError, b.run(t, "send", "--endpoint", "127.0.0.1:1", "--insecure", "--give-up-after", "50ms", file))
	require.Contains(t, b.stderr.String(), "gave up after")
	for _, endpoint := range []string{"", "ftp://x", "https://x/v1/logs"} {
		require.Equal(t, exitUsage, b.run(t, "send", "--endpoint", endpoint, file), endpoint)
	}
	require.Equal(t, exitUsage, b.run(t, "send", "--endpoint", "localhost:1", "/no/such/file"))
	require.Equal(t, exitUsage, b.run(t, "send", "--endpoint", "localhost:1", "--header", "novalue", file))
	require.Equal(t, exitUsage, b.run(t, "send", "--endpoint", "localhost:1", "--workers", "0", file))
}

func TestConnectionErrorsOfTheWrongPortAreExplained(t *testing.T) {
	for text, says := range map[string]string{
		`malformed HTTP response "\x15\x03\x01\x00\x02\x02\x16"`:                    "speaks TLS: leave --insecure",
		"answered 400 Bad Request: Client sent an HTTP request to an HTTPS server.": "speaks TLS: leave --insecure",
		`malformed HTTP response "\x00\x00\x06\x04"`:                                "leave --protocol http out",
		unsolicited: "leave --protocol http out",
		"http2: frame too large, note that the frame header looked like an HTTP/1.1 header": "add --protocol http",
	} {
		require.ErrorContains(t, explain(errors.New(text), "here:1"), says, text)
	}
	require.NoError(t, explain(errors.New("readLoopPeekFailLocked: connection reset by peer"), "here:1"), "worth another try")
}

func TestSendKeepsTheRate(t *testing.T) {
	text, _ := traffic(t, 60)
	b := realClock(newBench(t))
	f := newFakeCollector()
	started := time.Now()
	require.Equal(t, exitOK, b.run(t, "send", "--endpoint", f.serveGRPC(t), "--insecure", "--rate", "100", "--batch-records", "10", writeFile(t, "a.jsonl", string(text))))
	require.GreaterOrEqual(t, time.Since(started), 450*time.Millisecond)
}

func TestAnAckedFileOfAnotherKindIsRefused(t *testing.T) {
	text, _ := traffic(t, 1)
	b := realClock(newBench(t))
	other := writeFile(t, "notes", strings.Repeat("these are my notes, leave them alone\n", 3))
	require.Equal(t, exitError, b.run(t, "send", "--endpoint", "localhost:1", "--insecure", "--acked", other, writeFile(t, "a.jsonl", string(text))))
	require.Contains(t, b.stderr.String(), "line 1")
	kept, err := os.ReadFile(other)
	require.NoError(t, err)
	require.Contains(t, string(kept), "leave them alone")
}

func TestAnInterruptedSendSaysSoAndKeepsWhatWasAcknowledged(t *testing.T) {
	text, _ := traffic(t, 300)
	acked := filepath.Join(t.TempDir(), "acked")
	b := realClock(newBench(t))
	ctx, interrupt := context.WithCancel(t.Context())
	f := newFakeCollector()
	f.answer = func(number, _ int) (plogotlp.ExportResponse, error) {
		if number == 2 {
			interrupt()
			return plogotlp.NewExportResponse(), status.Error(codes.Unavailable, "restarting")
		}
		return plogotlp.NewExportResponse(), nil
	}
	code := execute(ctx, b.app, []string{"send", "--endpoint", f.serveGRPC(t), "--insecure", "--workers", "1", "--batch-records", "100", "--acked", acked, writeFile(t, "a.jsonl", string(text))})
	require.Equal(t, exitError, code)
	require.Contains(t, b.stderr.String(), "interrupted")
	require.Contains(t, b.stdout.String(), "acknowledged 200 records")
	kept, err := os.ReadFile(acked)
	require.NoError(t, err)
	require.Equal(t, 200, bytes.Count(kept, []byte("\n")))
}
