package hotstores

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/opensearch"
	"github.com/byoc-otel/otelcol-byoc/test/services"
)

var stores atomic.Int64 // numbers the stores of this process

// openSearchConfig is for a store of its own in a node.
func openSearchConfig(node *services.Search) opensearch.Config {
	cfg := opensearch.NewDefaultConfig()
	cfg.Endpoints = []string{node.Endpoint}
	cfg.Index = fmt.Sprintf("pairs%d", stores.Add(1))
	cfg.Replicas = 0
	cfg.RefreshInterval = 200 * time.Millisecond
	cfg.Retry.InitialInterval = 50 * time.Millisecond
	return cfg
}

func openStore(t *testing.T, cfg opensearch.Config) *opensearch.Store {
	t.Helper()
	store, err := opensearch.Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	require.NoError(t, store.Init(t.Context()))
	return store
}

// refresh makes everything that was written visible.
func refresh(t *testing.T, cfg opensearch.Config) { post(t, cfg, "_refresh") }

// flush brings everything to disk, so that sizes are known.
func flush(t *testing.T, cfg opensearch.Config) { post(t, cfg, "_flush?force=true") }

func post(t testing.TB, cfg opensearch.Config, action string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, cfg.Endpoints[0]+"/"+cfg.Index+"-*/"+action, nil)
	require.NoError(t, err)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)
}

// expected is what a search must find: the evaluator's answer over all documents.
func expected(t *testing.T, all []*hotstore.Document, search hotstore.Search) []*hotstore.Document {
	t.Helper()
	condition, err := hotstore.Select(search.Query)
	require.NoError(t, err)
	var source hotstore.Source
	var found []*hotstore.Document
	for _, document := range all {
		source.Reset(document)
		matches, err := condition.Match(&source)
		require.NoError(t, err)
		if matches && (search.From.IsZero() || !document.Time.Before(search.From)) && (search.To.IsZero() || document.Time.Before(search.To)) {
			found = append(found, document)
		}
	}
	hotstore.SortBy(found, search.Order())
	return found
}

func parse(t *testing.T, text string) *filter.Query {
	t.Helper()
	if text == "" {
		return nil
	}
	query, err := filter.Parse(text, filter.Options{Now: dayOne()})
	require.NoError(t, err, text)
	return query
}

func TestOpenSearchFindsWhatTheEvaluatorFinds(t *testing.T) {
	node := services.OpenSearch(t)
	cfg := openSearchConfig(node)
	cfg.Period = "hour"
	store := openStore(t, cfg)
	all := documents(1, 400)
	result, err := store.Write(t.Context(), all)
	require.NoError(t, err)
	require.Equal(t, len(all), result.Stored, "%v", result.Rejected)
	refresh(t, cfg)
	for _, text := range filters() {
		t.Run(text, func(t *testing.T) {
			search := hotstore.Search{Query: parse(t, text), Limit: 50, Sort: hotstore.ParseSort("-duration,service")}
			found := everything(t, store, search)
			require.Equal(t, uuids(expected(t, all, search)), uuids(found))
		})
	}
	for _, sort := range []string{"", "ts", "-ts", "uuid", "-uuid", "service,-uuid", "-service,ts", "error,-size", "-error", "status", "tenant", "-tenant",
		"order.total", "vip", "latency_bucket", "-request_bytes", "url", "-session,location"} {
		t.Run("sort "+sort, func(t *testing.T) {
			search := hotstore.Search{Limit: 37, Sort: hotstore.ParseSort(sort)}
			require.Equal(t, uuids(expected(t, all, search)), uuids(everything(t, store, search)))
		})
	}
	t.Run("whole documents come back", func(t *testing.T) {
		got, err := store.Get(t.Context(), all[5].UUID, all[5].Time)
		require.NoError(t, err)
		require.Equal(t, all[5], got)
		found := everything(t, store, hotstore.Search{})
		hotstore.SortBy(all, (&hotstore.Search{}).Order())
		require.Len(t, found, len(all))
		for i := range all {
			require.Equal(t, all[i], found[i])
		}
	})
	t.Run("groups", func(t *testing.T) {
		dimensions := [][]string{nil, {"service", "status"}, {"error", "location"}, {"tenant", "order.total", "vip"}, {"duration"}, {"trace"}, {"url", "size"}}
		intervals := []time.Duration{0, time.Hour, 7 * time.Minute}
		for i, text := range filters() { // every pair of both comes several times
			aggregate := hotstore.Aggregate{Query: parse(t, text), By: dimensions[i%len(dimensions)], Interval: intervals[i%len(intervals)]}
			compareGroups(t, store, all, aggregate, fmt.Sprint(text, aggregate.By, aggregate.Interval))
		}
	})
}

// everything turns all pages of a search.
func everything(t *testing.T, store hotstore.Reader, search hotstore.Search) []*hotstore.Document {
	t.Helper()
	var found []*hotstore.Document
	for {
		page, err := store.Search(t.Context(), search)
		require.NoError(t, err)
		found = append(found, page.Documents...)
		if search.After = page.Next; page.Next == "" {
			return found
		}
	}
}

