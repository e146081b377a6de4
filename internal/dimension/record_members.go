package dimension

import (
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func member(object []byte, name string) (found []byte) {
	if len(object) == 0 {
		return nil
	}
	rrpair.EachMember(object, func(key, value []byte) bool {
		if string(key) == name {
			found = value
		}
		return found == nil
	})
	return found
}

// appendTag appends the value of a tag; one that is no string is its JSON text.
func (r *Record) appendTag(dst []string, name string) []string {
	if r.pair == nil {
		if value, found, isPlain := r.glance.tag(name); isPlain {
			if found {
				dst = append(dst, value)
			}
			return dst
		}
		if !r.load() {
			return dst
		}
	}
	rrpair.EachMember(r.pair.Raw(rrpair.FieldTags), func(key, value []byte) bool {
		if !r.isKey(key, name, false) {
			return true
		}
		dst = r.appendText(dst, value)
		return false
	})
	return dst
}

// appendHeader appends all values of a request header; its name is lower-case.
func (r *Record) appendHeader(dst []string, name string) []string {
	if r.pair == nil {
		if values, isPlain := r.glance.appendHeader(dst, name); isPlain {
			return values
		}
		if !r.load() {
			return dst
		}
	}
	rrpair.EachMember(r.pair.Raw(rrpair.FieldRequestHeaders), func(key, value []byte) bool {
		if !r.isKey(key, name, true) {
			return true
		}
		if value[0] != '[' {
			dst = r.appendText(dst, value)
			return true
		}
		rrpair.EachElement(value, func(element []byte) bool {
			dst = r.appendText(dst, element)
			return true
		})
		return true // the name may come again in another case
	})
	return dst
}

func (r *Record) appendText(dst []string, raw []byte) []string {
	if raw[0] == '"' {
		return append(dst, r.unquote(raw))
	}
	return append(dst, view(raw))
}

// isKey compares a raw key; foldCase takes name as lower-case.
func (r *Record) isKey(raw []byte, name string, foldCase bool) bool {
	key := view(raw)
	if strings.IndexByte(key, '\\') >= 0 {
		start := len(r.text)
		r.text, _ = rrpair.AppendUnquoted(r.text, quoted(raw))
		key = view(r.text[start:len(r.text):len(r.text)])
	}
	if foldCase {
		return len(key) == len(name) && strings.EqualFold(key, name)
	}
	return key == name
}

// quoted puts the quotes round a raw key again.
func quoted(raw []byte) []byte {
	return append(append(append(make([]byte, 0, len(raw)+2), '"'), raw...), '"')
}
