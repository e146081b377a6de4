package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// expireEvery is how often the writer looks for days that are over.
const expireEvery = 10 * time.Minute

// firstDay is the oldest day that is kept, "" for all.
func (s *Store) firstDay() string {
	if s.config.Retention == 0 {
		return ""
	}
	return dayOf(s.now().Add(-time.Duration(s.config.Retention)))
}

func (s *Store) expireSometimes(ctx context.Context) error {
	if s.config.Retention == 0 || s.now().Sub(s.expired) < expireEvery {
		return nil
	}
	if _, err := s.Expire(ctx, s.now().Add(-time.Duration(s.config.Retention))); err != nil {
		return err
	}
	s.expired = s.now()
	return nil
}

// Expire implements hotstore.Expirer: it deletes the files of days that ended at the time or before. The mark goes along,
// since the retention may be longer one day, or not be known to who reads, and what is gone does not come back.
func (s *Store) Expire(ctx context.Context, before time.Time) (partitions int, err error) {
	names, err := s.dayNames()
	if errors.Is(err, hotstore.ErrNotSetUp) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	kept := before.UTC().Truncate(24 * time.Hour)
	if since, err := s.Since(ctx); err == nil && !since.IsZero() && since.Before(kept) { // a damaged mark claims nothing
		if err := s.SetSince(ctx, kept); err != nil {
			return 0, err
		}
	}
	for _, name := range names {
		if name >= dayOf(before) {
			break
		}
		if err := s.drop(name); err != nil {
			return partitions, err
		}
		partitions++
	}
	return partitions, nil
}

// drop deletes a day when the searches that are under way on it are done.
func (s *Store) drop(name string) error {
	s.mutex.Lock()
	d, closed := s.days[name], s.closed
	delete(s.days, name)
	s.mutex.Unlock()
	if closed {
		return errClosed
	}
	if d != nil {
		if err := d.retire(); err != nil {
			return classify(fmt.Errorf("close day %s: %w", name, err))
		}
	}
	if err := removeDay(s.file(name)); err != nil {
		return classify(fmt.Errorf("remove day %s: %w", name, err))
	}
	return nil
}

// Init implements hotstore.Manager: it makes the folder, sees that it can be written, and notes since when it is whole.
func (s *Store) Init(ctx context.Context) error {
	if err := os.MkdirAll(s.config.Path, 0o750); err != nil {
		return classify(fmt.Errorf("make folder %s: %w", s.config.Path, err))
	}
	probe, err := os.CreateTemp(s.config.Path, ".probe-*")
	if err != nil {
		return classify(fmt.Errorf("write into folder %s: %w", s.config.Path, err))
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return err
	}
	return s.begin(ctx)
}

// Status implements hotstore.Manager.
func (s *Store) Status(ctx context.Context) (hotstore.Status, error) {
	status := hotstore.Status{Store: "sqlite", Details: map[string]string{"path": s.config.Path, "retention": s.config.Retention.String()}}
	names, err := s.dayNames()
	if err != nil {
		if errors.Is(err, hotstore.ErrNotSetUp) {
			status.Problems = []string{err.Error()}
			return status, nil
		}
		return status, err
	}
	for _, name := range names {
		partition, err := s.statusOf(ctx, name)
		if err != nil {
			status.Problems = append(status.Problems, err.Error())
		}
		if partition == nil {
			continue
		}
		status.Partitions = append(status.Partitions, *partition)
		status.Documents += partition.Documents
		status.Bytes += partition.Bytes
		if partition.Documents > 0 {
			if status.First.IsZero() {
				status.First = partition.From
			}
			status.Last = partition.To
		}
	}
	status.Healthy = len(status.Problems) == 0
	return status, nil
}

func (s *Store) statusOf(ctx context.Context, name string) (*hotstore.PartitionStatus, error) {
	v, err := s.view(ctx, name)
	if err != nil || v == nil {
		return nil, err
	}
	defer v.close()
	partition := &hotstore.PartitionStatus{Name: name}
	var first, last int64
	row := v.tx.QueryRowContext(ctx, "SELECT coalesce(sum(count), 0), coalesce(min(first), 0), coalesce(max(last), 0) FROM segments")
	if err := row.Scan(&partition.Documents, &first, &last); err != nil {
		return nil, classify(fmt.Errorf("count %s: %w", v.day.file, err))
	}
	partition.From, partition.To = time.Unix(0, first).UTC(), time.Unix(0, last).UTC()
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(v.day.file + suffix); err == nil {
			partition.Bytes += info.Size()
		}
	}
	return partition, nil
}

// Destroy implements hotstore.Manager: it removes the mark and all days, and the folder when nothing else is in it.
func (s *Store) Destroy(context.Context) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	names, err := s.dayNames()
	if errors.Is(err, hotstore.ErrNotSetUp) {
		return nil
	}
	if err != nil {
		return err
	}
	// The mark first: days without one are at worst read from the archive.
	if err := os.Remove(s.sincePath()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return classify(fmt.Errorf("remove %s: %w", s.sincePath(), err))
	}
	for _, name := range names {
		if err := s.drop(name); err != nil {
			return err
		}
	}
	if entries, err := os.ReadDir(s.config.Path); err == nil && len(entries) == 0 {
		return os.Remove(s.config.Path)
	}
	return nil
}
