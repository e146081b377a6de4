package opensearch

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// decodeExtras reads the user's own dimensions, by name: OpenSearch does not keep their order. The type of the JSON value
// is the kind.
func decodeExtras(values map[string]json.RawMessage) (extras []hotstore.Extra, err error) {
	for name, value := range values {
		extra := hotstore.Extra{Name: plainExtraName(name)}
		switch value[0] {
		case '"':
			err = json.Unmarshal(value, &extra.Text)
		case 't', 'f':
			extra.Kind, extra.Bool = hotstore.ExtraBool, value[0] == 't'
		default:
			extra.Kind = hotstore.ExtraNumber
			err = json.Unmarshal(value, &extra.Number)
		}
		if err != nil {
			return nil, fmt.Errorf("read the dimension %s: %w", extra.Name, err)
		}
		extras = append(extras, extra)
	}
	slices.SortFunc(extras, func(a, b hotstore.Extra) int { return strings.Compare(a.Name, b.Name) })
	return extras, nil
}
