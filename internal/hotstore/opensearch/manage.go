package opensearch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

func (c *Config) templatePath() string { return "/_index_template/" + c.Index }

// Init implements hotstore.Manager: the policy, the template, and where indices go by size the first of them.
func (s *Store) Init(ctx context.Context) error {
	if s.cfg.serverless() {
		if err := s.probe(ctx); err != nil {
			return fmt.Errorf("set up the hot store: %w", err)
		}
	}
	for _, step := range []func(context.Context) error{s.ensurePolicy, s.ensureTemplate, s.ensureFirstIndex} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("set up the hot store: %w", err)
		}
	}
	return nil
}

// probe writes a document with an id of its own where some collections refuse that, before pairs depend on it.
func (s *Store) probe(ctx context.Context) error {
	err := s.client.readJSON(ctx, http.MethodPut, "/"+s.cfg.lockIndex()+"/_create/probe", nil, object{"probe": true}, nil)
	var answer *Error
	switch {
	case err == nil || hasStatus(err, http.StatusConflict):
		return nil
	case errors.As(err, &answer) && isTimeSeries(answer.Reason):
		return errTimeSeries
	default:
		return err
	}
}

// templateAnswer is what OpenSearch says of our template.
type templateAnswer struct {
	Templates []struct {
		Template json.RawMessage `json:"index_template"`
	} `json:"index_templates"`
}

// getTemplate reads our template; nil where there is none.
func (s *Store) getTemplate(ctx context.Context) (json.RawMessage, error) {
	var answer templateAnswer
	err := s.client.readJSON(ctx, http.MethodGet, s.cfg.templatePath(), nil, nil, &answer)
	switch {
	case hasStatus(err, http.StatusNotFound):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read the index template %s: %w", s.cfg.Index, err)
	case len(answer.Templates) == 0:
		return nil, nil
	default:
		return answer.Templates[0].Template, nil
	}
}

// isRight says that a template is what Init would make.
func (s *Store) isRight(template json.RawMessage, ism bool) bool {
	// Settings come back as texts.
	encoded, err := json.Marshal(s.cfg.template(ism))
	if err != nil {
		return false
	}
	var have, want any
	if json.Unmarshal(template, &have) != nil || json.Unmarshal(encoded, &want) != nil {
		return false
	}
	return treeContains(texts(have), texts(want))
}