func compareGroups(t *testing.T, store hotstore.Reader, all []*hotstore.Document, aggregate hotstore.Aggregate, name string) {
	t.Helper()
	want := hotstore.NewGroups(&aggregate)
	for _, document := range expected(t, all, hotstore.Search{Query: aggregate.Query, From: aggregate.From, To: aggregate.To}) {
		require.NoError(t, want.Add(document))
	}
	collect := func(each func(func(hotstore.Group) error) error) (groups []hotstore.Group) {
		require.NoError(t, each(func(group hotstore.Group) error {
			group.First, group.Last = group.First.Truncate(time.Millisecond), group.Last.Truncate(time.Millisecond)
			groups = append(groups, group)
			return nil
		}))
		return groups
	}
	got := collect(func(yield func(hotstore.Group) error) error {
		_, err := store.Aggregate(t.Context(), aggregate, yield)
		return err
	})
	require.Equal(t, collect(want.Each), got, name)
}

// filters are criteria of every kind that a document can answer.
func filters() []string {
	return []string{
		"", `service IS checkout`, `service NOT checkout`, `service IS checkout cart`, `service IS ""`, `service NOT ""`, `service IS "" cart`,
		`service NOT "" cart`, `service CONTAINS "*"`, `service CONTAINS "?"`, `service CONTAINS "\\"`, `service CONTAINS a`, `service NOT CONTAINS a`,
		`service CONTAINS 本`, `service REGEX "^c"`, `service NOT REGEX "^c"`, `service EXISTS`, `service NOT EXISTS`,
		`status IS 5xx`, `status NOT 5xx`, `status IS 5xx 404`, `status IS ""`, `status >= 500`, `status > 499.5`, `status < 500`,
		`status <= 0`, `status >= 0`, `status > 9007199254740993`, `error IS true`, `error IS false`, `error NOT true`,
		`duration > 1s`, `duration >= 0`, `duration IS 0`, `duration NOT 0`, `duration < 500ms`, `duration EXISTS`, `duration NOT EXISTS`, `duration <= 0`,
		`size > 1KB`, `size IN 400 500`, `size EXISTS`, `tag[source] IS ingress`, `tag[source] NOT ingress`, `tag[source] IS ""`, `tag[source] EXISTS`,
		`tag[source] NOT CONTAINS gre`, `source IS ingress`, `url IS "/cart/1"`, `url IS "/cart/1?q=1"`, `url NOT "/cart/1"`,
		`url CONTAINS "q=1"`, `url NOT CONTAINS cart`, `url IS ""`, `url NOT ""`, `url EXISTS`, `location CONTAINS long`, `location NOT CONTAINS long`,
		`location EXISTS`, `location IS "/é"`, `location CONTAINS "\"quo"`, `direction IS in`, `trace IS 0AF7651916CD43DD8448EB211C80319C`, `trace CONTAINS 0af`,
		`session IS ""`, `session IS s-1`, `sample IS 1/3`, `sample[rrpair] IS 1/2`, `sample NOT 1/3`,
		`timerange IS 2026-11-20T23:00:00Z 2026-11-21T01:00:00Z`, `timerange NOT 2026-11-20T23:00:00Z 2026-11-21T01:00:00Z`, `ts > 2026-11-20T23:00:00.123456789Z`,
		`ts >= 2026-11-20T23:00:00.123456789Z`, `ts < 2026-11-20T23:00:00.123456789Z`, `ts <= 2026-11-20T23:00:00.123456789Z`, `ts < 1960-01-01T00:00:00Z`,
		`ts > 1960-01-01T00:00:00Z`, `ts < 2400-01-01T00:00:00Z`, `uuid IS 00000000-0000-0000-0000-000000000000`, `uuid NOT 00000000-0000-0000-0000-000000000000`,
		`uuid CONTAINS a1`, `service IS cart AND (status IS 5xx OR duration > 2s)`, `(service IS cart OR service REGEX "^p") AND error IS true`,
		`service IS cart OR sample IS 1/5`, `namespace IS shop`, `namespace IS Shop`, `tech IS envoy`, `cluster NOT prod`, `networkaddr CONTAINS :80`,
	}
}

func TestOpenSearchFindsWordsInTexts(t *testing.T) {
	cfg := openSearchConfig(services.OpenSearch(t))
	store := openStore(t, cfg)
	all := documents(8, 12)
	for i, text := range []string{
		"Hello World", "hello\x00world", "helloworld 42", "a-b_c.d", "ÜBER das", "über", "order-12345-x", strings.Repeat("z", 9000) + "needle", "İstanbul",
		"payment failed: card_declined", "\u212Aelvin", "nothing",
	} {
		all[i].Text = text
	}
	writeAll(t, store, all)
	refresh(t, cfg)
	for _, words := range []string{"hello", "HELLO", "lo wo", "o w", "world", "hello world", "2345", "-12345-", "b_c", "_c.", "zzneedle", "über", "ÜBER", "istanbul",
		"card_dec", ": card", "failed:", "kelvin", "-", " ", "nope", "ed: card_declined"} {
		search := hotstore.Search{Query: parse(t, fmt.Sprintf("text CONTAINS %q", words))}
		require.Equal(t, uuids(expected(t, all, search)), uuids(everything(t, store, search)), words)
		search.Query = parse(t, fmt.Sprintf("text CONTAINS %q AND error IS false OR text CONTAINS hello", words))
		require.Equal(t, uuids(expected(t, all, search)), uuids(everything(t, store, search)), words)
	}
}
