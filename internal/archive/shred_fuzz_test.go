package archive

import (
	"testing"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// FuzzShredUnshred wants every record that the model reads back to the byte.
func FuzzShredUnshred(f *testing.F) {
	for _, line := range append(handMade(), corpus(f)[:50]...) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		var pair rrpair.Pair
		if pair.ParseJSON(line) != nil {
			return
		}
		requireShredExact(t, &pair)
	})
}

// FuzzReadBlock wants no panic and no endless work from a block that lay on a
// damaged disk.
func FuzzReadBlock(f *testing.F) {
	for _, codec := range []BlockCodec{BlockPlain, BlockS2, BlockZstd} {
		requests, _ := toRequests(f, handMade()[:3])
		for _, block := range convertAll(f, NewConverter(Layout{}, ConverterOptions{Codec: &codec}), requests) {
			f.Add(block.Data)
		}
	}
	decoder := newBlockDecoder()
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > blockPrefix {
			sealBlock(data) // else the checksum hides everything
		}
		if checkBlock(data) != nil {
			return
		}
		if info, _, err := parseBlock(data); err != nil || info.payloadBytes > 1<<20 {
			return
		}
		group := new(writeGroup)
		if group.addBlock(decoder, data) != nil {
			return
		}
		for row := range uint32(group.rows()) {
			_, _ = Unshred(nil, group.rowAt(row))
		}
	})
}

// FuzzUnshred wants no panic from columns that contradict each other.
func FuzzUnshred(f *testing.F) {
	f.Add([]byte(`{"http":{"req":{"body":true}}}`), []byte(`{"a":1}`), []byte("body"), true)
	f.Add([]byte(`{"ts":"x","uuid":5}`), []byte(`x`), []byte(""), false)
	f.Fuzz(func(t *testing.T, rest, headers, body []byte, nanos bool) {
		row := &Row{TS: 1 << 50, TSNanos: 999, HasTSNanos: nanos}
		row.Bytes[ColumnRest], row.Bytes[ColumnReqHeaders], row.Bytes[ColumnResBody] = rest, headers, body
		row.Bytes[ColumnUUID], row.Bytes[ColumnTags] = body, headers
		_, _ = Unshred(nil, row)
	})
}
