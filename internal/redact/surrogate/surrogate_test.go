package surrogate

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func testRing(t testing.TB, secrets ...string) *Keyring {
	t.Helper()
	var keys []Key
	for i, secret := range secrets {
		keys = append(keys, Key{ID: fmt.Sprintf("key-%d", i), Secret: []byte(secret)})
	}
	if len(keys) == 0 {
		keys = []Key{{ID: "test", Secret: []byte("a redaction key for tests")}}
	}
	ring, err := NewKeyring(keys[0], keys[1:]...)
	require.NoError(t, err)
	return ring
}

// sample draws values of a type as people write them.
type sample struct {
	name  string
	kind  detect.Type
	make  func(*rand.Rand) string
	space float64 // how many surrogates there are, for the number of equal ones to expect; 0: so many that none are equal
}

func digitsOf(r *rand.Rand, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = '0' + byte(r.IntN(10))
	}
	if n > 0 {
		out[0] = '1' + byte(r.IntN(9))
	}
	return string(out)
}

func textOf(r *rand.Rand, alphabet string, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(out)
}

const (
	alnumAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	upperAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	hexAlphabet   = "0123456789abcdef"
	asciiAlphabet = alnumAlphabet + "!$()*+,-./:;<>?@[]^_{|}~\"'\\"
)

func cardOf(r *rand.Rand, prefix string, n int) string {
	card := []byte(prefix + digitsOf(r, n-len(prefix)))
	setLuhn(0, card)
	return string(card)
}

func jwtOf(r *rand.Rand) string {
	encode := base64.RawURLEncoding.EncodeToString
	claims := fmt.Sprintf(`{"iss":"https://issuer.test","sub":"%s","email":"%s@mail.test","name":"Ada Lovelace","exp":1790000000,"jti":"%s","roles":["admin","writer"],"nested":{"phone":"%s","ok":true}}`,
		textOf(r, alnumAlphabet, 20), textOf(r, hexAlphabet, 8), textOf(r, hexAlphabet, 32), digitsOf(r, 10))
	signature := []byte(textOf(r, asciiAlphabet, 32))
	return encode([]byte(`{"alg":"HS256","typ":"JWT","kid":"key-2026-11"}`)) + "." + encode([]byte(claims)) + "." + encode(signature)
}

func pemOf(r *rand.Rand) string {
	var text strings.Builder
	text.WriteString("-----BEGIN RSA PRIVATE KEY-----\n")
	for range 6 {
		text.WriteString(textOf(r, alnumAlphabet+"+/", 64) + "\n")
	}
	text.WriteString(textOf(r, alnumAlphabet, 22) + "==\n-----END RSA PRIVATE KEY-----\n")
	return text.String()
}

func uuidOf(r *rand.Rand) string {
	h := textOf(r, hexAlphabet, 32)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:]
}

