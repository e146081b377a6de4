package redactprocessor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/archive/deadletter"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/keysource"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/surrogate"
)

// errNotStarted: the collector starts processors before it sends them anything.
var errNotStarted = errors.New("the redact processor has not started")

// redactProcessor redacts requests in place and hands them on.
type redactProcessor struct {
	id        component.ID
	config    *Config
	logger    *zap.Logger
	telemetry *telemetry
	next      consumer.Logs

	// From Start on.
	keys    *surrogate.Keyring
	hashKey []byte          // of the hashes of refused records
	letters deadletter.Sink // nil: refused records are dropped
	force   atomic.Pointer[force]

	batches   sync.Pool // of *batch
	workers   sync.Pool // of *worker
	stop      context.CancelFunc
	reloading sync.WaitGroup
}

func newProcessor(set processor.Settings, config *Config, next consumer.Logs) (*redactProcessor, error) {
	p := &redactProcessor{id: set.ID, config: config, logger: set.Logger, next: next, stop: func() {}}
	var err error
	if p.telemetry, err = newTelemetry(set.TelemetrySettings, config.DryRun, &p.force); err != nil {
		return nil, fmt.Errorf("create processor %s: %w", set.ID, err)
	}
	p.batches.New = func() any { return new(batch) }
	p.workers.New = func() any { return newWorker(p) }
	return p, nil
}

// Start gets the key, compiles the policy and finds the dead letter. Each failure says what to add or to mend.
func (p *redactProcessor) Start(ctx context.Context, host component.Host) error {
	if err := p.start(ctx, host); err != nil {
		return fmt.Errorf("start processor %s: %w", p.id, err)
	}
	return nil
}

func (p *redactProcessor) start(ctx context.Context, host component.Host) error {
	var err error
	if p.keys, err = keysource.Load(ctx, p.config.Keys); err != nil {
		return err
	}
	p.hashKey = p.keys.Derive("dead letter")
	if p.letters, err = findDeadLetter(host, p.config.DeadLetter); err != nil {
		return err
	}
	first, err := p.compile()
	if err != nil {
		return err
	}
	p.force.Store(first)
	p.announce(first)
	if p.watches(first) {
		background, stop := context.WithCancel(context.Background())
		p.stop = stop
		p.reloading.Go(func() { p.reload(background, host) })
	}
	return nil
}

// announce says once what this processor does. Nothing of a key or a value is in it.
func (p *redactProcessor) announce(first *force) {
	p.logger.Info("Redaction is on.", zap.String("policy", first.policy.Name), zap.String("version", first.policy.Version),
		zap.String("key_id", p.keys.KeyID()), zap.Int("rules", len(first.policy.Rules())))
	for _, warning := range p.config.Keys.Warnings() {
		p.logger.Warn("The redaction key works, but: " + warning)
	}
	if p.config.DryRun {
		p.logger.Warn("dry_run is on: records are counted and passed on AS THEY CAME, without a stamp.")
	}
	if p.letters == nil && !p.config.DryRun {
		p.logger.Warn("There is no dead letter: records that cannot be redacted will be dropped. Run an archive extension, and name it as dead_letter if it is not called archive.")
	}
}

// Shutdown ends the watch over the policy's file. The signers stay open: a batch processor behind this one hands on
// stamped records after this one has stopped.
func (p *redactProcessor) Shutdown(context.Context) error {
	p.stop()
	p.reloading.Wait()
	p.telemetry.shutdown()
	return nil
}

// Capabilities implements consumer.Logs.
func (*redactProcessor) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: true}
}

// ConsumeLogs redacts and stamps every record, takes out those that it must refuse, and hands on the rest. When it
// returns an error, nothing was handed on, or the error is the next consumer's.
func (p *redactProcessor) ConsumeLogs(ctx context.Context, logs plog.Logs) error {
	current := p.force.Load()
	if current == nil {
		return errNotStarted
	}
	b, ok := p.batches.Get().(*batch)
	if !ok {
		return errNotStarted
	}
	defer func() {
		b.reset()
		p.batches.Put(b)
	}()
	b.begin(current, logs)
	if err := p.redact(ctx, b); err != nil {
		return err
	}
	if err := p.refuse(ctx, b, logs); err != nil {
		return err
	}
	p.telemetry.handled(ctx, b)
	if len(b.refused) > 0 && logs.LogRecordCount() == 0 {
		return nil
	}
	return p.next.ConsumeLogs(ctx, logs)
}
