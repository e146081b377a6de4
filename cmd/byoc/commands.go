package main

import "github.com/spf13/cobra"

// commands lists the verbs, one line each, in the order --help is thought in; cobra sorts them by name.
func commands(a *app) []*cobra.Command {
	return []*cobra.Command{
		newArchiveCommand(a),
		newContextCommand(a),
		newDemoCommand(a),
		newGetCommand(a),
		newQueryCommand(a),
		newHotstoreCommand(a),
		newRedactCommand(a),
		newSendCommand(a),
		newServicesCommand(a),
		newSnapshotCommand(a),
		newStatsCommand(a),
		newTailCommand(a),
		newVersionCommand(a),
	}
}