func samples() []sample {
	return []sample{
		{"email", detect.Email, func(r *rand.Rand) string { return textOf(r, hexAlphabet, 12) + "@mail.test" }, 0},
		{"phone us", detect.Phone, func(r *rand.Rand) string {
			return fmt.Sprintf("+1 (7%s) %s-%s", digitsOf(r, 2), digitsOf(r, 3), digitsOf(r, 4))
		}, 1000},
		{"phone uk", detect.Phone, func(r *rand.Rand) string { return "+44 7" + digitsOf(r, 3) + " " + digitsOf(r, 6) }, 125},
		{"phone de", detect.Phone, func(r *rand.Rand) string { return "+49 1" + digitsOf(r, 2) + " " + digitsOf(r, 8) }, 1e6},
		{"phone national", detect.Phone, func(r *rand.Rand) string { return "01" + digitsOf(r, 9) }, 1e5},
		{"phone extension", detect.Phone, func(r *rand.Rand) string {
			return "6" + digitsOf(r, 2) + "-" + digitsOf(r, 3) + "-" + digitsOf(r, 4) + " x" + digitsOf(r, 3)
		}, 1000},
		{"visa", detect.Card, func(r *rand.Rand) string { return cardOf(r, "4", 16) }, 4e7},
		{"mastercard", detect.Card, func(r *rand.Rand) string {
			c := cardOf(r, "53", 16)
			return c[:4] + "-" + c[4:8] + "-" + c[8:12] + "-" + c[12:]
		}, 4e7},
		{"amex", detect.Card, func(r *rand.Rand) string { return cardOf(r, "37", 15) }, 2e6},
		{"card code", detect.CardCode, func(r *rand.Rand) string { return digitsOf(r, 3) }, 10},
		{"ssn", detect.SSN, func(r *rand.Rand) string { return "1" + digitsOf(r, 2) + "-" + digitsOf(r, 2) + "-" + digitsOf(r, 4) }, 5.3e6},
		{"ssn plain", detect.SSN, func(r *rand.Rand) string { return "1" + digitsOf(r, 8) }, 5.3e6},
		{"itin", detect.ITIN, func(r *rand.Rand) string { return "9" + digitsOf(r, 2) + "-70-" + digitsOf(r, 4) }, 5.3e6},
		{"national id", detect.NationalID, func(r *rand.Rand) string { return digitsOf(r, 11) }, 1e6},
		{"national id letters", detect.NationalID, func(r *rand.Rand) string { return "QQ " + digitsOf(r, 6) + textOf(r, upperAlphabet[:26], 1) }, 1e5},
		{"passport", detect.Passport, func(r *rand.Rand) string { return "C" + digitsOf(r, 8) }, 1e5},
		{"mrn", detect.MedicalRecord, func(r *rand.Rand) string { return "MRN-" + digitsOf(r, 8) }, 1e6},
		{"iban de", detect.IBAN, func(r *rand.Rand) string {
			return "DE89 3704 0044 " + digitsOf(r, 4) + " " + digitsOf(r, 4) + " " + digitsOf(r, 2)
		}, 1e10},
		{"iban gb", detect.IBAN, func(r *rand.Rand) string { return "gb29nwbk" + digitsOf(r, 14) }, 1e10},
		{"aba", detect.ABA, func(r *rand.Rand) string { return "0" + digitsOf(r, 8) }, 1e4},
		{"npi", detect.NPI, func(r *rand.Rand) string { return "1" + digitsOf(r, 9) }, 1e6},
		{"bank account", detect.BankAccount, func(r *rand.Rand) string { return digitsOf(r, 12) }, 1e7},
		{"bitcoin", detect.CryptoAddress, func(r *rand.Rand) string { return "1" + textOf(r, alnumAlphabet, 33) }, 0},
		{"ethereum", detect.CryptoAddress, func(r *rand.Rand) string { return "0x" + textOf(r, hexAlphabet, 40) }, 0},
		{"ipv4", detect.IPv4, func(r *rand.Rand) string {
			return fmt.Sprintf("%d.%d.%d.%d", 1+r.IntN(190), r.IntN(256), r.IntN(256), r.IntN(256))
		}, 16384},
		{"ipv6", detect.IPv6, func(r *rand.Rand) string {
			return fmt.Sprintf("2a02:%x:%x::%x", r.IntN(65536), r.IntN(65536), r.IntN(65536))
		}, 0},
		{"mac", detect.MAC, func(r *rand.Rand) string {
			h := textOf(r, hexAlphabet, 10)
			return "3c:" + h[:2] + ":" + h[2:4] + ":" + h[4:6] + ":" + h[6:8] + ":" + h[8:]
		}, 1 << 28},
		{"imei", detect.DeviceID, func(r *rand.Rand) string { return cardOf(r, "35", 15) }, 1e9},
		{"gps", detect.GPS, func(r *rand.Rand) string { return fmt.Sprintf("%.6f, %.6f", r.Float64()*180-90, r.Float64()*360-180) }, 1e9},
		{"gps one", detect.GPS, func(r *rand.Rand) string { return fmt.Sprintf("%.5f", r.Float64()*180-90) }, 1e4},
		{"birth date", detect.BirthDate, func(r *rand.Rand) string {
			return fmt.Sprintf("%d-%02d-%02d", 1930+r.IntN(90), 1+r.IntN(12), 1+r.IntN(28))
		}, 450},
		{"birth date us", detect.BirthDate, func(r *rand.Rand) string { return fmt.Sprintf("%d/%d/%d", 1+r.IntN(12), 1+r.IntN(28), 1930+r.IntN(90)) }, 450},
		{"birth date named", detect.BirthDate, func(r *rand.Rand) string { return fmt.Sprintf("March %d, %d", 1+r.IntN(28), 1930+r.IntN(90)) }, 450},
		{"name", detect.PersonName, func(r *rand.Rand) string {
			return "Ada " + strings.ToUpper(textOf(r, hexLetters, 1)) + textOf(r, hexLetters, 6)
		}, 4096},
		{"address", detect.Address, func(r *rand.Rand) string {
			return digitsOf(r, 3) + " " + strings.ToUpper(textOf(r, hexLetters, 1)) + textOf(r, hexLetters, 6) + " Road"
		}, 1e6},
		{"postal code", detect.PostalCode, func(r *rand.Rand) string { return digitsOf(r, 5) }, 1e3},
		{"postal code uk", detect.PostalCode, func(r *rand.Rand) string { return "SW" + digitsOf(r, 1) + " " + digitsOf(r, 1) + "AA" }, 1e4},
		{"jwt", detect.JWT, jwtOf, 0},
		{"pem", detect.PrivateKey, pemOf, 0},
		{"basic", detect.BasicAuth, func(r *rand.Rand) string {
			return base64.StdEncoding.EncodeToString([]byte(textOf(r, hexAlphabet, 12) + "@mail.test:" + textOf(r, asciiAlphabet, 14)))
		}, 0},
		{"bearer", detect.BearerToken, func(r *rand.Rand) string { return textOf(r, alnumAlphabet, 40) }, 0},
		{"password", detect.Password, func(r *rand.Rand) string { return textOf(r, asciiAlphabet, 20) }, 0},
		{"password middle", detect.Password, func(r *rand.Rand) string { return textOf(r, asciiAlphabet, 14) }, 1e8},
		{"password short", detect.Password, func(r *rand.Rand) string { return textOf(r, alnumAlphabet, 9) }, 1e6},
		{"github", detect.ProviderKey, func(r *rand.Rand) string { return "ghp_" + textOf(r, alnumAlphabet, 36) }, 0},
		{"aws", detect.ProviderKey, func(r *rand.Rand) string { return "AKIA" + textOf(r, upperAlphabet, 16) }, 6e8},
		{"stripe", detect.ProviderKey, func(r *rand.Rand) string { return "sk_live_" + textOf(r, alnumAlphabet, 24) }, 0},
		{"hook", detect.ProviderKey, func(r *rand.Rand) string {
			return "https://hooks.test/services/T" + textOf(r, upperAlphabet, 8) + "/B" + textOf(r, upperAlphabet, 8) + "/" + textOf(r, alnumAlphabet, 24)
		}, 0},
		{"secret hex", detect.Secret, func(r *rand.Rand) string { return textOf(r, hexAlphabet, 32) }, 0},
		{"secret base64", detect.Secret, func(r *rand.Rand) string {
			return base64.StdEncoding.EncodeToString([]byte(textOf(r, asciiAlphabet, 32)))
		}, 0},
		{"secret uuid", detect.Secret, uuidOf, 0},
		{"secret words", detect.Secret, func(r *rand.Rand) string { return textOf(r, asciiAlphabet, 24) }, 0},
		{"session", detect.SessionID, func(r *rand.Rand) string {
			return "s:" + textOf(r, alnumAlphabet, 32) + "." + textOf(r, alnumAlphabet+"+/", 43)
		}, 0},
		{"custom", detect.Custom, func(r *rand.Rand) string { return "EMP-" + digitsOf(r, 8) }, 1e6},
	}
}

