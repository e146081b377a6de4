package bucket

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/collector/config/configopaque"
)

// Config says where a store is, how to be let in and how objects are stored there. The zero value of every field but
// URL is usable; NewDefaultConfig fills in the figures.
type Config struct {
	// URL is s3://bucket/prefix, gs://bucket/prefix, azblob://container/prefix, file:///folder or mem://name, with
	// parameters such as ?region= as the README lists them. Required. Credentials do not belong in it.
	URL string `mapstructure:"url" yaml:"url"`

	// S3 holds credentials for s3 URLs. Empty: the AWS default chain (environment, profile, IRSA, instance role).
	S3 S3Config `mapstructure:"s3" yaml:"s3"`
	// GCS holds credentials for gs URLs. Empty: Google's application default credentials (workload identity).
	GCS GCSConfig `mapstructure:"gcs" yaml:"gcs"`
	// Azure holds credentials for azblob URLs. Empty: Azure's default chain (environment, workload or managed identity).
	Azure AzureConfig `mapstructure:"azure" yaml:"azure"`

	// KMSKey encrypts objects under a key of yours: the key id or ARN on S3 (which then uses aws:kms unless the URL's
	// ssetype says otherwise), projects/…/cryptoKeys/… on GCS, the name of an encryption scope on Azure. Empty: the
	// bucket's own setting. A key that does not exist or may not be used fails each write as access denied.
	KMSKey string `mapstructure:"kms_key" yaml:"kms_key"`
	// StorageClass is the class of data objects: STANDARD_IA, GLACIER_IR, … on S3; NEARLINE, … on GCS; Hot, Cool, Cold
	// on Azure. Small objects that must be readable at once stay in the bucket's own class. Empty: the bucket's own.
	StorageClass string `mapstructure:"storage_class" yaml:"storage_class"`
	// Tags are put on every object: object tags on S3, blob index tags on Azure, metadata on GCS (which has no tags on
	// objects). At most ten, the limit of S3 and Azure.
	Tags map[string]string `mapstructure:"tags" yaml:"tags"`

	// Retry bounds what one call does about transient errors before it reports them.
	Retry RetryConfig `mapstructure:"retry" yaml:"retry"`
	// RequestTimeout limits one attempt of a small request, and is the fixed part of an upload's limit. Default 30s.
	RequestTimeout time.Duration `mapstructure:"request_timeout" yaml:"request_timeout"`
	// MinUploadRate, in bytes per second, is the slowest an upload may be: an attempt may take request_timeout plus
	// size / min_upload_rate. Default 262144 (256 KiB/s): 256 MiB get 17 minutes.
	MinUploadRate int64 `mapstructure:"min_upload_rate" yaml:"min_upload_rate"`
}

// S3Config names S3 credentials. Both keys or neither.
type S3Config struct {
	AccessKeyID     configopaque.String `mapstructure:"access_key_id" yaml:"access_key_id"`
	SecretAccessKey configopaque.String `mapstructure:"secret_access_key" yaml:"secret_access_key"`
	// SessionToken belongs to temporary keys. Optional.
	SessionToken configopaque.String `mapstructure:"session_token" yaml:"session_token"`
	// ExternalID is sent when the URL's role is assumed, if the role's trust policy asks for one. Optional.
	ExternalID configopaque.String `mapstructure:"external_id" yaml:"external_id"`
}

// GCSConfig names Google credentials. At most one.
type GCSConfig struct {
	// CredentialsJSON is the text of a service account key or a workload identity configuration.
	CredentialsJSON configopaque.String `mapstructure:"credentials_json" yaml:"credentials_json"`
	// CredentialsFile is the path of such a file.
	CredentialsFile string `mapstructure:"credentials_file" yaml:"credentials_file"`
}

// AzureConfig names Azure credentials. At most one.
type AzureConfig struct {
	// ConnectionString as the portal shows it; names the account and endpoint too.
	ConnectionString configopaque.String `mapstructure:"connection_string" yaml:"connection_string"`
	// AccountKey is one of the two shared keys of the account.
	AccountKey configopaque.String `mapstructure:"account_key" yaml:"account_key"`
	// SASToken is a shared access signature, with or without the leading question mark.
	SASToken configopaque.String `mapstructure:"sas_token" yaml:"sas_token"`
}

// RetryConfig bounds retries inside one call. Backoff doubles from InitialInterval to MaxInterval, with full jitter.
type RetryConfig struct {
	// MaxAttempts counts the first one too. Default 4; 1 turns retries off.
	MaxAttempts int `mapstructure:"max_attempts" yaml:"max_attempts"`
	// InitialInterval is the longest wait before the second attempt. Default 200ms.
	InitialInterval time.Duration `mapstructure:"initial_interval" yaml:"initial_interval"`
	// MaxInterval is the longest wait between two attempts. Default 10s.
	MaxInterval time.Duration `mapstructure:"max_interval" yaml:"max_interval"`
}

const (
	defaultMaxAttempts     = 4
	defaultInitialInterval = 200 * time.Millisecond
	defaultMaxInterval     = 10 * time.Second
	defaultRequestTimeout  = 30 * time.Second
	defaultMinUploadRate   = 256 << 10
	// maxTags is what S3 and Azure allow on one object.
	maxTags = 10
)

// NewDefaultConfig returns a Config with every default filled in and no URL.
func NewDefaultConfig() Config { return Config{}.withDefaults() }

