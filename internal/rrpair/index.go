package rrpair

// entry is one member of an indexed level, as pieces of the text.
type entry struct {
	key, value span
	field      Field
}

// level is the index of one object.
type level struct {
	present bool
	entries []entry
}

// index is what a scan or a writer records of the levels a Pair knows.
type index struct {
	levels [indexedScopes]level
	// dirty says that the text is not yet in its final form: members out of
	// order, or known ones that are null.
	dirty bool
}

func (x *index) reset() {
	for i := range x.levels {
		x.levels[i].present = false
		x.levels[i].entries = x.levels[i].entries[:0]
		if cap(x.levels[i].entries) > maxScratch {
			x.levels[i].entries = nil
		}
	}
	x.dirty = false
}

func (x *index) open(within scope) {
	x.levels[within].present = true
	x.levels[within].entries = x.levels[within].entries[:0]
}

// add records a member behind the others of its level. A known member that is
// null is the same as absent, so it is left out.
func (x *index) add(within scope, member entry, null bool) {
	at := &x.levels[within]
	if null && member.field < fieldCount {
		x.dirty = true
		return
	}
	if count := len(at.entries); count > 0 && at.entries[count-1].field > member.field {
		x.dirty = true
	}
	at.entries = append(at.entries, member)
}

// set gives a member of the top level another value, or adds it.
func (x *index) set(field Field, key, value span) {
	x.dirty = true
	at := &x.levels[scopeTop]
	for i := range at.entries {
		if at.entries[i].field == field {
			at.entries[i].value = value
			return
		}
	}
	at.entries = append(at.entries, entry{key: key, value: value, field: field})
}

// order sorts the members of every level, unknown ones staying in their order
// of arrival. Insertion sort: it is stable, and only the few known members move.
func (x *index) order() {
	for i := range x.levels {
		entries := x.levels[i].entries
		for j := 1; j < len(entries); j++ {
			moved := entries[j]
			k := j
			for ; k > 0 && entries[k-1].field > moved.field; k-- {
				entries[k] = entries[k-1]
			}
			entries[k] = moved
		}
	}
}

// write appends the object of a level with its members in their order, taken
// from text, and points the entries to where they now lie in dst.
func (x *index) write(dst, text []byte, within scope) []byte {
	dst = append(dst, '{')
	entries := x.levels[within].entries
	for i := range entries {
		member := &entries[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		start := len(dst)
		dst = append(dst, member.key.of(text)...)
		member.key = span{uint32(start), uint32(len(dst))}
		dst = append(dst, '"', ':')
		start = len(dst)
		if child := within.child(member.field, nil); child < indexedScopes && x.levels[child].present {
			dst = x.write(dst, text, child)
		} else {
			dst = append(dst, member.value.of(text)...)
		}
		member.value = span{uint32(start), uint32(len(dst))}
	}
	return append(dst, '}')
}