const hexLetters = "abcdef"

func surrogateOf(ring *Keyring, kind detect.Type, value string) string {
	return string(ring.Append(nil, kind, []byte(value)))
}

// What must hold of every kind, over many values of each.
func TestEveryKind(t *testing.T) {
	ring, other, rotated := testRing(t), testRing(t, "another key for other tests"), testRing(t, "another key for other tests", "a redaction key for tests")
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			same, count := 0, 3000
			if testing.Short() {
				count = 300
			}
			for range count {
				value := s.make(r)
				if ring.Made(s.kind, []byte(value)) {
					continue // counted by TestRealValuesAreNotTakenForSurrogates
				}
				surrogate := surrogateOf(ring, s.kind, value)
				require.NotEqual(t, value, surrogate)
				require.Equal(t, surrogate, surrogateOf(ring, s.kind, value), "of %q", value)
				require.True(t, ring.Made(s.kind, []byte(surrogate)), "%q of %q", surrogate, value)
				require.Equal(t, surrogate, surrogateOf(ring, s.kind, surrogate), "of %q", value)
				require.True(t, rotated.Made(s.kind, []byte(surrogate)), "%q of %q after rotation", surrogate, value)
				require.True(t, json.Valid([]byte(`"`+strings.ReplaceAll(surrogate, "\n", `\n`)+`"`)), "%q", surrogate)
				if _, err := fmt.Sscanf(value, "%d", new(int)); err == nil && strings.Trim(value, "0123456789") == "" {
					require.Len(t, surrogate, len(value))
					require.Equal(t, "", strings.Trim(surrogate, "0123456789"))
					if value[0] != '0' {
						require.NotEqual(t, byte('0'), surrogate[0], "%q of %q", surrogate, value)
					}
				}
				if surrogateOf(other, s.kind, value) == surrogate {
					same++
				}
			}
			if s.space == 0 || s.space > 1e5 {
				assert.LessOrEqual(t, same, 1, "another key gives the same surrogates")
			}
		})
	}
}

