package redactprocessor

import (
	"encoding/binary"
	"fmt"
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/byoc-otel/otelcol-byoc/internal/redact"
)

// bodyForm begins what a stamp covers of a record that is no RRPair. No RRPair's JSON begins so.
const bodyForm = "otlp-body-1\x00"

// maxNesting is how deep a body may be nested: each level costs some hundred bytes of stack, which must not run out.
const maxNesting = 10_000

// appendBody appends a form of a body that is the same in every process and different for different bodies: the type of
// each value, lengths before texts, members in their order. It fails on a body that is nested too deep.
func appendBody(dst []byte, body pcommon.Value) ([]byte, error) {
	if nestedDeeper(body, maxNesting) {
		return dst, &redact.Refusal{Reason: redact.ReasonTooDeep, Path: "body", Detail: fmt.Sprintf("nested deeper than %d", maxNesting)}
	}
	return appendValue(append(dst, bodyForm...), body), nil
}

// nestedDeeper says whether maps and lists lie in each other more than limit times.
func nestedDeeper(value pcommon.Value, limit int) bool {
	switch value.Type() {
	case pcommon.ValueTypeMap:
		if limit == 0 {
			return true
		}
		for _, member := range value.Map().All() {
			if nestedDeeper(member, limit-1) {
				return true
			}
		}
	case pcommon.ValueTypeSlice:
		if limit == 0 {
			return true
		}
		for _, element := range value.Slice().All() {
			if nestedDeeper(element, limit-1) {
				return true
			}
		}
	}
	return false
}

func appendValue(dst []byte, value pcommon.Value) []byte {
	dst = append(dst, byte(value.Type()))
	switch value.Type() {
	case pcommon.ValueTypeStr:
		dst = appendText(dst, value.Str())
	case pcommon.ValueTypeBytes:
		data := value.Bytes()
		dst = binary.AppendUvarint(dst, uint64(data.Len()))
		for _, b := range data.All() {
			dst = append(dst, b)
		}
	case pcommon.ValueTypeBool:
		if value.Bool() {
			return append(dst, 1)
		}
		return append(dst, 0)
	case pcommon.ValueTypeInt:
		dst = binary.BigEndian.AppendUint64(dst, uint64(value.Int()))
	case pcommon.ValueTypeDouble:
		dst = binary.BigEndian.AppendUint64(dst, math.Float64bits(value.Double()))
	case pcommon.ValueTypeMap:
		dst = binary.AppendUvarint(dst, uint64(value.Map().Len()))
		for key, member := range value.Map().All() {
			dst = appendValue(appendText(dst, key), member)
		}
	case pcommon.ValueTypeSlice:
		dst = binary.AppendUvarint(dst, uint64(value.Slice().Len()))
		for _, element := range value.Slice().All() {
			dst = appendValue(dst, element)
		}
	}
	return dst
}

func appendText(dst []byte, text string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}
