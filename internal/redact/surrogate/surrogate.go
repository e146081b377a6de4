// Package surrogate makes the values that stand for redacted ones: keyed, deterministic, of the original's type and
// shape, and recognised when they come again.
//
// A surrogate is made from HMAC-SHA256(key, kind | canonical value), of which some places are filled; a keyed check over
// these fills the others. So a surrogate is recognised by itself, without any state, by whoever has the key. How many
// places the check gets is a trade: a real value passes for a surrogate, and stays, once in 2^(bits of the check), and
// there are 2^(bits of the rest) different surrogates. Where ranges exist that real values never have, surrogates lie in
// them; since people write such values as examples, and examples are redacted as well, there is a check even there.
package surrogate

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// MinSecret is the length of the shortest key in bytes: 128 bits cannot be guessed.
const MinSecret = 16

// Key is a redaction key.
type Key struct {
	ID     string // its fingerprint when the user names none; stored beside redacted data, tells nothing of the key
	Secret []byte // at least 16 bytes
}

// String keeps the secret out of logs and errors.
func (k Key) String() string { return "redaction key " + k.ID }

// GoString keeps the secret out of logs and errors.
func (k Key) GoString() string { return k.String() }

// Keyring makes surrogates with its first key and recognises those of all its keys. Safe for concurrent use.
type Keyring struct {
	keys   []Key
	checks []sipKey // by key, for the checks inside surrogates
	makers sync.Pool
	recent recent
}

// NewKeyring fails when a key is too short or an id comes twice.
func NewKeyring(current Key, previous ...Key) (*Keyring, error) {
	ring := &Keyring{}
	seen := make(map[string]bool)
	for _, key := range append([]Key{current}, previous...) {
		switch {
		case len(key.Secret) < MinSecret:
			return nil, fmt.Errorf("add redaction key %q: it has %d bytes and needs at least %d; make one with openssl rand -hex 32", key.ID, len(key.Secret), MinSecret)
		case key.ID == "":
			return nil, errors.New("add redaction key: it has no id")
		case seen[key.ID]:
			return nil, fmt.Errorf("add redaction key %q: the id is there already; every key needs its own", key.ID)
		}
		seen[key.ID] = true
		ring.keys = append(ring.keys, Key{ID: key.ID, Secret: append([]byte(nil), key.Secret...)})
		check := derive(key.Secret, "surrogate check")
		ring.checks = append(ring.checks, sipKey{binary.LittleEndian.Uint64(check), binary.LittleEndian.Uint64(check[8:])})
	}
	ring.makers.New = func() any { return newMaker(ring) }
	return ring, nil
}

// String keeps the keys out of logs and errors.
func (k *Keyring) String() string { return "keyring of " + k.keys[0].String() }

// GoString keeps the keys out of logs and errors.
func (k *Keyring) GoString() string { return k.String() }

// KeyID is the id of the key that makes surrogates.
func (k *Keyring) KeyID() string { return k.keys[0].ID }

// PreviousIDs are the ids of the keys that the current one replaces, in the order they were given in.
func (k *Keyring) PreviousIDs() []string {
	ids := make([]string, 0, len(k.keys)-1)
	for _, key := range k.keys[1:] {
		ids = append(ids, key.ID)
	}
	return ids
}

// Derive gives a 32-byte key for another purpose (stamps, hashes of dead letters), from which the redaction key cannot be found.
func (k *Keyring) Derive(purpose string) []byte { return derive(k.keys[0].Secret, purpose) }

// DerivePrevious gives what Derive gave while the key of that id was the current one; nil when the ring has no such key.
func (k *Keyring) DerivePrevious(id, purpose string) []byte {
	for _, key := range k.keys {
		if key.ID == id {
			return derive(key.Secret, purpose)
		}
	}
	return nil
}

// derive is HKDF-SHA256 (RFC 5869).
func derive(secret []byte, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, "otelcol-byoc redaction: "+purpose, 32)
	if err != nil { // only for lengths over 8,160 bytes
		panic(err)
	}
	return key
}

