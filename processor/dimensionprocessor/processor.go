package dimensionprocessor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// errUnreadable: the identity of a pair without a good one comes from all of it, and that cannot be read.
var errUnreadable = errors.New("the pair has no usable uuid, and what it would be derived from cannot be read")

// dimensionProcessor sets attributes in place and hands requests on.
type dimensionProcessor struct {
	id        component.ID
	config    *Config
	rules     *dimension.Rules
	limiter   *dimension.Limiter
	telemetry *telemetry
	logger    *zap.Logger
	next      consumer.Logs
	now       func() time.Time
	workers   sync.Pool // of *worker

	address *address // from Start on; nil: there is no archive
	said    sync.Once
}

func newProcessor(set processor.Settings, config *Config, next consumer.Logs) (*dimensionProcessor, error) {
	rules, err := dimension.Compile(config.Settings)
	if err != nil {
		return nil, fmt.Errorf("create processor %s: %w", set.ID, err)
	}
	p := &dimensionProcessor{
		id: set.ID, config: config, rules: rules, logger: set.Logger, next: next, now: time.Now,
		limiter: dimension.NewLimiter(config.Settings.Endpoints.MaxPerService),
	}
	if p.telemetry, err = newTelemetry(set.TelemetrySettings, rules, p.limiter); err != nil {
		return nil, fmt.Errorf("create processor %s: %w", set.ID, err)
	}
	p.workers.New = func() any { return newWorker(p) }
	return p, nil
}

// Start finds the archive whose addresses records get.
func (p *dimensionProcessor) Start(ctx context.Context, host component.Host) error {
	var err error
	if p.address, err = findArchive(ctx, host, p.config.Archive); err != nil {
		return fmt.Errorf("start processor %s: %w", p.id, err)
	}
	if p.address == nil {
		p.logger.Info("There is no archive: rrpair.archive.url is left out. Run an archive extension, and name it as archive if it is not called so.")
	}
	return nil
}

// Shutdown has nothing to wait for.
func (p *dimensionProcessor) Shutdown(context.Context) error {
	p.telemetry.shutdown()
	return nil
}

// Capabilities implements consumer.Logs.
func (*dimensionProcessor) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: true}
}

// ConsumeLogs sets the attributes of every RRPair and hands the request on. Records that are no RRPair, and those that
// cannot be read, pass untouched: exporters say what is wrong with them.
func (p *dimensionProcessor) ConsumeLogs(ctx context.Context, logs plog.Logs) error {
	w, ok := p.workers.Get().(*worker)
	if !ok {
		w = newWorker(p)
	}
	w.begin(p.now())
	for _, resource := range logs.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			for _, record := range scope.LogRecords().All() {
				w.record(resource.Resource(), record)
			}
		}
	}
	p.telemetry.handled(ctx, &w.tally)
	w.end()
	p.workers.Put(w)
	return p.next.ConsumeLogs(ctx, logs)
}

// record counts what became of one record.
func (w *worker) record(resource pcommon.Resource, record plog.LogRecord) {
	err := w.dimensions.ResetLog(resource, record)
	if err == nil {
		if w.dimensions.UUID(); w.dimensions.Unreadable() {
			err = errUnreadable
		}
	}
	switch {
	case err == nil:
		w.set(record)
		w.tally.records[outcomeSet]++
	case errors.Is(err, rrpair.ErrNotRRPair):
		w.tally.records[outcomeOther]++
	default:
		w.tally.records[outcomeUnreadable]++
		w.owner.said.Do(func() {
			w.owner.logger.Warn("An RRPair cannot be read and is passed on as it came; further ones are only counted.", zap.Error(err))
		})
	}
}
