package archive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

const (
	// manifestKey is the object, at the archive's prefix, that says what the archive is.
	manifestKey = "archive.json"
	// manifestFormat is its first member, by which a foreign archive.json is told.
	manifestFormat = "otelcol-byoc/archive"
	// manifestVersion is the newest format version that this code reads and the one it writes.
	manifestVersion = 1
)

// ErrNoArchive: the store answers, but nothing has been archived at this URL.
var ErrNoArchive = errors.New("no archive here")

// Manifest is archive.json. Members that this version does not know are ignored.
type Manifest struct {
	Format      string    `json:"format"`
	Version     int       `json:"version"`
	PartitionBy []string  `json:"partition_by"`
	Created     time.Time `json:"created"`
	Writer      string    `json:"writer"` // program and version that created the archive
	// RedactionKeys are the keys with which data in the archive was redacted, in the order in which they were first
	// used. Data whose redaction nobody vouched for (allow_unredacted) is not in it.
	RedactionKeys []RedactionKey `json:"redaction_keys,omitempty"`
}

// RedactionKey is a key as the manifest knows it: its id tells nothing of the key.
type RedactionKey struct {
	ID     string    `json:"id"`
	Since  time.Time `json:"since"`
	Writer string    `json:"writer"` // program and version that recorded it
}

// Archive is an open archive: a store, and the layout that its manifest fixes. Safe for concurrent use.
type Archive struct {
	store    *bucket.Bucket
	manifest Manifest
}

// Bucket is the store; the archive does not own it.
func (a *Archive) Bucket() *bucket.Bucket { return a.store }

// Layout is how folders are named, as the manifest says.
func (a *Archive) Layout() Layout { return Layout{PartitionBy: a.manifest.PartitionBy} }

// Manifest is what archive.json says.
func (a *Archive) Manifest() Manifest { return a.manifest }

// Identity is scheme://bucket/prefix, as in rrpair.archive.url.
func (a *Archive) Identity() string { return a.store.Identity() }

// Open opens an archive for reading. ErrNoArchive when archive.json is missing.
func Open(ctx context.Context, store *bucket.Bucket) (*Archive, error) {
	manifest, err := readManifest(ctx, store)
	if errors.Is(err, bucket.ErrNotFound) {
		return nil, fmt.Errorf("open archive %s: %w: %s is missing: check bucket and prefix of the url, or send the first RRPair", store.Identity(), ErrNoArchive, manifestKey)
	}
	if err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	return &Archive{store: store, manifest: manifest}, nil
}

// Create opens an archive for writing and creates it if need be; many writers may do so at once. An archive with
// another partitioning is refused: its files could not be found any more. writer is kept in a new archive's manifest.
func Create(ctx context.Context, store *bucket.Bucket, layout Layout, writer string) (*Archive, error) {
	manifest, err := readManifest(ctx, store)
	// Without the right to list, which a writer does not need, S3 and GCS deny that an object is missing: try to create
	// it before the denial is believed.
	if errors.Is(err, bucket.ErrNotFound) || errors.Is(err, bucket.ErrDenied) {
		if writeErr := writeManifest(ctx, store, layout, writer); writeErr == nil {
			manifest, err = readManifest(ctx, store) // ours, or that of a writer who came first
		} else if errors.Is(err, bucket.ErrNotFound) || !errors.Is(writeErr, bucket.ErrDenied) {
			err = writeErr
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	if !slices.Equal(manifest.PartitionBy, layout.PartitionBy) {
		return nil, fmt.Errorf("open archive %s: %w: partition_by is %s here, but the archive was created with %s: set that, or give this archive a prefix of its own",
			store.Identity(), bucket.ErrInvalidConfig, describeKeys(layout.PartitionBy), describeKeys(manifest.PartitionBy))
	}
	return &Archive{store: store, manifest: manifest}, nil
}

func describeKeys(keys []string) string { return "[" + strings.Join(keys, ", ") + "]" }

func writeManifest(ctx context.Context, store *bucket.Bucket, layout Layout, writer string) error {
	keys := layout.PartitionBy
	if keys == nil {
		keys = []string{}
	}
	text, err := encodeManifest(Manifest{
		Format: manifestFormat, Version: manifestVersion, PartitionBy: keys, Created: time.Now().UTC().Truncate(time.Second), Writer: writer,
	}, nil)
	if err != nil {
		return err
	}
	_, err = store.PutIfAbsent(ctx, manifestKey, bytes.NewReader(text), int64(len(text)), bucket.PutOptions{ContentType: "application/json", KeepWarm: true})
	return err
}

func readManifest(ctx context.Context, store *bucket.Bucket) (Manifest, error) {
	text, err := store.Get(ctx, manifestKey)
	if err != nil {
		return Manifest{}, err
	}
	return parseManifest(store, text)
}

func parseManifest(store *bucket.Bucket, text []byte) (Manifest, error) {
	var m Manifest
	object := store.Identity() + "/" + manifestKey
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("read %s: %w: it is not valid JSON: %w", object, bucket.ErrInvalidConfig, err)
	}
	if m.Format != manifestFormat {
		return m, fmt.Errorf("read %s: %w: its format is %q, want %q: something else uses this prefix, choose another", object, bucket.ErrInvalidConfig, m.Format, manifestFormat)
	}
	if m.Version < 1 || m.Version > manifestVersion {
		return m, fmt.Errorf("read %s: %w: the archive has format version %d, this program knows up to %d: update it", object, bucket.ErrInvalidConfig, m.Version, manifestVersion)
	}
	return m, nil
}
