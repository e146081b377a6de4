package rrpairreceiver

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
)

const (
	// headBytes of a file tell it from others: an RRPair's ts and uuid lie in
	// them. tailBytes in front of the checkpoint tell it from one that begins with
	// the same pair and goes on differently.
	headBytes = 1024
	tailBytes = 4096
)

// mark is a stretch of bytes, by its length and SHA-256: enough to recognise it
// and nothing of what was captured.
type mark struct {
	Length int    `json:"length"`
	Sum    string `json:"sum,omitempty"`
}

func markOf(data []byte) mark {
	sum := sha256.Sum256(data)
	return mark{Length: len(data), Sum: hex.EncodeToString(sum[:])}
}

// begins reports whether data begins with the marked bytes.
func (m mark) begins(data []byte) bool {
	return m.Length <= len(data) && markOf(data[:m.Length]) == m
}

// standsBefore reports whether the marked bytes stand right in front of offset.
func (m mark) standsBefore(file *os.File, offset int64) (bool, error) {
	if m.Length == 0 {
		return true, nil
	}
	data, err := bytesBefore(file, offset, m.Length)
	if err != nil {
		return false, err
	}
	return len(data) == m.Length && markOf(data) == m, nil
}

// bytesBefore returns up to count bytes that stand in front of offset.
func bytesBefore(file *os.File, offset int64, count int) ([]byte, error) {
	count = int(min(int64(count), offset))
	data := make([]byte, count)
	n, err := file.ReadAt(data, offset-int64(count))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read %s: %w", file.Name(), err)
	}
	return data[:n], nil
}

// readHead returns the first bytes of a file, fewer when it is shorter.
func readHead(file *os.File) ([]byte, error) {
	return bytesBefore(file, headBytes, headBytes)
}

// tailWindow keeps the last bytes of what went through it.
type tailWindow struct {
	last []byte
}

func (w *tailWindow) add(data []byte) {
	if len(data) >= tailBytes {
		w.last = append(w.last[:0], data[len(data)-tailBytes:]...)
		return
	}
	if over := len(w.last) + len(data) - tailBytes; over > 0 {
		w.last = append(w.last[:0], w.last[over:]...)
	}
	w.last = append(w.last, data...)
}

// Write lets a window stand at the end of a copy.
func (w *tailWindow) Write(data []byte) (int, error) {
	w.add(data)
	return len(data), nil
}

func (w *tailWindow) endsIn(m mark) bool {
	return m.Length == 0 || m.Length <= len(w.last) && markOf(w.last[len(w.last)-m.Length:]) == m
}

func (w *tailWindow) mark() mark {
	if len(w.last) == 0 {
		return mark{}
	}
	return markOf(w.last)
}
