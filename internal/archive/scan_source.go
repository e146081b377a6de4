package archive

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// columnOf names the column that decides a plain field alone; ok is false for fields that need more of the record. A
// null column means that the record has no such field, see [Row].
func columnOf(f filter.Field) (column Column, ok bool) {
	switch f {
	case filter.FieldCluster:
		return ColumnCluster, true
	case filter.FieldNamespace:
		return ColumnNamespace, true
	case filter.FieldService:
		return ColumnService, true
	case filter.FieldCommand:
		return ColumnCommand, true
	case filter.FieldLocation:
		return ColumnLocation, true
	case filter.FieldStatus:
		return ColumnStatus, true
	case filter.FieldDirection:
		return ColumnDirection, true
	case filter.FieldL7Protocol:
		return ColumnL7Protocol, true
	case filter.FieldTech:
		return ColumnTech, true
	case filter.FieldNetworkAddress:
		return ColumnNetworkAddress, true
	case filter.FieldSession:
		return ColumnSession, true
	case filter.FieldTrace:
		return ColumnTraceID, true
	case filter.FieldUUID:
		return ColumnUUID, true
	default:
		return 0, false
	}
}

// columnsFor lists the columns that the first look at a row reads: those that decide fields of the query. Bodies are
// left for rows that the others have not ruled out.
func columnsFor(query *filter.Query) (wanted [NumColumns]bool) {
	for _, ref := range query.Fields() {
		switch ref.Field {
		case filter.FieldTime:
			wanted[ColumnTS], wanted[ColumnTSNanos] = true, true
		case filter.FieldDuration:
			wanted[ColumnDurationMS], wanted[ColumnRest] = true, true
		case filter.FieldURL, filter.FieldHost:
			wanted[ColumnRest] = true
		case filter.FieldError:
			wanted[ColumnL7Protocol], wanted[ColumnStatus] = true, true
		case filter.FieldHeader:
			wanted[ColumnReqHeaders] = true
		case filter.FieldTag:
			wanted[ColumnTags] = true
		case filter.FieldSample:
			wanted[ColumnSession], wanted[ColumnUUID] = true, true
		default:
			if column, ok := columnOf(ref.Field); ok {
				wanted[column] = true
			}
		}
	}
	return wanted
}

// columnSource shows one row to the evaluator as far as the columns that were read tell. It answers "not known" for the
// rest, and for values of an unusual form, so that those are judged on the whole record.
type columnSource struct {
	columns *[NumColumns]columnReader
	wanted  [NumColumns]bool
	row     int64
	err     error // the first failure; the row's answers are then void

	scratch []byte // text behind the strings handed out for the current row
}

var _ filter.Source = (*columnSource)(nil)

func (s *columnSource) at(row int64) {
	s.row = row
	s.scratch = s.scratch[:0]
}

func (s *columnSource) bytes(column Column) []byte {
	value, err := s.columns[column].bytes(s.row)
	if err != nil && s.err == nil {
		s.err = err
	}
	return value
}

// text is the value of a column of strings; "" when the record has none, which the filter language does not tell apart.
func (s *columnSource) text(column Column) string { return view(s.bytes(column)) }

// view is a string over bytes that do not change while it is in use: a page's values, until the next row is asked for.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// keep stores text that was put together for the current row and returns a view of it.
func (s *columnSource) keep(add func(dst []byte) []byte) string {
	start := len(s.scratch)
	s.scratch = add(s.scratch)
	return view(s.scratch[start:])
}

// Strings implements filter.Source.
func (s *columnSource) Strings(dst []string, f filter.Field, sub string) ([]string, bool) {
	switch f {
	case filter.FieldHeader:
		return s.header(dst, sub)
	case filter.FieldTag:
		return s.tag(dst, sub)
	case filter.FieldURL:
		return s.requestURL(dst)
	case filter.FieldHost:
		return s.requestHost(dst)
	case filter.FieldError:
		if !s.wanted[ColumnStatus] {
			return dst, false
		}
		return append(dst, strconv.FormatBool(rrpair.Failed(s.text(ColumnL7Protocol), s.text(ColumnStatus)))), true
	}
	column, ok := columnOf(f)
	if !ok || !s.wanted[column] {
		return dst, false
	}
	if f == filter.FieldUUID {
		raw := s.bytes(ColumnUUID)
		if len(raw) != len(rrpair.UUID{}) {
			return dst, false // derived from content: only the whole record tells
		}
		return append(dst, s.keep(func(dst []byte) []byte { return appendHyphenated(dst, raw) })), true
	}
	return appendPresent(dst, s.text(column)), true
}

// appendPresent appends a value; the filter language takes an empty text for a missing one.
func appendPresent(dst []string, value string) []string {
	if value == "" {
		return dst
	}
	return append(dst, value)
}

func appendHyphenated(dst, id []byte) []byte {
	for i, piece := range [...][2]int{{0, 4}, {4, 6}, {6, 8}, {8, 10}, {10, 16}} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, id[piece[0]:piece[1]])
	}
	return dst
}

