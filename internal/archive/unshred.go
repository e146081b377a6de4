package archive

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// ErrCorruptRow says that a row's columns contradict each other, so no writer of
// this package made it.
var ErrCorruptRow = errors.New("row does not follow archive format version 1")

// Markers: what stands in rest, in http.req or http.res, when the field itself
// lies in req_body or res_body. They count only while that column is not null,
// and the shredder leaves the column null when the record itself holds such a
// literal there.
const (
	markerBodyRepeats = "true"  // "body":true: body repeats the column's bytes as text
	markerNoBase64    = "false" // "bodyBase64":false: the record has body alone
)

// column field of the top level, in the order in which a pair is written. rank is
// the position among all known members, see topRank.
type columnField struct {
	column Column
	key    string
}

// topColumns lists the top-level members that can lie in a column.
func topColumns() [18]columnField {
	return [18]columnField{
		{ColumnTS, "ts"},
		{ColumnL7Protocol, "l7protocol"},
		{ColumnDurationMS, "duration"},
		{ColumnTags, "tags"},
		{ColumnUUID, "uuid"},
		{ColumnDirection, "direction"},
		{ColumnCluster, "cluster"},
		{ColumnNamespace, "namespace"},
		{ColumnService, "service"},
		{ColumnTech, "tech"},
		{ColumnNetworkAddress, "network_address"},
		{ColumnCommand, "command"},
		{ColumnLocation, "location"},
		{ColumnStatus, "status"},
		{ColumnTokenList, "tokenList"},
		{ColumnSession, "session"},
		{ColumnSignature, "signature"},
		{ColumnNetinfo, "netinfo"},
	}
}

// topPlace says how many entries of topColumns stand before a member, and
// whether the member is the entry at that place.
func topPlace(key []byte) (before int, isColumn bool) {
	switch string(key) {
	case "msgType", "resource":
		return 0, false
	case "ts":
		return 0, true
	case "isTls":
		return 1, false
	case "l7protocol":
		return 1, true
	case "duration":
		return 2, true
	case "alpn":
		return 3, false
	case "tags":
		return 3, true
	case "uuid":
		return 4, true
	case "direction":
		return 5, true
	case "cluster":
		return 6, true
	case "namespace":
		return 7, true
	case "service":
		return 8, true
	case "tech":
		return 9, true
	case "network_address":
		return 10, true
	case "command":
		return 11, true
	case "location":
		return 12, true
	case "status":
		return 13, true
	case "dlpModified", "dlpRule", "partOfStreamUUID", "streamSeqNum", "http", "postgres", "AmqpV091":
		return 14, false
	case "tokenList":
		return 14, true
	case "session":
		return 15, true
	case "signature":
		return 16, true
	case "events":
		return 17, false
	case "netinfo":
		return 17, true
	}
	return 18, false
}

// Unshred appends the compact JSON of the pair that was shredded into row: the
// members of rest as they are, the columns put back at their places. A member
// that stands in rest wins over its column. It allocates nothing but dst's growth
// and keeps no view of row. Errors wrap [ErrCorruptRow]; dst is then returned as
// it came.
func Unshred(dst []byte, row *Row) ([]byte, error) {
	u := unshredder{row: row, out: dst, columns: topColumns()}
	u.present = u.columnsInRest()
	u.out = append(u.out, '{')
	rest := row.Bytes[ColumnRest]
	whole := rrpair.EachMember(rest, u.topMember)
	switch {
	case !whole:
		return dst, fmt.Errorf("unshred: rest is no JSON object: %w", ErrCorruptRow)
	case u.err != nil:
		return dst, u.err
	case u.leftover():
		return dst, fmt.Errorf("unshred: a column of http has no place in rest: %w", ErrCorruptRow)
	}
	if u.fillUpTo(len(u.columns)); u.err != nil {
		return dst, u.err
	}
	return append(u.out, '}'), nil
}

type unshredder struct {
	row      *Row
	out      []byte
	columns  [18]columnField
	present  uint32 // bit i: rest holds the member of columns[i] itself
	next     int    // columns before this index are written or skipped
	members  int    // members written at the top level
	request  bool   // http.req was met as an object
	response bool
	err      error
}

