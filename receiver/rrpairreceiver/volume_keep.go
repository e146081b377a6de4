package rrpairreceiver

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/dropped"
)

const (
	// keepInterval is how often counts go to the archive while they change, and so how many minutes of them a crash can cost.
	keepInterval = time.Minute
	// keepLimit bounds one attempt.
	keepLimit = 30 * time.Second
	// lastKeepLimit bounds the attempt of a collector that stops: an archive that is away must not use up the time in which
	// the exporters write.
	lastKeepLimit = 5 * time.Second
	// maxServiceNames bounds the names that are remembered; then they are learnt anew.
	maxServiceNames = 4000
)

// serviceNames gives each name one lasting copy, as names of records lie in memory that is used again.
type serviceNames struct {
	mu    sync.RWMutex
	known map[string]string
}

func (n *serviceNames) of(name string) string {
	name = dropped.ServiceName(name)
	n.mu.RLock()
	known, found := n.known[name]
	n.mu.RUnlock()
	if found {
		return known
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.known == nil || len(n.known) >= maxServiceNames {
		n.known = map[string]string{}
	}
	known = strings.Clone(name)
	n.known[known] = known
	return known
}

// keep counts for good what a batch lost.
func (v *volume) keep(cells []droppedCell) {
	if v.kept == nil {
		return
	}
	for _, cell := range cells {
		rule := v.rules[cell.rule]
		v.kept.Add(rule.name, rule.kind, cell.service, cell.records, cell.bytes)
	}
}

// keeper brings the counts of what was dropped to the archive, each minute and at the end. It never holds up receiving. A nil one
// has nothing to do.
type keeper struct {
	receiver component.ID
	archive  *component.ID
	volume   *volume
	logger   *zap.Logger
	interval time.Duration

	provider archive.Provider
	isAway   bool
	cancel   context.CancelFunc
	done     chan struct{}
}

func newKeeper(receiver component.ID, archive *component.ID, volume *volume, logger *zap.Logger) *keeper {
	return &keeper{receiver: receiver, archive: archive, volume: volume, logger: logger, interval: keepInterval}
}

// start finds the archive; call it before anything is received.
func (k *keeper) start(host component.Host) error {
	if k == nil {
		return nil
	}
	id := component.NewID(component.MustNewType("archive"))
	if k.archive != nil {
		id = *k.archive
	} else if _, runs := host.GetExtensions()[id].(archive.Provider); !runs {
		return nil
	}
	provider, err := archive.FromHost(host, id)
	if err != nil {
		return fmt.Errorf("start receiver %s: archive: %w", k.receiver, err)
	}
	k.provider = provider
	k.volume.kept = dropped.NewRecorder(k.receiver.String(), nil)
	ctx, cancel := context.WithCancel(context.Background())
	k.cancel, k.done = cancel, make(chan struct{})
	go k.run(ctx)
	return nil
}

func (k *keeper) run(ctx context.Context) {
	defer close(k.done)
	ticker := time.NewTicker(k.interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := k.flush(ctx, keepLimit); ctx.Err() == nil {
				k.report(err)
			}
		}
	}
}

// stop writes what is left; call it when nothing is received any more.
func (k *keeper) stop(ctx context.Context) {
	if k == nil || k.cancel == nil {
		return
	}
	k.cancel()
	<-k.done
	k.cancel = nil
	if err := k.flush(ctx, lastKeepLimit); err != nil {
		k.logger.Warn("What volume control dropped could not be written to the archive before the stop: the counts of the time since the last write are lost.",
			zap.String("cause", bucket.Cause(err)), zap.Error(err))
	}
}

func (k *keeper) flush(ctx context.Context, limit time.Duration) error {
	if !k.volume.kept.Pending() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	opened, err := k.provider.Archive(ctx)
	if err != nil {
		return err
	}
	lost, err := k.volume.kept.Flush(ctx, opened.Bucket())
	if lost > 0 {
		k.logger.Warn("Counts of what volume control dropped were given up, since the archive took none for too long. Metrics have them.", zap.Int64("records", lost))
	}
	return err
}

// report says once that the archive does not take the counts, and once that it does again.
func (k *keeper) report(err error) {
	switch {
	case err == nil && k.isAway:
		k.logger.Info("What volume control dropped is written to the archive again.")
	case err != nil && !k.isAway:
		k.logger.Warn("What volume control drops cannot be written to the archive; it is counted on, and tried again each minute.",
			zap.String("cause", bucket.Cause(err)), zap.Error(err))
	}
	k.isAway = err != nil
}
