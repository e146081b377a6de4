package opensearch

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

func TestHowItIsLetIn(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"":                   func(*Config) {},
		"Basic dTpw":         func(c *Config) { c.Username, c.Password = "u", "p" },
		"ApiKey a2V5OnZhbHU": func(c *Config) { c.APIKey = "a2V5OnZhbHU" },
	} {
		server := newFake(t, func(asked) (int, string) { return 200, noHits })
		_, err := server.store(t, change).Search(t.Context(), hotstore.Search{})
		require.NoError(t, err)
		require.Equal(t, want, server.seen()[0].Header.Get("Authorization"))
	}
}

// signed is what a server saw of a signed request.
type signed struct {
	request *http.Request
	host    string
	body    []byte
}

// TestSigV4 signs once more, as the AWS documentation says
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html), and compares.
func TestSigV4(t *testing.T) {
	for _, service := range []string{"es", "aoss"} {
		t.Run(service, func(t *testing.T) {
			var seen []signed
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body := make([]byte, max(r.ContentLength, 0))
				_, _ = r.Body.Read(body)
				seen = append(seen, signed{r.Clone(r.Context()), r.Host, body})
				_, _ = w.Write([]byte(`{"errors":false,"items":[{"create":{"status":201}}]}`))
			}))
			defer server.Close()
			cfg := validConfig()
			cfg.Endpoints = []string{server.URL}
			cfg.SigV4 = SigV4Config{Service: service, Region: "eu-west-1", AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", SessionToken: "token"}
			store, err := Open(t.Context(), cfg)
			require.NoError(t, err)
			defer func() { require.NoError(t, store.Close()) }()
			store.isSetUp.Store(true)
			_, err = store.Write(t.Context(), many(1))
			require.NoError(t, err)
			_, _ = store.Get(t.Context(), sample().UUID, sample().Time)
			require.Len(t, seen, 2)
			for _, s := range seen {
				require.Equal(t, sign(s, service, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), s.request.Header.Get("Authorization"))
				require.NotContains(t, s.request.Header.Get("Authorization"), "content-length", "Serverless refuses it")
				require.Equal(t, "token", s.request.Header.Get("X-Amz-Security-Token"))
			}
		})
	}
}

func sign(s signed, service, secret string) string {
	header := s.request.Header
	date := header.Get("X-Amz-Date")
	scope := date[:8] + "/eu-west-1/" + service + "/aws4_request"
	hash := sha256.Sum256(s.body)
	names := []string{"host"}
	values := map[string]string{"host": s.host}
	_, list, _ := strings.Cut(header.Get("Authorization"), "SignedHeaders=")
	list, _, _ = strings.Cut(list, ",")
	for _, name := range strings.Split(list, ";") {
		if name != "host" {
			names, values[name] = append(names, name), strings.TrimSpace(header.Get(name))
		}
	}
	sort.Strings(names)
	var canonical strings.Builder
	canonical.WriteString(s.request.Method + "\n" + (&url.URL{Path: s.request.URL.Path}).EscapedPath() + "\n" + s.request.URL.RawQuery + "\n")
	for _, name := range names {
		canonical.WriteString(name + ":" + values[name] + "\n")
	}
	canonical.WriteString("\n" + strings.Join(names, ";") + "\n" + hex.EncodeToString(hash[:]))
	digest := sha256.Sum256([]byte(canonical.String()))
	text := "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + hex.EncodeToString(digest[:])
	key := []byte("AWS4" + secret)
	for _, part := range append(strings.Split(scope, "/"), text) {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	return "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/" + scope + ", SignedHeaders=" + strings.Join(names, ";") + ", Signature=" + hex.EncodeToString(key)
}

func TestTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(noHits)) }))
	defer server.Close()
	cfg := validConfig()
	cfg.Endpoints = []string{server.URL}
	stranger, err := Open(t.Context(), cfg)
	require.NoError(t, err)
	_, err = stranger.Search(t.Context(), hotstore.Search{})
	require.ErrorIs(t, err, hotstore.ErrUnreachable)
	require.ErrorContains(t, err, "certificate")
	cfg.TLS.CAPem = configopaque.String(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	friend, err := Open(t.Context(), cfg)
	require.NoError(t, err)
	_, err = friend.Search(t.Context(), hotstore.Search{})
	require.NoError(t, err)
	require.NoError(t, friend.Close())
}
