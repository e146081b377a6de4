package dropped

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

// clock is a time that tests set.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock(text string) *clock {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return &clock{at: at}
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(by)
}

func open(t *testing.T, url string) *bucket.Bucket {
	t.Helper()
	config := bucket.NewDefaultConfig()
	config.URL = url
	store, err := bucket.Open(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

func folder(t *testing.T) (*bucket.Bucket, string) {
	t.Helper()
	path := t.TempDir()
	return open(t, "file://"+filepath.ToSlash(path)), path
}

// told is what the store tells of a window, a line for each count.
func told(t *testing.T, store *bucket.Bucket, from, to time.Time) (lines []string) {
	t.Helper()
	require.NoError(t, Read(t.Context(), store, from, to, func(c Count) error {
		lines = append(lines, line(c))
		return nil
	}))
	return lines
}

func line(c Count) string {
	return fmt.Sprintf("%s %s %s %s %s %d %d", c.Minute.Format("15:04"), c.Receiver, c.Kind, c.Rule, c.Service, c.Records, c.Bytes)
}

// flush writes, and nothing was given up.
func flush(t *testing.T, r *Recorder, store *bucket.Bucket) {
	t.Helper()
	lost, err := r.Flush(t.Context(), store)
	require.NoError(t, err)
	require.Zero(t, lost)
}

func objects(t *testing.T, store *bucket.Bucket) (keys []string) {
	t.Helper()
	for found, err := range store.List(t.Context(), Root) {
		require.NoError(t, err)
		keys = append(keys, found.Key)
	}
	return keys
}

func TestCountsAddUpByMinuteRuleAndService(t *testing.T) {
	store, _ := folder(t)
	now := newClock("2026-11-23T10:59:10Z")
	r := NewRecorder("rrpair/eu", now.now)
	flush(t, r, store)
	require.Empty(t, objects(t, store), "a receiver that drops nothing writes nothing")

	r.Add("health", KindDrop, "cart", 2, 100)
	r.Add("health", KindDrop, "cart", 1, 50)
	r.Add("budget", KindBudget, "cart", 1, 7)
	flush(t, r, store)
	r.Add("health", KindDrop, "shop", 1, 10)
	now.advance(time.Minute) // into the next hour
	r.Add("health", KindDrop, "cart", 5, 500)
	require.True(t, r.Pending())
	flush(t, r, store)
	require.False(t, r.Pending())
	flush(t, r, store)

	keys := objects(t, store)
	require.Len(t, keys, 2, "one object an hour")
	require.Regexp(t, `^dropped/v1/date=2026-11-23/hour=10/rrpair_eu-20261123T105910Z-[0-9a-f]{16}\.json$`, keys[0])
	require.Contains(t, keys[1], "/hour=11/")
	require.Equal(t, []string{
		"10:59 rrpair/eu budget budget cart 1 7",
		"10:59 rrpair/eu drop health cart 3 150",
		"10:59 rrpair/eu drop health shop 1 10",
		"11:00 rrpair/eu drop health cart 5 500",
	}, told(t, store, time.Time{}, time.Time{}))

	eleven := time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC)
	require.Len(t, told(t, store, time.Time{}, eleven), 3, "to is not part of the window")
	require.Len(t, told(t, store, eleven.Add(30*time.Second), time.Time{}), 1, "the minute of from is")
	require.Len(t, told(t, store, eleven.Add(-time.Minute), eleven.Add(time.Minute).In(time.FixedZone("", 3600))), 4)
	require.Empty(t, told(t, store, eleven.Add(time.Minute), time.Time{}))
	require.Empty(t, told(t, store, time.Time{}, eleven.AddDate(0, 0, -1)))
}

func TestRestartsAndReplicasAddUp(t *testing.T) {
	store, _ := folder(t)
	now := newClock("2026-11-23T10:05:00Z")
	for _, name := range []string{"rrpair", "rrpair", "rrpair/other"} { // a process, its successor or neighbour, another receiver
		r := NewRecorder(name, now.now)
		r.Add("health", KindDrop, "cart", 1, 10)
		flush(t, r, store)
	}
	require.Len(t, objects(t, store), 3)
	require.Equal(t, []string{"10:05 rrpair drop health cart 2 20", "10:05 rrpair/other drop health cart 1 10"}, told(t, store, time.Time{}, time.Time{}))
}

func TestAStoreThatIsAwayIsTriedAgain(t *testing.T) {
	store, path := folder(t)
	now := newClock("2026-11-23T10:05:00Z")
	r := NewRecorder("rrpair", now.now)
	r.Add("health", KindDrop, "cart", 1, 10)
	away, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := r.Flush(away, store)
	require.ErrorContains(t, err, "write what was dropped")
	now.advance(3 * time.Hour)
	r.Add("health", KindDrop, "cart", 2, 20)
	_, err = r.Flush(away, store)
	require.Error(t, err)
	require.NoDirExists(t, filepath.Join(path, "dropped"))
	flush(t, r, store)
	require.Equal(t, []string{"10:05 rrpair drop health cart 1 10", "13:05 rrpair drop health cart 2 20"}, told(t, store, time.Time{}, time.Time{}))
	require.Len(t, r.hours, 1, "what is stored and over is let go")
}

// What waits is bounded, and what is given up is said, once.
func TestAStoreThatStaysAway(t *testing.T) {
	store, _ := folder(t)
	now := newClock("2026-11-20T00:00:00Z")
	r := NewRecorder("rrpair", now.now)
	for range 3 * maxHeldHours {
		r.Add("health", KindDrop, "cart", 2, 20)
		now.advance(time.Hour)
	}
	lost, err := r.Flush(t.Context(), store)
	require.NoError(t, err)
	require.EqualValues(t, 2*2*maxHeldHours, lost)
	require.Len(t, told(t, store, time.Time{}, time.Time{}), maxHeldHours, "what was kept is stored")
	flush(t, r, store)

	for hour := range 12 { // many names
		for i := range 2 * maxSeries {
			r.Add("health", KindDrop, fmt.Sprint(hour, " service ", i), 1, 1)
		}
		now.advance(time.Hour)
	}
	require.LessOrEqual(t, r.held, maxHeldSeries)
	lost, err = r.Flush(t.Context(), store)
	require.NoError(t, err)
	require.EqualValues(t, 6*2*maxSeries, lost)
}

func TestNamesAreBounded(t *testing.T) {
	store, _ := folder(t)
	r := NewRecorder("rrpair", newClock("2026-11-23T10:05:00Z").now)
	r.Add("health", KindDrop, strings.Repeat("ä", 1<<20)+"end", 1, 1)
	for i := range maxSeries + 10 {
		r.Add("health", KindDrop, fmt.Sprint(i), 1, 1)
	}
	r.Add("probes", KindDrop, "new", 1, 1)
	flush(t, r, store)
	var records, longest int64
	others := map[string]int64{}
	require.NoError(t, Read(t.Context(), store, time.Time{}, time.Time{}, func(c Count) error {
		records += c.Records
		longest = max(longest, int64(len(c.Service)))
		if c.Service == OtherServices {
			others[c.Rule] += c.Records
		}
		return nil
	}))
	require.EqualValues(t, maxSeries+12, records, "nothing is left out of the sums")
	require.Equal(t, map[string]int64{"health": 11, "probes": 1}, others)
	require.EqualValues(t, maxServiceName, longest)
}

// An hour that was written must not be written again with less in it.
func TestAClockThatIsSetBack(t *testing.T) {
	store, _ := folder(t)
	now := newClock("2026-11-23T10:59:59Z")
	r := NewRecorder("rrpair", now.now)
	for _, by := range []time.Duration{time.Second, -time.Second, time.Second, -26 * time.Hour} {
		r.Add("health", KindDrop, "cart", 1, 10)
		flush(t, r, store)
		now.advance(by)
	}
	r.Add("health", KindDrop, "cart", 1, 10)
	flush(t, r, store)
	require.Equal(t, []string{
		"09:00 rrpair drop health cart 1 10", "10:59 rrpair drop health cart 2 20", "11:00 rrpair drop health cart 2 20",
	}, told(t, store, time.Time{}, time.Time{}))
}

func TestDamagedObjectsAreNamedBesideTheRest(t *testing.T) {
	store, path := folder(t)
	r := NewRecorder("rrpair", newClock("2026-11-23T10:05:00Z").now)
	r.Add("health", KindDrop, "cart", 1, 10)
	flush(t, r, store)
	put := func(key, text string) {
		file := filepath.Join(path, filepath.FromSlash(key))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	const head = `{"format":"otelcol-byoc/dropped","version":1,"receiver":"x","hour":"2026-11-23T10:00:00Z","counts":`
	const at = "dropped/v1/date=2026-11-23/hour=10/"
	put(at+"broken.json", `{"format":"otelcol-by`)
	put(at+"else.json", `{"format":"other","version":1}`)
	put(at+"newer.json", strings.Replace(head, `:1`, `:2`, 1)+`{}}`)
	put(at+"minute.json", head+`[{"rule":"a","kind":"drop","service":"b","minutes":[[60,1,1]]}]}`)
	put(at+"short.json", head+`[{"rule":"a","kind":"drop","service":"b","minutes":[[6]]}]}`)
	put(at+"negative.json", head+`[{"rule":"a","kind":"drop","service":"b","minutes":[[6,-1,0]]}]}`)
	put("dropped/v1/date=2026-11-23/hour=11/moved.json", head+`[]}`)
	put("dropped/v1/date=2026-11-23/lost.json", head+`[]}`)
	put("dropped/v1/date=2026-11-23/hour=10/notes.txt", "no object of ours")
	put("dropped/v1/README", "no object of ours")

	var lines []string
	err := Read(t.Context(), store, time.Time{}, time.Time{}, func(c Count) error { lines = append(lines, line(c)); return nil })
	require.Equal(t, []string{"10:05 rrpair drop health cart 1 10"}, lines)
	for _, text := range []string{
		at + "broken.json: unexpected end", at + `else.json: it is a "other" of version 1`, at + "newer.json: it is a", "up to version 1",
		at + `minute.json: [60 1 1] is no minute, records and bytes of rule "a"`, at + "short.json", at + "negative.json",
		"hour=11/moved.json: it says that it is of 2026-11-23T10:00:00Z", "lost.json: its folder is not that of an hour",
	} {
		require.ErrorContains(t, err, text)
	}
	require.NotContains(t, err.Error(), "notes.txt")
}

func TestReadStopsWhereItIsTold(t *testing.T) {
	store, _ := folder(t)
	now := newClock("2026-11-23T10:05:00Z")
	r := NewRecorder("rrpair", now.now)
	for range 30 {
		r.Add("health", KindDrop, "cart", 1, 10)
		now.advance(time.Hour)
		flush(t, r, store)
	}
	enough, calls := errors.New("enough"), 0
	require.Equal(t, enough, Read(t.Context(), store, time.Time{}, time.Time{}, func(Count) error { calls++; return enough }))
	require.Equal(t, 1, calls)
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, Read(canceled, store, time.Time{}, time.Time{}, func(Count) error { return nil }), context.Canceled)
}

// Nothing is lost between counting and writing at the same time.
func TestCountingWhileWriting(t *testing.T) {
	store, _ := folder(t)
	now := newClock("2026-11-23T10:05:00Z")
	r := NewRecorder("rrpair", now.now)
	var counting, writing sync.WaitGroup
	stop := make(chan struct{})
	for range 2 {
		writing.Add(1)
		go func() {
			defer writing.Done()
			for {
				select {
				case <-stop:
					return
				default:
					_, _ = r.Flush(t.Context(), store)
					now.advance(7 * time.Minute)
				}
			}
		}()
	}
	for of := range 4 {
		counting.Add(1)
		go func() {
			defer counting.Done()
			for range 5000 {
				r.Add("health", KindDrop, fmt.Sprint("service ", of), 1, 3)
			}
		}()
	}
	counting.Wait()
	close(stop)
	writing.Wait()
	flush(t, r, store)
	var records, bytes int64
	require.NoError(t, Read(t.Context(), store, time.Time{}, time.Time{}, func(c Count) error {
		records, bytes = records+c.Records, bytes+c.Bytes
		return nil
	}))
	require.EqualValues(t, 20000, records)
	require.EqualValues(t, 60000, bytes)
}

func TestCountingAllocatesNothing(t *testing.T) {
	r := NewRecorder("rrpair", nil)
	r.Add("health", KindDrop, "checkout", 1, 100)
	require.Zero(t, testing.AllocsPerRun(1000, func() { r.Add("health", KindDrop, "checkout", 1, 100) }))
}

func BenchmarkAdd(b *testing.B) {
	r := NewRecorder("rrpair", nil)
	services := make([]string, 64)
	for i := range services {
		services[i] = fmt.Sprint("service-", i)
	}
	b.ReportAllocs()
	for i := range b.N {
		r.Add("health checks", KindDrop, services[i%len(services)], 1, 3000)
	}
}

// BenchmarkEncode is one hour of 50 services under 5 rules, each minute used.
func BenchmarkEncode(b *testing.B) {
	now := newClock("2026-11-23T10:00:00Z")
	r := NewRecorder("rrpair", now.now)
	for range 60 {
		for i := range 250 {
			r.Add(fmt.Sprint("rule ", i%5), KindDrop, fmt.Sprint("service-", i/5), 17, 51234)
		}
		now.advance(time.Minute)
	}
	b.ReportAllocs()
	b.ResetTimer()
	var size int
	for range b.N {
		data, _, err := r.encode(r.hours[0])
		require.NoError(b, err)
		size = len(data)
	}
	b.ReportMetric(float64(size), "object-bytes")
}
