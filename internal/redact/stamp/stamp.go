// Package stamp marks redacted records so that exporters and later tiers can tell them from raw ones.
package stamp

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"slices"
	"sync"

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

// process is what the signers of this process share with its verifiers: exporters cannot be handed a processor's key.
var process = struct {
	id   func() string
	mu   sync.RWMutex
	keys map[string][]*Signer // open ones, by key id
}{
	id:   sync.OnceValue(rand.Text),
	keys: map[string][]*Signer{},
}

// Signer stamps records. Safe for concurrent use.
type Signer struct {
	policy, version, keyID string
	previous               []string
	key                    *authenticator
}

// NewSigner: key is Keyring.Derive("stamp"); previous are the ids of keys that keyID replaces. It makes the key known to this process's verifiers until Close.
func NewSigner(policy, version, keyID string, key []byte, previous ...string) *Signer {
	s := &Signer{policy: policy, version: version, keyID: keyID, previous: slices.Clone(previous), key: newAuthenticator(key)}
	process.mu.Lock()
	defer process.mu.Unlock()
	process.keys[keyID] = append(process.keys[keyID], s)
	return s
}

// Sign stamps record; content is its canonical content, as [Content] gives it: the RRPair's compact JSON.
func (s *Signer) Sign(record plog.LogRecord, content []byte) {
	attributes := record.Attributes()
	attributes.PutStr(AttributePolicy, s.policy)
	attributes.PutStr(AttributeVersion, s.version)
	attributes.PutStr(AttributeKeyID, s.keyID)
	attributes.PutStr(AttributeProcess, process.id())
	attributes.PutStr(AttributeMAC, string(s.key.hex(s.policy, s.version, s.keyID, process.id(), content)))
}

// Close takes the key out of this process's verifiers.
func (s *Signer) Close() {
	process.mu.Lock()
	defer process.mu.Unlock()
	signers := slices.DeleteFunc(process.keys[s.keyID], func(other *Signer) bool { return other == s })
	if len(signers) == 0 {
		delete(process.keys, s.keyID)
		return
	}
	process.keys[s.keyID] = signers
}

// Verifier checks stamps.
type Verifier struct{ keys map[string]*authenticator }

// NewVerifier: keys by id, as derived for stamps (hex or raw is the config's business). Without keys only stamps made in this process count.
func NewVerifier(keys map[string][]byte) *Verifier {
	v := &Verifier{keys: map[string]*authenticator{}}
	for id, key := range keys {
		v.keys[id] = newAuthenticator(key)
	}
	return v
}

// Verify checks that record was redacted and content not changed since. The error is one of ErrUnstamped, ErrForeign (made elsewhere, and no key to check), ErrForged (does not fit content or key).
func (v *Verifier) Verify(record plog.LogRecord, content []byte) (Stamp, error) {
	attributes := record.Attributes()
	mac := text(attributes, AttributeMAC)
	if mac == "" {
		return Stamp{}, ErrUnstamped
	}
	made := Stamp{Policy: text(attributes, AttributePolicy), Version: text(attributes, AttributeVersion), KeyID: text(attributes, AttributeKeyID)}
	known := false
	for _, key := range v.candidates(made.KeyID) {
		known = true
		want := key.hex(made.Policy, made.Version, made.KeyID, text(attributes, AttributeProcess), content)
		if hmac.Equal(want, []byte(mac)) {
			return made, nil
		}
	}
	if !known {
		return Stamp{}, ErrForeign
	}
	return Stamp{}, ErrForged
}

func (v *Verifier) candidates(keyID string) (keys []*authenticator) {
	if key := v.keys[keyID]; key != nil {
		keys = append(keys, key)
	}
	process.mu.RLock()
	defer process.mu.RUnlock()
	for _, signer := range process.keys[keyID] {
		keys = append(keys, signer.key)
	}
	return keys
}

// Replaces are the ids of the keys that keyID replaces (previous of [NewSigner]), as far as a signer in this process says so.
func (v *Verifier) Replaces(keyID string) (previous []string) {
	process.mu.RLock()
	defer process.mu.RUnlock()
	for _, signer := range process.keys[keyID] {
		previous = append(previous, signer.previous...)
	}
	return previous
}

func text(attributes pcommon.Map, key string) string {
	value, ok := attributes.Get(key)
	if !ok || value.Type() != pcommon.ValueTypeStr {
		return ""
	}
	return value.Str()
}

// authenticator makes codes with one key and reuses its states.
type authenticator struct{ pool sync.Pool }

type state struct {
	hash hash.Hash
	head []byte
	sum  []byte
}

func newAuthenticator(key []byte) *authenticator {
	key = slices.Clone(key)
	return &authenticator{pool: sync.Pool{New: func() any { return &state{hash: hmac.New(sha256.New, key)} }}}
}

// hex is the code as it stands in the attribute. Each text has its length before it, so that none can flow into the next.
func (a *authenticator) hex(policy, version, keyID, process string, content []byte) []byte {
	s, ok := a.pool.Get().(*state)
	if !ok {
		return nil
	}
	defer a.pool.Put(s)
	s.head = s.head[:0]
	for _, part := range [...]string{policy, version, keyID, process} {
		s.head = append(binary.AppendUvarint(s.head, uint64(len(part))), part...)
	}
	s.hash.Reset()
	s.hash.Write(s.head)
	s.hash.Write(content)
	s.sum = s.hash.Sum(s.sum[:0])
	return hex.AppendEncode(nil, s.sum)
}
