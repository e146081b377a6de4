package hostile

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/byoc-otel/otelcol-byoc/internal/redact"
)

// secrets are values that finders prove by themselves.
var secrets = []struct{ kind, value string }{
	{"email", "maria.gonzalez87@fastmail.net"},
	{"card", "4929228967916260"},
	{"ssn", "550-55-5778"},
	{"phone", "+14154321651"},
	{"iban", "DE89364659450815563960"},
	{"github token", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"},
	{"aws key id", "AKIAVCABGL4PBJ7XIELP"},
	{"web token", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"},
	{"private key", privateKey},
}

const privateKey = "-----BEGIN RSA PRIVATE KEY-----\nsxZf/cOqjn/DvbcYQIH1Zn1I5BZMouo9g1sJE+mgZMYEgCVczfNsuaR0vPXTNSru\n" +
	"DQdNqN+vMW77tzF75d8dg8h6DlhCyd+U142nSINmCsfJxAlDZbz+IOMMkAiHdMgg\n-----END RSA PRIVATE KEY-----"

// core is what of a value must not be readable: a private key may keep its first and last line.
func core(value string) string {
	if value == privateKey {
		return "sxZf/cOqjn/DvbcYQIH1Zn1I5BZMouo9g1sJE+mgZMYEgCVczfNsuaR0vPXTNSru"
	}
	return value
}

func TestSpellingsHideNothing(t *testing.T) {
	engine := newEngine(t, redact.Limits{})
	for _, s := range slices.Concat(encodings, forms) {
		t.Run(s.name, func(t *testing.T) {
			for _, secret := range secrets {
				text := s.write(secret.value)
				if !canRead([]byte(text), core(secret.value)) {
					t.Errorf("%s: the test's reader does not find it: %.200q", secret.kind, text)
					continue
				}
				for _, place := range slices.Sorted(maps.Keys(places)) {
					if place != "whole body" && place != "signature" && !utf8.ValidString(text) {
						continue // JSON cannot carry it
					}
					pair := newDocument()
					places[place](pair, text)
					out, fault := redactLine(engine, pair.line(t))
					if place == "session" && strings.HasPrefix(fault, "redacted again it changes") {
						fault = "" // by its name anything in it is a credential, once the value that told otherwise is gone
					}
					if fault == "" && canRead(out, core(secret.value)) {
						fault = "still there"
					}
					if fault != "" {
						t.Errorf("%s in %s: %.200q: %s", secret.kind, place, text, fault)
					}
				}
			}
		})
	}
}
