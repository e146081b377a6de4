package rrpair

import (
	"bytes"
	"slices"
	"strconv"
	"unicode/utf8"
)

// AppendCanonical checks that raw is one JSON value and appends it as canonical
// JSON (RFC 8785): members sorted by their names in UTF-16, numbers as
// ECMAScript writes them. The error is a [*DecodeError]; nothing is appended then.
func AppendCanonical(dst, raw []byte) ([]byte, error) {
	compact, err := AppendCompact(nil, raw)
	if err != nil {
		return dst, err
	}
	return appendCanonical(dst, compact), nil
}

// CanonicalEqual reports whether both are JSON and the same as canonical JSON
// (RFC 8785). It allocates; it is for tests and for verification.
func CanonicalEqual(a, b []byte) bool {
	first, err := AppendCanonical(nil, a)
	if err != nil {
		return false
	}
	second, err := AppendCanonical(nil, b)
	return err == nil && bytes.Equal(first, second)
}

// node is a value of a text, with its members or elements in the order in which
// they are to be written. Sorting a tree rather than text keeps the cost of a
// deeply nested document linear.
type node struct {
	kind     byte   // '{', '[', or 0 for a scalar
	scalar   []byte // the text of a scalar
	children []child
}

type child struct {
	name  []byte // as in the text, with its escapes; of a member only
	key   []byte // decoded
	value node
}

// appendCanonical appends valid, compact, normalised text as canonical JSON.
func appendCanonical(dst, compact []byte) []byte {
	root, _ := parseNode(compact, 0)
	return root.append(dst)
}

// parseNode reads the value at i and returns the index behind it.
func parseNode(text []byte, i int) (node, int) {
	switch text[i] {
	case '{':
		object := node{kind: '{'}
		for i++; text[i] != '}'; {
			behind := skipString(text, i)
			member := child{name: text[i+1 : behind-1], key: text[i+1 : behind-1]}
			if indexByte(member.name, '\\') >= 0 {
				member.key = appendUnescaped(nil, member.name)
			}
			member.value, i = parseNode(text, behind+1)
			object.children = append(object.children, member)
			if text[i] == ',' {
				i++
			}
		}
		slices.SortFunc(object.children, func(a, b child) int { return compareUTF16(a.key, b.key) })
		return object, i + 1
	case '[':
		array := node{kind: '['}
		for i++; text[i] != ']'; {
			var element child
			element.value, i = parseNode(text, i)
			array.children = append(array.children, element)
			if text[i] == ',' {
				i++
			}
		}
		return array, i + 1
	}
	end := skipValue(text, i)
	return node{scalar: text[i:end]}, end
}

func (n *node) append(dst []byte) []byte {
	switch n.kind {
	case '{':
		dst = append(dst, '{')
		for i := range n.children {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(append(append(dst, '"'), n.children[i].name...), '"', ':')
			dst = n.children[i].value.append(dst)
		}
		return append(dst, '}')
	case '[':
		dst = append(dst, '[')
		for i := range n.children {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = n.children[i].value.append(dst)
		}
		return append(dst, ']')
	}
	if c := n.scalar[0]; c != '-' && (c < '0' || c > '9') {
		return append(dst, n.scalar...)
	}
	// The scan has refused what is out of range.
	value, _ := strconv.ParseFloat(string(n.scalar), 64)
	return appendDouble(dst, value)
}

// compareUTF16 compares two UTF-8 texts by their UTF-16 code units. That is the
// order of the bytes, except that what needs a surrogate pair comes before
// U+E000 to U+FFFF.
func compareUTF16(a, b []byte) int {
	for len(a) > 0 && len(b) > 0 {
		if a[0] == b[0] && a[0] < utf8.RuneSelf {
			a, b = a[1:], b[1:]
			continue
		}
		first, sizeA := utf8.DecodeRune(a)
		second, sizeB := utf8.DecodeRune(b)
		if first != second {
			if wide, otherWide := first > 0xFFFF, second > 0xFFFF; wide != otherWide {
				if wide {
					return compareRune(0xD800, second)
				}
				return compareRune(first, 0xD800)
			}
			return compareRune(first, second)
		}
		a, b = a[sizeA:], b[sizeB:]
	}
	return len(a) - len(b)
}

func compareRune(a, b rune) int {
	if a < b {
		return -1
	}
	return 1
}
