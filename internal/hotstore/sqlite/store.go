package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/timespan"
)

// Config is what a user says of the store.
type Config struct {
	// Path is the folder of the store. Required.
	Path string `mapstructure:"path" yaml:"path"`
	// Retention is how long documents are kept, by their ts; whole days go. 0: for ever.
	Retention timespan.Duration `mapstructure:"retention" yaml:"retention"`
}

// DefaultRetention is what an unset retention becomes where a configuration file is read.
const DefaultRetention = timespan.Duration(timespan.Week)

// Validate says what is wrong with the configuration, by YAML key.
func (c *Config) Validate() error {
	var problems []error
	if c.Path == "" {
		problems = append(problems, errors.New("path: is required: name the folder of the store, for example /var/lib/byoc/hot"))
	}
	if c.Retention < 0 || c.Retention > 0 && c.Retention < timespan.Duration(timespan.Day) {
		problems = append(problems, fmt.Errorf("retention: %s: must be 1d or more, as whole days expire, or 0 for no expiry", c.Retention))
	}
	return errors.Join(problems...)
}

// Settings are what the program says.
type Settings struct {
	// Now is the clock that retention goes by; nil: time.Now.
	Now func() time.Time
}

// Store is an embedded hot store. Safe for concurrent use.
type Store struct {
	config  Config
	now     func() time.Time
	decoder *zstd.Decoder
	cache   *cache

	mutex   sync.Mutex // guards days and closed
	days    map[string]*day
	closed  bool
	writing sync.Mutex // one write at a time
	builder *builder
	expired time.Time // when Expire last ran by itself
}

var (
	_ hotstore.Reader  = (*Store)(nil)
	_ hotstore.Writer  = (*Store)(nil)
	_ hotstore.Expirer = (*Store)(nil)
	_ hotstore.Manager = (*Store)(nil)
)

// Open opens the store; the folder is made by the first write or by Init. Close it after use.
func Open(_ context.Context, config Config, settings Settings) (*Store, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxPage*2))
	if err != nil {
		return nil, fmt.Errorf("make zstd decoder: %w", err)
	}
	now := settings.Now
	if now == nil {
		now = time.Now
	}
	return &Store{config: config, now: now, decoder: decoder, cache: newCache(), days: map[string]*day{}}, nil
}

// Close waits for the write under way and closes all files.
func (s *Store) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	var problems []error
	for _, d := range s.days {
		problems = append(problems, d.close())
	}
	s.decoder.Close()
	return errors.Join(problems...)
}

// Capabilities implements hotstore.Reader.
func (s *Store) Capabilities() hotstore.Capabilities {
	return hotstore.Capabilities{
		Store: "sqlite", Dedupe: "day", PercentileError: hotstore.RelativeError, ExpiryLag: 24*time.Hour + expireEvery,
		FullText: true, PushDown: canPush,
	}
}

// canPush says what the columns answer.
func canPush(ref filter.FieldRef, _ string) bool {
	switch ref.Field {
	case filter.FieldUUID, filter.FieldURL, filter.FieldDuration, filter.FieldSize, filter.FieldTime, filter.FieldSample:
		return true
	default:
		return textPlace(ref) != ""
	}
}

const (
	filePrefix = "hot-"
	fileSuffix = ".db"
	dayLayout  = "2006-01-02"
)

func dayOf(at time.Time) string { return at.UTC().Format(dayLayout) }

func (s *Store) file(name string) string {
	return filepath.Join(s.config.Path, filePrefix+name+fileSuffix)
}

// dayNames lists the days that have a file, first to last. The error wraps ErrNotSetUp when there is no folder.
func (s *Store) dayNames() ([]string, error) {
	entries, err := os.ReadDir(s.config.Path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: there is no folder %s", hotstore.ErrNotSetUp, s.config.Path)
	}
	if err != nil {
		return nil, classify(fmt.Errorf("list %s: %w", s.config.Path, err))
	}
	var names []string
	for _, entry := range entries {
		name, isFile := strings.CutPrefix(entry.Name(), filePrefix)
		name, isDay := strings.CutSuffix(name, fileSuffix)
		if _, err := time.Parse(dayLayout, name); isFile && isDay && err == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// daysWithin lists the days that may hold a ts of the window; zero times are open.
func (s *Store) daysWithin(from, to time.Time) ([]string, error) {
	names, err := s.dayNames()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(names, func(name string) bool {
		return !from.IsZero() && name < dayOf(from) || !to.IsZero() && name > dayOf(to.Add(-time.Nanosecond))
	}), nil
}

var errClosed = errors.New("the hot store is closed")

// maxOpenDays bounds the open files; the day that was not used for the longest time is closed.
const maxOpenDays = 64

// day gives the open file of a day. create makes it where there is none; else it is nil where it is gone. Release it.
// Who needs several days takes them first to last, as a day that another process removed is waited for.
func (s *Store) day(ctx context.Context, name string, create bool) (*day, error) {
	for {
		d, stale, err := s.tryDay(ctx, name, create)
		if stale == nil {
			return d, err
		}
		// SQLite removes files by name when it closes one, so the old ones go before new ones come.
		if err := stale.retire(); err != nil {
			return nil, classify(fmt.Errorf("close %s: %w", stale.file, err))
		}
	}
}

// tryDay gives a stale day instead, out of the table, where the file is another by now.
func (s *Store) tryDay(ctx context.Context, name string, create bool) (d, stale *day, err error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.closed {
		return nil, nil, errClosed
	}
	info, err := os.Stat(s.file(name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, nil, classify(fmt.Errorf("open %s: %w", s.file(name), err))
	}
	d = s.days[name]
	if d != nil && (info == nil || !os.SameFile(info, d.info)) {
		delete(s.days, name)
		return nil, d, nil
	}
	if d == nil {
		if info == nil && !create {
			return nil, nil, nil
		}
		if d, err = openDay(ctx, s, name); err != nil {
			return nil, nil, classify(err)
		}
		s.days[name] = d
		s.evict(d)
	}
	d.used = s.now()
	d.users.Add(1)
	return d, nil, nil
}

func (s *Store) evict(keep *day) {
	if len(s.days) <= maxOpenDays {
		return
	}
	all := make([]*day, 0, len(s.days))
	for _, d := range s.days {
		if d != keep {
			all = append(all, d)
		}
	}
	oldest := slices.MinFunc(all, func(a, b *day) int { return cmp.Compare(a.used.UnixNano(), b.used.UnixNano()) })
	delete(s.days, oldest.name)
	go func() { _ = oldest.retire() }() // nothing is being written, and nobody waits for it
}
