package opensearch

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/bytesize"
	"github.com/byoc-otel/otelcol-byoc/internal/timespan"
)

const (
	// maxIndexName leaves room for the date behind it: OpenSearch allows 255 bytes.
	maxIndexName = 200
	// maxBulkSize is OpenSearch's default http.max_content_length.
	maxBulkSize = 100 * bytesize.MiB
	minBulkSize = 1 * bytesize.KiB
	maxWorkers  = 64
	// minRollover keeps clusters from drowning in indices.
	minRollover = 1 * bytesize.MiB
)

// Validate reports every mistake at once; each error names the key, the bad value and what is allowed.
func (c *Config) Validate() error {
	errs := c.validateEndpoints()
	add := func(wrong bool, format string, arguments ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, arguments...))
		}
	}
	oneOf := func(key, value string, allowed ...string) {
		add(!slices.Contains(allowed, value), "%s is %q: want %s", key, value, strings.Join(allowed, " or "))
	}
	positive := func(key string, value time.Duration) {
		add(value <= 0, "%s is %v: want a positive duration", key, value)
	}

	name := regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]*$`)
	add(!name.MatchString(c.Index) || len(c.Index) > maxIndexName,
		"index is %q: want at most %d lower-case letters, digits, dashes, underscores and dots, beginning with a letter or digit", c.Index, maxIndexName)
	oneOf("period", c.Period, periodDay, periodHour)
	oneOf("ism", c.ISM, ismAuto, ismOff)
	oneOf("codec", c.Codec, "best_compression", "default", "zstd", "zstd_no_dict")
	oneOf("compression", c.Compression, gzipName, noneName)
	add(c.Rollover.MaxSize != 0 && c.Rollover.MaxSize < minRollover,
		"rollover::max_size is %v: want 0 (indices by period) or at least %v", c.Rollover.MaxSize, minRollover)
	add(c.rollsOver() && c.serverless(), "rollover::max_size is %v: OpenSearch Serverless cannot roll over; leave it out", c.Rollover.MaxSize)
	add(time.Duration(c.Retention) < c.period(), "retention is %v: want at least one period, which is %v", c.Retention, timespan.Duration(c.period()))
	add(c.Shards < 1 || c.Shards > 1024, "shards is %d: want 1 to 1024", c.Shards)
	add(c.Replicas < 0, "replicas is %d: want 0 or more", c.Replicas)
	add(c.RefreshInterval < 100*time.Millisecond, "refresh_interval is %v: want at least 100ms", c.RefreshInterval)
	add(c.BulkSize < minBulkSize || c.BulkSize > maxBulkSize, "bulk_size is %v: want %v to %v", c.BulkSize, minBulkSize, maxBulkSize)
	add(c.Workers < 1 || c.Workers > maxWorkers, "workers is %d: want 1 to %d", c.Workers, maxWorkers)
	positive("request_timeout", c.RequestTimeout)
	positive("retry::initial_interval", c.Retry.InitialInterval)
	add(c.Retry.MaxInterval < c.Retry.InitialInterval, "retry::max_interval is %v: want at least retry::initial_interval, which is %v",
		c.Retry.MaxInterval, c.Retry.InitialInterval)
	positive("retry::max_elapsed_time", c.Retry.MaxElapsedTime)
	return errors.Join(append(errs, c.validateAccess()...)...)
}

func (c *Config) validateEndpoints() (errs []error) {
	if len(c.Endpoints) == 0 {
		errs = append(errs, errors.New("endpoints is empty: want at least one address such as https://search.example.com:9200"))
	}
	for i, endpoint := range c.Endpoints {
		address, err := url.Parse(endpoint)
		switch {
		case err != nil:
			// The error of url.Parse repeats the address, which may hold a password.
			errs = append(errs, fmt.Errorf("endpoints[%d] is no address: want one such as https://search.example.com:9200", i))
		case address.User != nil:
			errs = append(errs, fmt.Errorf("endpoints[%d] (%s) holds credentials: use username and password", i, address.Redacted()))
		case address.Scheme != "http" && address.Scheme != "https" || address.Host == "" || address.RawQuery != "" || address.Fragment != "":
			errs = append(errs, fmt.Errorf("endpoints[%d] is %q: want http or https, a host and at most a path, such as https://search.example.com:9200", i, endpoint))
		}
	}
	return errs
}

func (c *Config) validateAccess() (errs []error) {
	ways := 0
	for _, isUsed := range []bool{c.Username != "" || c.Password != "", c.APIKey != "", c.SigV4 != SigV4Config{}} {
		if isUsed {
			ways++
		}
	}
	if ways > 1 {
		errs = append(errs, errors.New("more than one of username, api_key and sigv4 is set: want one"))
	}
	if (c.Username == "") != (c.Password == "") {
		errs = append(errs, errors.New("username and password: want both or neither"))
	}
	if c.SigV4 == (SigV4Config{}) {
		return errs
	}
	if c.SigV4.Service != serviceES && c.SigV4.Service != serviceServerless {
		errs = append(errs, fmt.Errorf("sigv4::service is %q: want es or aoss", c.SigV4.Service))
	}
	if c.SigV4.Region == "" {
		errs = append(errs, errors.New("sigv4::region is empty: want the region of the domain or collection, such as eu-west-1"))
	}
	if (c.SigV4.AccessKeyID == "") != (c.SigV4.SecretAccessKey == "") {
		errs = append(errs, errors.New("sigv4::access_key_id and sigv4::secret_access_key: want both or neither"))
	}
	return errs
}
