package rehydrate

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	// batchDocuments and batchBytes bound what is written at a time; bytes are those of the pairs.
	batchDocuments = 2000
	batchBytes     = 8 << 20
	// scanMemory bounds the row groups held while reading: a backfill runs beside live traffic.
	scanMemory = 64 << 20
)

// Backfill writes documents of archived pairs into a hot store. Writing one a second time changes nothing, so that it can
// be broken off and taken up again at any time.
type Backfill struct {
	Bucket   *bucket.Bucket // of the archive
	Store    hotstore.Writer
	Settings Settings
	// GiveUp takes documents that the store will never take. The documents are its own until it returns.
	GiveUp func(ctx context.Context, documents []*hotstore.Document, rejections []hotstore.Rejection) error
	// Seen is told of each pair of the interval that the archive has. Optional.
	Seen func(rrpair.UUID)
	// Wrote is told of each write. Optional.
	Wrote func(hotstore.WriteResult)
}

// Progress is how far the backfill of a gap has come, since its beginning.
type Progress struct {
	Objects   int   // files read to their end
	New       int   // of those, the ones of this run
	Documents int64 // written
	Stored    int64 // of those, the ones that the store lacked
	Skipped   []archive.Skipped
}

// Run reads the files of the gap's hours that were not read yet and writes their documents. More files may come as long
// as an archive exporter has not written what it holds. The ledger in the archive keeps what is done, also when it ends
// with an error.
func (b *Backfill) Run(ctx context.Context, gap *Gap) (Progress, error) {
	done, err := gap.readLedger(ctx, b.Bucket)
	if err != nil {
		return Progress{}, err
	}
	progress := Progress{Objects: len(done.Objects), Documents: done.Documents, Stored: done.Stored}
	where := archive.PlanOptions{Folders: gap.Folders}
	if len(gap.Folders) == 0 {
		if gap.EventTo.IsZero() { // which would mean the whole archive
			return progress, nil
		}
		where.From, where.To = gap.EventFrom, gap.EventTo.Add(time.Microsecond)
	}
	plan, err := archive.Plan(ctx, b.Bucket, where)
	if err != nil {
		return progress, fmt.Errorf("list the hours of gap %s: %w", gap.key, err)
	}
	for _, file := range plan.Files {
		if slices.Contains(done.Objects, file.Key) || !file.MinTS.IsZero() && !gap.covers(file.MinTS, file.MaxTS) {
			continue
		}
		result, skipped, err := b.file(ctx, gap, file)
		if err != nil {
			return progress, fmt.Errorf("bring %s into the hot store: %w", file.Key, err)
		}
		done.Objects = append(done.Objects, file.Key)
		done.Documents += result.Documents
		done.Stored += result.Stored
		if err := gap.writeLedger(ctx, b.Bucket, done); err != nil {
			return progress, err
		}
		progress.Objects, progress.Documents, progress.Stored = len(done.Objects), done.Documents, done.Stored
		progress.New++
		progress.Skipped = append(progress.Skipped, skipped...)
	}
	return progress, nil
}

// file writes the documents of one file. A file that is damaged is written as far as it can be read, and named.
func (b *Backfill) file(ctx context.Context, gap *Gap, file archive.PlannedFile) (Progress, []archive.Skipped, error) {
	w := &batchWriter{backfill: b, builder: NewBuilder(b.Settings)}
	stats, err := archive.Scan(ctx, b.Bucket, archive.ScanOptions{
		Files: &archive.FilePlan{Files: []archive.PlannedFile{file}}, Still: gap.covers, Parallel: 2, MemoryBytes: scanMemory,
	}, func(record *archive.Record) error {
		if !gap.covers(record.Seen, record.Seen) {
			return nil
		}
		return w.add(ctx, record)
	})
	if err == nil {
		err = w.flush(ctx)
	}
	return w.done, stats.Skipped, err
}

// batchWriter gathers documents and writes them.
type batchWriter struct {
	backfill  *Backfill
	builder   *Builder
	documents []*hotstore.Document
	bytes     int
	done      Progress
}

func (w *batchWriter) add(ctx context.Context, record *archive.Record) error {
	pair, err := record.Pair()
	if err != nil {
		return fmt.Errorf("read a record of %s: %w", record.Key, err)
	}
	document, _ := w.builder.Build(pair, record.Seen, Known{})
	if w.backfill.Seen != nil {
		w.backfill.Seen(document.UUID)
	}
	w.documents = append(w.documents, document.Clone())
	w.bytes += len(record.JSON)
	if len(w.documents) < batchDocuments && w.bytes < batchBytes {
		return nil
	}
	return w.flush(ctx)
}

func (w *batchWriter) flush(ctx context.Context) error {
	if len(w.documents) == 0 {
		return nil
	}
	result, err := w.backfill.Store.Write(ctx, w.documents)
	if w.backfill.Wrote != nil {
		w.backfill.Wrote(result)
	}
	if err == nil && len(result.Remaining) > 0 {
		err = fmt.Errorf("the hot store left %d of %d documents", len(result.Remaining), len(w.documents))
	}
	if err != nil {
		return err
	}
	if len(result.Rejected) > 0 {
		if err := w.backfill.GiveUp(ctx, w.documents, result.Rejected); err != nil {
			return err
		}
	}
	w.done.Documents += int64(len(w.documents))
	w.done.Stored += int64(result.Stored)
	clear(w.documents)
	w.documents, w.bytes = w.documents[:0], 0
	return nil
}
