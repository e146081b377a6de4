package archive

import (
	"encoding/binary"
	"math"

	"github.com/parquet-go/parquet-go/encoding/delta"
)

// The value decoders. Each appends exactly count values to dst, and none allocates more than count values, whatever the
// bytes say.

// plainByteArrays finds count length-prefixed values; the views are into data.
func plainByteArrays(dst []byteView, data []byte, count int) ([]byteView, error) {
	if count > len(data)/4 || int64(len(data)) > math.MaxUint32 {
		return nil, badFile(ReasonDamaged, "%d byte arrays in %d bytes", count, len(data))
	}
	at := 0
	for range count {
		if len(data)-at < 4 {
			return nil, badFile(ReasonDamaged, "byte arrays are cut off")
		}
		length := int64(binary.LittleEndian.Uint32(data[at:]))
		at += 4
		if length > int64(len(data)-at) {
			return nil, badFile(ReasonDamaged, "a byte array of %d bytes where %d are left", length, len(data)-at)
		}
		dst = append(dst, byteView{uint32(at), uint32(at + int(length))})
		at += int(length)
	}
	return dst, nil
}

func plainInt32s(dst []int32, data []byte, count int) ([]int32, error) {
	if count > len(data)/4 {
		return nil, badFile(ReasonDamaged, "%d numbers of 4 bytes in %d", count, len(data))
	}
	for i := range count {
		dst = append(dst, int32(binary.LittleEndian.Uint32(data[4*i:])))
	}
	return dst, nil
}

func plainInt64s(dst []int64, data []byte, count int) ([]int64, error) {
	if count > len(data)/8 {
		return nil, badFile(ReasonDamaged, "%d numbers of 8 bytes in %d", count, len(data))
	}
	for i := range count {
		dst = append(dst, int64(binary.LittleEndian.Uint64(data[8*i:])))
	}
	return dst, nil
}

// deltaCount checks the header of a delta-packed block, so that the library's decoder is only given counts that fit.
func deltaCount(data []byte, count int) error {
	at := 0
	var head [3]uint64 // block size, mini blocks, values
	for i := range head {
		value, n := binary.Uvarint(data[at:])
		if n <= 0 {
			return badFile(ReasonDamaged, "delta-packed numbers are cut off")
		}
		head[i], at = value, at+n
	}
	if head[2] != uint64(count) {
		return badFile(ReasonDamaged, "%d delta-packed numbers where %d should be", head[2], count)
	}
	return nil
}

func deltaInt64s(dst []int64, data []byte, count int) ([]int64, error) {
	if err := deltaCount(data, count); err != nil {
		return nil, err
	}
	var encoding delta.BinaryPackedEncoding
	out, err := encoding.DecodeInt64(dst, data)
	if err != nil || len(out) != count {
		return nil, badFile(ReasonDamaged, "delta-packed numbers: %d of %d: %v", len(out), count, err)
	}
	return out, nil
}

func deltaInt32s(dst []int32, data []byte, count int) ([]int32, error) {
	if err := deltaCount(data, count); err != nil {
		return nil, err
	}
	var encoding delta.BinaryPackedEncoding
	out, err := encoding.DecodeInt32(dst, data)
	if err != nil || len(out) != count {
		return nil, badFile(ReasonDamaged, "delta-packed numbers: %d of %d: %v", len(out), count, err)
	}
	return out, nil
}

// deltaLengthByteArrays decodes values whose lengths are delta-packed in front of their bytes.
func deltaLengthByteArrays(dst []byteView, data []byte, count int) ([]byteView, error) {
	if err := deltaCount(data, count); err != nil {
		return nil, err
	}
	if int64(len(data)) > math.MaxUint32 {
		return nil, badFile(ReasonDamaged, "a page of %d bytes", len(data))
	}
	var encoding delta.LengthByteArrayEncoding
	values, offsets, err := encoding.DecodeByteArray(nil, data, make([]uint32, 0, count+1))
	if err != nil || len(offsets) != count+1 || len(values) > len(data) {
		return nil, badFile(ReasonDamaged, "delta-length byte arrays: %d offsets for %d: %v", len(offsets), count, err)
	}
	base := uint32(len(data) - len(values)) // the bytes are the end of the page
	for i := range count {
		if offsets[i] > offsets[i+1] || int(offsets[i+1]) > len(values) {
			return nil, badFile(ReasonDamaged, "delta-length byte arrays overlap")
		}
		dst = append(dst, byteView{base + offsets[i], base + offsets[i+1]})
	}
	return dst, nil
}

// decodeHybrid decodes count numbers of the given bit width from Parquet's mix of runs and bit-packed groups.
func decodeHybrid(dst []int32, data []byte, width uint, count int) ([]int32, error) {
	for left := count; left > 0; {
		head, n := binary.Uvarint(data)
		if n <= 0 {
			return nil, badFile(ReasonDamaged, "runs are cut off, %d values missing", left)
		}
		data = data[n:]
		if head&1 == 0 { // a run
			size := int(width+7) / 8
			if len(data) < size || head>>1 == 0 {
				return nil, badFile(ReasonDamaged, "a run is cut off")
			}
			var value uint32
			for i := range size {
				value |= uint32(data[i]) << (8 * i)
			}
			data = data[size:]
			length := int(min(head>>1, uint64(left)))
			for range length {
				dst = append(dst, int32(value))
			}
			left -= length
			continue
		}
		groups := head >> 1
		if groups == 0 {
			return nil, badFile(ReasonDamaged, "an empty group of packed values")
		}
		length := int(min(groups, uint64(left)/8+1)) * 8
		length = min(length, left)
		stored := min(uint64(len(data)), groups*uint64(width))
		if groups > uint64(len(data))+1 { // honest counts never overflow the product above
			stored = uint64(len(data))
		}
		if uint64(length)*uint64(width) > 8*stored {
			return nil, badFile(ReasonDamaged, "packed values are cut off")
		}
		dst = unpack(dst, data[:stored], width, length)
		data = data[stored:]
		left -= length
	}
	return dst, nil
}

// unpack appends count numbers of width bits, least significant bit first.
func unpack(dst []int32, data []byte, width uint, count int) []int32 {
	var (
		window uint64
		filled uint
		mask   = uint64(1)<<width - 1
	)
	for range count {
		for filled < width {
			window |= uint64(data[0]) << filled
			data = data[1:]
			filled += 8
		}
		dst = append(dst, int32(uint32(window&mask)))
		window >>= width
		filled -= width
	}
	return dst
}
