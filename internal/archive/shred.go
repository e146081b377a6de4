package archive

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// shredder takes pairs apart into the columns of a rowSet. Not for concurrent use.
//
// A member leaves rest for a column only if [Unshred] rebuilds its exact text from
// the columns; otherwise it stays in rest as it came, and the column is filled
// beside it wherever the value has the column's type (see [Row]).
type shredder struct {
	stamp   [40]byte // scratch for the rebuilt ts
	scratch []byte
	starts  [NumColumns]int // of the row's values in their columns, where done says there is one
}

// add appends one row, from a pair and the bodies that were detached from it.
// eventTime is where the pair is placed; exact says that it is the pair's own ts.
func (s *shredder) add(set *rowSet, p *rrpair.Pair, bodies *rrpair.Detached, eventTime time.Time, exact bool) {
	micros := eventTime.UnixMicro()
	if set.rows == 0 {
		set.minTS, set.maxTS = micros, micros
	}
	set.minTS, set.maxTS = min(set.minTS, micros), max(set.maxTS, micros)
	set.rows++
	set.jsonBytes += len(p.JSON()) + bodies.TextBytes()
	set.ts = binary.LittleEndian.AppendUint64(set.ts, uint64(micros))

	r := rowShredder{shredder: s, set: set, pair: p, detached: bodies}
	rest := &set.columns[ColumnRest]
	start := len(rest.data)
	rest.data = append(rest.data, '{')
	for _, member := range p.Members() {
		if !r.topMember(member, eventTime, exact) {
			rest.data = appendMember(rest.data, member.Key, member.Value)
		}
	}
	rest.data = closeObject(rest.data)
	rest.end(start)
	r.done |= 1 << ColumnRest

	r.traceID()
	for c := firstTextColumn; int(c) < NumColumns; c++ {
		if r.done&(1<<c) == 0 && c != ColumnDurationMS {
			set.columns[c].null()
		}
	}
	set.numbers = appendNumber(set.numbers, r.nanos, r.hasNanos)
	set.numbers = appendNumber(set.numbers, r.duration, r.hasDuration)
}

// appendMember appends one member and a comma; closeObject takes the last comma
// back.
func appendMember(dst, key, value []byte) []byte {
	dst = append(append(append(dst, '"'), key...), '"', ':')
	return append(append(dst, value...), ',')
}

func closeObject(dst []byte) []byte {
	if dst[len(dst)-1] == ',' {
		dst[len(dst)-1] = '}'
		return dst
	}
	return append(dst, '}')
}

// rowShredder is the state of one row.
type rowShredder struct {
	*shredder
	set         *rowSet
	pair        *rrpair.Pair
	detached    *rrpair.Detached
	done        uint32 // bit c: the row's value of text column c is written
	nanos       int32
	hasNanos    bool
	duration    int32
	hasDuration bool
}

// topMember puts a member into its column; false means that it belongs in rest.
func (r *rowShredder) topMember(m rrpair.Member, eventTime time.Time, exact bool) bool {
	switch string(m.Key) {
	case "ts":
		return exact && r.timestamp(m.Value, eventTime)
	case "uuid":
		return r.uuid(m.Value)
	case "duration":
		return r.milliseconds(m.Value)
	case "l7protocol":
		return r.text(ColumnL7Protocol, m.Value)
	case "direction":
		return r.text(ColumnDirection, m.Value)
	case "cluster":
		return r.text(ColumnCluster, m.Value)
	case "namespace":
		return r.text(ColumnNamespace, m.Value)
	case "service":
		return r.text(ColumnService, m.Value)
	case "tech":
		return r.text(ColumnTech, m.Value)
	case "network_address":
		return r.text(ColumnNetworkAddress, m.Value)
	case "command":
		return r.text(ColumnCommand, m.Value)
	case "location":
		return r.text(ColumnLocation, m.Value)
	case "status":
		return r.text(ColumnStatus, m.Value)
	case "session":
		return r.text(ColumnSession, m.Value)
	case "tags":
		return r.object(ColumnTags, m.Value)
	case "tokenList":
		return r.tokenList(m.Value)
	case "signature":
		return r.signature(m.Value)
	case "mutableSignature":
		return r.mutableSignature(m)
	case "netinfo":
		return r.object(ColumnNetinfo, m.Value)
	case "http":
		return r.http(m)
	}
	return false
}

