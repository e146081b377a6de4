package redactprocessor

import (
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"

	"github.com/byoc-otel/otelcol-byoc/internal/bytesize"
	"github.com/byoc-otel/otelcol-byoc/internal/redact"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/keysource"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
)

const (
	defaultPolicy         = "default"
	defaultReloadInterval = 30 * time.Second
	// minReloadInterval bounds what reading and compiling a policy again and again costs.
	minReloadInterval = time.Second
	// maxParallel is more workers than any machine has cores to spare.
	maxParallel = 256
)

// Config is the processor's block. With a key and nothing else it redacts by the default policy and fails closed.
type Config struct {
	// Keys say where the redaction key comes from: key, key_file or kms, with key_id and previous_keys; or
	// ephemeral_key. Without any the collector does not start.
	Keys keysource.Config `mapstructure:",squash"`

	// Policy is default, strict, secrets-only, or the path of a policy's file. One that is wrong stops the start.
	Policy string `mapstructure:"policy"`

	// ReloadInterval is how often the policy's file is read again; 0: never. A text that is wrong changes nothing: the
	// policy read before stays in force, with an error in the log, the metrics and the health. Default: 30s.
	ReloadInterval time.Duration `mapstructure:"reload_interval"`

	// DryRun counts what would be redacted and changes nothing: records are passed on as they came, without a stamp, so
	// that exporters still take them for raw ones. Default: false.
	DryRun bool `mapstructure:"dry_run"`

	// Opaque is refuse or pass: what becomes of records with contents that cannot be looked into, such as unknown content
	// encodings, encrypted archives, 7z, rar, xz, or PDF with compressed streams. refuse: they go to the dead letter, with
	// reason opaque. pass: they are passed on as they are, stamped, and counted as opaque_contents. Pictures, fonts, sound,
	// films and programs always pass; zip archives and office documents are taken apart. Default: refuse.
	Opaque string `mapstructure:"opaque"`

	// Limits bound the work on one record. One that exceeds them is refused: it goes to the dead letter.
	Limits limitsConfig `mapstructure:"limits"`

	// DeadLetter is the id of the archive extension whose dead letter takes refused records. Default: the extension
	// called archive, if there is one; if there is none, refused records are dropped, counted, and said in the log. A
	// named one that does not run stops the start.
	DeadLetter *component.ID `mapstructure:"dead_letter"`

	// Parallel is how many workers share the records of one request. Receivers hand in several requests at a time
	// anyway, so more than 1 helps only where requests are few and large. Default: 1.
	Parallel int `mapstructure:"parallel"`
}

type limitsConfig struct {
	// MaxBytes bounds a record, as JSON. Default: 64MiB.
	MaxBytes bytesize.Size `mapstructure:"max_bytes"`
	// MaxDecoded bounds all contents of a record together, decompressed and decoded. Default: four times max_bytes.
	MaxDecoded bytesize.Size `mapstructure:"max_decoded"`
	// MaxDepth bounds contents in contents: JSON in a string, base64 in JSON, and so on. Default: 32.
	MaxDepth int `mapstructure:"max_depth"`
	// MaxTime bounds the work on a record. Default: 10s.
	MaxTime time.Duration `mapstructure:"max_time"`
}

// engine gives the limits to the engine, which knows the defaults.
func (l limitsConfig) engine() redact.Limits {
	return redact.Limits{MaxBytes: int(l.MaxBytes), MaxDecoded: int(l.MaxDecoded), MaxDepth: l.MaxDepth, MaxTime: l.MaxTime}
}

func createDefaultConfig() component.Config {
	return &Config{Policy: defaultPolicy, ReloadInterval: defaultReloadInterval, Opaque: redact.OpaqueRefuse.String(), Parallel: 1}
}

// Validate reports everything that is wrong, each with its key, the value and what is allowed. The keys have their own.
func (c *Config) Validate() error {
	var errs []error
	if c.Policy == "" {
		errs = append(errs, errors.New(`policy is empty: use default, strict, secrets-only, or the path of a policy's file`))
	} else if _, err := policy.Load(c.Policy); err != nil {
		errs = append(errs, fmt.Errorf("policy: %w", err))
	}
	if c.ReloadInterval != 0 && c.ReloadInterval < minReloadInterval {
		errs = append(errs, fmt.Errorf("reload_interval is %s: it must be at least %s, or 0 to never read the policy again", c.ReloadInterval, minReloadInterval))
	}
	if c.Parallel < 1 || c.Parallel > maxParallel {
		errs = append(errs, fmt.Errorf("parallel is %d: it must be between 1 and %d", c.Parallel, maxParallel))
	}
	if _, err := redact.ParseOpaque(c.Opaque); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(append(errs, c.Limits.validate()...)...)
}

// Bounds of the limits.
const (
	minBytes = bytesize.KiB // less is no record
	maxBytes = bytesize.GiB // a record and its contents are held in memory as a whole
	maxDepth = 256          // each level may hold a decompressed copy
	minTime  = 10 * time.Millisecond
)

func (l limitsConfig) validate() (errs []error) {
	for _, size := range []struct {
		name string
		is   bytesize.Size
	}{{"max_bytes", l.MaxBytes}, {"max_decoded", l.MaxDecoded}} {
		if size.is != 0 && (size.is < minBytes || size.is > maxBytes) {
			errs = append(errs, fmt.Errorf("limits::%s is %s: it must be between %s and %s", size.name, size.is, minBytes, maxBytes))
		}
	}
	if l.MaxBytes > 0 && l.MaxDecoded > 0 && l.MaxDecoded < l.MaxBytes {
		errs = append(errs, fmt.Errorf("limits::max_decoded is %s, less than limits::max_bytes, %s: records of that size could not be looked into", l.MaxDecoded, l.MaxBytes))
	}
	if l.MaxDepth < 0 || l.MaxDepth > maxDepth {
		errs = append(errs, fmt.Errorf("limits::max_depth is %d: it must be between 1 and %d", l.MaxDepth, maxDepth))
	}
	if l.MaxTime != 0 && l.MaxTime < minTime {
		errs = append(errs, fmt.Errorf("limits::max_time is %s: it must be at least %s", l.MaxTime, minTime))
	}
	return errs
}
