package dimensionprocessor

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// Rows of the hot index carry every dimension under its short name, the user's own beside the fixed ones.
func TestNoOwnDimensionIsCalledLikeAColumn(t *testing.T) {
	for _, name := range hotstore.ShortNames() {
		_, err := configOf(t, fmt.Sprintf(`dimensions: [{name: %s, from: "tag[a]"}]`, name))
		require.ErrorContains(t, err, "called that already", name)
	}
}
