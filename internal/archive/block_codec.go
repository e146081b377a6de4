package archive

import (
	"fmt"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

// BlockCodec is how a block's payload is compressed. The number stands in the
// block, so a queue may hold blocks of several codecs.
type BlockCodec byte

// The codecs of blocks.
const (
	BlockPlain BlockCodec = 0
	BlockS2    BlockCodec = 1
	BlockZstd  BlockCodec = 2 // zstd at its fastest
)

// String returns the codec's name.
func (c BlockCodec) String() string {
	switch c {
	case BlockPlain:
		return "none"
	case BlockS2:
		return "s2"
	case BlockZstd:
		return "zstd"
	}
	return fmt.Sprintf("codec %d", byte(c))
}

// blockEncoder compresses payloads. Safe for concurrent use.
type blockEncoder struct {
	codec BlockCodec
	zstd  *zstd.Encoder
}

// newBlockEncoder never fails: its options are fixed and valid.
func newBlockEncoder(codec BlockCodec) *blockEncoder {
	encoder := &blockEncoder{codec: codec}
	if codec == BlockZstd {
		encoder.zstd, _ = zstd.NewWriter(nil,
			zstd.WithEncoderLevel(zstd.SpeedFastest),
			zstd.WithEncoderCRC(false), // the block has its own
			zstd.WithLowerEncoderMem(true),
		)
	}
	return encoder
}

// append appends the compressed payload to dst. The two must not overlap.
func (e *blockEncoder) append(dst, payload []byte) []byte {
	switch e.codec {
	case BlockS2:
		start := len(dst)
		need := s2.MaxEncodedLen(len(payload))
		if cap(dst)-start < need {
			dst = append(make([]byte, 0, start+need), dst...)
		}
		return dst[:start+len(s2.Encode(dst[start:start+need], payload))]
	case BlockZstd:
		return e.zstd.EncodeAll(payload, dst)
	}
	return append(dst, payload...)
}

// blockDecoder decompresses payloads of any codec. Safe for concurrent use.
type blockDecoder struct{ zstd *zstd.Decoder }

// newBlockDecoder never fails: its options are fixed and valid.
func newBlockDecoder() *blockDecoder {
	decoder, _ := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxBlockPayload), zstd.IgnoreChecksum(true))
	return &blockDecoder{zstd: decoder}
}

// append appends the payload that info announces to dst.
func (d *blockDecoder) append(dst []byte, info *BlockInfo, compressed []byte) ([]byte, error) {
	start := len(dst)
	switch info.codec {
	case BlockPlain:
		dst = append(dst, compressed...)
	case BlockS2:
		n, err := s2.DecodedLen(compressed)
		if err != nil || n != info.payloadBytes {
			return dst, fmt.Errorf("decompress block: s2 length: %w", ErrBadBlock)
		}
		if cap(dst)-start < n {
			dst = append(make([]byte, 0, start+n), dst...)
		}
		out, err := s2.Decode(dst[start:start+n], compressed)
		if err != nil {
			return dst, fmt.Errorf("decompress block: %w: %w", err, ErrBadBlock)
		}
		dst = dst[:start+len(out)]
	case BlockZstd:
		out, err := d.zstd.DecodeAll(compressed, dst)
		if err != nil {
			return dst, fmt.Errorf("decompress block: %w: %w", err, ErrBadBlock)
		}
		dst = out
	default:
		return dst, fmt.Errorf("decompress block: %v is unknown: %w", info.codec, ErrBadBlock)
	}
	if len(dst)-start != info.payloadBytes {
		return dst[:start], fmt.Errorf("decompress block: %d bytes instead of %d: %w", len(dst)-start, info.payloadBytes, ErrBadBlock)
	}
	return dst, nil
}
