package opensearch

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// TestWhatIsNoOpenSearchIsCalledSo: a wrong address must not read as a store that is not set up.
func TestWhatIsNoOpenSearchIsCalledSo(t *testing.T) {
	for name, answer := range map[string]struct {
		status int
		header http.Header
		body   string
		is     error
		says   string
		asked  int
	}{
		"another database": {200, http.Header{"X-Elastic-Product": {"Elasticsearch"}}, `{"tagline":"You Know, for Search"}`, hotstore.ErrUnreachable, "Elasticsearch, which is another database", 1},
		"no such page": {404, nil, "<html>\r\n<head><title>404 Not Found</title></head><body>nginx</body></html>", hotstore.ErrUnreachable,
			`does not answer as OpenSearch does: 404, with a web page, "404 Not Found"`, 1},
		"a page":         {200, nil, "<!DOCTYPE html><p>Welcome", hotstore.ErrUnreachable, "200, with a web page", readAttempts},
		"a login":        {302, http.Header{"Location": {"/login"}}, "", hotstore.ErrUnreachable, "which leads to /login", 1},
		"a proxy's 403":  {403, nil, "<html><title>403 Forbidden</title>", hotstore.ErrDenied, "403 Forbidden", 1},
		"a proxy's 503":  {503, nil, "<html><title>503 Service Unavailable</title>", hotstore.ErrUnreachable, "503 Service Unavailable", readAttempts},
		"other JSON":     {200, nil, `[1]`, hotstore.ErrUnreachable, "is something else at this address?", 1},
		"a plain 401":    {401, nil, "Unauthorized", hotstore.ErrDenied, "OpenSearch says 401 Unauthorized", 1},
		"a closed index": {400, nil, `{"error":{"type":"index_closed_exception","reason":"closed","index":"i-1"},"status":400}`, hotstore.ErrUnreachable, "index i-1 is closed: open it (POST /i-1/_open)", 1},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				asked++
				for key, values := range answer.header {
					w.Header()[key] = values
				}
				w.WriteHeader(answer.status)
				_, _ = io.WriteString(w, answer.body)
			}))
			defer server.Close()
			f := &fake{Server: server}
			_, err := f.store(t, nil).Search(t.Context(), hotstore.Search{})
			require.ErrorIs(t, err, answer.is)
			require.ErrorContains(t, err, answer.says)
			require.Equal(t, answer.asked, asked)
		})
	}
}

// TestIndicesOfSomebodyElse: on texts that are cut into words a filter finds too little, and says nothing.
func TestIndicesOfSomebodyElse(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		says   string
	}{
		"one index": {200, `{"indices":["traffic-2026.11.23"],"fields":{"service":{"text":{"type":"text"}},"error":{"boolean":{}}}}`,
			"traffic-2026.11.23 was made without our index template: its field service is text, not keyword"},
		"one of two": {200, `{"indices":["traffic-2026.11.22","traffic-2026.11.23"],"fields":{"service":{"text":{"indices":["traffic-2026.11.22"]},"keyword":{"indices":["traffic-2026.11.23"]}}}}`,
			"DELETE /traffic-2026.11.22)"},
		"none of ours":       {200, `{"indices":["traffic-2old"],"fields":{"service":{"text":{"type":"text"}}}}`, ""},
		"right":              {200, `{"indices":["traffic-2026.11.23"],"fields":{"service":{"keyword":{}},"ts":{"date_nanos":{}}}}`, ""},
		"nothing there":      {200, `{"indices":[],"fields":{}}`, ""},
		"who may not ask it": {403, `{"error":{"type":"security_exception","reason":"no permissions"},"status":403}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := newFake(t, func(request asked) (int, string) {
				if request.Method == http.MethodGet {
					return test.status, test.body
				}
				return 200, noHits
			})
			store := server.store(t, func(c *Config) { c.Index = "traffic" })
			store.isOurs.Store(false)
			for range 2 {
				_, err := store.Search(t.Context(), hotstore.Search{})
				if test.says == "" {
					require.NoError(t, err)
					continue
				}
				require.ErrorIs(t, err, hotstore.ErrNotSetUp)
				require.ErrorContains(t, err, test.says)
			}
			if test.says == "" {
				require.Len(t, server.seen(), 3, "the mappings are asked for once")
			}
		})
	}
}

func TestSinceTellsAWrongPassword(t *testing.T) {
	server := newFake(t, func(asked) (int, string) { return 401, "Unauthorized" })
	_, err := server.store(t, nil).Since(t.Context())
	require.ErrorIs(t, err, hotstore.ErrDenied)
}
