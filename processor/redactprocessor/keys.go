package redactprocessor

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/surrogate"
)

type keyConfig struct {
	Key       string        `mapstructure:"key"`
	ID        string        `mapstructure:"key_id"`
	Previous  []previousKey `mapstructure:"previous_keys"`
	Ephemeral bool          `mapstructure:"ephemeral_key"`
}

type previousKey struct {
	Key string `mapstructure:"key"`
	ID  string `mapstructure:"id"`
}

func (c keyConfig) Validate() error {
	if c.Key == "" && !c.Ephemeral {
		return errors.New("there is no redaction key: add `key: \"${env:BYOC_REDACTION_KEY}\"`, or for a trial `ephemeral_key: true`")
	}
	return nil
}

func loadKeys(_ context.Context, c keyConfig) (*surrogate.Keyring, error) {
	if c.Ephemeral {
		c.Key, c.ID = rand.Text(), "ephemeral"
	}
	var previous []surrogate.Key
	for _, p := range c.Previous {
		previous = append(previous, keyOf(p.ID, p.Key))
	}
	return surrogate.NewKeyring(keyOf(c.ID, c.Key), previous...)
}

func keyOf(id, secret string) surrogate.Key {
	if id == "" {
		sum := sha256.Sum256([]byte("fingerprint " + secret))
		id = hex.EncodeToString(sum[:6])
	}
	return surrogate.Key{ID: id, Secret: []byte(secret)}
}
