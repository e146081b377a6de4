// Package keysource gets the redaction key from where the user keeps it: a value (from the environment), a file, or a key
// management service that decrypts it. The key never appears in errors, logs or printed configurations.
package keysource

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"go.opentelemetry.io/collector/config/configopaque"
)

// howTo ends messages about keys that will not do.
const howTo = "make one with `openssl rand -hex 32`"

// Source says where one key comes from: exactly one of its fields.
type Source struct {
	// Key is the key itself: 32 or more hexadecimal digits, base64 of 16, 24, 32, 48 or 64 bytes, or a passphrase of at
	// least 16 bytes. Write ${env:BYOC_REDACTION_KEY} rather than the key. One that is easily guessed is refused.
	Key configopaque.String `mapstructure:"key"`

	// KeyFile is a file that holds the key in one of these forms; it is read anew by every [Load]. One that others than
	// its owner can read is warned of ([Config.Warnings]).
	KeyFile string `mapstructure:"key_file"`

	// KMS decrypts the key. The process needs the right to decrypt and nothing else.
	KMS KMS `mapstructure:"kms"`
}

// KMS is a key that a key management service decrypts.
type KMS struct {
	// URL names the service's key: awskms://ID?region=…, gcpkms://projects/P/locations/L/keyRings/R/cryptoKeys/K,
	// azurekeyvault://VAULT.vault.azure.net/keys/KEY, or base64key://… for tests (a key in the clear protects nothing).
	URL configopaque.String `mapstructure:"url"`

	// Ciphertext is the encrypted key in base64; CiphertextFile a file that holds it, as bytes or in base64. One of them.
	Ciphertext     string `mapstructure:"ciphertext"`
	CiphertextFile string `mapstructure:"ciphertext_file"`
}

// Config says where the current key and those that it replaces come from.
type Config struct {
	Source `mapstructure:",squash"`

	// ID is the key's name, stored beside redacted data. Default: its fingerprint, 12 hexadecimal digits that tell nothing of
	// the key.
	ID string `mapstructure:"key_id"`

	// Previous are keys that Key replaces. Their surrogates are recognised, and stay.
	Previous []Previous `mapstructure:"previous_keys"`

	// Ephemeral draws a key at random, which is gone when the process ends: for trials. What is redacted in one run does not
	// correlate with that of another or of a replica.
	Ephemeral bool `mapstructure:"ephemeral_key"`
}

// Previous is a key that was the current one.
type Previous struct {
	Source `mapstructure:",squash"`
	// ID is the name it had. Default: its fingerprint.
	ID string `mapstructure:"id"`
}

// Validate reports everything that can be known to be wrong without reading files or asking a service. Each error names the key of
// the configuration; none shows a redaction key.
func (c Config) Validate() error {
	var errs []error
	switch {
	case c.Ephemeral && c.count() > 0:
		errs = append(errs, errors.New("ephemeral_key is true although there is a key: remove one of the two"))
	case c.Ephemeral && len(c.Previous) > 0:
		errs = append(errs, errors.New("ephemeral_key is true, and a key that is drawn at random replaces none: remove previous_keys"))
	case !c.Ephemeral && c.count() == 0:
		errs = append(errs, errors.New("there is no redaction key: add `key: \"${env:BYOC_REDACTION_KEY}\"` and "+howTo+"; or for a trial `ephemeral_key: true`"))
	}
	errs = append(errs, c.validate(""), validateID("key_id", c.ID))
	for i, previous := range c.Previous {
		prefix := fmt.Sprintf("previous_keys[%d]::", i)
		if previous.count() == 0 {
			errs = append(errs, fmt.Errorf("%skey is missing: give key, key_file or kms", prefix))
		}
		errs = append(errs, previous.validate(prefix), validateID(prefix+"id", previous.ID))
	}
	return errors.Join(errs...)
}

// count is how many sources are given.
func (s Source) count() int {
	n := 0
	for _, given := range [...]bool{s.Key != "", s.KeyFile != "", s.KMS != KMS{}} {
		if given {
			n++
		}
	}
	return n
}

func (s Source) validate(prefix string) error {
	var errs []error
	if s.count() > 1 {
		errs = append(errs, fmt.Errorf("%skey, key_file and kms: give one of them, not %d", prefix, s.count()))
	}
	if s.Key != "" {
		if _, err := parseKey([]byte(s.Key)); err != nil {
			errs = append(errs, fmt.Errorf("%skey %w", prefix, err))
		}
	}
	if s.KMS == (KMS{}) {
		return errors.Join(errs...)
	}
	if !knownService(string(s.KMS.URL)) {
		errs = append(errs, fmt.Errorf("%skms::url must begin with one of %s", prefix, strings.Join(services(), ", ")))
	}
	if (s.KMS.Ciphertext == "") == (s.KMS.CiphertextFile == "") {
		errs = append(errs, fmt.Errorf("%skms: give ciphertext or ciphertext_file, one of them", prefix))
	}
	return errors.Join(errs...)
}

func services() []string {
	return []string{"awskms://", "gcpkms://", "azurekeyvault://", "base64key://"}
}

func knownService(url string) bool {
	for _, scheme := range services() {
		if strings.HasPrefix(url, scheme) {
			return true
		}
	}
	return false
}

// maxID bounds a key id: it is stored with every record.
const maxID = 64

func validateID(name, id string) error {
	for _, c := range id {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("._-", c) {
			return fmt.Errorf("%s %q has a character that is not allowed: use letters, digits, '.', '_' and '-'", name, id)
		}
	}
	if len(id) > maxID {
		return fmt.Errorf("%s has %d characters, at most %d are allowed", name, len(id), maxID)
	}
	return nil
}

// Warnings are what a user should know of keys that work: files that others can read, a key that dies with the process.
func (c Config) Warnings() []string {
	var warnings []string
	if c.Ephemeral {
		warnings = append(warnings, "ephemeral_key is true: the redaction key is gone when this process ends, and no replica has the same")
	}
	for _, source := range c.sources() {
		if strings.HasPrefix(string(source.KMS.URL), "base64key://") {
			warnings = append(warnings, "kms::url is base64key://, a key in the clear: use it in tests only")
		}
		if source.KeyFile == "" {
			continue
		}
		if info, err := os.Stat(source.KeyFile); err == nil && info.Mode().Perm()&0o077 != 0 {
			warnings = append(warnings, fmt.Sprintf("key_file %s can be read by others (mode %04o): chmod 600 it", source.KeyFile, info.Mode().Perm()))
		}
	}
	return warnings
}

func (c Config) sources() []Source {
	all := []Source{c.Source}
	for _, previous := range c.Previous {
		all = append(all, previous.Source)
	}
	return all
}
