package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"

	"github.com/byoc-otel/otelcol-byoc/internal/queue"
)

const (
	// DefaultRowGroupBytes bounds a row group, in uncompressed bytes of its
	// columns. A writer holds one row group in memory.
	DefaultRowGroupBytes = 32 << 20
	// maxRowGroupRows bounds a row group of tiny rows: the index of its values
	// takes 180 bytes a row.
	maxRowGroupRows = 64 << 10
)

// WriteOptions are what a writer may be told. The zero value is the default.
type WriteOptions struct {
	// RowGroupBytes bounds a row group, in uncompressed bytes. Default:
	// DefaultRowGroupBytes. A larger record is a row group of its own.
	RowGroupBytes int
	// WriterVersion names the writing software in the file's metadata.
	WriterVersion string
	// Policies are the ids of redactions that every record went through, beside
	// those that the blocks name.
	Policies []string
	// Parallel is how many files a FileWriter writes at a time without one waiting
	// for the other's compression; it keeps memory for as many. Default: 1.
	Parallel int

	level zstd.EncoderLevel // for measurements; default: pageLevel
}

// FileInfo describes a written file.
type FileInfo struct {
	Name      string // <min ts>-<max ts>-<hash>.parquet, see FileName
	Rows      int
	Bytes     int64 // of the file
	RawBytes  int64 // of the records as JSON
	MinTS     time.Time
	MaxTS     time.Time
	RowGroups int
}

// BlockError names a block that cannot be read.
type BlockError struct {
	Index int // in the blocks handed to the writer
	Err   error
}

// Error says which block and why.
func (e *BlockError) Error() string { return fmt.Sprintf("read block %d: %v", e.Index, e.Err) }

// Unwrap returns the reason.
func (e *BlockError) Unwrap() error { return e.Err }

// WriteFile writes blocks as one file, see [FileWriter.Write]. Who writes many
// files keeps a FileWriter.
func WriteFile(ctx context.Context, w io.Writer, blocks []queue.Block, options WriteOptions) (FileInfo, error) {
	return NewFileWriter(options).Write(ctx, w, blocks)
}

// FileWriter writes Parquet files of format version 1 and keeps its memory from
// file to file. Safe for concurrent use.
type FileWriter struct {
	options WriteOptions
	codec   *pageCodec
	decoder *blockDecoder
	groups  chan *writeGroup // that are not in use; a sync.Pool would keep one for each processor
}

// NewFileWriter returns a writer.
func NewFileWriter(options WriteOptions) *FileWriter {
	if options.RowGroupBytes <= 0 {
		options.RowGroupBytes = DefaultRowGroupBytes
	}
	if options.Parallel <= 0 {
		options.Parallel = 1
	}
	if options.level == 0 {
		options.level = pageLevel
	}
	return &FileWriter{
		options: options,
		codec:   newPageCodec(options.level, options.Parallel),
		decoder: newBlockDecoder(),
		groups:  make(chan *writeGroup, options.Parallel),
	}
}

// Write writes the blocks, all of one folder, as one Parquet file. Rows lie
// sorted in row groups that are bounded by bytes and hold whole services where
// possible; only one row group is in memory. Write is deterministic: the same
// blocks in any order give the same bytes, and the same rows the same name. A
// block that cannot be read is a *[BlockError]; what w received is then no file.
func (f *FileWriter) Write(ctx context.Context, w io.Writer, blocks []queue.Block) (FileInfo, error) {
	plan, err := planRowGroups(blocks, f.options.RowGroupBytes)
	if err != nil {
		return FileInfo{}, err
	}
	group := f.take()
	defer f.keep(group)

	out := &tailWriter{out: w}
	file := &fileWriting{
		writer:  parquet.NewGenericWriter[any](out, f.writerOptions()...),
		group:   group,
		digests: make([]rowDigest, 0, plan.rows),
	}
	info := FileInfo{Rows: plan.rows, MinTS: plan.minTS, MaxTS: plan.maxTS, RowGroups: len(plan.groups)}
	for _, members := range plan.groups {
		group.reset()
		group.grow(members.bytes)
		for _, index := range members.blocks {
			if err := ctx.Err(); err != nil {
				return FileInfo{}, fmt.Errorf("write Parquet file: %w", err)
			}
			if err := group.addBlock(f.decoder, blocks[index].Data); err != nil {
				return FileInfo{}, &BlockError{Index: index, Err: err}
			}
		}
		info.RawBytes += int64(group.jsonBytes)
		if err := file.writeGroup(); err != nil {
			return FileInfo{}, fmt.Errorf("write Parquet row group: %w", err)
		}
	}
	metadata := f.metadata(plan)
	if err := file.finish(out, metadata); err != nil {
		return FileInfo{}, fmt.Errorf("write Parquet footer: %w", err)
	}
	info.Bytes = out.written
	info.Name = FileName(info.MinTS, info.MaxTS, contentHash(file.digests))
	return info, nil
}

// take returns the memory of a row group.
func (f *FileWriter) take() *writeGroup {
	select {
	case group := <-f.groups:
		return group
	default:
		return new(writeGroup)
	}
}

// keep gives a row group's memory back unless one huge record grew it.
func (f *FileWriter) keep(group *writeGroup) {
	if cap(group.arena) > 2*f.options.RowGroupBytes {
		return
	}
	select {
	case f.groups <- group:
	default:
	}
}

var errNoBlocks = errors.New("write Parquet file: no blocks")
