package main

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// madePair makes an HTTP pair; change alters its http.req and its top level.
func madePair(t *testing.T, body []byte, change func(top, request map[string]any)) *rrpair.Pair {
	t.Helper()
	request := map[string]any{"url": "/orders", "uri": "/orders?id=7", "version": "1.1", "method": "POST", "host": "shop.example:8443",
		"headers": map[string][]string{"Content-Type": {"application/json"}, "X-Tenant": {"acme"}}}
	if body != nil {
		request["bodyBase64"] = base64.StdEncoding.EncodeToString(body)
	}
	top := map[string]any{"msgType": "rrpair", "ts": "2026-11-20T11:59:00Z", "l7protocol": "http", "uuid": "DGycsU8qTw6fOi8bD29PUw==", "direction": "IN",
		"service": "shop", "command": "POST", "location": "/orders", "status": "200", "http": map[string]any{"req": request,
			"res": map[string]any{"statusCode": 200, "statusMessage": "200 OK", "headers": map[string][]string{"Content-Type": {"text/plain"}}, "bodyBase64": "b2s="}}}
	if change != nil {
		change(top, request)
	}
	text, err := json.Marshal(top)
	require.NoError(t, err)
	pair := new(rrpair.Pair)
	require.NoError(t, pair.ParseJSON(text))
	return pair
}

// arrived is a request as a server saw it.
type arrived struct {
	method, uri, host string
	header            http.Header
	body              string
	length            int64
}

// sent runs a line with sh and curl and returns what came.
func sent(t *testing.T, line func(server string) string) arrived {
	t.Helper()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("needs a POSIX shell (sh)")
	}
	if _, err := exec.LookPath("curl"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("curl is missing: continuous integration must have it")
		}
		t.Skip("needs curl")
	}
	var got []arrived
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		got = append(got, arrived{r.Method, r.RequestURI, r.Host, r.Header, string(body), r.ContentLength})
	}))
	defer server.Close()
	command := exec.CommandContext(t.Context(), shell)
	command.Stdin = strings.NewReader(line(server.URL))
	command.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + t.TempDir(), "NO_PROXY=*"}
	out, err := command.CombinedOutput()
	require.NoError(t, err, "%s\n%s", out, line(server.URL))
	require.Len(t, got, 1, "%s", out)
	return got[0]
}

func TestTheCurlLineSendsTheSameRequest(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for name, body := range map[string][]byte{
		"json":         []byte(`{"name":"O'Neil","note":"$HOME $(id) \\ !! %s"}`),
		"lines":        []byte("a\nb\n\nc\n"),
		"carriage":     []byte("a\r\nb\r\n"),
		"at":           []byte("@/etc/passwd"),
		"dash":         []byte("-x\n--data"),
		"nul":          []byte("a\x00b"),
		"binary":       all,
		"invalid text": []byte("caf\xe9"),
		"escape":       []byte("\x1b]0;pwned\x07"),
		"unicode":      []byte("naïve 日本 😀"),
		"mark":         []byte("END_OF_BODY\nEOF\n"),
		"quotes only":  []byte("''''"),
		"long":         []byte(strings.Repeat("0123456789'\n", 40_000)),
		"three bytes":  {0xff, 0xfe, 0xfd},
	} {
		t.Run(name, func(t *testing.T) {
			pair := madePair(t, body, func(_, request map[string]any) {
				request["uri"] = "/a/../b%2Fc/{x}/[1-3]?q=a b&r='\"$HOME`id`&s=ü#x"
				request["headers"] = map[string][]string{
					"Content-Type": {"application/x-odd; v='1'"}, "X-Quote": {`it's "$HOME" \ !`}, "X-Twice": {"one", "two"}, "X-Empty": {""},
					"X-At": {"@file"}, "Cookie": {"a=1; b=$(id)"}, "Accept-Encoding": {"gzip"}, "Authorization": {"Bearer x.y.z"},
					"Content-Length": {"99999"}, "Connection": {"keep-alive, X-Hop"}, "X-Hop": {"1"}, "Transfer-Encoding": {"chunked"}, "Host": {"shop.example:8443"},
				}
			})
			got := sent(t, func(server string) string {
				line, err := curlOf(pair, server)
				require.NoError(t, err)
				return line
			})
			require.Equal(t, string(body), got.body)
			require.Equal(t, http.MethodPost, got.method)
			require.Equal(t, "/a/../b%2Fc/{x}/[1-3]?q=a%20b&r='\"$HOME`id`&s=%C3%BC%23x", got.uri)
			require.Equal(t, http.Header{
				"Content-Type": {"application/x-odd; v='1'"}, "X-Quote": {`it's "$HOME" \ !`}, "X-Twice": {"one", "two"}, "X-Empty": {""},
				"X-At": {"@file"}, "Cookie": {"a=1; b=$(id)"}, "Accept-Encoding": {"gzip"}, "Authorization": {"Bearer x.y.z"},
				"Content-Length": got.header["Content-Length"],
			}, got.header, "all that was captured, and nothing that curl would add")
		})
	}
}

