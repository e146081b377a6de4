package collector

import (
	"context"
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

// Pairs is a request of generated pairs, as a forwarder sends it.
func Pairs(t testing.TB, seed uint64, n int) plog.Logs {
	t.Helper()
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	generator := demo.NewGenerator(demo.Options{Seed: seed})
	var pair rrpair.Pair
	for range n {
		require.NoError(t, pair.ParseJSON(generator.Next(nil)))
		require.NoError(t, pair.ToLogRecord(records.AppendEmpty()))
	}
	return logs
}

// Send sends one request over OTLP/gRPC and waits for the acknowledgement of every record.
func Send(t testing.TB, address string, logs plog.Logs) {
	t.Helper()
	require.NoError(t, TrySend(t, address, logs))
}

// TrySend is Send for who expects a refusal.
func TrySend(t testing.TB, address string, logs plog.Logs) error {
	t.Helper()
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	answer, err := plogotlp.NewGRPCClient(connection).Export(ctx, plogotlp.NewExportRequestFromLogs(logs), grpc.WaitForReady(true))
	if err != nil {
		return err
	}
	require.Zero(t, answer.PartialSuccess().RejectedLogRecords(), answer.PartialSuccess().ErrorMessage())
	return nil
}
