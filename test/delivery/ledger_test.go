package delivery

import (
	"context"
	"crypto/sha256"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// ledger is what the senders know: every pair that may have been sent, with its content, and which were acknowledged.
type ledger struct {
	mu           sync.Mutex
	sent         map[rrpair.UUID][sha256.Size]byte
	acknowledged map[rrpair.UUID]bool
}

func newLedger() *ledger {
	return &ledger{sent: map[rrpair.UUID][sha256.Size]byte{}, acknowledged: map[rrpair.UUID]bool{}}
}

func (l *ledger) sending(pairs []sentPair) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, pair := range pairs {
		l.sent[pair.id] = pair.content
	}
}

func (l *ledger) acknowledge(pairs []sentPair) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, pair := range pairs {
		l.acknowledged[pair.id] = true
	}
}

func (l *ledger) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acknowledged)
}

// stored is what a reader of the archive finds.
type stored struct {
	records int // duplicates included
	files   int
	content map[rrpair.UUID][sha256.Size]byte
	changed []rrpair.UUID // came twice with different content
}

func readArchive(t *testing.T, config bucket.Config) stored {
	t.Helper()
	store, err := bucket.Open(t.Context(), config)
	require.NoError(t, err)
	defer store.Close()
	found := stored{content: map[rrpair.UUID][sha256.Size]byte{}}
	stats, err := archive.Scan(context.Background(), store, archive.ScanOptions{}, func(record *archive.Record) error {
		content := sha256.Sum256(record.JSON)
		if before, twice := found.content[record.UUID]; twice && before != content {
			found.changed = append(found.changed, record.UUID)
		}
		found.content[record.UUID] = content
		found.records++
		return nil
	})
	require.NoError(t, err)
	require.Empty(t, stats.Skipped, "every file can be read")
	found.files = stats.FilesRead
	return found
}

// missing are the acknowledged pairs that are not in the archive as they were sent.
func (l *ledger) missing(found stored) (missing []rrpair.UUID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id := range l.acknowledged {
		if found.content[id] != l.sent[id] {
			missing = append(missing, id)
		}
	}
	return missing
}

// invented are the pairs in the archive that nobody sent.
func (l *ledger) invented(found stored) (invented []rrpair.UUID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id := range found.content {
		if _, sent := l.sent[id]; !sent {
			invented = append(invented, id)
		}
	}
	return invented
}
