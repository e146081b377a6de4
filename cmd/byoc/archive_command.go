package main

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
)

func newArchiveCommand(a *app) *cobra.Command {
	return group(&cobra.Command{
		Use:   "archive",
		Short: "Look at the archive: its hours, what they hold, whether all of it can be read back",
		Example: `  byoc archive ls --from yesterday
  byoc archive stat --from -24h
  byoc archive verify --output json`,
	}, newArchiveList(a), newArchiveStat(a), newArchiveVerify(a))
}

// nothingHere explains an empty answer to who has just sent something.
const nothingHere = "Nothing here. Traffic that was just sent waits in the collector's queue for up to exporters::archive::flush::age (60s)."

// hourRow is one folder of the listing.
type hourRow struct {
	Folder string    `json:"folder"`
	Hour   time.Time `json:"hour"`
	Files  int       `json:"files"`
	Bytes  int64     `json:"bytes"`
	Keys   []fileRow `json:"keys,omitempty"`
}

type fileRow struct {
	Key   string    `json:"key"`
	Bytes int64     `json:"bytes"`
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
}

func newArchiveList(a *app) *cobra.Command {
	var (
		window windowFlags
		files  bool
	)
	command := &cobra.Command{
		Use:   "ls",
		Short: "List the hours of the archive with their files and bytes, without reading any",
		Long: `List the hours of the archive with their files and bytes, without reading any. A file counts whole if it touches the
window.`,
		Example: `  byoc archive ls
  byoc archive ls --from -6h --files
  byoc archive ls --from 2026-11-20 --to 2026-11-21 --tz Europe/Berlin --output json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.listArchive(c, &window, files) },
	}
	window.add(command)
	command.Flags().BoolVar(&files, "files", false, "name every file")
	return command
}

func (a *app) listArchive(command *cobra.Command, window *windowFlags, files bool) error {
	where, err := window.parseFiles(a)
	if err != nil {
		return err
	}
	opened, store, err := a.openArchive(command.Context())
	if err != nil {
		return err
	}
	defer store.Close()
	plan, err := archive.Plan(command.Context(), store, where)
	if err != nil {
		return err
	}
	hours := map[string]*hourRow{}
	for _, file := range plan.Files {
		row := hours[file.Folder]
		if row == nil {
			row = &hourRow{Folder: file.Folder, Hour: file.Hour}
			hours[file.Folder] = row
		}
		row.Files++
		row.Bytes += file.Size
		if files {
			row.Keys = append(row.Keys, fileRow{Key: file.Key, Bytes: file.Size, From: file.MinTS, To: file.MaxTS})
		}
	}
	rows := make([]*hourRow, 0, len(hours))
	for _, folder := range slices.Sorted(maps.Keys(hours)) {
		rows = append(rows, hours[folder])
	}
	if a.wantsJSON() {
		if err := a.printJSON(map[string]any{"archive": opened.Identity(), "hours": rows, "skipped": skippedList(plan.Skipped)}); err != nil {
			return err
		}
		return skippedFiles(plan.Skipped)
	}
	shown := newTable()
	if len(rows) > 0 {
		shown = newTable("HOUR", "FILES", "BYTES", "FOLDER")
	}
	total := hourRow{}
	for _, row := range rows {
		shown.add(a.formatTime(row.Hour), humanCount(int64(row.Files)), humanBytes(row.Bytes), row.Folder)
		for _, file := range row.Keys {
			shown.add("", "", humanBytes(file.Bytes), file.Key)
		}
		total.Files += row.Files
		total.Bytes += row.Bytes
	}
	if err := shown.write(a.stdout); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s, %s, %s in %s (%s)\n", countOf(len(rows), "hour", "hours"), countOf(total.Files, "file", "files"),
		humanBytes(total.Bytes), opened.Identity(), a.windowText(where.From, where.To))
	if total.Files == 0 {
		fmt.Fprintln(a.stdout, nothingHere)
	}
	return skippedFiles(plan.Skipped)
}

// skippedList is never null in JSON.
func skippedList(skipped []archive.Skipped) []archive.Skipped {
	return append([]archive.Skipped{}, skipped...)
}

// plannedBytes is what a window's files take, for progress; listing twice costs little beside reading.
func plannedBytes(plan *archive.FilePlan) (total int64) {
	for i := range plan.Files {
		total += plan.Files[i].Size
	}
	return total
}
