package redact

// textIndex finds containers by the hash of their text. Entries of earlier records are told by their generation, so that
// nothing has to be cleared.
type textIndex struct {
	slots      []textSlot
	used       int
	generation uint32
}

type textSlot struct {
	hash       uint64
	node       int32
	generation uint32
}

// maxTexts is how many entries a table keeps its memory for.
const maxTexts = 1 << 12

// firstTexts is the size of an index at first; an ordinary pair has some twenty containers.
const firstTexts = 1 << 8

func (t *textIndex) reset() {
	if len(t.slots) > maxTexts {
		t.slots = nil
	}
	t.used = 0
	if t.generation++; t.generation == 0 {
		clear(t.slots)
		t.generation = 1
	}
}

// swap returns the container that has the hash; when there is none it is node from now on, and noNode is returned.
func (t *textIndex) swap(hash uint64, node int32) int32 {
	if 2*t.used >= len(t.slots) {
		t.grow()
	}
	mask := uint64(len(t.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.generation != t.generation {
			*s = textSlot{hash: hash, node: node, generation: t.generation}
			t.used++
			return noNode
		}
		if s.hash == hash {
			return s.node
		}
	}
}

// grow doubles the table.
func (t *textIndex) grow() {
	old := t.slots
	t.slots = make([]textSlot, max(firstTexts, 2*len(old)))
	if t.generation == 0 {
		t.generation = 1
	}
	mask := uint64(len(t.slots) - 1)
	for _, s := range old {
		if s.generation != t.generation {
			continue
		}
		i := s.hash & mask
		for t.slots[i].generation == t.generation {
			i = (i + 1) & mask
		}
		t.slots[i] = s
	}
}
