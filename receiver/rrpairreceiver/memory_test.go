package rrpairreceiver

import (
	"bytes"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
)

// residentPeak returns the most memory that the process has held, in MiB, since
// it was last reset; ok=false where the system does not tell.
func residentPeak() (mebibytes int, ok bool) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, false
	}
	_, rest, found := strings.Cut(string(text), "VmHWM:")
	fields := strings.Fields(rest)
	if !found || len(fields) == 0 {
		return 0, false
	}
	kibibytes, err := strconv.Atoi(fields[0])
	return kibibytes >> 10, err == nil
}

// Three 60 MB requests at once, each in many records as forwarders send them:
// two are admitted, decoded and held by the pipeline, the third is sent away.
func TestThreeLargeRequestsStayWithinMemory(t *testing.T) {
	const mostMiB = 750 // the client and its copy of the body included
	if underRace {
		t.Skip("the race detector multiplies memory")
	}
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		t.Skip("needs /proc to measure the process: ", err)
	}
	pipeline := newBlocked()
	defer pipeline.release()
	server := startServer(t, pipeline, nil)
	body := bytes.Repeat(encoded(t, pairs(t, sampleLines(t, 100)...)), 1)
	body = bytes.Repeat(body, 60_000_000/len(body))
	runtime.GC()
	debug.FreeOSMemory()
	require.NoError(t, os.WriteFile("/proc/self/clear_refs", []byte("5"), 0))
	before, _ := residentPeak()
	results := make(chan error, 3)
	for range 3 {
		go func() {
			results <- server.exportBytes(t, body, grpc.WithDefaultCallOptions(grpc.MaxCallSendMsgSize(1<<30)))
		}()
	}
	<-pipeline.arrived
	<-pipeline.arrived
	time.Sleep(time.Second)
	after, ok := residentPeak()
	require.True(t, ok)
	pipeline.release()
	refused := 0
	for range 3 {
		if <-results != nil {
			refused++
		}
	}
	t.Logf("requests of %d MiB: %d refused; %d MiB resident before, at most %d MiB", len(body)>>20, refused, before, after)
	assert.Less(t, after-before, mostMiB)
}
