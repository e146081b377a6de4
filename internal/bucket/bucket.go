package bucket

import (
	"context"
	"fmt"
	"time"

	"gocloud.dev/blob"
)

// Bucket is an open store, seen from its prefix: keys are relative to it. Safe for concurrent use.
type Bucket struct {
	cfg      Config
	location location
	blobs    *blob.Bucket // already prefixed
	store    store
	secrets  secrets
	onRetry  func(operation string, err error)
}

// store is what differs between the kinds of store.
type store struct {
	// classify sorts an error that is the store's own; the zero finding leaves it to classifyCommon.
	classify func(error) finding
	// advice says what to do about a kind of error here; operation is what was attempted.
	advice func(operation string, kind error, detail string) string
	// prepare sets on a write what goes beyond gocloud's options: encryption, storage class, tags.
	prepare func(as func(any) bool, w write) error
	// startAfter narrows a listing to keys at or after this one, as far as the store can; nil: it cannot.
	startAfter func(as func(any) bool, key string) error
	// etag reads the version of a listed object.
	etag func(*blob.ListObject) string
	// partSize is the size, in bytes, of the pieces of a large upload; minPart the least that the driver accepts.
	partSize, minPart int
	// remove deletes a key as the store has it, in one request; nil: gocloud's way.
	remove func(ctx context.Context, key string) error
	// check replaces the listing that Check makes.
	check func(ctx context.Context) error
	// close frees connections and waits for goroutines of the driver.
	close func() error
}

// write is what a store's prepare needs to know about one upload.
type write struct {
	size     int64
	keepWarm bool
	ifAbsent bool
}

// Object is one object of a listing or Stat.
type Object struct {
	Key     string
	Size    int64     // bytes
	ModTime time.Time // when it was stored, by the store's clock
	ETag    string    // changes when the content does; without quotes; "" when the store gives none
}

// Option changes how a bucket behaves, not where it is.
type Option func(*Bucket)

// WithRetryObserver calls observe before each retry inside a call, with the operation and the error that caused it
// (see Cause). It must be quick and safe for concurrent use.
func WithRetryObserver(observe func(operation string, err error)) Option {
	return func(b *Bucket) { b.onRetry = observe }
}

// Open reads the configuration and prepares the store's client. It sends nothing to the store (Check does), so an
// unreachable store opens; errors are mistakes in the configuration (ErrInvalidConfig) or credentials that cannot be
// found (ErrDenied). A mem:// store is new and empty at each Open. Close it when done.
func Open(ctx context.Context, cfg Config, options ...Option) (*Bucket, error) {
	cfg = cfg.withDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, &Error{Operation: "open", Object: "the bucket", Kind: ErrInvalidConfig, Detail: err.Error()}
	}
	l, err := parseURL(cfg.URL)
	if err != nil {
		return nil, &Error{Operation: "open", Object: "the bucket", Kind: ErrInvalidConfig, Detail: err.Error()}
	}
	b := &Bucket{cfg: cfg, location: l, secrets: cfg.secretValues(), store: store{classify: classifyCommon, advice: func(string, error, string) string { return "" }}}
	for _, option := range options {
		option(b)
	}
	var blobs *blob.Bucket
	switch l.scheme {
	case schemeS3:
		blobs, err = b.openS3(ctx)
	case schemeGCS:
		blobs, err = b.openGCS(ctx)
	case schemeAzure:
		blobs, err = b.openAzure(ctx)
	case schemeFile:
		blobs, err = b.openFolder()
	default:
		blobs = b.openMemory()
	}
	if err != nil {
		return nil, b.wrap("open", "", err)
	}
	if l.prefix != "" && l.scheme != schemeFile {
		blobs = blob.PrefixedBucket(blobs, l.prefix+"/")
	}
	b.blobs = blobs
	return b, nil
}

// Identity is scheme://bucket/prefix without a trailing slash: what names this archive in records. It holds no
// endpoint, no parameter and no credentials.
func (b *Bucket) Identity() string { return b.location.identity() }

// String is Identity.
func (b *Bucket) String() string { return b.Identity() }

func (b *Bucket) objectName(key string) string {
	if key == "" {
		return b.Identity()
	}
	return b.Identity() + "/" + key
}

// Check makes one cheap round trip (a listing of at most one key under the prefix) and says what is wrong:
// ErrNoBucket, ErrDenied, ErrUnreachable, ErrInvalidConfig, …, with Advice. It proves nothing about writing.
func (b *Bucket) Check(ctx context.Context) error {
	return b.attempt(ctx, "reach", "", b.cfg.RequestTimeout, func(ctx context.Context) error {
		if b.store.check != nil {
			return b.store.check(ctx)
		}
		_, _, err := b.blobs.ListPage(ctx, blob.FirstPageToken, 1, nil)
		return err
	})
}

// Close frees connections. Calls that are under way fail.
func (b *Bucket) Close() error {
	err := b.blobs.Close()
	if b.store.close != nil {
		if closeErr := b.store.close(); err == nil {
			err = closeErr
		}
	}
	if err != nil {
		return fmt.Errorf("close %s: %s", b.Identity(), b.secrets.scrub(err.Error()))
	}
	return nil
}

// secretValues lists what may never be printed.
func (c Config) secretValues() secrets {
	return secrets{
		string(c.S3.AccessKeyID), string(c.S3.SecretAccessKey), string(c.S3.SessionToken), string(c.S3.ExternalID),
		string(c.GCS.CredentialsJSON), string(c.Azure.ConnectionString), string(c.Azure.AccountKey), string(c.Azure.SASToken),
	}
}
