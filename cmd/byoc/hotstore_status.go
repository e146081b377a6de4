package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
)

const hotstoreStatusLong = `Show the hot store: how many documents it holds, in which partitions and from when to when, since when it has been given
everything, how it is set up, what is wrong, and, where an archive is known, which gaps wait to be filled from it and whose
documents wait in a queue.

Exit code 3 when something is wrong with the store; the message says what. Gaps alone are not: the collector fills them,
and readers ask the archive for them meanwhile.`

func newHotstoreStatus(a *app, named *string) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show what the hot store holds, lacks and how it is",
		Long:  hotstoreStatusLong,
		Example: `  byoc --config collector.yaml hotstore status
  byoc --config collector.yaml hotstore status --output json | jq .gaps`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.showHotStore(c.Context(), *named) },
	}
}

// statusReport is what --output json prints: the store's status and what stands around it.
type statusReport struct {
	Name     string `json:"name"`
	Identity string `json:"identity"`
	hotstore.Status
	Since *time.Time  `json:"since"` // null: nobody has said
	Gaps  []gapReport `json:"gaps"`  // null: there is no archive to ask
	// Behind are exporters whose documents wait in a queue; null: there is no archive to ask.
	Behind []behindReport `json:"behind"`
}

// gapReport is one gap.
type gapReport struct {
	Key        string    `json:"key"`
	Exporter   string    `json:"exporter"`
	Store      string    `json:"store"`
	Own        bool      `json:"own"` // it is of this store, by its name
	Reason     string    `json:"reason"`
	From       time.Time `json:"from"`
	To         time.Time `json:"to"`
	Hours      int       `json:"hours"`
	Records    int64     `json:"records"`
	Open       bool      `json:"open"`
	AgeSeconds int64     `json:"age_seconds"`
}

// behindReport is one exporter that is behind.
type behindReport struct {
	Exporter  string    `json:"exporter"`
	Store     string    `json:"store"`
	Since     time.Time `json:"since"`
	Seen      time.Time `json:"seen"`
	EventFrom time.Time `json:"event_from"`
}

func (a *app) showHotStore(ctx context.Context, named string) error {
	store, err := a.openHotStore(ctx, named)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	report := statusReport{Name: store.name, Identity: store.identity()}
	if report.Status, err = store.status(ctx); err != nil {
		return err
	}
	if report.Partitions == nil {
		report.Partitions = []hotstore.PartitionStatus{}
	}
	since, err := store.since(ctx)
	switch {
	case err != nil:
		report.Problems, report.Healthy = append(report.Problems, err.Error()), false
	case !since.IsZero():
		report.Since = &since
	}
	if err := a.addGaps(ctx, store, &report); err != nil {
		return err
	}
	if a.wantsJSON() {
		err = a.printJSON(report)
	} else {
		err = a.describeStatus(&report)
	}
	switch {
	case err != nil:
		return err
	case report.Healthy:
		return nil
	case a.wantsJSON():
		return unhealthy(store.name, report.Status)
	}
	return skippedf("the hot store %s is not healthy, as said above", store.name) // not all of it twice
}

// addGaps reads the gaps where an archive is known. One that cannot be read is a problem of the report's.
func (a *app) addGaps(ctx context.Context, store *hotStore, report *statusReport) error {
	if _, err := a.archivePlace(); isUsage(err) {
		return nil
	}
	_, opened, err := a.openArchive(ctx)
	if err != nil {
		if isUsage(err) || ctx.Err() != nil {
			return err
		}
		report.Problems, report.Healthy = append(report.Problems, "gaps are not known: "+err.Error()), false
		return nil
	}
	defer opened.Close()
	gaps, err := a.readGaps(ctx, opened)
	if err != nil {
		report.Problems, report.Healthy = append(report.Problems, "some gaps are not known: "+err.Error()), false
	}
	notes, err := rehydrate.ReadBehind(ctx, opened, "")
	if err != nil {
		report.Problems, report.Healthy = append(report.Problems, "whether exporters are behind is not known for certain: "+err.Error()), false
	}
	report.Behind = []behindReport{}
	for _, note := range notes {
		report.Behind = append(report.Behind, behindReport{note.Exporter, note.Store, note.Since, note.Seen, note.From()})
	}
	report.Gaps = []gapReport{}
	for _, gap := range gaps {
		report.Gaps = append(report.Gaps, gapReport{
			Key: gap.Key(), Exporter: gap.Exporter, Store: gap.Store, Own: gap.Store == store.identity(), Reason: gap.Reason, From: gap.From, To: gap.To,
			Hours: len(gap.Folders), Records: gap.Records, Open: gap.Open, AgeSeconds: int64(a.clock().Sub(gap.From) / time.Second),
		})
	}
	return nil
}

