package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
)

func newArchiveVerify(a *app) *cobra.Command {
	var window windowFlags
	command := &cobra.Command{
		Use:   "verify",
		Short: "Read every record back and check it: checksums, counts, times, hashes, duplicates",
		Long: `Read every file of a window back whole: each page's checksum is compared, each record is rebuilt and parsed, and counts,
times and the hash in the file's name are compared with the content. Duplicate uuids are counted within an hour; they are
no fault, readers drop them. Exit code 3 when a file is at fault.`,
		Example: `  byoc archive verify
  byoc archive verify --from yesterday --to today --output json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.verifyArchive(c, &window) },
	}
	window.add(command)
	return command
}

type verifyReport struct {
	Archive    string               `json:"archive"`
	Files      int                  `json:"files"`
	Unsound    int                  `json:"unsound"`
	Records    int64                `json:"records"`
	Bytes      int64                `json:"bytes"`
	RawBytes   int64                `json:"raw_bytes"`
	Ratio      float64              `json:"ratio"`
	Duplicates int64                `json:"duplicates"`
	Problems   []archive.FileReport `json:"problems"`
	Skipped    []archive.Skipped    `json:"skipped"`
}

func (a *app) verifyArchive(command *cobra.Command, window *windowFlags) error {
	ctx := command.Context()
	where, err := window.parse(a)
	if err != nil {
		return err
	}
	opened, store, err := a.openArchive(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	plan, err := archive.Plan(ctx, store, where)
	if err != nil {
		return err
	}
	bar := a.progress("verifying", plannedBytes(plan))
	unsound := []archive.FileReport{}
	summary, err := archive.Verify(ctx, store, archive.VerifyOptions{PlanOptions: where, Progress: bar.add}, func(report archive.FileReport) {
		if len(report.Problems) > 0 {
			unsound = append(unsound, report)
		}
	})
	bar.done()
	if err != nil {
		return err
	}
	report := verifyReport{
		Archive: opened.Identity(), Files: summary.Files, Unsound: summary.Unsound, Records: summary.Records, Bytes: summary.Bytes,
		RawBytes: summary.RawBytes, Duplicates: summary.Duplicates, Problems: unsound, Skipped: skippedList(summary.Skipped),
	}
	if report.RawBytes > 0 {
		report.Ratio = float64(report.Bytes) / float64(report.RawBytes)
	}
	if a.wantsJSON() {
		if err := a.printJSON(report); err != nil {
			return err
		}
	} else {
		a.describeVerify(&report, a.windowText(where.From, where.To))
	}
	if summary.Unsound > 0 || len(summary.Skipped) > 0 {
		return skippedf("%d files are at fault and %d objects could not be read to their end", summary.Unsound, len(summary.Skipped))
	}
	return nil
}

func (a *app) describeVerify(report *verifyReport, window string) {
	for _, file := range report.Problems {
		fmt.Fprintf(a.stdout, "%s\n  %s\n", file.Key, strings.Join(file.Problems, "\n  "))
	}
	for _, object := range report.Skipped {
		if object.Reason == archive.ReasonForeign {
			fmt.Fprintf(a.stdout, "%s\n  %s: %s\n", object.Key, object.Reason, object.Detail)
		}
	}
	fmt.Fprintf(a.stdout, "%s: %s records in %s files read back", report.Archive, humanCount(report.Records), humanCount(int64(report.Files)))
	if report.Unsound == 0 && len(report.Skipped) == 0 {
		fmt.Fprint(a.stdout, ", all sound")
	}
	fmt.Fprintf(a.stdout, "; %s stored for %s of JSON lines", humanBytes(report.Bytes), humanBytes(report.RawBytes))
	if report.Duplicates > 0 {
		fmt.Fprintf(a.stdout, "; %s duplicates, which readers drop", humanCount(report.Duplicates))
	}
	fmt.Fprintf(a.stdout, " (%s)\n", window)
}
