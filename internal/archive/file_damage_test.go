package archive

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/demo"
)

// bytesReader serves one object from memory.
type bytesReader []byte

func (b bytesReader) ReadRange(_ context.Context, _ string, offset, length int64) ([]byte, error) {
	if offset < 0 || length < 0 || offset+length > int64(len(b)) {
		return nil, bucket.ErrShort
	}
	return bytes.Clone(b[offset : offset+length]), nil
}

// realFile returns the bytes of a written file.
func realFile(tb testing.TB, records int) []byte {
	tb.Helper()
	store := memoryBucket(tb)
	lines := shopLines(records, demo.Options{Seed: 5})
	keys := storeLines(tb, store, lines, storeOptions{write: WriteOptions{RowGroupBytes: 64 << 10}})
	data, err := store.Get(tb.Context(), keys[0])
	require.NoError(tb, err)
	return data
}

// readWhole opens and reads a file whole; the error is the file's fault or nil.
func readWhole(ctx context.Context, data []byte) (rows int, err error) {
	defer guard("object", &err)
	file, err := OpenFile(ctx, bytesReader(data), "object", int64(len(data)), FileOptions{})
	if err != nil {
		return 0, err
	}
	if err := file.loadLocations(ctx); err != nil {
		return 0, file.fault(err)
	}
	if err := file.loadBlooms(ctx, ColumnUUID); err != nil {
		return 0, file.fault(err)
	}
	for _, group := range file.groups {
		pieces, _, err := fetch(ctx, file.reader, file.key, []byteRange{group.span})
		if err != nil {
			return rows, file.fault(err)
		}
		d := newGroupDecoder(file.pages, nil)
		d.reset(group, pieces)
		for row := range group.rows {
			if err := d.rebuild(row); err != nil {
				return rows, file.fault(err)
			}
			file.mayHoldUUID(group, d.record.UUID)
			rows++
		}
	}
	return rows, nil
}

// Whatever byte is flipped and wherever the file is cut, reading ends with the file's error or with all rows.
func TestDamagedFilesAreNamed(t *testing.T) {
	data := realFile(t, 60)
	whole, err := readWhole(t.Context(), data)
	require.NoError(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		damaged := bytes.Clone(data)
		switch random.IntN(3) {
		case 0:
			damaged = damaged[:random.IntN(len(damaged))]
		case 1: // most of a file is pages, which checksums cover: aim at the footer
			damaged[len(damaged)-1-random.IntN(min(len(damaged), 20_000))] ^= 1 << random.IntN(8)
		default:
			for range 1 + random.IntN(4) {
				damaged[random.IntN(len(damaged))] = byte(random.Uint32())
			}
		}
		rows, err := readWhole(t.Context(), damaged)
		if err == nil {
			require.LessOrEqual(t, rows, whole)
			continue
		}
		var fault *FileError
		require.ErrorAs(t, err, &fault)
		require.Equal(t, "object", fault.Key)
		require.NotEmpty(t, fault.Reason)
	}
}

func FuzzReadFile(f *testing.F) {
	data := realFile(f, 12)
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add([]byte("PAR1\x00\x00\x00\x00PAR1"))
	footer := binary.LittleEndian.Uint32(data[len(data)-8:])
	f.Add(data[len(data)-8-int(footer):])
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = readWhole(t.Context(), data)
	})
}

// Files at fault are named with a reason and stop nothing else.
func TestScanNamesFilesAtFault(t *testing.T) {
	store := memoryBucket(t)
	lines := shopLines(200, demo.Options{Seed: 6})
	keys := storeLines(t, store, lines, storeOptions{})
	good, err := store.Get(t.Context(), keys[0])
	require.NoError(t, err)
	folder := keys[0][:len("v1/date=2026-11-20/hour=09/")]

	var foreign bytes.Buffer
	writer := parquet.NewGenericWriter[struct {
		Name string `parquet:"name"`
	}](&foreign)
	require.NoError(t, writer.Close())

	newer := bytes.Replace(good, []byte(MetaFormatVersion+"\x18\x011"), []byte(MetaFormatVersion+"\x18\x019"), 1)
	require.NotEqual(t, good, newer)
	flipped := bytes.Clone(good)
	flipped[len(flipped)/3] ^= 0xff
	bad := map[string][]byte{
		ReasonTruncated: good[:len(good)-100],
		ReasonForeign:   foreign.Bytes(),
		ReasonNewer:     newer,
		ReasonDamaged:   flipped,
	}
	wanted := map[string]string{}
	for reason, data := range bad {
		key := fmt.Sprintf("%s%s", folder, FileName(time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), time.Date(2026, 11, 20, 9, 59, 0, 0, time.UTC), [16]byte([]byte(reason + "                ")[:16])))
		wanted[key] = reason
		require.NoError(t, store.Put(t.Context(), key, data, bucket.PutOptions{}))
	}
	notes := folder + "notes.txt"
	wanted[notes] = ReasonForeign
	require.NoError(t, store.Put(t.Context(), notes, []byte("hello"), bucket.PutOptions{}))

	found, stats := scanned(t, store, ScanOptions{})
	require.GreaterOrEqual(t, len(found), len(lines))
	got := map[string]string{}
	for _, skipped := range stats.Skipped {
		got[skipped.Key] = skipped.Reason
		require.NotEmpty(t, skipped.Detail)
	}
	require.Equal(t, wanted, got)
	require.Equal(t, len(keys), stats.FilesRead)

	summary, err := Verify(t.Context(), store, VerifyOptions{}, nil)
	require.NoError(t, err)
	require.Equal(t, len(keys), summary.Files)
	require.Len(t, summary.Skipped, len(wanted))

	stat, err := ReadStat(t.Context(), store, StatOptions{Counts: true})
	require.NoError(t, err)
	require.Equal(t, len(keys)+1, stat.Files, "the damaged page is not one that stat reads")
}
