package snapshot

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// A record that was sent twice has the same ts and uuid, so its copies lie next to each other in the sorted order. A uuid
// that comes again with another ts does not: for those the keys are logged beside the runs, spread by uuid so that one
// part at a time fits into memory.

const (
	keyParts = 64 // 100 million records make parts of 40 MB
	keyBytes = 8 + 2 + len(rrpair.UUID{})
	// maxKeyPart bounds a part, in records.
	maxKeyPart = 16 << 20
)

type keyLog struct {
	folder string // of the temporary files
	files  [keyParts]*scratch
	out    [keyParts]*bufio.Writer
}

func newKeyLog(folder string) *keyLog { return &keyLog{folder: folder} }

func (l *keyLog) add(k key) error {
	part := int(k.id[15] % keyParts)
	if l.out[part] == nil {
		file, err := newScratch(l.folder)
		if err != nil {
			return err
		}
		l.files[part], l.out[part] = file, bufio.NewWriterSize(file, 16<<10)
	}
	var record [keyBytes]byte
	binary.LittleEndian.PutUint64(record[0:], uint64(k.micros))
	binary.LittleEndian.PutUint16(record[8:], k.nanos)
	copy(record[10:], k.id[:])
	if _, err := l.out[part].Write(record[:]); err != nil {
		return spillError(err)
	}
	return nil
}

// repeated returns the keys whose uuid has an earlier key.
func (l *keyLog) repeated() (map[key]struct{}, error) {
	repeated := map[key]struct{}{}
	for part := range l.files {
		if l.out[part] == nil {
			continue
		}
		keys, err := l.read(part)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(keys, func(a, b key) int {
			if order := bytes.Compare(a.id[:], b.id[:]); order != 0 {
				return order
			}
			return a.compare(b)
		})
		for i := 1; i < len(keys); i++ {
			if keys[i].id == keys[i-1].id && keys[i] != keys[i-1] {
				repeated[keys[i]] = struct{}{}
			}
		}
	}
	return repeated, nil
}

func (l *keyLog) read(part int) ([]key, error) {
	if err := l.out[part].Flush(); err != nil {
		return nil, spillError(err)
	}
	in := bufio.NewReaderSize(l.files[part].reader(), 64<<10)
	var keys []key
	var record [keyBytes]byte
	for len(keys) < maxKeyPart {
		_, err := io.ReadFull(in, record[:])
		if errors.Is(err, io.EOF) {
			return keys, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read a list of uuids: %w", err)
		}
		k := key{micros: int64(binary.LittleEndian.Uint64(record[0:])), nanos: binary.LittleEndian.Uint16(record[8:])}
		copy(k.id[:], record[10:])
		keys = append(keys, k)
	}
	return nil, errors.New("a snapshot of more than a billion records: cut it into several by --from and --to")
}

func (l *keyLog) close() error {
	var err error
	for _, file := range l.files {
		if file != nil {
			err = errors.Join(err, file.close())
		}
	}
	return err
}

// unique yields each uuid once: of several records with one uuid the first in order. It counts the others.
func (s *sorter) unique(duplicates *int64) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		*duplicates = 0
		var seen map[rrpair.UUID]struct{} // when all is in memory; it is small then
		var repeated map[key]struct{}
		if len(s.runs) == 0 {
			seen = make(map[rrpair.UUID]struct{}, len(s.slots))
		} else {
			var err error
			if repeated, err = s.keys.repeated(); err != nil {
				yield(entry{}, err)
				return
			}
		}
		var last key
		first := true
		for e, err := range s.all() {
			if err != nil {
				yield(entry{}, err)
				return
			}
			duplicate := !first && e.key == last
			if seen != nil && !duplicate {
				before := len(seen)
				seen[e.id] = struct{}{}
				duplicate = len(seen) == before
			} else if !duplicate {
				_, duplicate = repeated[e.key]
			}
			first, last = false, e.key
			if duplicate {
				*duplicates++
				continue
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}
