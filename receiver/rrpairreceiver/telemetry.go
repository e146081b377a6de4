package rrpairreceiver

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receiverhelper"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/byoc-otel/otelcol-byoc/receiver/rrpairreceiver/internal/metadata"
)

// transport is how data came.
type transport uint8

const (
	transportGRPC transport = iota
	transportHTTP
	transportNDJSON
	transportFile
	transportCount
)

func (t transport) String() string {
	return [transportCount]string{"grpc", "http", "ndjson", "file"}[t]
}

// cause is why something was refused: a fixed list, fit for a metric.
type cause uint8

const (
	causeMalformed cause = iota // a record that is no readable RRPair
	causeUTF8
	causeDepth
	causeType
	causeTooLarge    // larger than the setting that bounds it
	causeOverLimit   // max_in_flight is used up
	causeUndecodable // a request that is no OTLP, or whose compression is broken
	causeRetryable   // the pipeline refused for now
	causePermanent   // the pipeline refused for good
	causeCount
)

func (c cause) String() string {
	return [causeCount]string{
		"malformed", "invalid_utf8", "too_deep", "wrong_type", "too_large", "over_limit", "undecodable", "pipeline_retryable", "pipeline_permanent",
	}[c]
}

// telemetry holds the receiver's metrics with every set of attributes built
// once. Safe for concurrent use.
type telemetry struct {
	builder    *metadata.TelemetryBuilder
	operations [transportCount]*receiverhelper.ObsReport
	ofPairs    [transportCount][directionCount][protocolCount]metric.MeasurementOption
	ofSender   [transportCount]metric.MeasurementOption
	ofRefusal  [transportCount][causeCount]metric.MeasurementOption
	ofRules    []metric.MeasurementOption // by the index of volume control's rules
}

func newTelemetry(set receiver.Settings, inFlight func() int64, volume *volume) (*telemetry, error) {
	builder, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, fmt.Errorf("create metrics: %w", err)
	}
	err = builder.RegisterRrpairReceiverInFlightBytesCallback(func(_ context.Context, observer metric.Int64Observer) error {
		observer.Observe(inFlight())
		return nil
	})
	if err != nil {
		builder.Shutdown()
		return nil, fmt.Errorf("create metrics: %w", err)
	}
	t := &telemetry{builder: builder}
	if err := t.observe(volume); err != nil {
		builder.Shutdown()
		return nil, fmt.Errorf("create metrics: %w", err)
	}
	names := protocolNames()
	for sender := range transportCount {
		t.operations[sender], err = receiverhelper.NewObsReport(receiverhelper.ObsReportSettings{
			ReceiverID:             set.ID,
			Transport:              sender.String(),
			LongLivedCtx:           sender == transportFile,
			ReceiverCreateSettings: set,
		})
		if err != nil {
			builder.Shutdown()
			return nil, fmt.Errorf("create metrics: %w", err)
		}
		of := attribute.String("transport", sender.String())
		t.ofSender[sender] = metric.WithAttributeSet(attribute.NewSet(of))
		for way := range directionCount {
			for name, protocol := range names {
				t.ofPairs[sender][way][name] = metric.WithAttributeSet(attribute.NewSet(
					of, attribute.String("direction", way.String()), attribute.String("l7protocol", protocol)))
			}
		}
		for why := range causeCount {
			t.ofRefusal[sender][why] = metric.WithAttributeSet(attribute.NewSet(of, attribute.String("reason", why.String())))
		}
	}
	return t, nil
}

func (t *telemetry) shutdown() {
	t.builder.Shutdown()
}

func (t *telemetry) received(ctx context.Context, sender transport, bytes int64) {
	t.builder.RrpairReceiverReceivedBytes.Add(ctx, bytes, t.ofSender[sender])
}

func (t *telemetry) refusedRequest(ctx context.Context, sender transport, why cause) {
	t.builder.RrpairReceiverRefusedRequests.Add(ctx, 1, t.ofRefusal[sender][why])
}

func (t *telemetry) refusedRecords(ctx context.Context, sender transport, why cause, records int) {
	if records > 0 {
		t.builder.RrpairReceiverRefusedRecords.Add(ctx, int64(records), t.ofRefusal[sender][why])
	}
}

// accepted records what the pipeline took.
func (t *telemetry) accepted(ctx context.Context, sender transport, sums *tally) {
	if sums.others > 0 {
		t.builder.RrpairReceiverOtherRecords.Add(ctx, int64(sums.others), t.ofSender[sender])
	}
	for way := range directionCount {
		for name := range protocolCount {
			if cell := sums.pairs[way][name]; cell.records > 0 {
				option := t.ofPairs[sender][way][name]
				t.builder.RrpairReceiverAcceptedRecords.Add(ctx, cell.records, option)
				t.builder.RrpairReceiverAcceptedBytes.Add(ctx, cell.bytes, option)
			}
		}
	}
}
