package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// view is one day as it was when the view began. Not safe for concurrent use; close it.
type view struct {
	ctx     context.Context
	day     *day
	tx      *sql.Tx
	fetch   *sql.Stmt
	decoder *zstd.Decoder
	cache   *cache

	texts   []textColumn
	blobs   []textColumn
	numbers [numberCount]numberColumn

	hinted []map[int64]bool // for each hint of a search, the texts that may match; nil before it was asked
}

func (s *Store) view(ctx context.Context, name string) (*view, error) {
	d, err := s.day(ctx, name, false)
	if err != nil || d == nil {
		return nil, err
	}
	tx, err := d.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		d.release()
		return nil, classify(fmt.Errorf("read %s: %w", d.file, err))
	}
	v, err := s.viewOf(ctx, d, tx)
	if err != nil {
		d.release()
		return nil, errors.Join(err, tx.Rollback())
	}
	return v, nil
}

// viewOf makes a view of a transaction that is open already.
func (s *Store) viewOf(ctx context.Context, d *day, tx *sql.Tx) (*view, error) {
	fetch, err := tx.PrepareContext(ctx, "SELECT data FROM parts WHERE id = ?")
	if err != nil {
		return nil, classify(fmt.Errorf("read %s: %w", d.file, err))
	}
	return &view{ctx: ctx, day: d, tx: tx, fetch: fetch, decoder: s.decoder, cache: s.cache,
		texts: textColumns(), blobs: blobColumns(), numbers: numberColumns()}, nil
}

func (v *view) close() {
	_ = v.fetch.Close()
	_ = v.tx.Rollback() // nothing was changed
	v.day.release()
}

// part reads one part.
func (v *view) part(id int64) (data []byte, err error) {
	err = v.fetch.QueryRowContext(v.ctx, id).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, damaged("part %x of %s is missing", id, v.day.file)
	}
	if err != nil {
		return nil, classify(fmt.Errorf("read %s: %w", v.day.file, err))
	}
	return data, nil
}

// kept reads a part and remembers it.
func (v *view) kept(id int64) ([]byte, error) {
	key := cacheKey{v.day, id}
	if known, have := v.cache.get(key); have {
		return known.([]byte), nil
	}
	data, err := v.part(id)
	if err == nil {
		v.cache.put(key, data, len(data))
	}
	return data, err
}

// segments lists the segments that may hold a ts from from to before to, in ns.
func (v *view) segments(from, to int64) ([]*segment, error) {
	return v.segmentsWhere("last >= ? AND first < ?", from, to)
}

func (v *view) segmentsWhere(where string, args ...any) ([]*segment, error) {
	rows, err := v.tx.QueryContext(v.ctx, "SELECT id, first, last, count FROM segments WHERE "+where+" ORDER BY id", args...)
	if err != nil {
		return nil, classify(fmt.Errorf("list segments of %s: %w", v.day.file, err))
	}
	defer func() { _ = rows.Close() }() // what went wrong was said before
	var segments []*segment
	for rows.Next() {
		s := &segment{view: v}
		if err := rows.Scan(&s.id, &s.first, &s.last, &s.count); err != nil {
			return nil, classify(fmt.Errorf("list segments of %s: %w", v.day.file, err))
		}
		if s.count <= 0 || s.count > segmentRows {
			return nil, damaged("segment %d of %s has %d documents", s.id, v.day.file, s.count)
		}
		segments = append(segments, s)
	}
	if err := rows.Err(); err != nil {
		return nil, classify(fmt.Errorf("list segments of %s: %w", v.day.file, err))
	}
	return segments, nil
}
