package queue

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
)

// metadataKey is where the collector's persistent queue keeps its state, beside the items, whose keys are
// their decimal indexes.
const metadataKey = "qmv0"

// Field numbers of the state, from exporterhelper's meta.proto (v0.139); frontier is ours, others skip it.
const (
	fieldItems      = 1 // sfixed64
	fieldBytes      = 2 // sfixed64
	fieldRead       = 3 // fixed64
	fieldWrite      = 4 // fixed64
	fieldDispatched = 5 // repeated fixed64, packed
	fieldFrontier   = 100
)

// maxFinishedInRange bounds how many finished items may lie between the oldest unfinished one and the read
// index: each costs a look-up at the next start.
const maxFinishedInRange = 100_000

// metadata is the state of the queue.
type metadata struct {
	items, bytes int64
	// read is the index of the next item to be read, write that of the next one to be written.
	read, write uint64
	// dispatched are indexes below read whose items are not finished.
	dispatched []uint64
	// frontier is up to where items have ever been read: one below it that is missing is finished.
	frontier uint64
}

func parseMetadata(data []byte) (metadata, error) {
	var m metadata
	for len(data) > 0 {
		number, kind, n := protowire.ConsumeTag(data)
		if n < 0 {
			return m, fmt.Errorf("parse queue state: %w", protowire.ParseError(n))
		}
		data = data[n:]
		switch {
		case kind == protowire.Fixed64Type:
			value, n := protowire.ConsumeFixed64(data)
			if n < 0 {
				return m, fmt.Errorf("parse queue state, field %d: %w", number, protowire.ParseError(n))
			}
			m.set(number, value)
			data = data[n:]
		case kind == protowire.BytesType && number == fieldDispatched:
			packed, n := protowire.ConsumeBytes(data)
			if n < 0 || len(packed)%8 != 0 {
				return m, errors.New("parse queue state: the list of dispatched items is cut off")
			}
			for rest := packed; len(rest) > 0; rest = rest[8:] {
				value, _ := protowire.ConsumeFixed64(rest)
				m.dispatched = append(m.dispatched, value)
			}
			data = data[n:]
		default:
			n := protowire.ConsumeFieldValue(number, kind, data)
			if n < 0 {
				return m, fmt.Errorf("parse queue state, field %d: %w", number, protowire.ParseError(n))
			}
			data = data[n:]
		}
	}
	if m.read > m.write {
		return m, fmt.Errorf("parse queue state: read index %d is behind write index %d", m.read, m.write)
	}
	m.frontier = max(m.frontier, m.read)
	return m, nil
}

func (m *metadata) set(field protowire.Number, value uint64) {
	switch field {
	case fieldItems:
		m.items = int64(value)
	case fieldBytes:
		m.bytes = int64(value)
	case fieldRead:
		m.read = value
	case fieldWrite:
		m.write = value
	case fieldDispatched:
		m.dispatched = append(m.dispatched, value)
	case fieldFrontier:
		m.frontier = value
	}
}

// compact returns the state as it is written: the unfinished items are not listed, but reading begins again at
// the oldest of them. So the state has a constant size, and a restart finds everything in place, instead of
// taking the listed items out and putting them back, which loses them when it is interrupted.
func (m *metadata) compact() metadata {
	if len(m.dispatched) == 0 {
		return *m
	}
	oldest := min(slices.Min(m.dispatched), m.read)
	if m.read-oldest-uint64(len(m.dispatched)) > maxFinishedInRange {
		return *m
	}
	compacted := *m
	compacted.read, compacted.dispatched = oldest, nil
	return compacted
}

func (m *metadata) marshal(withFrontier bool) []byte {
	data := make([]byte, 0, 64+8*len(m.dispatched))
	for _, field := range []struct {
		number protowire.Number
		value  uint64
	}{{fieldItems, uint64(m.items)}, {fieldBytes, uint64(m.bytes)}, {fieldRead, m.read}, {fieldWrite, m.write}} {
		data = protowire.AppendTag(data, field.number, protowire.Fixed64Type)
		data = protowire.AppendFixed64(data, field.value)
	}
	if len(m.dispatched) > 0 {
		data = protowire.AppendTag(data, fieldDispatched, protowire.BytesType)
		data = protowire.AppendVarint(data, uint64(8*len(m.dispatched)))
		for _, index := range m.dispatched {
			data = protowire.AppendFixed64(data, index)
		}
	}
	if withFrontier {
		data = protowire.AppendTag(data, fieldFrontier, protowire.Fixed64Type)
		data = protowire.AppendFixed64(data, m.frontier)
	}
	return data
}

// needs says whether the queue still wants an item when it starts from this state, given the item's key.
func (m *metadata) needs() func(key string) bool {
	dispatched := make(map[uint64]struct{}, len(m.dispatched))
	for _, index := range m.dispatched {
		dispatched[index] = struct{}{}
	}
	return func(key string) bool {
		index, err := strconv.ParseUint(key, 10, 64)
		if err != nil {
			return false
		}
		_, listed := dispatched[index]
		return listed || index >= m.read && index < m.write
	}
}

// finished says that the item of that key was delivered in an earlier run, if it is missing.
func (m *metadata) finished(key string) bool {
	index, err := strconv.ParseUint(key, 10, 64)
	return err == nil && index < m.frontier
}

// sizeOf returns the bytes in the queue without reading the whole state: they stand near its beginning.
func sizeOf(data []byte) int64 {
	for len(data) > 0 {
		number, kind, n := protowire.ConsumeTag(data)
		if n < 0 || kind != protowire.Fixed64Type {
			return 0
		}
		value, m := protowire.ConsumeFixed64(data[n:])
		if m < 0 {
			return 0
		}
		if number == fieldBytes {
			return int64(value)
		}
		data = data[n+m:]
	}
	return 0
}
