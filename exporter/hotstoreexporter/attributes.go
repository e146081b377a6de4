package hotstoreexporter

import (
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// The attributes of the dimension processor that say more than the pair does: its settings, or what other pairs of the
// service have used up of the bounds, went into them.
const (
	attributeEndpoint = "rrpair.endpoint"
	attributeError    = "rrpair.error"
	attributeArchive  = "rrpair.archive.url"
	prefixExtra       = "rrpair.extra."
)

// known reads what a dimension processor has found. extra is memory for the user's own dimensions.
func known(record plog.LogRecord, extra []hotstore.Extra) (rehydrate.Known, []hotstore.Extra) {
	var found rehydrate.Known
	extra = extra[:0]
	dimensioned := false
	for name, value := range record.Attributes().All() {
		switch name {
		case attributeEndpoint:
			found.Endpoint = textOf(value)
		case attributeError:
			if value.Type() == pcommon.ValueTypeBool {
				found.Error, found.HasError, dimensioned = value.Bool(), true, true
			}
		case attributeArchive:
			found.ArchiveURL = textOf(value)
		default:
			if own, isExtra := strings.CutPrefix(name, prefixExtra); isExtra {
				extra = appendExtra(extra, own, value)
			}
		}
	}
	if dimensioned || len(extra) > 0 {
		slices.SortFunc(extra, func(a, b hotstore.Extra) int { return strings.Compare(a.Name, b.Name) })
		found.Extra = slices.CompactFunc(extra, func(a, b hotstore.Extra) bool { return a.Name == b.Name })
		if found.Extra == nil {
			found.Extra = []hotstore.Extra{} // the processor was there and found none
		}
	}
	return found, extra
}

func textOf(value pcommon.Value) string {
	if value.Type() == pcommon.ValueTypeStr {
		return value.Str()
	}
	return ""
}

func appendExtra(extra []hotstore.Extra, name string, value pcommon.Value) []hotstore.Extra {
	switch value.Type() {
	case pcommon.ValueTypeStr:
		return append(extra, hotstore.Extra{Name: name, Text: value.Str()})
	case pcommon.ValueTypeInt:
		return append(extra, hotstore.Extra{Name: name, Kind: hotstore.ExtraNumber, Number: float64(value.Int())})
	case pcommon.ValueTypeDouble:
		return append(extra, hotstore.Extra{Name: name, Kind: hotstore.ExtraNumber, Number: value.Double()})
	case pcommon.ValueTypeBool:
		return append(extra, hotstore.Extra{Name: name, Kind: hotstore.ExtraBool, Bool: value.Bool()})
	}
	return extra
}

// scopes are the members that attributes fill where the body says nothing, and the attributes that do, as
// [rrpair.Pair.FromLogRecord] has them.
func scopes() [3]struct {
	field      rrpair.Field
	attributes [2]string
} {
	return [3]struct {
		field      rrpair.Field
		attributes [2]string
	}{
		{rrpair.FieldCluster, [2]string{"cluster", "k8s.cluster.name"}},
		{rrpair.FieldNamespace, [2]string{"namespace", "k8s.namespace.name"}},
		{rrpair.FieldService, [2]string{"service", "service.name"}},
	}
}

// isFilled says whether attributes add something to a pair that was loaded from the body alone.
func isFilled(pair *rrpair.Pair, resource pcommon.Resource, record plog.LogRecord) bool {
	for _, scope := range scopes() {
		if raw := string(pair.Raw(scope.field)); raw != "" && raw != "null" && raw != `""` && raw != `"undefined"` {
			continue
		}
		for _, name := range scope.attributes {
			if _, found := record.Attributes().Get(name); found {
				return true
			}
			if _, found := resource.Attributes().Get(name); found {
				return true
			}
		}
	}
	return false
}
