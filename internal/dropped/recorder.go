package dropped

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

const (
	// maxSeries bounds what an hour tells apart, so that names made up anew for each pair cannot fill the memory: of 1 KiB each.
	maxSeries = 4000
	// maxServiceName bounds what is kept of a name, in bytes.
	maxServiceName = 256
	// maxHeldHours and maxHeldSeries bound what waits for a store that is away: a day, or 24 MiB,
	// which are six hours with all the names that an hour can have.
	maxHeldHours  = 24
	maxHeldSeries = 25_000
)

// Recorder counts what one receiver drops. Safe for concurrent use.
type Recorder struct {
	receiver string
	now      func() time.Time

	mu       sync.Mutex
	name     string        // of its objects, without the folder
	hours    []*hourCounts // oldest first; the last is the one that counts go to
	held     int           // series in hours
	lost     int64         // records in hours that were given up since the last Flush said so
	flushing sync.Mutex    // one Flush at a time, so that an older state never replaces a newer one
}

type hourCounts struct {
	hour    time.Time
	key     string // of its object
	series  map[seriesKey]*minutes
	changes int // since the beginning
	stored  int // of them, those that the store has
}

type seriesKey struct{ rule, kind, service string }

type minutes [60]amount

// NewRecorder counts for the receiver of that id; now is the clock, nil: time.Now.
func NewRecorder(receiver string, now func() time.Time) *Recorder {
	if now == nil {
		now = time.Now
	}
	return &Recorder{receiver: receiver, now: now, name: objectName(receiver, now())}
}

// objectName is one that nobody has used.
func objectName(receiver string, now time.Time) string {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	return plainName(receiver) + "-" + now.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(random[:]) + objectSuffix
}

// plainName writes what may be special in the name of an object as _.
func plainName(id string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			return r
		}
		return '_'
	}, id)
}

// Add counts records of so many bytes together. It keeps a copy of service where it must, and waits for no store.
func (r *Recorder) Add(rule, kind, service string, records, bytes int64) {
	if records <= 0 {
		return
	}
	service = ServiceName(service)
	now := r.now().UTC()
	r.mu.Lock()
	defer r.mu.Unlock()
	of := r.hourAt(now)
	counts := of.series[seriesKey{rule, kind, service}]
	if counts == nil {
		counts = r.newSeries(of, rule, kind, service)
	}
	counts[now.Minute()].records += records
	counts[now.Minute()].bytes += bytes
	of.changes++
}

// ServiceName is what is kept of a service's name: its first 256 bytes, whole characters kept.
func ServiceName(name string) string {
	if len(name) <= maxServiceName {
		return name
	}
	end := maxServiceName
	for end > 0 && !utf8.RuneStart(name[end]) {
		end--
	}
	return name[:end]
}

// hourAt is the hour that counts go to.
func (r *Recorder) hourAt(now time.Time) *hourCounts {
	hour := now.Truncate(time.Hour)
	if len(r.hours) > 0 {
		last := r.hours[len(r.hours)-1]
		if last.hour.Equal(hour) {
			return last
		}
		if last.hour.After(hour) {
			// The clock was set back: that hour's object may be written already, and must not be again with less in it.
			r.name = objectName(r.receiver, now)
		}
	}
	r.hours = append(r.hours, &hourCounts{hour: hour, key: folderOf(hour) + r.name, series: map[seriesKey]*minutes{}})
	if len(r.hours) > maxHeldHours {
		r.giveUp()
	}
	return r.hours[len(r.hours)-1]
}

func (r *Recorder) newSeries(of *hourCounts, rule, kind, service string) *minutes {
	if len(of.series) >= maxSeries {
		service = OtherServices
		if counts := of.series[seriesKey{rule, kind, service}]; counts != nil {
			return counts
		}
	}
	counts := new(minutes)
	of.series[seriesKey{rule, kind, strings.Clone(service)}] = counts
	r.held++
	for r.held > maxHeldSeries && len(r.hours) > 1 {
		r.giveUp()
	}
	return counts
}

// giveUp forgets the oldest hour, which no store took.
func (r *Recorder) giveUp() {
	oldest := r.hours[0]
	r.hours = r.hours[1:]
	r.held -= len(oldest.series)
	if oldest.stored == oldest.changes {
		return
	}
	for _, counts := range oldest.series {
		for _, one := range counts {
			r.lost += one.records
		}
	}
}

// Flush writes what the store does not have yet. What it could not write stays, up to a day, and is tried again by the next
// Flush. lost is how many dropped records have no count any more since the last Flush, because no store took it for too long.
func (r *Recorder) Flush(ctx context.Context, store *bucket.Bucket) (lost int64, err error) {
	r.flushing.Lock()
	defer r.flushing.Unlock()
	lost = r.takeLost()
	for _, hour := range r.unsaved() {
		data, changes, err := r.encode(hour)
		if err == nil {
			err = store.Put(ctx, hour.key, data, bucket.PutOptions{ContentType: "application/json", KeepWarm: true})
		}
		if err != nil {
			return lost, fmt.Errorf("write what was dropped: %w", err) // the others would meet the same
		}
		r.mark(hour, changes)
	}
	return lost, nil
}

// Pending says whether there is something that Flush would write or say.
func (r *Recorder) Pending() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, hour := range r.hours {
		if hour.stored != hour.changes {
			return true
		}
	}
	return r.lost > 0
}

func (r *Recorder) takeLost() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	lost := r.lost
	r.lost = 0
	return lost
}

func (r *Recorder) unsaved() (hours []*hourCounts) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, hour := range r.hours {
		if hour.stored != hour.changes {
			hours = append(hours, hour)
		}
	}
	return hours
}

// mark notes what the store has, and lets hours go that have ended.
func (r *Recorder) mark(hour *hourCounts, changes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	hour.stored = changes
	for len(r.hours) > 1 && r.hours[0].stored == r.hours[0].changes {
		r.held -= len(r.hours[0].series)
		r.hours = r.hours[1:]
	}
}

// encode is the object of an hour as it stands.
func (r *Recorder) encode(of *hourCounts) (data []byte, changes int, err error) {
	written, changes := r.snapshot(of)
	slices.SortFunc(written.Counts, func(a, b series) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Service, b.Service))
	})
	data, err = json.Marshal(written)
	return data, changes, err
}

func (r *Recorder) snapshot(of *hourCounts) (written object, changes int) {
	written = object{Format: format, Version: version, Receiver: r.receiver, Hour: of.hour}
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, counts := range of.series {
		one := series{Rule: key.rule, Kind: key.kind, Service: key.service}
		for minute, count := range counts {
			if count.records > 0 {
				one.Minutes = append(one.Minutes, []int64{int64(minute), count.records, count.bytes})
			}
		}
		written.Counts = append(written.Counts, one)
	}
	return written, of.changes
}
