package surrogate

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// signatureCheck is how many bytes of a signature say that a token is ours.
const signatureCheck = 8

// tokenShaped says whether value has the form of a compact JWS (RFC 7515) or JWE (RFC 7516) with a JSON header.
func tokenShaped(value []byte) bool {
	if len(value) < 10 || value[0] != 'e' || value[1] != 'y' && value[1] != 'w' {
		return false
	}
	dots := 0
	for _, c := range value {
		switch {
		case c == '.':
			dots++
		case !isAlnum(c) && c != '-' && c != '_':
			return false
		}
	}
	return dots == 2 || dots == 4
}

// appendJWT appends a token with the same header (but for key ids and the like), the names of all claims, the standard
// times, issuer, audience, roles and scopes as they are, keyed surrogates for all else, and a keyed signature of the same
// length. ok is false when the parts do not decode.
func (m *maker) appendJWT(dst, value []byte) (out []byte, ok bool) {
	start := len(dst)
	header, rest, _ := bytes.Cut(value, []byte{'.'})
	if dst, ok = m.appendPart(dst, header); !ok {
		return dst[:start], false
	}
	dst = append(dst, '.')
	if bytes.Count(rest, []byte{'.'}) == 3 {
		return m.appendOpaqueParts(dst, value, rest), true
	}
	claims, signature, _ := bytes.Cut(rest, []byte{'.'})
	if dst, ok = m.appendPart(dst, claims); !ok {
		return dst[:start], false
	}
	dst = append(dst, '.')
	length := base64.RawURLEncoding.DecodedLen(len(signature))
	m.seed(string(detect.JWT), value)
	m.decoded = m.decoded[:0]
	for len(m.decoded) < length {
		m.decoded = append(m.decoded, byte(m.uint16()))
	}
	check := min(signatureCheck, length/2)
	sum := jwtCheck(m.ring.checks[0], dst[start:], m.decoded[:length-check])
	copy(m.decoded[length-check:], sum[:check])
	return base64.RawURLEncoding.AppendEncode(dst, m.decoded), true
}

func jwtCheck(key sipKey, signed, signature []byte) (sum [8]byte) {
	s := newSip(key)
	s.writeByte(familyJWT)
	s.write(signed)
	s.write(signature)
	binary.BigEndian.PutUint64(sum[:], s.sum())
	return sum
}

// madeJWT says whether value is a token of ours, and whether it is a token at all: its header is JSON.
func (m *maker) madeJWT(value []byte) (made, jwt bool) {
	header, _, _ := bytes.Cut(value, []byte{'.'})
	var err error
	if m.decoded, err = base64.RawURLEncoding.AppendDecode(m.decoded[:0], header); err != nil || !json.Valid(m.decoded) {
		return false, false
	}
	if bytes.Count(value, []byte{'.'}) == 4 {
		return m.madeOpaqueParts(value), true
	}
	return m.madeSignature(value), true
}

func (m *maker) madeSignature(value []byte) bool {
	at := bytes.LastIndexByte(value, '.')
	var err error
	if m.decoded, err = base64.RawURLEncoding.AppendDecode(m.decoded[:0], value[at+1:]); err != nil {
		return false
	}
	length := len(m.decoded)
	check := min(signatureCheck, length/2)
	if check == 0 { // not signed: ours when all that would be replaced is
		made, ok := m.appendJWT(nil, value)
		return ok && bytes.Equal(made, value)
	}
	for _, key := range m.ring.checks {
		sum := jwtCheck(key, value[:at+1], m.decoded[:length-check])
		if bytes.Equal(sum[:check], m.decoded[length-check:]) {
			return true
		}
	}
	return false
}

// appendPart decodes a part, rewrites its JSON and encodes it again.
func (m *maker) appendPart(dst, part []byte) ([]byte, bool) {
	var err error
	if m.decoded, err = base64.RawURLEncoding.AppendDecode(m.decoded[:0], part); err != nil || !json.Valid(m.decoded) {
		return dst, false
	}
	m.rewritten = m.ring.appendClaims(m.rewritten[:0], m.decoded)
	return base64.RawURLEncoding.AppendEncode(dst, m.rewritten), true
}

// Encrypted tokens: key, vector, text and tag are as long as they were.

func (m *maker) layoutOpaqueParts(from int) (checks int) {
	m.slots = m.slots[:0]
	for i := from; i < len(m.text); i++ {
		if m.text[i] != '.' {
			m.slots = append(m.slots, slot{int32(i), letterOrDigit})
		}
	}
	return checkPlaces(m.slots, plainShare)
}

func (m *maker) appendOpaqueParts(dst, value, rest []byte) []byte {
	m.seed(string(detect.JWT), value)
	m.text = append(m.text[:0], rest...)
	m.fill(familyJWT, m.layoutOpaqueParts(0))
	return append(dst, m.text...)
}

