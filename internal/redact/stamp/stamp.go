// Package stamp marks redacted records so that exporters and later tiers can tell them from raw ones.
//
// A stamp is believed in the process that made it, or by whoever was given the signer's key. Without the key nobody can
// make one, change what it says, or put it on another record.
package stamp

import (
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

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
type Signer struct {
	stamp    Stamp
	keyID    string
	previous []string
	key      *authenticator
}

// NewSigner: key is Keyring.Derive("stamp"); previous are the ids of keys that keyID replaces. It makes the key known to
// this process's verifiers until Close.
func NewSigner(policy, version, keyID string, key []byte, previous ...string) *Signer {
	s := &Signer{stamp: Stamp{Policy: policy, Version: version, KeyID: keyID}, keyID: keyID, previous: slices.Clone(previous), key: newAuthenticator(key)}
	process.add(s)
	return s
}

// Sign stamps record, over any stamp it has; content is its canonical content, as [Content] gives it: the RRPair's compact JSON.
func (s *Signer) Sign(record plog.LogRecord, content []byte) {
	code := s.key.code(s.stamp, process.id(), content)
	defer s.key.done(code)
	attributes := record.Attributes()
	attributes.PutStr(AttributePolicy, s.stamp.Policy)
	attributes.PutStr(AttributeVersion, s.stamp.Version)
	attributes.PutStr(AttributeKeyID, s.stamp.KeyID)
	attributes.PutStr(AttributeProcess, process.id())
	attributes.PutStr(AttributeMAC, string(code.hex[:]))
}

// Close takes the key out of this process's verifiers, unless another open signer has the same: so a policy is exchanged
// by opening the new signer before the old one is closed, and records under way stay believed.
func (s *Signer) Close() { process.remove(s) }

// Verifier checks stamps. Safe for concurrent use.
type Verifier struct{ keys map[string]*authenticator }

// NewVerifier: keys by id, as derived for stamps (hex or raw is the config's business). Stamps of any process are
// believed under these keys. Without keys only stamps made in this process count, by signers that are open: a stamp that
// another process made with the same key is foreign.
func NewVerifier(keys map[string][]byte) *Verifier {
	v := &Verifier{keys: make(map[string]*authenticator, len(keys))}
	for id, key := range keys {
		v.keys[id] = newAuthenticator(key)
	}
	return v
}

// Verify checks that record was redacted and content not changed since. The error is one of ErrUnstamped, ErrForeign (made
// elsewhere, and no key to check), ErrForged (does not fit content or key).
func (v *Verifier) Verify(record plog.LogRecord, content []byte) (Stamp, error) {
	attributes := record.Attributes()
	code := text(attributes, AttributeMAC)
	if code == "" {
		return Stamp{}, ErrUnstamped
	}
	claimed := Stamp{Policy: text(attributes, AttributePolicy), Version: text(attributes, AttributeVersion), KeyID: text(attributes, AttributeKeyID)}
	by := text(attributes, AttributeProcess)
	known := false
	if key := v.keys[claimed.KeyID]; key != nil {
		known = true
		if key.fits(claimed, by, content, code) {
			return claimed, nil
		}
	}
	if by == process.id() {
		for _, signer := range process.open(claimed.KeyID) {
			known = true
			if signer.key.fits(claimed, by, content, code) {
				return claimed, nil
			}
		}
	}
	if !known {
		return Stamp{}, ErrForeign
	}
	return Stamp{}, ErrForged
}

// Replaces are the ids of the keys that keyID replaces (previous of [NewSigner]), newest first, as far as an open signer in this
// process says so.
func (v *Verifier) Replaces(keyID string) (previous []string) {
	for _, signer := range process.open(keyID) {
		for _, id := range signer.previous {
			if !slices.Contains(previous, id) {
				previous = append(previous, id)
			}
		}
	}
	return previous
}

// Strip takes everything off record that is a stamp or looks like one.
func Strip(record plog.LogRecord) {
	record.Attributes().RemoveIf(func(key string, _ pcommon.Value) bool { return strings.HasPrefix(key, Prefix) })
}

func text(attributes pcommon.Map, key string) string {
	value, ok := attributes.Get(key)
	if !ok || value.Type() != pcommon.ValueTypeStr {
		return ""
	}
	return value.Str()
}
