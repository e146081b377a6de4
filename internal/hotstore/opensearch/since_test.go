package opensearch

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// templates is a cluster that keeps our template, without ISM. denied are methods that it refuses.
type templates struct {
	template json.RawMessage
	denied   map[string]bool
	puts     int
}

func (c *templates) answer(r asked) (int, string) {
	switch {
	case r.Path != "/_index_template/rrpairs":
		return 400, `{"error":{"type":"invalid_index_name_exception","reason":"no handler found"},"status":400}`
	case c.denied[r.Method]:
		return 403, `{"error":{"type":"security_exception","reason":"no permissions for [indices:admin/index_template]"},"status":403}`
	case r.Method == http.MethodPut:
		c.template = r.Body
		c.puts++
		return 200, `{"acknowledged":true}`
	case c.template == nil:
		return 404, `{"error":{"type":"resource_not_found_exception","reason":"index template matching [rrpairs] not found"},"status":404}`
	default:
		return 200, `{"index_templates":[{"name":"rrpairs","index_template":` + string(c.template) + `}]}`
	}
}

func sinceIs(t *testing.T, store *Store, want time.Time) {
	t.Helper()
	got, err := store.Since(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestTheMarkOutlivesAnotherTemplate(t *testing.T) {
	cluster := &templates{denied: map[string]bool{}}
	server := newFake(t, cluster.answer)
	begin := time.Date(2026, 11, 20, 10, 0, 0, 123456789, time.UTC)
	at := func(now time.Time, change func(*Config)) *Store {
		store := server.store(t, change)
		store.now = func() time.Time { return now }
		return store
	}
	require.ErrorIs(t, at(begin, nil).SetSince(t.Context(), begin), hotstore.ErrNotSetUp)
	require.NoError(t, at(begin, nil).Init(t.Context()))
	require.NoError(t, at(begin.Add(time.Hour), nil).Init(t.Context()))
	sinceIs(t, at(begin, nil), begin)
	require.Equal(t, 1, cluster.puts, "a template that is right stays, mark and all")

	more := at(begin.Add(2*time.Hour), func(c *Config) { c.Shards = 3 })
	require.NoError(t, more.Init(t.Context()))
	require.Equal(t, 2, cluster.puts)
	require.Contains(t, string(cluster.template), `"number_of_shards":3`)
	sinceIs(t, more, begin)

	// A template of before there were marks gets one, and is otherwise as it was.
	cluster.template, _ = json.Marshal(more.cfg.template(false))
	sinceIs(t, more, time.Time{})
	require.NoError(t, more.Init(t.Context()))
	sinceIs(t, more, begin.Add(2*time.Hour))

	// So does one that somebody has damaged.
	cluster.template = json.RawMessage(`{"index_patterns":["x"],"_meta":{"since":"long ago"}}`)
	sinceIs(t, more, time.Time{})
	require.NoError(t, more.Init(t.Context()))
	sinceIs(t, more, begin.Add(2*time.Hour))
}

func TestMovingTheMarkChangesNothingElse(t *testing.T) {
	cluster := &templates{template: json.RawMessage(`{"index_patterns":["rrpairs-*"],"composed_of":[],"priority":9007199254740993,"_meta":{"team":"shop"},"template":{"settings":{"index":{"number_of_shards":"5"}}}}`)}
	store := newFake(t, cluster.answer).store(t, nil)
	since := time.Date(2026, 11, 20, 10, 0, 0, 0, time.FixedZone("", 3600))
	require.NoError(t, store.SetSince(t.Context(), since))
	require.JSONEq(t, `{"index_patterns":["rrpairs-*"],"composed_of":[],"priority":9007199254740993,"_meta":{"team":"shop","since":"2026-11-20T09:00:00Z"},"template":{"settings":{"index":{"number_of_shards":"5"}}}}`,
		string(cluster.template))
	require.Contains(t, string(cluster.template), "9007199254740993")
}

func TestTheMarkOfWhoMayNotSeeTemplates(t *testing.T) {
	cluster := &templates{denied: map[string]bool{http.MethodPut: true}}
	store := newFake(t, cluster.answer).store(t, nil)
	cluster.template, _ = json.Marshal(store.cfg.template(false))
	require.NoError(t, store.Init(t.Context()), "all is right but for the mark, and somebody else may write it")
	sinceIs(t, store, time.Time{})
	cluster.denied[http.MethodGet] = true
	sinceIs(t, store, time.Time{})
	require.ErrorIs(t, store.SetSince(t.Context(), time.Now()), hotstore.ErrDenied)
}

func TestTheMarkOnServerless(t *testing.T) {
	cluster := &templates{}
	server := newFake(t, func(r asked) (int, string) {
		if r.Path == "/rrpairs-locks/_create/probe" {
			return 201, `{}`
		}
		return cluster.answer(r)
	})
	store := server.store(t, func(c *Config) {
		c.SigV4 = SigV4Config{Service: serviceServerless, Region: "eu-west-1", AccessKeyID: "a", SecretAccessKey: "b"}
	})
	begin := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	store.now = func() time.Time { return begin }
	require.NoError(t, store.Init(t.Context()))
	sinceIs(t, store, begin)
}
