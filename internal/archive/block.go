package archive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"time"
)

// A block is a number of rows of one folder and one service, column by column and
// compressed, as it lies in the exporter's queue. Blocks live for seconds, or
// until a store is back; their form is private to this version of the software,
// which reads every version it ever wrote to a queue.
//
//	4 bytes   "RRB" and the block version, 1 or 2
//	1 byte    codec of the payload, see BlockCodec
//	4 bytes   CRC-32C of all that follows, little endian
//	uvarint   length of the folder, then the folder
//	uvarint   length of the service, then the service
//	uvarint   rows
//	uvarint   bytes of the rows' JSON
//	uvarint   bytes of the payload before compression
//	varint    smallest ts, varint largest ts: microseconds since 1970
//	uvarint   in version 2: length of the rows' redaction, then its id; version 1
//	          stands for none
//	          the payload, compressed: see rowSet.appendTo
const (
	blockMagic     = "RRB"
	blockPlainRows = 1 // version of a block whose rows are not redacted
	blockRedacted  = 2 // version of a block that names redactions
	blockChecksum  = len(blockMagic) + 2
	blockPrefix    = blockChecksum + 4
	// maxBlockPayload refuses a header that promises more than a column offset
	// can address.
	maxBlockPayload = 1<<31 - 1
)

// ErrBadBlock says that a block's bytes are damaged or of an unknown version.
var ErrBadBlock = errors.New("block is damaged")

// BlockInfo is what a block's header says.
type BlockInfo struct {
	Folder   string // as Layout.Folder returns it
	Service  string // "" where the rows have none
	Rows     int
	RawBytes int // bytes of the rows as JSON
	MinTS    time.Time
	MaxTS    time.Time
	// Redaction is the id (see Redaction.String) of what redacted the rows, "" when
	// they are not known to be redacted.
	Redaction string

	payloadBytes int // columnar, uncompressed
	codec        BlockCodec
	minMicros    int64
	maxMicros    int64
}

// BlockHeader reads the header of a block and checks its checksum, without
// decompressing it. Errors wrap [ErrBadBlock].
func BlockHeader(data []byte) (BlockInfo, error) {
	if err := checkBlock(data); err != nil {
		return BlockInfo{}, err
	}
	info, _, err := parseBlock(data)
	return info, err
}

// appendBlockHeader appends all that stands before the payload, the checksum
// still empty.
func appendBlockHeader(dst []byte, info *BlockInfo) []byte {
	version := byte(blockPlainRows)
	if info.Redaction != "" {
		version = blockRedacted
	}
	dst = append(dst, blockMagic...)
	dst = append(dst, version, byte(info.codec), 0, 0, 0, 0)
	dst = binary.AppendUvarint(dst, uint64(len(info.Folder)))
	dst = append(dst, info.Folder...)
	dst = binary.AppendUvarint(dst, uint64(len(info.Service)))
	dst = append(dst, info.Service...)
	dst = binary.AppendUvarint(dst, uint64(info.Rows))
	dst = binary.AppendUvarint(dst, uint64(info.RawBytes))
	dst = binary.AppendUvarint(dst, uint64(info.payloadBytes))
	dst = binary.AppendVarint(dst, info.minMicros)
	dst = binary.AppendVarint(dst, info.maxMicros)
	if version == blockRedacted {
		dst = binary.AppendUvarint(dst, uint64(len(info.Redaction)))
		dst = append(dst, info.Redaction...)
	}
	return dst
}

// sealBlock fills the checksum in.
func sealBlock(block []byte) {
	binary.LittleEndian.PutUint32(block[blockChecksum:], blockSum(block))
}

func blockSum(block []byte) uint32 {
	return crc32.Checksum(block[blockPrefix:], crc32.MakeTable(crc32.Castagnoli))
}

// checkBlock compares a block with its checksum.
func checkBlock(data []byte) error {
	if len(data) < blockPrefix || string(data[:len(blockMagic)]) != blockMagic || data[len(blockMagic)] < blockPlainRows || data[len(blockMagic)] > blockRedacted {
		return fmt.Errorf("read block header: not a block of version 1 or 2: %w", ErrBadBlock)
	}
	if storedSum(data) != blockSum(data) {
		return fmt.Errorf("read block header: the checksum differs: %w", ErrBadBlock)
	}
	return nil
}

func storedSum(block []byte) uint32 { return binary.LittleEndian.Uint32(block[blockChecksum:]) }

// parseBlock splits a block that checkBlock found good into header and compressed
// payload.
func parseBlock(data []byte) (info BlockInfo, payload []byte, err error) {
	info.codec = BlockCodec(data[len(blockMagic)+1])
	r := byteReader{data: data[blockPrefix:]}
	info.Folder = string(r.bytes())
	info.Service = string(r.bytes())
	info.Rows = r.size()
	info.RawBytes = r.size()
	info.payloadBytes = r.size()
	info.minMicros = r.varint()
	info.maxMicros = r.varint()
	if data[len(blockMagic)] == blockRedacted {
		info.Redaction = string(r.bytes())
	}
	if r.bad || info.payloadBytes > maxBlockPayload || info.Rows > info.payloadBytes {
		return BlockInfo{}, nil, fmt.Errorf("read block header: impossible sizes: %w", ErrBadBlock)
	}
	info.MinTS = time.UnixMicro(info.minMicros).UTC()
	info.MaxTS = time.UnixMicro(info.maxMicros).UTC()
	return info, r.data, nil
}

// byteReader reads varints and remembers the first failure.
type byteReader struct {
	data []byte
	bad  bool
}

func (r *byteReader) fail() { r.bad, r.data = true, nil }

// size reads a uvarint that fits an int.
func (r *byteReader) size() int {
	value, n := binary.Uvarint(r.data)
	if n <= 0 || value > 1<<40 {
		r.fail()
		return 0
	}
	r.data = r.data[n:]
	return int(value)
}

func (r *byteReader) varint() int64 {
	value, n := binary.Varint(r.data)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.data = r.data[n:]
	return value
}

func (r *byteReader) bytes() []byte { return r.take(r.size()) }

func (r *byteReader) take(n int) []byte {
	if n > len(r.data) {
		r.fail()
		return nil
	}
	head := r.data[:n]
	r.data = r.data[n:]
	return head
}
