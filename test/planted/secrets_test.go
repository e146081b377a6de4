package planted

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"hash/crc32"
	mathrand "math/rand/v2"
	"strings"
)

// secret is a value that must not survive, with the texts it may be written as.
type secret struct {
	kind string
	// text is what is planted; value is the part of it that must be gone (a password within an URL).
	text, value string
	// name is the name it must stand under to be found; "" for values that prove themselves.
	name string
}

const (
	lowerAlphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789"
	alphanumeric      = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + lowerAlphanumeric
	digits            = "0123456789"
)

func pick(r *mathrand.Rand, alphabet string, n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(text)
}

// luhn appends the check digit.
func luhn(number string) string {
	sum := 0
	for i := range len(number) {
		d := int(number[len(number)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return number + string(digits[(10-sum%10)%10])
}

func iban(r *mathrand.Rand) string {
	account := pick(r, digits, 18)
	remainder := 0
	for _, c := range account + "131400" { // DE00 moved to the end
		remainder = (remainder*10 + int(c-'0')) % 97
	}
	return fmt.Sprintf("DE%02d%s", 98-remainder, account)
}

func base62(n uint32, width int) string {
	const table = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	text := ""
	for ; n > 0; n /= 62 {
		text = string(table[n%62]) + text
	}
	return strings.Repeat("0", max(0, width-len(text))) + text
}

func jwt(r *mathrand.Rand) string {
	encode := base64.RawURLEncoding.EncodeToString
	header := encode([]byte(`{"alg":"HS256","typ":"JWT"}`))
	claims := encode(fmt.Appendf(nil, `{"sub":"%s","name":"%s","iat":%d}`, pick(r, alphanumeric, 12), pick(r, lowerAlphanumeric, 9), 1700000000+r.IntN(1e7)))
	return header + "." + claims + "." + encode([]byte(pick(r, alphanumeric, 32)))
}

// newSecret makes a secret that no generator and no recording holds.
func newSecret(r *mathrand.Rand) secret {
	plain := func(kind, text string) secret { return secret{kind: kind, text: text, value: text} }
	under := func(name, kind, text string) secret { return secret{kind: kind, text: text, value: text, name: name} }
	switch r.IntN(20) {
	case 0:
		return plain("email", pick(r, lowerAlphanumeric[:26], 7)+"."+pick(r, lowerAlphanumeric[:26], 5)+"@"+pick(r, lowerAlphanumeric[:26], 8)+".com")
	case 1:
		return plain("card", luhn("4929"+pick(r, digits, 11)))
	case 2:
		number := luhn("5399" + pick(r, digits, 11))
		return plain("card", number[:4]+"-"+number[4:8]+"-"+number[8:12]+"-"+number[12:])
	case 3:
		return plain("ssn", fmt.Sprintf("%03d-%02d-%04d", 100+r.IntN(500), 10+r.IntN(89), 1000+r.IntN(8999)))
	case 4:
		return plain("phone", fmt.Sprintf("+1415%d%06d", 2+r.IntN(3), r.IntN(1e6)))
	case 5:
		return plain("iban", iban(r))
	case 6:
		return plain("jwt", jwt(r))
	case 7:
		return plain("aws key id", "AKIA"+pick(r, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16))
	case 8:
		body := pick(r, alphanumeric, 30)
		return plain("github token", "ghp_"+body+base62(crc32.ChecksumIEEE([]byte(body)), 6))
	case 9:
		return plain("stripe key", "sk_live_"+pick(r, alphanumeric, 24))
	case 10:
		return plain("slack token", "xoxb-"+pick(r, digits, 12)+"-"+pick(r, digits, 12)+"-"+pick(r, alphanumeric, 24))
	case 11:
		password := pick(r, alphanumeric, 14)
		return secret{kind: "url password", text: "postgres://shop:" + password + "@db.internal:5432/orders", value: password}
	case 12:
		key := make([]byte, 192)
		_, _ = rand.Read(key) // never fails
		body := base64.StdEncoding.EncodeToString(key)
		lines := ""
		for ; len(body) > 64; body = body[64:] {
			lines += body[:64] + "\n"
		}
		return secret{kind: "private key", text: "-----BEGIN RSA PRIVATE KEY-----\n" + lines + body + "\n-----END RSA PRIVATE KEY-----", value: lines[:64]}
	case 13:
		return plain("google key", "AIza"+pick(r, alphanumeric+"_-", 35))
	case 14:
		return under("password", "password", pick(r, alphanumeric, 12))
	case 15:
		return under("x-api-key", "api key", pick(r, alphanumeric, 32))
	case 16:
		return under("client_secret", "secret", pick(r, alphanumeric, 40))
	case 17:
		return plain("sendgrid key", "SG."+pick(r, alphanumeric, 22)+"."+pick(r, alphanumeric, 43))
	case 18:
		return under("ssn", "ssn", fmt.Sprintf("%03d%02d%04d", 100+r.IntN(500), 10+r.IntN(89), 1000+r.IntN(8999)))
	default:
		return under("sessionToken", "session", pick(r, alphanumeric, 48))
	}
}
