package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
)

func newArchiveStat(a *app) *cobra.Command {
	var window windowFlags
	command := &cobra.Command{
		Use:   "stat",
		Short: "Count records by service, direction and protocol, and bytes stored against bytes of JSON",
		Long: `Count what the archive holds in a window. Footers and three columns of every file are read. A file counts whole if it
touches the window, and records that were sent twice count twice (byoc archive verify counts those).`,
		Example: `  byoc archive stat
  byoc archive stat --from -24h --output json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.statArchive(c, &window) },
	}
	window.add(command)
	return command
}

type statReport struct {
	Archive      string               `json:"archive"`
	Hours        int                  `json:"hours"`
	Files        int                  `json:"files"`
	Records      int64                `json:"records"`
	Bytes        int64                `json:"bytes"`
	RawBytes     int64                `json:"raw_bytes"`
	RawEstimated bool                 `json:"raw_bytes_estimated"`
	Ratio        float64              `json:"ratio"` // stored bytes per byte of raw.jsonl
	From         *time.Time           `json:"from"`  // the earliest and latest ts; null without records
	To           *time.Time           `json:"to"`
	Services     map[string]int64     `json:"service"`
	Directions   map[string]int64     `json:"direction"`
	L7Protocols  map[string]int64     `json:"l7protocol"`
	Groups       []archive.StatGroup  `json:"groups"`
	Folders      []archive.FolderStat `json:"folders"`
	Skipped      []archive.Skipped    `json:"skipped"`
}

func (a *app) statArchive(command *cobra.Command, window *windowFlags) error {
	ctx := command.Context()
	where, err := window.parseFiles(a)
	if err != nil {
		return err
	}
	opened, store, err := a.openArchive(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	bar := a.progress("reading footers", 0)
	stat, err := archive.ReadStat(ctx, store, archive.StatOptions{PlanOptions: where, Counts: true, Progress: bar.add})
	bar.done()
	if err != nil {
		return err
	}
	report := statReport{
		Archive: opened.Identity(), Hours: stat.Hours, Files: stat.Files, Records: stat.Records, Bytes: stat.Bytes,
		RawBytes: stat.RawBytes, RawEstimated: stat.Estimate, Ratio: stat.Ratio(),
		Services: map[string]int64{}, Directions: map[string]int64{}, L7Protocols: map[string]int64{},
		Groups: append([]archive.StatGroup{}, stat.Groups...), Folders: append([]archive.FolderStat{}, stat.Folders...),
		Skipped: skippedList(stat.Skipped),
	}
	if stat.Records > 0 {
		report.From, report.To = &stat.From, &stat.To
	}
	for _, group := range stat.Groups {
		report.Services[group.Service] += group.Records
		report.Directions[group.Direction] += group.Records
		report.L7Protocols[group.L7Protocol] += group.Records
	}
	if a.wantsJSON() {
		err = a.printJSON(report)
	} else {
		err = a.describeStat(&report)
	}
	if err != nil {
		return err
	}
	return skippedFiles(stat.Skipped)
}

func (a *app) describeStat(report *statReport) error {
	about := ""
	if report.RawEstimated {
		about = "about "
	}
	fmt.Fprintf(a.stdout, "%s\n", report.Archive)
	fmt.Fprintf(a.stdout, "  records  %s in %s, %s\n", humanCount(report.Records), countOf(report.Files, "file", "files"), countOf(report.Hours, "hour", "hours"))
	fmt.Fprintf(a.stdout, "  bytes    %s stored, %s%s as JSON lines", humanBytes(report.Bytes), about, humanBytes(report.RawBytes))
	if report.RawBytes > 0 {
		fmt.Fprintf(a.stdout, " (%.1f%%)", 100*report.Ratio)
	}
	fmt.Fprintln(a.stdout)
	if report.Records > 0 {
		fmt.Fprintf(a.stdout, "  from     %s to %s, times in %s\n", a.formatTime(*report.From), a.formatTime(*report.To), a.zoneName())
	}
	fmt.Fprintln(a.stdout)
	if report.Records == 0 {
		if report.Files == 0 && len(report.Skipped) == 0 {
			fmt.Fprintln(a.stdout, nothingHere)
		}
		return nil
	}
	rows := newTable("SERVICE", "DIRECTION", "PROTOCOL", "RECORDS")
	for _, group := range report.Groups {
		rows.add(orDash(group.Service), orDash(group.Direction), orDash(group.L7Protocol), humanCount(group.Records))
	}
	return rows.write(a.stdout)
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
