package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Write implements hotstore.Writer. Each day's documents are one transaction, on the disk when Write returns. Documents
// are read, never kept or changed.
func (s *Store) Write(ctx context.Context, documents []*hotstore.Document) (result hotstore.WriteResult, err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.builder == nil {
		if s.builder, err = newBuilder(); err != nil {
			return hotstore.WriteResult{Remaining: all(len(documents))}, err
		}
	}
	if err := s.expireSometimes(ctx); err != nil {
		return hotstore.WriteResult{Remaining: all(len(documents))}, err
	}
	days, kept := map[string][]int{}, s.firstDay()
	for i, document := range documents {
		name := dayOf(document.Time)
		if year := document.Time.UTC().Year(); year < 1700 || year > 2200 { // ts are nanoseconds since 1970 in 64 bits
			result.Rejected = append(result.Rejected, hotstore.Rejection{Index: i, Reason: fmt.Sprintf("its time %s is beyond what the store can say", document.Time.Format(time.RFC3339))})
			continue
		}
		if name < kept {
			result.Rejected = append(result.Rejected, hotstore.Rejection{Index: i, Reason: fmt.Sprintf("its time %s is older than the retention of %s", document.Time.Format(time.RFC3339), s.config.Retention), Expired: true})
			continue
		}
		days[name] = append(days[name], i)
	}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(days)) {
		stored, err := s.writeDay(ctx, name, documents, days[name])
		if err != nil {
			problems = append(problems, err)
			result.Remaining = append(result.Remaining, days[name]...)
			continue
		}
		result.Stored += stored
		result.Duplicates += len(days[name]) - stored
	}
	slices.Sort(result.Remaining)
	return result, errors.Join(problems...)
}

func all(n int) []int {
	indexes := make([]int, n)
	for i := range indexes {
		indexes[i] = i
	}
	return indexes
}

func (s *Store) writeDay(ctx context.Context, name string, documents []*hotstore.Document, indexes []int) (stored int, err error) {
	d, err := s.day(ctx, name, true)
	if err != nil {
		return 0, err
	}
	defer d.release()
	tx, err := d.writer.BeginTx(ctx, nil)
	if err != nil {
		return 0, classify(fmt.Errorf("write %s: %w", d.file, err))
	}
	defer func() {
		if err != nil {
			d.known = nil // what was added to it is not in the store
			err = errors.Join(classify(err), rollback(tx))
		}
	}()
	w, err := s.newWriter(ctx, d, tx)
	if err != nil {
		return 0, err
	}
	defer w.close()
	fresh, err := w.fresh(documents, indexes)
	if err != nil {
		return 0, err
	}
	if len(fresh) == 0 {
		return 0, tx.Rollback()
	}
	if err := w.indexTexts(fresh); err != nil {
		return 0, err
	}
	sortRows(fresh)
	for rest := fresh; len(rest) > 0; {
		n := min(segmentRows, len(rest))
		if err := w.store(rest[:n]); err != nil {
			return 0, err
		}
		rest = rest[n:]
	}
	if err := w.merge(); err != nil {
		return 0, err
	}
	if err := tx.Commit(); err != nil {
		return 0, fmt.Errorf("write %s: %w", d.file, err)
	}
	return len(fresh), nil
}

func rollback(tx *sql.Tx) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}

// writer is one transaction on one day.
type writer struct {
	*view
	builder *builder
	segment *sql.Stmt
	insert  *sql.Stmt
	now     int64
}

func (s *Store) newWriter(ctx context.Context, d *day, tx *sql.Tx) (w *writer, err error) {
	w = &writer{builder: s.builder, now: s.now().UnixNano()}
	if w.view, err = s.viewOf(ctx, d, tx); err != nil {
		return nil, err
	}
	w.cache = newCache() // its own: when it is rolled back, the next one gives the same numbers to other segments
	if w.segment, err = tx.PrepareContext(ctx, "INSERT INTO segments (first, last, count, written) VALUES (?, ?, ?, ?)"); err != nil {
		return nil, fmt.Errorf("write %s: %w", d.file, err)
	}
	if w.insert, err = tx.PrepareContext(ctx, "INSERT INTO parts (id, data) VALUES (?, ?)"); err != nil {
		return nil, fmt.Errorf("write %s: %w", d.file, err)
	}
	return w, w.sync()
}

// close frees the statements; the transaction is the caller's.
func (w *writer) close() {
	for _, statement := range []*sql.Stmt{w.fetch, w.segment, w.insert} {
		_ = statement.Close()
	}
}

