package redact

import (
	"bytes"
	"fmt"
	"strings"
)

// Opaque says what becomes of records with contents that cannot be looked into: unknown content encodings, archives and
// documents in formats that are not taken apart.
type Opaque uint8

// The answers. The zero value refuses.
const (
	OpaqueRefuse Opaque = iota // Refusal with ReasonOpaque
	OpaquePass                 // passed as they are; their printable runs are looked into, and Result.Opaque names them
)

// String is the answer as settings spell it.
func (o Opaque) String() string {
	if o == OpaquePass {
		return "pass"
	}
	return "refuse"
}

// ParseOpaque reads refuse or pass.
func ParseOpaque(text string) (Opaque, error) {
	switch text {
	case "refuse", "":
		return OpaqueRefuse, nil
	case "pass":
		return OpaquePass, nil
	}
	return OpaqueRefuse, fmt.Errorf("opaque is %q: use refuse or pass", text)
}

// opaqueMagic are the beginnings of formats whose contents are compressed, encrypted or packed, so that a value in them is
// seen by nobody who does not take them apart.
var opaqueMagic = [...]struct{ magic, name string }{
	{"7z\xbc\xaf\x27\x1c", "7z"}, {"Rar!\x1a\x07", "rar"}, {"\xfd7zXZ\x00", "xz"}, {"BZh", "bzip2"}, {"\x04\x22\x4d\x18", "lz4"},
	{"\x02\x21\x4c\x18", "lz4"}, {"LZIP", "lzip"}, {"\x5d\x00\x00", "lzma"}, {"\x89LZO", "lzop"}, {"\xff\x06\x00\x00sNaPpY", "snappy"},
	{"SQLite format 3\x00", "sqlite"}, {"PAR1", "parquet"}, {"PARE", "parquet"}, {"ORC", "orc"}, {"Obj\x01", "avro"}, {"ARROW1\x00\x00", "arrow"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"}, {"MSCF\x00\x00\x00\x00", "cab"}, {"age-encryption.org/v1", "age"}, {"\x85\x02\x0c\x03", "pgp"},
	{"\x60\xea", "arj"}, {"PK\x05\x06", "zip"}, {"PK\x07\x08PK", "zip"}, {"070701", "cpio"}, {"\xed\xab\xee\xdb", "rpm"}, {"!<arch>\n", "ar"},
}

// mediaMagic are the beginnings of pictures, fonts, sound, films and programs. What stands in them as text is seen as text.
var mediaMagic = [...]string{
	"\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "GIF87a", "GIF89a", "RIFF", "wOFF", "wOF2", "OTTO\x00", "\x00\x01\x00\x00\x00", "true\x00", "ttcf",
	"ID3", "\xff\xfb", "\xff\xf3", "\xff\xf2", "\xff\xf1", "\xff\xf9", "OggS", "fLaC", "MThd", "\x1a\x45\xdf\xa3", "\x00asm", "BM", "\x00\x00\x01\x00",
	"II*\x00", "MM\x00*", "FLV\x01", "\x00\x00\x01\xba", "\x00\x00\x01\xb3", "8BPS", "\xff\x0a", "\x00\x00\x00\x0cJXL ", "qoif", "G@",
}

// mediaKind reports whether data is a picture or the like by its first bytes.
func mediaKind(data []byte) bool {
	for _, magic := range mediaMagic {
		if len(data) > len(magic) && string(data[:len(magic)]) == magic {
			return true
		}
	}
	return len(data) >= 12 && string(data[4:8]) == "ftyp" // AVIF, HEIC, MP4
}

// opaqueKind names the format of data whose contents nobody sees without taking it apart, "" for others.
func opaqueKind(data []byte) string {
	for i := range opaqueMagic {
		if m := &opaqueMagic[i]; len(data) > len(m.magic) && string(data[:len(m.magic)]) == m.magic {
			if m.name == "bzip2" && (len(data) < 10 || string(data[4:10]) != "1AY&SY" && string(data[4:10]) != "\x17rE8P\x90") {
				continue
			}
			return m.name
		}
	}
	if len(data) > 3 && data[0] == 0x1f && (data[1] == 0x9d || data[1] == 0xa0) && data[2]&0x60 == 0 && data[2]&0x1f >= 9 && data[2]&0x1f <= 16 {
		return "compress"
	}
	if packedPDF(data) {
		return "pdf"
	}
	return ""
}

// pdfHead is how far into a file its signature may stand, in bytes.
const pdfHead = 1024

// packedPDF reports whether data is a PDF with compressed or encrypted contents.
func packedPDF(data []byte) bool {
	if !bytes.Contains(data[:min(len(data), pdfHead)], []byte("%PDF-")) {
		return false
	}
	for _, sign := range []string{"/Filter", "/ObjStm", "/Encrypt", "/F#69lter"} {
		if bytes.Contains(data, []byte(sign)) {
			return true
		}
	}
	return !bytes.Contains(data, []byte("%%EOF")) // cut off: nobody knows
}

// looksOpaque reports whether text that is not binary begins as a document with packed contents may.
func looksOpaque(n *node) bool {
	return len(n.text) > len("%PDF-") && n.text[0] == '%' && string(n.text[:5]) == "%PDF-" && !n.is(flagBinary|flagGap)
}

// isZip reports whether data is an archive as zip, office documents, Java and Android packages and e-books are.
func isZip(data []byte) bool { return len(data) > 30 && string(data[:4]) == "PK\x03\x04" }

// undeclared are the content encodings that change nothing, or were undone by whoever captured the body.
func undeclared(encoding string) bool {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity", "none", "binary", "7bit", "8bit", "utf-8", "utf8", "aws-chunked", "chunked":
		return true
	}
	return false
}

// splitBinary takes binary data apart: archives into their entries, all else into printable runs. What hides its contents is
// opaque.
func (w *worker) splitBinary(i int32) error {
	n := &w.nodes[i]
	kind := ""
	switch {
	case n.is(flagBinary | flagGap):
	case isZip(n.text):
		done, err := w.splitZip(i)
		if err != nil || done {
			return err
		}
		kind = "zip"
	default:
		if kind = opaqueKind(n.text); kind == "" && n.role == roleBody && w.declared(i) && !mediaKind(n.text) {
			kind = "content-encoding"
		}
	}
	if kind != "" {
		if err := w.opaque(i, kind); err != nil {
			return err
		}
	}
	return w.splitRuns(i)
}

// declared reports whether the headers name more encodings of a body than were undone.
func (w *worker) declared(i int32) bool {
	encodings := w.sideOf(i).encoding
	if encodings == "" {
		return false
	}
	left := 0
	for encoding := range strings.SplitSeq(encodings, ",") {
		if !undeclared(encoding) {
			left++
		}
	}
	for holder := w.nodes[i].holder; holder != noNode; holder = w.nodes[holder].holder {
		if compressed(w.nodes[holder].format) {
			left--
		}
	}
	return left > 0
}

func (w *worker) sideOf(i int32) *side {
	if w.nodes[i].is(flagRequest) {
		return &w.sides[0]
	}
	return &w.sides[1]
}

// opaque refuses the record, or notes that a part of it was not looked into.
func (w *worker) opaque(i int32, kind string) error {
	if w.engine.opaque == OpaquePass {
		w.opaques = append(w.opaques, i)
		return nil
	}
	return &Refusal{Reason: ReasonOpaque, Path: w.path(i), Detail: "contents that cannot be looked into: " + kind}
}
