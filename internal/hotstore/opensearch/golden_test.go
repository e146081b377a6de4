package opensearch

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/timespan"
)

func TestTheTemplate(t *testing.T) {
	cfg := validConfig()
	goldenObject(t, "template.json", cfg.template(true))
	cfg.Rollover.MaxSize = 50 << 30
	goldenObject(t, "template_rollover.json", cfg.template(true))
}

func TestBulkRequest(t *testing.T) {
	server := newFake(t, func(asked) (int, string) {
		return 200, `{"errors":false,"items":[{"create":{"status":201}},{"create":{"status":409}}]}`
	})
	store := server.store(t, nil)
	small := &hotstore.Document{UUID: sample().UUID, Time: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), NoDuration: true}
	result, err := store.Write(t.Context(), []*hotstore.Document{sample(), small})
	require.NoError(t, err)
	require.Equal(t, hotstore.WriteResult{Stored: 1, Duplicates: 1}, result)
	require.Equal(t, []string{"POST /_bulk?filter_path=errors%2Citems.%2A.status%2Citems.%2A.error"}, server.lines())
	golden(t, "bulk.ndjson", server.seen()[0].Body)
	require.Equal(t, "gzip", server.seen()[0].Header.Get("Content-Encoding"))
}

func TestADocumentComesBackWhole(t *testing.T) {
	source := appendDocument(nil, sample())
	require.True(t, json.Valid(source))
	got, err := decodeDocument(idOf(sample().UUID), source)
	require.NoError(t, err)
	require.Equal(t, sample(), got)
	_, err = decodeDocument("nonsense", source)
	require.ErrorContains(t, err, "something else writes")
}

const noHits = `{"timed_out":false,"_shards":{"total":1,"failed":0},"hits":{"total":{"value":0},"hits":[]}}`

func TestSearchRequest(t *testing.T) {
	server := newFake(t, func(asked) (int, string) { return 200, noHits })
	store := server.store(t, nil)
	query, err := filter.Parse(`service IS checkout AND (status IS 5xx OR duration > 500ms) AND url CONTAINS "a*b" AND header[x] EXISTS`, filter.Options{})
	require.NoError(t, err)
	search := hotstore.Search{Query: query, From: sample().Time, To: sample().Time.Add(time.Hour), Sort: hotstore.ParseSort("-duration,session")}
	search.After = search.Cursor(sample())
	page, err := store.Search(t.Context(), search)
	require.NoError(t, err)
	require.Equal(t, `service IS "checkout" AND (status IS "5xx" OR duration > "500ms") AND url CONTAINS "a*b"`, page.Usage.PushedDown)
	require.Equal(t, `header[x] EXISTS`, page.Usage.Leftover)
	requests := server.seen()
	require.Len(t, requests, 2, "whether values are too long to sort by, and the page")
	require.Equal(t, "/rrpairs-2026.11.20*/_search", requests[1].Path)
	golden(t, "search.json", requests[1].Body)
}

func TestAggregateRequest(t *testing.T) {
	server := newFake(t, func(asked) (int, string) { return 200, noHits })
	store := server.store(t, nil)
	_, err := store.Aggregate(t.Context(), hotstore.Aggregate{
		By: []string{"service", "error", "tenant"}, Interval: time.Minute, From: sample().Time, To: sample().Time.Add(time.Hour),
	}, func(hotstore.Group) error { return nil })
	require.NoError(t, err)
	golden(t, "aggregate.json", server.seen()[1].Body)
}

// The bodies are those of the documented API (https://docs.opensearch.org/latest/im-plugin/ism/api/ and …/ism/policies/).
func TestISMCalls(t *testing.T) {
	policy := ""
	server := newFake(t, func(r asked) (int, string) {
		switch {
		case r.Method == http.MethodGet && r.Path == "/_plugins/_ism/policies/rrpairs-retention" && policy == "":
			return 404, `{"error":{"root_cause":[{"type":"status_exception","reason":"Policy not found"}],"type":"status_exception","reason":"Policy not found"},"status":404}`
		case r.Method == http.MethodGet && r.Path == "/_plugins/_ism/policies/rrpairs-retention":
			return 200, policy
		case r.Method == http.MethodGet && r.Path == "/_index_template/rrpairs":
			return 404, `{"error":{"type":"resource_not_found_exception","reason":"index template matching [rrpairs] not found"},"status":404}`
		case r.Path == "/_cat/indices/rrpairs-0*,rrpairs-1*,rrpairs-2*":
			return 200, `[{"index":"rrpairs-2026.11.19","docs.count":"1","store.size":"1","health":"green"}]`
		default:
			return 200, `{}`
		}
	})
	store := server.store(t, nil)
	require.NoError(t, store.Init(t.Context()))
	cat := "GET /_cat/indices/rrpairs-0*,rrpairs-1*,rrpairs-2*?bytes=b&expand_wildcards=all&format=json&h=index%2Chealth%2Cdocs.count%2Cstore.size"
	add := "POST /_plugins/_ism/add/rrpairs-0*,rrpairs-1*,rrpairs-2*"
	require.Equal(t, []string{
		"GET /_plugins/_ism/policies/rrpairs-retention", "PUT /_plugins/_ism/policies/rrpairs-retention", cat, add,
		"GET /_plugins/_ism/policies/rrpairs-retention", "GET /_index_template/rrpairs", "PUT /_index_template/rrpairs",
	}, server.lines())
	golden(t, "ism_policy.json", server.seen()[1].Body)
	golden(t, "ism_add.json", server.seen()[3].Body)

	// As the plugin answers: with defaults of its own.
	var ours map[string]map[string]any
	require.NoError(t, json.Unmarshal(server.seen()[1].Body, &ours))
	ours["policy"]["policy_id"], ours["policy"]["schema_version"], ours["policy"]["error_notification"] = "rrpairs-retention", 21, nil
	ours["policy"]["states"].([]any)[1].(map[string]any)["actions"].([]any)[0].(map[string]any)["retry"] = map[string]any{"count": 3, "backoff": "exponential", "delay": "1m"}
	answer, err := json.Marshal(map[string]any{"_id": "rrpairs-retention", "_seq_no": 7, "_primary_term": 2, "policy": ours["policy"]})
	require.NoError(t, err)
	policy = string(answer)
	asked := len(server.seen())
	require.NoError(t, store.Init(t.Context()))
	require.Equal(t, []string{
		"GET /_plugins/_ism/policies/rrpairs-retention", "GET /_plugins/_ism/policies/rrpairs-retention",
		"GET /_index_template/rrpairs", "PUT /_index_template/rrpairs",
	}, server.lines()[asked:], "a policy that is right stays")

	removed, err := store.Expire(t.Context(), time.Now())
	require.NoError(t, err)
	require.Zero(t, removed, "the plugin deletes")

	longer := server.store(t, func(c *Config) { c.Retention = timespan.Duration(30 * timespan.Day) })
	asked = len(server.seen())
	require.NoError(t, longer.Init(t.Context()))
	require.Equal(t, "PUT /_plugins/_ism/policies/rrpairs-retention?if_primary_term=2&if_seq_no=7", server.lines()[asked+1])

	cfg := validConfig()
	cfg.Rollover.MaxSize = 50 << 30
	goldenObject(t, "ism_policy_rollover.json", cfg.policy())
}