// Show what surrogates look like.
func TestLooks(t *testing.T) {
	ring := testRing(t)
	r := rand.New(rand.NewPCG(3, 4))
	for _, s := range samples() {
		value := s.make(r)
		t.Logf("%-20s %s -> %s", s.name, value, surrogateOf(ring, s.kind, value))
	}
}

func TestSpellingsAgree(t *testing.T) {
	ring := testRing(t)
	for _, c := range []struct {
		kind       detect.Type
		spellings  []string
		surrogates func(string) string // what must be equal of the surrogates
	}{
		{detect.Card, []string{"4111111111111111", "4111-1111-1111-1111", "4111 1111 1111 1111"}, onlyDigits},
		{detect.Email, []string{"Ada@Mail.Test", "ada@mail.test"}, strings.ToLower},
		{detect.SSN, []string{"123-45-6789", "123 45 6789", "123456789"}, onlyDigits},
		{detect.Phone, []string{"+1 415 867 5309", "(415) 867-5309", "4158675309", "1-415-867-5309", "+14158675309", "415.867.5309 ext. 12"}, lastTen},
		{detect.Phone, []string{"+44 7911 123456", "0044 7911 123456", "447911123456", "011 44 7911 123456"}, lastTen},
		{detect.IBAN, []string{"DE89370400440532013000", "de89 3704 0044 0532 0130 00"}, func(s string) string { return strings.ToUpper(strings.ReplaceAll(s, " ", "")) }},
		{detect.IPv6, []string{"2a02:0:0:1::5", "2A02::1:0:0:0:5", "2a02:0000:0000:0001:0:0:0:5"}, strings.ToLower},
		{detect.MAC, []string{"3C:22:FB:12:34:56", "3c-22-fb-12-34-56", "3c22.fb12.3456"}, func(s string) string {
			return strings.ToLower(strings.NewReplacer(":", "", "-", "", ".", "").Replace(s))
		}},
		{detect.PersonName, []string{"Ada Lovelace", "ADA LOVELACE", "ada lovelace"}, strings.ToLower},
		{detect.BirthDate, []string{"1985-12-31", "31.12.1985", "12/31/1985", "19851231", "December 31, 1985", "31 Dec 1985"}, nil},
	} {
		want := ""
		for _, spelling := range c.spellings {
			got := surrogateOf(ring, c.kind, spelling)
			assert.True(t, ring.Made(c.kind, []byte(got)), "%s %q -> %q", c.kind, spelling, got)
			if c.surrogates == nil {
				d, ok := parseDate([]byte(got))
				require.True(t, ok, got)
				got = string(d.appendTo(nil))
			} else {
				got = c.surrogates(got)
			}
			if want == "" {
				want = got
			}
			assert.Equal(t, want, got, "%s %q", c.kind, spelling)
		}
	}
}

func onlyDigits(s string) string { return string(appendDigits(nil, []byte(s))) }

func lastTen(s string) string {
	s, _, _ = strings.Cut(s, " ext")
	d := onlyDigits(s)
	return d[len(d)-10:]
}

// Test cards that people know by heart count as real.
func TestKnownExamplesAreReplaced(t *testing.T) {
	for _, secret := range []string{"a redaction key for tests", "another key for other tests", "a third key for yet other tests"} {
		ring := testRing(t, secret)
		for _, card := range []string{
			"4111 1111 1111 1111", "4242424242424242", "5555-5555-5555-4444", "4000000000000002", "4000056655665556", "4000000000003220",
			"4000002500003155", "4012888888881881", "5105105105105100", "2223003122003222", "378282246310005", "371449635398431",
			"6011111111111117", "6011000990139424", "30569309025904", "38520000023237", "3530111333300000", "3566002020360505", "6200000000000005",
		} {
			assert.False(t, ring.Made(detect.Card, []byte(card)), card)
		}
		for _, phone := range []string{"212-555-0123", "(415) 555-0199", "+1 202 555 0147", "+1-555-555-0100", "312-555-0100", "555-0123"} {
			assert.False(t, ring.Made(detect.Phone, []byte(phone)), phone)
		}
		for _, email := range []string{"user@example.com", "user-1@example.com", "user-aaaaaaaaaaaaaaaa@example.com"} {
			assert.False(t, ring.Made(detect.Email, []byte(email)), email)
		}
		for _, ssn := range []string{"987-65-4321", "666-12-3456", "078-05-1120", "219-09-9999"} {
			assert.False(t, ring.Made(detect.SSN, []byte(ssn)), ssn)
		}
	}
}

