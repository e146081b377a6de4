package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.opentelemetry.io/collector/confmap"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

// openArchive opens the archive that the flags, BYOC_ARCHIVE or the current context name, for reading. The caller
// closes the bucket. Errors say what to do about a wrong URL, a missing bucket, denied access or an empty place.
func (a *app) openArchive(ctx context.Context) (*archive.Archive, *bucket.Bucket, error) {
	settings, err := a.locateArchive(ctx)
	if err != nil {
		return nil, nil, err
	}
	store, err := openBucket(ctx, settings)
	if err != nil {
		return nil, nil, err
	}
	opened, err := archive.Open(ctx, store)
	if errors.Is(err, bucket.ErrNoBucket) && inFolder(store.Identity()) {
		err = fmt.Errorf("%w; with ?create_directory=true the collector makes it at its start", err)
	}
	if err != nil {
		return nil, nil, errors.Join(err, store.Close())
	}
	return opened, store, nil
}

// openBucket takes from an archive extension's settings what concerns the store; the rest (partition_by, the dead
// letter, …) is the collector's business.
func openBucket(ctx context.Context, settings *confmap.Conf) (*bucket.Bucket, error) {
	config := bucket.NewDefaultConfig()
	if err := settings.Unmarshal(&config, confmap.WithIgnoreUnused()); err != nil {
		return nil, usagef("the archive's settings are wrong: %w", err)
	}
	if err := config.Validate(); err != nil {
		return nil, usagef("the archive's settings are wrong: %w", err)
	}
	if inMemory(config.URL) {
		return nil, usagef("the archive %s lives inside the collector's process and cannot be read from outside: use file:///folder or a bucket in the collector's archive extension", config.URL)
	}
	if inFolder(config.URL) {
		// No create_directory: a folder that is made here belongs to who asks, and the collector may not write to it.
		config.URL, _, _ = strings.Cut(config.URL, "?")
	}
	store, err := bucket.Open(ctx, config)
	if err != nil {
		return nil, err
	}
	return store, nil
}

// inFolder says that a URL names a folder.
func inFolder(url string) bool { return strings.HasPrefix(strings.ToLower(url), "file://") }

// inMemory says that a URL names a store in the memory of whichever process opens it.
func inMemory(url string) bool { return strings.HasPrefix(strings.ToLower(url), "mem://") }
