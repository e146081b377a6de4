package opensearch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

var _ hotstore.Beginner = (*Store)(nil)

// The template carries since when the store holds everything: it is there before the first document and outlives every
// index.
const (
	metaKey  = "_meta"
	sinceKey = "since"
)

// Since implements hotstore.Beginner. Who may not read templates is told that there is no mark; who is not let in at all
// gets the error.
func (s *Store) Since(ctx context.Context) (time.Time, error) {
	template, err := s.getTemplate(ctx)
	switch {
	case errors.Is(err, hotstore.ErrDenied) && !hasStatus(err, http.StatusUnauthorized):
		return time.Time{}, nil
	case err != nil:
		return time.Time{}, err
	default:
		return sinceOf(template), nil
	}
}

// SetSince implements hotstore.Beginner. The rest of the template stays as it is, right or not.
func (s *Store) SetSince(ctx context.Context, since time.Time) error {
	present, err := s.getTemplate(ctx)
	if err != nil {
		return err
	}
	if present == nil {
		return fmt.Errorf("%w: there is no index template %s", hotstore.ErrNotSetUp, s.cfg.Index)
	}
	var template object
	decoder := json.NewDecoder(bytes.NewReader(present))
	decoder.UseNumber()
	if err := decoder.Decode(&template); err != nil {
		return fmt.Errorf("read the index template %s: %w", s.cfg.Index, err)
	}
	return s.putTemplate(ctx, withSince(template, since))
}

// withSince puts the mark into a template.
func withSince(template object, since time.Time) object {
	meta, isObject := template[metaKey].(object)
	if !isObject {
		meta = object{}
		template[metaKey] = meta
	}
	meta[sinceKey] = since.UTC().Format(time.RFC3339Nano)
	return template
}

// sinceOf reads the mark; zero where there is none or where it says no time, so that Init makes a new one.
func sinceOf(template json.RawMessage) time.Time {
	var found struct {
		Meta struct {
			Since string `json:"since"`
		} `json:"_meta"`
	}
	if json.Unmarshal(template, &found) != nil {
		return time.Time{}
	}
	since, err := time.Parse(time.RFC3339Nano, found.Meta.Since)
	if err != nil {
		return time.Time{}
	}
	return since.UTC()
}
