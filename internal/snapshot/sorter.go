package snapshot

import (
	"cmp"
	"errors"
	"iter"
	"slices"
)

const (
	// DefaultMemoryBytes is what creating a snapshot takes at most, all together, besides the program itself.
	DefaultMemoryBytes = 256 << 20
	// arenaBlock is the piece in which memory for lines is taken.
	arenaBlock = 4 << 20
	// slotBytes is what the index of one record takes.
	slotBytes = 64
	// maxFanIn is how many runs are merged at once; each takes about 1 MiB to read.
	maxFanIn = 24
)

// slot is the index of one record in the arena.
type slot struct {
	key
	group  uint32
	block  uint32
	offset uint32
	length uint32
}

// sorter takes records in any order and gives them back in ascending order, in bounded memory. Not for concurrent use.
type sorter struct {
	budget int64  // bytes for lines and their index
	parent string // folder of the temporary files

	blocks [][]byte
	free   [][]byte // blocks of the usual size to use again
	slots  []slot
	used   int64
	runs   []run
	next   int // runs written so far, those that were merged away included
	keys   *keyLog
	drop   func(key) bool // records to leave out when a run is written; may be nil
}

func newSorter(budget int64, parent string) *sorter {
	return &sorter{budget: max(budget, 2*arenaBlock), parent: parent}
}

// add takes a copy of the line.
func (s *sorter) add(k key, group uint32, line []byte) error {
	need := int64(len(line) + slotBytes)
	if s.used+need > s.budget && len(s.slots) > 0 {
		if err := s.spill(); err != nil {
			return err
		}
	}
	last := len(s.blocks) - 1
	if last < 0 || cap(s.blocks[last])-len(s.blocks[last]) < len(line) {
		s.blocks = append(s.blocks, s.block(len(line)))
		last++
	}
	s.slots = append(s.slots, slot{key: k, group: group, block: uint32(last), offset: uint32(len(s.blocks[last])), length: uint32(len(line))})
	s.blocks[last] = append(s.blocks[last], line...)
	s.used += need
	return nil
}

// block returns memory for at least size bytes.
func (s *sorter) block(size int) []byte {
	if last := len(s.free) - 1; last >= 0 && size <= arenaBlock {
		block := s.free[last]
		s.free = s.free[:last]
		return block
	}
	return make([]byte, 0, max(size, arenaBlock))
}

func (s *sorter) line(at *slot) []byte {
	return s.blocks[at.block][at.offset : at.offset+at.length : at.offset+at.length]
}

// order sorts what is in memory.
func (s *sorter) order() {
	slices.SortFunc(s.slots, func(a, b slot) int {
		if order := a.key.compare(b.key); order != 0 {
			return order
		}
		return cmp.Compare(string(s.line(&a)), string(s.line(&b)))
	})
}

// memory yields what is in memory, which is sorted.
func (s *sorter) memory() iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		for i := range s.slots {
			at := &s.slots[i]
			if !yield(entry{key: at.key, group: at.group, line: s.line(at)}, nil) {
				return
			}
		}
	}
}

// spill writes what is in memory as a sorted run and forgets it.
func (s *sorter) spill() error {
	if s.keys == nil {
		s.keys = newKeyLog(s.parent)
	}
	s.order()
	if err := s.write(s.kept(s.memory())); err != nil {
		return err
	}
	if err := s.logKeys(); err != nil {
		return err
	}
	for _, block := range s.blocks {
		if cap(block) == arenaBlock { // a larger one held one huge line: it is not kept
			s.free = append(s.free, block[:0])
		}
	}
	clear(s.blocks)
	s.blocks, s.slots, s.used = s.blocks[:0], s.slots[:0], 0
	return s.mergeDown()
}

// kept leaves out what drop names.
func (s *sorter) kept(entries iter.Seq2[entry, error]) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		for e, err := range entries {
			if err == nil && s.drop != nil && s.drop(e.key) {
				continue
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// mergeDown merges runs into one while there are more than can be read at once.
func (s *sorter) mergeDown() error {
	for len(s.runs) >= maxFanIn {
		merged := s.runs
		s.runs = nil
		err := s.write(mergeRuns(merged, nil))
		for _, done := range merged {
			err = errors.Join(err, done.close())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// all yields every record in ascending order, equal keys next to each other. It may be called more than once. What it
// yields is valid until the next step.
func (s *sorter) all() iter.Seq2[entry, error] {
	if len(s.runs) == 0 {
		return s.memory()
	}
	return mergeRuns(s.runs, s)
}

// finish ends adding.
func (s *sorter) finish() error {
	s.order()
	if len(s.runs) == 0 {
		return nil
	}
	return s.logKeys() // those of the runs are logged already
}

func (s *sorter) logKeys() error {
	for i := range s.slots {
		if s.drop != nil && s.drop(s.slots[i].key) {
			continue
		}
		if err := s.keys.add(s.slots[i].key); err != nil {
			return err
		}
	}
	return nil
}

// close removes the temporary files.
func (s *sorter) close() error {
	var err error
	if s.keys != nil {
		err = s.keys.close()
	}
	for _, r := range s.runs {
		err = errors.Join(err, r.close())
	}
	s.runs = nil
	return err
}
