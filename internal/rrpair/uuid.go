package rrpair

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
)

// UUID is the identity of an RRPair: 16 bytes, written as base64 in the JSON
// and hyphenated for people.
type UUID [16]byte

var errNoUUID = errors.New("not a UUID: want base64 of 16 bytes, 8-4-4-4-12 hexadecimal digits, or 32 of them")

// String returns the hyphenated lower-case form.
func (id UUID) String() string {
	var text [36]byte
	hex.Encode(text[0:8], id[0:4])
	text[8] = '-'
	hex.Encode(text[9:13], id[4:6])
	text[13] = '-'
	hex.Encode(text[14:18], id[6:8])
	text[18] = '-'
	hex.Encode(text[19:23], id[8:10])
	text[23] = '-'
	hex.Encode(text[24:36], id[10:16])
	return string(text[:])
}

// Base64 returns the form that stands in the JSON: standard base64 with padding.
func (id UUID) Base64() string { return base64.StdEncoding.EncodeToString(id[:]) }

// ParseUUID reads base64 of 16 bytes (standard or URL alphabet, padded or not),
// the hyphenated form, or 32 hexadecimal digits.
func ParseUUID(text string) (UUID, error) { return parseUUID([]byte(text)) }

func parseUUID(text []byte) (UUID, error) {
	var id UUID
	switch len(text) {
	case 24, 22:
		if len(text) == 24 {
			if text[22] != '=' || text[23] != '=' {
				return UUID{}, errNoUUID
			}
			text = text[:22]
		}
		var standard [22]byte
		for i, c := range text {
			switch c {
			case '-':
				c = '+'
			case '_':
				c = '/'
			case '\r', '\n':
				return UUID{}, errNoUUID
			}
			standard[i] = c
		}
		if n, err := base64.RawStdEncoding.Decode(id[:], standard[:]); err != nil || n != len(id) {
			return UUID{}, errNoUUID
		}
		return id, nil
	case 36:
		if text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
			return UUID{}, errNoUUID
		}
		var digits [32]byte
		n := copy(digits[:], text[:8])
		n += copy(digits[n:], text[9:13])
		n += copy(digits[n:], text[14:18])
		n += copy(digits[n:], text[19:23])
		copy(digits[n:], text[24:])
		text = digits[:]
	case 32:
	default:
		return UUID{}, errNoUUID
	}
	if _, err := hex.Decode(id[:], text); err != nil {
		return UUID{}, errNoUUID
	}
	return id, nil
}
