package redact

import (
	"bytes"
	"encoding/hex"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/content"
)

// shortestCopy is the length, in bytes, from which a value is looked for everywhere: shorter ones stand in texts by
// chance.
const shortestCopy = 6

// boundedCopy is the length, in bytes, below which a value that begins (or ends) with a letter or digit is a copy only
// where no other letter or digit stands before (or behind) it.
const boundedCopy = 16

// maxBase64Run bounds how much of a run of base64, in bytes, is decoded around a copy.
const maxBase64Run = 1 << 20

// match is a copy in a text.
type match struct {
	start, end int
	value      int32
	how        spelling
	written    []byte // of spelledBase64: what has to stand there
}

// findCopies looks for all values in all leaves and adds hits.
func (w *worker) findCopies() error {
	short := false
	for i := range w.values.list {
		v := &w.values.list[i]
		switch {
		case len(v.text) < shortestCopy:
			short = short || v.byPlace
		case !isPlaceholder(v.text):
			w.matcher.add(int32(i), v.text)
		}
	}
	if len(w.matcher.needles) == 0 && !short {
		return nil
	}
	w.matcher.build()
	shortest := w.matcher.shortest
	if short {
		shortest = 0
	}
	for i := range int32(len(w.nodes)) {
		n := &w.nodes[i]
		if n.is(flagOpaque|flagDead|flagHarmless|flagWhole) || n.same != noNode || len(n.text) < shortest {
			continue
		}
		if n.format != content.Plain {
			if spannable(n.format) || w.binaryInside(n) {
				if err := w.findSpanning(i); err != nil {
					return err
				}
			}
			continue
		}
		if err := w.spend(i, len(n.text)); err != nil {
			return err
		}
		if short && len(n.text) < shortestCopy && n.role.copies() {
			w.shortCopy(i)
			continue
		}
		w.eachMatch(n.text, 0, func(m match) {
			w.copied(i, m)
		})
		if w.overdue {
			return w.spend(i, clockEvery)
		}
	}
	return nil
}

// spannable reports whether a value can span the parts of a container of the format: where someone has written it
// without encoding the delimiters in it.
func spannable(format content.Format) bool {
	switch format {
	case content.Form, content.URL, content.Cookie, content.SetCookie, content.Params, content.Percent, content.Escaped, content.SQL, formatEmbedded:
		return true
	}
	return false
}

// findSpanning adds hits for copies that span the parts of a container; those within one part are the part's own.
func (w *worker) findSpanning(i int32) error {
	if err := w.spend(i, len(w.nodes[i].text)); err != nil {
		return err
	}
	within := false
	w.eachMatch(w.nodes[i].text, 0, func(m match) {
		n := &w.nodes[i]
		if m.how == spelledBase64 && n.format == content.Base64 {
			return // its decoded text is a part
		}
		if n.format == content.Base64 || n.format == content.Hex || w.partAround(n, m.start, m.end) == noNode {
			w.bury(n, m.start, m.end)
			w.copied(i, m)
		} else {
			within = true
		}
	})
	if !within {
		return nil
	}
	// What lies within a part that one of the others has made dead is nobody else's.
	w.eachMatch(w.nodes[i].text, 0, func(m match) {
		if part := w.partAround(&w.nodes[i], m.start, m.end); part != noNode && w.nodes[part].is(flagDead) {
			w.copied(i, m)
		}
	})
	return nil
}

// copies reports whether values of the role are known to repeat what stands elsewhere.
func (r role) copies() bool {
	return r == roleCopies || r == roleTokens || r == roleTokenValue || r == roleSignature
}

// shortCopy adds a hit when the whole leaf is a short value that was found by its name.
func (w *worker) shortCopy(i int32) {
	text := w.nodes[i].text
	v, ok := w.values.texts[w.hash(text)]
	if ok && w.values.list[v].byPlace && bytes.Equal(w.values.list[v].text, text) && !isPlaceholder(text) {
		w.copied(i, match{end: len(text), value: v})
	}
}

// copied adds the hit of a copy.
func (w *worker) copied(i int32, m match) {
	if w.nodes[i].is(flagShielded) {
		if len(shielding(w.shieldsOf(i), m.start, m.end)) > 0 {
			return
		}
	}
	if len(w.hits) >= maxHits {
		w.crowded = true
		return
	}
	v := &w.values.list[m.value]
	w.hits = append(w.hits, hit{
		node: i, start: int32(m.start), end: int32(m.end), value: m.value, rule: w.values.groups[v.group].rule, confidence: v.confidence,
		copied: true, spelling: m.how, written: m.written,
	})
}

