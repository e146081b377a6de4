package hotstoreexporter

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/archive/deadletter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
)

// push writes the documents of the blocks. Its error comes with blocks of what remains, and of nothing else.
func (e *hotExporter) push(ctx context.Context, blocks []queue.Block) ([]queue.Block, error) {
	store, err := e.provider.Store(ctx)
	if err != nil {
		e.failed(ctx, err)
		return blocks, fmt.Errorf("open hot store: %w", err)
	}
	e.Report(causeStore, nil)
	documents, remaining, err := e.decode(ctx, blocks)
	if len(documents) == 0 {
		return remaining, err
	}
	rest, writeErr := e.write(ctx, store, documents)
	if writeErr != nil {
		e.failed(ctx, writeErr)
		err = fmt.Errorf("write to hot store: %w", writeErr)
	}
	return append(remaining, encode(rest)...), err
}

// decode reads the blocks. A damaged one goes to the dead letter; it remains if that cannot be written.
func (e *hotExporter) decode(ctx context.Context, blocks []queue.Block) (documents []*hotstore.Document, remaining []queue.Block, err error) {
	items, _ := queue.Totals(blocks)
	documents = make([]*hotstore.Document, 0, items)
	for _, block := range blocks {
		decoded, damage := hotstore.DecodeBatch(block.Data)
		if damage == nil {
			documents = append(documents, decoded...)
			continue
		}
		letter := deadletter.Record{Component: e.component(), Reason: fmt.Sprintf("damaged block of %d documents: %v", block.Items, damage), Body: block.Data}
		if giveUpErr := e.giveUp(ctx, whatBlock, letter); giveUpErr != nil {
			remaining, err = append(remaining, block), giveUpErr
		}
	}
	return documents, remaining, err
}

// write stores documents. Those that the store will never take are in the dead letter when it returns; the rest remains,
// with an error.
func (e *hotExporter) write(ctx context.Context, store hotstore.Writer, documents []*hotstore.Document) (remaining []*hotstore.Document, err error) {
	begin := time.Now()
	result, err := store.Write(ctx, documents)
	e.telemetry.written(ctx, result, time.Since(begin))
	for _, i := range result.Remaining {
		remaining = append(remaining, documents[i])
	}
	switch {
	case err == nil && len(remaining) > 0:
		err = fmt.Errorf("%d of %d documents were not taken", len(remaining), len(documents))
	case err != nil && len(remaining) == 0 && result.Stored+result.Duplicates+len(result.Rejected) < len(documents):
		remaining = documents // it says nothing of what it did, and a second time does no harm
	case err != nil && len(remaining) == 0:
		e.logger.Warn("The hot store took everything and reports an error", zap.Error(err))
		err = nil
	}
	if len(result.Rejected) == 0 || len(remaining) == len(documents) {
		return remaining, err
	}
	if giveUpErr := e.giveUpDocuments(ctx, documents, result.Rejected); giveUpErr != nil {
		for _, rejection := range result.Rejected {
			remaining = append(remaining, documents[rejection.Index])
		}
		if err == nil {
			err = giveUpErr
		}
	}
	return remaining, err
}

// encode makes blocks of documents that remain.
func encode(documents []*hotstore.Document) (blocks []queue.Block) {
	var batch hotstore.Batch
	flush := func() {
		if batch.Count > 0 {
			blocks = append(blocks, queue.Block{Data: batch.Append(nil), Items: batch.Count, Bytes: batch.Bytes()})
			batch.Reset()
		}
	}
	for _, document := range documents {
		batch.Add(document)
		if batch.Bytes() >= maxBlockBytes {
			flush()
		}
	}
	flush()
	return blocks
}

// describe is a document for the dead letter: its dimensions under their short names, or its pair where it has that.
func describe(document *hotstore.Document) []byte {
	if document.Pair != nil {
		return document.Pair
	}
	values := map[string]string{}
	for _, name := range hotstore.ShortNames() {
		if text := hotstore.LookupDimension(name).Text(document); text != "" {
			values[name] = text
		}
	}
	text, err := json.Marshal(values)
	if err != nil {
		return []byte(document.UUID.String())
	}
	return text
}

// failed counts a failed attempt, and is loud about one that waiting will not mend.
func (e *hotExporter) failed(ctx context.Context, err error) {
	cause := causeOf(err)
	e.telemetry.failed(ctx, cause)
	if (cause == "denied" || cause == "not_set_up" || cause == "damaged") && ctx.Err() == nil {
		e.logger.Error("The hot store refuses documents; they wait in the queue until somebody mends this",
			zap.String("cause", cause), zap.Error(err), zap.String("advice", hotstore.Advice(err)))
	}
}
