package content

import "encoding/binary"

// grpcHeader is the length of what stands before a message: a byte of flags and its length.
const grpcHeader = 5

// splitGRPC splits the length-prefixed messages of gRPC and gRPC-Web: each is a part from its header on, so that Append can write
// another length. A compressed message is hinted by how it starts, the trailers of gRPC-Web are a text.
func (s *Splitter) splitGRPC(dst []Part, text []byte) ([]Part, error) {
	base := len(dst)
	for i := 0; i < len(text); {
		if len(dst)-base >= MaxParts {
			return dst, &Error{Kind: ErrTooLarge, Format: GRPCFrame, Offset: i, Reason: "too many parts"}
		}
		if text[i]&^0x81 != 0 {
			return dst, &Error{Kind: ErrSyntax, Format: GRPCFrame, Offset: i, Reason: "unknown flags"}
		}
		if len(text)-i < grpcHeader {
			return dst, &Error{Kind: ErrTruncated, Format: GRPCFrame, Offset: len(text)}
		}
		from := i + grpcHeader
		length := uint64(binary.BigEndian.Uint32(text[i+1:]))
		if length > uint64(len(text)-from) {
			dst = append(dst, Part{Start: from, End: len(text), Text: text[from:], Parent: -1, Index: -1, style: protoOpen, Hint: grpcHint(text[i], text[from:])})
			return dst, &Error{Kind: ErrTruncated, Format: GRPCFrame, Offset: len(text)}
		}
		end := from + int(length)
		dst = append(dst, Part{Start: i, End: end, Text: text[from:end:end], Parent: -1, Index: -1, style: protoBytes, Hint: grpcHint(text[i], text[from:end])})
		i = end
	}
	return dst, nil
}

func grpcHint(flags byte, message []byte) Format {
	switch {
	case flags&0x80 != 0 && flags&1 == 0:
		return Plain
	case flags&1 == 0:
		return Protobuf
	case isGzip(message):
		return Gzip
	case isZstandard(message):
		return Zstandard
	case isZlib(message):
		return Deflate
	}
	return Plain
}

// appendGRPC writes a message with its header.
func appendGRPC(dst []byte, part *Part, original, text []byte) ([]byte, error) {
	if part.style == protoOpen {
		return append(dst, text...), nil
	}
	if len(original) < grpcHeader || uint64(len(text)) > 1<<32-1 {
		return dst, &Error{Kind: ErrTooLarge, Format: GRPCFrame, Offset: part.Start}
	}
	dst = append(dst, original[0])
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(text)))
	return append(dst, text...), nil
}