// columnsInRest finds the members of rest that win over their columns.
func (u *unshredder) columnsInRest() (present uint32) {
	rrpair.EachMember(u.row.Bytes[ColumnRest], func(key, _ []byte) bool {
		if place, isColumn := topPlace(key); isColumn {
			present |= 1 << place
		}
		return true
	})
	return present
}

func (u *unshredder) topMember(key, value []byte) bool {
	place, _ := topPlace(key)
	u.fillUpTo(place)
	u.comma()
	u.key(key)
	if string(key) == "http" && len(value) > 0 && value[0] == '{' {
		u.http(value)
		return u.err == nil
	}
	if column := u.row.Bytes[ColumnSignature]; column != nil && string(key) == "mutableSignature" && string(value) == markerMutableRepeats {
		whole := false
		if u.out, whole = appendMutableSignature(u.out, column, u.row.Bytes[ColumnReqBody]); !whole {
			u.err = errSignatureBody
		}
		return whole
	}
	u.out = append(u.out, value...)
	return true
}

func (u *unshredder) comma() {
	if u.members++; u.members > 1 {
		u.out = append(u.out, ',')
	}
}

func (u *unshredder) key(key []byte) {
	u.out = append(append(append(u.out, '"'), key...), '"', ':')
}

// fillUpTo writes the columns whose place is before the given one.
func (u *unshredder) fillUpTo(place int) {
	for ; u.next < place; u.next++ {
		if u.present&(1<<u.next) != 0 {
			continue
		}
		field := u.columns[u.next]
		if !u.has(field.column) {
			continue
		}
		u.comma()
		u.out = append(append(append(u.out, '"'), field.key...), '"', ':')
		u.value(field.column)
	}
}

func (u *unshredder) has(column Column) bool {
	switch column {
	case ColumnTS:
		return u.row.HasTSNanos
	case ColumnDurationMS:
		return u.row.HasDurationMS
	}
	return u.row.Bytes[column] != nil
}

func (u *unshredder) value(column Column) {
	data := u.row.Bytes[column]
	switch column {
	case ColumnTS:
		u.out = append(u.out, '"')
		u.out = append(appendTimestamp(u.out, u.row.TS, u.row.TSNanos), '"')
	case ColumnDurationMS:
		u.out = strconv.AppendInt(u.out, int64(u.row.DurationMS), 10)
	case ColumnUUID:
		u.base64(data)
	case ColumnTags, ColumnNetinfo:
		u.out = append(u.out, data...)
	case ColumnTokenList:
		u.tokenList(data)
	case ColumnSignature:
		u.signature(data)
	default:
		u.out = rrpair.AppendQuoted(u.out, data)
	}
}

func (u *unshredder) base64(data []byte) {
	u.out = append(u.out, '"')
	u.out = append(base64.StdEncoding.AppendEncode(u.out, data), '"')
}

// leftover reports a column of http whose object rest does not hold.
func (u *unshredder) leftover() bool {
	b := &u.row.Bytes
	return !u.request && (b[ColumnReqHeaders] != nil || b[ColumnReqBody] != nil) ||
		!u.response && (b[ColumnResHeaders] != nil || b[ColumnResBody] != nil)
}

// appendTimestamp appends RFC 3339 as proto3 JSON writes it: UTC, no fraction or
// one of 3, 6 or 9 digits, whichever is the shortest that is exact. micros counts
// from 1970, nanos (0-999) come on top.
func appendTimestamp(dst []byte, micros int64, nanos int32) []byte {
	t := time.UnixMicro(micros).UTC()
	dst = t.AppendFormat(dst, "2006-01-02T15:04:05")
	fraction := int64(t.Nanosecond()) + int64(nanos)
	digits := 9
	switch {
	case fraction == 0:
		return append(dst, 'Z')
	case fraction%1_000_000 == 0:
		fraction, digits = fraction/1_000_000, 3
	case fraction%1000 == 0:
		fraction, digits = fraction/1000, 6
	}
	dst = append(dst, ".000000000"[:1+digits]...)
	for i := len(dst) - 1; fraction > 0; i-- {
		dst[i] = byte('0' + fraction%10)
		fraction /= 10
	}
	return append(dst, 'Z')
}
