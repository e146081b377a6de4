package opensearch

import (
	"time"

	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configtls"

	"github.com/byoc-otel/otelcol-byoc/internal/bytesize"
	"github.com/byoc-otel/otelcol-byoc/internal/timespan"
)

// Config says where the cluster is, how to be let in, and how documents lie there. NewDefaultConfig fills in the figures.
type Config struct {
	// Endpoints are the addresses of nodes or of the load balancer: https://search.example.com:9200. Required; requests
	// go round them, and one that does not answer is left out for a while.
	Endpoints []string `mapstructure:"endpoints"`
	// Index is what index names begin with, and the alias that reads them all. Default rrpairs.
	Index string `mapstructure:"index"`
	// Period is the time that one index holds: day or hour. Default day; hour is for more than some 50 GB a day. The time
	// is that of the event, so a pair that comes late goes to its own day.
	Period string `mapstructure:"period"`
	// Rollover, where it is set, begins a new index by size instead of by time.
	Rollover RolloverConfig `mapstructure:"rollover"`
	// Retention is the age at which an index is deleted, counted from the end of what it holds. Default 7d.
	// The Index State Management plugin does it where it is there, else whoever calls Expire.
	Retention timespan.Duration `mapstructure:"retention"`
	// ISM says who deletes: auto (the plugin where it is there), or off (always this program). Default auto.
	ISM string `mapstructure:"ism"`

	// Shards of an index. Default 1: right up to some 50 GB.
	Shards int `mapstructure:"shards"`
	// Replicas of a shard. Default 1. A cluster of one node needs 0 to be green.
	Replicas int `mapstructure:"replicas"`
	// RefreshInterval is how long a search may miss what was written. Default 5s; shorter costs the cluster CPU.
	RefreshInterval time.Duration `mapstructure:"refresh_interval"`
	// Codec compresses what is stored: best_compression (in every cluster), default (faster, larger), or zstd and
	// zstd_no_dict (need the custom-codecs plugin, which full distributions have). Default best_compression.
	Codec string `mapstructure:"codec"`

	// Username and Password are for basic authentication. Both or neither.
	Username string              `mapstructure:"username"`
	Password configopaque.String `mapstructure:"password"`
	// APIKey is sent as Authorization: ApiKey, for proxies and services that ask for one.
	APIKey configopaque.String `mapstructure:"api_key"`
	// SigV4 signs requests for AWS.
	SigV4 SigV4Config `mapstructure:"sigv4"`
	// TLS names certificate authorities and a client certificate. Default: the system's authorities.
	TLS configtls.ClientConfig `mapstructure:"tls"`

	// BulkSize is the most that one bulk request has before compression. Default 5MiB.
	BulkSize bytesize.Size `mapstructure:"bulk_size"`
	// Workers is how many bulk requests are under way at once. Default 2.
	Workers int `mapstructure:"workers"`
	// Compression of bulk requests: gzip or none. Default gzip.
	Compression string `mapstructure:"compression"`
	// RequestTimeout limits one request. Default 30s. A request that took longer is sent again, which stores nothing
	// twice.
	RequestTimeout time.Duration `mapstructure:"request_timeout"`
	// Retry bounds what one Write does about documents that the cluster cannot take now.
	Retry RetryConfig `mapstructure:"retry"`
}

// RolloverConfig begins a new index when the present one is large enough.
type RolloverConfig struct {
	// MaxSize of the primary shards together; 0 (the default) means indices by Period.
	MaxSize bytesize.Size `mapstructure:"max_size"`
}

// SigV4Config signs requests with AWS Signature Version 4. The zero value signs nothing.
type SigV4Config struct {
	// Service is es for Amazon OpenSearch Service or aoss for Serverless. A TIMESERIES collection of Serverless is
	// refused: it gives documents ids of its own, so that a retry would store a pair twice. Use a SEARCH collection.
	Service string `mapstructure:"service"`
	// Region of the domain or collection. Required with Service.
	Region string `mapstructure:"region"`
	// AccessKeyID and SecretAccessKey: both or neither. Default: the AWS default chain (environment, profile, IRSA,
	// instance role).
	AccessKeyID     configopaque.String `mapstructure:"access_key_id"`
	SecretAccessKey configopaque.String `mapstructure:"secret_access_key"`
	// SessionToken belongs to temporary keys. Optional.
	SessionToken configopaque.String `mapstructure:"session_token"`
	// RoleARN is a role to assume with these credentials. Optional.
	RoleARN string `mapstructure:"role_arn"`
}

// RetryConfig bounds the retries of documents inside one Write; what remains goes back to the caller. Waits double from
// InitialInterval to MaxInterval, with full jitter.
type RetryConfig struct {
	// InitialInterval is the longest wait before the second attempt. Default 500ms.
	InitialInterval time.Duration `mapstructure:"initial_interval"`
	// MaxInterval is the longest wait between two attempts. Default 10s.
	MaxInterval time.Duration `mapstructure:"max_interval"`
	// MaxElapsedTime is how long one Write tries where its context sets no earlier end. Default 1m.
	MaxElapsedTime time.Duration `mapstructure:"max_elapsed_time"`
}

// The words of Config.
const (
	periodDay  = "day"
	periodHour = "hour"
	ismAuto    = "auto"
	ismOff     = "off"
	gzipName   = "gzip"
	noneName   = "none"
	serviceES  = "es"
	// serviceServerless is the signing name of OpenSearch Serverless.
	serviceServerless = "aoss"
)

// NewDefaultConfig returns a Config with every default filled in and no endpoint.
func NewDefaultConfig() Config {
	return Config{
		Index: "rrpairs", Period: periodDay, Retention: timespan.Duration(timespan.Week), ISM: ismAuto,
		Shards: 1, Replicas: 1, RefreshInterval: 5 * time.Second, Codec: "best_compression",
		TLS:      configtls.NewDefaultClientConfig(),
		BulkSize: 5 * bytesize.MiB, Workers: 2, Compression: gzipName, RequestTimeout: 30 * time.Second,
		Retry: RetryConfig{InitialInterval: 500 * time.Millisecond, MaxInterval: 10 * time.Second, MaxElapsedTime: time.Minute},
	}
}

// period is the length of time that one index holds.
func (c *Config) period() time.Duration {
	if c.Period == periodHour {
		return time.Hour
	}
	return 24 * time.Hour
}

func (c *Config) serverless() bool { return c.SigV4.Service == serviceServerless }

func (c *Config) rollsOver() bool { return c.Rollover.MaxSize > 0 }
