package queue

import "sync"

// slabSize is what is asked of the system at a time; a larger block gets a slab of its own.
const slabSize = 4 << 20

// slabs is memory beside the Go heap for the blocks that wait. The collector of garbage lets the heap grow to twice of
// what lives there, and blocks are most of what lives in an exporter: they would take twice their size.
//
// What lies in a slab must not be touched after its last release: the handler's promise not to keep blocks counts.
type slabs struct {
	mu      sync.Mutex
	current *slab
	all     map[*slab]struct{}
}

type slab struct {
	data []byte
	used int
	refs int // requests with blocks here, and one while it is the current slab
}

// move copies the data of the blocks into slabs and returns the slabs used, one reference each.
func (s *slabs) move(blocks []Block) []*slab {
	s.mu.Lock()
	defer s.mu.Unlock()
	var used []*slab
	for i := range blocks {
		if len(blocks[i].Data) == 0 {
			continue
		}
		target := s.withRoom(len(blocks[i].Data))
		if target == nil {
			continue // the system gives no memory: it stays on the heap
		}
		end := target.used + len(blocks[i].Data)
		place := target.data[target.used:end:end]
		copy(place, blocks[i].Data)
		blocks[i].Data = place
		target.used = end
		if len(used) == 0 || used[len(used)-1] != target {
			target.refs++
			used = append(used, target)
		}
	}
	return used
}

// withRoom returns a slab with room for size bytes, nil if there is none to be had.
func (s *slabs) withRoom(size int) *slab {
	if s.current != nil && len(s.current.data)-s.current.used >= size {
		return s.current
	}
	data, err := mapMemory(max(size, slabSize))
	if err != nil {
		return nil
	}
	fresh := &slab{data: data}
	if s.all == nil {
		s.all = map[*slab]struct{}{}
	}
	s.all[fresh] = struct{}{}
	if size < slabSize {
		s.drop(s.current)
		fresh.refs, s.current = 1, fresh
	}
	return fresh
}

// release gives back one reference to each of the slabs.
func (s *slabs) release(used []*slab) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range used {
		s.drop(one)
	}
}

func (s *slabs) drop(one *slab) {
	if one == nil {
		return
	}
	if one.refs--; one.refs == 0 {
		s.free(one)
	}
}

func (s *slabs) free(one *slab) {
	delete(s.all, one)
	unmapMemory(one.data)
	one.data = nil
}

// close frees everything, also what belongs to requests that were not done. Nobody may use a block any more.
func (s *slabs) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = nil
	for one := range s.all {
		s.free(one)
	}
}

// mapped returns the bytes that are taken from the system.
func (s *slabs) mapped() (bytes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for one := range s.all {
		bytes += len(one.data)
	}
	return bytes
}
