package dimensionprocessor

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/processor/dimensionprocessor/internal/metadata"
)

// outcome is what became of a record.
type outcome uint8

const (
	outcomeSet outcome = iota
	outcomeOther
	outcomeUnreadable
	outcomes
)

func (o outcome) String() string { return [outcomes]string{"set", "other", "unreadable"}[o] }

// valueOutcomes is how many outcomes a user's dimension has.
const valueOutcomes = int(dimension.ExtraTooLong) + 1

// tally is what is counted of a request before it is told.
type tally struct {
	records   [outcomes]int64
	values    [][valueOutcomes]int64
	overflows map[string]int64 // by service
}

func (t *tally) begin(extras int) {
	if t.values == nil {
		t.values = make([][valueOutcomes]int64, extras)
	}
	clear(t.values)
	clear(t.overflows)
	t.records = [outcomes]int64{}
}

func (t *tally) overflow(service string) {
	if t.overflows == nil {
		t.overflows = map[string]int64{}
	}
	t.overflows[service]++
}

// telemetry counts; README.md says what each metric means to an operator.
type telemetry struct {
	builder  *metadata.TelemetryBuilder
	became   [outcomes]metric.MeasurementOption
	ofValues [][valueOutcomes]metric.MeasurementOption
	distinct []*dimension.Cardinality
}

func newTelemetry(settings component.TelemetrySettings, rules *dimension.Rules, limiter *dimension.Limiter) (*telemetry, error) {
	builder, err := metadata.NewTelemetryBuilder(settings)
	if err != nil {
		return nil, err
	}
	t := &telemetry{builder: builder}
	for i := range t.became {
		t.became[i] = metric.WithAttributeSet(attribute.NewSet(attribute.String("outcome", outcome(i).String())))
	}
	var named []metric.MeasurementOption
	for i := range rules.Extras() {
		name := attribute.String("dimension", rules.ExtraName(i))
		named = append(named, metric.WithAttributeSet(attribute.NewSet(name)))
		var options [valueOutcomes]metric.MeasurementOption
		for o := range options {
			options[o] = metric.WithAttributeSet(attribute.NewSet(name, attribute.String("value", dimension.ExtraOutcome(o).String())))
		}
		t.ofValues = append(t.ofValues, options)
		t.distinct = append(t.distinct, dimension.NewCardinality())
	}
	err = builder.RegisterDimensionProcessorDistinctValuesCallback(func(_ context.Context, observer metric.Int64Observer) error {
		for i, one := range t.distinct {
			observer.Observe(int64(one.Distinct(time.Now())), named[i])
		}
		return nil
	})
	if err == nil {
		err = builder.RegisterDimensionProcessorEndpointsCallback(func(_ context.Context, observer metric.Int64Observer) error {
			limiter.Each(func(service string, endpoints int) {
				observer.Observe(int64(endpoints), metric.WithAttributes(attribute.String("service", service)))
			})
			return nil
		})
	}
	if err != nil {
		builder.Shutdown()
		return nil, err
	}
	return t, nil
}

func (t *telemetry) shutdown() { t.builder.Shutdown() }

// handled counts a request that is about to be handed on.
func (t *telemetry) handled(ctx context.Context, sums *tally) {
	for i, n := range sums.records {
		if n > 0 {
			t.builder.DimensionProcessorRecords.Add(ctx, n, t.became[i])
		}
	}
	for i, counts := range sums.values {
		for o, n := range counts {
			if n > 0 {
				t.builder.DimensionProcessorValues.Add(ctx, n, t.ofValues[i][o])
			}
		}
	}
	for service, n := range sums.overflows {
		t.builder.DimensionProcessorOverflowedEndpoints.Add(ctx, n, metric.WithAttributes(attribute.String("service", service)))
	}
}
