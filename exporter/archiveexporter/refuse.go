package archiveexporter

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/stamp"
)

// refusalInterval is the least time between two messages in the log about records that are refused: a mistake in a
// configuration concerns every request.
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

// refuse answers for the records that were not admitted. A request that holds records of another collector whose key is
// not listed here comes again as a whole, and nothing of it is kept: that collector has acknowledged them and would lose
// them. Otherwise, where no record of the request was admitted, nothing of it is kept and the sender is told so for good.
// Beside records that were taken, refused ones are left to the dead letter, and nil is returned.
// docs/adr/0005-two-fences.md has the reasons.
func (e *archiveExporter) refuse(ctx context.Context, taken int, rejected []archive.Rejected) error {
	counts := map[string]int{}
	var first error
	refused := 0
	for i := range rejected {
		if rejected[i].Refused {
			counts[refusalReason(rejected[i].Reason)]++
			refused++
			if first == nil {
				first = rejected[i].Reason
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
	case counts[refusedForeign] > 0:
		return err
	case taken > 0:
		return nil
	}
	return consumererror.NewPermanent(err)
}

// explainRefusal is the text for sender and log: what, where, why and what to do.
func (e *archiveExporter) explainRefusal(counts map[string]int, first error) error {
	var kinds, advice []string
	for _, reason := range []string{refusedUnstamped, refusedForeign, refusedForged} {
		if counts[reason] > 0 {
			kinds = append(kinds, fmt.Sprintf("%d %s", counts[reason], reason))
		}
	}
	where := ""
	if pipelines := e.guard.Pipelines(e.id); len(pipelines) > 0 {
		where = fmt.Sprintf(" (pipelines %s)", strings.Join(pipelines, ", "))
	}
	if counts[refusedUnstamped] > 0 {
		advice = append(advice, "put a redact processor into every pipeline that leads to this exporter")
	}
	if counts[refusedForeign] > 0 {
		advice = append(advice, fmt.Sprintf("list the key of the collector that redacted them under extensions::%s::redaction::verify_keys", e.archiveID))
	}
	if counts[refusedForged] > 0 {
		advice = append(advice, fmt.Sprintf("put processors that change bodies before the redact processor, and check the keys under extensions::%s::redaction::verify_keys", e.archiveID))
	}
	return fmt.Errorf("exporter %s%s refuses RRPairs that are not known to be redacted (%s), before anything is written to disk: %w: %s; "+
		"or set exporters::%s::allow_unredacted: true to store traffic as it was captured, passwords and personal data included",
		e.id, where, strings.Join(kinds, ", "), first, strings.Join(advice, "; "), e.id)
}

func (e *archiveExporter) sayRefusal(records int, err error) {
	e.refusals.mu.Lock()
	defer e.refusals.mu.Unlock()
	e.refusals.since += records
	if now := time.Now(); now.Sub(e.refusals.last) >= refusalInterval {
		e.logger.Error("RRPairs are refused because they are not known to be redacted", zap.Int("records", e.refusals.since), zap.Error(err))
		e.refusals.last, e.refusals.since = now, 0
	}
}
