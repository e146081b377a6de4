package hostile

import (
	"errors"
	"runtime"
	"runtime/metrics"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/byoc-otel/otelcol-byoc/internal/redact"
)

// The bounds that every input must keep to with the default limits (64 MiB a record, 256 MiB decoded, 10 s).
const (
	// maxTime is the limit on time and what may pass until the clock is looked at, doubled for a machine under load.
	maxTime = 25 * time.Second
	// maxHeap is what one record may take beyond its own text: twice the 256 MiB that it may decode to, or its nodes (2 Mi
	// of 140 bytes, in lists that grow by copying) or hits (as many of 100), and garbage that is not yet collected.
	maxHeap = 5 << 28
)

// measure runs work and returns how long it took and by how much the heap grew at most.
func measure(work func()) (took time.Duration, heap int64) {
	runtime.GC()
	base := heapBytes()
	stop, done := make(chan struct{}), make(chan int64)
	go func() {
		peak := base
		ticker := time.NewTicker(2 * time.Millisecond)
		defer ticker.Stop()
		for {
			peak = max(peak, heapBytes())
			select {
			case <-stop:
				done <- peak
				return
			case <-ticker.C:
			}
		}
	}()
	started := time.Now()
	work()
	took = time.Since(started)
	close(stop)
	return took, <-done - base
}

// heapBytes is the memory of objects on the heap, garbage that is not yet swept included.
func heapBytes() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}

// bounded runs work, which redacts one input, and checks what every input is held to: it ends in time, takes no more
// memory than said, and fails, if it does, with a refusal for one of the reasons, and nothing to pass on.
func bounded(t *testing.T, engine *redact.Engine, text []byte, work func(*redact.Engine) ([]byte, error), reasons ...string) (out []byte) {
	t.Helper()
	var err error
	took, heap := measure(func() { out, err = work(engine) })
	reason := "redacted"
	var refusal *redact.Refusal
	if errors.As(err, &refusal) {
		reason = refusal.Reason
		assert.NotEmpty(t, refusal.Detail)
		assert.Empty(t, out, "something of a refused record is passed on")
	} else if err != nil {
		t.Errorf("an error that is no refusal: %v", err)
	}
	t.Logf("%d MB: %s after %s, heap +%d MB", len(text)>>20, reason, took.Round(time.Millisecond), heap>>20)
	assert.Less(t, took, maxTime)
	assert.Less(t, heap, int64(maxHeap))
	if len(reasons) > 0 && !slices.Contains(reasons, reason) {
		t.Errorf("%s, want one of %q: %v", reason, reasons, err)
	}
	return out
}
