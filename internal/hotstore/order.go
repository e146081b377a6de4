package hotstore

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// DefaultLimit is how many documents a page has when the search names none; MaxLimit is the most that one page may have,
// so that a page fits into memory.
const (
	DefaultLimit = 100
	MaxLimit     = 10_000
)

// PageLimit is the number of documents that the page may have.
func (s *Search) PageLimit() int {
	if s.Limit <= 0 {
		return DefaultLimit
	}
	return min(s.Limit, MaxLimit)
}

// Order is the whole order of the search: its keys, then ts (newest first) and uuid (ascending) where they are not among
// them. Nothing follows a uuid, which is unique.
func (s *Search) Order() []SortKey {
	var order []SortKey
	hasTime := false
	for _, key := range s.Sort {
		key.Field = LookupDimension(key.Field).Name
		if slices.ContainsFunc(order, func(k SortKey) bool { return k.Field == key.Field }) {
			continue
		}
		order = append(order, key)
		hasTime = hasTime || key.Field == "ts"
		if key.Field == "uuid" {
			return order
		}
	}
	if !hasTime {
		order = append(order, SortKey{Field: "ts", Descending: true})
	}
	return append(order, SortKey{Field: "uuid"})
}

// Position is where a document stands in an order: its value for each key.
type Position []SortValue

// SortValue is one value to sort by: Text for texts, else Number.
type SortValue struct {
	Text   string
	Number int64
}

// PositionOf gives a document's place in an order.
func PositionOf(document *Document, order []SortKey) Position {
	position := make(Position, len(order))
	for i, key := range order {
		dimension := LookupDimension(key.Field)
		if dimension.Number != nil {
			position[i].Number = dimension.Number(document)
		} else {
			position[i].Text = dimension.Text(document)
		}
	}
	return position
}

// Compare tells which position comes first in an order: negative for p.
func (p Position) Compare(other Position, order []SortKey) int {
	for i, key := range order {
		c := cmp.Compare(p[i].Number, other[i].Number)
		if c == 0 {
			c = cmp.Compare(p[i].Text, other[i].Text)
		}
		if c == 0 {
			continue
		}
		if key.Descending {
			return -c
		}
		return c
	}
	return 0
}

// Time and UUID of a position, zero where the order has none.
func (p Position) Time(order []SortKey) time.Time {
	for i, key := range order {
		if key.Field == "ts" {
			return time.Unix(0, p[i].Number).UTC()
		}
	}
	return time.Time{}
}

// UUID of the document at the position.
func (p Position) UUID(order []SortKey) rrpair.UUID {
	id, _ := rrpair.ParseUUID(p[len(p)-1].Text)
	return id
}

const cursorVersion = 1

// Cursor makes the opaque text that continues a search after a document: the place of the document, and a mark of the
// search it belongs to.
func (s *Search) Cursor(last *Document) string {
	order := s.Order()
	data := append([]byte{cursorVersion}, s.mark()...)
	for _, value := range PositionOf(last, order) {
		data = binary.AppendVarint(data, value.Number)
		data = binary.AppendUvarint(data, uint64(len(value.Text)))
		data = append(data, value.Text...)
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// mark tells searches apart: another query or another order would make gaps or doubles. The window is no part of it, as
// relative times move on while somebody turns pages.
func (s *Search) mark() []byte {
	hash := sha256.New()
	for _, key := range s.Order() {
		fmt.Fprintf(hash, "%q %t ", key.Field, key.Descending)
	}
	hash.Write([]byte(timelessText(s.Query)))
	return hash.Sum(nil)[:6]
}

var errCursor = errors.New("the cursor is damaged: take it as it was printed, or start again without it")

// Position reads the search's cursor; nil without one. The error wraps ErrInvalidQuery.
func (s *Search) Position() (Position, error) {
	if s.After == "" {
		return nil, nil
	}
	data, err := base64.RawURLEncoding.DecodeString(s.After)
	if err != nil || len(data) < 7 {
		return nil, fmt.Errorf("%w: %w", ErrInvalidQuery, errCursor)
	}
	if data[0] != cursorVersion {
		return nil, fmt.Errorf("%w: the cursor is of version %d, this program reads %d: start again without it", ErrInvalidQuery, data[0], cursorVersion)
	}
	if !bytes.Equal(data[1:7], s.mark()) {
		return nil, fmt.Errorf("%w: the cursor belongs to another filter or another sort order: repeat both as they were, or start again without it", ErrInvalidQuery)
	}
	data = data[7:]
	order := s.Order()
	position := make(Position, len(order))
	for i := range order {
		number, n := binary.Varint(data)
		if n <= 0 {
			return nil, fmt.Errorf("%w: %w", ErrInvalidQuery, errCursor)
		}
		length, m := binary.Uvarint(data[n:])
		if m <= 0 || length > uint64(len(data)-n-m) {
			return nil, fmt.Errorf("%w: %w", ErrInvalidQuery, errCursor)
		}
		position[i] = SortValue{Text: string(data[n+m : n+m+int(length)]), Number: number}
		data = data[n+m+int(length):]
	}
	if _, err := rrpair.ParseUUID(position[len(position)-1].Text); err != nil || len(data) > 0 {
		return nil, fmt.Errorf("%w: %w", ErrInvalidQuery, errCursor)
	}
	return position, nil
}

// ParseSort reads "-ts,service": names of dimensions, - before one for descending.
func ParseSort(text string) []SortKey {
	var keys []SortKey
	for name := range strings.SplitSeq(text, ",") {
		name = strings.TrimSpace(name)
		key := SortKey{Field: name}
		if name != "" && (name[0] == '-' || name[0] == '+') {
			key.Field, key.Descending = name[1:], name[0] == '-'
		}
		if key.Field != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// SortBy puts documents into an order.
func SortBy(documents []*Document, order []SortKey) {
	type placed struct {
		document *Document
		position Position
	}
	all := make([]placed, len(documents))
	for i, document := range documents {
		all[i] = placed{document, PositionOf(document, order)}
	}
	slices.SortFunc(all, func(a, b placed) int { return a.position.Compare(b.position, order) })
	for i := range all {
		documents[i] = all[i].document
	}
}

// String is the key as ParseSort reads it.
func (k SortKey) String() string {
	if k.Descending {
		return "-" + k.Field
	}
	return k.Field
}
