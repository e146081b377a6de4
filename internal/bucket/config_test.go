package bucket

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
)

func TestConfigValidate(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Config)
		want   []string
	}{
		"half a key":        {func(c *Config) { c.S3.AccessKeyID = "AKIA" }, []string{"s3::access_key_id and s3::secret_access_key go together"}},
		"other store":       {func(c *Config) { c.Azure.SASToken = "x" }, []string{"azure is set, but url begins with s3://"}},
		"anonymous and key": {func(c *Config) { c.URL += "&anonymous=true"; c.S3 = S3Config{AccessKeyID: "a", SecretAccessKey: "b"} }, []string{"anonymous=true: choose one"}},
		"two kms keys":      {func(c *Config) { c.URL += "&kmskeyid=a"; c.KMSKey = "b" }, []string{"choose one"}},
		"two gcs keys":      {func(c *Config) { c.URL = "gs://a"; c.GCS = GCSConfig{"{}", "/file"} }, []string{"gcs sets credentials_json and credentials_file"}},
		"no account":        {func(c *Config) { c.URL = "azblob://c" }, []string{"names no storage account: add ?account="}},
		"key needs account": {func(c *Config) { c.URL = "azblob://c?endpoint=http://x"; c.Azure.AccountKey = "x" }, []string{"azure::account_key needs the account"}},
		"kms in a folder":   {func(c *Config) { c.URL = "file:///x"; c.KMSKey = "k"; c.StorageClass = "GLACIER" }, []string{"kms_key is set, but a file:// store has none", "storage_class is set"}},
		"external id":       {func(c *Config) { c.S3.ExternalID = "x" }, []string{"s3::external_id is only used to assume a role"}},
		"all at once": {func(c *Config) {
			c.Retry = RetryConfig{MaxAttempts: -1, InitialInterval: time.Minute, MaxInterval: time.Second}
			c.RequestTimeout, c.MinUploadRate = -1, -1
			c.Tags = map[string]string{"": "x"}
			for i := range 11 {
				c.Tags[fmt.Sprint(i)] = "x"
			}
		}, []string{"retry::max_attempts is -1", "retry::max_interval is 1s: want at least", "request_timeout", "min_upload_rate is -1", "tags has 12 entries", "without a name"}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := NewDefaultConfig()
			cfg.URL = "s3://acme?region=eu"
			require.NoError(t, cfg.Validate())
			test.change(&cfg)
			err := cfg.Validate()
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
			_, err = Open(t.Context(), cfg)
			require.ErrorIs(t, err, ErrInvalidConfig)
		})
	}
}

func TestConfigFromYAML(t *testing.T) {
	cfg := NewDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(map[string]any{
		"url": "s3://acme/x", "kms_key": "k", "storage_class": "STANDARD_IA", "request_timeout": "5s", "min_upload_rate": 1000,
		"tags": map[string]any{"team": "shop"}, "retry": map[string]any{"max_attempts": 7},
		"s3": map[string]any{"access_key_id": "AKIAEXAMPLE", "secret_access_key": "verysecret"},
	}).Unmarshal(&cfg))
	require.Equal(t, 7, cfg.Retry.MaxAttempts)
	require.Equal(t, defaultMaxInterval, cfg.Retry.MaxInterval)
	require.Equal(t, "verysecret", string(cfg.S3.SecretAccessKey))
	for _, text := range []string{fmt.Sprintf("%v", cfg), fmt.Sprintf("%+v", cfg), fmt.Sprintf("%#v", cfg)} {
		require.NotContains(t, text, "verysecret")
	}
}

func TestOpenSendsNothing(t *testing.T) {
	for _, url := range []string{
		"s3://acme?region=eu-west-1&endpoint=http://127.0.0.1:1", "gs://acme?endpoint=http://127.0.0.1:1&anonymous=true",
		"azblob://c?account=acme&endpoint=http://127.0.0.1:1", "file:///nowhere/at/all", "mem://x",
	} {
		b, err := Open(t.Context(), Config{URL: url})
		require.NoError(t, err, url)
		require.NoError(t, b.Close())
	}
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_DEFAULT_REGION", "")
	t.Setenv("AWS_CONFIG_FILE", "/nonexistent")
	_, err := Open(t.Context(), Config{URL: "s3://acme"})
	require.ErrorIs(t, err, ErrInvalidConfig)
	require.ErrorContains(t, err, "add ?region=")
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nonexistent")
	_, err = Open(t.Context(), Config{URL: "gs://acme"})
	require.ErrorIs(t, err, ErrDenied)
	require.Contains(t, Advice(err), "GOOGLE_APPLICATION_CREDENTIALS")
}
