package sqlite

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/klauspost/compress/zstd"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// A segment is up to segmentRows documents of one day, by ts and within that from the last uuid to the first, so that it
// reads backwards in the order of a search. It lies in the table parts, by what is read together:
//
//	head       what there is: ranges of the numbers; dictionary and codes of each column with few values
//	numbers    one column of numbers
//	uuids      16 bytes for each of uuidRows documents
//	page       the columns with many values, for pageRows documents, each compressed by itself
//	prints     16 bits of the hash of each value of a column with many values, so that an equality need not read pages;
//	           0 says that there is no value
//	bloom      which uuids there are
//
// So a filter on columns with few values reads the heads alone, and fetching a document that it found one page.
const (
	formatVersion = 2
	// printedVersion is the last format whose prints did not tell absence.
	printedVersion = 1
	segmentRows    = 8192
	pageRows       = 128
	uuidRows       = 512
	// fewValues: a column with more values than one for so many documents goes into pages.
	fewValues = 8
)

type partKind int64

const (
	partHead partKind = iota
	partNumbers
	partUUIDs
	partPage
	partPrints
	partBloom
)

// partID is the key of a part; a segment's parts follow each other.
func partID(segment int64, kind partKind, index int) int64 {
	return segment<<24 | int64(kind)<<16 | int64(index)
}

// The kinds of text columns in a head.
const (
	columnDictionary = 0
	columnPaged      = 1
)

// builder makes segments; it keeps its memory. Not safe for concurrent use.
type builder struct {
	version byte // formatVersion
	texts   []textColumn
	blobs   []textColumn
	numbers [numberCount]numberColumn
	encoder *zstd.Encoder

	values     []string
	codes      []uint32
	order      []uint32
	dictionary map[string]uint32
	unique     []string
	integers   []int64
	raw        []byte
}

func newBuilder() (*builder, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(1<<20), zstd.WithEncoderCRC(false))
	if err != nil {
		return nil, fmt.Errorf("make zstd encoder: %w", err)
	}
	return &builder{version: formatVersion, texts: textColumns(), blobs: blobColumns(), numbers: numberColumns(), encoder: encoder,
		dictionary: map[string]uint32{}}, nil
}

// part is one row of the table parts, without the segment in its key.
type part struct {
	kind  partKind
	index int
	data  []byte
}

// built is a segment before it is stored.
type built struct {
	count        int
	first, last  int64 // ts, ns
	parts        []part
	textsOfPages []pagedColumn
}

type pagedColumn struct {
	values []string
}

// row is a document and its number in the full-text index.
type row struct {
	document *hotstore.Document
	text     int64
}

// sortRows puts documents into the order of a segment.
func sortRows(all []row) {
	slices.SortFunc(all, func(a, b row) int {
		return cmp.Or(a.document.Time.Compare(b.document.Time), bytes.Compare(b.document.UUID[:], a.document.UUID[:]))
	})
}

// build makes a segment of sorted rows.
func (b *builder) build(all []row) *built {
	n := len(all)
	documents, texts := make([]*hotstore.Document, n), make([]int64, n)
	for i := range all {
		documents[i], texts[i] = all[i].document, all[i].text
	}
	segment := &built{count: n, first: documents[0].Time.UnixNano(), last: documents[n-1].Time.UnixNano()}
	head := binary.AppendUvarint([]byte{b.version}, uint64(n))
	for i := range b.numbers {
		b.integers = b.integers[:0]
		if i == columnText {
			b.integers = append(b.integers, texts...)
		} else {
			for _, document := range documents {
				b.integers = append(b.integers, b.numbers[i].get(document))
			}
		}
		head = b.addNumbers(segment, head, i)
	}
	columns := append(slices.Clip(b.texts), extraColumns(documents)...)
	head = binary.AppendUvarint(head, uint64(len(columns)))
	for i := range columns {
		head = b.addTexts(segment, head, i, &columns[i], documents)
	}
	var blobs []byte
	count := 0
	for i := range b.blobs {
		if values, has := gather(&b.blobs[i], documents); has {
			blobs = appendText(blobs, b.blobs[i].name)
			segment.textsOfPages = append(segment.textsOfPages, pagedColumn{values})
			count++
		}
	}
	head = append(binary.AppendUvarint(head, uint64(count)), blobs...)
	segment.parts = append(segment.parts, part{partHead, 0, head})
	b.addUUIDs(segment, documents)
	b.addPages(segment)
	return segment
}

func (b *builder) addNumbers(segment *built, head []byte, index int) []byte {
	column := measure(b.integers)
	head = binary.AppendVarint(head, column.least)
	head = binary.AppendVarint(head, column.most)
	head = binary.AppendUvarint(head, uint64(column.step))
	head = append(head, byte(column.width))
	if column.width > 0 {
		segment.parts = append(segment.parts, part{partNumbers, index, column.append(nil, b.integers)})
	}
	return head
}

