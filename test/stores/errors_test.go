package stores

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/test/services"
)

// TestMistakesAreToldApart makes the mistakes that people make, on the real stores.
func TestMistakesAreToldApart(t *testing.T) {
	for _, test := range []struct {
		name  string
		store func(testing.TB) *services.Store
		spoil func(s *services.Store, c *bucket.Config)
		kind  error
		say   string
	}{
		{"minio: no bucket", services.MinIO, noBucket("s3"), bucket.ErrNoBucket, "create the bucket"},
		{"minio: unknown key", services.MinIO, func(_ *services.Store, c *bucket.Config) { c.S3.AccessKeyID = "nobody" }, bucket.ErrDenied, "does not know this access key"},
		{"minio: wrong secret", services.MinIO, func(_ *services.Store, c *bucket.Config) { c.S3.SecretAccessKey = "verysecret" }, bucket.ErrDenied, "secret access key does not belong"},
		{"minio: anonymous", services.MinIO, func(_ *services.Store, c *bucket.Config) { c.URL += "&anonymous=true"; c.S3 = bucket.S3Config{} }, bucket.ErrDenied, "policy"},
		{"minio: unknown storage class", services.MinIO, func(_ *services.Store, c *bucket.Config) { c.StorageClass = "DEEPEST" }, bucket.ErrInvalidConfig, "storage_class"},
		{"minio: key management is off", services.MinIO, func(_ *services.Store, c *bucket.Config) { c.KMSKey = "nokey" }, bucket.ErrInvalidConfig, ""},
		{"azurite: no container", services.Azurite, noBucket("azblob"), bucket.ErrNoBucket, "create the container"},
		{"azurite: wrong key", services.Azurite, func(_ *services.Store, c *bucket.Config) { c.Azure.AccountKey = "dmVyeXNlY3JldA==" }, bucket.ErrDenied, "identity"},
		{"azurite: anonymous", services.Azurite, func(_ *services.Store, c *bucket.Config) {
			c.URL += "&anonymous=true"
			c.Azure = bucket.AzureConfig{}
		}, bucket.ErrDenied, ""},
		{"azurite: unknown tier", services.Azurite, func(_ *services.Store, c *bucket.Config) { c.StorageClass = "Frozen" }, bucket.ErrInvalidConfig, "Hot, Cool or Cold"},
		{"fake-gcs: no bucket", services.FakeGCS, noBucket("gs"), bucket.ErrNoBucket, "create the bucket"},
	} {
		t.Run(test.name, func(t *testing.T) {
			store := test.store(t)
			cfg := store.Config
			test.spoil(store, &cfg)
			cfg.Retry = bucket.RetryConfig{MaxAttempts: 2, InitialInterval: time.Millisecond}
			b := openBucket(t, cfg)
			err := putIfAbsent(t, b, "v1/x", 1)
			require.ErrorIs(t, err, test.kind)
			require.False(t, bucket.Retryable(err), "time alone mends nothing: %v", err)
			require.Contains(t, bucket.Advice(err), test.say)
			require.NotContains(t, err.Error(), "verysecret")
			if errors.Is(test.kind, bucket.ErrInvalidConfig) && cfg.URL == store.URL {
				return // a mistake about writing only
			}
			require.ErrorIs(t, b.Check(t.Context()), test.kind)
			_, err = archive.Create(t.Context(), b, archive.Layout{}, "test")
			require.ErrorIs(t, err, test.kind, "at the start of the collector")
		})
	}
}

func noBucket(scheme string) func(*services.Store, *bucket.Config) {
	return func(s *services.Store, c *bucket.Config) {
		c.URL = scheme + "://no-such-place" + c.URL[len(scheme)+3+len(s.Bucket):]
	}
}
