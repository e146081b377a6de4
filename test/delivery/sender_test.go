package delivery

import (
	"context"
	"crypto/sha256"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	// requestLimit is when a sender gives up on an answer and sends the same request again.
	requestLimit = 5 * time.Second
	// retryPause is what it waits after a refusal.
	retryPause = 50 * time.Millisecond
	// largestBatch is how many pairs a request holds at most.
	largestBatch = 60
)

type sentPair struct {
	id      rrpair.UUID
	content [sha256.Size]byte
}

// senders send generated pairs until they are stopped; a request that was begun is repeated until it is acknowledged.
type senders struct {
	t       *testing.T
	ledger  *ledger
	address string
	stop    chan struct{}
	wait    sync.WaitGroup
}

func startSenders(t *testing.T, address string, number int) *senders {
	s := &senders{t: t, ledger: newLedger(), address: address, stop: make(chan struct{})}
	for i := range number {
		s.wait.Go(func() { s.send(uint64(i + 1)) })
	}
	return s
}

func (s *senders) end() {
	close(s.stop)
	s.wait.Wait()
}

func (s *senders) send(seed uint64) {
	connection, err := grpc.NewClient(s.address, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: backoff.Config{BaseDelay: retryPause, Multiplier: 1, MaxDelay: retryPause}, MinConnectTimeout: time.Second}))
	if err != nil {
		s.t.Error(err)
		return
	}
	defer connection.Close()
	client := plogotlp.NewGRPCClient(connection)
	generator := demo.NewGenerator(demo.Options{Seed: seed})
	random := rand.New(rand.NewPCG(seed, seed))
	for {
		select {
		case <-s.stop:
			return
		default:
		}
		logs, pairs := request(s.t, generator, 1+random.IntN(largestBatch))
		s.ledger.sending(pairs)
		for !s.export(client, logs) {
			time.Sleep(retryPause)
		}
		s.ledger.acknowledge(pairs)
	}
}

func (s *senders) export(client plogotlp.GRPCClient, logs plog.Logs) bool {
	ctx, cancel := context.WithTimeout(context.Background(), requestLimit)
	defer cancel()
	answer, err := client.Export(ctx, plogotlp.NewExportRequestFromLogs(logs))
	if err != nil {
		return false
	}
	if rejected := answer.PartialSuccess().RejectedLogRecords(); rejected != 0 {
		s.t.Errorf("%d good records were rejected: %s", rejected, answer.PartialSuccess().ErrorMessage())
	}
	return true
}

func request(t *testing.T, generator *demo.Generator, number int) (plog.Logs, []sentPair) {
	return requestOf(t, number, func() []byte { return generator.Next(nil) })
}

// requestOf is a request of so many pairs, given as JSON.
func requestOf(t *testing.T, number int, next func() []byte) (plog.Logs, []sentPair) {
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	var pair rrpair.Pair
	var pairs []sentPair
	for range number {
		require.NoError(t, pair.ParseJSON(next()))
		require.NoError(t, pair.ToLogRecord(records.AppendEmpty()))
		id, ok := pair.UUID()
		require.True(t, ok)
		pairs = append(pairs, sentPair{id: id, content: sha256.Sum256(pair.JSON())})
	}
	return logs, pairs
}
