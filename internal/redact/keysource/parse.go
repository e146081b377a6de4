package keysource

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/surrogate"
)

// minDistinct is how many different characters a key has at least. Of 16 random bytes fewer than 8 are different once in
// 10^16, of random hexadecimal digits never.
const minDistinct = 8

// parseKey reads a key in any of its forms, with white space around it. Errors begin with a verb and do not show it.
func parseKey(text []byte) ([]byte, error) {
	text = bytes.TrimSpace(text)
	switch {
	case len(text) == 0:
		return nil, errors.New("is empty: " + howTo)
	case bytes.HasPrefix(text, []byte("${")):
		return nil, errors.New("still has the form ${…}: the variable was not put in its place; set it, and " + howTo)
	case len(text) < surrogate.MinSecret:
		return nil, fmt.Errorf("has %d bytes and needs at least %d: %s", len(text), surrogate.MinSecret, howTo)
	}
	key := decodeKey(text)
	if reason := weakness(key); reason != "" {
		return nil, errors.New(reason + ": " + howTo)
	}
	if reason := weakness(text); reason != "" {
		return nil, errors.New(reason + ": " + howTo)
	}
	return key, nil
}

// decodeKey takes hexadecimal digits and base64 for what they say, where that is as long as keys are, and all else for itself.
func decodeKey(text []byte) []byte {
	if len(text) >= 2*surrogate.MinSecret && len(text)%2 == 0 {
		if key, err := hex.DecodeString(string(text)); err == nil {
			return key
		}
	}
	for _, encoding := range [...]*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding, base64.RawURLEncoding} {
		key, err := encoding.Strict().DecodeString(string(text))
		if err != nil {
			continue
		}
		switch len(key) {
		case 16, 24, 32, 48, 64:
			return key
		}
	}
	return text
}

// weakness says in which way a key is easily guessed, "" for none.
func weakness(key []byte) string {
	var seen [256]bool
	distinct, steps := 0, 0
	for i, c := range key {
		if !seen[c] {
			seen[c] = true
			distinct++
		}
		if i > 0 && (c == key[i-1] || c == key[i-1]+1 || c == key[i-1]-1) {
			steps++
		}
	}
	if distinct < minDistinct {
		return fmt.Sprintf("is easily guessed: it has only %d different characters", distinct)
	}
	if steps*4 >= (len(key)-1)*3 {
		return "is easily guessed: it is a sequence"
	}
	small := strings.ToLower(string(key))
	for _, word := range [...]string{"changeme", "change-me", "change_me", "placeholder", "your-key", "yourkey", "mysecretkey", "password1", "redaction-key-here"} {
		if strings.Contains(small, word) {
			return "is easily guessed: it is an example"
		}
	}
	return ""
}
