package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// VerifyOptions say what to check.
type VerifyOptions struct {
	PlanOptions
	Parallel int                        // files at once; default 8, at most one a core is decoded
	Progress func(records, bytes int64) // one goroutine at a time; may be nil
}

// FileReport is what reading one file back showed. A file without problems is sound: every checksum held, every record
// could be rebuilt, and name, footer and content agree.
type FileReport struct {
	Key        string   `json:"key"`
	Records    int64    `json:"records"`
	Bytes      int64    `json:"bytes"`
	RawBytes   int64    `json:"raw_bytes"`  // of the records as raw.jsonl
	Duplicates int64    `json:"duplicates"` // records whose uuid came before in the same hour
	Problems   []string `json:"problems,omitempty"`
	Reason     string   `json:"reason,omitempty"` // why the file could not be read to its end, see Skipped
}

// VerifySummary adds the reports up.
type VerifySummary struct {
	Files      int // read to their end
	Unsound    int // of all files, those with a problem
	Records    int64
	Bytes      int64
	RawBytes   int64
	Duplicates int64
	Skipped    []Skipped // files that could not be read to their end, and objects that are no data files
}

// Verify reads every file of the window back whole: each page is decoded and its checksum compared, each record is
// rebuilt and parsed, and counts, times, the hash in the name and the bloom filter of the uuids are compared with the
// content. Duplicate uuids are counted within an hour; they are no problem, readers drop them. report is called by one
// goroutine at a time, hour by hour. When nothing narrows the window, objects below v1/ that lie in no hour's folder,
// which no other reading meets, are among those skipped.
func Verify(ctx context.Context, store Store, opts VerifyOptions, report func(FileReport)) (VerifySummary, error) {
	opts.strays = opts.everything()
	plan, err := Plan(ctx, store, opts.PlanOptions)
	if err != nil {
		return VerifySummary{}, err
	}
	codec, err := newPageDecoder()
	if err != nil {
		return VerifySummary{}, err
	}
	defer codec.zstd.Close()
	slices.SortFunc(plan.Files, func(a, b PlannedFile) int {
		return cmp.Or(cmp.Compare(a.Folder, b.Folder), cmp.Compare(a.Key, b.Key))
	})
	v := &verifier{store: store, codec: codec, opts: opts, report: report, memory: newGate(defaultScanMemory)}
	v.summary.Skipped = plan.Skipped
	for files := plan.Files; len(files) > 0; {
		hour := files
		for i := range files {
			if files[i].Folder != files[0].Folder {
				hour = files[:i]
				break
			}
		}
		files = files[len(hour):]
		v.seen = map[rrpair.UUID]struct{}{} // one hour's uuids: 40 bytes each
		if err := eachFile(ctx, hour, opts.Parallel, v.file); err != nil {
			return v.summary, err
		}
	}
	return v.summary, nil
}

type verifier struct {
	store  Store
	codec  *pageDecoder
	opts   VerifyOptions
	report func(FileReport)
	memory *gate

	mutex   sync.Mutex
	summary VerifySummary
	seen    map[rrpair.UUID]struct{}
}

func (v *verifier) file(ctx context.Context, planned PlannedFile) error {
	report := FileReport{Key: planned.Key, Bytes: planned.Size}
	err := v.check(ctx, planned, &report)
	var fault *FileError
	if err != nil && !errors.As(err, &fault) {
		return err
	}
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if fault != nil {
		report.Reason = fault.Reason
		report.Problems = append(report.Problems, fault.Err.Error())
		v.summary.Skipped = append(v.summary.Skipped, Skipped{Key: fault.Key, Reason: fault.Reason, Detail: fault.Err.Error()})
	} else {
		v.summary.Files++
	}
	if len(report.Problems) > 0 {
		v.summary.Unsound++
	}
	v.summary.Records += report.Records
	v.summary.Bytes += report.Bytes
	v.summary.RawBytes += report.RawBytes
	v.summary.Duplicates += report.Duplicates
	if v.report != nil {
		v.report(report)
	}
	if v.opts.Progress != nil {
		v.opts.Progress(report.Records, planned.Size)
	}
	return nil
}

// content is what the rows of a file add up to.
type content struct {
	rows         int64
	minTS, maxTS int64
	digests      []rowDigest // 24 bytes a row
}

