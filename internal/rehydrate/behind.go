package rehydrate

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

const (
	behindFormat  = "otelcol-byoc/behind"
	behindVersion = 1
	behindSuffix  = ".behind.json"
)

// Lateness is how much older than its arrival a pair may be where nobody knows it better: forwarders send within seconds, after
// an outage of theirs within minutes. It also bounds by how much their clocks are ahead.
const Lateness = 10 * time.Minute

// Behind says that documents wait in an exporter's queue for longer than usual, so that the hot store does not have yet
// what came in since. It is a small object below gaps/ in the archive while that lasts.
type Behind struct {
	Format   string    `json:"format"`
	Version  int       `json:"version"`
	Exporter string    `json:"exporter"` // id of the exporter whose queue it is
	Store    string    `json:"store"`    // identity of the hot store
	Since    time.Time `json:"since"`    // when the oldest of the documents that ever waited came in
	Seen     time.Time `json:"seen"`     // the last sign of life
	// EventFrom is the earliest event time of what came in since then, as far as the exporter knows.
	EventFrom time.Time `json:"event_from"`
	// Done says that it is over, for collectors that may write and not delete.
	Done bool `json:"done,omitempty"`

	key string
}

// NewBehind makes the note of an exporter.
func NewBehind(exporter, store string, since, now time.Time) *Behind {
	var random [4]byte
	_, _ = rand.Read(random[:]) // never fails
	since = since.UTC()
	return &Behind{
		Format: behindFormat, Version: behindVersion, Exporter: exporter, Store: store, Since: since, Seen: now.UTC(),
		key: gapFolder(exporter) + since.Format("20060102T150405Z") + "-" + hex.EncodeToString(random[:]) + behindSuffix,
	}
}

// Key is the key of the note's object.
func (b *Behind) Key() string { return b.key }

// Put writes the note.
func (b *Behind) Put(ctx context.Context, store *bucket.Bucket) error {
	data, err := json.Marshal(b)
	if err == nil {
		err = store.Put(ctx, b.key, data, bucket.PutOptions{ContentType: "application/json", KeepWarm: true})
	}
	if err != nil {
		return fmt.Errorf("write note %s: %w", b.key, err)
	}
	return nil
}

// End removes the note, or marks it as done where removing is denied.
func (b *Behind) End(ctx context.Context, store *bucket.Bucket) error {
	err := store.Delete(ctx, b.key)
	if errors.Is(err, bucket.ErrDenied) {
		b.Done = true
		return b.Put(ctx, store)
	}
	if err != nil && !errors.Is(err, bucket.ErrNotFound) {
		return fmt.Errorf("remove note %s: %w", b.key, err)
	}
	return nil
}

// From is the first event time that may be missing.
func (b *Behind) From() time.Time {
	from := b.Since.Add(-Lateness)
	if !b.EventFrom.IsZero() && b.EventFrom.Before(from) {
		from = b.EventFrom
	}
	return from
}

// Gap is the note as a gap, for documents that nobody will bring: the collector died with its queue, or is away for long.
func (b *Behind) Gap(signEvery time.Duration) *Gap {
	gap := NewGap(b.Exporter, b.Store, "documents waited in the queue of a collector that gave no more sign of life", b.Since)
	gap.EventFrom, gap.EventTo = b.From(), b.Seen.Add(2*signEvery+Lateness)
	gap.To, gap.Open = b.Seen, false
	gap.key = strings.TrimSuffix(b.key, behindSuffix) + gapSuffix // one note is one gap, however often it is tried
	return gap
}

// ReadBehind reads the notes that are not over, those of one exporter or, with "", all. One that cannot be understood is an
// error that comes beside the others.
func ReadBehind(ctx context.Context, store *bucket.Bucket, exporter string) (notes []*Behind, err error) {
	prefix := archive.RootGaps
	if exporter != "" {
		prefix = gapFolder(exporter)
	}
	var damaged []error
	for object, err := range store.List(ctx, prefix) {
		if err != nil {
			return notes, fmt.Errorf("list notes of exporters that are behind: %w", err)
		}
		if !strings.HasSuffix(object.Key, behindSuffix) {
			continue
		}
		if object.Size > maxNoteBytes {
			damaged = append(damaged, fmt.Errorf("read note %s: it has %d bytes, a note has some hundreds: look who writes there, and remove it", object.Key, object.Size))
			continue
		}
		data, err := store.Get(ctx, object.Key)
		if errors.Is(err, bucket.ErrNotFound) {
			continue
		}
		if err != nil {
			return notes, fmt.Errorf("read note %s: %w", object.Key, err)
		}
		note := &Behind{key: object.Key}
		if err = json.Unmarshal(data, note); err == nil && (note.Format != behindFormat || note.Version < 1 || note.Version > behindVersion) {
			err = fmt.Errorf("it is a %s of version %d, this program reads %s up to version %d", note.Format, note.Version, behindFormat, behindVersion)
		}
		switch {
		case err != nil:
			damaged = append(damaged, fmt.Errorf("read note %s: %w", object.Key, err))
		case !note.Done:
			notes = append(notes, note)
		}
	}
	return notes, errors.Join(damaged...)
}
