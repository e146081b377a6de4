package archive

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
)

// planner finds out which prefixes to list, and lists them.
type planner struct {
	store  Store
	opts   PlanOptions
	window window
}

// prefixes returns the key prefixes that hold every wanted file, none of them a prefix of another.
func (p *planner) prefixes(ctx context.Context) ([]string, error) {
	if p.opts.strays {
		return []string{RootV1}, nil
	}
	if len(p.opts.Folders) > 0 {
		prefixes := make([]string, 0, len(p.opts.Folders))
		for _, folder := range p.opts.Folders {
			prefixes = append(prefixes, strings.TrimSuffix(folder, "/")+"/")
		}
		return prefixes, nil
	}
	partitions, err := p.partitions(ctx, RootV1, 0, nil)
	if err != nil {
		return nil, err
	}
	var prefixes []string
	for _, partition := range partitions {
		days, err := p.days(ctx, partition)
		if err != nil {
			return nil, err
		}
		for _, day := range days {
			prefixes = append(prefixes, p.dayPrefixes(partition, day)...)
		}
	}
	return prefixes, nil
}

// partitions walks down to the folders that hold dates. Which keys an archive is partitioned by is read off the folders,
// so this works without archive.json.
func (p *planner) partitions(ctx context.Context, prefix string, depth int, values partitionValues) ([]string, error) {
	folders, err := p.store.ListFolders(ctx, prefix)
	if err != nil {
		return nil, err
	}
	var found []string
	hasDates := false
	for _, folder := range folders {
		element := strings.TrimSuffix(strings.TrimPrefix(folder, prefix), "/")
		if strings.HasPrefix(element, "date=") {
			hasDates = true
			continue
		}
		key, value, ok := strings.Cut(element, "=")
		if !ok || depth >= maxPartitionKeys {
			continue
		}
		inner := append(values[:len(values):len(values)], partitionValueOf(key, value))
		if !p.opts.Query.MayMatch(inner) {
			continue
		}
		below, err := p.partitions(ctx, folder, depth+1, inner)
		if err != nil {
			return nil, err
		}
		found = append(found, below...)
	}
	if hasDates {
		found = append(found, prefix)
	}
	return found, nil
}

// days returns the days of the window, or of those the ones that exist when the window is long or open.
func (p *planner) days(ctx context.Context, partition string) ([]time.Time, error) {
	w := p.window
	if !w.exhaustive && !w.from.IsZero() && !w.to.IsZero() {
		first, last := w.from.UTC().Truncate(24*time.Hour), w.to.Add(-1).UTC().Truncate(24*time.Hour)
		if last.Sub(first) < sparseDays*24*time.Hour {
			var days []time.Time
			for day := first; !day.After(last); day = day.AddDate(0, 0, 1) {
				days = append(days, day)
			}
			return days, nil
		}
	}
	folders, err := p.store.ListFolders(ctx, partition)
	if err != nil {
		return nil, err
	}
	var days []time.Time
	for _, folder := range folders {
		day, err := time.Parse("date=2006-01-02/", strings.TrimPrefix(folder, partition))
		if err == nil && (w.exhaustive || w.touches(day, day.Add(24*time.Hour-1))) {
			days = append(days, day)
		}
	}
	return days, nil
}

// dayPrefixes is the whole day, or the hours of it when only a few are wanted.
func (p *planner) dayPrefixes(partition string, day time.Time) []string {
	folder := partition + day.Format("date=2006-01-02/")
	if p.window.exhaustive {
		return []string{folder}
	}
	var hours []string
	for hour := day; hour.Before(day.Add(24 * time.Hour)); hour = hour.Add(time.Hour) {
		if p.window.touches(hour, hour.Add(time.Hour-1)) {
			hours = append(hours, folder+hour.Format("hour=15/"))
		}
	}
	if len(hours) > wholeDayHours {
		return []string{folder}
	}
	return hours
}

// list lists the prefixes, several at once.
func (p *planner) list(ctx context.Context, prefixes []string) (*FilePlan, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		plan  FilePlan
		hours = map[string]bool{}
		mutex sync.Mutex
		first error
		group sync.WaitGroup
		slots = make(chan struct{}, p.opts.Parallel)
	)
	for _, prefix := range prefixes {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			for object, err := range p.store.List(ctx, prefix) {
				mutex.Lock()
				if err != nil && first == nil {
					first = err
					cancel()
				}
				if err == nil {
					plan.add(object, p.window, hours, p.opts.strays)
				}
				mutex.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	group.Wait()
	plan.Hours = len(hours)
	if first == nil {
		first = ctx.Err()
	}
	return &plan, first
}

// partitionValues shows what the path says of all records below it to a query.
type partitionValues []partitionValue

type partitionValue struct {
	field filter.Field
	sub   string
	value string
	known bool
}

var _ filter.Ranges = partitionValues(nil)

// partitionValueOf reads one key=value element of a path. A value that was cut (it then has a ~, which is otherwise
// encoded) and a key of another kind tell nothing.
func partitionValueOf(key, encoded string) partitionValue {
	var out partitionValue
	switch key {
	case "cluster":
		out.field = filter.FieldCluster
	case "namespace":
		out.field = filter.FieldNamespace
	case "service":
		out.field = filter.FieldService
	default:
		name, isTag := strings.CutPrefix(key, "tag_")
		tag, err := url.PathUnescape(name)
		if !isTag || err != nil {
			return out
		}
		out.field, out.sub = filter.FieldTag, tag
	}
	if strings.Contains(encoded, "~") {
		return out
	}
	if encoded == "_" {
		out.known = out.field != filter.FieldTag // there too lies a tag that is no string, and filters see its JSON
		return out
	}
	value, err := url.PathUnescape(encoded)
	out.value, out.known = value, err == nil
	return out
}

// StringRange implements filter.Ranges.
func (p partitionValues) StringRange(f filter.Field, sub string) (low, high string, known bool) {
	for _, v := range p {
		if v.known && v.field == f && v.sub == sub {
			return v.value, v.value, true
		}
	}
	return "", "", false
}

// NumberRange implements filter.Ranges.
func (p partitionValues) NumberRange(filter.Field) (low, high int64, known bool) { return 0, 0, false }

// TimeRange implements filter.Ranges.
func (p partitionValues) TimeRange() (from, to time.Time, known bool) { return from, to, false }

// MayContain implements filter.Ranges.
func (p partitionValues) MayContain(f filter.Field, value string) bool {
	for _, v := range p {
		if v.known && v.field == f && v.sub == "" {
			return v.value == value
		}
	}
	return true
}
