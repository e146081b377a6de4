package redact

import (
	"bytes"
	"unicode/utf8"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// fewestDigits is how many digits a text with underscores needs to be read without them: those of an SSN.
const fewestDigits = 9

// writingChunk is how much of a text is read in other writing at a time, and writingOverlap how much of it again with the
// next piece, in bytes: it bounds the memory, and a value is shorter than what is read twice.
const (
	writingChunk   = 1 << 20
	writingOverlap = 4 << 10
)

// writing is a text as finders know it: with ASCII digits, letters and blanks.
type writing struct {
	plain []byte
	at    []int32 // where each byte of plain stands in the text; one more for the end
}

// writtenOtherwise reports whether a text may have numbers or addresses in other writing than finders know.
func writtenOtherwise(text []byte, shape detect.Shape) bool {
	return shape.Classes&detect.HasHigh != 0 || shape.Digits >= fewestDigits && shape.Classes&detect.HasOther != 0 && underscoredNumber(text)
}

// underscoredNumber reports whether a run of digits and underscores has enough digits for a number, and an underscore.
func underscoredNumber(text []byte) bool {
	for i := bytes.IndexByte(text, '_'); i >= 0; {
		start, end, digits := i, i, 0
		for start > 0 && text[start-1]-'0' <= 9 {
			start, digits = start-1, digits+1
		}
		for end < len(text) && (text[end]-'0' <= 9 || text[end] == '_') {
			if text[end] != '_' {
				digits++
			}
			end++
		}
		if digits >= fewestDigits {
			return true
		}
		next := bytes.IndexByte(text[end:], '_')
		if next < 0 {
			return false
		}
		i = end + next
	}
	return false
}

// findOtherwise adds what finders find in a text once its digits, blanks and hyphens are those of ASCII, at the places where
// they stand in the text.
func (w *worker) findOtherwise(text []byte, hints detect.Hints) {
	for start := 0; start < len(text); {
		end := min(len(text), start+writingChunk)
		for end < len(text) && !utf8.RuneStart(text[end]) {
			end++
		}
		w.findWritten(text, start, end, hints)
		if end == len(text) {
			return
		}
		for start = end - writingOverlap; !utf8.RuneStart(text[start]); start++ {
		}
	}
}

func (w *worker) findWritten(text []byte, start, end int, hints detect.Hints) {
	wr := &w.writing
	if !wr.read(text[start:end]) {
		return
	}
	shape := detect.NewShape(wr.plain)
	before := len(w.findings)
	for _, finder := range w.engine.finders {
		w.findings = finder.Find(w.findings, wr.plain, shape, hints)
	}
	left := w.findings[:before]
	for _, f := range w.findings[before:] {
		if f.End == detect.Unfinished {
			left = append(left, f)
			continue
		}
		if f.Start < 0 || f.Start >= f.End || f.End > len(wr.plain) {
			continue
		}
		plain := wr.plain[f.Start:f.End]
		f.Start, f.End = start+int(wr.at[f.Start]), start+int(wr.at[f.End-1])+1
		for f.End < end && !utf8.RuneStart(text[f.End]) {
			f.End++
		}
		if otherwise(text, plain, f) {
			left = append(left, f)
		}
	}
	w.findings = left
}

// otherwise reports whether a finding is there because of the other writing, of a type that is written so: without
// blanks for underscores nothing but numbers is a number more than before.
func otherwise(text, plain []byte, f detect.Finding) bool {
	value := text[f.Start:f.End]
	if string(value) == string(plain) {
		before := f.Start > 0 && (text[f.Start-1] >= utf8.RuneSelf || text[f.Start-1] == '_')
		behind := f.End < len(text) && (text[f.End] >= utf8.RuneSelf || text[f.End] == '_')
		if !before && !behind {
			return false
		}
	}
	high := false
	for _, c := range text[max(0, f.Start-1):min(len(text), f.End+1)] {
		high = high || c >= utf8.RuneSelf
	}
	if high {
		return true
	}
	switch f.Rule.Type {
	case detect.Card, detect.IBAN:
		return true
	case detect.SSN, detect.Phone:
		return bytes.IndexByte(value, '_') >= 0
	}
	return false
}

// read reads text as finders know it. It reports whether anything is otherwise in it.
func (wr *writing) read(text []byte) (changed bool) {
	wr.plain, wr.at = wr.plain[:0], wr.at[:0]
	first := firstOtherwise(text)
	if first < 0 {
		return false
	}
	for i := 0; i < len(text); {
		c, size := text[i], 1
		drop := false
		switch {
		case c >= utf8.RuneSelf:
			var r rune
			r, size = utf8.DecodeRune(text[i:])
			plain, known := plainRune(r)
			if !known {
				for k := range size {
					wr.plain, wr.at = append(wr.plain, text[i+k]), append(wr.at, int32(i+k))
				}
				i += size
				continue
			}
			c, drop = plain, plain == 0
		case c == '_' && besideDigit(text, i):
			c = ' '
		}
		if !drop {
			wr.plain, wr.at = append(wr.plain, c), append(wr.at, int32(i))
		}
		i += size
	}
	wr.at = append(wr.at, int32(len(text)))
	return true
}

// firstOtherwise returns where the first character is that finders know in another form, -1 when there is none.
func firstOtherwise(text []byte) int {
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if c == '_' && besideDigit(text, i) {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if _, known := plainRune(r); known {
			return i
		}
		i += size
	}
	return -1
}

func besideDigit(text []byte, i int) bool {
	return i > 0 && text[i-1]-'0' <= 9 || i+1 < len(text) && text[i+1]-'0' <= 9
}

// plainRune is the ASCII character that a character stands for, 0 for one that is not seen. known is false for characters of
// their own.
func plainRune(r rune) (plain byte, known bool) {
	switch {
	case r >= 0xff01 && r <= 0xff5e: // full-width
		return byte(r - 0xff01 + '!'), true
	case r == 0xa0 || r >= 0x2000 && r <= 0x200a || r == 0x202f || r == 0x205f || r == 0x3000:
		return ' ', true
	case r == 0xad || r >= 0x200b && r <= 0x200f || r >= 0x2060 && r <= 0x2064 || r == 0xfeff || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
		return 0, true
	case r >= 0x2010 && r <= 0x2015 || r == 0x2212 || r == 0xfe63:
		return '-', true
	case r == 0xfe6b:
		return '@', true
	case r == 0x2024 || r == 0xfe52 || r == 0x3002 || r == 0xff61:
		return '.', true
	case r == 0x2044 || r == 0x2215:
		return '/', true
	case r >= 0x1d7ce && r <= 0x1d7ff: // mathematical digits, in five styles
		return byte((r-0x1d7ce)%10) + '0', true
	case r >= 0x2080 && r <= 0x2089:
		return byte(r-0x2080) + '0', true
	}
	if r >= 0x660 && r <= 0xfff {
		for _, zero := range [...]rune{0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20} {
			if r >= zero && r <= zero+9 {
				return byte(r-zero) + '0', true
			}
		}
	}
	return 0, false
}

// appendPlain appends value as finders know it: surrogates are made from that.
func appendPlain(dst, value []byte) []byte {
	for i := 0; i < len(value); {
		if value[i] < utf8.RuneSelf {
			dst = append(dst, value[i])
			i++
			continue
		}
		r, size := utf8.DecodeRune(value[i:])
		if plain, known := plainRune(r); !known {
			dst = append(dst, value[i:i+size]...)
		} else if plain != 0 {
			dst = append(dst, plain)
		}
		i += size
	}
	return dst
}

// plainWriting returns value as finders know it, itself where that is the same.
func (w *worker) plainWriting(value []byte) []byte {
	for _, c := range value {
		if c >= utf8.RuneSelf {
			start := len(w.arena)
			w.arena = appendPlain(w.arena, value)
			return w.arena[start:len(w.arena):len(w.arena)]
		}
	}
	return value
}
