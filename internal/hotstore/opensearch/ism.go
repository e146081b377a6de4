package opensearch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// policyID names the policy of Index State Management.
func (c *Config) policyID() string { return c.Index + "-retention" }

// policy is the body of PUT _plugins/_ism/policies/<id>
// (https://docs.opensearch.org/latest/im-plugin/ism/policies/). An index is deleted when all that it may hold is older
// than the retention: its age counts from its making, at the beginning of its period.
func (c *Config) policy() object {
	hot := object{
		"name":    "hot",
		"actions": []object{},
		"transitions": []object{{
			"state_name": "delete",
			"conditions": object{"min_index_age": ismTime(time.Duration(c.Retention) + c.period())},
		}},
	}
	if c.rollsOver() {
		hot["actions"] = []object{{"rollover": object{"min_size": sizeText(int64(c.Rollover.MaxSize))}}}
		hot["transitions"] = []object{{
			"state_name": "delete",
			"conditions": object{"min_rollover_age": ismTime(time.Duration(c.Retention))},
		}}
	}
	return object{"policy": object{
		"description":   "Deletes hot documents of RRPairs after their retention. Made by otelcol-byoc.",
		"default_state": "hot",
		"states": []object{hot, {
			"name":        "delete",
			"actions":     []object{{"delete": object{}}},
			"transitions": []object{},
		}},
		"ism_template": []object{{"index_patterns": c.patterns(), "priority": templatePriority}},
	}}
}

// ismTime is a time in the largest unit that loses nothing.
func ismTime(d time.Duration) string {
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}} {
		if d%unit.size == 0 {
			return strconv.FormatInt(int64(d/unit.size), 10) + unit.name
		}
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + "s"
}

func sizeText(bytes int64) string { return strconv.FormatInt(bytes, 10) + "b" }

// policyAnswer is what the plugin says of a policy.
type policyAnswer struct {
	SeqNo       int64           `json:"_seq_no"`
	PrimaryTerm int64           `json:"_primary_term"`
	Policy      json.RawMessage `json:"policy"`
}

// errNoISM says that the cluster has no Index State Management.
var errNoISM = errors.New("the cluster has no Index State Management plugin")

// getPolicy reads our policy; nil where there is none.
func (s *Store) getPolicy(ctx context.Context) (*policyAnswer, error) {
	if s.cfg.ISM == ismOff || s.cfg.serverless() {
		return nil, errNoISM
	}
	var answer policyAnswer
	err := s.client.readJSON(ctx, http.MethodGet, "/_plugins/_ism/policies/"+s.cfg.policyID(), nil, nil, &answer)
	switch {
	case err == nil:
		return &answer, nil
	case lacksISM(err):
		return nil, errNoISM
	case hasStatus(err, http.StatusNotFound):
		return nil, nil
	default:
		return nil, fmt.Errorf("read the ISM policy %s: %w", s.cfg.policyID(), err)
	}
}

// lacksISM knows the answers of a cluster that has no handler for the plugin's addresses.
func lacksISM(err error) bool {
	var answer *Error
	if !errors.As(err, &answer) {
		return false
	}
	switch answer.Status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return strings.Contains(answer.Reason, "no handler found") || answer.Status != http.StatusNotFound ||
			answer.Type == "index_not_found_exception" && strings.Contains(answer.Reason, "_plugins")
	default:
		return false
	}
}

// ensurePolicy makes the policy or brings it up to date, and puts indices under it that were there before it.
func (s *Store) ensurePolicy(ctx context.Context) error {
	present, err := s.getPolicy(ctx)
	if errors.Is(err, errNoISM) {
		return nil // Expire does it
	}
	if err != nil {
		return err
	}
	want := s.cfg.policy()
	var parameters url.Values
	if present != nil {
		if contains(present.Policy, want["policy"]) {
			return nil
		}
		parameters = unchanged(present.SeqNo, present.PrimaryTerm)
	}
	path := "/_plugins/_ism/policies/" + s.cfg.policyID()
	if err := s.client.readJSON(ctx, http.MethodPut, path, parameters, want, nil); err != nil && !hasStatus(err, http.StatusConflict) {
		return fmt.Errorf("write the ISM policy %s: %w", s.cfg.policyID(), err)
	}
	indices, err := s.indices(ctx)
	if err != nil || len(indices) == 0 {
		return err
	}
	// An index that another policy manages is reported as failed in a successful answer, and left as it is.
	if err := s.client.readJSON(ctx, http.MethodPost, "/_plugins/_ism/add/"+strings.Join(s.cfg.patterns(), ","), nil,
		object{"policy_id": s.cfg.policyID()}, nil); err != nil {
		return fmt.Errorf("put indices under the ISM policy %s: %w", s.cfg.policyID(), err)
	}
	return nil
}

// contains says that JSON has everything that is wanted; the plugin adds defaults of its own.
func contains(have json.RawMessage, want any) bool {
	encoded, err := json.Marshal(want)
	if err != nil {
		return false
	}
	var haveTree, wantTree any
	if json.Unmarshal(have, &haveTree) != nil || json.Unmarshal(encoded, &wantTree) != nil {
		return false
	}
	return treeContains(haveTree, wantTree)
}

func treeContains(have, want any) bool {
	switch want := want.(type) {
	case map[string]any:
		object, isObject := have.(map[string]any)
		for key, value := range want {
			if !isObject || !treeContains(object[key], value) {
				return false
			}
		}
		return isObject
	case []any:
		list, isList := have.([]any)
		if !isList || len(list) != len(want) {
			return false
		}
		for i := range want {
			if !treeContains(list[i], want[i]) {
				return false
			}
		}
		return true
	default:
		return reflect.DeepEqual(have, want)
	}
}