// header finds request headers by their lower-case name, as the whole record would: names fold case, every name counts.
func (s *columnSource) header(dst []string, name string) ([]string, bool) {
	if !s.wanted[ColumnReqHeaders] {
		return dst, false
	}
	known := true
	rrpair.EachMember(s.bytes(ColumnReqHeaders), func(key, value []byte) bool {
		if bytes.IndexByte(key, '\\') >= 0 {
			known = false // an escaped name is the whole record's business
			return false
		}
		if len(key) != len(name) || !strings.EqualFold(view(key), name) {
			return true
		}
		if value[0] != '[' {
			dst = append(dst, s.plain(value))
			return true
		}
		rrpair.EachElement(value, func(element []byte) bool {
			dst = append(dst, s.plain(element))
			return true
		})
		return true
	})
	return dst, known
}

// tag finds a tag; the first of that name counts.
func (s *columnSource) tag(dst []string, name string) ([]string, bool) {
	if !s.wanted[ColumnTags] {
		return dst, false
	}
	known := true
	rrpair.EachMember(s.bytes(ColumnTags), func(key, value []byte) bool {
		if bytes.IndexByte(key, '\\') >= 0 {
			known = false
			return false
		}
		if string(key) != name {
			return true
		}
		dst = append(dst, s.plain(value))
		return false
	})
	return dst, known
}

// requestURL and requestHost read members of http.req, which always lie in rest.
func (s *columnSource) requestURL(dst []string) ([]string, bool) {
	if !s.wanted[ColumnRest] {
		return dst, false
	}
	request := member(member(s.bytes(ColumnRest), "http"), "req")
	path, uri := s.string(member(request, "url")), s.string(member(request, "uri"))
	dst = appendPresent(dst, path)
	if uri != path {
		dst = appendPresent(dst, uri)
	}
	return dst, true
}

func (s *columnSource) requestHost(dst []string) ([]string, bool) {
	if !s.wanted[ColumnRest] {
		return dst, false
	}
	host := s.string(member(member(member(s.bytes(ColumnRest), "http"), "req"), "host"))
	// Without one it is taken from the network address, by rules that are not this package's.
	return appendPresent(dst, host), host != ""
}

// member is the raw value of an object's member; nil when it is absent or object is none.
func member(object []byte, name string) (found []byte) {
	if len(object) == 0 || object[0] != '{' {
		return nil
	}
	rrpair.EachMember(object, func(key, value []byte) bool {
		if string(key) == name {
			found = value
		}
		return found == nil
	})
	return found
}

// plain is the text of a JSON string, and the JSON of any other value.
func (s *columnSource) plain(raw []byte) string {
	if raw[0] == '"' {
		return s.string(raw)
	}
	return view(raw)
}

// string is the text of a JSON string, "" for any other value.
func (s *columnSource) string(raw []byte) string {
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	if inner := raw[1 : len(raw)-1]; bytes.IndexByte(inner, '\\') < 0 {
		return view(inner)
	}
	return s.keep(func(dst []byte) []byte {
		dst, _ = rrpair.AppendUnquoted(dst, raw)
		return dst
	})
}

// Number implements filter.Source.
func (s *columnSource) Number(f filter.Field) (value int64, present, known bool) {
	if f != filter.FieldDuration || !s.wanted[ColumnDurationMS] {
		return 0, false, false
	}
	ms, ok, err := s.columns[ColumnDurationMS].number(s.row)
	if err != nil && s.err == nil {
		s.err = err
	}
	if ok {
		return ms * int64(time.Millisecond), true, true
	}
	// Null is no duration, or one that is not a whole number of milliseconds: rest has that.
	return 0, false, s.wanted[ColumnRest] && member(s.bytes(ColumnRest), "duration") == nil
}

// Time implements filter.Source.
func (s *columnSource) Time() (time.Time, bool) {
	if !s.wanted[ColumnTS] {
		return time.Time{}, false
	}
	t, ok, err := rowTime(s.columns, s.row)
	if err != nil && s.err == nil {
		s.err = err
	}
	return t, ok
}

// Body implements filter.Source.
func (s *columnSource) Body(bool) ([]byte, bool) { return nil, false }

// Document implements filter.Source.
func (s *columnSource) Document() ([]byte, bool) { return nil, false }

// rowTime is the record's own ts; ok is false when the columns do not have it: it is missing, absurd or of unusual form,
// and the ts column then says when the record was seen.
func rowTime(columns *[NumColumns]columnReader, row int64) (t time.Time, ok bool, err error) {
	nanos, ok, err := columns[ColumnTSNanos].number(row)
	if err != nil || !ok {
		return time.Time{}, false, err
	}
	micros, _, err := columns[ColumnTS].number(row)
	return time.UnixMicro(micros).Add(time.Duration(nanos)).UTC(), err == nil, err
}
