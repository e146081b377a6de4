package archive

import (
	"bytes"
	"encoding/base64"
)

// Every token of a token list names the pair it was found in, as base64. In the
// column the text "uuid":true stands for "uuid":"…" with the row's own uuid. The
// shredder leaves the column null when the record itself holds such a literal.
const (
	tokenUUIDKey    = `"uuid":`
	markerTokenUUID = tokenUUIDKey + "true"
)

// tokenUUID is the text that the marker stands for.
type tokenUUID [len(tokenUUIDKey) + 24 + 2]byte

func newTokenUUID(uuid []byte) (text tokenUUID) {
	out := append(text[:0], tokenUUIDKey...)
	out = append(out, '"')
	_ = append(base64.StdEncoding.AppendEncode(out, uuid), '"')
	return text
}

// tokenList takes any object over, with markers. The uuid must have been shredded.
func (r *rowShredder) tokenList(raw []byte) bool {
	uuid, ok := r.last(ColumnUUID)
	if !ok || len(raw) == 0 || raw[0] != '{' || bytes.Contains(raw, []byte(markerTokenUUID)) {
		return false
	}
	text := newTokenUUID(uuid)
	column := &r.set.columns[ColumnTokenList]
	start := len(column.data)
	column.data = appendReplaced(column.data, raw, text[:], []byte(markerTokenUUID))
	r.end(ColumnTokenList, start)
	return true
}

// tokenList writes the token list of the record.
func (u *unshredder) tokenList(column []byte) {
	uuid := u.row.Bytes[ColumnUUID]
	if len(uuid) != 16 {
		u.out = append(u.out, column...)
		return
	}
	text := newTokenUUID(uuid)
	u.out = appendReplaced(u.out, column, []byte(markerTokenUUID), text[:])
}

// appendReplaced appends text with every occurrence of one part replaced.
func appendReplaced(dst, text, old, by []byte) []byte {
	for {
		at := bytes.Index(text, old)
		if at < 0 {
			return append(dst, text...)
		}
		dst = append(append(dst, text[:at]...), by...)
		text = text[at+len(old):]
	}
}
