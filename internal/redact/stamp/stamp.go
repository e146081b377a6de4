// Package stamp marks redacted records so that exporters and later tiers can tell them from raw ones.
package stamp

import "go.opentelemetry.io/collector/pdata/plog"

// The attributes of a stamped record.
const (
	Prefix           = "rrpair.redaction."
	AttributePolicy  = Prefix + "policy"
	AttributeVersion = Prefix + "version"
	AttributeKeyID   = Prefix + "key_id"
	AttributeProcess = Prefix + "process" // random id of the process that stamped
	AttributeMAC     = Prefix + "hmac"    // hex HMAC-SHA256 over the other four and the record's content
)

// Stamp is what a verified record says.
type Stamp struct{ Policy, Version, KeyID string }

// Signer stamps records. Safe for concurrent use.
type Signer struct{}

// NewSigner: key is Keyring.Derive("stamp"); previous are the ids of keys that keyID replaces. It makes the key known to this process's verifiers until Close.
func NewSigner(policy, version, keyID string, key []byte, previous ...string) *Signer {
	return &Signer{}
}

// Sign stamps record; content is its canonical content, as [Content] gives it: the RRPair's compact JSON.
func (s *Signer) Sign(record plog.LogRecord, content []byte) {}

// Close takes the key out of this process's verifiers.
func (s *Signer) Close() {}

// Verifier checks stamps.
type Verifier struct{}

// NewVerifier: keys by id, as derived for stamps (hex or raw is the config's business). Without keys only stamps made in this process count.
func NewVerifier(keys map[string][]byte) *Verifier { return &Verifier{} }

// Verify checks that record was redacted and content not changed since. The error is one of ErrUnstamped, ErrForeign (made elsewhere, and no key to check), ErrForged (does not fit content or key).
func (v *Verifier) Verify(record plog.LogRecord, content []byte) (Stamp, error) { return Stamp{}, nil }

// Replaces are the ids of the keys that keyID replaces (previous of [NewSigner]), as far as a signer in this process says so.
func (v *Verifier) Replaces(keyID string) []string { return nil }
