package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
)

func newSnapshotCommand(a *app) *cobra.Command {
	return group(&cobra.Command{
		Use:   "snapshot",
		Short: "Cut slices of traffic out of the archive, ready to replay",
		Example: `  byoc snapshot create --filter '(service IS checkout) AND (error IS true)' --from -24h --out failing
  byoc snapshot create --help`,
	}, newSnapshotCreate(a))
}

// windowFlags are --from, --to and --all-hours of the verbs that read the archive.
type windowFlags struct {
	from, to string
	allHours bool
}

func (w *windowFlags) add(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&w.from, "from", "", "first ts: RFC 3339, -15m, now-2h, today, yesterday or 2026-11-20, in --tz (default: the beginning)")
	flags.StringVar(&w.to, "to", "", "ts to stop before, in the same forms (default: the end)")
	flags.BoolVar(&w.allHours, "all-hours", false, "also search the hours outside the window, for records whose clock ran more than a day ahead: they lie under the hour in which they arrived")
}

// parse reads the flags in the zone of --tz.
func (w *windowFlags) parse(a *app) (options archive.PlanOptions, err error) {
	if options.From, err = a.parseTime("--from", w.from); err != nil {
		return options, err
	}
	if options.To, err = a.parseTime("--to", w.to); err != nil {
		return options, err
	}
	if !options.From.IsZero() && !options.To.IsZero() && !options.From.Before(options.To) {
		return options, usagef("--from %s is not before --to %s (times in %s)", a.formatTime(options.From), a.formatTime(options.To), a.zoneName())
	}
	options.AllHours = w.allHours
	return options, nil
}

// parseFiles is parse for verbs that deal with whole files and not with records. A window that is open at its start would
// list every hour, for records with absurd clocks, and such verbs would take all of it for the window's.
func (w *windowFlags) parseFiles(a *app) (options archive.PlanOptions, err error) {
	options, err = w.parse(a)
	if options.From.IsZero() && !options.To.IsZero() {
		options.From = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // what is older lies elsewhere, see the format
	}
	return options, err
}

func (a *app) parseTime(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := filter.ParseTime(text, a.clock(), a.location)
	if err != nil {
		return time.Time{}, usagef("%s: %w", flag, err)
	}
	return t, nil
}

func (a *app) parseFilter(text string) (*filter.Query, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	query, err := filter.Parse(text, filter.Options{Now: a.clock(), Location: a.location})
	if err != nil {
		return nil, usagef("--filter: %w", err)
	}
	return query, nil
}

// windowText says a window for a person, with the zone.
func (a *app) windowText(from, to time.Time) string {
	text := "all times"
	switch {
	case !from.IsZero() && !to.IsZero():
		text = a.formatTime(from) + " to " + a.formatTime(to)
	case !from.IsZero():
		text = "from " + a.formatTime(from)
	case !to.IsZero():
		text = "until " + a.formatTime(to)
	}
	return text + ", times in " + a.zoneName()
}

// shownSkips is how many objects that were left out are named; the manifest or --output json names all.
const shownSkips = 10

// skippedFiles turns what was left out into the error that exits with code 3; nil when nothing was.
func skippedFiles(skipped []archive.Skipped) error {
	if len(skipped) == 0 {
		return nil
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%d of the archive's objects could not be read and were left out:", len(skipped))
	for i, object := range skipped {
		if i == shownSkips {
			fmt.Fprintf(&text, "\n  … and %d more", len(skipped)-shownSkips)
			break
		}
		fmt.Fprintf(&text, "\n  %s: %s: %s", object.Key, object.Reason, object.Detail)
	}
	return skippedf("%s", text.String())
}
