package main

import (
	"context"
	"errors"
	"slices"

	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/redact"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/surrogate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// maxShownFaults is how many records that could not be handled are named one by one.
const maxShownFaults = 5

// pairCall adds the record to a call where the policy has rules with conditions.
func pairCall(call redact.Call, pair *rrpair.Pair, engine *redact.Engine) redact.Call {
	if engine.Policy().Scoped() {
		record := dimension.NewRecord()
		record.Reset(pair)
		call.Source = record
	}
	return call
}

// strangeKeys lists the keys with which an archive's data was redacted and which the ring does not hold: what they made
// looks like real values.
func strangeKeys(manifest archive.Manifest, ring *surrogate.Keyring) (ids []string) {
	if ring == nil {
		return nil
	}
	for _, key := range manifest.RedactionKeys {
		if key.ID != ring.KeyID() && !slices.Contains(ring.PreviousIDs(), key.ID) {
			ids = append(ids, key.ID)
		}
	}
	return ids
}

// batchProducer emits batches of documents until there are no more.
type batchProducer = func(ctx context.Context, emit func(*batch) error) error

// archiveBatches opens the archive and returns a producer of the records in a window that match a filter. planned is
// told the bytes to read, once.
func (a *app) archiveBatches(ctx context.Context, window *windowFlags, filterText string, engine *redact.Engine, planned func(bytes int64)) (batchProducer, error) {
	where, err := window.parse(a)
	if err != nil {
		return nil, err
	}
	if where.Query, err = a.parseFilter(filterText); err != nil {
		return nil, err
	}
	opened, store, err := a.openArchive(ctx)
	if err != nil {
		return nil, err
	}
	if strange := strangeKeys(opened.Manifest(), engine.Keys()); len(strange) > 0 {
		a.logger.Warn("The archive holds data redacted with other keys than the one given: what stands there for redacted values is told as findings. Set "+previousVariable+" or --previous-key-file",
			zap.Strings("keys", strange), zap.String("given", engine.KeyID()))
	}
	plan, err := archive.Plan(ctx, store, where)
	if err != nil {
		store.Close()
		return nil, err
	}
	planned(plannedBytes(plan))
	options := archive.ScanOptions{PlanOptions: where, Files: plan}
	if query := where.Query; query != nil {
		options.Match = func(pair *rrpair.Pair) bool {
			record := dimension.NewRecord()
			record.Reset(pair)
			return query.Match(record)
		}
	}
	identity := opened.Identity()
	return func(ctx context.Context, emit func(*batch) error) error {
		defer store.Close()
		current := &batch{}
		numbers := map[string]int64{}
		stats, err := archive.Scan(ctx, store, options, func(record *archive.Record) error {
			numbers[record.Key]++
			current.add(document{
				file: identity + "/" + record.Key, line: int(numbers[record.Key]), number: numbers[record.Key],
				record: record.UUID.String(), data: record.JSON,
			})
			if !current.full() {
				return nil
			}
			full := current
			full.read = int64(full.bytes)
			current = &batch{}
			return emit(full)
		})
		if len(current.documents) > 0 && ctx.Err() == nil {
			err = errors.Join(err, emit(current))
		}
		if err != nil {
			return err
		}
		return skippedFiles(stats.Skipped)
	}, nil
}
