package rrpairreceiver

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// observe prepares the metrics of volume control, which may be nil.
func (t *telemetry) observe(v *volume) error {
	if v == nil {
		return nil
	}
	for _, rule := range v.rules {
		t.ofRules = append(t.ofRules, metric.WithAttributeSet(attribute.NewSet(
			attribute.String("rule", rule.name), attribute.String("kind", rule.kind))))
	}
	if v.budget == nil {
		return nil
	}
	err := t.builder.RegisterRrpairReceiverBudgetShareCallback(func(_ context.Context, observer metric.Float64Observer) error {
		v.budget.each(func(name string, share float64, _ int64) {
			observer.Observe(share, metric.WithAttributes(attribute.String("key", name)))
		})
		return nil
	})
	if err != nil {
		return err
	}
	return t.builder.RegisterRrpairReceiverBudgetSpentBytesCallback(func(_ context.Context, observer metric.Int64Observer) error {
		v.budget.each(func(name string, _ float64, spent int64) {
			observer.Observe(spent, metric.WithAttributes(attribute.String("key", name)))
		})
		return nil
	})
}

// dropped counts what each rule dropped of a batch.
func (t *telemetry) dropped(ctx context.Context, byRule []tallyCell) {
	for i, cell := range byRule {
		if cell.records > 0 {
			t.builder.RrpairReceiverDroppedRecords.Add(ctx, cell.records, t.ofRules[i])
			t.builder.RrpairReceiverDroppedBytes.Add(ctx, cell.bytes, t.ofRules[i])
		}
	}
}
