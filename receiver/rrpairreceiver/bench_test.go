package rrpairreceiver

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
)

// sampleLines are RRPairs as JSON: those of the file that BYOC_CORPUS names, or
// made-up ones of about 3 KB.
func sampleLines(tb testing.TB, count int) []string {
	tb.Helper()
	var found []string
	if path := os.Getenv("BYOC_CORPUS"); path != "" {
		file, err := os.Open(path)
		require.NoError(tb, err)
		defer func() { require.NoError(tb, file.Close()) }()
		scanner := bufio.NewScanner(file)
		scanner.Buffer(nil, 64<<20)
		for scanner.Scan() {
			if len(scanner.Bytes()) < 64<<10 {
				found = append(found, scanner.Text())
			}
		}
		require.NoError(tb, scanner.Err())
	} else {
		for i := range 50 {
			found = append(found, largerPair(i, 1800))
		}
	}
	sample := make([]string, count)
	for i := range sample {
		sample[i] = found[i%len(found)]
	}
	return sample
}

// largerPair is a pair with headers, tags and a body of that many bytes.
func largerPair(i, bodyBytes int) string {
	var tags, headers strings.Builder
	for n := range 10 {
		fmt.Fprintf(&tags, `,"tag%d":"value %d of pair %d"`, n, n, i)
		fmt.Fprintf(&headers, `,"X-Header-%d":["value %d of pair %d"]`, n, n, i)
	}
	body := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{byte(i)}, bodyBytes*3/4))
	return strings.NewReplacer(
		`"netinfo"`, `"tags":{`+tags.String()[1:]+`},"netinfo"`,
		`"headers":{}`, `"headers":{`+headers.String()[1:]+`}`,
		`"body":"ok"`, `"bodyBase64":"`+body+`"`,
	).Replace(pairLine(fmt.Sprintf("pair-%d", i)))
}

const perRequest = 200

// BenchmarkGRPC is a request of 200 pairs through a real connection, client and
// server in one process; the client's share is the encoding.
func BenchmarkGRPC(b *testing.B) {
	client := startServer(b, consumertest.NewNop(), nil).dial(b)
	request := plogotlp.NewExportRequestFromLogs(pairs(b, sampleLines(b, perRequest)...))
	b.ResetTimer()
	before := processCPU(b)
	for range b.N {
		_, err := client.Export(b.Context(), request)
		require.NoError(b, err)
	}
	perMillion(b, processCPU(b)-before)
}

// BenchmarkInspect is what the receiver adds to the decoding of the records.
func BenchmarkInspect(b *testing.B) {
	in := &intake{now: fixedNow}
	logs := pairs(b, sampleLines(b, perRequest)...)
	b.ReportAllocs()
	b.ResetTimer()
	before := processCPU(b)
	for range b.N {
		var sums tally
		in.inspect(logs, &sums)
		if sums.rejected != 0 {
			b.Fatal(sums.explain())
		}
	}
	perMillion(b, processCPU(b)-before)
}

// BenchmarkDecode is the decoding alone; BenchmarkWireNesting the look at the
// nesting that goes before it.
func BenchmarkDecode(b *testing.B) {
	data := encoded(b, pairs(b, sampleLines(b, perRequest)...))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	b.ResetTimer()
	before := processCPU(b)
	for range b.N {
		require.NoError(b, plogotlp.NewExportRequest().UnmarshalProto(data))
	}
	perMillion(b, processCPU(b)-before)
}

func BenchmarkWireNesting(b *testing.B) {
	data := encoded(b, pairs(b, sampleLines(b, perRequest)...))
	b.ResetTimer()
	before := processCPU(b)
	for range b.N {
		require.NoError(b, checkWireNesting(data, maxWireNesting))
	}
	perMillion(b, processCPU(b)-before)
}

// BenchmarkNDJSON is the stream's way from text to records.
func BenchmarkNDJSON(b *testing.B) {
	batch := newLineBatch(newIntake(consumertest.NewNop(), testTelemetry(b), nil), transportNDJSON)
	sample := sampleLines(b, perRequest)
	bytes := 0
	for _, line := range sample {
		bytes += len(line)
	}
	b.SetBytes(int64(bytes))
	b.ResetTimer()
	before := processCPU(b)
	for range b.N {
		for _, line := range sample {
			if bad := batch.add([]byte(line)); bad != nil {
				b.Fatal(bad)
			}
		}
		_, err := batch.deliver(b.Context())
		require.NoError(b, err)
	}
	perMillion(b, processCPU(b)-before)
}

func encoded(tb testing.TB, logs plog.Logs) []byte {
	tb.Helper()
	data, err := plogotlp.NewExportRequestFromLogs(logs).MarshalProto()
	require.NoError(tb, err)
	return data
}

func processCPU(tb testing.TB) float64 {
	tb.Helper()
	var usage syscall.Rusage
	require.NoError(tb, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(usage.Utime) + seconds(usage.Stime)
}

// perMillion reports CPU-seconds per million pairs, garbage collection included.
func perMillion(b *testing.B, cpu float64) {
	b.ReportMetric(cpu/float64(b.N)/perRequest*1e6, "CPU-s/M")
	runtime.GC()
}
