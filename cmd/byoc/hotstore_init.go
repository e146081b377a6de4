package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

const hotstoreInitLong = `Set up the hot store: the folder of an SQLite store; template, policy and aliases of OpenSearch. What is right already
stays as it is, so that it can be run at any time; documents are never touched. It prints what it changed.

A collector does the same at its start, unless its hotstore extension says manage: false. Who runs this then needs more
rights than the collector.

The settings are those of the hotstore extension in --config. With --hotstore and the address of an OpenSearch they are the
defaults (one index a day, kept for 7 days), also where a collector has set it up otherwise: give its --config then.

Exit code 3 when the store is set up but something else is wrong with it.`

func newHotstoreInit(a *app, named *string) *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Set up the hot store, or see that it is set up",
		Long:  hotstoreInitLong,
		Example: `  byoc --config collector.yaml hotstore init
  byoc hotstore init --hotstore sqlite:///var/lib/byoc/hot`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.initHotStore(c.Context(), *named) },
	}
}

// initReport is what --output json prints.
type initReport struct {
	Name     string          `json:"name"`
	Identity string          `json:"identity"`
	Changed  bool            `json:"changed"`
	Changes  []string        `json:"changes"`
	Status   hotstore.Status `json:"status"`
}

func (a *app) initHotStore(ctx context.Context, named string) error {
	store, err := a.openHotStore(ctx, named)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	before, err := store.status(ctx)
	if err != nil {
		return err
	}
	begun, err := store.since(ctx)
	if err != nil {
		return err
	}
	if err := store.manager.Init(ctx); err != nil {
		return store.fail(err)
	}
	after, err := store.status(ctx)
	if err != nil {
		return err
	}
	since, err := store.since(ctx)
	if err != nil {
		return err
	}
	changes := changesOf(before, after)
	if begun.IsZero() && !since.IsZero() {
		changes = append(changes, "it is given everything from "+a.formatTime(since)+" on; what came before is brought by `byoc hotstore backfill --from …`")
	}
	report := initReport{Name: store.name, Identity: store.identity(), Changed: len(changes) > 0, Changes: changes, Status: after}
	if a.wantsJSON() {
		err = a.printJSON(report)
	} else {
		err = a.describeInit(&report)
	}
	if err != nil {
		return err
	}
	return unhealthy(store.name, after)
}

// changesOf compares what there was with what there is.
func changesOf(before, after hotstore.Status) []string {
	changes := []string{}
	for _, problem := range before.Problems {
		if !slices.Contains(after.Problems, problem) {
			was, _, _ := strings.Cut(problem, ": run `byoc hotstore init`") // which was done just now
			changes = append(changes, "mended: "+was)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(after.Details)) {
		was, is := before.Details[name], after.Details[name]
		switch {
		case was == is:
		case was == "":
			changes = append(changes, fmt.Sprintf("%s: %s", name, is))
		default:
			changes = append(changes, fmt.Sprintf("%s: %s (it was %s)", name, is, was))
		}
	}
	for _, partition := range after.Partitions {
		if !slices.ContainsFunc(before.Partitions, func(other hotstore.PartitionStatus) bool { return other.Name == partition.Name }) {
			changes = append(changes, "made "+partition.Name)
		}
	}
	return changes
}

func (a *app) describeInit(report *initReport) error {
	var out strings.Builder
	if report.Changed {
		fmt.Fprintf(&out, "The hot store %s (%s) is set up:\n", report.Name, report.Identity)
	} else {
		fmt.Fprintf(&out, "The hot store %s (%s) was set up already; nothing was changed.\n", report.Name, report.Identity)
	}
	for _, change := range report.Changes {
		fmt.Fprintf(&out, "  %s\n", change)
	}
	return a.print(out.String())
}

func (a *app) print(text string) error {
	if _, err := fmt.Fprint(a.stdout, text); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}

// unhealthy is the error that exits with code 3; nil when all is well.
func unhealthy(name string, status hotstore.Status) error {
	if status.Healthy {
		return nil
	}
	return skippedf("the hot store %s has problems:\n  %s", name, strings.Join(status.Problems, "\n  "))
}
