package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
)

const hotstoreBackfillLong = `Bring pairs from the archive into the hot store. Documents that are there already are left as they are, so that it can be
broken off and run again at any time.

Without --from, --to and --filter it fills the gaps: what the collector's hotstore exporter missed while the store was down
or slow. How far each has come is kept beside it in the archive, which needs the right to write there. A filled gap is
removed once the archive has all of its pairs; until then, and while the exporter itself is at work on it, it stays, which
is said (exit code 3); --close removes it also when pairs are missing in the archive. Gaps of stores with other names are
left to those, unless --any-store is given: the name of an SQLite store is its machine and folder.

With --from or --to it brings an interval: into a store that was set up later than the archive, or destroyed. It reads
hour by hour, the newest first, up to the time from which on the store was given everything; --to takes others in.
As far as an interval is brought without a filter and without faults, the store counts as whole, and --source auto uses
it. What was broken off goes on where it ended by the same command line. Documents older than the retention are never
brought: they would expire at once.

Documents are made as the collector makes them: by its dimension processor's settings in --config, and with the include
and text of its hotstore exporter unless --include and --text say otherwise. No redaction happens here: what is in the
archive was let through by the fence before it, and goes into the hot store as it is.

Exit code 3 when some objects could not be read, the store refused some documents, or a gap stays.`

const hotstoreBackfillExamples = `  # what the collector missed
  byoc --config collector.yaml hotstore backfill

  # three days, into a store that was set up today
  byoc --config collector.yaml hotstore backfill --from -3d

  # how much would that be?
  byoc --config collector.yaml hotstore backfill --from -3d --dry-run

  # only failed checkouts of one day, with the whole pairs
  byoc --archive file:///var/lib/byoc/archive hotstore backfill --hotstore sqlite:///tmp/look --from 2026-11-20 --to 2026-11-21 \
      --filter '(service IS checkout) AND (error IS true)' --include full`

type backfillFlags struct {
	window   windowFlags
	filter   string
	include  string
	text     bool
	textSet  bool
	dryRun   bool
	anyStore bool
	close    bool
}

func newHotstoreBackfill(a *app, named *string) *cobra.Command {
	var f backfillFlags
	command := &cobra.Command{
		Use:     "backfill",
		Short:   "Bring what the hot store lacks from the archive: its gaps, or an interval",
		Long:    hotstoreBackfillLong,
		Example: hotstoreBackfillExamples,
		Args:    flagsOnly,
		RunE: func(c *cobra.Command, _ []string) error {
			f.textSet = c.Flags().Changed("text")
			return a.backfillHotStore(c.Context(), *named, f)
		},
	}
	flags := command.Flags()
	flags.StringVar(&f.window.from, "from", "", "an interval instead of the gaps: first ts: RFC 3339, -15m, now-2h, today, yesterday or 2026-11-20, in --tz (default: as old as the store keeps)")
	flags.StringVar(&f.window.to, "to", "", "ts to stop before, in the same forms (default: from where on the store holds everything)")
	flags.StringVar(&f.filter, "filter", "", "of the interval only these, e.g. '(service IS checkout) AND (error IS true)'")
	flags.StringVar(&f.include, "include", "", "what documents keep of the pair: none, headers or full (default: as the exporter in --config, else none)")
	flags.BoolVar(&f.text, "text", false, "keep the full text (default: as the exporter in --config, else not)")
	flags.BoolVar(&f.dryRun, "dry-run", false, "say how much would be read, and write nothing")
	flags.BoolVar(&f.anyStore, "any-store", false, "fill the gaps of stores with other names too: for a folder that is mounted elsewhere or a machine that was renamed")
	flags.BoolVar(&f.close, "close", false, "remove gaps also when the archive has fewer pairs than were missed: for a collector that never comes back")
	return command
}

// backfill is one run under way.
type backfill struct {
	*app
	flags  backfillFlags
	hot    *hotStore
	bucket *bucket.Bucket // of the archive
	writer *rehydrate.PatientWriter
	work   *rehydrate.Backfill
	report backfillReport
	begin  time.Time
}

