package sqlite

import (
	"encoding/binary"
	"fmt"
	"sort"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// segment is a segment as one search reads it: parts are fetched when they are asked for. Not safe for concurrent use.
type segment struct {
	view        *view
	id          int64
	count       int
	first, last int64

	*head                        // nil until it is opened
	columns [numberCount]numbers // with their data, once loaded
	loaded  [numberCount]bool
	uuids   [][]byte
	pages   []*page
	bloom   bloom
	prints  map[int][]byte
}

// head is what a segment's head says. It is immutable, and shared by searches.
type head struct {
	version byte
	numbers [numberCount]numbers // without data
	texts   []column
	places  map[string]int // of the columns in texts
	paged   int            // columns in pages, the blobs among them
	blobs   []string       // their names, after the others in the pages
}

// column is a column of texts: a dictionary and codes, or a place in the pages.
type column struct {
	name        string
	isPaged     bool
	slot        int // in the pages
	least, most string
	dictionary  []string // sorted
	codes       packed
}

// page holds what is decompressed of one page.
type page struct {
	raw    [][]byte // compressed, by slot
	sizes  []uint64
	values [][]string
}

func damaged(what string, args ...any) error {
	return fmt.Errorf("%w: %s: remove the file and run `byoc hotstore backfill` for its day", hotstore.ErrDamaged, fmt.Sprintf(what, args...))
}

// open reads the head.
func (s *segment) open() error {
	if s.head != nil {
		return nil
	}
	key := cacheKey{s.view.day, partID(s.id, partHead, 0)}
	known, have := s.view.cache.get(key)
	if !have {
		data, err := s.view.part(key.id)
		if err != nil {
			return err
		}
		h, err := s.parse(data)
		if err != nil {
			return err
		}
		s.view.cache.put(key, h, 2*len(data))
		known = h
	}
	s.head = known.(*head)
	s.columns = s.head.numbers
	for i := range s.columns {
		s.loaded[i] = s.columns[i].width == 0
	}
	s.uuids = make([][]byte, (s.count+uuidRows-1)/uuidRows)
	s.pages = make([]*page, (s.count+pageRows-1)/pageRows)
	return nil
}

func (s *segment) parse(data []byte) (*head, error) {
	if len(data) == 0 || data[0] < printedVersion || data[0] > formatVersion {
		return nil, damaged("segment %d has an unknown format", s.id)
	}
	r := reader{rest: view8(data[1:])}
	if count := r.uvarint(); count != uint64(s.count) {
		return nil, damaged("segment %d has %d documents, its head says %d", s.id, s.count, count)
	}
	h := &head{version: data[0]}
	for i := range h.numbers {
		c := &h.numbers[i]
		c.least, c.most = r.varint(), r.varint()
		c.step = int64(r.uvarint())
		c.width = uint(r.byte())
		if c.width > 64 || c.width > 56 && c.width < 64 {
			return nil, damaged("segment %d: a column of %d bits", s.id, c.width)
		}
		c.packed.width = c.width
	}
	h.readTexts(&r, s.count)
	if r.failed || r.rest != "" {
		return nil, damaged("the head of segment %d", s.id)
	}
	return h, nil
}

func (h *head) readTexts(r *reader, rows int) {
	count := r.uvarint()
	h.places = make(map[string]int, min(count, 1<<12))
	for range count {
		c := column{name: r.text()}
		switch r.byte() {
		case columnDictionary:
			values := r.uvarint()
			if values == 0 || values > uint64(rows) {
				r.failed = true
				return
			}
			c.dictionary = make([]string, values)
			for i := range c.dictionary {
				c.dictionary[i] = r.text()
			}
			c.codes.width = uint(r.byte())
			if c.codes.width > 32 || uint64(1)<<c.codes.width > 2*values {
				r.failed = true
				return
			}
			c.codes.data = bytes8(r.take(uint64(packedBytes(rows, c.codes.width))))
		case columnPaged:
			c.isPaged, c.slot = true, h.paged
			c.least, c.most = r.text(), r.text()
			h.paged++
		default:
			r.failed = true
		}
		if r.failed {
			return
		}
		h.places[c.name] = len(h.texts)
		h.texts = append(h.texts, c)
	}
	for range r.uvarint() {
		if r.failed {
			return
		}
		h.blobs = append(h.blobs, r.text())
		h.paged++
	}
}

// number reads a column of numbers; at it there is one for each row.
func (s *segment) number(place int) (*numbers, error) {
	c := &s.columns[place]
	if !s.loaded[place] {
		data, err := s.view.kept(partID(s.id, partNumbers, place))
		if err != nil {
			return nil, err
		}
		if len(data) != packedBytes(s.count, c.width) {
			return nil, damaged("column %d of segment %d", place, s.id)
		}
		c.packed.data, s.loaded[place] = data, true
	}
	return c, nil
}

// uuid is the identity of a row.
func (s *segment) uuid(row int) (id rrpair.UUID, err error) {
	number := row / uuidRows
	if s.uuids[number] == nil {
		data, err := s.view.part(partID(s.id, partUUIDs, number))
		if err != nil {
			return id, err
		}
		if len(data) != 16*min(uuidRows, s.count-number*uuidRows) {
			return id, damaged("identities of segment %d", s.id)
		}
		s.uuids[number] = data
	}
	copy(id[:], s.uuids[number][row%uuidRows*16:])
	return id, nil
}

// pageValues reads one column of one page.
func (s *segment) pageValues(number, slot int) ([]string, error) {
	p := s.pages[number]
	if p == nil {
		data, err := s.view.part(partID(s.id, partPage, number))
		if err != nil {
			return nil, err
		}
		p = &page{raw: make([][]byte, s.paged), sizes: make([]uint64, s.paged), values: make([][]string, s.paged)}
		for i := range p.raw {
			size, n := binary.Uvarint(data)
			length, m := binary.Uvarint(data[max(n, 0):])
			if n <= 0 || m <= 0 || length > uint64(len(data)-n-m) {
				return nil, damaged("page %d of segment %d", number, s.id)
			}
			p.raw[i], p.sizes[i] = data[n+m:n+m+int(length)], size
			data = data[n+m+int(length):]
		}
		s.pages[number] = p
	}
	if p.values[slot] == nil {
		raw, err := s.view.decoder.DecodeAll(p.raw[slot], make([]byte, 0, min(p.sizes[slot], maxPage)))
		if err != nil {
			return nil, damaged("page %d of segment %d: %v", number, s.id, err)
		}
		values := make([]string, min(pageRows, s.count-number*pageRows))
		r := reader{rest: view8(raw)}
		for i := range values {
			values[i] = r.text()
		}
		if r.failed {
			return nil, damaged("page %d of segment %d", number, s.id)
		}
		p.values[slot] = values
	}
	return p.values[slot], nil
}

// maxPage bounds what is reserved for a page before it is decompressed; more is taken as it comes.
const maxPage = 64 << 20

// text is the value of a row in a column of texts, "" in one that the segment does not have.
func (s *segment) text(name string, row int) (string, error) {
	place, found := s.places[name]
	if !found {
		return "", nil
	}
	c := &s.texts[place]
	if !c.isPaged {
		return c.value(row)
	}
	values, err := s.pageValues(row/pageRows, c.slot)
	if err != nil {
		return "", err
	}
	return values[row%pageRows], nil
}

func (c *column) value(row int) (string, error) {
	code := c.codes.at(row)
	if code >= uint64(len(c.dictionary)) {
		return "", damaged("a code of column %s", c.name)
	}
	return c.dictionary[code], nil
}

// uuidBloom reads the bloom filter of the identities.
func (s *segment) uuidBloom() (bloom, error) {
	if s.bloom == nil {
		data, err := s.view.kept(partID(s.id, partBloom, 0))
		if err != nil {
			return nil, err
		}
		s.bloom = data
	}
	return s.bloom, nil
}

// from is the first row with a ts not before the given one.
func (s *segment) from(at int64) (int, error) {
	switch {
	case at <= s.first:
		return 0, nil
	case at > s.last:
		return s.count, nil
	}
	times, err := s.number(columnTime)
	if err != nil {
		return 0, err
	}
	return sort.Search(s.count, func(row int) bool { return times.at(row) >= at }), nil
}

// document reads a row; blobs says whether headers, pair and text are read too.
func (s *segment) document(row int, blobs bool) (*hotstore.Document, error) {
	d := new(hotstore.Document)
	var err error
	if d.UUID, err = s.uuid(row); err != nil {
		return nil, err
	}
	for i := range s.view.numbers {
		c, err := s.number(i)
		if err != nil {
			return nil, err
		}
		s.view.numbers[i].set(d, c.at(row))
	}
	for i := range s.view.texts {
		value, err := s.text(s.view.texts[i].name, row)
		if err != nil {
			return nil, err
		}
		s.view.texts[i].set(d, value)
	}
	for i := range s.texts {
		name, isExtra := s.texts[i].extra()
		if !isExtra {
			continue
		}
		value, err := s.text(s.texts[i].name, row)
		if err != nil {
			return nil, err
		}
		if extra, isThere := readExtra(name, value); isThere {
			d.Extra = append(d.Extra, extra)
		}
	}
	if blobs {
		return d, s.fillBlobs(d, row)
	}
	return d, nil
}

func (s *segment) fillBlobs(d *hotstore.Document, row int) error {
	for i, name := range s.blobs {
		for j := range s.view.blobs {
			if s.view.blobs[j].name != name {
				continue
			}
			values, err := s.pageValues(row/pageRows, s.paged-len(s.blobs)+i)
			if err != nil {
				return err
			}
			s.view.blobs[j].set(d, values[row%pageRows])
		}
	}
	return nil
}

func (c *column) extra() (name string, isExtra bool) {
	if len(c.name) > len(extraPrefix) && c.name[:len(extraPrefix)] == extraPrefix {
		return c.name[len(extraPrefix):], true
	}
	return "", false
}
