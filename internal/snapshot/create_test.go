package snapshot

import (
	"bytes"
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
)

func sortedByTime(tb testing.TB, lines [][]byte) [][]byte {
	sorted := slices.Clone(lines)
	slices.SortFunc(sorted, func(a, b []byte) int {
		x, y := parse(tb, a), parse(tb, b)
		at, _ := x.Time()
		bt, _ := y.Time()
		i, _ := x.UUID()
		j, _ := y.UUID()
		return cmp.Or(at.Compare(bt), bytes.Compare(i[:], j[:]))
	})
	return sorted
}

// What went in comes out: every record, once, in ascending order, equal as canonical JSON; sent twice or not.
func TestSnapshotHoldsWhatWasArchived(t *testing.T) {
	lines := traffic(t)
	for _, url := range []string{"mem://" + t.Name(), "file://" + t.TempDir()} {
		source := newArchive(t, url)
		source.add(t, lines, 211, archive.Layout{})
		source.add(t, lines[:300], 97, archive.Layout{})
		out := filepath.Join(t.TempDir(), "snap")
		manifest, err := Create(t.Context(), source, Options{Out: out, Name: "All of it"})
		require.NoError(t, err)
		require.Empty(t, manifest.Skipped)
		require.Positive(t, manifest.Duplicates) // a file cut the same way is the same file, and is not stored twice
		require.Equal(t, "all-of-it", manifest.ID)
		_, got := readSnapshot(t, out)
		requireAscending(t, got)
		requireSame(t, lines, got)
	}
}

// Sorting through many small runs, and several files out, gives the same bytes as sorting in memory.
func TestSnapshotSpills(t *testing.T) {
	lines := traffic(t)
	source := newArchive(t, "mem://"+t.Name())
	source.add(t, lines, 100, archive.Layout{})
	source.add(t, lines[200:400], 50, archive.Layout{})
	var whole bytes.Buffer
	_, err := Create(t.Context(), source, Options{Out: "-", Stdout: &whole})
	require.NoError(t, err)

	temp := t.TempDir()
	s := newSorter(0, temp)
	s.budget = 150_000
	for _, line := range append(slices.Clone(lines), lines[200:400]...) {
		pair := parse(t, line)
		at, ok := pair.Time()
		require.True(t, ok)
		id, _ := pair.UUID()
		require.NoError(t, s.add(keyOf(at, id), 0, pair.JSON()))
	}
	require.Greater(t, s.next, maxFanIn, "enough runs to merge some before the end")
	requireEmptyFolder(t, temp, "what is spilled has no name, so a killed run leaves none of it")
	require.NoError(t, s.finish())
	var spilled bytes.Buffer
	var duplicates int64
	for e, err := range s.unique(&duplicates) {
		require.NoError(t, err)
		spilled.Write(e.line)
		spilled.WriteByte('\n')
	}
	require.EqualValues(t, 200, duplicates)
	require.Equal(t, whole.String(), spilled.String())
	require.NoError(t, s.close())
	requireEmptyFolder(t, temp)
}

// A uuid that comes again with another ts is a duplicate too; the first in time stays. Also when runs were spilled.
func TestUUIDWithTwoTimes(t *testing.T) {
	for _, budget := range []int64{1 << 30, 1} {
		s := newSorter(0, t.TempDir())
		s.budget = budget
		for i, second := range []int64{5, 3, 9, 4} {
			require.NoError(t, s.add(keyOf(time.Unix(second, 0), [16]byte{byte(min(i, 2))}), 0, []byte{byte('a' + i)}))
		}
		require.NoError(t, s.finish())
		var got []byte
		var duplicates int64
		for e, err := range s.unique(&duplicates) {
			require.NoError(t, err)
			got = append(got, e.line...)
		}
		require.Equal(t, "bda", string(got))
		require.EqualValues(t, 1, duplicates)
		require.NoError(t, s.close())
	}
}

func TestLimitKeepsNewestOrOldest(t *testing.T) {
	lines := shop(1200, 0.1) // over three hours
	source := newArchive(t, "mem://"+t.Name())
	source.add(t, lines, 60, archive.Layout{})
	source.add(t, lines[1100:], 60, archive.Layout{})
	sorted := sortedByTime(t, lines)
	from, _ := parse(t, sorted[0]).Time()
	for _, limit := range []int{1, 17, 600, 5000} {
		for _, order := range []Order{Newest, Oldest} {
			var out bytes.Buffer
			manifest, err := Create(t.Context(), source, Options{Out: "-", Stdout: &out, Limit: int64(limit), Order: order, From: from})
			require.NoError(t, err)
			want := sorted[:min(limit, len(sorted))]
			if order == Newest {
				want = sorted[len(sorted)-min(limit, len(sorted)):]
			}
			var text bytes.Buffer
			for _, line := range want {
				text.Write(parse(t, line).JSON())
				text.WriteByte('\n')
			}
			require.Equal(t, text.String(), out.String(), "%s %d", order, limit)
			if limit == 1 {
				require.Less(t, manifest.FilesRead, manifest.FilesListed, "files beyond the limit are not read")
			}
		}
	}
}

