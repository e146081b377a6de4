package hotstoreextension

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/fence"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/stamp"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// dimensionType is the type of the processor whose settings documents go by.
const dimensionType = "dimension"

// guard implements hotstore.Guard: the fence that keeps unredacted traffic out, at start and while running. It also knows
// what stands before each exporter.
type guard struct {
	verifier *stamp.Verifier
	verifies bool

	mu         sync.Mutex
	pipelines  map[string][]string // by exporter
	dimensions map[string]map[string]any
}

func newGuard(config archive.RedactionConfig) *guard {
	return &guard{verifier: stamp.NewVerifier(config.Keys()), verifies: len(config.VerifyKeys) > 0}
}

// NotifyConfig makes the extension an extensioncapabilities.ConfigWatcher. It refuses a configuration that leads
// unredacted traffic to this store. The service calls it after all extensions have started and before any pipeline has;
// its error ends the start.
func (e *hotstoreExtension) NotifyConfig(_ context.Context, conf *confmap.Conf) error {
	pipelines := fence.Pipelines(conf)
	e.guard.mu.Lock()
	e.guard.pipelines, e.guard.dimensions = pipelines, dimensionSettings(conf, pipelines)
	e.guard.mu.Unlock()
	own := fence.Fence{Type: e.id.Type().String(), Extension: e.id.String(), Verifies: e.guard.verifies}
	return own.Check(conf)
}

// dimensionSettings finds for each exporter the settings of the dimension processor in a pipeline that ends in it, else of
// the only one that there is: it may stand before a connector.
func dimensionSettings(conf *confmap.Conf, ending map[string][]string) map[string]map[string]any {
	all := conf.ToStringMap()
	processors, service := table(all["processors"]), table(all["service"])
	pipelines := table(service["pipelines"])
	var ids []string
	for id := range processors {
		if isDimension(id) {
			ids = append(ids, id)
		}
	}
	found := map[string]map[string]any{}
	for exporter, names := range ending {
		chosen := ""
		if len(ids) == 1 {
			chosen = ids[0]
		}
		for _, name := range names {
			listed, _ := table(pipelines[name])["processors"].([]any)
			for _, processor := range listed {
				if id := strings.TrimSpace(fmt.Sprint(processor)); isDimension(id) {
					chosen = id
				}
			}
		}
		if chosen != "" {
			found[exporter] = table(processors[chosen])
		}
	}
	return found
}

func isDimension(id string) bool {
	kind, _, _ := strings.Cut(id, "/")
	return strings.TrimSpace(kind) == dimensionType
}

// table takes any value that should be a table; everything else is an empty one.
func table(value any) map[string]any {
	entries, _ := value.(map[string]any)
	if entries == nil {
		return map[string]any{}
	}
	return entries
}

func (g *guard) dimensionsOf(exporter component.ID) map[string]any {
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.dimensions[exporter.String()])
}

// Pipelines implements hotstore.Guard.
func (g *guard) Pipelines(exporter component.ID) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.pipelines[exporter.String()])
}

// Admit implements hotstore.Guard.
func (g *guard) Admit(pair *rrpair.Pair, record plog.LogRecord) error {
	// The content is much work; most records that are refused have no stamp at all.
	if _, stamped := record.Attributes().Get(stamp.AttributeMAC); !stamped {
		return stamp.ErrUnstamped
	}
	content, err := stamp.Content(pair, record)
	if err != nil {
		return err
	}
	_, err = g.verifier.Verify(record, content)
	return err
}
