package stores

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket/buckettest"
	"github.com/byoc-otel/otelcol-byoc/test/services"
)

func TestConformance(t *testing.T) {
	for name, start := range map[string]func(testing.TB) *services.Store{
		"minio": services.MinIO, "azurite": services.Azurite, "fake-gcs": services.FakeGCS,
	} {
		t.Run(name, func(t *testing.T) {
			store := start(t)
			buckettest.Run(t, func(t *testing.T, place string) *bucket.Bucket {
				b, err := bucket.Open(t.Context(), store.At("team/"+place))
				require.NoError(t, err)
				return b
			}, buckettest.Options{})
		})
	}
}
