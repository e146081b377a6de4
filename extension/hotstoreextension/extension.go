package hotstoreextension

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/extension"
	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// startLimit is how long a collector waits at start for a store that does not answer.
const startLimit = 10 * time.Second

// hotstoreExtension implements hotstore.Provider.
type hotstoreExtension struct {
	id        component.ID
	config    *Config
	logger    *zap.Logger
	telemetry *telemetry
	guard     *guard
	open      func(context.Context) (hotstore.Store, error)
	pauses    pauses
	host      component.Host

	stop        context.CancelFunc
	backgrounds sync.WaitGroup

	// turn is held by the one caller that opens the store; the fields below are set under it.
	turn   chan struct{}
	store  hotstore.Store
	ready  bool // set up, or that is somebody else's business
	closed bool
}

var _ hotstore.Provider = (*hotstoreExtension)(nil)

var errClosed = errors.New("the hotstore extension is not running")

func newExtension(set extension.Settings, config *Config) (*hotstoreExtension, error) {
	e := &hotstoreExtension{
		id: set.ID, config: config, logger: set.Logger, guard: newGuard(config.Redaction), open: config.Settings.Open,
		pauses: pauses{upkeep: upkeepInterval, check: checkInterval}, stop: func() {}, turn: make(chan struct{}, 1),
	}
	var err error
	if e.telemetry, err = newTelemetry(set.TelemetrySettings); err != nil {
		return nil, fmt.Errorf("create extension %s: %w", set.ID, err)
	}
	return e, nil
}

// Start opens the store and sets it up. A mistake that only a person can mend fails the collector's start and says what to
// do. A store that does not answer does not: it is opened by the first component that needs it and reaches it.
func (e *hotstoreExtension) Start(ctx context.Context, host component.Host) error {
	e.host = host
	limited, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if _, err := e.Store(limited); err != nil {
		if !isPassing(err) {
			if advice := hotstore.Advice(err); advice != "" {
				err = fmt.Errorf("%w: %s", err, advice)
			}
			return fmt.Errorf("start hot store %s: %w", e.id, err)
		}
		e.report(err)
		e.logger.Warn("The hot store cannot be reached yet; components that use it keep trying", zap.String("store", e.Identity()), zap.Error(err))
	}
	background, stop := context.WithCancel(context.Background())
	e.stop = stop
	e.backgrounds.Go(func() { e.keep(background) })
	return nil
}

// isPassing says that time alone may mend it.
func isPassing(err error) bool {
	return errors.Is(err, hotstore.ErrUnreachable) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// Store implements hotstore.Provider.
func (e *hotstoreExtension) Store(ctx context.Context) (hotstore.Store, error) {
	select {
	case e.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("open hot store %s: another attempt is under way: %w", e.Identity(), ctx.Err())
	}
	defer func() { <-e.turn }()
	if e.closed {
		return nil, errClosed
	}
	if e.store == nil {
		store, err := e.open(ctx)
		if err != nil {
			return nil, err
		}
		e.store = store
	}
	if e.ready {
		return e.store, nil
	}
	if manager, isManager := e.store.(hotstore.Manager); isManager && e.config.Settings.Manage {
		if err := manager.Init(ctx); err != nil {
			return nil, fmt.Errorf("set up hot store %s: %w", e.Identity(), err)
		}
	}
	e.ready = true
	e.logger.Info("The hot store is open", zap.String("store", e.Identity()), zap.Bool("manage", e.config.Settings.Manage),
		zap.Duration("retention", e.config.Settings.Retention()))
	return e.store, nil
}

// Identity implements hotstore.Provider.
func (e *hotstoreExtension) Identity() string { return e.config.Settings.Identity() }

// Guard implements hotstore.Provider.
func (e *hotstoreExtension) Guard() hotstore.Guard { return e.guard }

// Dimensions implements hotstore.Provider.
func (e *hotstoreExtension) Dimensions(exporter component.ID) map[string]any {
	return e.guard.dimensionsOf(exporter)
}

// Shutdown ends the upkeep and closes the store.
func (e *hotstoreExtension) Shutdown(context.Context) error {
	defer e.telemetry.shutdown()
	e.stop()
	e.backgrounds.Wait()
	e.turn <- struct{}{}
	defer func() { <-e.turn }()
	e.closed = true
	if e.store == nil {
		return nil
	}
	store := e.store
	e.store = nil
	return store.Close()
}

// report tells the host how the store is.
func (e *hotstoreExtension) report(err error) {
	event := componentstatus.NewEvent(componentstatus.StatusOK)
	if err != nil {
		event = componentstatus.NewRecoverableErrorEvent(err)
	}
	componentstatus.ReportStatus(e.host, event)
}
