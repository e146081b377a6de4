package redactprocessor

import (
	"context"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/byoc-otel/otelcol-byoc/internal/redact"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
	"github.com/byoc-otel/otelcol-byoc/processor/redactprocessor/internal/metadata"
)

// outcome is what became of a record.
type outcome uint8

const (
	outcomeRedacted outcome = iota
	outcomeClean
	outcomeAlready
	outcomeRefused
	outcomes
)

func (o outcome) String() string {
	return [outcomes]string{"redacted", "clean", "already", "refused"}[o]
}

// fate is what became of a refused record.
type fate string

const (
	fateDeadLetter fate = "dead_letter"
	fateDropped    fate = "dropped"
	fatePassed     fate = "passed"
)

// tally is what is counted of a request before it is told.
type tally struct {
	records [outcomes]int64
	values  []int64 // by the index of the rule
	bytes   int64
	opaque  int64
	refused map[string]int64 // by reason
	fate    fate             // of all refused ones
}

func (t *tally) begin(rules int) {
	values, reasons := t.values, t.refused
	if cap(values) < rules {
		values = make([]int64, rules)
	}
	if reasons == nil {
		reasons = map[string]int64{}
	}
	clear(values[:rules])
	clear(reasons)
	*t = tally{values: values[:rules], refused: reasons}
}

func (t *tally) count(result redact.Result) {
	t.opaque += int64(len(result.Opaque))
	for _, r := range result.Rules {
		t.values[r.Rule.Index] += int64(r.Values)
	}
}

func (t *tally) add(other *tally) {
	for i, n := range other.records {
		t.records[i] += n
	}
	for i, n := range other.values {
		t.values[i] += n
	}
	t.bytes += other.bytes
	t.opaque += other.opaque
}

// telemetry counts; README.md says what each metric means to an operator.
type telemetry struct {
	builder *metadata.TelemetryBuilder
	dryRun  attribute.KeyValue
	became  [outcomes]metric.MeasurementOption
}

func newTelemetry(settings component.TelemetrySettings, dryRun bool, current *atomic.Pointer[force]) (*telemetry, error) {
	builder, err := metadata.NewTelemetryBuilder(settings)
	if err != nil {
		return nil, err
	}
	t := &telemetry{builder: builder, dryRun: attribute.Bool("dry_run", dryRun)}
	for i := range t.became {
		t.became[i] = metric.WithAttributeSet(attribute.NewSet(attribute.String("outcome", outcome(i).String()), t.dryRun))
	}
	return t, builder.RegisterRedactProcessorPolicyInfoCallback(func(_ context.Context, observer metric.Int64Observer) error {
		if f := current.Load(); f != nil {
			observer.Observe(1, metric.WithAttributes(attribute.String("policy", f.policy.Name),
				attribute.String("version", f.policy.Version), attribute.String("key_id", f.keyID)))
		}
		return nil
	})
}

func (t *telemetry) shutdown() { t.builder.Shutdown() }

// ruleAttributes are the attributes of each rule's counter.
func (t *telemetry) ruleAttributes(rules []*policy.Rule) []metric.MeasurementOption {
	options := make([]metric.MeasurementOption, len(rules))
	for _, rule := range rules {
		options[rule.Index] = metric.WithAttributeSet(attribute.NewSet(
			attribute.String("rule", rule.Name), attribute.String("action", rule.Action.String()), t.dryRun))
	}
	return options
}

// handled counts a request that is about to be handed on.
func (t *telemetry) handled(ctx context.Context, b *batch) {
	for i, n := range b.tally.records {
		if n > 0 {
			t.builder.RedactProcessorRecords.Add(ctx, n, t.became[i])
		}
	}
	for i, n := range b.tally.values {
		if n > 0 {
			t.builder.RedactProcessorValues.Add(ctx, n, b.force.counted[i])
		}
	}
	if b.tally.bytes > 0 {
		t.builder.RedactProcessorScannedBytes.Add(ctx, b.tally.bytes)
	}
	if b.tally.opaque > 0 {
		t.builder.RedactProcessorOpaqueContents.Add(ctx, b.tally.opaque)
	}
	for reason, n := range b.tally.refused {
		t.builder.RedactProcessorRefusedRecords.Add(ctx, n,
			metric.WithAttributes(attribute.String("reason", reason), attribute.String("fate", string(b.tally.fate))))
	}
}

func (t *telemetry) worked(ctx context.Context, took time.Duration) {
	t.builder.RedactProcessorWorkDuration.Record(ctx, took.Seconds())
}

func (t *telemetry) reloaded(ctx context.Context, good bool) {
	result := "failed"
	if good {
		result = "ok"
	}
	t.builder.RedactProcessorPolicyReloads.Add(ctx, 1, metric.WithAttributes(attribute.String("result", result)))
}
