package rehydrate

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

const (
	gapFormat    = "otelcol-byoc/gap"
	gapVersion   = 1
	gapSuffix    = ".json"
	ledgerSuffix = ".ledger.json"
	// maxNoteBytes bounds what is read of a gap or a note: those that we write name at most some thousand hours.
	maxNoteBytes = 16 << 20
)

// Gap says that a hot store lacks documents whose pairs are, or soon will be, in the archive. It is a small object below
// gaps/ there, and is removed when the documents are in the store.
type Gap struct {
	Format   string `json:"format"`
	Version  int    `json:"version"`
	Exporter string `json:"exporter"` // id of the exporter that missed them
	Store    string `json:"store"`    // identity of the hot store that lacks them
	Reason   string `json:"reason"`
	// From and To are when the first and the last of them were missed, by the collector's clock.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Folders are the partition hours of the archive in which the pairs belong. They are complete at any time.
	Folders []string `json:"folders"`
	// EventFrom and EventTo are the first and the last event time of the pairs, both inclusive, and Records is how many
	// were missed, those counted again that a sender sent again. All three lag behind while the gap is open.
	EventFrom time.Time `json:"event_from"`
	EventTo   time.Time `json:"event_to"`
	Records   int64     `json:"records"`
	Open      bool      `json:"open"` // more may be missed

	key string
}

// NewGap begins a gap at that time.
func NewGap(exporter, store, reason string, at time.Time) *Gap {
	var random [4]byte
	_, _ = rand.Read(random[:]) // never fails
	at = at.UTC()
	return &Gap{
		Format: gapFormat, Version: gapVersion, Exporter: exporter, Store: store, Reason: reason, From: at, To: at, Open: true,
		key: gapFolder(exporter) + at.Format("20060102T150405Z") + "-" + hex.EncodeToString(random[:]) + gapSuffix,
	}
}

func gapFolder(exporter string) string {
	return archive.RootGaps + strings.ReplaceAll(exporter, "/", "_") + "/"
}

// Key is the key of the gap's object.
func (g *Gap) Key() string { return g.key }

// Miss extends the gap by records in these folders; new says that a folder was not in it before.
func (g *Gap) Miss(at time.Time, folders []string, records int, from, to time.Time) (isNew bool) {
	for _, folder := range folders {
		if !slices.Contains(g.Folders, folder) {
			g.Folders = append(g.Folders, folder)
			isNew = true
		}
	}
	if at = at.UTC(); at.After(g.To) {
		g.To = at
	}
	if g.Records == 0 || from.Before(g.EventFrom) {
		g.EventFrom = from
	}
	if to.After(g.EventTo) {
		g.EventTo = to
	}
	g.Records += int64(records)
	return isNew
}

// Clone copies the gap.
func (g *Gap) Clone() *Gap {
	copied := *g
	copied.Folders = slices.Clone(g.Folders)
	return &copied
}

// covers says whether the gap may lack a pair of that time; an open one may lack any of its hours. Names of files and
// columns drop what is below a microsecond.
func (g *Gap) covers(low, high time.Time) bool {
	return g.Open || g.EventTo.IsZero() ||
		!high.Before(g.EventFrom.Add(-time.Microsecond)) && !low.After(g.EventTo.Add(time.Microsecond))
}

// Put writes the gap to the archive, over what it was before.
func (g *Gap) Put(ctx context.Context, store *bucket.Bucket) error {
	data, err := json.Marshal(g)
	if err == nil {
		err = store.Put(ctx, g.key, data, bucket.PutOptions{ContentType: "application/json", KeepWarm: true})
	}
	if err != nil {
		return fmt.Errorf("write gap %s: %w", g.key, err)
	}
	return nil
}

// ReadGaps reads the gaps that lie in the archive, those of one exporter or, with "", all, in order of their names. A gap
// that vanishes meanwhile is left out. One that cannot be understood is an error that comes beside the others.
func ReadGaps(ctx context.Context, store *bucket.Bucket, exporter string) (gaps []*Gap, err error) {
	prefix := archive.RootGaps
	if exporter != "" {
		prefix = gapFolder(exporter)
	}
	var damaged []error
	for object, err := range store.List(ctx, prefix) {
		if err != nil {
			return gaps, fmt.Errorf("list gaps: %w", err)
		}
		if !strings.HasSuffix(object.Key, gapSuffix) || strings.HasSuffix(object.Key, ledgerSuffix) || strings.HasSuffix(object.Key, behindSuffix) {
			continue
		}
		if object.Size > maxNoteBytes {
			damaged = append(damaged, fmt.Errorf("read gap %s: it has %d bytes, a gap has some hundreds: look who writes there, and remove it", object.Key, object.Size))
			continue
		}
		data, err := store.Get(ctx, object.Key)
		if errors.Is(err, bucket.ErrNotFound) {
			continue
		}
		if err != nil {
			return gaps, fmt.Errorf("read gap %s: %w", object.Key, err)
		}
		gap := &Gap{key: object.Key}
		if err = json.Unmarshal(data, gap); err == nil && (gap.Format != gapFormat || gap.Version < 1 || gap.Version > gapVersion) {
			err = fmt.Errorf("it is a %s of version %d, this program reads %s up to version %d", gap.Format, gap.Version, gapFormat, gapVersion)
		}
		if err != nil {
			damaged = append(damaged, fmt.Errorf("read gap %s: %w", object.Key, err))
			continue
		}
		gaps = append(gaps, gap)
	}
	return gaps, errors.Join(damaged...)
}

// Remove takes the gap out of the archive: the hot store has all of it.
func (g *Gap) Remove(ctx context.Context, store *bucket.Bucket) error {
	// The gap first: a ledger that is left alone does no harm.
	for _, key := range []string{g.key, g.ledgerKey()} {
		if err := store.Delete(ctx, key); err != nil {
			return fmt.Errorf("remove %s: %w", key, err)
		}
	}
	return nil
}

func (g *Gap) ledgerKey() string { return strings.TrimSuffix(g.key, gapSuffix) + ledgerSuffix }

// ledger is how far the backfill of a gap has come: a matter of single objects, never of a mark that all have passed.
type ledger struct {
	Objects   []string `json:"objects"` // files of the archive whose documents are in the store
	Documents int64    `json:"documents"`
	Stored    int64    `json:"stored"` // of those, the ones that the store lacked
}

func (g *Gap) readLedger(ctx context.Context, store *bucket.Bucket) (*ledger, error) {
	data, err := store.Get(ctx, g.ledgerKey())
	if errors.Is(err, bucket.ErrNotFound) {
		return new(ledger), nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the ledger of gap %s: %w", g.key, err)
	}
	l := new(ledger)
	if json.Unmarshal(data, l) != nil {
		return new(ledger), nil // beginning anew costs time and nothing else
	}
	return l, nil
}

func (g *Gap) writeLedger(ctx context.Context, store *bucket.Bucket, l *ledger) error {
	data, err := json.Marshal(l)
	if err == nil {
		err = store.Put(ctx, g.ledgerKey(), data, bucket.PutOptions{ContentType: "application/json", KeepWarm: true})
	}
	if err != nil {
		return fmt.Errorf("write the ledger of gap %s: %w", g.key, err)
	}
	return nil
}