// eachMatch calls found with the copies in text, for each place at which one is told the longest. They may overlap. depth
// counts base64 in base64. It stops when the record's time is over.
func (w *worker) eachMatch(text []byte, depth int, found func(match)) {
	m := &w.matcher
	for at := m.next(text, 0); at < len(text); at = m.next(text, at+1) {
		best := match{value: -1}
		needle, key := m.bucket(text[at:])
		for ; needle >= 0; needle = m.needles[needle].next {
			n := &m.needles[needle]
			if n.key != key || int(n.skip) > at {
				continue
			}
			// Values that are found by the same bytes are compared one by one, which takes its time.
			if w.spent += nodeCost; w.spent >= w.nextClock && w.late() {
				return
			}
			if c, ok := w.matchAt(text, at-int(n.skip), n, depth); ok && c.end-c.start > best.end-best.start {
				best = c
			}
		}
		if best.value < 0 {
			continue
		}
		found(best)
		if best.how == spelledBase64 {
			at = best.end - 1 // all of the run is written anew
		}
	}
}

// matchAt compares a needle with what stands at a place.
func (w *worker) matchAt(text []byte, at int, n *needle, depth int) (match, bool) {
	value := w.values.list[n.value].text
	switch n.how {
	case spelledHex:
		length := 2 * len(value)
		if at+length > len(text) || !bytes.EqualFold(text[at:at+len(n.text)], n.text) || !isHexOf(text[at:at+length], value) {
			return match{}, false
		}
		return match{start: at, end: at + length, value: n.value, how: spelledHex}, true
	case spelledBase64:
		if depth > 0 || !bytes.HasPrefix(text[at:], n.text) {
			return match{}, false
		}
		return w.matchBase64(text, at, n, depth)
	}
	length, how, ok := matchSpelled(text[at:], value)
	if !ok || len(value) < boundedCopy && !bounded(text, at, at+length, value) {
		return match{}, false
	}
	return match{start: at, end: at + length, value: n.value, how: how}, true
}

func isHexOf(text, value []byte) bool {
	for i, c := range value {
		var b [1]byte
		if _, err := hex.Decode(b[:], text[2*i:2*i+2]); err != nil || b[0] != c {
			return false
		}
	}
	return true
}

// bounded reports whether no letter or digit continues the copy at either end.
func bounded(text []byte, start, end int, value []byte) bool {
	if start > 0 && wordByte(value[0]) && wordByte(text[start-1]) && !escapeBefore(text, start) {
		return false
	}
	return end >= len(text) || !wordByte(value[len(value)-1]) || !wordByte(text[end])
}

// escapeBefore reports whether the letter or digit before start ends an escape (%3D, \n): it is no part of a word.
func escapeBefore(text []byte, start int) bool {
	if start >= 3 && text[start-3] == '%' {
		return true
	}
	return start >= 2 && text[start-2] == '\\' || start >= 6 && text[start-6] == '\\' && text[start-5] == 'u'
}

// matchBase64 proves a copy within a longer run of base64: the run is decoded around it, all copies in it are replaced,
// and it is encoded again.
func (w *worker) matchBase64(text []byte, at int, n *needle, depth int) (match, bool) {
	first := at - [3]int{0, 2, 3}[n.align]
	if first < 0 || !allIn(text[first:at], n.url) {
		return match{}, false
	}
	start := first
	for start >= 4 && first-start < maxBase64Run && allIn(text[start-4:start], n.url) {
		start -= 4
	}
	end := at
	for end < len(text) && end-at < maxBase64Run && inAlphabet(text[end], n.url) {
		end++
	}
	if (end-start)%4 == 1 {
		end--
	}
	w.spent += end - start
	decoded, err := alphabet(n.url).AppendDecode(nil, text[start:end])
	if err != nil {
		return match{}, false
	}
	value := w.values.list[n.value].text
	offset := (first-start)/4*3 + int(n.align)
	if offset+len(value) > len(decoded) || !bytes.EqualFold(decoded[offset:offset+len(value)], value) {
		return match{}, false
	}
	var fresh []byte
	done := 0
	w.eachMatch(decoded, depth+1, func(m match) {
		if m.start < done {
			return
		}
		fresh = append(fresh, decoded[done:m.start]...)
		fresh = w.appendCopy(fresh, m, decoded[m.start:m.end])
		done = m.end
	})
	if done == 0 {
		return match{}, false
	}
	fresh = append(fresh, decoded[done:]...)
	written := alphabet(n.url).AppendEncode(nil, fresh)
	padded := end < len(text) && text[end] == '='
	for padded && end < len(text) && text[end] == '=' {
		end++
	}
	for padded && len(written)%4 != 0 {
		written = append(written, '=')
	}
	return match{start: start, end: end, value: n.value, how: spelledBase64, written: written}, true
}

func allIn(text []byte, url bool) bool {
	for _, c := range text {
		if !inAlphabet(c, url) {
			return false
		}
	}
	return true
}

// appendCopy appends what stands for a copy in its spelling; when only looking, what stands there.
func (w *worker) appendCopy(dst []byte, m match, now []byte) []byte {
	if w.engine.keys == nil {
		return append(dst, now...)
	}
	return appendSpelled(dst, m.how, w.replacement(m.value), now)
}
