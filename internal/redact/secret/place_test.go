package secret

import (
	"testing"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// TestPlacesWithSecrets says what is taken of values whose names say that they are secret.
func TestPlacesWithSecrets(t *testing.T) {
	f := New(all)
	for _, c := range []struct {
		class            detect.NameClass
		place            detect.Place
		name, text, want string // want "": nothing
	}{
		{detect.NamePassword, detect.PlaceValue, "password", "changeme", "changeme"},
		{detect.NamePassword, detect.PlaceValue, "password", "correct horse battery staple", "correct horse battery staple"},
		{detect.NamePassword, detect.PlaceQuery, "pwd", "1234", "1234"},
		{detect.NamePassword, detect.PlaceValue, "password", "********", ""},
		{detect.NamePassword, detect.PlaceValue, "password", "${DB_PASSWORD}", ""},
		{detect.NamePassword, detect.PlaceValue, "password", "null", ""},
		{detect.NamePassword, detect.PlaceValue, "password", "", ""},
		{detect.NamePassword, detect.PlaceKey, "password", "password", ""},
		{detect.NameSecret, detect.PlaceValue, "apiKey", "Vx7Qm2ZrT9LpW4kN", "Vx7Qm2ZrT9LpW4kN"},
		{detect.NameSecret, detect.PlaceHeader, "X-Api-Key", "tenant-north-key", "tenant-north-key"},
		{detect.NameSecret, detect.PlaceValue, "apiKey", "<api-key>", ""},
		{detect.NameSecret, detect.PlaceValue, "client_secret", "companysecret", "companysecret"},
		{detect.NameSecret, detect.PlaceValue, "client_secret", "<client-secret>", ""},
		{detect.NameSecret, detect.PlaceValue, "connectionString", "Server=db;User=shop;Password=gw7kqxz;", "gw7kqxz"},
		{detect.NameSecret, detect.PlaceValue, "dsn", "postgres://shop:gw7kqxz@db.internal/shop", "gw7kqxz"},
		{detect.NameSecret, detect.PlaceQuery, "client_secret", "Vx7Qm2 ZrT9LpW4kNcJ6sD1gY/bFa8eUo3==", "Vx7Qm2 ZrT9LpW4kNcJ6sD1gY/bFa8eUo3=="}, // its plus was not encoded
		{detect.NameSecret, detect.PlaceQuery, "secret", "what my first pet was called", ""},
		{detect.NameSecret, detect.PlaceQuery, "api_key", "DEMO_KEY", ""},
		{detect.NameAuth, detect.PlaceHeader, "Authorization", "Bearer test-token", ""},
		{detect.NamePassword, detect.PlaceValue, "password", "gw7...kqxz", "gw7...kqxz"},
		{detect.NameToken, detect.PlaceValue, "csrf", "b7Qm2ZrT9LpW4kNcJ6", "b7Qm2ZrT9LpW4kNcJ6"},
		{detect.NameToken, detect.PlaceValue, "token", "42", ""},
		{detect.NameToken, detect.PlaceValue, "token", "3f1c9a52-7d84-4b0e-9a61-c5e2f8d07b13", "3f1c9a52-7d84-4b0e-9a61-c5e2f8d07b13"},
		{detect.NameToken, detect.PlaceValue, "token", "identifier", ""},
		{detect.NameAuth, detect.PlaceHeader, "Authorization", "Bearer tenant-north-token", "tenant-north-token"},
		{detect.NameAuth, detect.PlaceHeader, "Authorization", "Basic c2hvcDpWeDdRbTJaclQ5", "c2hvcDpWeDdRbTJaclQ5"},
		{detect.NameAuth, detect.PlaceHeader, "Authorization", "Bearer null", ""},
		{detect.NameAuth, detect.PlaceHeader, "Authorization", "Bearer ****", ""},
		{detect.NameAuth, detect.PlaceHeader, "Authorization", `Digest username="shop", response="3fd1c07be5a94f2d8c6610b27ae94d5f"`, "3fd1c07be5a94f2d8c6610b27ae94d5f"},
		{detect.NameAuth, detect.PlaceHeader, "X-Auth-Key", "Vx7Qm2ZrT9LpW4kN", "Vx7Qm2ZrT9LpW4kN"},
		{detect.NameAuth, detect.PlaceValue, "authType", "oauth2", ""},
		{detect.NameSession, detect.PlaceCookie, "JSESSIONID", "3FD1C07BE5A94F2D8C6610B27AE94D5F", "3FD1C07BE5A94F2D8C6610B27AE94D5F"},
		{detect.NameSession, detect.PlaceValue, "accountSid", "SM7f3c9a1e5d8b2460c4e8a1f7b3d95260", ""},
		{detect.NameSession, detect.PlaceValue, "session", "morning", ""},
		{detect.NameCookie, detect.PlaceHeader, "Cookie", "theme=dark; shop=Vx7Qm2ZrT9LpW4kNcJ6sD1; lang=en", "Vx7Qm2ZrT9LpW4kNcJ6sD1"},
		{detect.NameCookie, detect.PlaceCookie, "theme", "dark", ""},
		{detect.NameCookie, detect.PlaceHeader, "Set-Cookie", "shop=Vx7Qm2ZrT9LpW4kNcJ6sD1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/", "Vx7Qm2ZrT9LpW4kNcJ6sD1"},
		{0, detect.PlaceValue, "deepgram", "7f3c9a1e5d8b2460c4e8a1f7b3d95260", "7f3c9a1e5d8b2460c4e8a1f7b3d95260"},
		{0, detect.PlaceQuery, "REPORTS_READ_KEY", "7f3c9a1e5d8b2460c4e8a1f7b3d95260", "7f3c9a1e5d8b2460c4e8a1f7b3d95260"},
		{0, detect.PlaceQuery, "code", "Vx7Qm2ZrT9LpW4kNcJ6sD1gYbFa8", "Vx7Qm2ZrT9LpW4kNcJ6sD1gYbFa8"},
		{0, detect.PlaceValue, "code", "ERR_INVALID_ARGUMENT_TYPE_42", ""},
		{0, detect.PlaceValue, "partitionKey", "7f3c9a1e5d8b2460c4e8a1f7b3d95260", ""},
		{0, detect.PlaceValue, "checksum", "7f3c9a1e5d8b2460c4e8a1f7b3d95260", ""},
		{0, detect.PlaceValue, "id", "3f1c9a52-7d84-4b0e-9a61-c5e2f8d07b13", ""},
		{0, detect.PlaceHeader, "Etag", `W/"5d8c-9Qm2ZrT9LpW4kNcJ6sD1"`, ""},
	} {
		text := []byte(c.text)
		found := detect.Resolve(f.Find(nil, text, detect.NewShape(text), detect.Hints{Name: []byte(c.name), Class: c.class, Place: c.place}))
		switch {
		case c.want == "" && len(found) > 0:
			t.Errorf("%s: %q: found %q, want nothing", c.name, c.text, text[found[0].Start:found[0].End])
		case c.want != "" && (len(found) != 1 || string(text[found[0].Start:found[0].End]) != c.want):
			t.Errorf("%s: %q: found %v, want %q", c.name, c.text, found, c.want)
		}
	}
}
