package redactprocessor

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/surrogate"
)

type keyConfig struct {
	Key       string `mapstructure:"key"`
	ID        string `mapstructure:"key_id"`
	Ephemeral bool   `mapstructure:"ephemeral_key"`
}

func (c keyConfig) Validate() error {
	if c.Key == "" && !c.Ephemeral {
		return errors.New("no key")
	}
	return nil
}

func loadKeys(_ context.Context, c keyConfig) (*surrogate.Keyring, error) {
	if c.Ephemeral {
		return surrogate.NewKeyring(surrogate.Key{ID: "ephemeral", Secret: []byte(rand.Text())})
	}
	return surrogate.NewKeyring(surrogate.Key{ID: c.ID, Secret: []byte(c.Key)})
}