// Append appends the surrogate of value: of the same type and shape (length and character set hold where replay needs
// them), the same for every spelling of the value (see [AppendCanonical]), and different for different values but for
// chance. What is a surrogate already is appended as it is. It keeps nothing of value.
func (k *Keyring) Append(dst []byte, kind detect.Type, value []byte) []byte {
	if len(value) == 0 {
		return dst
	}
	place := k.place(kind, value)
	if known := k.recent.get(place); known != nil {
		return append(dst, known...)
	}
	m := k.maker()
	defer k.makers.Put(m)
	if m.made(kind, value) {
		return append(dst, value...)
	}
	length := len(dst)
	dst = m.append(dst, kind, value)
	k.recent.put(place, dst[length:])
	return dst
}

// Made says whether value is a surrogate or token of one of the keys, or a mask: it must stay as it is. The odds that it
// takes a real value for one are the check's, by kind and length: 1 in 2^30 for an email, 2^32 for an IPv6 address, 2^36
// for a secret of 16 or more letters and digits; for digits alone 1 in 100 (3 to 5), 1,000 (6 and 7), 10,000 (8 to 10).
// In ranges that real values do not have: 1 in 100 for a card, NPI or ABA number, 10 for an SSN, 16 for a phone, 8 for
// an IPv4 address and a birth date (years 1905 to 1929).
func (k *Keyring) Made(kind detect.Type, value []byte) bool {
	if len(value) == 0 || k.recent.get(k.place(kind, value)) != nil {
		return false
	}
	m := k.maker()
	defer k.makers.Put(m)
	return m.made(kind, value)
}

func (k *Keyring) maker() *maker { return k.makers.Get().(*maker) }

func (m *maker) made(kind detect.Type, value []byte) bool {
	if isToken(value) || Masked(value) {
		return true
	}
	switch kind {
	case detect.Email:
		return m.madeEmail(value)
	case detect.Phone:
		return m.madePhone(value)
	case detect.Card:
		return m.madeCard(value)
	case detect.SSN, detect.ITIN:
		return m.madeSSN(value)
	case detect.IBAN:
		return m.madeIBAN(value)
	case detect.ABA:
		return m.madeABA(value)
	case detect.NPI:
		return m.madeNPI(value)
	case detect.IPv4, detect.IPv6:
		return m.madeAddress(value)
	case detect.MAC:
		return m.madeMAC(value)
	case detect.GPS:
		return m.madeGPS(value)
	case detect.BirthDate:
		return m.madeDate(value)
	case detect.PersonName, detect.Address:
		return m.madeWords(value)
	case detect.NationalID, detect.TaxID, detect.Passport, detect.DriverLicense, detect.BankAccount, detect.MedicalRecord,
		detect.HealthID, detect.CardCode, detect.PostalCode, detect.DeviceID:
		return m.madeIdentifier(kind, value) || m.madeUUID(value)
	default:
		return m.madeSecret(kind, value)
	}
}

func (m *maker) append(dst []byte, kind detect.Type, value []byte) []byte {
	switch kind {
	case detect.Email:
		return m.appendEmail(dst, value)
	case detect.Phone:
		return m.appendPhone(dst, value)
	case detect.Card:
		return m.appendCard(dst, value)
	case detect.SSN, detect.ITIN:
		return m.appendSSN(dst, value)
	case detect.IBAN:
		return m.appendIBAN(dst, value)
	case detect.ABA:
		return m.appendABA(dst, value)
	case detect.NPI:
		return m.appendNPI(dst, value)
	case detect.IPv4, detect.IPv6:
		return m.appendAddress(dst, value)
	case detect.MAC:
		return m.appendMAC(dst, value)
	case detect.GPS:
		return m.appendGPS(dst, value)
	case detect.BirthDate:
		return m.appendDate(dst, value)
	case detect.PersonName, detect.Address:
		return m.appendWords(dst, kind, value)
	case detect.NationalID, detect.TaxID, detect.Passport, detect.DriverLicense, detect.BankAccount, detect.MedicalRecord,
		detect.HealthID, detect.CardCode, detect.PostalCode, detect.DeviceID:
		if uuidShaped(value) {
			return m.appendUUID(dst, value)
		}
		return m.appendIdentifier(dst, kind, value)
	default:
		return m.appendSecret(dst, kind, value)
	}
}
