package archive

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
)

// Store is what reading an archive needs of a bucket; *bucket.Bucket is one.
type Store interface {
	rangeReader
	List(ctx context.Context, prefix string) iter.Seq2[bucket.Object, error]
	ListFolders(ctx context.Context, prefix string) ([]string, error)
}

// PlanOptions say which part of an archive is wanted.
//
// Times are compared with the records' own ts. A file lies in the folder of the hour of its records, so only the hours
// of the window are listed. The exception are records whose ts was absurd when they arrived (missing, before 2000, or
// more than a day ahead of the collector's clock): they lie in the hour in which they arrived. They are found as well
// when the window is open at its start or starts before 2000 (all hours are then listed, and footers tell which files
// hold such records), and with AllHours, which is the way to find those of clocks that ran ahead.
type PlanOptions struct {
	From, To time.Time     // start inclusive, end exclusive; zero is open
	Query    *filter.Query // narrows the window and the partitions; nil: everything
	Folders  []string      // only these folders, as [Layout.Folder] names them; empty: all
	AllHours bool          // also look in hours outside the window
	Parallel int           // listings at once; default 8

	strays bool // list all of v1/ in one go, and name what lies in no folder that a listing looks into
}

// everything says that no part of the archive is left out.
func (o *PlanOptions) everything() bool {
	return o.From.IsZero() && o.To.IsZero() && o.Query == nil && len(o.Folders) == 0
}

// PlannedFile is a file that may hold wanted records.
type PlannedFile struct {
	Key          string
	Size         int64
	Folder       string    // without a slash at the end
	Hour         time.Time // of the folder, UTC
	MinTS, MaxTS time.Time // from the name, inclusive; zero when the name does not tell
}

// FilePlan is the result of listing.
type FilePlan struct {
	Files       []PlannedFile // newest hour first
	Hours       int           // folders that hold files
	Listed      int           // files met, those that were dropped included
	ListedBytes int64
	Pruned      int       // dropped by partition, hour or name
	Skipped     []Skipped // objects that are no data files
}

// Skipped is one object that was left out.
type Skipped struct {
	Key    string `json:"key"`
	Reason string `json:"reason"`
	Detail string `json:"detail,omitempty"`
}

const (
	defaultListings = 8
	// sparseDays is how many days a window may have before the days that exist are listed first.
	sparseDays = 3
	// wholeDayHours is how many hours of a day make one listing of the day cheaper than one for each hour.
	wholeDayHours = 6
)

// window is the time range in which wanted records lie; exhaustive says that records may also lie in other hours.
type window struct {
	from, to   time.Time
	exhaustive bool
}

func (o *PlanOptions) window() window {
	w := intersect(o.From, o.To, o.Query)
	bounded := !w.from.IsZero() || !w.to.IsZero()
	w.exhaustive = o.AllHours || bounded && (w.from.IsZero() || w.from.UTC().Year() < firstYear)
	return w
}

// TimeWindow is a time range: start inclusive, end exclusive, zero open.
type TimeWindow struct{ From, To time.Time }

// WindowOf is the range in which records lie that match the query and the bounds; query may be nil.
func WindowOf(from, to time.Time, query *filter.Query) TimeWindow {
	w := intersect(from, to, query)
	return TimeWindow{From: w.from, To: w.to}
}

func intersect(from, to time.Time, query *filter.Query) window {
	w := window{from: from, to: to}
	queryFrom, queryTo := query.Window()
	if !queryFrom.IsZero() && (w.from.IsZero() || queryFrom.After(w.from)) {
		w.from = queryFrom
	}
	if !queryTo.IsZero() && (w.to.IsZero() || queryTo.Before(w.to)) {
		w.to = queryTo
	}
	return w
}

// touches says whether records from low to high, both inclusive, can lie in the window.
func (w window) touches(low, high time.Time) bool {
	return (w.from.IsZero() || !high.Before(w.from)) && (w.to.IsZero() || low.Before(w.to))
}

// contains says whether a record's own ts lies in the window; a record without one lies in no bounded window.
func (w window) contains(t time.Time, known bool) bool {
	if w.from.IsZero() && w.to.IsZero() {
		return true
	}
	return known && w.touches(t, t)
}

// Plan lists the hours of the window and drops files by partition, hour and name. It reads no file.
func Plan(ctx context.Context, store Store, opts PlanOptions) (*FilePlan, error) {
	lister := planner{store: store, opts: opts, window: opts.window()}
	if opts.Parallel <= 0 {
		lister.opts.Parallel = defaultListings
	}
	if w := lister.window; !w.from.IsZero() && !w.to.IsZero() && !w.from.Before(w.to) {
		return &FilePlan{}, nil
	}
	prefixes, err := lister.prefixes(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the archive: %w", err)
	}
	plan, err := lister.list(ctx, prefixes)
	if err != nil {
		return nil, fmt.Errorf("list the archive: %w", err)
	}
	slices.SortFunc(plan.Files, func(a, b PlannedFile) int {
		if order := b.Hour.Compare(a.Hour); order != 0 {
			return order
		}
		return cmp.Or(b.MaxTS.Compare(a.MaxTS), cmp.Compare(a.Key, b.Key))
	})
	return plan, nil
}

// add sorts one listed object into the plan.
func (p *FilePlan) add(object bucket.Object, w window, hours map[string]bool, strict bool) {
	folder, name := "", object.Key
	if slash := strings.LastIndexByte(object.Key, '/'); slash >= 0 {
		folder, name = object.Key[:slash], object.Key[slash+1:]
	}
	hour, ok := folderHour(folder)
	if strict && ok {
		ok = checkFolder(folder) == nil
	}
	if !ok || !strings.HasSuffix(name, Extension) {
		p.Skipped = append(p.Skipped, Skipped{Key: object.Key, Reason: ReasonForeign, Detail: "not a data file in an hour's folder"})
		return
	}
	p.Listed++
	p.ListedBytes += object.Size
	hours[folder] = true
	file := PlannedFile{Key: object.Key, Size: object.Size, Folder: folder, Hour: hour}
	if low, high, err := ParseFileName(name); err == nil {
		file.MinTS, file.MaxTS = low, high
	}
	if !w.exhaustive {
		low, high := hour, hour.Add(time.Hour-1)
		if !file.MinTS.IsZero() { // names have microseconds, records may have nanoseconds
			low, high = file.MinTS, file.MaxTS.Add(999*time.Nanosecond)
		}
		if !w.touches(low, high) {
			p.Pruned++
			return
		}
	}
	p.Files = append(p.Files, file)
}

// folderHour reads the hour from the end of a folder's name.
func folderHour(folder string) (time.Time, bool) {
	const shape = "date=2006-01-02/hour=15"
	if len(folder) < len(shape) {
		return time.Time{}, false
	}
	hour, err := time.Parse(shape, folder[len(folder)-len(shape):])
	return hour, err == nil
}
