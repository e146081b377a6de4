package surrogate

import (
	"bytes"
	"encoding/hex"
	"unicode/utf8"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

const (
	tokenPrefix = "REDACTED-"
	tokenHex    = 20 // 14 of the value, 6 of the check
)

// AppendToken appends REDACTED-<CATEGORY>-<20 hex digits>.
func (k *Keyring) AppendToken(dst []byte, category detect.Category, kind detect.Type, value []byte) []byte {
	m := k.maker()
	defer k.makers.Put(m)
	if len(value) > 0 && m.made(kind, value) {
		return append(dst, value...)
	}
	m.canonical = AppendCanonical(m.canonical[:0], kind, value)
	m.seed("token "+string(kind), m.canonical)
	dst = append(dst, tokenPrefix...)
	for i := 0; i < len(category); i++ {
		dst = append(dst, upperByte(category[i]))
	}
	dst = append(dst, '-')
	return hex.AppendEncode(dst, m.first[:tokenHex/2])
}

// isToken says whether value has the form of a token. Those of other keys count too: they are no secrets.
func isToken(value []byte) bool {
	if len(value) < len(tokenPrefix)+2+tokenHex || !bytes.HasPrefix(value, []byte(tokenPrefix)) {
		return false
	}
	category := value[len(tokenPrefix) : len(value)-tokenHex-1]
	if value[len(value)-tokenHex-1] != '-' {
		return false
	}
	for _, c := range category {
		if (c < 'A' || c > 'Z') && c != '_' {
			return false
		}
	}
	for _, c := range value[len(value)-tokenHex:] {
		if !isHexLower(c) {
			return false
		}
	}
	return true
}

// AppendMask appends value with all but its last keep letters and digits replaced by '*'; it stays recognisable as a mask
// ([Masked]). No more than half of a value is kept, whatever keep says.
func AppendMask(dst, value []byte, keep int) []byte {
	total := 0
	for i := 0; i < len(value); {
		size := runeLength(value[i:])
		if isAlnum(value[i]) || size > 1 {
			total++
		}
		i += size
	}
	masked := total - max(0, min(keep, total/2))
	for i := 0; i < len(value); {
		size := runeLength(value[i:])
		switch {
		case (isAlnum(value[i]) || size > 1) && masked > 0:
			dst = append(dst, '*')
			masked--
		default:
			dst = append(dst, value[i:i+size]...)
		}
		i += size
	}
	return dst
}

// Masked says whether value is a mask already: a '*' for at least as many characters as it shows, and all it shows last.
func Masked(value []byte) bool {
	last := bytes.LastIndexByte(value, '*')
	if last < 0 {
		return false
	}
	stars, shown := 0, 0
	for i := 0; i < len(value); {
		size := runeLength(value[i:])
		switch {
		case value[i] == '*':
			stars++
		case isAlnum(value[i]) || size > 1:
			if i < last {
				return false
			}
			shown++
		}
		i += size
	}
	return stars >= shown
}

func runeLength(text []byte) int {
	if text[0] < utf8.RuneSelf {
		return 1
	}
	_, size := utf8.DecodeRune(text)
	return size
}
