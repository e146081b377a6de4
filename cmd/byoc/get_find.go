package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// hotGetLimit is how long a hot store may take to answer before the archive is asked, when either will do.
const hotGetLimit = 15 * time.Second

// pairSearch finds one pair, in the hot store, in the archive, or in the archive with the hot store's help.
type pairSearch struct {
	*app
	flags    getFlags
	opts     archive.GetOptions
	identity string // of the archive, from the address; "": not known

	document *hotstore.Document // what the hot store has; nil: nothing
	store    *bucket.Bucket     // of the archive
	hot      hotstore.Store
}

func (s *pairSearch) close() {
	if s.store != nil {
		_ = s.store.Close() // it was only read
	}
	if s.hot != nil {
		_ = s.hot.Close()
	}
}

// find returns the pair, or nil when there is only a document.
func (s *pairSearch) find(ctx context.Context) (*rrpair.Pair, error) {
	fromAddress := s.identity != ""
	if s.flags.source != sourceArchive && !fromAddress || s.flags.source == sourceHot {
		if err := s.askHot(ctx); err != nil {
			return nil, err
		}
		if pair := s.ofDocument(); pair != nil || s.flags.source == sourceHot {
			return pair, nil
		}
	}
	pair, err := s.askArchive(ctx)
	if !errors.Is(err, archive.ErrNoRecord) && !isUsage(err) {
		return pair, err
	}
	// Not in the archive, or there is none: what the hot store knows is better than nothing.
	if s.flags.source == sourceAuto && fromAddress && s.document == nil {
		if hotErr := s.askHot(ctx); hotErr != nil && !isUsage(err) {
			return nil, hotErr
		}
		if pair := s.ofDocument(); pair != nil {
			return pair, nil
		}
	}
	if s.document != nil {
		return nil, nil
	}
	return nil, err
}

// askHot looks the document up. In auto a hot store that cannot answer is told of and passed over.
func (s *pairSearch) askHot(ctx context.Context) error {
	must := s.flags.source == sourceHot
	settings, err := s.locateHotStore(ctx, s.flags.hotstore)
	if err != nil {
		return err
	}
	if settings.driver == nil {
		if must {
			return usagef("which hot store? give --config collector.yaml with a hotstore extension, or --hotstore sqlite:///folder")
		}
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, hotGetLimit)
	defer cancel()
	if must {
		limited = ctx
	}
	if s.hot, err = settings.driver.Open(limited); err == nil {
		s.document, err = s.hot.Get(limited, s.opts.ID, s.opts.At)
	}
	switch {
	case err == nil || ctx.Err() != nil:
		return ctx.Err()
	case must:
		return hotError(settings.name, err)
	case !errors.Is(err, hotstore.ErrNoDocument) && !errors.Is(err, hotstore.ErrNotSetUp):
		s.logger.Warn("The hot store does not answer; the archive is asked instead", zap.String("hot_store", settings.name), zap.Error(err))
	}
	return nil
}

// ofDocument is the pair that the document holds; nil where it holds none.
func (s *pairSearch) ofDocument() *rrpair.Pair {
	if s.document == nil || len(s.document.Pair) == 0 {
		return nil
	}
	pair := new(rrpair.Pair)
	if err := pair.ParseJSON(s.document.Pair); err != nil {
		s.logger.Warn("The pair in the hot document cannot be read; the archive is asked instead", zap.Error(err))
		return nil
	}
	return pair
}

// askArchive fetches the pair from the archive, where the document or the address says, else where --at says.
func (s *pairSearch) askArchive(ctx context.Context) (*rrpair.Pair, error) {
	opts, identity := s.opts, s.identity
	hotIdentity := ""
	if s.document != nil {
		opts.At = s.document.Time
		if named, folder, _, err := archive.ParseRecordURL(s.document.ArchiveURL); err == nil {
			opts.Folder, hotIdentity = folder, named
		}
	}
	switch {
	case identity != "":
		s.defaultArchive(identity)
	case hotIdentity != "":
		s.defaultArchive(hotIdentity)
	}
	opened, store, err := s.openArchive(ctx)
	if err != nil {
		return nil, err
	}
	s.store = store
	if identity != "" && identity != opened.Identity() {
		return nil, usagef("the address is of the archive %s, but %s is open: name the right one with --archive", identity, opened.Identity())
	}
	if hotIdentity != "" && hotIdentity != opened.Identity() {
		s.logger.Warn("The hot store says that the pair is in another archive than the one that is open; it is looked for here",
			zap.String("open", opened.Identity()), zap.String("named", hotIdentity))
		opts.Folder = ""
	}
	return s.findPair(ctx, store, opts)
}

func (a *app) findPair(ctx context.Context, store *bucket.Bucket, opts archive.GetOptions) (*rrpair.Pair, error) {
	var bar progress
	done := 0
	opts.Progress = func(files, of int) {
		if of > 1 && bar == nil {
			bar = a.progress(fmt.Sprintf("searching %d files", of), 0)
		}
		if bar != nil {
			bar.add(int64(files-done), 0)
		}
		done = files
	}
	found, stats, err := archive.Get(ctx, store, opts)
	if bar != nil {
		bar.done()
	}
	if err == nil {
		return found.Pair, nil
	}
	if !errors.Is(err, archive.ErrNoRecord) {
		return nil, err
	}
	where := "in the whole archive"
	switch {
	case opts.Folder != "":
		where = "in " + opts.Folder
	case !opts.At.IsZero():
		where = fmt.Sprintf("around %s, time in %s (leave --at out to search everything)", a.formatTime(opts.At), a.zoneName())
	}
	err = fmt.Errorf("%w: uuid %s is in none of %d files %s", archive.ErrNoRecord, opts.ID, stats.FilesListed, where)
	if skipped := skippedFiles(stats.Skipped); skipped != nil {
		return nil, skippedf("the record may lie in what could not be read: %v\n%v", err, skipped)
	}
	return nil, err
}
