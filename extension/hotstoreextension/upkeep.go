package hotstoreextension

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

const (
	// upkeepInterval is how often documents beyond the retention are looked for: whole days or hours go, so more often
	// would find nothing.
	upkeepInterval = 10 * time.Minute
	// checkInterval is how often the store is asked how it is.
	checkInterval = time.Minute
	// upkeepLimit bounds one look or one removal.
	upkeepLimit = time.Minute
)

// pauses are the intervals; tests shorten them.
type pauses struct{ upkeep, check time.Duration }

// keep looks after the store until ctx ends.
func (e *hotstoreExtension) keep(ctx context.Context) {
	check, upkeep := time.NewTicker(e.pauses.check), time.NewTicker(e.pauses.upkeep)
	defer check.Stop()
	defer upkeep.Stop()
	e.expire(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-upkeep.C:
			e.expire(ctx)
		case <-check.C:
			err := e.check(ctx)
			if ctx.Err() == nil {
				e.report(err)
			}
		}
	}
}

// expire removes what is older than the retention, in stores that do not do it by themselves.
func (e *hotstoreExtension) expire(ctx context.Context) {
	retention := e.config.Settings.Retention()
	if retention <= 0 || !e.config.Settings.Manage {
		return
	}
	limited, cancel := context.WithTimeout(ctx, upkeepLimit)
	defer cancel()
	store, err := e.Store(limited)
	if err != nil {
		return // check says so
	}
	before := time.Now().Add(-retention)
	if err := moveSince(limited, store, before); err != nil && ctx.Err() == nil {
		e.logger.Warn("From when on the hot store holds everything could not be noted; the next attempt is in some minutes", zap.Error(err),
			zap.String("advice", hotstore.Advice(err)))
	}
	expirer, isExpirer := store.(hotstore.Expirer)
	if !isExpirer {
		return
	}
	partitions, err := expirer.Expire(limited, before)
	if partitions > 0 {
		e.telemetry.builder.HotstoreExtensionExpiredPartitions.Add(ctx, int64(partitions))
		e.logger.Info("Documents beyond the retention are removed", zap.Int("partitions", partitions), zap.Duration("retention", retention))
	}
	if err != nil && ctx.Err() == nil {
		e.logger.Warn("Documents beyond the retention could not be removed; the next attempt is in some minutes", zap.Error(err),
			zap.String("advice", hotstore.Advice(err)))
	}
}

// moveSince lets the store claim nothing of days that expire, by whomever, so that a longer retention claims nothing that is
// gone.
func moveSince(ctx context.Context, store hotstore.Store, before time.Time) error {
	beginner, isBeginner := store.(hotstore.Beginner)
	if !isBeginner {
		return nil
	}
	since, err := beginner.Since(ctx)
	day := before.UTC().Truncate(24 * time.Hour)
	if err != nil || since.IsZero() || !since.Before(day) {
		return nil //nolint:nilerr // who cannot read the mark is told nothing by it
	}
	return beginner.SetSince(ctx, day)
}

// check asks the store how it is and keeps the metrics.
func (e *hotstoreExtension) check(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, upkeepLimit)
	defer cancel()
	store, err := e.Store(limited)
	if err != nil {
		return err
	}
	manager, isManager := store.(hotstore.Manager)
	if !isManager {
		return nil
	}
	status, err := manager.Status(limited)
	if err != nil {
		return fmt.Errorf("ask the hot store how it is: %w", err)
	}
	e.telemetry.documents.Store(status.Documents)
	e.telemetry.bytes.Store(status.Bytes)
	if !status.Healthy {
		return fmt.Errorf("the hot store %s is not healthy: %s", e.Identity(), strings.Join(status.Problems, "; "))
	}
	return nil
}
