package federate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
)

// ErrTooWide says that an answer would read more of the archive than is allowed.
var ErrTooWide = errors.New("the question is too wide")

// Estimate says how much an answer about a window would read at most: the files that names, hours and partitions do not
// rule out. It lists and reads nothing else.
func (a *Archive) Estimate(ctx context.Context, query *filter.Query, from, to time.Time) (files int, bytes int64, err error) {
	found, err := a.plan(ctx, newQuestion(query, a.options.Settings.Rules, from, to))
	if err != nil {
		return 0, 0, err
	}
	return len(found.files), found.bytes, nil
}

// planned is what may have to be read.
type planned struct {
	files       []archive.PlannedFile // newest hour first
	bytes       int64
	first, last time.Time // hours
	folders     int
}

func (a *Archive) plan(ctx context.Context, q *question) (*planned, error) {
	plan, err := archive.Plan(ctx, a.options.Bucket, archive.PlanOptions{
		From: q.window.From, To: q.window.To, Query: q.scanned, Parallel: a.options.Parallel,
	})
	if err != nil {
		return nil, err
	}
	// A plan without a beginning lists all hours, for pairs with an absurd ts. Here those count where they lie.
	files := slices.DeleteFunc(plan.Files, func(file archive.PlannedFile) bool {
		low, high := times(&file)
		return !touches(q.window, low, high)
	})
	a.skip(plan.Skipped)
	found := &planned{files: files}
	folders := map[string]bool{}
	for i := range files {
		found.bytes += files[i].Size
		folders[files[i].Folder] = true
	}
	if found.folders = len(folders); len(files) > 0 {
		found.first, found.last = files[len(files)-1].Hour, files[0].Hour
	}
	return found, nil
}

// times bounds the times that count of a file's records, both inclusive.
func times(file *archive.PlannedFile) (low, high time.Time) {
	if file.MinTS.IsZero() {
		return file.Hour, file.Hour.Add(time.Hour - 1)
	}
	return file.MinTS, file.MaxTS.Add(time.Microsecond - 1) // names have microseconds
}

func touches(window archive.TimeWindow, low, high time.Time) bool {
	return !high.Before(window.From) && (window.To.IsZero() || low.Before(window.To))
}

// partitions names what an answer looked into.
func (p *planned) partitions() []string {
	const few = 24
	if p.folders > few {
		return []string{fmt.Sprintf("%d folders from %s to %s", p.folders, hour(p.first), hour(p.last))}
	}
	var names []string
	for i := range p.files {
		if !slices.Contains(names, p.files[i].Folder) {
			names = append(names, p.files[i].Folder)
		}
	}
	return names
}

func hour(at time.Time) string { return at.UTC().Format("2006-01-02T15Z") }

// tooWide is the error of an answer that may not be read; read is what was read of it before that was clear.
func (p *planned) tooWide(read, most int64) error {
	cost := fmt.Sprintf("it would read %s", size(p.bytes))
	if read > 0 {
		cost = fmt.Sprintf("%s were read without filling the page, it could become %s", size(read), size(p.bytes))
	}
	return fmt.Errorf("%w: %s in %d files of the hours %s to %s, and %s are allowed: narrow --from/--to or the filter, or raise --max-read",
		ErrTooWide, cost, len(p.files), hour(p.first), hour(p.last), size(most))
}

func size(bytes int64) string {
	const step = 1024
	value, units := float64(bytes), []string{"B", "KiB", "MiB", "GiB", "TiB"}
	for value >= step && len(units) > 1 {
		value, units = value/step, units[1:]
	}
	return fmt.Sprintf("%.4g %s", value, units[0])
}

// announce tells what an answer may read, and refuses it where all of it must be read and that is too much.
func (a *Archive) announce(p *planned, whole bool) error {
	if a.options.Planned != nil {
		a.options.Planned(len(p.files), p.bytes)
	}
	if whole && a.options.MaxBytes > 0 && p.bytes > a.options.MaxBytes {
		return p.tooWide(0, a.options.MaxBytes)
	}
	return nil
}

// meter ends a scan that reads too much.
type meter struct {
	archive.Store
	planned *planned
	most    int64 // 0: no bound

	mutex  sync.Mutex
	read   int64
	failed error
}

// ReadRange implements archive.Store.
func (m *meter) ReadRange(ctx context.Context, key string, offset, length int64) ([]byte, error) {
	if err := m.count(length); err != nil {
		return nil, err
	}
	return m.Store.ReadRange(ctx, key, offset, length)
}

func (m *meter) count(length int64) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.failed == nil && m.most > 0 && m.read+length > m.most {
		m.failed = m.planned.tooWide(m.read, m.most)
	}
	m.read += length
	return m.failed
}

// failure is the meter's own error where it ended the scan.
func (m *meter) failure(err error) error {
	if errors.Is(err, ErrTooWide) && m.failed != nil {
		return m.failed
	}
	return err
}