// timestamp takes the ts over when the column rebuilds its text.
func (r *rowShredder) timestamp(raw []byte, eventTime time.Time) bool {
	micros, nanos := eventTime.UnixMicro(), int32(eventTime.Nanosecond()%1000)
	text := appendTimestamp(r.stamp[:0], micros, nanos)
	if len(raw) != len(text)+2 || raw[0] != '"' || string(raw[1:len(raw)-1]) != string(text) {
		return false
	}
	r.nanos, r.hasNanos = nanos, true
	return true
}

// uuid fills the column whatever form the text has, and takes standard base64
// over.
func (r *rowShredder) uuid(raw []byte) bool {
	id, _ := r.pair.UUID()
	column := &r.set.columns[ColumnUUID]
	start := len(column.data)
	column.data = append(column.data, id[:]...)
	r.end(ColumnUUID, start)
	var text [24]byte
	base64.StdEncoding.Encode(text[:], id[:])
	return len(raw) == len(text)+2 && raw[0] == '"' && string(raw[1:len(raw)-1]) == string(text[:])
}

// milliseconds takes over what strconv would write for a 32-bit integer.
func (r *rowShredder) milliseconds(raw []byte) bool {
	if value, ok := parsePlainInt(raw); ok {
		r.duration, r.hasDuration = value, true
		return true
	}
	if d, ok := r.pair.Duration(); ok && d%time.Millisecond == 0 {
		if ms := d.Milliseconds(); ms >= math.MinInt32 && ms <= math.MaxInt32 {
			r.duration, r.hasDuration = int32(ms), true
		}
	}
	return false
}

// parsePlainInt reads an int32 without sign games: no plus, no leading zero, no
// minus zero, so that the number has exactly one text.
func parsePlainInt(raw []byte) (int32, bool) {
	digits := raw
	if len(raw) > 0 && raw[0] == '-' {
		digits = raw[1:]
	}
	if len(digits) == 0 || len(digits) > 10 || digits[0] == '0' && len(raw) > 1 {
		return 0, false
	}
	value := int64(0)
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		value = value*10 + int64(c-'0')
	}
	if len(digits) != len(raw) {
		value = -value
	}
	return int32(value), value >= math.MinInt32 && value <= math.MaxInt32
}

// end closes the row's value of a text column, whose bytes lie behind start.
func (r *rowShredder) end(c Column, start int) {
	r.set.columns[c].end(start)
	r.starts[c] = start
	r.done |= 1 << c
}

// text takes any string over: the model's strings have one text each.
func (r *rowShredder) text(c Column, raw []byte) bool {
	column := &r.set.columns[c]
	start := len(column.data)
	data, ok := rrpair.AppendUnquoted(column.data, raw)
	if !ok {
		column.data = column.data[:start]
		return false
	}
	column.data = data
	r.end(c, start)
	return true
}

// object takes any JSON object over as it is.
func (r *rowShredder) object(c Column, raw []byte) bool {
	if len(raw) == 0 || raw[0] != '{' {
		return false
	}
	column := &r.set.columns[c]
	start := len(column.data)
	column.data = append(column.data, raw...)
	r.end(c, start)
	return true
}

// traceID fills the derived column; it is never rebuilt from.
func (r *rowShredder) traceID() {
	column := &r.set.columns[ColumnTraceID]
	start := len(column.data)
	if column.data = r.pair.AppendTraceID(column.data); len(column.data) > start {
		r.end(ColumnTraceID, start)
	}
}
