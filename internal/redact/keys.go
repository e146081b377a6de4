package redact

import (
	"bytes"
	"strconv"
)

// fewKeys is how many changed names are compared with their siblings one by one; more are looked up.
const fewKeys = 8

// distinctKeys makes the names of one object's members (nodes first to end) distinct again where redaction made two the
// same: a member must not vanish.
func (w *worker) distinctKeys(first, end int32) {
	changed := 0
	for k := first; k < end; k++ {
		if w.nodes[k].flags&(flagKey|flagDirty|flagOpaque) == flagKey|flagDirty {
			changed++
		}
	}
	switch {
	case changed == 0:
	case changed <= fewKeys:
		w.distinctFewKeys(first, end)
	default:
		w.distinctManyKeys(first, end)
	}
}

func (w *worker) distinctFewKeys(first, end int32) {
	for k := first; k < end; k++ {
		n := &w.nodes[k]
		if n.flags&(flagKey|flagDirty|flagOpaque) != flagKey|flagDirty {
			continue
		}
		name := n.changed
		for count := 2; w.keyTaken(first, end, k); count++ {
			n.changed = strconv.AppendInt(append(bytes.Clone(name), '-'), int64(count), 10)
		}
	}
}

// keyTaken reports whether a member before k, or one behind it that keeps its name, is called as k is.
func (w *worker) keyTaken(first, end, k int32) bool {
	n := &w.nodes[k]
	for i := first; i < end; i++ {
		other := &w.nodes[i]
		if i == k || other.parent != n.parent || other.flags&(flagKey|flagOpaque) != flagKey {
			continue
		}
		name := other.text
		if other.is(flagDirty) {
			if i > k {
				continue
			}
			name = other.changed
		}
		if bytes.Equal(name, n.changed) {
			return true
		}
	}
	return false
}

func (w *worker) distinctManyKeys(first, end int32) {
	type member struct {
		object int32
		name   string
	}
	taken := map[member]bool{}
	for k := first; k < end; k++ {
		if n := &w.nodes[k]; n.flags&(flagKey|flagDirty|flagOpaque) == flagKey {
			taken[member{n.parent, string(n.text)}] = true
		}
	}
	for k := first; k < end; k++ {
		n := &w.nodes[k]
		if n.flags&(flagKey|flagDirty|flagOpaque) != flagKey|flagDirty {
			continue
		}
		name := string(n.changed)
		for count := 2; taken[member{n.parent, name}]; count++ {
			name = string(n.changed) + "-" + strconv.Itoa(count)
		}
		taken[member{n.parent, name}] = true
		n.changed = []byte(name)
	}
}
