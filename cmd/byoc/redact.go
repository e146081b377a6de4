package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/byoc-otel/otelcol-byoc/internal/redact"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/keysource"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/surrogate"
)

// keyVariable holds the redaction key, unless a policy or --key-file names another source.
const keyVariable = "BYOC_REDACTION_KEY"

// keyIDVariable holds the name of the redaction key, as key_id does in the configuration of the redact processor.
const keyIDVariable = "BYOC_REDACTION_KEY_ID"

// previousVariable holds the keys that the redaction key replaced, separated by commas: what they made is recognised.
const previousVariable = "BYOC_REDACTION_PREVIOUS_KEYS"

const redactLong = `Find and take out personal data and secrets, with the policies of the redact processor: what is found here is what the
collector finds.

Surrogates are made with a key, read from ` + keyVariable + ` (at least 16 bytes; make one with 'openssl rand -hex 32'), from
--key-file, or from where the policy says. With the key of the collector the same value becomes the same surrogate, and
data that is already redacted is recognised. After a rotation, name the keys before it, too: in ` + previousVariable + `,
separated by commas, or with --previous-key-file.

Where the processor's configuration names the key (key_id), give that name in ` + keyIDVariable + ` or with --key-id; else the
key's fingerprint is its id.`

func newRedactCommand(a *app) *cobra.Command {
	return group(&cobra.Command{
		Use:   "redact",
		Short: "Find personal data and secrets in recordings and archives, and take them out",
		Long:  redactLong,
		Example: `  byoc redact scan raw.jsonl
  byoc redact apply --in raw.jsonl --out clean.jsonl`,
	}, newRedactScan(a), newRedactApply(a), newRedactTest(a), newRedactRules(a), newRedactExplain(a), newRedactKey(a))
}

// redactFlags say with which policy and key.
type redactFlags struct {
	policy       string
	keyFile      string
	keyID        string
	previousKeys []string // files
}

func (f *redactFlags) add(command *cobra.Command) {
	command.Flags().StringVar(&f.policy, "policy", "default", "default, strict, secrets-only, or a policy file")
	command.Flags().StringVar(&f.keyFile, "key-file", "", "file with the redaction key (default: $"+keyVariable+")")
	command.Flags().StringVar(&f.keyID, "key-id", "", "id of the redaction key, the processor's key_id (default: the policy's, then $"+keyIDVariable+", then the key's fingerprint)")
	command.Flags().StringArrayVar(&f.previousKeys, "previous-key-file", nil, "file with a key that the redaction key replaced; may be repeated (default: $"+previousVariable+", separated by commas)")
}

func (f *redactFlags) loadPolicy() (*policy.Policy, error) {
	loaded, err := policy.Load(f.policy)
	if err != nil {
		return nil, usagef("--policy: %w", err)
	}
	return loaded, nil
}

// errNoKey says that no source of a key is named.
var errNoKey = errors.New("no redaction key: set " + keyVariable + " to at least 16 bytes ('openssl rand -hex 32' makes some), or name a file with --key-file")

// loadKeys reads the key: --key-file, else what the policy names, else the environment.
func (a *app) loadKeys(ctx context.Context, f *redactFlags, p *policy.Policy) (*surrogate.Keyring, error) {
	config, err := a.keyConfig(f, p)
	if err != nil {
		return nil, err
	}
	config.ID = a.keyID(f, config.ID)
	config.Previous = a.previousKeys(f)
	if err := config.Validate(); err != nil {
		return nil, usagef("the redaction key cannot be used: %w", err)
	}
	for _, warning := range config.Warnings() {
		a.logger.Warn(warning)
	}
	keys, err := keysource.Load(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("read the redaction key: %w", err)
	}
	return keys, nil
}

// keyID is the key's name: --key-id, else the one the policy gives to the key it names, else the environment's.
func (a *app) keyID(f *redactFlags, named string) string {
	value, _ := a.lookupEnv(keyIDVariable)
	return cmp.Or(f.keyID, named, value)
}

// keyConfig says where the key comes from.
func (a *app) keyConfig(f *redactFlags, p *policy.Policy) (config keysource.Config, err error) {
	named := p.Key()
	variable := keyVariable
	switch {
	case f.keyFile != "":
		config.KeyFile = f.keyFile
		return config, nil
	case named.File != "" || named.KMS.URL != "":
		config.ID, config.KeyFile = named.ID, named.File
		config.KMS = keysource.KMS{URL: configopaque.String(named.KMS.URL), Ciphertext: named.KMS.Ciphertext, CiphertextFile: named.KMS.CiphertextFile}
		return config, nil
	case named.Env != "":
		config.ID, variable = named.ID, named.Env
	}
	value, set := a.lookupEnv(variable)
	if !set || value == "" {
		if named.Env != "" {
			return config, usagef("the policy %s takes the redaction key from the environment variable %s, which is not set", p.Name, named.Env)
		}
		return config, errNoKey
	}
	config.Key = configopaque.String(value)
	return config, nil
}

// previousKeys are those that the redaction key replaced.
func (a *app) previousKeys(f *redactFlags) (list []keysource.Previous) {
	for _, file := range f.previousKeys {
		list = append(list, keysource.Previous{Source: keysource.Source{KeyFile: file}})
	}
	if len(list) > 0 {
		return list
	}
	value, _ := a.lookupEnv(previousVariable)
	for key := range strings.SplitSeq(value, ",") {
		if key = strings.TrimSpace(key); key != "" {
			list = append(list, keysource.Previous{Source: keysource.Source{Key: configopaque.String(key)}})
		}
	}
	return list
}

// redactor makes the engine. Without a key it can only scan.
func (a *app) redactor(ctx context.Context, f *redactFlags, opaque redact.Opaque, needsKey bool) (*redact.Engine, error) {
	p, err := f.loadPolicy()
	if err != nil {
		return nil, err
	}
	keys, err := a.loadKeys(ctx, f, p)
	switch {
	case errors.Is(err, errNoKey) && !needsKey:
		a.logger.Warn("Without the redaction key, values that stand for redacted ones cannot be told from real ones: set " + keyVariable)
	case errors.Is(err, errNoKey):
		return nil, usagef("%w", err)
	case err != nil:
		return nil, err
	}
	engine, err := redact.New(p, redact.Options{Keys: keys, Opaque: opaque})
	if err != nil {
		return nil, fmt.Errorf("prepare the policy %s: %w", p.Name, err)
	}
	return engine, nil
}

// formats of what redact commands read.
const (
	asRRPair = "rrpair"
	asJSON   = "json"
	asText   = "text"
)

func checkFormat(format string) error {
	switch format {
	case asRRPair, asJSON, asText:
		return nil
	}
	return usagef("--as %q: must be %s", format, strings.Join([]string{asRRPair, asJSON, asText}, ", "))
}