// Without --from the newest are found even when a clock ran ahead, and still most of the archive is left unread.
func TestLimitFindsRecordsOfFastClocks(t *testing.T) {
	lines := shop(1200, 0.1)
	ahead := []byte(`{"msgType":"rrpair","ts":"2031-05-01T00:00:00Z","uuid":"00000000-0000-4000-8000-000000000001","service":"ahead"}`)
	source := newArchive(t, "mem://"+t.Name())
	source.add(t, append(slices.Clone(lines), ahead), 60, archive.Layout{})
	var out bytes.Buffer
	manifest, err := Create(t.Context(), source, Options{Out: "-", Stdout: &out, Limit: 2})
	require.NoError(t, err)
	sorted := sortedByTime(t, lines)
	require.Equal(t, string(parse(t, sorted[len(sorted)-1]).JSON())+"\n"+string(parse(t, ahead).JSON())+"\n", out.String())
	require.Less(t, manifest.FilesRead, manifest.FilesListed)
}

func TestFinishedSnapshotIsNotOverwritten(t *testing.T) {
	source := newArchive(t, "mem://"+t.Name())
	source.add(t, shop(50, 50), 50, archive.Layout{})
	out := t.TempDir()
	_, err := Create(t.Context(), source, Options{Out: out, ChunkBytes: 20_000})
	require.NoError(t, err)
	manifest, first := readSnapshot(t, out)
	require.Greater(t, len(manifest.Files), 2)
	require.Equal(t, "raw-00000.jsonl", manifest.Files[0].Name)

	_, err = Create(t.Context(), source, Options{Out: out})
	require.ErrorIs(t, err, ErrExists)
	_, again := readSnapshot(t, out)
	require.Equal(t, first, again)

	_, err = Create(t.Context(), source, Options{Out: out, Force: true, Limit: 3})
	require.NoError(t, err)
	manifest, last := readSnapshot(t, out)
	require.Len(t, last, 3)
	require.Equal(t, "raw.jsonl", manifest.Files[0].Name)
}

// An interrupted run leaves nothing that looks like a snapshot, and a killed one is cleaned up by the next.
func TestInterruptedSnapshot(t *testing.T) {
	source := newArchive(t, "mem://"+t.Name())
	lines := shop(400, 50)
	source.add(t, lines, 100, archive.Layout{})
	out, temp := t.TempDir(), t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Create(ctx, source, Options{Out: out, TempDir: temp, Progress: func(records, _ int64) { cancel() }})
	require.ErrorIs(t, err, context.Canceled)
	for _, folder := range []string{out, temp} {
		left, err := os.ReadDir(folder)
		require.NoError(t, err)
		require.Empty(t, left)
	}

	for _, name := range []string{"snapshot.json.partial", "raw-00000.jsonl.partial", "raw-00007.jsonl", "raw.jsonl"} {
		require.NoError(t, os.WriteFile(filepath.Join(out, name), []byte("half"), 0o600))
	}
	_, err = Create(t.Context(), source, Options{Out: out})
	require.NoError(t, err)
	_, got := readSnapshot(t, out)
	requireSame(t, lines, got)
}

// A raw.jsonl of somebody else's is not touched.
func TestForeignFileIsNotOverwritten(t *testing.T) {
	source := newArchive(t, "mem://"+t.Name())
	out := t.TempDir()
	file := filepath.Join(out, "raw.jsonl")
	require.NoError(t, os.WriteFile(file, []byte("mine"), 0o600))
	_, err := Create(t.Context(), source, Options{Out: out})
	require.ErrorContains(t, err, "--force")
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "mine", string(data))
}

func TestSnapshotInBucket(t *testing.T) {
	folder := t.TempDir()
	source := newArchive(t, "file://"+folder)
	lines := shop(80, 50)
	source.add(t, lines, 100, archive.Layout{})
	opts := Options{Out: "file://" + folder, Name: "failing checkouts", Query: query(t, "(error IS true)"), TempDir: t.TempDir()}
	leftover := "snapshots/failing-checkouts/raw.jsonl"
	require.NoError(t, source.store.Put(t.Context(), leftover, []byte("half"), bucket.PutOptions{}))
	manifest, err := Create(t.Context(), source, opts)
	require.NoError(t, err)
	require.Equal(t, source.Identity()+"/snapshots/failing-checkouts", manifest.Out)
	_, got := readSnapshot(t, filepath.Join(folder, "snapshots", "failing-checkouts"))
	require.Len(t, got, int(manifest.Records))
	_, err = Create(t.Context(), source, opts)
	require.ErrorIs(t, err, ErrExists)
	opts.Force, opts.Query = true, nil
	_, err = Create(t.Context(), source, opts)
	require.NoError(t, err)
	_, got = readSnapshot(t, filepath.Join(folder, "snapshots", "failing-checkouts"))
	requireSame(t, lines, got)
	left, err := os.ReadDir(opts.TempDir)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestSampleIsPartOfTheFilter(t *testing.T) {
	source := newArchive(t, "mem://"+t.Name())
	lines := shop(600, 50)
	source.add(t, lines, 600, archive.Layout{})
	sample, err := filter.ParseSample("1/4")
	require.NoError(t, err)
	var out bytes.Buffer
	manifest, err := Create(t.Context(), source, Options{Out: "-", Stdout: &out, Sample: sample, Query: query(t, "(direction IS IN)")})
	require.NoError(t, err)
	want := 0
	for _, line := range lines {
		pair := parse(t, line)
		id, _ := pair.UUID()
		if sample.Keep(pair.Text(fieldSession), id.String()) && pair.Text(fieldDirection) == "IN" {
			want++
		}
	}
	require.EqualValues(t, want, manifest.Records)
	require.NotZero(t, want)
}
