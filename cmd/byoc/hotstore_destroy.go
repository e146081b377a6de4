package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

const hotstoreDestroyLong = `Remove everything that makes up the hot store: all its documents, and template, policy and aliases or the folder's files.
The archive is not touched, so what is in it can be brought back: byoc hotstore init, byoc hotstore backfill --from ….

It says what it will remove and wants the store's name typed, or --yes. A collector that runs sets the store up again and
goes on writing, unless its extension says manage: false: stop it first.`

func newHotstoreDestroy(a *app, named *string) *cobra.Command {
	var yes bool
	command := &cobra.Command{
		Use:   "destroy",
		Short: "Remove the hot store and all its documents",
		Long:  hotstoreDestroyLong,
		Example: `  byoc --config collector.yaml hotstore destroy
  byoc hotstore destroy --hotstore sqlite:///var/lib/byoc/hot --yes`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.destroyHotStore(c.Context(), *named, yes) },
	}
	command.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return command
}

// destroyReport is what --output json prints.
type destroyReport struct {
	Name       string `json:"name"`
	Identity   string `json:"identity"`
	Documents  int64  `json:"documents"`
	Bytes      int64  `json:"bytes"`
	Partitions int    `json:"partitions"`
}

func (a *app) destroyHotStore(ctx context.Context, named string, yes bool) error {
	store, err := a.openHotStore(ctx, named)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	status, err := store.status(ctx)
	if err != nil {
		return err
	}
	report := destroyReport{Name: store.name, Identity: store.identity(), Documents: status.Documents, Bytes: status.Bytes, Partitions: len(status.Partitions)}
	fmt.Fprintf(a.stderr, "This removes the hot store %s (%s): %s, %s, in %s, and what it is set up with. The archive stays.\n", store.name, store.identity(),
		countOf(report.Documents, "document", "documents"), humanBytes(report.Bytes), countOf(report.Partitions, "partition", "partitions"))
	fmt.Fprintln(a.stderr, "A collector that runs will set it up again and go on writing: stop it first, or set manage: false.")
	if !yes {
		if err := a.confirm(ctx, store.name, a.isInteractive()); err != nil {
			return err
		}
	}
	if err := store.manager.Destroy(ctx); err != nil {
		return store.fail(err)
	}
	if a.wantsJSON() {
		return a.printJSON(report)
	}
	return a.print(fmt.Sprintf("The hot store %s is gone, with %s (%s).\n", store.name, countOf(report.Documents, "document", "documents"), humanBytes(report.Bytes)))
}

// isInteractive says that somebody can be asked.
func (a *app) isInteractive() bool {
	file, isFile := a.stdin.(*os.File)
	return isFile && a.stderrIsTerminal && term.IsTerminal(int(file.Fd()))
}

// confirm wants the name typed; without somebody to ask it wants --yes.
func (a *app) confirm(ctx context.Context, name string, interactive bool) error {
	if !interactive {
		return usagef("nothing was removed: say --yes, since there is no terminal to ask at")
	}
	fmt.Fprintf(a.stderr, "Type the name of the store (%s) to remove it: ", name)
	typed := make(chan string, 1)
	go func() { // an interrupt does not wait for it
		line, _ := bufio.NewReader(a.stdin).ReadString('\n')
		typed <- strings.TrimSpace(line)
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(a.stderr)
		return fmt.Errorf("nothing was removed: %w", ctx.Err())
	case line := <-typed:
		if line != name {
			return errors.New("nothing was removed: that is not the store's name")
		}
		return nil
	}
}
