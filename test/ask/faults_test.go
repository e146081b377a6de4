package ask

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/test/collector"
	"github.com/byoc-otel/otelcol-byoc/test/services"
)

// hotVerbs are those that cannot do without the hot store.
func hotVerbs() [][]string {
	return [][]string{
		{"query", "--source", "hot", "--from", "-4h"}, {"stats", "--source", "hot", "--from", "-4h"}, {"services", "--source", "hot", "--from", "-4h"},
		{"tail", "--max-count", "1"}, {"hotstore", "status"}, {"hotstore", "init"}, {"hotstore", "destroy", "--yes"},
	}
}

// says is a server that gives one answer to everything.
func says(t *testing.T, status int, header http.Header, body string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for key, values := range header {
			w.Header()[key] = values
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestWrongAddresses: what is said is about the address or the rights, and never that a store is not set up.
func TestWrongAddresses(t *testing.T) {
	t.Parallel()
	p := filled(t)
	secured := http.Header{"Content-Type": {"application/json"}}
	page := func(title string) string {
		return "<html>\r\n<head><title>" + title + "</title></head><body>nginx</body></html>"
	}
	for _, fault := range []struct {
		name, endpoint string
		says           []string
		auto           int // exit code of --source auto
	}{
		{"nobody listens", fmt.Sprintf("http://127.0.0.1:%d", collector.FreePort(t)), []string{"cannot be reached", "connection refused", "check the address", "--source archive"}, exitOK},
		{"TLS to a plain port", strings.Replace(p.node.Endpoint, "http:", "https:", 1), []string{"cannot be reached", "this port does not speak TLS", "http://"}, exitOK},
		{"a wrong password", says(t, 401, http.Header{"WWW-Authenticate": {`Basic realm="OpenSearch Security"`}}, "Unauthorized"),
			[]string{"denies access", "OpenSearch says 401 Unauthorized", "check the credentials"}, exitError},
		{"a role without rights", says(t, 403, secured, `{"error":{"root_cause":[{"type":"security_exception","reason":"no permissions for [indices:data/read/search]"}],`+
			`"type":"security_exception","reason":"no permissions for [indices:data/read/search]"},"status":403}`),
			[]string{"denies access", "no permissions for [indices:data/read/search]", "what their role may do"}, exitOK},
		{"another database", says(t, 200, http.Header{"X-Elastic-Product": {"Elasticsearch"}, "Content-Type": {"application/json"}},
			`{"name":"es","version":{"number":"8.15.0"},"tagline":"You Know, for Search"}`), []string{"cannot be reached", "Elasticsearch, which is another database", "check the address"}, exitOK},
		{"a web server", says(t, 404, nil, page("404 Not Found")), []string{"does not answer as OpenSearch does: 404", `"404 Not Found"`, "check the address"}, exitOK},
		{"a proxy without a server", says(t, 502, nil, page("502 Bad Gateway")), []string{"cannot be reached", "502 Bad Gateway"}, exitOK},
		{"a plain request to a TLS port", says(t, 400, nil, page("400 The plain HTTP request was sent to HTTPS port")), []string{"The plain HTTP request was sent to HTTPS port"}, exitOK},
	} {
		t.Run(fault.name, func(t *testing.T) {
			t.Parallel()
			u := p.reaching(t, fault.endpoint)
			for _, verb := range hotVerbs() {
				a := u.asks(t, verb...)
				require.Equal(t, exitError, a.code, "%v: %s%s", verb, a.output, a.said)
				for _, text := range fault.says {
					require.Contains(t, a.said, text, verb)
				}
				for _, wrong := range []string{"is not set up", "json:", "invalid character", "<html>", "--help"} {
					require.NotContains(t, a.said, wrong, verb)
				}
			}
			auto := u.asks(t, "query", "--from", "-4h", "--all", "--output", "ndjson")
			require.Equal(t, fault.auto, auto.code, auto.said)
			if fault.auto == exitOK {
				require.Len(t, lines(auto.output), managedPairs, "the archive answers")
				require.Contains(t, auto.said, "from the archive")
			}
		})
	}
}

// proxied stands before the node; wait is called before each request goes on.
func proxied(t *testing.T, node *services.Search, wait func(*http.Request)) string {
	t.Helper()
	target, err := url.Parse(node.Endpoint)
	require.NoError(t, err)
	transport := &http.Transport{DisableKeepAlives: true}
	proxy := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wait(r)
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestAnswersThatComeTooLate(t *testing.T) {
	t.Parallel()
	p := filled(t)
	u := p.reaching(t, proxied(t, p.node, func(r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(3 * time.Second):
		}
	}))
	u.fails(t, exitError, []string{"cannot be reached", "no answer within request_timeout (1s)"}, "query", "--source", "hot", "--from", "-4h")
	auto := u.asks(t, "query", "--from", "-4h", "--all", "--output", "ndjson")
	require.Equal(t, exitOK, auto.code, auto.said)
	require.Len(t, lines(auto.output), managedPairs)
	require.Contains(t, auto.said, "no answer within request_timeout (1s)")
}

// TestTheNodeGoesAwayDuringAQuery: the second request of an answer is not answered.
func TestTheNodeGoesAwayDuringAQuery(t *testing.T) {
	t.Parallel()
	node := services.OwnOpenSearch(t)
	p := newPlace(t, node)
	running, address := p.collects(t)
	send(t, address, traffic(t, 51, 1500, time.Now().Add(-3*time.Hour), 170*time.Minute))
	running.Stop()
	p.refreshed(t)
	var searches int
	var mu sync.Mutex
	endpoint := proxied(t, node, func(r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if strings.HasSuffix(r.URL.Path, "/_search") {
			if searches++; searches == 2 {
				node.Stop(t)
			}
		}
	})
	u := p.reaching(t, endpoint)
	a := u.asks(t, "query", "--source", "hot", "--from", "-4h", "--all", "--sort", "service", "--output", "ndjson") // which looks first, and then fetches
	mu.Lock()
	require.GreaterOrEqual(t, searches, 2, "it went away in the middle")
	mu.Unlock()
	require.Equal(t, exitError, a.code, a.said)
	require.Contains(t, a.said, "the hot store cannot be reached")
	require.Less(t, len(lines(a.output)), 1500)
	auto := p.asks(t, "query", "--from", "-4h", "--all", "--output", "ndjson")
	require.Equal(t, exitOK, auto.code, auto.said)
	require.Len(t, lines(auto.output), 1500, "the archive has them")
	node.Start(t)
	require.Len(t, lines(p.gets(t, "query", "--source", "hot", "--from", "-4h", "--all", "--output", "ndjson")), 1500)
}