func (m *maker) madeOpaqueParts(value []byte) bool {
	_, rest, _ := bytes.Cut(value, []byte{'.'})
	m.text = append(m.text[:0], rest...)
	return m.filled(familyJWT, m.layoutOpaqueParts(0))
}

// claimKept says whether a claim or header parameter stays: it says what the token is and may do, not whose it is.
func claimKept(name []byte) bool {
	switch string(name) {
	case "alg", "typ", "cty", "enc", "zip", "crit", "b64", "ver",
		"iss", "aud", "exp", "iat", "nbf", "auth_time", "updated_at",
		"scope", "scp", "scopes", "role", "roles", "permissions", "authorities", "amr", "acr", "token_use":
		return true
	}
	return false
}

// claimKind is what a claim's value is, by its name (OpenID Connect Core, section 5.1).
func claimKind(name, text []byte) detect.Type {
	if at := bytes.IndexByte(text, '@'); at > 0 && bytes.IndexByte(text[at:], '.') > 0 && bytes.IndexByte(text, ' ') < 0 {
		return detect.Email
	}
	switch string(name) {
	case "name", "given_name", "family_name", "middle_name", "nickname":
		return detect.PersonName
	case "phone_number":
		return detect.Phone
	case "birthdate":
		return detect.BirthDate
	}
	return detect.Secret
}

// longNumber is the number of digits from which on a number may name somebody.
const longNumber = 5

// appendClaims copies valid JSON with surrogates for the values of members that are not kept.
func (k *Keyring) appendClaims(dst, document []byte) []byte {
	var name []byte
	keepDepth, depth := -1, 0 // depth of the container that is kept with all it holds
	kept := false
	for i := 0; i < len(document); {
		c := document[i]
		switch {
		case c == '"':
			end := stringEnd(document, i)
			text := document[i+1 : end-1]
			if isName(document, end) {
				name = text
				kept = claimKept(name)
				dst = append(dst, document[i:end]...)
			} else {
				dst = append(dst, '"')
				if kept || keepDepth >= 0 || len(text) == 0 {
					dst = append(dst, text...)
				} else {
					dst = k.Append(dst, claimKind(name, text), text)
				}
				dst = append(dst, '"')
			}
			i = end
		case c == '{' || c == '[':
			if kept && keepDepth < 0 {
				keepDepth = depth
			}
			depth++
			dst = append(dst, c)
			i++
		case c == '}' || c == ']':
			depth--
			if keepDepth == depth {
				keepDepth = -1
				kept = false
			}
			dst = append(dst, c)
			i++
		case isDigit(c):
			end := i
			for end < len(document) && isDigit(document[end]) {
				end++
			}
			if kept || keepDepth >= 0 || end-i < longNumber {
				dst = append(dst, document[i:end]...)
			} else {
				dst = k.Append(dst, detect.NationalID, document[i:end])
			}
			i = end
		default:
			dst = append(dst, c)
			i++
		}
	}
	return dst
}

// stringEnd is where the JSON string that begins at text[start] ends, its quote included.
func stringEnd(text []byte, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

func isName(text []byte, end int) bool {
	for _, c := range text[end:] {
		if c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c == ':'
		}
	}
	return false
}

// Basic credentials (RFC 7617).

func (m *maker) decodeBasic(value []byte) (user, password []byte, encoding *base64.Encoding, ok bool) {
	encoding = base64.StdEncoding
	if len(value)%4 != 0 {
		encoding = base64.RawStdEncoding
	}
	var err error
	if m.decoded, err = encoding.AppendDecode(m.decoded[:0], value); err != nil {
		return nil, nil, nil, false
	}
	user, password, ok = bytes.Cut(m.decoded, []byte{':'})
	return user, password, encoding, ok
}

func userKind(user []byte) detect.Type {
	if bytes.IndexByte(user, '@') > 0 {
		return detect.Email
	}
	return detect.Secret
}

func (m *maker) appendBasic(dst, value []byte) ([]byte, bool) {
	user, password, encoding, ok := m.decodeBasic(value)
	if !ok {
		return dst, false
	}
	m.rewritten = m.ring.Append(m.rewritten[:0], userKind(user), user)
	m.rewritten = append(m.rewritten, ':')
	m.rewritten = m.ring.Append(m.rewritten, detect.Password, password)
	return encoding.AppendEncode(dst, m.rewritten), true
}

func (m *maker) madeBasic(value []byte) bool {
	user, password, _, ok := m.decodeBasic(value)
	return ok && (len(user) == 0 || m.ring.Made(userKind(user), user)) && (len(password) == 0 || m.ring.Made(detect.Password, password))
}
