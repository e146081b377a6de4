package bucket_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket/buckettest"
)

func TestFolderConformance(t *testing.T) {
	folder := t.TempDir()
	buckettest.Run(t, func(t *testing.T, place string) *bucket.Bucket {
		b, err := bucket.Open(t.Context(), bucket.Config{URL: "file://" + folder + "/" + place + "?create_directory=true"})
		require.NoError(t, err)
		return b
	}, buckettest.Options{})
}

func TestMemoryConformance(t *testing.T) {
	buckettest.Run(t, func(t *testing.T, place string) *bucket.Bucket {
		b, err := bucket.Open(t.Context(), bucket.Config{URL: "mem://test/" + place})
		require.NoError(t, err)
		return b
	}, buckettest.Options{OneHandle: true})
}