// sync learns the identities that another process or an earlier run stored.
func (w *writer) sync() error {
	if w.day.known == nil {
		w.day.known = &known{}
	}
	k := w.day.known
	segments, err := w.segmentsWhere("id > ?", k.last)
	if err != nil {
		return err
	}
	for _, s := range segments {
		if err := s.open(); err != nil {
			return err
		}
		for row := range s.count {
			id, err := s.uuid(row)
			if err != nil {
				return err
			}
			k.add(hashUUID(id))
		}
		k.last = s.id
	}
	return nil
}

// fresh leaves out what the day has already, and doubles within the batch.
func (w *writer) fresh(documents []*hotstore.Document, indexes []int) ([]row, error) {
	fresh := make([]row, 0, len(indexes))
	var taken map[rrpair.UUID]bool // of the batch, once it matters
	var f *finder
	for _, index := range indexes {
		document := documents[index]
		hash := hashUUID(document.UUID)
		if w.day.known.has(hash) {
			if taken == nil {
				taken = map[rrpair.UUID]bool{}
				for _, other := range fresh {
					taken[other.document.UUID] = true
				}
				var err error
				if f, err = newFinder(w.view); err != nil {
					return nil, err
				}
			}
			if taken[document.UUID] {
				continue
			}
			_, _, found, err := f.find(document.UUID, document.Time)
			if err != nil {
				return nil, err
			}
			if found {
				continue
			}
		}
		w.day.known.add(hash)
		if taken != nil {
			taken[document.UUID] = true
		}
		fresh = append(fresh, row{document: document})
	}
	return fresh, nil
}

// store adds a segment of sorted rows.
func (w *writer) store(all []row) error {
	s := w.builder.build(all)
	result, err := w.segment.ExecContext(w.ctx, s.first, s.last, s.count, w.now)
	if err != nil {
		return fmt.Errorf("write %s: %w", w.day.file, err)
	}
	id, err := result.LastInsertId()
	if err != nil {
		return fmt.Errorf("write %s: %w", w.day.file, err)
	}
	slices.SortFunc(s.parts, func(a, b part) int { return compare(partID(0, a.kind, a.index), partID(0, b.kind, b.index)) })
	for _, p := range s.parts {
		if _, err := w.insert.ExecContext(w.ctx, partID(id, p.kind, p.index), p.data); err != nil {
			return fmt.Errorf("write %s: %w", w.day.file, err)
		}
	}
	w.day.known.last = id
	return nil
}

const (
	// mergeAt is how many segments of one size make a larger one.
	mergeAt = 8
	// wholeRows is when a segment is large enough to stay as it is.
	wholeRows = segmentRows / 2
)

// merge makes large segments of small ones, size by size, each size eight times the one before: so that small batches
// cost each document three more writes at most, and a search finds few segments.
func (w *writer) merge() error {
	for {
		small, err := w.segmentsWhere("count < ?", wholeRows)
		if err != nil {
			return err
		}
		bySize := map[int][]*segment{}
		var ready []*segment
		for _, s := range small {
			size := 0
			for n := s.count; n >= mergeAt; n /= mergeAt {
				size++
			}
			bySize[size] = append(bySize[size], s)
			if len(bySize[size]) >= mergeAt {
				ready = bySize[size]
			}
		}
		if ready == nil {
			return nil
		}
		if err := w.join(ready); err != nil {
			return err
		}
	}
}

// join replaces segments by one, or by as many as it takes.
func (w *writer) join(segments []*segment) error {
	var joined []row
	for _, s := range segments {
		if err := s.open(); err != nil {
			return err
		}
		texts, err := s.number(columnText)
		if err != nil {
			return err
		}
		for at := range s.count {
			document, err := s.document(at, true)
			if err != nil {
				return err
			}
			joined = append(joined, row{document, texts.at(at)})
		}
		if _, err := w.tx.ExecContext(w.ctx, "DELETE FROM parts WHERE id >= ? AND id < ?", partID(s.id, 0, 0), partID(s.id+1, 0, 0)); err != nil {
			return fmt.Errorf("merge segments of %s: %w", w.day.file, err)
		}
		if _, err := w.tx.ExecContext(w.ctx, "DELETE FROM segments WHERE id = ?", s.id); err != nil {
			return fmt.Errorf("merge segments of %s: %w", w.day.file, err)
		}
	}
	sortRows(joined)
	for rest := joined; len(rest) > 0; {
		n := min(segmentRows, len(rest))
		if err := w.store(rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}
