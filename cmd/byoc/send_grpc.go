package main

import (
	"context"
	"fmt"
	"strings"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

type grpcTransport struct {
	target     string
	connection *grpc.ClientConn
	client     plogotlp.GRPCClient
	headers    metadata.MD
	options    []grpc.CallOption
}

func newGRPCTransport(ctx context.Context, flags sendFlags, target string) (transport, error) {
	security := insecure.NewCredentials()
	if !flags.tls.Insecure {
		config, err := flags.tls.LoadTLSConfig(ctx)
		if err != nil {
			return nil, usagef("TLS: %w", err)
		}
		security = credentials.NewTLS(config)
	}
	connection, err := grpc.NewClient(target, grpc.WithTransportCredentials(security))
	if err != nil {
		return nil, usagef("--endpoint %q: %w", target, err)
	}
	t := &grpcTransport{target: target, connection: connection, client: plogotlp.NewGRPCClient(connection), headers: metadata.MD{}}
	for _, header := range flags.headers {
		key, value, _ := strings.Cut(header, "=")
		t.headers.Append(key, value)
	}
	if flags.compression == gzip.Name {
		t.options = append(t.options, grpc.UseCompressor(gzip.Name))
	}
	return t, nil
}

func (t *grpcTransport) close() { _ = t.connection.Close() } // nothing is in flight any more

func (t *grpcTransport) export(ctx context.Context, request plogotlp.ExportRequest) (int64, string, error) {
	response, err := t.client.Export(metadata.NewOutgoingContext(ctx, t.headers), request, t.options...)
	if err != nil {
		return 0, "", t.classify(err)
	}
	partial := response.PartialSuccess()
	return partial.RejectedLogRecords(), partial.ErrorMessage(), nil
}

// classify sorts answers as the OTLP specification's section on gRPC failures does: ResourceExhausted may be repeated only
// if the server says when; without that it is the size limit of gRPC itself.
func (t *grpcTransport) classify(err error) error {
	if advice := explain(err, t.target); advice != nil {
		return &sendError{verdict: verdictFatal, err: advice}
	}
	answer := status.Convert(err)
	failed := &sendError{err: fmt.Errorf("%s answered %s: %s", t.target, answer.Code(), answer.Message())}
	asked := false
	for _, detail := range answer.Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			asked = true
			failed.wait = info.GetRetryDelay().AsDuration()
		}
	}
	switch answer.Code() {
	case codes.ResourceExhausted:
		failed.verdict = verdictRetry
		if !asked {
			failed.verdict = verdictTooLarge
		}
	case codes.Unauthenticated, codes.PermissionDenied, codes.Unimplemented:
		failed.verdict = verdictFatal
	case codes.InvalidArgument, codes.NotFound, codes.AlreadyExists, codes.FailedPrecondition, codes.Internal, codes.Unknown:
		failed.verdict = verdictRejected
	default: // Unavailable, DeadlineExceeded, Aborted, Canceled, OutOfRange, DataLoss
		failed.verdict = verdictRetry
	}
	return failed
}
