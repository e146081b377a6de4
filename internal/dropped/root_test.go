package dropped

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
)

func TestTheFolderIsOneOfTheArchives(t *testing.T) { require.Equal(t, archive.RootDropped, Root) }
