package archive

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/pdata/plog"
)

const (
	// verifyKeyBytes is the length of a derived key.
	verifyKeyBytes = 32
	// maxRedactionPart bounds policy, version and key id in a redaction's id: they stand in every file's metadata.
	maxRedactionPart = 64
)

// RedactionConfig says whose redaction is believed besides that of this collector's own redact processors.
type RedactionConfig struct {
	// VerifyKeys verify the stamps that redact processors of other collectors made, one entry for each redaction key in
	// use. An archive takes several redaction keys only when all are listed here, or when the redact processor names
	// the earlier ones in previous_keys. Default none: only what this collector redacts is stored.
	VerifyKeys []VerifyKey `mapstructure:"verify_keys" yaml:"verify_keys"`
}

// VerifyKey is what verifies the stamps of one redaction key; it cannot be used to find that key, to make surrogates or to
// undo them. `byoc redact key` prints both lines.
type VerifyKey struct {
	// ID is the redaction key's id, as it stands in the stamps.
	ID string `mapstructure:"id" yaml:"id"`
	// Key is the derived key, 64 hexadecimal digits.
	Key configopaque.String `mapstructure:"key" yaml:"key"`
}

// Validate reports every wrong entry, never showing a key.
func (c RedactionConfig) Validate() error {
	var errs []error
	seen := map[string]bool{}
	for i, key := range c.VerifyKeys {
		at := fmt.Sprintf("redaction::verify_keys[%d]", i)
		if key.ID == "" || len(key.ID) > maxRedactionPart || redactionPart(key.ID) != key.ID {
			errs = append(errs, fmt.Errorf("%s::id %q is no key id: want 1 to %d letters, digits, '.', '_' or '-', as `byoc redact key` prints it", at, key.ID, maxRedactionPart))
		}
		if seen[key.ID] {
			errs = append(errs, fmt.Errorf("%s::id %q stands twice: list each key once", at, key.ID))
		}
		seen[key.ID] = true
		if _, err := key.bytes(); err != nil {
			errs = append(errs, fmt.Errorf("%s::key is no verify key: want %d hexadecimal digits, as `byoc redact key` prints them (not the redaction key itself)", at, 2*verifyKeyBytes))
		}
	}
	return errors.Join(errs...)
}

// Keys returns the keys by id; the config must be valid.
func (c RedactionConfig) Keys() map[string][]byte {
	keys := make(map[string][]byte, len(c.VerifyKeys))
	for _, key := range c.VerifyKeys {
		if decoded, err := key.bytes(); err == nil {
			keys[key.ID] = decoded
		}
	}
	return keys
}

// IDs lists the ids of the keys in their order.
func (c RedactionConfig) IDs() []string {
	ids := make([]string, len(c.VerifyKeys))
	for i, key := range c.VerifyKeys {
		ids[i] = key.ID
	}
	return ids
}

func (k VerifyKey) bytes() ([]byte, error) {
	decoded, err := hex.DecodeString(string(k.Key))
	if err == nil && len(decoded) != verifyKeyBytes {
		err = hex.ErrLength
	}
	return decoded, err
}

// Redaction says how a record was redacted.
type Redaction struct{ Policy, Version, KeyID string }

// String is the redaction's id in blocks, files and manifests: policy@version/keyid, with '_' for every character that is
// no letter, digit, '.', '_' or '-'.
func (r Redaction) String() string {
	return redactionPart(r.Policy) + "@" + redactionPart(r.Version) + "/" + redactionPart(r.KeyID)
}

// KeyOf is the key id in a redaction's id, "" when there is none.
func KeyOf(redaction string) string {
	slash := strings.LastIndexByte(redaction, '/')
	if slash < 0 {
		return ""
	}
	return redaction[slash+1:]
}

func redactionPart(text string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '_', c == '-':
			return c
		}
		return '_'
	}, text[:min(len(text), maxRedactionPart)])
}

// Admission says how a record was redacted, or why it must not be stored. Safe for concurrent use.
type Admission func(record plog.LogRecord) (Redaction, error)

// Guard is the fence before an archive, as its extension offers it to exporters.
type Guard interface {
	// Admit is an [Admission]: its error is rrpair's where the record cannot be read, else one of stamp's.
	Admit(record plog.LogRecord) (Redaction, error)
	// Record makes sure that archive.json lists the keys (ids) with which data was redacted that is about to be written.
	// The error names a key that is not declared, or says why the manifest cannot be written; both may pass with time.
	Record(ctx context.Context, keys []string) error
	// Pipelines are the pipelines that end in that exporter, for messages; nil where nobody told.
	Pipelines(exporter component.ID) []string
}

// commonRedactions are the redactions that the records of several blocks went through, sorted; none when the records of
// one of them went through none.
func commonRedactions(blocks []BlockInfo) (all []string) {
	for i := range blocks {
		if blocks[i].Redaction == "" {
			return nil
		}
		if !slices.Contains(all, blocks[i].Redaction) {
			all = append(all, blocks[i].Redaction)
		}
	}
	slices.Sort(all)
	return all
}