func TestMethodsAndEmptyBodies(t *testing.T) {
	for method, length := range map[string]int64{"GET": 0, "HEAD": 0, "DELETE": 0, "POST": 0, "PUT": 0, "PATCH": 0, "OPTIONS": 0, "PURGE": 0} {
		t.Run(method, func(t *testing.T) {
			pair := madePair(t, nil, func(_, request map[string]any) {
				request["method"], request["headers"] = method, map[string][]string{}
			})
			got := sent(t, func(server string) string {
				line, err := curlOf(pair, server)
				require.NoError(t, err)
				return line
			})
			require.Equal(t, method, got.method)
			require.Equal(t, length, got.length)
			delete(got.header, "Content-Length")
			require.Empty(t, got.header, "what the client did not send is not sent")
		})
	}
	pair := madePair(t, []byte(`{"query":1}`), func(_, request map[string]any) { request["method"] = "GET" })
	got := sent(t, func(server string) string {
		line, err := curlOf(pair, server+"/prefix/")
		require.NoError(t, err)
		return line
	})
	require.Equal(t, "GET /prefix/orders?id=7 {\"query\":1}", got.method+" "+got.uri+" "+got.body)
}

// A request goes to where it went, unless --base-url says otherwise; the header Host stays where it does not follow.
func TestWhereTheCurlLineGoes(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(top, request map[string]any)
		want   []string
		never  []string
	}{
		{"plain", nil, []string{"curl --globoff --path-as-is 'http://shop.example:8443/orders?id=7'"}, []string{"Host:", "#"}},
		{"tls by protocol", func(top, _ map[string]any) { top["l7protocol"] = "https" }, []string{"'https://shop.example:8443/orders?id=7'"}, nil},
		{"tls by flag", func(top, _ map[string]any) { top["isTls"] = true }, []string{"'https://shop.example:8443/orders?id=7'"}, nil},
		{"another Host", func(_, request map[string]any) { request["headers"] = map[string][]string{"Host": {"other.example"}} },
			[]string{"--header 'Host: other.example'"}, nil},
		{"a proxied address", func(_, request map[string]any) { request["uri"] = "https://far.example/x?y" }, []string{"'https://far.example/x?y'"}, nil},
		{"all of a server", func(_, request map[string]any) { request["uri"], request["method"] = "*", "OPTIONS" },
			[]string{"--request 'OPTIONS' 'http://shop.example:8443/'", "--request-target '*'"}, nil},
		{"pseudo headers", func(_, request map[string]any) {
			request["headers"] = map[string][]string{":authority": {"x"}, "bad name": {"x"}, "X-Evil": {"a\r\nX-More: b"}, "X-Bell": {"\a"}}
		}, []string{"# 3 headers are left out: control characters in them."}, []string{"authority", "Evil", "Bell", "bad"}},
		{"redacted", func(top, _ map[string]any) { top["dlpModified"], top["dlpRule"] = true, "standard" },
			[]string{"# Redacted by the policy standard: credentials and personal data are surrogates"}, nil},
		{"a policy that is no word", func(top, _ map[string]any) { top["dlpModified"], top["dlpRule"] = true, "x\n$(id)" },
			[]string{"# Redacted: credentials"}, []string{"id)"}},
		{"decompressed at its capture", func(top, request map[string]any) {
			top["tags"] = map[string]string{"decoded": "true"}
			request["headers"] = map[string][]string{"Content-Encoding": {"gzip"}}
		}, []string{"# The body was captured decompressed"}, []string{"'Content-Encoding"}},
		{"a WebSocket", func(_, request map[string]any) {
			request["headers"] = map[string][]string{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}}
		}, []string{"# The request asked for another protocol"}, []string{"websocket'"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			line, err := curlOf(madePair(t, []byte("x"), test.change), "")
			require.NoError(t, err)
			for _, want := range test.want {
				require.Contains(t, line, want)
			}
			for _, never := range test.never {
				require.NotContains(t, line, never)
			}
			require.Equal(t, line, harmless(line, true), "a terminal can show it")
		})
	}
}

func TestWhatCurlCannotSendIsSaid(t *testing.T) {
	for want, change := range map[string]func(top, request map[string]any){
		"gRPC call": func(_, request map[string]any) {
			request["headers"] = map[string][]string{"content-type": {"application/grpc+proto"}}
		},
		"Postgres statement":  func(top, _ map[string]any) { delete(top, "http"); top["postgres"] = map[string]any{} },
		"AMQP exchange":       func(top, _ map[string]any) { delete(top, "http"); top["AmqpV091"] = map[string]any{} },
		"no HTTP request":     func(top, _ map[string]any) { delete(top, "http"); top["l7protocol"] = "redis" },
		"--base-url http://l": func(_, request map[string]any) { request["host"] = "evil@host/x'" },
		"method":              func(_, request map[string]any) { request["method"] = "GET x" },
	} {
		t.Run(want, func(t *testing.T) {
			_, err := curlOf(madePair(t, nil, change), "")
			require.ErrorContains(t, err, want)
		})
	}
}
