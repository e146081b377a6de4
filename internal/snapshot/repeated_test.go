package snapshot

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const noonLine = `{"msgType":"rrpair","uuid":"00000000-0000-4000-8000-%012d","ts":"2026-11-20T12:00:00Z","service":"s","tags":%s}`

// A tag that is no string, or whose name is written with an escape, is found by its value in an archive partitioned by it.
func TestTagsOfUnusualFormAreFoundBelowTheirPartition(t *testing.T) {
	source := newArchive(t, "mem://"+t.Name())
	var lines [][]byte
	for i, tags := range []string{`{"team":5}`, `{"team":null}`, `{"team":{"a":1}}`, `{"te\u0061m":"green"}`, `{}`, `{"team":""}`, `{"team":"_"}`, `{"team":"~a%"}`} {
		lines = append(lines, fmt.Appendf(nil, noonLine, i, tags))
	}
	source.add(t, lines, 4, archive.Layout{PartitionBy: []string{"tag[team]"}})
	for _, text := range []string{`tag[team] IS 5`, `tag[team] IS null`, `tag[team] CONTAINS a`, `tag[team] IS green`, `tag[team] IS blue`, `tag[team] IS red`, `tag[team] EXISTS`, `tag[team] IS _`, `tag[team] IS "~a%"`, `tag[team] IS ""`} {
		q := query(t, text)
		want := matching(t, lines, q, time.Time{}, time.Time{})
		out := filepath.Join(t.TempDir(), "out")
		_, err := Create(t.Context(), source, Options{Query: q, Out: out})
		require.NoError(t, err)
		_, got := readSnapshot(t, out)
		require.Len(t, got, len(want), text)
	}
}

// Records without a ts that were sent again stand at another time; they take no room from others under a limit.
func TestLimitCountsEachUUIDOnce(t *testing.T) {
	for _, order := range []Order{Newest, Oldest} {
		bound := newBound(1000, order)
		sorted := newSorter(DefaultMemoryBytes, t.TempDir())
		c := &creation{opts: Options{Limit: 1000, Order: order}, bound: bound, sort: sorted}
		sorted.drop = bound.beyond
		for n := range 3000 { // the best first, as a scan gives them
			i := n
			if order == Newest {
				i = 3000 - n
			}
			for copies := range 4 {
				var id rrpair.UUID
				id[0], id[15] = byte(i>>8), byte(i)
				seen := time.UnixMicro(int64(1e15 + 4*i + copies))
				require.NoError(t, c.take(&archive.Record{UUID: id, Seen: seen, JSON: []byte("{}")}))
			}
		}
		lines := &lineWriter{ctx: t.Context(), to: streamDestination{to: &bytes.Buffer{}}}
		require.NoError(t, c.emit(t.Context(), lines))
		require.EqualValues(t, 1000, c.written, order)
		require.NoError(t, sorted.close())
	}
}

// A limit counts the duplicates of the records it keeps, not of those it drops.
func TestDuplicatesUnderALimit(t *testing.T) {
	source := newArchive(t, "mem://"+t.Name())
	lines := shop(300, 0.15)
	source.add(t, lines, 100, archive.Layout{})
	source.add(t, lines, 150, archive.Layout{})
	for _, order := range []Order{Newest, Oldest} {
		m, err := Create(t.Context(), source, Options{Limit: 20, Order: order, Out: filepath.Join(t.TempDir(), "out")})
		require.NoError(t, err)
		require.EqualValues(t, 20, m.Records)
		require.EqualValues(t, 20, m.Duplicates, order)
	}
}

// What an interrupted replacement left is gone after the next one.
func TestForceRemovesPartialFiles(t *testing.T) {
	source := newArchive(t, "mem://"+t.Name())
	source.add(t, shop(50, 0.15), 50, archive.Layout{})
	out := filepath.Join(t.TempDir(), "out")
	_, err := Create(t.Context(), source, Options{Out: out})
	require.NoError(t, err)
	for _, name := range []string{"raw-00003.jsonl.partial", "snapshot.json.partial"} {
		require.NoError(t, os.WriteFile(filepath.Join(out, name), []byte("{}\n"), 0o600))
	}
	_, err = Create(t.Context(), source, Options{Out: out, Force: true})
	require.NoError(t, err)
	readSnapshot(t, out)
}

// A file that is damaged behind records that were taken still counts when policies are compared.
func TestPoliciesOfADamagedSource(t *testing.T) {
	source := newArchive(t, "mem://"+t.Name())
	converter := archive.NewConverter(archive.Layout{}, archive.ConverterOptions{})
	put := func(lines [][]byte, policies []string, damage bool) {
		logs := logsOf(t, lines)
		blocks, _, _, err := converter.Convert(t.Context(), logs)
		require.NoError(t, err)
		folder, err := archive.BlockHeader(blocks[0].Data)
		require.NoError(t, err)
		var data bytes.Buffer
		info, err := archive.WriteFile(t.Context(), &data, blocks, archive.WriteOptions{Policies: policies})
		require.NoError(t, err)
		if damage {
			raw := data.Bytes()
			copy(raw[bytes.LastIndex(raw[:len(raw)/2], []byte{0x28, 0xb5, 0x2f, 0xfd})+12:], "damage damage")
		}
		_, err = source.store.PutIfAbsent(t.Context(), path.Join(folder.Folder, info.Name), bytes.NewReader(data.Bytes()), int64(data.Len()), bucket.PutOptions{})
		require.NoError(t, err)
	}
	body := func(n, size int) [][]byte {
		var lines [][]byte
		random := newNoise(uint64(n))
		for i := range 40 {
			lines = append(lines, fmt.Appendf(nil, `{"msgType":"rrpair","uuid":"00000000-0000-4000-8000-%012d","ts":"2026-11-20T12:00:%02dZ","service":"s","http":{"res":{"body":%q}}}`, n*100+i, i, random(size)))
		}
		return lines
	}
	put(body(1, 10), []string{"p"}, false)
	put(body(2, 200_000), nil, true)
	m, err := Create(t.Context(), source, Options{Out: filepath.Join(t.TempDir(), "out")})
	require.NoError(t, err)
	require.Len(t, m.Skipped, 1)
	require.Greater(t, m.Records, int64(40), "some records of the damaged file were taken")
	require.Empty(t, m.Policies)
	require.Len(t, m.Sources, 2)
}

func newNoise(seed uint64) func(int) string {
	return func(n int) string {
		out := make([]byte, n)
		for i := range out {
			seed = seed*6364136223846793005 + 1442695040888963407
			out[i] = 'a' + byte(seed>>59)%26
		}
		return string(out)
	}
}

// A policy or key that changed does not make a snapshot unredacted: each record went through one of them.
func TestPoliciesOfSeveralSources(t *testing.T) {
	sources := []archive.Source{{Policies: []string{"a@1/k"}}, {Policies: []string{"a@2/k", "a@1/k"}}}
	require.Equal(t, []string{"a@1/k", "a@2/k"}, commonPolicies(sources))
	require.Empty(t, commonPolicies(append(sources, archive.Source{})))
	require.Empty(t, commonPolicies(nil))
}
