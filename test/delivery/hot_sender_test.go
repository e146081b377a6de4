package delivery

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	pacedSenders = 16
	pacedBatch   = 8
	pacedEvery   = 400 * time.Millisecond // so 320 pairs a second
	// padding makes a pair some 27 KB, so that a load that leaves two cores idle at times, 9 MB a second, fills the hot
	// store's queue in half a minute.
	padding = 24 << 10
	// pacedLimit is when a sender gives up on an answer, which counts as a refusal.
	pacedLimit = 10 * time.Second
)

// paced are senders at a steady rate, whatever the answers are. They note how long each acknowledgement took, counted
// from when the request was due, so that one slow answer tells on all that had to wait behind it.
type paced struct {
	t      *testing.T
	ledger *ledger
	stop   chan struct{}
	wait   sync.WaitGroup

	mu      sync.Mutex
	acks    []ack
	refused []string
}

type ack struct {
	due, sent, at time.Time
	ids           []rrpair.UUID
}

func startPaced(t *testing.T, address string) *paced {
	p := &paced{t: t, ledger: newLedger(), stop: make(chan struct{})}
	begin := time.Now()
	for i := range pacedSenders {
		p.wait.Go(func() { p.send(address, uint64(i+1), begin.Add(time.Duration(i)*pacedEvery/pacedSenders)) })
	}
	t.Cleanup(p.end)
	return p
}

func (p *paced) end() {
	p.mu.Lock()
	select {
	case <-p.stop:
	default:
		close(p.stop)
	}
	p.mu.Unlock()
	p.wait.Wait()
}

func (p *paced) send(address string, seed uint64, due time.Time) {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		p.t.Error(err)
		return
	}
	defer connection.Close()
	client := plogotlp.NewGRPCClient(connection)
	generator := demo.NewGenerator(demo.Options{Seed: seed, Start: due.UTC(), Rate: float64(pacedBatch) * float64(time.Second/pacedEvery)})
	note := []byte(`,"note":"` + strings.Repeat("The quick brown fox jumps over the lazy dog. ", padding/45+1)[:padding] + `"}`)
	for ; ; due = due.Add(pacedEvery) {
		logs, pairs := paddedRequest(p.t, generator, note)
		select {
		case <-p.stop:
			return
		case <-time.After(time.Until(due)):
		}
		p.ledger.sending(pairs)
		sent := time.Now()
		for !p.export(client, logs) {
			time.Sleep(retryPause)
		}
		done := ack{due: due, sent: sent, at: time.Now()}
		for _, pair := range pairs {
			done.ids = append(done.ids, pair.id)
		}
		p.ledger.acknowledge(pairs)
		p.mu.Lock()
		p.acks = append(p.acks, done)
		p.mu.Unlock()
	}
}

func (p *paced) export(client plogotlp.GRPCClient, logs plog.Logs) bool {
	ctx, cancel := context.WithTimeout(context.Background(), pacedLimit)
	defer cancel()
	answer, err := client.Export(ctx, plogotlp.NewExportRequestFromLogs(logs))
	if err == nil && answer.PartialSuccess().RejectedLogRecords() == 0 {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused = append(p.refused, fmt.Sprint(err, answer))
	return err == nil // what was rejected for good is not sent again; the test fails
}

func paddedRequest(t *testing.T, generator *demo.Generator, note []byte) (plog.Logs, []sentPair) {
	return requestOf(t, pacedBatch, func() []byte {
		return append(bytes.TrimSuffix(generator.Next(nil), []byte("}")), note...)
	})
}

// latency says what senders saw in a span of time.
type latency struct {
	requests      int
	p50, p95, max time.Duration // from when a request was due
	alone         time.Duration // p50 of the requests alone, from when one was sent
}

func (l latency) String() string {
	const exact = 100 * time.Microsecond
	return fmt.Sprintf("%d requests acknowledged, p50 %v (%v without the sender), p95 %v, slowest %v", l.requests,
		l.p50.Round(exact), l.alone.Round(exact), l.p95.Round(exact), l.max.Round(exact))
}

// latency is that of the requests that were due in a span of time.
func (p *paced) latency(from, to time.Time) latency {
	p.mu.Lock()
	defer p.mu.Unlock()
	var took, alone []time.Duration
	for _, a := range p.acks {
		if !a.due.Before(from) && a.due.Before(to) {
			took, alone = append(took, a.at.Sub(a.due)), append(alone, a.at.Sub(a.sent))
		}
	}
	require.NotEmpty(p.t, took, "nothing was acknowledged between %v and %v", from, to)
	slices.Sort(took)
	slices.Sort(alone)
	return latency{requests: len(took), alone: alone[len(alone)/2], p50: took[len(took)/2], p95: took[len(took)*95/100], max: took[len(took)-1]}
}

// before are the pairs that were acknowledged before a time.
func (p *paced) before(end time.Time) (ids []rrpair.UUID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, a := range p.acks {
		if a.at.Before(end) {
			ids = append(ids, a.ids...)
		}
	}
	return ids
}

func (p *paced) refusals() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.refused)
}
