package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const outputExchange = "exchange"

const getLong = `Fetch one whole RRPair from the archive.

The argument is its uuid (hyphenated, 32 hex digits or base64) or the address that the pipeline puts into the attribute
rrpair.archive.url, which also says in which hour to look. With a bare uuid, --at says when it was captured, to the
minute; without, every hour is searched, the newest first, by bloom filters: some requests for each file.

Exit code 1 when the record is not there, 3 when it was not found but some files could not be read.

--output exchange (the default) shows a readable request and response, json the pair as one line, as in raw.jsonl.`

const getExamples = `  byoc get "s3://acme-traffic/rrpairs/v1/date=2026-11-20/hour=18?uuid=0c6c9cb1-4f2a-4f0e-9f3a-2f1b0f6f4f53"
  byoc get 0c6c9cb1-4f2a-4f0e-9f3a-2f1b0f6f4f53 --at 2026-11-20T18:06:30Z
  byoc get DGycsU8qTw6fOi8bD29PUw== --output json | jq .http.res.statusCode`

func newGetCommand(a *app) *cobra.Command {
	var at, output string
	command := &cobra.Command{
		Use:     "get UUID|URL",
		Short:   "Fetch one RRPair by its uuid or its archive address",
		Long:    getLong,
		Example: getExamples,
		Args:    cobra.ExactArgs(1),
		RunE:    func(c *cobra.Command, args []string) error { return a.getPair(c.Context(), args[0], at, output) },
	}
	command.Flags().StringVar(&at, "at", "", "its ts, to the minute: RFC 3339, -15m, today …, in --tz")
	command.Flags().StringVarP(&output, "output", "o", outputExchange, "how it is printed: exchange or json")
	return command
}

func (a *app) getPair(ctx context.Context, what, at, output string) error {
	switch {
	case output == outputJSON || output == outputExchange || output == outputText:
	default:
		return usagef("--output %q: must be %q or %q", output, outputExchange, outputJSON)
	}
	opts, identity, err := a.getOptions(what, at)
	if err != nil {
		return err
	}
	if identity != "" {
		a.defaultArchive(identity)
	}
	opened, store, err := a.openArchive(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	if identity != "" && identity != opened.Identity() {
		return usagef("the address is of the archive %s, but %s is open: name the right one with --archive", identity, opened.Identity())
	}
	pair, err := a.findPair(ctx, store, opts)
	if err != nil {
		return err
	}
	if output == outputJSON || a.wantsJSON() {
		_, err = fmt.Fprintf(a.stdout, "%s\n", pair.JSON())
	} else {
		err = a.printExchange(pair)
	}
	if err != nil {
		return fmt.Errorf("print the pair: %w", err)
	}
	return nil
}

func (a *app) getOptions(what, at string) (opts archive.GetOptions, identity string, err error) {
	if strings.Contains(what, "://") {
		if identity, opts.Folder, opts.ID, err = archive.ParseRecordURL(what); err != nil {
			return opts, "", usagef("%w", err)
		}
		return opts, identity, nil
	}
	if opts.ID, err = rrpair.ParseUUID(what); err != nil {
		return opts, "", usagef("%q: give a uuid (hyphenated, 32 hex digits or base64) or an archive address with ?uuid=: %w", what, err)
	}
	opts.At, err = a.parseTime("--at", at)
	return opts, "", err
}

// defaultArchive lets an address open its own archive when nothing else names one.
func (a *app) defaultArchive(identity string) {
	if _, err := a.archivePlace(); err != nil {
		a.flags.archive = identity
	}
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