func TestTokensAndMasks(t *testing.T) {
	ring := testRing(t)
	token := ring.AppendToken(nil, detect.CategoryContact, detect.Email, []byte("ada@mail.test"))
	assert.Regexp(t, `^REDACTED-CONTACT-[0-9a-f]{20}$`, string(token))
	assert.Equal(t, token, ring.AppendToken(nil, detect.CategoryContact, detect.Email, []byte("ADA@mail.test")))
	for _, kind := range []detect.Type{detect.Email, detect.Secret, detect.Card, detect.PersonName, detect.IPv4} {
		assert.True(t, testRing(t, "another key for other tests").Made(kind, token))
		assert.Equal(t, token, ring.Append(nil, kind, token))
		assert.Equal(t, token, ring.AppendToken(nil, detect.CategoryContact, kind, token))
	}
	for value, want := range map[string]string{"4111 1111 1111 1234": "**** **** **** 1234", "1234": "**34", "ada@mail.test": "***@*****test", "Zoë": "**ë"} {
		keep := 4
		mask := AppendMask(nil, []byte(value), keep)
		if value == "ada@mail.test" {
			want = "***@****.test"
		}
		assert.Equal(t, want, string(mask))
		assert.True(t, Masked(mask), string(mask))
		assert.True(t, ring.Made(detect.Card, mask))
	}
	for _, real := range []string{"a*b", "SELECT * FROM cards", "4111", "*4111111111111111", "secret*"} {
		assert.False(t, Masked([]byte(real)), real)
	}
}

func TestTokenKeepsWhatReplaysNeed(t *testing.T) {
	ring := testRing(t)
	value := jwtOf(rand.New(rand.NewPCG(5, 6)))
	surrogate := surrogateOf(ring, detect.JWT, value)
	parts := strings.Split(surrogate, ".")
	require.Len(t, parts, 3)
	var header, claims map[string]any
	decode := func(part string, into any) {
		text, err := base64.RawURLEncoding.DecodeString(part)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, into))
	}
	decode(parts[0], &header)
	decode(parts[1], &claims)
	assert.Equal(t, "HS256", header["alg"])
	assert.NotEqual(t, "key-2026-11", header["kid"])
	assert.Equal(t, "https://issuer.test", claims["iss"])
	assert.Equal(t, 1790000000.0, claims["exp"])
	assert.Equal(t, []any{"admin", "writer"}, claims["roles"])
	assert.Regexp(t, `^user-.*@example\.com$`, claims["email"])
	assert.NotContains(t, fmt.Sprint(claims), "Lovelace")
	assert.Len(t, parts[2], len(strings.Split(value, ".")[2]))
	for _, kind := range []detect.Type{detect.JWT, detect.BearerToken, detect.SessionID, detect.Secret} {
		assert.Equal(t, surrogate, surrogateOf(ring, kind, value), "the same in whatever place it is found")
		assert.True(t, ring.Made(kind, []byte(surrogate)))
	}
	assert.Equal(t, "Bearer "+surrogate, surrogateOf(ring, detect.BearerToken, "Bearer "+value))
}

func TestKeyring(t *testing.T) {
	_, err := NewKeyring(Key{ID: "a", Secret: []byte("short")})
	assert.ErrorContains(t, err, "openssl rand -hex 32")
	assert.NotContains(t, err.Error(), "short\"")
	_, err = NewKeyring(Key{ID: "a", Secret: bytes.Repeat([]byte{1}, 16)}, Key{ID: "a", Secret: bytes.Repeat([]byte{2}, 16)})
	assert.ErrorContains(t, err, `"a"`)
	ring := testRing(t, "a redaction key for tests", "another key for other tests")
	assert.Equal(t, []string{"key-1"}, ring.PreviousIDs())
	assert.Len(t, ring.Derive("stamp"), 32)
	assert.NotEqual(t, ring.Derive("stamp"), ring.Derive("dead letter"))
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v %s", ring.keys[0], ring.keys[0], ring.keys[0], ring.keys[0]), "tests")
}

// Known answer of the reference implementation: key 00…0f, message 00…0e.
func TestSipHash(t *testing.T) {
	s := newSip(sipKey{0x0706050403020100, 0x0f0e0d0c0b0a0908})
	for i := range 15 {
		s.writeByte(byte(i))
	}
	assert.Equal(t, uint64(0xa129ca6149be45e5), s.sum())
}
