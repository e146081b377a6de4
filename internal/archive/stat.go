package archive

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"
)

// StatOptions say what to count.
type StatOptions struct {
	PlanOptions
	// Counts also reads the columns service, direction and l7protocol, to count records by them.
	Counts bool
	// Parallel is how many files are read at once; default 8.
	Parallel int
	Progress func(records, bytes int64) // told of planned bytes dealt with, from one goroutine at a time; may be nil
}

// Stat is what an archive, or a part of it, holds.
type Stat struct {
	Hours    int       // folders that hold files
	Files    int       // that could be read
	Records  int64     // rows, duplicates included
	Bytes    int64     // stored
	RawBytes int64     // of the records as raw.jsonl
	Estimate bool      // RawBytes is estimated from uncompressed columns, for files that do not tell
	From, To time.Time // event time of the first and the last record, inclusive
	Groups   []StatGroup
	Folders  []FolderStat // in order of their names
	Skipped  []Skipped
}

// FolderStat is one partition and hour.
type FolderStat struct {
	Folder   string    `json:"folder"`
	Files    int       `json:"files"`
	Records  int64     `json:"records"`
	Bytes    int64     `json:"bytes"`
	RawBytes int64     `json:"raw_bytes"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
}

// StatGroup counts records that agree in three dimensions; an empty text stands for a missing one too.
type StatGroup struct {
	Service    string `json:"service"`
	Direction  string `json:"direction"`
	L7Protocol string `json:"l7protocol"`
	Records    int64  `json:"records"`
}

// Ratio is stored bytes per byte of raw.jsonl; 0 when there is nothing.
func (s *Stat) Ratio() float64 {
	if s.RawBytes == 0 {
		return 0
	}
	return float64(s.Bytes) / float64(s.RawBytes)
}

// ReadStat lists the wanted hours and reads the footers of their files.
func ReadStat(ctx context.Context, store Store, opts StatOptions) (*Stat, error) {
	plan, err := Plan(ctx, store, opts.PlanOptions)
	if err != nil {
		return nil, err
	}
	codec, err := newPageDecoder()
	if err != nil {
		return nil, err
	}
	defer codec.zstd.Close()
	counter := &statCounter{opts: opts, folders: map[string]*FolderStat{}, groups: map[StatGroup]int64{}}
	counter.stat.Skipped = plan.Skipped
	err = eachFile(ctx, plan.Files, opts.Parallel, func(ctx context.Context, planned PlannedFile) error {
		file, err := OpenFile(ctx, store, planned.Key, planned.Size, FileOptions{codec: codec})
		groups := map[StatGroup]int64{}
		if err == nil && opts.Counts {
			err = file.countGroups(ctx, groups)
		}
		return counter.add(planned, file, groups, err)
	})
	if err != nil {
		return nil, err
	}
	return counter.finish(), nil
}

// eachFile calls work for each file, several at once, until one returns an error.
func eachFile(ctx context.Context, files []PlannedFile, parallel int, work func(context.Context, PlannedFile) error) error {
	if parallel <= 0 {
		parallel = defaultScanParallel
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var group sync.WaitGroup
	slots := make(chan struct{}, parallel)
	for _, file := range files {
		if ctx.Err() != nil {
			break
		}
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			if err := work(ctx, file); err != nil {
				cancel(err)
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

type statCounter struct {
	opts    StatOptions
	mutex   sync.Mutex
	stat    Stat
	folders map[string]*FolderStat
	groups  map[StatGroup]int64
}

// add counts one file; a file at fault is named, any other error is returned.
func (c *statCounter) add(planned PlannedFile, file *File, groups map[StatGroup]int64, err error) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.opts.Progress != nil {
		c.opts.Progress(0, planned.Size)
	}
	var fault *FileError
	if errors.As(err, &fault) {
		c.stat.Skipped = append(c.stat.Skipped, Skipped{Key: fault.Key, Reason: fault.Reason, Detail: fault.Err.Error()})
		return nil
	}
	if err != nil {
		return err
	}
	folder := c.folders[planned.Folder]
	if folder == nil {
		folder = &FolderStat{Folder: planned.Folder}
		c.folders[planned.Folder] = folder
	}
	meta := file.Meta()
	raw, exact := file.rawBytes()
	c.stat.Estimate = c.stat.Estimate || !exact
	folder.Files++
	folder.Records += meta.Records
	folder.Bytes += planned.Size
	folder.RawBytes += raw
	if meta.Records > 0 {
		folder.From, folder.To = earlier(folder.From, meta.MinTS), later(folder.To, meta.MaxTS)
	}
	for group, records := range groups {
		c.groups[group] += records
	}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (c *statCounter) finish() *Stat {
	for _, folder := range c.folders {
		c.stat.Hours++
		c.stat.Files += folder.Files
		c.stat.Records += folder.Records
		c.stat.Bytes += folder.Bytes
		c.stat.RawBytes += folder.RawBytes
		if folder.Records > 0 {
			c.stat.From, c.stat.To = earlier(c.stat.From, folder.From), later(c.stat.To, folder.To)
		}
		c.stat.Folders = append(c.stat.Folders, *folder)
	}
	slices.SortFunc(c.stat.Folders, func(a, b FolderStat) int { return cmp.Compare(a.Folder, b.Folder) })
	for group, records := range c.groups {
		group.Records = records
		c.stat.Groups = append(c.stat.Groups, group)
	}
	slices.SortFunc(c.stat.Groups, func(a, b StatGroup) int {
		return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(a.Service, b.Service),
			cmp.Compare(a.Direction, b.Direction), cmp.Compare(a.L7Protocol, b.L7Protocol))
	})
	return &c.stat
}

// metaRawBytes is the bytes of the records as raw.jsonl, a line end each; files of the first writers lack it.
const metaRawBytes = "rrpair.raw.bytes"

// rawBytes is the size of the records as raw.jsonl. Without the writer's figure it is estimated: uncompressed columns,
// bodies as base64, and the names of members.
func (f *File) rawBytes() (size int64, exact bool) {
	if text, ok := metadata(f.meta.KeyValueMetadata)[metaRawBytes]; ok {
		if size, err := strconv.ParseInt(text, 10, 64); err == nil && size >= 0 {
			return size, true
		}
	}
	const names = 420 // bytes a record: quotes, colons and member names of a usual http pair
	for _, group := range f.groups {
		size += group.rows * names
		for _, chunk := range group.chunks {
			switch {
			case chunk == nil:
			case chunk.column == ColumnReqBody || chunk.column == ColumnResBody:
				size += chunk.raw * 4 / 3
			default:
				size += chunk.raw
			}
		}
	}
	return size, false
}

// countGroups reads three columns and counts their combinations.
func (f *File) countGroups(ctx context.Context, into map[StatGroup]int64) (err error) {
	defer guard(f.key, &err)
	columns := []Column{ColumnService, ColumnDirection, ColumnL7Protocol}
	for _, group := range f.groups {
		data, cost, err := fetch(ctx, f.reader, f.key, chunkRanges(group, columns))
		f.spent(cost)
		if err != nil {
			return f.fault(err)
		}
		var readers [3]columnReader
		for i, column := range columns {
			readers[i].reset(group.chunks[column], f.pages, data)
		}
		var key StatGroup
		for row := range group.rows {
			for i, into := range []*string{&key.Service, &key.Direction, &key.L7Protocol} {
				raw, err := readers[i].bytes(row)
				if err != nil {
					return f.fault(err)
				}
				if *into != string(raw) {
					*into = string(raw)
				}
			}
			into[key]++
		}
	}
	return nil
}
