package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

const rootExamples = `  # where is the archive? in the collector's own configuration ...
  byoc --config collector.yaml archive ls
  # ... at a URL ...
  byoc --archive "s3://acme-traffic/rrpairs?region=us-east-1" archive ls
  # ... or remembered under a name
  byoc context add prod --archive "s3://acme-traffic/rrpairs?region=us-east-1" && byoc context use prod
  byoc archive ls`

// newRoot builds the command tree. Commands write results to a.stdout and everything else to a.stderr.
func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:           "byoc",
		Short:         "Search, snapshot and feed archives of captured API traffic",
		Example:       rootExamples,
		SilenceUsage:  true, // a failed run is not helped by a page of flags
		SilenceErrors: true, // report prints them once, with the exit code's meaning
		PersistentPreRunE: func(*cobra.Command, []string) error {
			return a.prepare()
		},
	}
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.CompletionOptions.HiddenDefaultCmd = true

	flags := root.PersistentFlags()
	flags.StringArrayVar(&a.flags.configFiles, "config", nil, "collector configuration whose extensions block names the archive; may be repeated, later files win")
	flags.StringVar(&a.flags.archive, "archive", "", "archive URL (s3://, gs://, azblob://, file://) or a name from 'byoc context ls'; default $"+archiveVariable)
	flags.StringVar(&a.flags.archiveName, "archive-name", "", "which archive extension of --config to use when it has several, e.g. archive/eu")
	flags.StringVarP(&a.flags.output, "output", "o", outputText, "how results are printed: text or json")
	flags.StringVar(&a.flags.logLevel, "log-level", "info", "debug, info, warn or error")
	flags.StringVar(&a.flags.timeZone, "tz", "", "time zone of times read and shown: local, UTC or a name such as Europe/Berlin; default local on a terminal, else UTC")
	flags.BoolVar(&a.flags.noProgress, "no-progress", false, "show neither a progress bar nor progress log lines")

	root.AddCommand(commands(a)...)
	markRunErrors(root)
	return root
}

// markRunErrors wraps every RunE, so that what a command's code returns is told from cobra's errors about the
// command line: only the latter exit with code 2 unless the command says usagef itself.
func markRunErrors(command *cobra.Command) {
	if inner := command.RunE; inner != nil {
		command.RunE = func(c *cobra.Command, args []string) error {
			if err := inner(c, args); err != nil {
				return &runError{err: err}
			}
			return nil
		}
	}
	for _, child := range command.Commands() {
		markRunErrors(child)
	}
}

// group makes a command that only holds others: without a verb it shows its help, with a wrong one it is a usage error.
func group(command *cobra.Command, children ...*cobra.Command) *cobra.Command {
	command.SuggestionsMinimumDistance = 2
	command.Args = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		text := fmt.Sprintf("unknown command %q for %q", args[0], c.CommandPath())
		if near := c.SuggestionsFor(args[0]); len(near) > 0 {
			text += ": did you mean " + strings.Join(near, " or ") + "?"
		}
		return usagef("%s", text)
	}
	command.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	command.AddCommand(children...)
	return command
}
