package hotstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/klauspost/compress/s2"
)

// A batch is what lies in a queue between the pipeline and a store:
//
//	version (1 byte), codec (1 byte: 0 none, 1 S2 block), uvarint bytes before compression, the documents
//
// and a document is
//
//	uvarint length of what follows, uuid (16), ts (8, ns since 1970, big endian), flags (1),
//	varints: duration, latency bucket, request bytes, response bytes, size
//	the texts in the order of [Document.texts], each uvarint length and bytes
//	uvarint number of extras, each: name, kind, value
//	headers, pair, each uvarint length and bytes
//
// A reader takes versions up to its own and refuses later ones.
const (
	batchVersion = 1
	codecNone    = 0
	codecS2      = 1

	// MaxBatchBytes bounds what a batch may say it has before compression, so that a damaged one cannot take all memory.
	MaxBatchBytes = 1 << 30
	// leastDocument is the fewest bytes of a document, which bounds what a batch can hold.
	leastDocument = 16 + 8 + 1 + 5 + textCount + 3
)

const (
	flagError = 1 << iota
	flagNoDuration
	knownFlags = flagError | flagNoDuration
)

const textCount = 20

// texts are the document's texts in the order in which they are encoded, which is part of the format.
func (d *Document) texts() [textCount]*string {
	return [textCount]*string{&d.Cluster, &d.Namespace, &d.Service, &d.Direction, &d.Protocol, &d.Tech, &d.Command,
		&d.Location, &d.Endpoint, &d.Status, &d.Host, &d.URL, &d.Path, &d.Peer, &d.Session, &d.Trace, &d.Span,
		&d.NetworkAddress, &d.Source, &d.ArchiveURL}
}

// ErrBatch is what decoding says of bytes that are no batch.
var ErrBatch = errors.New("not a batch of hot documents")

// Batch collects encoded documents. The zero value is empty; Reset makes it so again and keeps the memory.
type Batch struct {
	data    []byte
	scratch []byte
	Count   int
}

// Reset empties the batch.
func (b *Batch) Reset() { b.data, b.Count = b.data[:0], 0 }

// Bytes is the size of the documents before compression.
func (b *Batch) Bytes() int { return len(b.data) }

// Add encodes a document; nothing of it is retained.
func (b *Batch) Add(document *Document) {
	b.scratch = document.append(b.scratch[:0])
	b.data = binary.AppendUvarint(b.data, uint64(len(b.scratch)))
	b.data = append(b.data, b.scratch...)
	b.Count++
}

// Append appends the whole batch to dst, compressed.
func (b *Batch) Append(dst []byte) []byte {
	dst = append(dst, batchVersion, codecS2)
	dst = binary.AppendUvarint(dst, uint64(len(b.data)))
	if most := s2.MaxEncodedLen(len(b.data)); most > cap(b.scratch) {
		b.scratch = make([]byte, most)
	}
	return append(dst, s2.Encode(b.scratch[:cap(b.scratch)], b.data)...)
}

// EncodeBatch encodes documents in one go.
func EncodeBatch(dst []byte, documents []*Document) []byte {
	var batch Batch
	for _, document := range documents {
		batch.Add(document)
	}
	return batch.Append(dst)
}

func (d *Document) append(dst []byte) []byte {
	dst = append(dst, d.UUID[:]...)
	dst = binary.BigEndian.AppendUint64(dst, uint64(d.Time.UnixNano()))
	flags := byte(0)
	if d.Error {
		flags |= flagError
	}
	if d.NoDuration {
		flags |= flagNoDuration
	}
	dst = append(dst, flags)
	for _, number := range [...]int64{int64(d.Duration), int64(d.LatencyBucket), d.RequestBytes, d.ResponseBytes, d.Size} {
		dst = binary.AppendVarint(dst, number)
	}
	for _, text := range d.texts() {
		dst = appendText(dst, *text)
	}
	dst = binary.AppendUvarint(dst, uint64(len(d.Extra)))
	for i := range d.Extra {
		extra := &d.Extra[i]
		dst = append(appendText(dst, extra.Name), byte(extra.Kind))
		switch extra.Kind {
		case ExtraNumber:
			dst = binary.BigEndian.AppendUint64(dst, math.Float64bits(extra.Number))
		case ExtraBool:
			bit := byte(0)
			if extra.Bool {
				bit = 1
			}
			dst = append(dst, bit)
		default:
			dst = appendText(dst, extra.Text)
		}
	}
	dst = appendText(dst, d.Headers)
	dst = appendText(dst, d.Pair)
	return appendText(dst, d.Text)
}

