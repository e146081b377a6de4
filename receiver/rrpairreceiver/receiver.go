package rrpairreceiver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"
)

// source is one way in. stop returns when everything that start began has ended.
type source interface {
	start(ctx context.Context, host component.Host, fail func(error)) error
	stop(ctx context.Context) error
}

// rrpairReceiver runs the configured sources over one intake and one limit.
type rrpairReceiver struct {
	telemetry *telemetry
	keeper    *keeper // nil without volume control
	sources   []source
	started   []source
}

func newReceiver(set receiver.Settings, config *Config, next consumer.Logs) (*rrpairReceiver, error) {
	admission := newAdmission(int64(config.MaxInFlight))
	volume, err := newVolume(config, time.Now)
	if err != nil {
		return nil, fmt.Errorf("create receiver %s: %w", set.ID, err)
	}
	telemetry, err := newTelemetry(set, admission.inFlight, volume)
	if err != nil {
		return nil, err
	}
	intake := newIntake(next, telemetry, volume)
	answers := answers{receiver: set.ID, limit: config.MaxInFlight}

	r := &rrpairReceiver{telemetry: telemetry}
	if volume != nil {
		r.keeper = newKeeper(set.ID, config.Archive, volume, set.Logger)
	}
	if config.Protocols.GRPC.HasValue() {
		server := *config.Protocols.GRPC.Get()
		r.sources = append(r.sources, &grpcSource{config: server, settings: set.TelemetrySettings, answers: answers, service: &logsService{
			intake: intake, admission: admission, answers: answers, maxMiB: server.MaxRecvMsgSizeMiB, logger: set.Logger,
		}})
	}
	if config.Protocols.HTTP.HasValue() {
		server := *config.Protocols.HTTP.Get()
		r.sources = append(r.sources, &httpSource{
			config: server, settings: set.TelemetrySettings, answers: answers, counters: telemetry,
			logs:    &logsHandler{intake: intake, admission: admission, answers: answers, maxBody: server.MaxRequestBodySize},
			rrpairs: &linesHandler{intake: intake, admission: admission, answers: answers, maxLine: config.MaxLineSize, patience: streamPatience},
		})
	}
	if config.Files.enabled() {
		r.sources = append(r.sources, &filesSource{
			config: config.Files, id: set.ID, answers: answers, backoff: firstBackoff,
			reader: fileReader{
				intake: intake, admission: admission, maxLine: config.MaxLineSize, answers: answers, logger: set.Logger,
				zstd: &zstdPool{window: maxFileWindow},
			},
		})
	}
	return r, nil
}

// Start opens every source, or none.
func (r *rrpairReceiver) Start(ctx context.Context, host component.Host) error {
	if err := r.keeper.start(host); err != nil {
		return err
	}
	fail := func(err error) {
		componentstatus.ReportStatus(host, componentstatus.NewFatalErrorEvent(err))
	}
	for _, one := range r.sources {
		if err := one.start(ctx, host, fail); err != nil {
			err = errors.Join(err, r.stop(ctx))
			r.keeper.stop(ctx)
			return err
		}
		r.started = append(r.started, one)
	}
	return nil
}

// Shutdown stops taking, lets what is in flight be answered within a grace
// period, and returns when every goroutine has ended.
func (r *rrpairReceiver) Shutdown(ctx context.Context) error {
	err := r.stop(ctx)
	r.keeper.stop(ctx)
	r.telemetry.shutdown()
	return err
}

func (r *rrpairReceiver) stop(ctx context.Context) error {
	results := make(chan error, len(r.started))
	for _, one := range r.started {
		go func() { results <- one.stop(ctx) }()
	}
	var errs []error
	for range r.started {
		errs = append(errs, <-results)
	}
	r.started = nil
	return errors.Join(errs...)
}
