package surrogate

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// As many surrogates are equal as the space of the type makes likely, and no more. SURROGATE_FULL=1 takes 100,000 values of each.
func TestDifferentValuesDiffer(t *testing.T) {
	count := 20_000
	switch {
	case os.Getenv("SURROGATE_FULL") != "":
		count = 100_000
	case testing.Short():
		count = 2_000
	}
	ring := testRing(t)
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			n := count
			if s.kind == detect.PrivateKey || s.kind == detect.JWT {
				n /= 20 // long ones
			}
			r := rand.New(rand.NewPCG(7, 8))
			values, surrogates := make(map[string]bool), make(map[string]bool)
			for range n {
				value := s.make(r)
				if canonical := string(AppendCanonical(nil, s.kind, []byte(value))); !values[canonical] {
					values[canonical] = true
					surrogates[string(AppendCanonical(nil, s.kind, ring.Append(nil, s.kind, []byte(value))))] = true
				}
			}
			equal := len(values) - len(surrogates)
			t.Logf("%d values, %d equal surrogates", len(values), equal)
			if s.space == 0 {
				assert.LessOrEqual(t, equal, 1)
			} else {
				expected := float64(len(values)) * float64(len(values)) / 2 / s.space
				assert.LessOrEqual(t, float64(equal), max(10, 2*expected))
			}
		})
	}
}

// What Made promises of real values.
func TestRealValuesAreNotTakenForSurrogates(t *testing.T) {
	count := 20_000
	if testing.Short() {
		count = 4_000
	}
	ring := testRing(t)
	for _, s := range samples() {
		allowed := 0
		switch s.name {
		case "card code", "postal code":
			allowed = count * 20 / 1000
		case "phone us", "phone extension":
			allowed = 1
		case "mrn", "custom", "passport", "national id letters", "gps one", "postal code uk":
			allowed = count * 2 / 1000
		case "national id", "bank account", "phone de", "phone national", "password short":
			allowed = 10
		}
		r := rand.New(rand.NewPCG(9, 10))
		taken := 0
		for range count {
			if ring.Made(s.kind, []byte(s.make(r))) {
				taken++
			}
		}
		t.Logf("%-20s %d of %d", s.name, taken, count)
		assert.LessOrEqual(t, taken, allowed, s.name)
	}
}

// Nothing of five letters and digits or more survives of a secret but what is promised: a key's prefix, names and kept claims
// of a token, armour. Chance repeats five digits once in some thousand values.
func TestNothingSurvives(t *testing.T) {
	ring := testRing(t)
	const values = 3000
	for _, s := range samples() {
		promised := "AKIAREDACTED ghpRedacted skRedacted httpshookstestRedacted BEGINRSAPRIVATEKEYENDRSAPRIVATEKEY January March"
		limit := values / 100
		switch s.kind {
		case detect.JWT:
			continue // TestTokenKeepsWhatReplaysNeed
		case detect.BirthDate:
			limit = values / 20 // few dates: "19" and parts of the year come again
		}
		if s.name == "phone uk" {
			limit = values / 50 // 447 comes again, and with it 44770
		}
		r := rand.New(rand.NewPCG(11, 12))
		survivors := 0
		for range values {
			value := s.make(r)
			if ring.Made(s.kind, []byte(value)) {
				continue
			}
			surrogate := alnumOf(armourLess(surrogateOf(ring, s.kind, value)))
			value = alnumOf(armourLess(value))
			for i := 0; i+5 <= len(value); i++ {
				if part := value[i : i+5]; strings.Contains(surrogate, part) && !strings.Contains(promised, part) {
					survivors++
					break
				}
			}
		}
		t.Logf("%-20s %d of %d", s.name, survivors, values)
		assert.LessOrEqual(t, survivors, limit, s.name)
	}
}

func armourLess(s string) string {
	return strings.NewReplacer("-----BEGIN RSA PRIVATE KEY-----", "", "-----END RSA PRIVATE KEY-----", "").Replace(s)
}

func alnumOf(s string) string {
	var out []byte
	for _, c := range []byte(s) {
		if isAlnum(c) {
			out = append(out, c)
		}
	}
	return string(out)
}

