package archiveexporter

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/archive/deadletter"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
)

// push writes one file for each folder of the blocks. It returns the blocks of the folders that could not be written,
// and one error for all of them.
func (e *archiveExporter) push(ctx context.Context, blocks []queue.Block) ([]queue.Block, error) {
	opened, err := e.provider.Archive(ctx)
	if err != nil {
		e.failed(ctx, "", err)
		return blocks, fmt.Errorf("open archive: %w", err)
	}
	e.Report(causeStore, nil)
	folders, remaining, errs := e.byFolder(ctx, blocks)
	remaining, errs = e.withholdUndeclared(ctx, folders, remaining, errs)
	names := slices.Sorted(maps.Keys(folders))
	for i, folder := range names {
		rest, err := e.writeFolder(ctx, opened, folder, folders[folder])
		if err == nil {
			continue
		}
		errs = append(errs, fmt.Errorf("write to %s: %w", folder, err))
		remaining = append(remaining, rest...)
		if storeIsAway(err) {
			for _, untried := range names[i+1:] {
				remaining = append(remaining, folders[untried]...)
			}
			break
		}
	}
	return remaining, summary(errs)
}

// byFolder sorts the blocks by the folder in their headers. A block whose header cannot be read goes to the dead letter.
func (e *archiveExporter) byFolder(ctx context.Context, blocks []queue.Block) (folders map[string][]queue.Block, remaining []queue.Block, errs []error) {
	folders = map[string][]queue.Block{}
	for _, block := range blocks {
		info, err := archive.BlockHeader(block.Data)
		if err == nil {
			folders[info.Folder] = append(folders[info.Folder], block)
			continue
		}
		if err := e.giveUpBlock(ctx, block, err); err != nil {
			remaining, errs = append(remaining, block), append(errs, err)
		}
	}
	return folders, remaining, errs
}

func (e *archiveExporter) giveUpBlock(ctx context.Context, block queue.Block, reason error) error {
	err := e.giveUp(ctx, whatBlock, deadletter.Record{
		Component: e.component(),
		Reason:    fmt.Sprintf("damaged block of %d records: %v", block.Items, reason),
		Body:      block.Data,
	})
	if err != nil {
		e.telemetry.failed(ctx, causeDeadLetter)
	}
	return err
}

// writeFolder writes the blocks of one folder as one file. Blocks that turn out to be damaged go to the dead letter, and
// the file is made without them.
func (e *archiveExporter) writeFolder(ctx context.Context, opened *archive.Archive, folder string, blocks []queue.Block) (remaining []queue.Block, err error) {
	blocks = slices.Clone(blocks)
	for len(blocks) > 0 {
		err := e.writeFile(ctx, opened, folder, blocks)
		var damaged *archive.BlockError
		if !errors.As(err, &damaged) {
			if err != nil {
				e.failed(ctx, folder, err)
				return blocks, err
			}
			return nil, nil
		}
		if err := e.giveUpBlock(ctx, blocks[damaged.Index], damaged.Err); err != nil {
			return blocks, err
		}
		blocks = slices.Delete(blocks, damaged.Index, damaged.Index+1)
	}
	return nil, nil
}

// writeFile makes a file and puts it in the archive. A file of that name that is there already is the same file.
func (e *archiveExporter) writeFile(ctx context.Context, opened *archive.Archive, folder string, blocks []queue.Block) error {
	file, err := newTempFile(e.tempDir)
	if err != nil {
		return err
	}
	defer file.close()
	info, err := e.encode(ctx, file, blocks)
	if err != nil {
		return err
	}
	key := folder + "/" + info.Name
	begin := time.Now()
	created, err := opened.Bucket().PutIfAbsent(ctx, key, file, info.Bytes, bucket.PutOptions{ContentType: "application/vnd.apache.parquet"})
	if err != nil {
		return err
	}
	e.telemetry.stored(ctx, info, created, time.Since(begin))
	e.logger.Debug("A file is in the archive", zap.String("key", key), zap.Int("records", info.Rows), zap.Int64("bytes", info.Bytes))
	return nil
}

// encode makes the file's content, when it is its turn: making files is what takes memory and processor time.
func (e *archiveExporter) encode(ctx context.Context, file *tempFile, blocks []queue.Block) (archive.FileInfo, error) {
	select {
	case e.encoders <- struct{}{}:
		defer func() { <-e.encoders }()
	case <-ctx.Done():
		return archive.FileInfo{}, context.Cause(ctx)
	}
	writer := file.buffered()
	info, err := e.files.Write(ctx, writer, blocks)
	if err == nil {
		err = writer.Flush()
	}
	return info, err
}

// failed counts a failed attempt, and is loud about one that waiting will not mend.
func (e *archiveExporter) failed(ctx context.Context, folder string, err error) {
	e.telemetry.failed(ctx, bucket.Cause(err))
	if !bucket.Retryable(err) && ctx.Err() == nil {
		e.logger.Error("The archive refuses records; they wait in the queue until somebody mends this",
			zap.String("folder", folder), zap.String("cause", bucket.Cause(err)), zap.Error(err), zap.String("advice", bucket.Advice(err)))
	}
}

// storeIsAway says that other folders will fail as this one did.
func storeIsAway(err error) bool {
	for _, away := range []error{bucket.ErrUnreachable, bucket.ErrUnavailable, bucket.ErrThrottled, bucket.ErrNoBucket, context.DeadlineExceeded, context.Canceled} {
		if errors.Is(err, away) {
			return true
		}
	}
	return false
}

// summary makes one error of several: the first tells what is wrong, the rest is a number.
func summary(errs []error) error {
	switch len(errs) {
	case 0:
		return nil
	case 1:
		return errs[0]
	}
	return fmt.Errorf("%w (and %d more errors)", errs[0], len(errs)-1)
}
