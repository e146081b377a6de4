package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/bytesize"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/federate"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
)

// Where answers come from.
const (
	sourceHot     = "hot"
	sourceArchive = "archive"
	sourceAuto    = "auto"
)

// sourceFlags choose where a verb reads.
type sourceFlags struct {
	source   string
	hotstore string
	maxRead  string
}

const defaultMaxRead = "16GiB"

func (f *sourceFlags) add(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&f.source, "source", sourceAuto, "where to look: hot, archive, or auto: the hot store for the times that it holds, the archive for the rest")
	flags.StringVar(&f.hotstore, "hotstore", "", "hot store: sqlite:///folder, https://host:9200[/index], or the name of a hotstore extension of --config; default $"+hotstoreVariable+", else the one of --config")
	flags.StringVar(&f.maxRead, "max-read", defaultMaxRead, "refuse what would read more than this from the archive; 0: no bound")
}

// trafficSource is an open place to ask. The caller closes it.
type trafficSource struct {
	hotstore.Reader
	kind    string            // hot, archive or auto: what is really open
	hot     hotstore.Store    // nil: there is none, or it is not asked
	archive *federate.Archive // nil: likewise
	bucket  *bucket.Bucket    // of the archive
	opened  *archive.Archive  // likewise
	window  federate.Window   // of the hot store, with auto
	extras  []string          // names of the user's own dimensions
	rules   *dimension.Rules  // as the collector's dimension processor has them
	notice  string            // what a person should know about the choice; "" for nothing
	names   map[string]string // source kind to the name of what is open
	watch   archiveWatch      // told how reading the archive goes; set it before the first question
}

// archiveWatch is told how much an answer will read of the archive, then of each part that was dealt with. Both are optional.
type archiveWatch struct {
	planned  func(files int, bytes int64)
	progress func(records, bytes int64)
}

// Close closes what is open.
func (s *trafficSource) Close() error {
	var errs []error
	if s.hot != nil {
		errs = append(errs, s.hot.Close())
	}
	if s.bucket != nil {
		errs = append(errs, s.bucket.Close())
	}
	return errors.Join(errs...)
}

// openTraffic opens what --source asks for. auto becomes hot or archive where there is only one of them.
func (a *app) openTraffic(ctx context.Context, f sourceFlags) (*trafficSource, error) {
	switch f.source {
	case sourceHot, sourceArchive, sourceAuto:
	default:
		return nil, usagef("--source %q: must be hot, archive or auto", f.source)
	}
	var maxRead bytesize.Size
	if err := maxRead.UnmarshalText([]byte(f.maxRead)); err != nil {
		return nil, usagef("--max-read: %w", err)
	}
	settings, err := a.locateHotStore(ctx, f.hotstore)
	if err != nil {
		return nil, err
	}
	s := &trafficSource{kind: f.source, names: map[string]string{}}
	for _, extra := range settings.dimensions.Dimensions {
		s.extras = append(s.extras, extra.Name)
	}
	if s.rules, err = dimension.Compile(settings.dimensions); err != nil {
		return nil, usagef("processors::dimension is wrong: %w", err)
	}
	if err := a.openParts(ctx, s, settings, int64(maxRead)); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (a *app) openParts(ctx context.Context, s *trafficSource, settings hotSettings, maxRead int64) error {
	if s.kind == sourceHot && settings.driver == nil {
		return usagef("which hot store? give --config collector.yaml with a hotstore extension, or --hotstore sqlite:///folder")
	}
	if s.kind != sourceArchive && settings.driver != nil {
		store, err := settings.driver.Open(ctx)
		if err != nil {
			return hotError(settings.name, err)
		}
		s.hot, s.names[sourceHot] = store, settings.name
	}
	if s.kind != sourceHot {
		if err := a.openArchiveSource(ctx, s, maxRead); err != nil {
			if s.hot == nil || s.kind != sourceAuto || !isUsage(err) {
				return err
			}
			s.notice = "there is no archive to ask: only what the hot store holds is shown"
		}
	}
	switch {
	case s.hot == nil:
		s.kind, s.Reader = sourceArchive, s.archive
	case s.archive == nil:
		s.kind, s.Reader = sourceHot, s.hot
	default:
		window, err := federate.FindWindow(ctx, s.hot, settings.driver.Retention(), s.archive, a.clock())
		if err != nil {
			return hotError(settings.name, err)
		}
		for i := range window.Gaps {
			window.Gaps[i].Reason = harmless(window.Gaps[i].Reason, false)
		}
		s.window, s.Reader = window, federate.NewAuto(s.hot, s.archive, window)
	}
	return nil
}

func (a *app) openArchiveSource(ctx context.Context, s *trafficSource, maxRead int64) error {
	opened, store, err := a.openArchive(ctx)
	if err != nil {
		return err
	}
	s.opened, s.bucket, s.names[sourceArchive] = opened, store, opened.Identity()
	s.archive = federate.NewArchive(federate.Options{
		Bucket: store, Created: opened.Manifest().Created, MaxBytes: maxRead,
		Planned: func(files int, bytes int64) {
			if s.watch.planned != nil {
				s.watch.planned(files, bytes)
			}
		},
		Progress: func(records, bytes int64) {
			if s.watch.progress != nil {
				s.watch.progress(records, bytes)
			}
		},
		Settings: rehydrate.Settings{Rules: s.rules, Layout: opened.Layout(), Identity: opened.Identity()},
	})
	return nil
}

func isUsage(err error) bool {
	var usage *usageError
	return errors.As(err, &usage)
}

// hotError adds which store it was and what to do.
func hotError(name string, err error) error {
	if err == nil {
		return nil
	}
	if advice := hotstore.Advice(err); advice != "" {
		return fmt.Errorf("hot store %s: %w: %s", name, err, advice)
	}
	return fmt.Errorf("hot store %s: %w", name, err)
}
