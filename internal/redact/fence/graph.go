package fence

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/confmap"
)

// graph is what matters of a configuration: who leads where.
type graph struct {
	exporters  map[string]map[string]any // settings by id
	connectors map[string]bool
	dry        map[string]bool // redact processors that only count
	pipelines  map[string]pipeline
}

type pipeline struct{ receivers, processors, exporters []string }

// rawWay is a receiver whose records reach the end of a pipeline as they came.
type rawWay struct {
	receiver string
	through  []string // pipelines, from the receiver on
	dry      string   // a redact processor on the way that changes nothing
}

func readGraph(conf *confmap.Conf) graph {
	all := conf.ToStringMap()
	g := graph{exporters: map[string]map[string]any{}, connectors: map[string]bool{}, dry: map[string]bool{}, pipelines: map[string]pipeline{}}
	for id, settings := range table(all["exporters"]) {
		g.exporters[id] = table(settings)
	}
	for id := range table(all["connectors"]) {
		g.connectors[id] = true
	}
	for id, settings := range table(all["processors"]) {
		if dry, _ := table(settings)["dry_run"].(bool); dry {
			g.dry[id] = true
		}
	}
	for id, settings := range table(table(all["service"])["pipelines"]) {
		members := table(settings)
		g.pipelines[id] = pipeline{receivers: list(members["receivers"]), processors: list(members["processors"]), exporters: list(members["exporters"])}
	}
	return g
}

// Pipelines lists the pipelines that end in each exporter, by its id.
func Pipelines(conf *confmap.Conf) map[string][]string {
	ending := map[string][]string{}
	pipelines := readGraph(conf).pipelines
	for _, id := range slices.Sorted(maps.Keys(pipelines)) {
		for _, exporter := range pipelines[id].exporters {
			ending[exporter] = append(ending[exporter], id)
		}
	}
	return ending
}

// rawWays finds every receiver that leads to the end of the pipeline without redaction, in a stable order.
func (g graph) rawWays(id string) []rawWay {
	return g.walk(id, nil, "", map[string]bool{})
}

// walk goes against the stream. seen holds the pipelines that were looked into: what comes into them is known already, so
// a ring of connectors ends.
func (g graph) walk(id string, downstream []string, dry string, seen map[string]bool) (ways []rawWay) {
	if seen[id] {
		return nil
	}
	seen[id] = true
	p := g.pipelines[id]
	for _, processor := range p.processors {
		if typeOf(processor) != redactType {
			continue
		}
		if !g.dry[processor] {
			return nil
		}
		dry = processor
	}
	through := append([]string{id}, downstream...)
	for _, receiver := range p.receivers {
		switch {
		case g.connectors[receiver]:
			for _, feeder := range slices.Sorted(maps.Keys(g.pipelines)) {
				if slices.Contains(g.pipelines[feeder].exporters, receiver) {
					ways = append(ways, g.walk(feeder, through, dry, seen)...)
				}
			}
		case typeOf(receiver) == archiveType:
		default:
			ways = append(ways, rawWay{receiver: receiver, through: through, dry: dry})
		}
	}
	return ways
}

// typeOf is what stands before the slash of a component's id.
func typeOf(id string) string {
	kind, _, _ := strings.Cut(id, "/")
	return strings.TrimSpace(kind)
}

// table takes any value that should be a table; everything else is an empty one.
func table(value any) map[string]any {
	entries, _ := value.(map[string]any)
	return entries
}

// list takes a list of ids, as the collector writes them or as they were typed.
func list(value any) (ids []string) {
	switch entries := value.(type) {
	case []any:
		for _, entry := range entries {
			ids = append(ids, text(entry))
		}
	case []string:
		ids = entries
	}
	return ids
}

// text takes an id, whatever form it has.
func text(value any) string {
	if value == nil {
		return ""
	}
	return strings.TrimSpace(fmt.Sprint(value))
}
