package sqlite

import "unsafe"

// view8 shares bytes that nobody changes any more.
func view8(data []byte) string { return unsafe.String(unsafe.SliceData(data), len(data)) }

// reader takes values off the front of a text; once it failed everything is zero.
type reader struct {
	rest   string
	failed bool
}

func (r *reader) take(n uint64) string {
	if r.failed || n > uint64(len(r.rest)) {
		r.failed = true
		return ""
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) uvarint() (value uint64) {
	for shift := 0; shift < 64; shift += 7 {
		if r.rest == "" {
			break
		}
		b := r.rest[0]
		r.rest = r.rest[1:]
		value |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return value
		}
	}
	r.failed = true
	return 0
}

func (r *reader) varint() int64 {
	value := r.uvarint()
	return int64(value>>1) ^ -int64(value&1)
}

func (r *reader) text() string { return r.take(r.uvarint()) }

func (r *reader) byte() byte {
	if b := r.take(1); b != "" {
		return b[0]
	}
	return 0
}

// bytes8 shares a text, to be read only.
func bytes8(text string) []byte { return unsafe.Slice(unsafe.StringData(text), len(text)) }
