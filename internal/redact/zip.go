package redact

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// Bounds of archives: more entries than formatZipEntries is no document, and what stands between two entries is headers of
// at most zipBetween bytes.
const (
	zipEntries = 1 << 16
	zipBetween = 64 << 10
)

// splitZip makes the entries of an archive the parts of a container, and the printable runs of its headers. done is false
// when it is opaque: encrypted, damaged, packed in a way that nobody here reads.
func (w *worker) splitZip(i int32) (done bool, err error) {
	n := &w.nodes[i]
	text := n.text
	if int(n.depth) >= w.limits.MaxDepth {
		return false, &Refusal{Reason: ReasonTooDeep, Path: w.path(i), Detail: "contents are nested deeper than the limit"}
	}
	archive, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil || len(archive.File) > zipEntries || len(archive.File) == 0 {
		return false, nil
	}
	first := int32(len(w.nodes))
	at := 0
	for _, file := range archive.File {
		offset, err := file.DataOffset()
		packed := int(file.CompressedSize64) //nolint:gosec // compared with the text's length below
		if err != nil || file.Flags&1 != 0 || file.Method != zip.Store && file.Method != zip.Deflate ||
			packed < 0 || int(offset) < at || int(offset)-at > zipBetween || packed > len(text)-int(offset) {
			w.drop(first)
			return false, nil
		}
		w.addHeaderRuns(i, at, int(offset))
		start := int(offset)
		at = start + packed
		content, err := w.unzip(i, file)
		if err != nil {
			w.drop(first)
			var refusal *Refusal
			if errors.As(err, &refusal) {
				return false, err
			}
			return false, nil
		}
		if len(content) == 0 {
			continue
		}
		holder := &w.nodes[i]
		w.add(node{
			text: content, name: []byte(file.Name), parent: i, holder: i, start: int32(start), end: int32(at), part: noPart, target: noTarget,
			index: -1, flags: holder.flags & flagRequest, place: detect.PlaceText, depth: holder.depth + 1,
		})
		if err := w.grown(); err != nil {
			return false, err
		}
	}
	w.addHeaderRuns(i, at, len(text))
	n = &w.nodes[i]
	n.format, n.first, n.count = formatZip, first, int32(len(w.nodes))-first
	return true, w.grown()
}

// addHeaderRuns adds the printable runs of an archive's headers from at to end. The signature of the next header is no
// part of a name.
func (w *worker) addHeaderRuns(i int32, at, end int) {
	text := w.nodes[i].text[:end]
	for at < end {
		next := bytes.Index(text[at:], []byte("PK"))
		for next >= 0 && at+next+3 < end && (text[at+next+2] > 8 || text[at+next+3] > 8) {
			further := bytes.Index(text[at+next+2:], []byte("PK"))
			if further < 0 {
				next = -1
				break
			}
			next += 2 + further
		}
		if next < 0 {
			next = end - at
		}
		w.addRuns(i, at, at+next)
		at += next + 4
	}
}

// drop takes back the nodes from first on.
func (w *worker) drop(first int32) {
	clear(w.nodes[first:])
	w.nodes = w.nodes[:first]
}

// unzip is the content of an entry, within what the record may still decode to.
func (w *worker) unzip(i int32, file *zip.File) ([]byte, error) {
	reader, err := file.Open()
	if err != nil {
		return nil, fmt.Errorf("open an entry of an archive: %w", err)
	}
	left := max(w.limits.MaxDecoded-w.decoded, 0)
	content, err := io.ReadAll(io.LimitReader(reader, int64(left)+1))
	if closed := reader.Close(); err == nil {
		err = closed
	}
	if len(content) > left {
		return nil, w.decode(i, len(content))
	}
	if err != nil {
		return nil, fmt.Errorf("read an entry of an archive: %w", err)
	}
	if err := w.decode(i, len(content)); err != nil {
		return nil, err
	}
	return content, w.spend(i, len(content))
}

// resolveZip writes an archive anew: headers at their places, changed entries compressed again, all others as they are.
func (w *worker) resolveZip(i int32) error {
	n := &w.nodes[i]
	first, end := n.first, n.first+n.count
	patched := bytes.Clone(n.text)
	changed := map[int64][]byte{} // contents by where the entry's data begins
	for k := first; k < end; k++ {
		if !w.nodes[k].is(flagDirty) || w.nodes[k].is(flagDead) {
			continue
		}
		text, err := w.resolve(k)
		if err != nil {
			return err
		}
		if child := &w.nodes[k]; child.is(flagBinary) {
			if copy(patched[child.start:child.end], text) != len(text) || len(text) != int(child.end-child.start) {
				return w.failure(k, errors.New("a header of an archive would change its length"))
			}
		} else {
			changed[int64(child.start)] = text
		}
	}
	out, err := rewriteZip(patched, changed)
	if err != nil {
		return w.failure(i, err)
	}
	w.nodes[i].changed = out
	return nil
}

// rewriteZip writes an archive whose entries at some places have other contents.
func rewriteZip(data []byte, changed map[int64][]byte) ([]byte, error) {
	if len(changed) == 0 {
		return data, nil
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("read the archive: %w", err)
	}
	var out bytes.Buffer
	writer := zip.NewWriter(&out)
	if err := writer.SetComment(archive.Comment); err != nil {
		return nil, fmt.Errorf("write the archive's comment: %w", err)
	}
	for _, file := range archive.File {
		offset, err := file.DataOffset()
		if err != nil {
			return nil, fmt.Errorf("read the archive: %w", err)
		}
		content, fresh := changed[offset]
		if !fresh {
			if err := writer.Copy(file); err != nil {
				return nil, fmt.Errorf("copy an entry: %w", err)
			}
			continue
		}
		header := zip.FileHeader{
			Name: file.Name, Comment: file.Comment, NonUTF8: file.NonUTF8, Method: file.Method, Modified: file.Modified,
			ExternalAttrs: file.ExternalAttrs, CreatorVersion: file.CreatorVersion,
		}
		entry, err := writer.CreateHeader(&header)
		if err != nil {
			return nil, fmt.Errorf("write an entry: %w", err)
		}
		if _, err := entry.Write(content); err != nil {
			return nil, fmt.Errorf("write an entry: %w", err)
		}
	}
	if err := writer.Close(); err != nil {
		return nil, fmt.Errorf("write the archive: %w", err)
	}
	return out.Bytes(), nil
}
