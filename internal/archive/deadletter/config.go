package deadletter

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"filippo.io/age"
)

// Config says how dead letters are kept.
type Config struct {
	// Recipients are age public keys (age1…). With at least one, each record is kept too, encrypted to all of them, and
	// can be read with any of the private keys. Default none: only the record's hash is kept.
	Recipients []string `mapstructure:"recipients" yaml:"recipients"`
	// MaxDelay is how long records are gathered before an object is written; whoever hands in a record waits so long.
	// Default 1s.
	MaxDelay time.Duration `mapstructure:"max_delay" yaml:"max_delay"`
}

const (
	defaultDelay = time.Second
	// longestDelay keeps a caller, and with it the sender behind it, from running into a time limit.
	longestDelay = 30 * time.Second
)

// NewDefaultConfig returns the defaults.
func NewDefaultConfig() Config { return Config{MaxDelay: defaultDelay} }

// Validate reports every mistake at once.
func (c Config) Validate() error {
	var errs []error
	if _, err := c.recipients(); err != nil {
		errs = append(errs, err)
	}
	if c.MaxDelay < 0 || c.MaxDelay > longestDelay {
		errs = append(errs, fmt.Errorf("dead_letter::max_delay is %v: want between 0s and %v", c.MaxDelay, longestDelay))
	}
	return errors.Join(errs...)
}

func (c Config) recipients() ([]age.Recipient, error) {
	var recipients []age.Recipient
	var errs []error
	for i, text := range c.Recipients {
		if strings.HasPrefix(strings.ToUpper(text), "AGE-SECRET-KEY-") {
			errs = append(errs, fmt.Errorf("dead_letter::recipients[%d] is a private key: it does not belong here; give the public key, which begins with age1", i))
			continue
		}
		recipient, err := age.ParseX25519Recipient(strings.TrimSpace(text))
		if err != nil {
			errs = append(errs, fmt.Errorf("dead_letter::recipients[%d] %q is no age public key: want age1…, as age-keygen prints it", i, text))
			continue
		}
		recipients = append(recipients, recipient)
	}
	return recipients, errors.Join(errs...)
}