func TestSurrogatesAreWhatTheyStandFor(t *testing.T) {
	ring := testRing(t)
	r := rand.New(rand.NewPCG(13, 14))
	for _, s := range samples() {
		for range 300 {
			value := s.make(r)
			got := surrogateOf(ring, s.kind, value)
			digits := []byte(onlyDigits(got))
			switch s.name {
			case "visa", "mastercard", "amex":
				require.Zero(t, luhn(0, digits), got)
				require.Equal(t, value[0], got[0])
				require.Len(t, got, len(value))
			case "aba":
				require.Zero(t, abaSum(digits), got)
			case "npi":
				require.Zero(t, luhn(npiStart, digits), got)
			case "iban de", "iban gb":
				require.Equal(t, 1, ibanRest(appendAlnumUpper(nil, []byte(got))), got)
				require.Equal(t, value[:2], got[:2])
				require.Len(t, got, len(value))
			case "ssn", "ssn plain", "itin":
				require.Equal(t, byte('9'), got[0])
				require.Len(t, got, len(value))
			case "ipv4":
				require.True(t, netip.MustParsePrefix("198.18.0.0/15").Contains(netip.MustParseAddr(got)), got)
			case "ipv6":
				require.True(t, netip.MustParsePrefix("2001:db8::/32").Contains(netip.MustParseAddr(got)), got)
			case "phone us":
				number, err := phonenumbers.Parse(got, "US")
				require.NoError(t, err)
				require.True(t, phonenumbers.IsPossibleNumber(number), got)
				require.Contains(t, got, " 555-01")
				require.Len(t, got, len(value))
			case "phone uk":
				require.True(t, strings.HasPrefix(got, "+44 7700 900"), got)
				require.Len(t, got, len(value))
			case "jwt":
				require.Len(t, strings.Split(got, "."), 3)
			case "secret hex", "bearer", "session", "secret base64", "password", "github", "aws", "stripe", "pem", "secret uuid":
				require.Len(t, got, len(value))
			}
		}
	}
}

// Every area code is one that libphonenumber knows.
func TestAreaCodes(t *testing.T) {
	seen := make(map[string]bool)
	for i := 0; i < len(phoneAreas); i += 3 {
		area := phoneAreas[i : i+3]
		number, err := phonenumbers.Parse("+1"+area+"5550123", "")
		require.NoError(t, err)
		assert.True(t, phonenumbers.IsValidNumber(number), area)
		assert.False(t, seen[area], area)
		seen[area] = true
	}
	t.Log(len(seen), "area codes")
	for i := 0; i < len(phoneRangesUK); i += 8 {
		number, err := phonenumbers.Parse("+44"+phoneRangesUK[i:i+7]+"123", "")
		require.NoError(t, err)
		assert.True(t, phonenumbers.IsValidNumber(number), phoneRangesUK[i:i+7])
	}
}

// A value that is not well-formed gets a surrogate all the same, which is known again.
func TestAnythingGoesIn(t *testing.T) {
	ring := testRing(t)
	r := rand.New(rand.NewPCG(15, 16))
	kinds := map[detect.Type]bool{}
	for _, s := range samples() {
		kinds[s.kind] = true
	}
	odd := []string{"", " ", "-", "....", "x", "7", "12", "Zoë Müller", "王小明", "\x00\xff\xfe", "eyJ.eyJ.x", "eyJhbGciOiJub25lIn0..", "-----BEGIN PRIVATE KEY-----", "Basic ", "Basic OnA=", "+", "+1", "::ffff:10.0.0.1", "fe80::1%eth0", "[2a02::1]",
		"10.1.2.3/24", "1e5", "0", "00000000", "2001-02-30", "--", "a:b", "https://", "sk_", "********", strings.Repeat("9", 100), strings.Repeat("a", 10000), "+0000000000", "00000000000", "0110000000000000", "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.a_b-c.def.ghijkl.mnop"}
	for range 500 {
		odd = append(odd, textOf(r, asciiAlphabet+" ", r.IntN(40)), textOf(r, "0123456789-+. ()", r.IntN(20)))
	}
	for kind := range kinds {
		for _, value := range odd {
			got := ring.Append(nil, kind, []byte(value))
			require.Equal(t, string(got), string(ring.Append(nil, kind, []byte(value))))
			if bytes.ContainsAny([]byte(value), "abcdefghijklmnopqrstuvwxyz0123456789") {
				assert.True(t, ring.Made(kind, got), "%s: %q of %q", kind, got, value)
				assert.Equal(t, string(got), string(ring.Append(nil, kind, got)), "%s: %q", kind, value)
			}
			quoted, err := json.Marshal(value)
			if err == nil && len(got) > 0 && string(quoted) == `"`+value+`"` {
				assert.True(t, json.Valid([]byte(`"`+string(got)+`"`)), "%s: %q", kind, got)
			}
		}
	}
}
