package opensearch

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Name is what the store calls itself.
const Name = "opensearch"

// Store is the hot index in OpenSearch. Safe for concurrent use.
type Store struct {
	cfg     Config
	client  *client
	workers chan struct{} // one token for each bulk request under way
	pools   pools
	isSetUp atomic.Bool // the template was seen
	isOurs  atomic.Bool // the mappings of the indices were seen
	now     func() time.Time
}

var (
	_ hotstore.Reader  = (*Store)(nil)
	_ hotstore.Writer  = (*Store)(nil)
	_ hotstore.Manager = (*Store)(nil)
	_ hotstore.Expirer = (*Store)(nil)
)

// Open makes a store; it asks the cluster nothing. ctx bounds the loading of certificates and AWS settings.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	client, err := newClient(ctx, &cfg)
	if err != nil {
		return nil, err
	}
	return &Store{cfg: cfg, client: client, workers: make(chan struct{}, cfg.Workers), now: time.Now}, nil
}

// Close closes idle connections. Calls that are under way end as their contexts say.
func (s *Store) Close() error {
	s.client.close()
	return nil
}

// Capabilities implements hotstore.Reader.
func (s *Store) Capabilities() hotstore.Capabilities {
	dedupe := s.cfg.Period
	if s.cfg.rollsOver() {
		dedupe = "store"
	}
	return hotstore.Capabilities{
		Store: Name, Dedupe: dedupe, Freshness: s.cfg.RefreshInterval, PercentileError: hotstore.RelativeError,
		ExpiryLag: s.cfg.period(), FullText: true, PushDown: pushDown,
	}
}

// pushDown says what [translation] does exactly, whatever the values.
func pushDown(field filter.FieldRef, operator string) bool {
	switch field.Field {
	case filter.FieldTime:
		return true
	case filter.FieldDuration, filter.FieldSize:
		return operator != filter.OpContains.String() && operator != filter.OpRegex.String()
	case filter.FieldUUID, filter.FieldError:
		return operator == filter.OpIs.String()
	case filter.FieldStatus:
		return operator != filter.OpRegex.String()
	}
	if len(fieldsOf(field)) == 0 {
		return false
	}
	return operator == filter.OpIs.String() || operator == filter.OpContains.String() || operator == filter.OpExists.String()
}

// Get implements hotstore.Reader. With a time it also finds what no refresh has shown yet.
func (s *Store) Get(ctx context.Context, id rrpair.UUID, at time.Time) (*hotstore.Document, error) {
	if !at.IsZero() && !s.cfg.rollsOver() {
		var answer struct {
			Found  bool           `json:"found"`
			Source jsonRawMessage `json:"_source"`
		}
		err := s.client.readJSON(ctx, "GET", "/"+s.cfg.indexOf(at)+"/_doc/"+idOf(id), nil, nil, &answer)
		switch {
		case err == nil && answer.Found:
			return decodeDocument(idOf(id), answer.Source)
		case err != nil && !hasStatus(err, 404):
			return nil, fmt.Errorf("get %s: %w", id, err)
		}
		return nil, fmt.Errorf("get %s: %w in %s", id, hotstore.ErrNoDocument, s.cfg.indexOf(at))
	}
	body := object{"size": 1, "query": object{"ids": object{"values": []string{idOf(id)}}}}
	answer, err := s.query(ctx, s.cfg.patterns(), body)
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", id, err)
	}
	if len(answer.Hits.Hits) == 0 {
		return nil, fmt.Errorf("get %s: %w", id, hotstore.ErrNoDocument)
	}
	return decodeDocument(answer.Hits.Hits[0].ID, answer.Hits.Hits[0].Source)
}

// query searches indices, some of which may not be there. The answer is whole or an error.
func (s *Store) query(ctx context.Context, indices []string, body object) (*searchAnswer, error) {
	if err := s.checkMappings(ctx); err != nil {
		return nil, err
	}
	// A closed index is an error: without it answers would lack its documents, and nobody would know.
	parameters := url.Values{"expand_wildcards": {"open,closed"}, "allow_no_indices": {"true"}, "allow_partial_search_results": {"false"}}
	if s.cfg.serverless() { // which knows no other way
		parameters = url.Values{"ignore_unavailable": {"true"}, "allow_no_indices": {"true"}}
	}
	var answer searchAnswer
	if err := s.client.readJSON(ctx, "POST", "/"+strings.Join(indices, ",")+"/_search", parameters, body, &answer); err != nil {
		return nil, err
	}
	if answer.TimedOut || answer.Shards.Failed > 0 {
		return nil, fmt.Errorf("%w: %d of %d shards did not answer", hotstore.ErrUnreachable, answer.Shards.Failed, answer.Shards.Total)
	}
	if answer.Shards.Total == 0 && !s.cfg.serverless() {
		return &answer, s.checkSetUp(ctx)
	}
	return &answer, nil
}
