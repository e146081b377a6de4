package archive

import (
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
)

// pageCodec is zstd for Parquet pages. The library's own does not entropy-code
// literals that look random at this level, which costs 15% of the bytes on
// traffic. Safe for concurrent use; encoders are shared, since each holds
// megabytes.
type pageCodec struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

// pageWindow bounds the zstd window, in bytes: most pages are smaller. Decoders
// commonly refuse more than this.
const pageWindow = 4 << 20

// newPageCodec returns a codec that compresses at most parallel pages at a time.
// It never fails: its options are fixed and valid.
func newPageCodec(level zstd.EncoderLevel, parallel int) *pageCodec {
	encoder, _ := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(level),
		zstd.WithEncoderConcurrency(parallel),
		zstd.WithEncoderCRC(false), // pages carry their own
		zstd.WithZeroFrames(true),
		zstd.WithAllLitEntropyCompression(true),
		zstd.WithWindowSize(pageWindow),
	)
	decoder, _ := zstd.NewReader(nil, zstd.WithDecoderConcurrency(parallel), zstd.WithDecoderMaxMemory(maxBlockPayload))
	return &pageCodec{encoder: encoder, decoder: decoder}
}

// String names the codec as Parquet does.
func (c *pageCodec) String() string { return "ZSTD" }

// CompressionCodec returns Parquet's number of the codec.
func (c *pageCodec) CompressionCodec() format.CompressionCodec { return format.Zstd }

// Encode returns src compressed, in dst's memory where it fits.
func (c *pageCodec) Encode(dst, src []byte) ([]byte, error) {
	return c.encoder.EncodeAll(src, dst[:0]), nil
}

// Decode returns src decompressed, in dst's memory where it fits.
func (c *pageCodec) Decode(dst, src []byte) ([]byte, error) {
	return c.decoder.DecodeAll(src, dst[:0])
}