// readGaps lists all gaps, the oldest first.
func (a *app) readGaps(ctx context.Context, store *bucket.Bucket) ([]*rehydrate.Gap, error) {
	gaps, err := rehydrate.ReadGaps(ctx, store, "")
	slices.SortStableFunc(gaps, func(x, y *rehydrate.Gap) int { return x.From.Compare(y.From) })
	return gaps, err
}

func (a *app) describeStatus(report *statusReport) error {
	var out strings.Builder
	how := "healthy"
	if !report.Healthy {
		how = "not healthy"
	}
	fmt.Fprintf(&out, "%s (%s): %s\n", report.Name, report.Identity, how)
	fmt.Fprintf(&out, "  holds      %s, %s\n", countOf(report.Documents, "document", "documents"), humanBytes(report.Bytes))
	if report.Documents > 0 && !report.First.IsZero() {
		fmt.Fprintf(&out, "  found      %s to %s, times in %s\n", a.formatTime(report.First), a.formatTime(report.Last), a.zoneName())
	}
	if report.Since != nil {
		fmt.Fprintf(&out, "  since      %s it was given everything, but for gaps and what has expired\n", a.formatTime(*report.Since))
	} else {
		fmt.Fprintln(&out, "  since      it is not known since when it holds everything: --source auto asks the archive for all times")
		fmt.Fprintln(&out, "             until `byoc hotstore init` says that it does from now on, and `byoc hotstore backfill --from …` also before")
	}
	for _, name := range slices.Sorted(maps.Keys(report.Details)) {
		fmt.Fprintf(&out, "  %-10s %s\n", name, report.Details[name])
	}
	for _, problem := range report.Problems {
		fmt.Fprintf(&out, "  problem    %s\n", problem)
	}
	if len(report.Partitions) > 0 {
		fmt.Fprintln(&out)
		table := newTable("PARTITION", "DOCUMENTS", "BYTES", "FROM", "TO")
		for _, partition := range report.Partitions {
			table.add(partition.Name, humanCount(partition.Documents), humanBytes(partition.Bytes), a.formatTime(partition.From), a.formatTime(partition.To))
		}
		if err := table.write(&out); err != nil {
			return err
		}
	}
	for _, behind := range report.Behind {
		fmt.Fprintf(&out, "\nBehind: documents wait in the queue of %s since %s, last seen %s; readers ask the archive meanwhile.\n",
			harmless(behind.Exporter, false), a.formatTime(behind.Since), a.formatTime(behind.Seen))
	}
	return errors.Join(a.describeGaps(&out, report.Gaps), a.print(out.String()))
}

func (a *app) describeGaps(out *strings.Builder, gaps []gapReport) error {
	switch {
	case gaps == nil:
		fmt.Fprintln(out, "\nGaps are not known: no archive was named, or it cannot be read.")
		return nil
	case len(gaps) == 0:
		fmt.Fprintln(out, "\nNo gaps wait to be filled.")
		return nil
	}
	fmt.Fprintf(out, "\n%s to be filled from the archive; the collector does it when the store keeps up, or `byoc hotstore backfill`:\n", countOf(len(gaps), "gap waits", "gaps wait"))
	table := newTable("MISSED FROM", "TO", "AGE", "RECORDS", "HOURS", "STATE", "EXPORTER", "REASON")
	for _, gap := range gaps {
		state := "ended"
		if gap.Open {
			state = "open"
		}
		if !gap.Own {
			state += ", of " + harmless(gap.Store, false)
		}
		table.add(a.formatTime(gap.From), a.formatTime(gap.To), humanDuration(time.Duration(gap.AgeSeconds)*time.Second), humanCount(gap.Records),
			fmt.Sprint(gap.Hours), state, harmless(gap.Exporter, false), harmless(gap.Reason, false))
	}
	return table.write(out)
}
