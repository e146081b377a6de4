package dimension

import (
	"strings"
	"testing"
)

func TestEndpointOfPaths(t *testing.T) {
	for location, want := range map[string]string{
		"":                             "",
		"/":                            "/",
		"/api/accounts":                "/api/accounts",
		"/api/accounts/208442":         "/api/accounts/{id}",
		"/api/accounts/208442/balance": "/api/accounts/{id}/balance",
		"/v1/orders/7?page=2#top":      "/v1/orders/{id}",
		"/v1/products/JC-000113":       "/v1/products/{id}",
		"/invoices/INV-2026-0042.pdf":  "/invoices/INV-{id}-{id}.pdf",
		"/docs/UTF-8/X-RAY/Abc-123":    "/docs/UTF-8/X-RAY/Abc-{id}",
		"/v2/charges":                  "/v2/charges",
		"/api/2.0/jobs":                "/api/2.0/jobs",
		"/at/52.5200,13.4050":          "/at/{id}",
		"/o/3f2504e0-4f89-41d3-9a0c-0305e82c3301":                    "/o/{uuid}",
		"/o/3F2504E0-4F89-41D3-9A0C-0305E82C3301/x":                  "/o/{uuid}/x",
		"/report/2026-11-20":                                         "/report/{date}",
		"/report/2026-11-20T10:00:00Z":                               "/report/{date}",
		"/users/ann@example.com/orders":                              "/users/{email}/orders",
		"/@scope/package-7.1":                                        "/@scope/package-7.1",
		"/users/ann%40example.com":                                   "/users/{email}",
		"/v4/rockets/5e9d0d95eda69955f709d1eb":                       "/v4/rockets/{hash}",
		"/commit/3f9c0d1":                                            "/commit/3f9c0d1",
		"/commit/3f9c0d1e":                                           "/commit/{hash}",
		"/static/app.3f9c0d1e.js":                                    "/static/app.{hash}.js",
		"/facade/deadbeef":                                           "/facade/deadbeef",
		"/v1/fine_tuning/jobs/ftjob-SteNfmMtPCEesC76DUbNvhIP/events": "/v1/fine_tuning/jobs/ftjob-{token}/events",
		"/catalog/p-1003":                                            "/catalog/p-{id}",
		"/catalog/p-broken":                                          "/catalog/p-broken",
		"/callback/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U": "/callback/{token}",
		"/users/REDACTED-EMAIL-0123456789abcdef0123/orders":                                                      "/users/{redacted}/orders",
		"/keys/sk-RedactedA8xkQzLm":                  "/keys/{redacted}",
		"/cards/************1234":                    "/cards/{redacted}",
		"/redacted":                                  "/redacted",
		"/tokens/dGhpc0lTYVNlY3JldFZhbHVl":           "/tokens/{token}",
		"/tokens/aGVsbG8gd29ybGQgMTIz==":             "/tokens/{token}",
		"/files/ABcdEFghIJklMNop":                    "/files/{token}",
		"/com.acme.GetUserAccountDetailsForCustomer": "/com.acme.GetUserAccountDetailsForCustomer",
		"/rpc/GetHTTPConfigurationForXMLDocuments":   "/rpc/GetHTTPConfigurationForXMLDocuments",
		"/grpc.health.v1.Health/Check":               "/grpc.health.v1.Health/Check",
		"/days/20261120/hours/2026-11":               "/days/{id}/hours/{id}",
		"/oauth2/v1.1/token":                         "/oauth2/v1.1/token",
		"/a//b/":                                     "/a//b/",
		"Queue: demo-queue":                          "Queue: demo-queue",
		"N/A":                                        "N/A",
		"Consumer Tag: ctag-/var/T/go-build3096452322/b001/exe/main-1": "Consumer Tag: ctag-/var/T/go-build3096452322/b001/exe/main-1",
	} {
		if got := string(AppendEndpoint(nil, location, "http")); got != want {
			t.Errorf("%s\n got %s\nwant %s", location, got, want)
		}
	}
}

func TestEndpointOfStatements(t *testing.T) {
	for sql, want := range map[string]string{
		"SELECT * FROM tasks WHERE status = $1 ORDER BY created_at DESC":            "SELECT * FROM tasks WHERE status = ? ORDER BY created_at DESC",
		"INSERT INTO tasks (title, status) VALUES ($1, $2), ($3, $4) RETURNING *":   "INSERT INTO tasks (title, status) VALUES (?) RETURNING *",
		"select id from t where name = 'O''Hara' and n>=-12.5e3":                    "select id from t where name = ? and n>=-?",
		"SELECT  a\n\tFROM t -- secret\nWHERE id IN (1, 2,3)  ;":                    "SELECT a FROM t WHERE id IN (?)",
		"SELECT /* by 'ann' */ 1":                                                   "SELECT ?",
		`SELECT "user id" FROM "t1" WHERE a = E'it\'s' AND b = 'C:\' AND c = 'pin'`: `SELECT "user id" FROM "t1" WHERE a = ? AND b = ? AND c = ?`,
		"SELECT $$secret$$, $x$it's$x$ FROM t2":                                     "SELECT ? FROM t2",
		"SELECT 'never closed":                                                      "SELECT ?",
		"ROLLBACK":                                                                  "ROLLBACK",
		"DELETE FROM t WHERE k = ? AND h = 0xFF":                                    "DELETE FROM t WHERE k = ? AND h = ?",
	} {
		if got := string(AppendEndpoint(nil, sql, "postgres")); got != want {
			t.Errorf("%s\n got %s\nwant %s", sql, got, want)
		}
	}
	const mysql = `SELECT a FROM t WHERE b = "it\"s" AND c = 'x\'y'`
	if got := string(AppendEndpoint(nil, mysql, "mysql")); got != "SELECT a FROM t WHERE b = ? AND c = ?" {
		t.Errorf("mysql: %s", got)
	}
}

func TestEndpointIsBounded(t *testing.T) {
	for _, location := range []string{"/" + strings.Repeat("word/", 1<<16), "SELECT " + strings.Repeat("a,", 1<<16)} {
		if got := AppendEndpoint(nil, location, "x"); len(got) > maxEndpoint {
			t.Errorf("%d bytes", len(got))
		}
	}
}

// A literal that shows up in an endpoint ends up in names, indexes and metrics.
func FuzzEndpoint(f *testing.F) {
	f.Add("SELECT 1", "postgres")
	f.Add("/a/1?b", "http")
	f.Fuzz(func(t *testing.T, location, protocol string) {
		first := string(AppendEndpoint(nil, location, protocol))
		if len(first) > maxEndpoint {
			t.Fatalf("%d bytes", len(first))
		}
		if again := string(AppendEndpoint([]byte("x"), location, protocol)); again != "x"+first {
			t.Fatalf("%q, then %q", first, again)
		}
	})
}
