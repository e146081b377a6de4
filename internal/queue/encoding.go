package queue

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"time"

	"go.opentelemetry.io/collector/exporter/exporterhelper/xexporterhelper"
)

// An item of the queue, version 1, little endian:
//
//	0   4  "bq1" and the kind
//	4   4  CRC-32C of all that follows
//	8   8  kind B: time of queueing, Unix nanoseconds;  kind H: number of records that were booked
//	16  8  kind B: number of blocks;                    kind H: bytes that were booked
//	24     kind B: for each block 4 bytes length of its data, 4 bytes records, 8 bytes uncompressed size
//	...    kind B: the data of the blocks, one after the other
//
// Kind D ("read it later") is the key in place of 8…; it is never written to storage.
const (
	magic         = "bq1"
	kindBlocks    = 'B'
	kindHole      = 'H'
	kindDeferred  = 'D'
	headerSize    = 24
	blockHeadSize = 16
	checkedFrom   = 8
)

// maxBlocks bounds what the number of blocks in a damaged item can make us allocate.
const maxBlocks = 1 << 20

type encoding struct{ desk *desk }

// Marshal writes the item. A request with an unreadable item is written back as that item was found.
func (encoding) Marshal(_ context.Context, request xexporterhelper.Request) ([]byte, error) {
	r, ok := request.(*Request)
	if !ok {
		return nil, fmt.Errorf("encode queue item: %T does not belong to this queue", request)
	}
	if len(r.troubles) > 0 {
		if len(r.troubles) > 1 || len(r.blocks) > 0 {
			return nil, errors.New("encode queue item: unreadable items are queued alone")
		}
		return r.troubles[0].raw, nil
	}
	return marshalBlocks(r.blocks, r.queued)
}

func marshalBlocks(blocks []Block, queued time.Time) ([]byte, error) {
	size := headerSize + blockHeadSize*len(blocks)
	for i := range blocks {
		if len(blocks[i].Data) > math.MaxUint32 || blocks[i].Items > math.MaxUint32 {
			return nil, fmt.Errorf("encode queue item: block of %d bytes and %d records is larger than 4 GiB", len(blocks[i].Data), blocks[i].Items)
		}
		size += len(blocks[i].Data)
	}
	item := make([]byte, headerSize, size)
	copy(item, magic)
	item[3] = kindBlocks
	binary.LittleEndian.PutUint64(item[8:], uint64(queued.UnixNano()))
	binary.LittleEndian.PutUint64(item[16:], uint64(len(blocks)))
	for i := range blocks {
		item = binary.LittleEndian.AppendUint32(item, uint32(len(blocks[i].Data)))
		item = binary.LittleEndian.AppendUint32(item, uint32(blocks[i].Items))
		item = binary.LittleEndian.AppendUint64(item, uint64(blocks[i].Bytes))
	}
	for i := range blocks {
		item = append(item, blocks[i].Data...)
	}
	seal(item)
	return item, nil
}

// marshalHole stands for an item that was booked but could not be written.
func marshalHole(items, bytes int) []byte {
	item := make([]byte, headerSize)
	copy(item, magic)
	item[3] = kindHole
	binary.LittleEndian.PutUint64(item[8:], uint64(items))
	binary.LittleEndian.PutUint64(item[16:], uint64(bytes))
	seal(item)
	return item
}

// marshalDeferred stands for an item that could not be read just now.
func marshalDeferred(key string) []byte {
	item := make([]byte, checkedFrom, checkedFrom+len(key))
	copy(item, magic)
	item[3] = kindDeferred
	item = append(item, key...)
	seal(item)
	return item
}

func seal(item []byte) {
	binary.LittleEndian.PutUint32(item[4:], checksum(item[checkedFrom:]))
}

func checksum(data []byte) uint32 { return crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)) }

// Unmarshal never fails: the queue would delete the item. What cannot be read becomes a request that hands the
// item to the handler. The request keeps views into item.
func (e encoding) Unmarshal(item []byte) (context.Context, xexporterhelper.Request, error) {
	return context.Background(), unmarshalRequest(item, e.desk), nil
}

func unmarshalRequest(item []byte, d *desk) *Request {
	kind, err := kindOf(item)
	if err == nil {
		switch kind {
		case kindHole:
			// Booked sizes, no content: it gives the capacity back and is forgotten.
			return &Request{
				items:    int(binary.LittleEndian.Uint64(item[8:])),
				bytes:    int(binary.LittleEndian.Uint64(item[16:])),
				queued:   time.Now(),
				requests: 1,
				desk:     d,
			}
		case kindDeferred:
			return &Request{troubles: []trouble{{key: string(item[checkedFrom:])}}, queued: time.Now(), requests: 1, desk: d}
		}
		var blocks []Block
		var queued time.Time
		if blocks, queued, err = unmarshalBlocks(item); err == nil {
			return newRequest(blocks, queued, d)
		}
	}
	unreadable := &Request{troubles: []trouble{{raw: item, reason: err}}, queued: time.Now(), requests: 1, desk: d}
	unreadable.settle()
	return unreadable
}

func kindOf(item []byte) (byte, error) {
	if len(item) == 0 {
		return 0, errors.New("the item is missing in the queue's storage")
	}
	if len(item) < checkedFrom || string(item[:3]) != magic {
		return 0, errors.New("the item was not written by this version of the queue")
	}
	if binary.LittleEndian.Uint32(item[4:]) != checksum(item[checkedFrom:]) {
		return 0, fmt.Errorf("the checksum of the item's %d bytes is wrong", len(item))
	}
	kind := item[3]
	if kind != kindBlocks && kind != kindHole && kind != kindDeferred {
		return 0, fmt.Errorf("the item is of the unknown kind %q", kind)
	}
	if kind != kindDeferred && len(item) < headerSize {
		return 0, fmt.Errorf("the item ends after %d bytes", len(item))
	}
	return kind, nil
}

func unmarshalBlocks(item []byte) ([]Block, time.Time, error) {
	queued := time.Unix(0, int64(binary.LittleEndian.Uint64(item[8:])))
	count := binary.LittleEndian.Uint64(item[16:])
	if count > maxBlocks || headerSize+blockHeadSize*count > uint64(len(item)) {
		return nil, queued, fmt.Errorf("the item has %d bytes, too few for %d blocks", len(item), count)
	}
	blocks := make([]Block, count)
	heads, data := item[headerSize:], item[headerSize+blockHeadSize*count:]
	for i := range blocks {
		head := heads[i*blockHeadSize:]
		length := int(binary.LittleEndian.Uint32(head))
		if length > len(data) {
			return nil, queued, fmt.Errorf("block %d of %d ends %d bytes behind the item", i, count, length-len(data))
		}
		blocks[i] = Block{
			Data:  data[:length:length],
			Items: int(binary.LittleEndian.Uint32(head[4:])),
			Bytes: int(binary.LittleEndian.Uint64(head[8:])),
		}
		data = data[length:]
	}
	return blocks, queued, nil
}
