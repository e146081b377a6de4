package filter

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// uuidBytes reads the spellings of a UUID that records, tools and people use.
func uuidBytes(text string) ([]byte, bool) {
	digits := text
	if len(text) == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-' {
		digits = strings.ReplaceAll(text, "-", "")
	}
	if len(digits) == 32 {
		raw, err := hex.DecodeString(digits)
		return raw, err == nil
	}
	unpadded := strings.TrimRight(text, "=")
	if len(unpadded) != 22 {
		return nil, false
	}
	raw, err := base64.RawStdEncoding.DecodeString(unpadded)
	if err != nil {
		raw, err = base64.RawURLEncoding.DecodeString(unpadded)
	}
	return raw, err == nil && len(raw) == 16
}