func appendText[T string | []byte](dst []byte, text T) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

// DecodeBatch reads a batch. The documents share one copy of its bytes and live as long as one of them does. The error
// wraps ErrBatch.
func DecodeBatch(data []byte) ([]*Document, error) {
	if len(data) < 3 {
		return nil, fmt.Errorf("%w: %d bytes", ErrBatch, len(data))
	}
	if data[0] == 0 || data[0] > batchVersion {
		return nil, fmt.Errorf("%w: version %d, this program reads up to %d: a later release wrote it", ErrBatch, data[0], batchVersion)
	}
	size, n := binary.Uvarint(data[2:])
	if n <= 0 || size > MaxBatchBytes {
		return nil, fmt.Errorf("%w: damaged length", ErrBatch)
	}
	raw := data[2+n:]
	switch data[1] {
	case codecNone:
	case codecS2:
		length, err := s2.DecodedLen(raw)
		if err != nil || uint64(length) != size {
			return nil, fmt.Errorf("%w: damaged length", ErrBatch)
		}
		if raw, err = s2.Decode(nil, raw); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBatch, err)
		}
	default:
		return nil, fmt.Errorf("%w: codec %d", ErrBatch, data[1])
	}
	if uint64(len(raw)) != size {
		return nil, fmt.Errorf("%w: damaged length", ErrBatch)
	}
	return decodeDocuments(string(raw))
}

func decodeDocuments(raw string) ([]*Document, error) {
	slab := make([]Document, 0, min(len(raw)/leastDocument, 256))
	var documents []*Document
	r := reader{rest: raw}
	for r.rest != "" {
		one := reader{rest: r.text()}
		if len(slab) == cap(slab) {
			slab = make([]Document, 0, 256)
		}
		slab = slab[:len(slab)+1]
		document := &slab[len(slab)-1]
		one.document(document)
		if r.failed || one.failed || one.rest != "" {
			return nil, fmt.Errorf("%w: document %d is damaged", ErrBatch, len(documents))
		}
		documents = append(documents, document)
	}
	return documents, nil
}

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
		b := r.take(1)
		if b == "" {
			return 0
		}
		value |= uint64(b[0]&0x7f) << shift
		if b[0] < 0x80 {
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

func (r *reader) bytes() []byte {
	if text := r.text(); text != "" {
		return []byte(text)
	}
	return nil
}

func (r *reader) byte() byte {
	if b := r.take(1); b != "" {
		return b[0]
	}
	return 0
}

func (r *reader) uint64() (value uint64) {
	for _, b := range []byte(r.take(8)) {
		value = value<<8 | uint64(b)
	}
	return value
}

func (r *reader) document(d *Document) {
	copy(d.UUID[:], r.take(16))
	d.Time = time.Unix(0, int64(r.uint64())).UTC()
	flags := r.byte()
	r.failed = r.failed || flags&^knownFlags != 0
	d.Error, d.NoDuration = flags&flagError != 0, flags&flagNoDuration != 0
	d.Duration = time.Duration(r.varint())
	bucket := r.varint()
	d.LatencyBucket = int32(bucket)
	r.failed = r.failed || int64(d.LatencyBucket) != bucket
	d.RequestBytes, d.ResponseBytes, d.Size = r.varint(), r.varint(), r.varint()
	for _, text := range d.texts() {
		*text = r.text()
	}
	count := r.uvarint()
	if count > uint64(len(r.rest)) {
		r.failed = true
		return
	}
	if count > 0 {
		d.Extra = make([]Extra, count)
	}
	for i := range d.Extra {
		extra := &d.Extra[i]
		extra.Name, extra.Kind = r.text(), ExtraKind(r.byte())
		switch extra.Kind {
		case ExtraText:
			extra.Text = r.text()
		case ExtraNumber:
			extra.Number = math.Float64frombits(r.uint64())
		case ExtraBool:
			extra.Bool = r.byte() == 1
		default:
			r.failed = true
		}
	}
	d.Headers, d.Pair, d.Text = r.bytes(), r.bytes(), r.text()
}
