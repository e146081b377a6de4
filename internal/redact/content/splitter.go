package content

const (
	// MaxDepth bounds the nesting within one container. The scanners keep a stack of their own, so it costs 56 bytes a
	// level; what nests deeper is an attack.
	MaxDepth = 10_000
	// MaxParts bounds the parts of one container: about 100 MiB of them.
	MaxParts = 1 << 20
	// firstChunk is the size of a splitter's first piece of memory: the decoded texts of an ordinary record.
	firstChunk = 16 << 10
	// maxRetained is how much memory a splitter keeps over Reset, so that one large record does not stay forever.
	maxRetained = 8 << 20
)

// Splitter holds what splitting reuses between texts. The zero value is ready. Not safe for concurrent use.
type Splitter struct {
	chunks  [][]byte // decoded texts; a chunk never moves while parts look into it
	current int      // chunk in use
	left    int      // bytes that the container in hand may still decode to
	stack   []frame
	columns [][]byte // of an INSERT
	unit    [8]byte  // what a unit decodes to, where its function is a value
	codecs  codecs
}

// frame is an open structure of a container.
type frame struct {
	part   int32 // its index, counted from the container's first part
	object bool
	tag    []byte // an element's, as written
	name   []byte // of texts in it
}

// Reset frees what earlier splits decoded. Their parts must not be used any more.
func (s *Splitter) Reset() {
	retained := 0
	for i := range s.chunks {
		retained += cap(s.chunks[i])
		if retained > maxRetained {
			clear(s.chunks[i:])
			s.chunks = s.chunks[:i]
			break
		}
		s.chunks[i] = s.chunks[i][:0]
	}
	s.current = 0
	if cap(s.stack) > MaxDepth/10 {
		s.stack = nil
	}
}

// reserve returns an empty slice with room for n bytes; commit makes what was appended to it stay.
func (s *Splitter) reserve(n int) []byte {
	for s.current < len(s.chunks) {
		chunk := s.chunks[s.current]
		if cap(chunk)-len(chunk) >= n {
			return chunk[len(chunk):len(chunk):cap(chunk)]
		}
		if len(chunk) == 0 {
			break // too small even when empty: replaced
		}
		s.current++
	}
	chunk := make([]byte, 0, max(firstChunk<<min(s.current, 10), n))
	if s.current < len(s.chunks) {
		s.chunks[s.current] = chunk
	} else {
		s.chunks = append(s.chunks, chunk)
	}
	return chunk
}

// commit keeps used, which has grown within what the last reserve gave. ok is false when the container's limit is passed.
func (s *Splitter) commit(used []byte) (text []byte, ok bool) {
	if len(used) > s.left {
		return nil, false
	}
	s.left -= len(used)
	chunk := s.chunks[s.current]
	s.chunks[s.current] = chunk[:len(chunk)+len(used)]
	return used[:len(used):len(used)], true
}

// add appends one part, to be filled in by the caller.
func add(dst []Part) ([]Part, *Part) {
	if len(dst) < cap(dst) {
		dst = dst[:len(dst)+1]
	} else {
		dst = append(dst, Part{})
	}
	return dst, &dst[len(dst)-1]
}

// set fills in a part as one value of the container, field by field: a copy of the whole would cost as much as scanning
// the text.
func (p *Part) set(start, end int, name, text []byte, parent, index int32) {
	p.Start, p.End = start, end
	p.Name, p.Text = name, text
	p.Parent, p.Index = parent, index
	p.Key, p.Number, p.Opaque = false, false, false
	p.Hint, p.Role, p.style = Plain, RoleValue, 0
}

// word returns a name that the container itself does not have, in the splitter's memory.
func (s *Splitter) word(name string) []byte {
	s.left += len(name)
	kept, _ := s.commit(append(s.reserve(len(name)), name...))
	return kept
}
