package hotstoreexporter

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/stamp"
)

// refusalInterval is the least time between two messages in the log about records that are refused.
const refusalInterval = time.Minute

// Values of the attribute reason of refused records.
const (
	refusedUnstamped = "unstamped"
	refusedForeign   = "foreign"
	refusedForged    = "forged"
)

// refusals says what is refused, often to metrics and seldom to the log.
type refusals struct {
	mu    sync.Mutex
	last  time.Time
	since int // records since the last message
}

func refusalReason(err error) string {
	switch {
	case errors.Is(err, stamp.ErrUnstamped):
		return refusedUnstamped
	case errors.Is(err, stamp.ErrForeign):
		return refusedForeign
	}
	return refusedForged
}

// refuse answers for the records that were not admitted, as the archive exporter does: a request of such records alone is
// refused. One difference: records that only lack a key here go to the dead letter where there is an archive. Its exporter
// may have the key and has taken them; an error would make the sender send them again, for ever.
func (e *hotExporter) refuse(ctx context.Context, done *converted) error {
	counts := map[string]int{}
	var first error
	refused := 0
	for i := range done.rejected {
		if done.rejected[i].refused {
			counts[refusalReason(done.rejected[i].reason)]++
			refused++
			if first == nil {
				first = done.rejected[i].reason
			}
		}
	}
	if refused == 0 {
		return nil
	}
	for reason, records := range counts {
		e.telemetry.refused(ctx, reason, records)
	}
	err := e.explainRefusal(counts, first)
	e.sayRefusal(refused, err)
	switch {
	case done.documents > 0:
		return nil
	case counts[refusedForeign] < refused:
		return consumererror.NewPermanent(err)
	case e.archive == nil:
		return err
	}
	return nil
}

// explainRefusal is the text for sender and log: what, where, why and what to do.
func (e *hotExporter) explainRefusal(counts map[string]int, first error) error {
	var kinds, advice []string
	for _, reason := range []string{refusedUnstamped, refusedForeign, refusedForged} {
		if counts[reason] > 0 {
			kinds = append(kinds, fmt.Sprintf("%d %s", counts[reason], reason))
		}
	}
	if counts[refusedUnstamped] > 0 {
		advice = append(advice, "list a redact processor in every pipeline that leads here")
	}
	if counts[refusedForeign] > 0 {
		advice = append(advice, fmt.Sprintf("add the key of the collector that redacted to extensions::%s::redaction::verify_keys", e.storeID))
	}
	if counts[refusedForged] > 0 {
		advice = append(advice, fmt.Sprintf("let no processor after redact change bodies, and check extensions::%s::redaction::verify_keys", e.storeID))
	}
	where := ""
	if pipelines := e.provider.Guard().Pipelines(e.id); len(pipelines) > 0 {
		where = fmt.Sprintf(" (pipelines %s)", strings.Join(pipelines, ", "))
	}
	return fmt.Errorf("exporter %s%s does not index RRPairs that may not be redacted (%s): %w: %s; exporters::%s::allow_unredacted: true indexes traffic as it was captured",
		e.id, where, strings.Join(kinds, ", "), first, strings.Join(advice, "; "), e.id)
}

func (e *hotExporter) sayRefusal(records int, err error) {
	e.refusals.mu.Lock()
	defer e.refusals.mu.Unlock()
	e.refusals.since += records
	if now := time.Now(); now.Sub(e.refusals.last) >= refusalInterval {
		e.logger.Error("RRPairs are refused because they are not known to be redacted", zap.Int("records", e.refusals.since), zap.Error(err))
		e.refusals.last, e.refusals.since = now, 0
	}
}
