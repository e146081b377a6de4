package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by the linker (-X main.version=…) in builds made by the Makefile; otherwise the Go tool's stamp counts.
var version string

type versionInfo struct {
	Version  string `json:"version"`
	Revision string `json:"revision"`
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func newVersionCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of this tool",
		Example: "  byoc version\n  byoc version --output json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			info := readVersion()
			if a.wantsJSON() {
				return a.printJSON(info)
			}
			fmt.Fprintf(a.stdout, "byoc %s (revision %s, %s, %s)\n", info.Version, info.Revision, info.Go, info.Platform)
			return nil
		},
	}
}

// readVersion takes what the Go tool stamped into the binary, so that no build flags are needed.
func readVersion() versionInfo {
	info := versionInfo{Version: "unknown", Revision: "unknown", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return info
	}
	switch {
	case version != "":
		info.Version = version
	case build.Main.Version != "":
		info.Version = build.Main.Version
	}
	for _, setting := range build.Settings {
		switch setting.Key {
		case "vcs.revision":
			info.Revision = setting.Value
		case "vcs.modified":
			info.Modified = setting.Value == "true"
		}
	}
	return info
}
