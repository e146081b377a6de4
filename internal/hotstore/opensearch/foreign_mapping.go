package opensearch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// fieldCapabilities are the types of a field, and for each the indices that have it so where they are not one mind.
type fieldCapabilities map[string]map[string]struct {
	Indices []string `json:"indices"`
}

// checkMappings keeps searches off indices that OpenSearch made without our template: there a filter finds too little
// without an error, because texts are cut into words. It asks once.
func (s *Store) checkMappings(ctx context.Context) error {
	if s.isOurs.Load() || s.cfg.serverless() {
		return nil
	}
	foreign, err := s.foreignMapping(ctx)
	if err != nil {
		return err
	}
	if foreign != "" {
		return fmt.Errorf("%w: %s", hotstore.ErrNotSetUp, foreign)
	}
	s.isOurs.Store(true)
	return nil
}

// foreignMapping says which indices have another mapping than ours and what to do; "" for none. Whoever may not ask is
// believed to have ours.
func (s *Store) foreignMapping(ctx context.Context) (string, error) {
	wanted := map[string]string{}
	properties, _ := mappings()["properties"].(object)
	for name, property := range properties {
		if kind, _ := property.(object)["type"].(string); name != fieldExtra {
			wanted[name] = kind
		}
	}
	names := slices.Sorted(maps.Keys(wanted))
	var answer struct {
		Indices []string          `json:"indices"`
		Fields  fieldCapabilities `json:"fields"`
	}
	err := s.client.readJSON(ctx, http.MethodGet, "/"+strings.Join(s.cfg.patterns(), ",")+"/_field_caps",
		url.Values{"fields": {strings.Join(names, ",")}, "allow_no_indices": {"true"}, "ignore_unavailable": {"true"}}, nil, &answer)
	var refused *Error
	if errors.As(err, &refused) && !passing(err) && refused.Status != http.StatusUnauthorized {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("look at the mappings of %s: %w", s.cfg.Index, err)
	}
	for _, name := range names {
		for _, kind := range slices.Sorted(maps.Keys(answer.Fields[name])) {
			if kind == wanted[name] {
				continue
			}
			indices := answer.Fields[name][kind].Indices
			if len(indices) == 0 { // all have it so
				indices = answer.Indices
			}
			indices = slices.DeleteFunc(slices.Clone(indices), func(index string) bool { return !s.cfg.ours(index) })
			if len(indices) == 0 {
				continue
			}
			return fmt.Sprintf("%s was made without our index template: its field %s is %s, not %s, so that searches would find the wrong documents: "+
				"delete it (DELETE /%s) and bring its time again with `byoc hotstore backfill --from …`",
				strings.Join(indices, ", "), name, kind, wanted[name], strings.Join(indices, ",")), nil
		}
	}
	return "", nil
}
