package rrpairreceiver

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
)

func TestAdmission(t *testing.T) {
	limit := newAdmission(100)
	first, second := limit.reserve(), limit.reserve()
	assert.True(t, first.growTo(60))
	assert.False(t, second.growTo(41))
	assert.True(t, second.growTo(40))
	assert.True(t, limit.full())
	assert.False(t, first.growTo(61))
	second.release()
	second.release()
	assert.Equal(t, int64(60), limit.inFlight())
	assert.True(t, first.growTo(1000), "larger than the limit, but alone")
	assert.False(t, second.growTo(1))
	assert.False(t, second.waitTo(t.Context(), 1, time.Millisecond))

	waited := make(chan bool)
	go func() { waited <- second.waitTo(t.Context(), 50, time.Minute) }()
	first.shrinkTo(50)
	assert.True(t, <-waited)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	assert.False(t, second.waitTo(cancelled, 51, time.Minute))
	first.release()
	second.release()
	assert.Zero(t, limit.inFlight())
}

// blocked is a pipeline that holds every batch until it is opened.
type blocked struct {
	arrived chan struct{}
	open    chan struct{}
	once    sync.Once
}

func newBlocked() *blocked {
	return &blocked{arrived: make(chan struct{}, 100), open: make(chan struct{})}
}

func (*blocked) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

func (b *blocked) ConsumeLogs(ctx context.Context, _ plog.Logs) error {
	b.arrived <- struct{}{}
	select {
	case <-b.open:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *blocked) release() { b.once.Do(func() { close(b.open) }) }

// Of three large requests at once the third is asked to come again, over either
// protocol, and is taken once another has been answered.
func TestRequestsBeyondTheLimitAreRefusedForNow(t *testing.T) {
	pipeline := newBlocked()
	defer pipeline.release()
	server := startServer(t, pipeline, func(c *Config) { c.MaxInFlight = 12 * mebibyte })
	client := server.dial(t, grpc.WithDefaultCallOptions(grpc.MaxCallSendMsgSize(1<<30)))
	large := withBody(t, func(body pcommon.Value) { body.Map().PutStr("status", strings.Repeat("x", 5<<20)) })
	results := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := client.Export(context.Background(), plogotlp.NewExportRequestFromLogs(large))
			results <- err
		}()
	}
	<-pipeline.arrived
	<-pipeline.arrived

	_, err := client.Export(t.Context(), plogotlp.NewExportRequestFromLogs(large))
	answer := statusOf(t, err)
	assert.Equal(t, codes.ResourceExhausted, answer.Code())
	assert.Contains(t, answer.Message(), "receivers::rrpair::max_in_flight (12MiB)")
	require.Len(t, answer.Details(), 1)
	assert.Equal(t, time.Second, answer.Details()[0].(*errdetails.RetryInfo).GetRetryDelay().AsDuration())

	body := encoded(t, large)
	for _, encoding := range []string{"", "gzip"} {
		got := server.post(t, logsPath, contentProto, encoding, bytes.NewReader(compressed(t, encoding, body)))
		assert.Equal(t, 429, got.code)
		assert.Equal(t, "1", got.header.Get("Retry-After"))
		assert.Contains(t, string(got.body), "receivers::rrpair::max_in_flight (12MiB)")
	}
	assert.EqualValues(t, 1, server.sum(t, "otelcol_rrpair_receiver_refused_requests", map[string]string{"transport": "grpc", "reason": "over_limit"}))
	assert.EqualValues(t, 2, server.sum(t, "otelcol_rrpair_receiver_refused_requests", map[string]string{"transport": "http", "reason": "over_limit"}))

	pipeline.release()
	require.NoError(t, <-results)
	require.NoError(t, <-results)
	_, err = client.Export(t.Context(), plogotlp.NewExportRequestFromLogs(large))
	require.NoError(t, err)
}

func TestOneRequestLargerThanTheLimitIsTakenAlone(t *testing.T) {
	pipeline := newBlocked()
	pipeline.release()
	server := startServer(t, pipeline, func(c *Config) { c.MaxInFlight = mebibyte })
	large := withBody(t, func(body pcommon.Value) { body.Map().PutStr("status", strings.Repeat("x", 3<<20)) })
	_, err := server.dial(t).Export(t.Context(), plogotlp.NewExportRequestFromLogs(large))
	require.NoError(t, err)
	assert.Equal(t, 200, server.postProto(t, large).code)
}

// A stop does not wait for a pipeline that does not move.
func TestShutdownEndsBlockedRequests(t *testing.T) {
	if testing.Short() {
		t.Skip("takes the grace period of 5 s")
	}
	pipeline := newBlocked()
	results := make(chan error, 2)
	t.Run("while a request is blocked", func(t *testing.T) {
		server := startServer(t, pipeline, nil)
		client := server.dial(t)
		go func() {
			_, err := client.Export(context.Background(), plogotlp.NewExportRequestFromLogs(pairs(t, pairLine("a"))))
			results <- err
		}()
		go func() {
			request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://"+server.httpAt+rrpairsPath, lines(pairLine("a")))
			if err == nil {
				request.Header.Set("Content-Type", contentNDJSON)
				var response *http.Response
				if response, err = http.DefaultClient.Do(request); err == nil {
					err = errors.Join(errors.New(response.Status), response.Body.Close())
				}
			}
			results <- err
		}()
		<-pipeline.arrived
		<-pipeline.arrived
	}) // its cleanup stops the server
	require.Error(t, <-results)
	require.Error(t, <-results)
	http.DefaultClient.CloseIdleConnections()
}