// texts turns numbers and booleans of a tree into texts.
func texts(tree any) any {
	switch tree := tree.(type) {
	case map[string]any:
		for key, value := range tree {
			tree[key] = texts(value)
		}
		return tree
	case []any:
		for i := range tree {
			tree[i] = texts(tree[i])
		}
		return tree
	case float64:
		return strconv.FormatFloat(tree, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(tree)
	default:
		return tree
	}
}

func (s *Store) ensureTemplate(ctx context.Context) error {
	_, err := s.getPolicy(ctx)
	ism := !errors.Is(err, errNoISM)
	if err != nil && ism {
		return err
	}
	present, err := s.getTemplate(ctx)
	if err != nil {
		return err
	}
	since, right := sinceOf(present), present != nil && s.isRight(present, ism)
	if right && !since.IsZero() {
		return nil
	}
	if since.IsZero() {
		since = s.now() // also where there are documents already: too late a mark costs time alone
	}
	err = s.putTemplate(ctx, withSince(s.cfg.template(ism), since))
	if right && errors.Is(err, hotstore.ErrDenied) {
		return nil // only the mark is missing, and somebody else sets things up
	}
	return err
}

func (s *Store) putTemplate(ctx context.Context, template object) error {
	if err := s.client.readJSON(ctx, http.MethodPut, s.cfg.templatePath(), nil, template, nil); err != nil {
		return fmt.Errorf("write the index template %s: %w", s.cfg.Index, err)
	}
	return nil
}

// ensureFirstIndex makes the index behind the alias where indices go by size.
func (s *Store) ensureFirstIndex(ctx context.Context) error {
	if !s.cfg.rollsOver() {
		return nil
	}
	names, err := s.rolledIndices(ctx)
	if err == nil && len(names) > 0 {
		return nil
	}
	if err != nil && !errors.Is(err, hotstore.ErrNotSetUp) {
		return err
	}
	body := object{"aliases": object{s.cfg.Index: object{"is_write_index": true}}}
	err = s.client.readJSON(ctx, http.MethodPut, "/"+s.cfg.firstIndex(), nil, body, nil)
	if err != nil && !hasType(err, "resource_already_exists_exception") {
		return fmt.Errorf("make the index %s: %w", s.cfg.firstIndex(), err)
	}
	return nil
}

// checkSetUp tells a store without documents from one that Init has never seen.
func (s *Store) checkSetUp(ctx context.Context) error {
	template, err := s.getTemplate(ctx)
	if err == nil && template == nil {
		err = fmt.Errorf("%w: there are no indices %s-* and no index template %s", hotstore.ErrNotSetUp, s.cfg.Index, s.cfg.Index)
	}
	return err
}

// checkBeforeWrite keeps documents from indices that OpenSearch would make without our template, with a mapping of its own.
// It asks once. Whoever may not read templates is believed to have one.
func (s *Store) checkBeforeWrite(ctx context.Context) error {
	if s.isSetUp.Load() {
		return nil
	}
	if err := s.checkSetUp(ctx); err != nil && !errors.Is(err, hotstore.ErrDenied) {
		return err
	}
	s.isSetUp.Store(true)
	return nil
}

// indexRow is a line of _cat/indices.
type indexRow struct {
	Index     string `json:"index"`
	Health    string `json:"health"`
	Documents string `json:"docs.count"`
	Bytes     string `json:"store.size"`
}

// indices lists the indices that Write made, by name.
func (s *Store) indices(ctx context.Context) ([]indexRow, error) {
	var rows []indexRow
	err := s.client.readJSON(ctx, http.MethodGet, "/_cat/indices/"+strings.Join(s.cfg.patterns(), ","),
		url.Values{"format": {"json"}, "bytes": {"b"}, "h": {"index,health,docs.count,store.size"}, "expand_wildcards": {"all"}}, nil, &rows)
	if err != nil && !hasStatus(err, http.StatusNotFound) {
		return nil, fmt.Errorf("list indices: %w", err)
	}
	rows = slices.DeleteFunc(rows, func(row indexRow) bool { return !s.cfg.ours(row.Index) })
	slices.SortFunc(rows, func(a, b indexRow) int { return strings.Compare(a.Index, b.Index) })
	return rows, nil
}

// Status implements hotstore.Manager.
func (s *Store) Status(ctx context.Context) (hotstore.Status, error) {
	status := hotstore.Status{Store: Name, Details: map[string]string{"index": s.cfg.Index, "retention": s.cfg.Retention.String()}}
	rows, err := s.indices(ctx)
	if err != nil {
		return status, fmt.Errorf("look at the hot store: %w", err)
	}
	for _, row := range rows {
		partition := hotstore.PartitionStatus{Name: row.Index}
		partition.Documents, _ = strconv.ParseInt(row.Documents, 10, 64) // empty while it is closed
		partition.Bytes, _ = strconv.ParseInt(row.Bytes, 10, 64)
		partition.From, partition.To, _ = s.cfg.covered(row.Index)
		status.Documents += partition.Documents
		status.Bytes += partition.Bytes
		status.Partitions = append(status.Partitions, partition)
		if row.Health == "red" {
			status.Problems = append(status.Problems, fmt.Sprintf("index %s is red: some of its shards are on no node, and searches fail", row.Index))
		}
	}
	if err := s.describeSetUp(ctx, &status); err != nil {
		return status, fmt.Errorf("look at the hot store: %w", err)
	}
	if foreign, err := s.foreignMapping(ctx); err != nil {
		status.Problems = append(status.Problems, err.Error())
	} else if foreign != "" {
		status.Problems = append(status.Problems, foreign)
	} else if len(rows) > 0 {
		if status.First, status.Last, err = s.ends(ctx); err != nil {
			status.Problems = append(status.Problems, err.Error())
		}
	}
	status.Healthy = len(status.Problems) == 0
	return status, nil
}

// describeSetUp looks at template, policy and alias.
func (s *Store) describeSetUp(ctx context.Context, status *hotstore.Status) error {
	template, err := s.getTemplate(ctx)
	if err != nil {
		return err
	}
	policy, err := s.getPolicy(ctx)
	switch {
	case template == nil:
		status.Details["template"] = "none"
		status.Problems = append(status.Problems, "there is no index template: run `byoc hotstore init`")
	case !s.isRight(template, !errors.Is(err, errNoISM)):
		status.Details["template"] = s.cfg.Index
		status.Problems = append(status.Problems, "the index template differs from what these settings want: run `byoc hotstore init`; indices that are there keep theirs")
	default:
		status.Details["template"] = s.cfg.Index
	}
	switch {
	case errors.Is(err, errNoISM):
		if template != nil { // else nothing is set up, whoever will delete
			status.Details["policy"] = "none: the collector deletes expired indices itself"
		}
	case err != nil:
		return err
	case policy == nil:
		status.Details["policy"] = "none"
		status.Problems = append(status.Problems, "there is no ISM policy: run `byoc hotstore init`")
	case !contains(policy.Policy, s.cfg.policy()["policy"]):
		status.Details["policy"] = s.cfg.policyID()
		status.Problems = append(status.Problems, "the ISM policy differs from what these settings want: run `byoc hotstore init`")
	default:
		status.Details["policy"] = s.cfg.policyID()
	}
	if template != nil {
		status.Details["alias"] = s.cfg.Index // a part of the template, or of the first index
	}
	if s.cfg.rollsOver() {
		status.Details["rollover"] = s.cfg.Rollover.MaxSize.String()
		if _, err := s.rolledIndices(ctx); errors.Is(err, hotstore.ErrNotSetUp) {
			status.Problems = append(status.Problems, err.Error()+": run `byoc hotstore init`")
		} else if err != nil {
			return err
		}
	}
	return nil
}

// ends are the times of the oldest and the newest document.
func (s *Store) ends(ctx context.Context) (first, last time.Time, err error) {
	body := object{"size": 0, "aggs": object{
		"first": endHit("asc"), "last": endHit("desc"),
	}}
	answer, err := s.query(ctx, s.cfg.patterns(), body)
	if err != nil || answer.Aggregations == nil {
		return first, last, err
	}
	var found measured
	if err := json.Unmarshal(answer.Aggregations, &found); err != nil {
		return first, last, fmt.Errorf("read the answer: %w", err)
	}
	return found.First.time(), found.Last.time(), nil
}

// Destroy implements hotstore.Manager.
func (s *Store) Destroy(ctx context.Context) error {
	s.isSetUp.Store(false)
	s.isOurs.Store(false)
	rows, err := s.indices(ctx)
	if err != nil {
		return fmt.Errorf("destroy the hot store: %w", err)
	}
	paths := []string{s.cfg.templatePath()} // first, so that a writer at work makes no index under it again
	if _, err := s.getPolicy(ctx); !errors.Is(err, errNoISM) {
		paths = append(paths, "/_plugins/_ism/policies/"+s.cfg.policyID())
	}
	for _, row := range rows {
		paths = append(paths, "/"+row.Index)
	}
	paths = append(paths, "/"+s.cfg.lockIndex())
	for _, path := range paths {
		if err := s.client.readJSON(ctx, http.MethodDelete, path, nil, nil, nil); err != nil && !hasStatus(err, http.StatusNotFound) {
			return fmt.Errorf("destroy the hot store: delete %s: %w", strings.TrimPrefix(path, "/"), err)
		}
	}
	return nil
}
