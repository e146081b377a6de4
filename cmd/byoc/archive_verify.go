package main

import (
	"fmt"
	"slices"
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
no fault, readers drop them. Without --from and --to, objects below v1/ that lie in no hour's folder are named as well: no
other command meets them. Exit code 3 when a file is at fault.`,
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
	where, err := window.parseFiles(a)
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
	return report.fault()
}

// fault is the error that exits with code 3; nil when all is sound. A file that cannot be read to its end stands in
// both lists and counts once.
func (r *verifyReport) fault() error {
	var said []string
	if r.Unsound > 0 {
		said = append(said, fmt.Sprintf("%s at fault: they are named above, with what is wrong", countOf(r.Unsound, "file is", "files are")))
	}
	if others := len(r.noDataFiles()); others > 0 {
		said = append(said, fmt.Sprintf("%s no data of this archive and can be moved away", countOf(others, "object is", "objects are")))
	}
	if len(said) == 0 {
		return nil
	}
	return skippedf("%s", strings.Join(said, "; "))
}

// noDataFiles lists the objects that were left out by their name, not for what is in them.
func (r *verifyReport) noDataFiles() []archive.Skipped {
	return slices.DeleteFunc(slices.Clone(r.Skipped), func(object archive.Skipped) bool {
		return slices.ContainsFunc(r.Problems, func(file archive.FileReport) bool { return file.Key == object.Key })
	})
}

func (a *app) describeVerify(report *verifyReport, window string) {
	for _, file := range report.Problems {
		fmt.Fprintf(a.stdout, "%s\n  %s\n", file.Key, strings.Join(file.Problems, "\n  "))
	}
	for _, object := range report.noDataFiles() {
		fmt.Fprintf(a.stdout, "%s\n  %s: %s\n", object.Key, object.Reason, object.Detail)
	}
	fmt.Fprintf(a.stdout, "%s: %s in %s read back", report.Archive, countOf(report.Records, "record", "records"), countOf(report.Files, "file", "files"))
	if report.Unsound == 0 && len(report.Skipped) == 0 {
		fmt.Fprint(a.stdout, ", all sound")
	}
	fmt.Fprintf(a.stdout, "; %s stored for %s of JSON lines", humanBytes(report.Bytes), humanBytes(report.RawBytes))
	if report.Duplicates > 0 {
		fmt.Fprintf(a.stdout, "; %s duplicates, which readers drop", humanCount(report.Duplicates))
	}
	fmt.Fprintf(a.stdout, " (%s)\n", window)
}
