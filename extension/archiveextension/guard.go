package archiveextension

import (
	"context"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/fence"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/stamp"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// keysFresh is how long the keys in archive.json are believed without looking again: another collector may have taken
// ours away in the moment in which both wrote.
const keysFresh = 5 * time.Minute

// guard implements archive.Guard: the fence that keeps unredacted traffic out, at start and while running.
type guard struct {
	extension *archiveExtension
	verifier  *stamp.Verifier
	declared  []string  // ids of verify_keys
	pairs     sync.Pool // of *rrpair.Pair, to find what a stamp covers

	mu        sync.Mutex
	pipelines map[string][]string // by exporter
	known     []string            // keys in archive.json
	read      time.Time           // when they were
}

func newGuard(extension *archiveExtension, config archive.RedactionConfig) *guard {
	return &guard{
		extension: extension, verifier: stamp.NewVerifier(config.Keys()), declared: config.IDs(),
		pairs: sync.Pool{New: func() any { return new(rrpair.Pair) }},
	}
}

// NotifyConfig makes the extension an extensioncapabilities.ConfigWatcher. It refuses a configuration that leads unredacted traffic to this archive. The service calls it after all
// extensions have started and before any pipeline has; its error ends the start.
func (e *archiveExtension) NotifyConfig(_ context.Context, conf *confmap.Conf) error {
	e.guard.mu.Lock()
	e.guard.pipelines = fence.Pipelines(conf)
	e.guard.mu.Unlock()
	own := fence.Fence{Type: e.id.Type().String(), Extension: e.id.String(), Verifies: len(e.guard.declared) > 0}
	return own.Check(conf)
}

// Guard implements archive.Provider.
func (e *archiveExtension) Guard() archive.Guard { return e.guard }

// Pipelines implements archive.Guard.
func (g *guard) Pipelines(exporter component.ID) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pipelines[exporter.String()]
}

// Admit implements archive.Guard.
func (g *guard) Admit(record plog.LogRecord) (archive.Redaction, error) {
	// The content is much work; most records that are refused have no stamp at all.
	if _, stamped := record.Attributes().Get(stamp.AttributeMAC); !stamped {
		return archive.Redaction{}, stamp.ErrUnstamped
	}
	pair, ok := g.pairs.Get().(*rrpair.Pair)
	if !ok {
		pair = new(rrpair.Pair)
	}
	defer g.keep(pair)
	content, err := stamp.Content(pair, record)
	if err != nil {
		return archive.Redaction{}, err
	}
	verified, err := g.verifier.Verify(record, content)
	if err != nil {
		return archive.Redaction{}, err
	}
	return archive.Redaction{Policy: verified.Policy, Version: verified.Version, KeyID: verified.KeyID}, nil
}

// keptBytes bounds what a pair keeps between records, so that one huge record does not stay in memory.
const keptBytes = 8 << 20

func (g *guard) keep(pair *rrpair.Pair) {
	if cap(pair.JSON()) <= keptBytes {
		g.pairs.Put(pair)
	}
}

// Record implements archive.Guard. It asks the store only when a key is first seen, and now and then.
func (g *guard) Record(ctx context.Context, keys []string) error {
	g.mu.Lock()
	known := time.Since(g.read) < keysFresh && !slices.ContainsFunc(keys, func(key string) bool { return !slices.Contains(g.known, key) })
	g.mu.Unlock()
	if known {
		return nil
	}
	opened, err := g.extension.Archive(ctx)
	if err != nil {
		return err
	}
	listed, err := opened.RecordKeys(ctx, keys, g.extension.writer, g.isDeclared)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.known, g.read = listed, time.Now()
	return nil
}

// isDeclared says whether somebody has declared that data redacted with key may stand beside data redacted with known
// keys: as keys of several collectors that this one verifies, or as a rotation that a redact processor here was told of.
func (g *guard) isDeclared(key string, known []string) bool {
	anyKnown := func(ids []string) bool {
		return slices.ContainsFunc(known, func(k string) bool { return slices.Contains(ids, k) })
	}
	switch {
	case slices.Contains(g.declared, key) && anyKnown(g.declared): // both are verified here
		return true
	case anyKnown(g.verifier.Replaces(key)): // key replaces one that is known
		return true
	}
	// What an earlier key redacted still waits in a queue, while its successor's data has arrived.
	return slices.ContainsFunc(known, func(k string) bool { return slices.Contains(g.verifier.Replaces(k), key) })
}
