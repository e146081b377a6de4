package opensearch

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/timespan"
)

func validConfig() Config {
	cfg := NewDefaultConfig()
	cfg.Endpoints = []string{"https://search.example.com:9200"}
	return cfg
}

func TestTheDefaultsAreValid(t *testing.T) {
	cfg := validConfig()
	require.NoError(t, cfg.Validate())
}

func TestValidateNamesTheKeyAndWhatIsAllowed(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"endpoints is empty":               func(c *Config) { c.Endpoints = nil },
		`endpoints[0] is "search:9200"`:    func(c *Config) { c.Endpoints = []string{"search:9200"} },
		"endpoints[0] (https://u:xxxxx@h)": func(c *Config) { c.Endpoints = []string{"https://u:hunter2@h"} },
		"endpoints[0] is no address":       func(c *Config) { c.Endpoints = []string{"https://u:hunter2@h:x y"} },
		`index is "Pairs"`:                 func(c *Config) { c.Index = "Pairs" },
		`index is ""`:                      func(c *Config) { c.Index = "" },
		`period is "week"`:                 func(c *Config) { c.Period = "week" },
		`ism is "on"`:                      func(c *Config) { c.ISM = "on" },
		`codec is "lz4"`:                   func(c *Config) { c.Codec = "lz4" },
		`compression is "zstd"`:            func(c *Config) { c.Compression = "zstd" },
		"rollover::max_size is 1KiB":       func(c *Config) { c.Rollover.MaxSize = 1024 },
		"retention is 1h: want at least one period, which is 1d": func(c *Config) { c.Retention = timespan.Duration(time.Hour) },
		"shards is 0":                        func(c *Config) { c.Shards = 0 },
		"replicas is -1":                     func(c *Config) { c.Replicas = -1 },
		"refresh_interval is 1ms":            func(c *Config) { c.RefreshInterval = time.Millisecond },
		"bulk_size is 1GiB":                  func(c *Config) { c.BulkSize = 1 << 30 },
		"workers is 0":                       func(c *Config) { c.Workers = 0 },
		"request_timeout is 0s":              func(c *Config) { c.RequestTimeout = 0 },
		"retry::initial_interval is 0s":      func(c *Config) { c.Retry.InitialInterval = 0 },
		"retry::max_interval is 1ms":         func(c *Config) { c.Retry.MaxInterval = time.Millisecond },
		"retry::max_elapsed_time is 0s":      func(c *Config) { c.Retry.MaxElapsedTime = 0 },
		"username and password":              func(c *Config) { c.Username = "u" },
		"more than one of username, api_key": func(c *Config) { c.Username, c.Password, c.APIKey = "u", "p", "k" },
		`sigv4::service is "s3"`:             func(c *Config) { c.SigV4 = SigV4Config{Service: "s3", Region: "eu-west-1"} },
		"sigv4::region is empty":             func(c *Config) { c.SigV4.Service = "es" },
		"sigv4::access_key_id":               func(c *Config) { c.SigV4 = SigV4Config{Service: "es", Region: "r", AccessKeyID: "a"} },
		"OpenSearch Serverless cannot roll over": func(c *Config) {
			c.SigV4, c.Rollover.MaxSize = SigV4Config{Service: "aoss", Region: "r"}, 1<<30
		},
	} {
		t.Run(want, func(t *testing.T) {
			cfg := validConfig()
			change(&cfg)
			err := cfg.Validate()
			require.ErrorContains(t, err, want)
			require.NotContains(t, err.Error(), "hunter2")
			_, err = Open(t.Context(), cfg)
			require.Error(t, err)
		})
	}
	both := NewDefaultConfig()
	both.Index, both.Workers = "X", 0
	require.Equal(t, 3, len(strings.Split(both.Validate().Error(), "\n")), "every mistake at once")
}

func TestIndexNames(t *testing.T) {
	cfg := validConfig()
	at := time.Date(2026, 11, 20, 15, 59, 59, 999, time.FixedZone("", 3600))
	require.Equal(t, "rrpairs-2026.11.20", cfg.indexOf(at))
	cfg.Period = periodHour
	require.Equal(t, "rrpairs-2026.11.20.14", cfg.indexOf(at), "UTC")

	from, to, ok := cfg.covered("rrpairs-2026.11.20.14")
	require.True(t, ok)
	require.Equal(t, time.Hour, to.Sub(from))
	for _, name := range []string{"rrpairs-eu-2026.11.20", "rrpairs-2026.11", "rrpairs-locks", "rrpairs", "other-2026.11.20", "rrpairs-2026.11.20-shrunk"} {
		require.False(t, cfg.ours(name), name)
	}
	require.True(t, cfg.ours("rrpairs-000012"))

	day := time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC)
	require.Equal(t, []string{"rrpairs-2026.11.20*", "rrpairs-2026.11.21*"}, cfg.searched(day, day.Add(2*time.Hour)))
	require.Equal(t, []string{"rrpairs-2026.11.20*"}, cfg.searched(day, day.Add(time.Hour)), "the end is exclusive")
	require.Equal(t, cfg.patterns(), cfg.searched(day, time.Time{}))
	require.Equal(t, cfg.patterns(), cfg.searched(day, day.AddDate(1, 0, 0)), "too many days for an address")
}
