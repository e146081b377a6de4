package archiveexporter

import (
	"context"
	"errors"
	"slices"

	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
)

// withholdUndeclared takes blocks out of the folders whose redaction key archive.json does not list and must not: they
// remain, and wait until somebody declares the key. Every key that may be is listed when it returns.
func (e *archiveExporter) withholdUndeclared(ctx context.Context, folders map[string][]queue.Block, remaining []queue.Block, errs []error) ([]queue.Block, []error) {
	verdicts := map[string]error{}
	for folder, blocks := range folders {
		folders[folder] = slices.DeleteFunc(blocks, func(block queue.Block) bool {
			info, err := archive.BlockHeader(block.Data)
			if err != nil || info.Redaction == "" {
				return false
			}
			key := archive.KeyOf(info.Redaction)
			verdict, judged := verdicts[key]
			if !judged {
				verdict = e.recordKey(ctx, key)
				verdicts[key] = verdict
				if verdict != nil {
					errs = append(errs, verdict)
				}
			}
			if verdict != nil {
				remaining = append(remaining, block)
			}
			return verdict != nil
		})
		if len(folders[folder]) == 0 {
			delete(folders, folder)
		}
	}
	return remaining, errs
}

// recordKey makes sure that the archive lists a key.
func (e *archiveExporter) recordKey(ctx context.Context, key string) error {
	err := e.guard.Record(ctx, []string{key})
	var undeclared *archive.UndeclaredKeyError
	switch {
	case errors.As(err, &undeclared):
		e.telemetry.failed(ctx, causeKey)
		e.logger.Error("The archive refuses records of another redaction key; they wait in the queue until somebody declares it",
			zap.String("key_id", key), zap.Strings("known", undeclared.Known), zap.Error(err))
	case err != nil:
		e.telemetry.failed(ctx, bucket.Cause(err))
	}
	return err
}
