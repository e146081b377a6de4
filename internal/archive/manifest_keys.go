package archive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

const (
	// keySettle is how long a writer waits after it changed archive.json before it looks whether another one's change,
	// made at the same moment, has taken its own away; up to as much again is added at random. Stores have no
	// compare-and-set that all of them share, and a new key is a matter of once in months.
	keySettle = 100 * time.Millisecond
	// keyAttempts bounds how often a writer changes the manifest in one call.
	keyAttempts = 5
)

// UndeclaredKeyError says that data redacted with one key was to join data redacted with others, and nobody has said that
// this is meant. One person would have two surrogates then, and replays would no longer correlate.
type UndeclaredKeyError struct {
	Archive string   // its identity
	Key     string   // the id of the new key
	Known   []string // the ids in archive.json
}

// Error says what to do.
func (e *UndeclaredKeyError) Error() string {
	return fmt.Sprintf("archive %s holds data redacted with key %q, and now comes data redacted with key %q: the same value would get different surrogates. "+
		"If the key was rotated, list the earlier one under processors::redact::previous_keys; if several collectors redact with keys of their own, list all of them under extensions::archive::redaction::verify_keys; "+
		"else give this collector the key of the others. The records wait in the queue", e.Archive, e.Known, e.Key)
}

// RecordKeys makes sure that archive.json lists the keys with which data is redacted that is about to be written. The
// first key of an archive is listed as it comes; another one only when declared says so of it and the ids that are listed
// before it, else the error is an [*UndeclaredKeyError]. Many writers may do so at once. It returns the ids that are listed.
func (a *Archive) RecordKeys(ctx context.Context, keys []string, writer string, declared func(key string, known []string) bool) ([]string, error) {
	for range keyAttempts {
		text, err := a.store.Get(ctx, manifestKey)
		if err != nil {
			return nil, fmt.Errorf("read the archive's redaction keys: %w", err)
		}
		manifest, err := parseManifest(a.store, text)
		if err != nil {
			return nil, fmt.Errorf("read the archive's redaction keys: %w", err)
		}
		known := manifest.keyIDs()
		changed := false
		for _, key := range keys {
			if slices.Contains(known, key) {
				continue
			}
			if len(known) > 0 && !declared(key, known) {
				return nil, &UndeclaredKeyError{Archive: a.Identity(), Key: key, Known: known}
			}
			known, changed = append(known, key), true
			manifest.RedactionKeys = append(manifest.RedactionKeys, RedactionKey{ID: key, Since: time.Now().UTC().Truncate(time.Second), Writer: writer})
		}
		if !changed {
			return known, nil
		}
		if text, err = encodeManifest(manifest, text); err != nil {
			return nil, fmt.Errorf("record redaction keys %q: %w", keys, err)
		}
		if err := a.store.Put(ctx, manifestKey, text, bucket.PutOptions{ContentType: "application/json", KeepWarm: true}); err != nil {
			return nil, fmt.Errorf("record redaction keys %q in %s (the collector must be allowed to replace this one object): %w", keys, manifestKey, err)
		}
		if err := sleep(ctx, keySettle+rand.N(keySettle)); err != nil {
			return nil, err
		}
	}
	return nil, errBusyManifest
}

var errBusyManifest = errors.New("record redaction keys: other collectors change archive.json all the time: this one tries again")

func sleep(ctx context.Context, duration time.Duration) error {
	select {
	case <-time.After(duration):
		return nil
	case <-ctx.Done():
		return fmt.Errorf("record redaction keys: %w", context.Cause(ctx))
	}
}

func (m *Manifest) keyIDs() []string {
	ids := make([]string, len(m.RedactionKeys))
	for i, key := range m.RedactionKeys {
		ids[i] = key.ID
	}
	return ids
}

// encodeManifest writes archive.json. Members of the text before that this version does not know stay.
func encodeManifest(manifest Manifest, before []byte) ([]byte, error) {
	text, err := json.Marshal(manifest)
	if err != nil {
		return nil, err
	}
	var ours, others map[string]json.RawMessage
	if err := json.Unmarshal(text, &ours); err != nil {
		return nil, err
	}
	if before != nil {
		if err := json.Unmarshal(before, &others); err != nil {
			return nil, err
		}
	}
	text = text[:len(text)-1]
	for _, name := range slices.Sorted(maps.Keys(others)) {
		if _, known := ours[name]; !known {
			quoted, err := json.Marshal(name)
			if err != nil {
				return nil, err
			}
			text = append(append(append(append(text, ','), quoted...), ':'), others[name]...)
		}
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, append(text, '}'), "", "  "); err != nil {
		return nil, err
	}
	return append(indented.Bytes(), '\n'), nil
}
