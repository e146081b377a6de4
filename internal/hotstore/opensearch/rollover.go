package opensearch

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// firstIndex is the first index behind the alias where indices go by size.
func (c *Config) firstIndex() string { return c.Index + "-000001" }

// rolledIndices lists the indices behind the alias, oldest first. The last one is written to.
func (s *Store) rolledIndices(ctx context.Context) ([]string, error) {
	var answer map[string]any
	if err := s.client.readJSON(ctx, http.MethodGet, "/_alias/"+s.cfg.Index, nil, nil, &answer); err != nil {
		if hasStatus(err, http.StatusNotFound) {
			return nil, fmt.Errorf("%w: there is no alias %s", hotstore.ErrNotSetUp, s.cfg.Index)
		}
		return nil, err
	}
	var names []string
	for name := range answer {
		if s.cfg.rolled(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// storedBefore finds the documents that lie in an index that is full already, where OpenSearch would not notice that they
// come again. Indices by time need none of this: a document's time says where it is.
func (s *Store) storedBefore(ctx context.Context, documents []*hotstore.Document) (map[int]bool, error) {
	if !s.cfg.rollsOver() || len(documents) == 0 {
		return nil, nil
	}
	names, err := s.rolledIndices(ctx)
	if err != nil || len(names) < 2 {
		return nil, err
	}
	positions := make(map[string][]int, len(documents))
	ids := make([]string, 0, len(documents))
	for i, document := range documents {
		id := idOf(document.UUID)
		if positions[id] == nil {
			ids = append(ids, id)
		}
		positions[id] = append(positions[id], i)
	}
	found := map[int]bool{}
	// By id and not by search: a document that no refresh has shown yet is there, too.
	for _, name := range names[:len(names)-1] {
		for part := range slices.Chunk(ids, lookupsAtOnce) {
			var answer struct {
				Docs []struct {
					ID    string `json:"_id"`
					Found bool   `json:"found"`
				} `json:"docs"`
			}
			if err := s.client.readJSON(ctx, http.MethodPost, "/"+name+"/_mget", url.Values{"_source": {"false"}}, object{"ids": part}, &answer); err != nil {
				return nil, err
			}
			for _, document := range answer.Docs {
				if document.Found {
					for _, i := range positions[document.ID] {
						found[i] = true
					}
				}
			}
		}
	}
	return found, nil
}

// lookupsAtOnce bounds one request for documents by id.
const lookupsAtOnce = 5_000

// rollOver begins a new index when the present one is full; where the ISM plugin does, it is not asked.
func (s *Store) rollOver(ctx context.Context) error {
	body := object{"conditions": object{"max_size": sizeText(int64(s.cfg.Rollover.MaxSize))}}
	if err := s.client.readJSON(ctx, http.MethodPost, "/"+s.cfg.Index+"/_rollover", nil, body, nil); err != nil {
		return fmt.Errorf("roll over %s: %w", s.cfg.Index, err)
	}
	return nil
}