// extraColumns makes a column for each of the user's dimensions that the documents have, by name.
func extraColumns(documents []*hotstore.Document) []textColumn {
	var names []string
	for _, document := range documents {
		for i := range document.Extra {
			if at, found := slices.BinarySearch(names, document.Extra[i].Name); !found {
				names = slices.Insert(names, at, document.Extra[i].Name)
			}
		}
	}
	columns := make([]textColumn, len(names))
	for i, name := range names {
		columns[i] = textColumn{name: extraPrefix + name, get: func(d *hotstore.Document) string {
			for i := range d.Extra {
				if d.Extra[i].Name == name {
					return extraValue(&d.Extra[i])
				}
			}
			return ""
		}}
	}
	return columns
}

func gather(column *textColumn, documents []*hotstore.Document) (values []string, has bool) {
	for _, document := range documents {
		if column.get(document) != "" {
			has = true
			break
		}
	}
	if !has {
		return nil, false
	}
	values = make([]string, len(documents))
	for i, document := range documents {
		values[i] = column.get(document)
	}
	return values, true
}

func (b *builder) addTexts(segment *built, head []byte, index int, column *textColumn, documents []*hotstore.Document) []byte {
	clear(b.dictionary)
	b.values, b.codes, b.unique = b.values[:0], b.codes[:0], b.unique[:0]
	last, code := "", uint32(0)
	for i, document := range documents {
		value := column.get(document)
		if i == 0 || value != last {
			found := false
			if code, found = b.dictionary[value]; !found {
				code = uint32(len(b.unique))
				b.dictionary[value] = code
				b.unique = append(b.unique, value)
			}
			last = value
		}
		b.values = append(b.values, value)
		b.codes = append(b.codes, code)
	}
	head = appendText(head, column.name)
	if len(b.unique) <= max(16, len(documents)/fewValues) {
		return b.appendDictionary(append(head, columnDictionary), len(documents))
	}
	least, most := "", ""
	for _, value := range b.unique {
		if value != "" && (least == "" || value < least) {
			least = value
		}
		most = max(most, value)
	}
	segment.parts = append(segment.parts, part{partPrints, index, prints(b.values, b.version)})
	if column.name == "url" {
		paths := make([]string, len(documents))
		for i, document := range documents {
			paths[i] = document.Path
		}
		segment.parts = append(segment.parts, part{partPrints, pathPrints, prints(paths, b.version)})
	}
	segment.textsOfPages = append(segment.textsOfPages, pagedColumn{slices.Clone(b.values)})
	return appendText(appendText(append(head, columnPaged), least), most)
}

func (b *builder) appendDictionary(head []byte, n int) []byte {
	b.order = b.order[:0]
	for i := range b.unique {
		b.order = append(b.order, uint32(i))
	}
	slices.SortFunc(b.order, func(x, y uint32) int { return cmp.Compare(b.unique[x], b.unique[y]) })
	place := make([]uint32, len(b.unique))
	head = binary.AppendUvarint(head, uint64(len(b.unique)))
	for i, code := range b.order {
		place[code] = uint32(i)
		head = appendText(head, b.unique[code])
	}
	width := widthOf(uint64(len(b.unique) - 1))
	head = append(head, byte(width))
	return appendPacked(head, n, width, func(i int) uint64 { return uint64(place[b.codes[i]]) })
}

func (b *builder) addUUIDs(segment *built, documents []*hotstore.Document) {
	filter := newBloom(len(documents))
	for start := 0; start < len(documents); start += uuidRows {
		page := documents[start:min(start+uuidRows, len(documents))]
		data := make([]byte, 0, 16*len(page))
		for _, document := range page {
			data = append(data, document.UUID[:]...)
			filter.add(hashUUID(document.UUID))
		}
		segment.parts = append(segment.parts, part{partUUIDs, start / uuidRows, data})
	}
	segment.parts = append(segment.parts, part{partBloom, 0, filter})
}

func (b *builder) addPages(segment *built) {
	if len(segment.textsOfPages) == 0 {
		return
	}
	for start := 0; start < segment.count; start += pageRows {
		var data, compressed []byte
		for _, column := range segment.textsOfPages {
			b.raw = b.raw[:0]
			for _, value := range column.values[start:min(start+pageRows, segment.count)] {
				b.raw = appendText(b.raw, value)
			}
			compressed = b.encoder.EncodeAll(b.raw, compressed[:0])
			data = binary.AppendUvarint(data, uint64(len(b.raw)))
			data = appendText(data, compressed)
		}
		segment.parts = append(segment.parts, part{partPage, start / pageRows, data})
	}
}

func appendText[T string | []byte](dst []byte, text T) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}
