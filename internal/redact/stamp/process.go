package stamp

import (
	"crypto/rand"
	"slices"
	"sync"
)

// process is what the signers of this process share with its verifiers. It is state of the package because a processor
// and an exporter are built by the collector from unrelated factories, in no order, and cannot be handed each other's
// keys; and because what it holds is a fact of the process: who in it may stamp.
var process = registry{
	id:      sync.OnceValue(rand.Text),
	signers: map[string][]*Signer{},
}

type registry struct {
	id      func() string // random, so that no other process can name it
	mu      sync.RWMutex
	signers map[string][]*Signer // open ones, by key id
}

func (r *registry) add(s *Signer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.signers[s.keyID] = append(slices.Clone(r.signers[s.keyID]), s)
}

// remove takes one of perhaps several signers with a key away. Slices are replaced, never changed: verifiers read them.
func (r *registry) remove(s *Signer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	left := slices.DeleteFunc(slices.Clone(r.signers[s.keyID]), func(other *Signer) bool { return other == s })
	if len(left) == 0 {
		delete(r.signers, s.keyID)
		return
	}
	r.signers[s.keyID] = left
}

func (r *registry) open(keyID string) []*Signer {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.signers[keyID]
}