func (a *app) backfillHotStore(ctx context.Context, named string, f backfillFlags) error {
	query, err := a.parseFilter(f.filter)
	if err != nil {
		return err
	}
	where, err := f.window.parse(a)
	if err != nil {
		return err
	}
	hot, err := a.openHotStore(ctx, named)
	if err != nil {
		return err
	}
	defer func() { _ = hot.Close() }() // what was written is there when Write returns
	opened, store, err := a.openArchive(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	b := &backfill{app: a, flags: f, hot: hot, bucket: store, begin: a.clock()}
	if err := b.prepare(ctx, opened); err != nil {
		return err
	}
	if f.window == (windowFlags{}) && query == nil {
		err = b.fillGaps(ctx)
	} else {
		err = b.fetch(ctx, &rehydrate.Range{From: where.From, To: where.To, Query: query})
	}
	b.report.Expired = b.writer.Expired
	b.report.TookMS = a.clock().Sub(b.begin).Milliseconds()
	if err != nil && isUsage(err) {
		return err
	}
	if err != nil && !b.report.didSomething() {
		return hot.fail(err)
	}
	if shown := b.show(); shown != nil {
		return shown
	}
	if err != nil {
		return fmt.Errorf("%w\nIt was broken off: the same command goes on from there", hot.fail(err))
	}
	return b.report.fault()
}

// prepare finds out how documents are made. It does not set the store up: a store that is set up is believed to be given
// everything from then on.
func (b *backfill) prepare(ctx context.Context, opened *archive.Archive) error {
	exporter, err := b.exporterOf(ctx, b.hot.name)
	if err != nil {
		return err
	}
	if b.flags.include != "" {
		exporter.Include = b.flags.include
	}
	if b.flags.textSet {
		exporter.Text = b.flags.text
	}
	include, err := parseInclude(exporter.Include)
	if err != nil {
		return err
	}
	rules, err := dimension.Compile(b.hot.dimensions)
	if err != nil {
		return usagef("processors::dimension is wrong: %w", err)
	}
	limiter := dimension.NewLimiter(b.hot.dimensions.Endpoints.MaxPerService)
	limiter.At(b.begin)
	b.report = backfillReport{Name: b.hot.name, Store: b.hot.identity(), Archive: opened.Identity(), DryRun: b.flags.dryRun,
		Include: exporter.Include, Text: exporter.Text, Rejected: map[string]int64{}, Unreadable: []archive.Skipped{}}
	b.writer = &rehydrate.PatientWriter{Writer: b.hot, NotBefore: b.hot.oldest(b.begin), Retry: func(err error, pause time.Duration) {
		b.logger.Warn("The hot store did not take all documents; they are tried again", zap.Duration("in", pause), zap.Error(err))
	}}
	b.work = &rehydrate.Backfill{
		Bucket: b.bucket, Store: b.writer, GiveUp: b.giveUp, Wrote: func(result hotstore.WriteResult) {
			b.report.Written += int64(result.Stored)
			b.report.AlreadyThere += int64(result.Duplicates)
		},
		Settings: rehydrate.Settings{Rules: rules, Limiter: limiter, Include: include, Text: exporter.Text,
			Layout: opened.Layout(), Identity: opened.Identity()},
	}
	return nil
}

// giveUp counts what the store will never take, by its reasons.
func (b *backfill) giveUp(_ context.Context, _ []*hotstore.Document, rejections []hotstore.Rejection) error {
	for _, rejection := range rejections {
		reason := rejection.Reason
		if _, isKnown := b.report.Rejected[reason]; !isKnown && len(b.report.Rejected) >= maxRefusals {
			reason = "other reasons"
		}
		b.report.Rejected[reason]++
	}
	return nil
}

func (b *backfill) skip(skipped []archive.Skipped) {
	b.report.Unreadable = append(b.report.Unreadable, skipped...)
}

// watched counts what is read, since a run that is broken off says so as well.
func (b *backfill) watched(bar progress) func(documents int) {
	return func(documents int) {
		b.report.Read += int64(documents)
		bar.add(int64(documents), 0)
	}
}
