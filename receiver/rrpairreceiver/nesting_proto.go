package rrpairreceiver

import "errors"

// maxWireNesting bounds how deep protobuf messages may lie in one another. One
// level of an RRPair's JSON takes three of them (value, list, entry), so this
// leaves room for more than any RRPair may have, and a decoder that recurses
// once a level needs a few MiB of stack for it. Without a bound 64 MiB of
// nesting overflow the goroutine stack, which ends the process.
const maxWireNesting = 10_000

var (
	errNesting = errors.New("messages are nested deeper than 10000 levels")

	// OTLP has no groups, and decoders differ in where an unknown one ends: what
	// one takes for its inside another reads as messages.
	errGroup = errors.New("a field is encoded as a group, which OTLP does not use")
)

// wireMessage says which fields of a message hold further messages.
type wireMessage uint8

const (
	wireNone wireMessage = iota
	wireRequest
	wireResourceLogs
	wireResource
	wireScopeLogs
	wireScope
	wireRecord
	wireKeyValue
	wireValue
	wireArray
	wireList
)

// child returns what the field of the message holds, wireNone for text, numbers
// and fields that decoders skip.
func (m wireMessage) child(field int32) wireMessage {
	switch m {
	case wireRequest:
		if field == 1 {
			return wireResourceLogs
		}
	case wireResourceLogs:
		switch field {
		case 1:
			return wireResource
		case 2, 1000: // 1000 is the scope logs' deprecated place
			return wireScopeLogs
		}
	case wireResource:
		if field == 1 {
			return wireKeyValue
		}
	case wireScopeLogs:
		switch field {
		case 1:
			return wireScope
		case 2:
			return wireRecord
		}
	case wireScope:
		if field == 3 {
			return wireKeyValue
		}
	case wireRecord:
		switch field {
		case 5:
			return wireValue
		case 6:
			return wireKeyValue
		}
	case wireKeyValue:
		if field == 2 {
			return wireValue
		}
	case wireValue:
		switch field {
		case 5:
			return wireArray
		case 6:
			return wireList
		}
	case wireArray:
		if field == 1 {
			return wireValue
		}
	case wireList:
		if field == 1 {
			return wireKeyValue
		}
	}
	return wireNone
}

// checkWireNesting refuses an encoded ExportLogsServiceRequest whose messages
// lie deeper in one another than limit. It reads no other error: what is
// malformed is left to the decoder, which stops at the same place or earlier.
//
// A message of one more level is at least two bytes longer than what it holds,
// so a message too short for the remaining levels is skipped; ordinary requests
// cost a glance at the heads of their records.
func checkWireNesting(data []byte, limit int) error {
	_, err := walkWire(data, wireRequest, limit)
	return err
}

// walkWire reports ok=false when it met malformed bytes and went no further.
func walkWire(data []byte, message wireMessage, levels int) (ok bool, err error) {
	pos := 0
	for pos < len(data) {
		tag, next, valid := wireVarint(data, pos)
		field := int32(tag >> 3) //nolint:gosec // truncated as the decoder does it
		if !valid || field <= 0 {
			return false, nil
		}
		kind := tag & 7
		if kind != 2 {
			if pos, valid, err = skipWire(data, next, kind); !valid {
				return false, err
			}
			continue
		}
		length, start, valid := wireVarint(data, next)
		if !valid || length > uint64(len(data)-start) {
			return false, nil
		}
		pos = start + int(length) //nolint:gosec // bounded by len(data)
		inner := message.child(field)
		if inner == wireNone || int(length) < 2*levels { //nolint:gosec // bounded by len(data)
			continue
		}
		if levels == 0 {
			return false, errNesting
		}
		if ok, err := walkWire(data[start:pos], inner, levels-1); !ok {
			return false, err
		}
	}
	return true, nil
}

// skipWire returns the position behind a field that is not length-delimited.
func skipWire(data []byte, pos int, kind uint64) (next int, ok bool, err error) {
	switch kind {
	case 0:
		_, pos, ok = wireVarint(data, pos)
		return pos, ok, nil
	case 1:
		return pos + 8, len(data)-pos >= 8, nil
	case 3, 4:
		return pos, false, errGroup
	case 5:
		return pos + 4, len(data)-pos >= 4, nil
	}
	return pos, false, nil
}

// wireVarint takes exactly the numbers that the decoder takes: up to ten bytes,
// bits beyond the 64th ignored. Were it stricter, it would stop in front of
// something that the decoder goes on to read.
func wireVarint(data []byte, pos int) (value uint64, next int, ok bool) {
	for shift := uint(0); shift < 64 && pos < len(data); shift += 7 {
		b := data[pos]
		pos++
		value |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return value, pos, true
		}
	}
	return 0, pos, false
}