func (v *verifier) check(ctx context.Context, planned PlannedFile, report *FileReport) (err error) {
	defer guard(planned.Key, &err)
	file, err := OpenFile(ctx, v.store, planned.Key, planned.Size, FileOptions{codec: v.codec})
	if err != nil {
		return err
	}
	head, err := readExactly(ctx, v.store, planned.Key, byteRange{0, 4})
	if err != nil {
		return file.fault(err)
	}
	if string(head) != "PAR1" {
		report.Problems = append(report.Problems, fmt.Sprintf("it begins with %q and not with PAR1", head))
	}
	if err := file.loadBlooms(ctx, ColumnUUID); err != nil {
		return file.fault(err)
	}
	if err := file.loadLocations(ctx); err != nil {
		return file.fault(err)
	}
	var sum content
	for _, group := range file.groups {
		if err := v.group(ctx, file, group, &sum, report); err != nil {
			return file.fault(err)
		}
	}
	report.Problems = append(report.Problems, file.compare(&sum)...)
	return nil
}

func (v *verifier) group(ctx context.Context, file *File, group *rowGroup, sum *content, report *FileReport) error {
	v.memory.acquire(group.stored + plainBuffers)
	defer v.memory.release(group.stored + plainBuffers)
	data, err := readExactly(ctx, file.reader, file.key, group.span)
	if err != nil {
		return err
	}
	pieces := &segments{}
	pieces.add(group.span.start, data)
	d := newGroupDecoder(v.codec, nil)
	d.reset(group, pieces)
	unknown, outside := 0, 0
	low, high, bounded := group.timeRange()
	for row := range group.rows {
		if row%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := d.rebuild(row); err != nil {
			return err
		}
		if _, err := d.record.Pair(); err != nil {
			return badFile(ReasonDamaged, "row %d: %w", row, err)
		}
		sum.add(&d.row)
		report.Records++
		report.RawBytes += int64(len(d.json)) + 1
		if !file.mayHoldUUID(group, d.record.UUID) {
			unknown++
		}
		if bounded && (d.record.Seen.Before(low) || d.record.Seen.After(high)) {
			outside++
		}
		if v.duplicate(d.record.UUID) {
			report.Duplicates++
		}
	}
	if unknown > 0 {
		report.Problems = append(report.Problems, fmt.Sprintf("row group %d: its bloom filter denies %d of its uuids", group.index, unknown))
	}
	if outside > 0 {
		report.Problems = append(report.Problems, fmt.Sprintf("row group %d: %d rows lie outside of its bounds", group.index, outside))
	}
	return nil
}

func (v *verifier) duplicate(id rrpair.UUID) bool {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	before := len(v.seen)
	v.seen[id] = struct{}{}
	return len(v.seen) == before
}

func (c *content) add(row *Row) {
	if c.rows == 0 {
		c.minTS, c.maxTS = row.TS, row.TS
	}
	c.rows++
	c.minTS, c.maxTS = min(c.minTS, row.TS), max(c.maxTS, row.TS)
	c.digests = append(c.digests, digestOf(row))
}

// digestOf is the row's part in the hash of the file's name, as the writer computes it.
func digestOf(row *Row) rowDigest {
	nanos, duration := noNumber, noNumber
	if row.HasTSNanos {
		nanos = int64(row.TSNanos)
	}
	if row.HasDurationMS {
		duration = int64(row.DurationMS)
	}
	sum := mix(mix(uint64(row.TS), uint64(nanos)), uint64(duration))
	for c := firstTextColumn; int(c) < NumColumns; c++ {
		if c == ColumnDurationMS {
			continue
		}
		if row.Bytes[c] != nil {
			sum ^= xxhash.Sum64(row.Bytes[c])
		}
		sum = mix(sum, uint64(c))
	}
	digest := rowDigest{content: sum}
	copy(digest.uuid[:], row.Bytes[ColumnUUID])
	return digest
}

// compare says where name and footer differ from the content.
func (f *File) compare(sum *content) (problems []string) {
	complain := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if sum.rows != f.info.Records {
		complain("it has %d records and says %d", sum.rows, f.info.Records)
	}
	low, high := time.UnixMicro(sum.minTS).UTC(), time.UnixMicro(sum.maxTS).UTC()
	if sum.rows > 0 && (!low.Equal(f.info.MinTS) || !high.Equal(f.info.MaxTS)) {
		complain("its records are from %s to %s, its metadata says %s to %s", low, high, f.info.MinTS, f.info.MaxTS)
	}
	name := f.key[strings.LastIndexByte(f.key, '/')+1:]
	fromName, toName, err := ParseFileName(name)
	if err != nil {
		complain("%v", err)
		return problems
	}
	if sum.rows > 0 && (!low.Equal(fromName) || !high.Equal(toName)) {
		complain("its records are from %s to %s, its name says %s to %s", low, high, fromName, toName)
	}
	hash := contentHash(sum.digests)
	if want := FileName(fromName, toName, hash); want != name {
		complain("the hash of its content is %x, its name says another", hash)
	}
	return problems
}