// withDefaults fills figures that were left out, so that Open can be called with a bare URL.
func (c Config) withDefaults() Config {
	if c.Retry.MaxAttempts == 0 {
		c.Retry.MaxAttempts = defaultMaxAttempts
	}
	if c.Retry.InitialInterval == 0 {
		c.Retry.InitialInterval = defaultInitialInterval
	}
	if c.Retry.MaxInterval == 0 {
		c.Retry.MaxInterval = max(defaultMaxInterval, c.Retry.InitialInterval)
	}
	if c.RequestTimeout == 0 {
		c.RequestTimeout = defaultRequestTimeout
	}
	if c.MinUploadRate == 0 {
		c.MinUploadRate = defaultMinUploadRate
	}
	return c
}

// Validate reports every mistake at once; each error names the key, the bad value and what is allowed.
func (c Config) Validate() error {
	c = c.withDefaults()
	var errs []error
	location, err := parseURL(c.URL)
	if err != nil {
		errs = append(errs, err)
	} else {
		errs = append(errs, c.validateFor(location)...)
	}
	if c.Retry.MaxAttempts < 1 {
		errs = append(errs, fmt.Errorf("retry::max_attempts is %d: want 1 or more", c.Retry.MaxAttempts))
	}
	if c.Retry.InitialInterval < 0 {
		errs = append(errs, fmt.Errorf("retry::initial_interval is %v: want a positive duration", c.Retry.InitialInterval))
	}
	if c.Retry.MaxInterval < c.Retry.InitialInterval {
		errs = append(errs, fmt.Errorf("retry::max_interval is %v: want at least retry::initial_interval, which is %v",
			c.Retry.MaxInterval, c.Retry.InitialInterval))
	}
	if c.RequestTimeout < 0 {
		errs = append(errs, fmt.Errorf("request_timeout is %v: want a positive duration", c.RequestTimeout))
	}
	if c.MinUploadRate < 0 {
		errs = append(errs, fmt.Errorf("min_upload_rate is %d: want bytes per second, more than 0", c.MinUploadRate))
	}
	if len(c.Tags) > maxTags {
		errs = append(errs, fmt.Errorf("tags has %d entries: at most %d are allowed", len(c.Tags), maxTags))
	}
	for key := range c.Tags {
		if key == "" {
			errs = append(errs, errors.New("tags has an entry without a name"))
		}
	}
	return errors.Join(errs...)
}

// validateFor checks what depends on the store that the URL names.
func (c Config) validateFor(l location) []error {
	var errs []error
	for _, group := range []struct {
		key, scheme string
		set         bool
	}{
		{"s3", schemeS3, c.S3 != S3Config{}},
		{"gcs", schemeGCS, c.GCS != GCSConfig{}},
		{"azure", schemeAzure, c.Azure != AzureConfig{}},
	} {
		if group.set && group.scheme != l.scheme {
			errs = append(errs, fmt.Errorf("%s is set, but url begins with %s://: remove the block or correct the url", group.key, l.scheme))
		}
	}
	if l.scheme == schemeFile || l.scheme == schemeMemory {
		for key, set := range map[string]bool{"kms_key": c.KMSKey != "", "storage_class": c.StorageClass != "", "tags": len(c.Tags) > 0} {
			if set {
				errs = append(errs, fmt.Errorf("%s is set, but a %s:// store has none: remove it", key, l.scheme))
			}
		}
	}
	return append(errs, c.validateCredentials(l)...)
}

func (c Config) validateCredentials(l location) []error {
	var errs []error
	if (c.S3.AccessKeyID == "") != (c.S3.SecretAccessKey == "") {
		errs = append(errs, errors.New("s3::access_key_id and s3::secret_access_key go together: set both, or neither for the default chain"))
	}
	if c.S3.SessionToken != "" && c.S3.AccessKeyID == "" {
		errs = append(errs, errors.New("s3::session_token needs s3::access_key_id and s3::secret_access_key"))
	}
	if c.S3.ExternalID != "" && l.parameters["role"] == "" {
		errs = append(errs, errors.New("s3::external_id is only used to assume a role: add ?role=<ARN> to the url or remove it"))
	}
	named := map[string][]string{
		"gcs":   setKeys("credentials_json", string(c.GCS.CredentialsJSON), "credentials_file", c.GCS.CredentialsFile),
		"azure": setKeys("connection_string", string(c.Azure.ConnectionString), "account_key", string(c.Azure.AccountKey), "sas_token", string(c.Azure.SASToken)),
		"s3":    setKeys("access_key_id", string(c.S3.AccessKeyID)),
	}
	for group, keys := range named {
		if len(keys) > 1 {
			errs = append(errs, fmt.Errorf("%s sets %s: one kind of credentials is allowed", group, strings.Join(keys, " and ")))
		}
		if len(keys) > 0 && l.flag("anonymous") {
			errs = append(errs, fmt.Errorf("%s::%s is set, but the url says anonymous=true: choose one", group, keys[0]))
		}
	}
	if l.scheme == schemeS3 && c.KMSKey != "" && l.parameters["kmskeyid"] != "" {
		errs = append(errs, errors.New("kms_key and the url's kmskeyid are both set: choose one"))
	}
	if c.StorageClass != "" && l.parameters["storage_class"] != "" {
		errs = append(errs, errors.New("storage_class is set both as a key and in the url: choose one"))
	}
	if l.scheme == schemeAzure && c.Azure.ConnectionString == "" && l.parameters["account"] == "" && l.parameters["endpoint"] == "" {
		errs = append(errs, fmt.Errorf("url %s names no storage account: add ?account=<name>, or set azure::connection_string", l.identity()))
	}
	if c.Azure.AccountKey != "" && l.parameters["account"] == "" {
		errs = append(errs, errors.New("azure::account_key needs the account it belongs to: add ?account=<name> to the url"))
	}
	return errs
}

// setKeys returns the names, of name-value pairs, whose value is not empty.
func setKeys(pairs ...string) []string {
	var keys []string
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			keys = append(keys, pairs[i])
		}
	}
	return keys
}
