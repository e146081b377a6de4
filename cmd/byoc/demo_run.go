package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

const (
	demoPairs = 20_000
	demoSpan  = 2 * time.Hour
	// failingCheckouts is the question that the demo answers; failingCalls stands in where the traffic has no checkouts.
	failingCheckouts = `(location IS "/api/checkout") AND (status IS 4xx OR status IS 5xx)`
	failingCalls     = `(error IS true OR status IS 4xx)`
)

type demoRunFlags struct {
	collector string
	traffic   string
	out       string
	pairs     int64
	seed      uint64
}

func newDemoRun(a *app) *cobra.Command {
	var flags demoRunFlags
	command := &cobra.Command{
		Use:   "run --collector bin/otelcol-byoc",
		Short: "Send traffic through a real collector into a folder, cut the failing checkouts out of the archive, and ask the hot index",
		Long: `Start a collector with an archive in a folder, send it traffic, stop it, cut a snapshot out of the archive, and ask the hot index for figures,
for the map of who calls whom, and for one pair.

The collector redacts, with the key in BYOC_REDACTION_KEY or else a random one. Every record that was sent is then looked for
in the archive by its uuid, and every value of personal data and every secret that was planted in the traffic is looked for in
every spelling; a record that is missing and a planted value that is left are errors.`,
		Example: `  byoc demo run --collector bin/otelcol-byoc
  byoc demo run --collector bin/otelcol-byoc --traffic my-traffic.jsonl`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return a.runDemo(command.Context(), flags)
		},
	}
	f := command.Flags()
	f.StringVar(&flags.collector, "collector", "bin/otelcol-byoc", "the collector's binary")
	f.StringVar(&flags.traffic, "traffic", "", "raw.jsonl file to send instead of generated traffic")
	f.StringVar(&flags.out, "out", "demo-out", "folder for everything the demo writes; what an earlier demo left in it is removed")
	f.Int64Var(&flags.pairs, "pairs", demoPairs, "how many RRPairs to generate")
	f.Uint64Var(&flags.seed, "seed", 1, "seed of the generated traffic")
	return command
}

// demoRun is one run; all paths are absolute.
type demoRun struct {
	app     *app
	flags   demoRunFlags
	tool    string // this program
	out     string
	traffic string
	key     string         // that the collector redacts with
	keyFile string         // holds it when this run made it up
	planted *plantedValues // nil for traffic of the user's own
}

func (r *demoRun) path(name string) string { return filepath.Join(r.out, name) }

func (r *demoRun) archiveURL() string { return "file://" + filepath.ToSlash(r.path("archive")) }

// againFolder is where the printed snapshot command puts its result: the folder of the demo's own snapshot is taken.
const againFolder = "failing-again"

// demoLeavings are the names a demo writes; only these are removed from an existing folder.
func demoLeavings() []string {
	return []string{"traffic.jsonl", "config.yaml", "collector.log", "acked.txt", "archive", "hot", "queue", "failing", againFolder, "everything", "planted.ndjson", "policy.yaml", "redaction.key"}
}

func (a *app) runDemo(ctx context.Context, flags demoRunFlags) error {
	started := a.clock()
	r, err := a.prepareDemo(flags)
	if err != nil {
		return err
	}
	before, err := digestTraffic(ctx, r.traffic)
	if err != nil {
		return err
	}
	sent, err := r.capture(ctx)
	if err != nil {
		return err
	}
	failing, filter, err := r.cutFailing(ctx)
	if err != nil {
		return err
	}
	if err := r.show(failing, filter); err != nil {
		return err
	}
	if err := r.account(ctx, before, sent, started); err != nil {
		return err
	}
	return r.ask(ctx, failing)
}

func (a *app) prepareDemo(flags demoRunFlags) (*demoRun, error) {
	out, err := filepath.Abs(flags.out)
	if err != nil {
		return nil, fmt.Errorf("find folder %s: %w", flags.out, err)
	}
	tool, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	if _, err := os.Stat(flags.collector); err != nil {
		return nil, usagef("--collector: %w: build it with 'make build'", err)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, fmt.Errorf("make folder for the demo: %w", err)
	}
	r := &demoRun{app: a, flags: flags, tool: tool, out: out, traffic: flags.traffic}
	for _, name := range demoLeavings() {
		if err := os.RemoveAll(r.path(name)); err != nil {
			return nil, fmt.Errorf("remove what an earlier demo left: %w", err)
		}
	}
	if err := os.MkdirAll(r.path("archive"), 0o755); err != nil {
		return nil, fmt.Errorf("make folder for the archive: %w", err)
	}
	if err := r.findKey(); err != nil {
		return nil, err
	}
	if r.traffic == "" {
		r.traffic = r.path("traffic.jsonl")
		var printed bytes.Buffer
		quiet := *a
		quiet.stdout, quiet.flags.noProgress = &printed, true
		generate := demoFlags{out: r.traffic, planted: r.path("planted.ndjson"), pairs: flags.pairs, span: demoSpan, from: "-" + demoSpan.String()}
		generate.options.Seed, generate.options.FailedCheckouts = flags.seed, 0.05
		if err := quiet.generate(context.Background(), generate); err != nil {
			return nil, err
		}
		if r.planted, err = readPlanted(generate.planted); err != nil {
			return nil, err
		}
	}
	if r.traffic, err = filepath.Abs(r.traffic); err != nil {
		return nil, fmt.Errorf("find traffic: %w", err)
	}
	return r, nil
}

// redactionKeyVariable holds the redaction key, for the collector as for every command of this tool.
const redactionKeyVariable = "BYOC_REDACTION_KEY"

// findKey takes the user's key, else makes one up and leaves it in a file, for commands that come after the demo.
func (r *demoRun) findKey() error {
	if key, set := r.app.lookupEnv(redactionKeyVariable); set && key != "" {
		r.key = key
		return nil
	}
	r.key, r.keyFile = rand.Text(), r.path("redaction.key")
	if err := os.WriteFile(r.keyFile, []byte(r.key), 0o600); err != nil {
		return fmt.Errorf("write the demo's redaction key: %w", err)
	}
	return nil
}

// capture runs the collector while the traffic is sent. The archive is complete when it returns.
func (r *demoRun) capture(ctx context.Context) (sent sendSummary, err error) {
	collector, err := r.startCollector(ctx)
	if err != nil {
		return sent, err
	}
	printed, err := r.byoc(ctx, "send", "--endpoint", collector.endpoint, "--insecure", "--acked", r.path("acked.txt"), "--give-up-after", "30s", "--output", "json", r.traffic)
	if stopErr := collector.stop(); stopErr != nil {
		return sent, errors.Join(err, stopErr)
	}
	if err != nil {
		return sent, fmt.Errorf("%w\nthe collector's log is %s", err, collector.log)
	}
	if err := json.Unmarshal(printed, &sent); err != nil {
		return sent, fmt.Errorf("read what 'byoc send' printed: %w", err)
	}
	return sent, nil
}

// byoc runs this program with other arguments, as a user would, and returns what it printed. Exit code 3 (some records
// were left out) is no error here: the comparison at the end judges.
func (r *demoRun) byoc(ctx context.Context, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, r.tool, append([]string{"--no-progress"}, args...)...)
	var printed, complaints bytes.Buffer
	command.Env = append(os.Environ(), redactionKeyVariable+"="+r.key)
	command.Stdout, command.Stderr = &printed, &complaints
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == exitSkipped) {
		return nil, fmt.Errorf("byoc %s: %w\n%s", strings.Join(args, " "), err, complaints.Bytes())
	}
	return printed.Bytes(), nil
}

// cutFailing cuts the failing checkouts into a snapshot, or all failing calls where there is no checkout.
func (r *demoRun) cutFailing(ctx context.Context) (folder, filter string, err error) {
	folder = r.path("failing")
	for _, filter = range []string{failingCheckouts, failingCalls, ""} {
		if err := os.RemoveAll(folder); err != nil {
			return "", "", fmt.Errorf("clear folder: %w", err)
		}
		printed, err := r.byoc(ctx, r.snapshotArguments(filter, folder, "--output", "json")...)
		if err != nil {
			return "", "", err
		}
		var summary struct{ Records int64 }
		if err := json.Unmarshal(printed, &summary); err != nil {
			return "", "", fmt.Errorf("read what 'byoc snapshot create' printed: %w", err)
		}
		if summary.Records > 0 {
			return folder, filter, nil
		}
	}
	return "", "", fmt.Errorf("the archive in %s holds no record at all", r.path("archive"))
}

func (r *demoRun) snapshotArguments(filter, folder string, more ...string) []string {
	args := []string{"--archive", r.archiveURL(), "snapshot", "create"}
	if filter != "" {
		args = append(args, "--filter", filter)
	}
	return append(append(args, "--out", folder), more...)
}

// commandLine shows arguments as they are typed in a shell, paths relative to where the user is.
func (r *demoRun) commandLine(args []string) string {
	words := []string{shortPath(r.tool)}
	for _, arg := range args {
		if strings.ContainsAny(arg, " ()\"'$&|") {
			arg = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		} else {
			arg = shortPath(arg)
		}
		words = append(words, arg)
	}
	return strings.Join(words, " ")
}

// shortPath shows a path below the working folder relative to it.
func shortPath(path string) string {
	here, err := os.Getwd()
	if err != nil || !filepath.IsAbs(path) {
		return path
	}
	relative, err := filepath.Rel(here, path)
	if err != nil || strings.HasPrefix(relative, "..") {
		return path
	}
	return relative
}

// account compares what was sent with what the archive gives back, and prints the figures.
func (r *demoRun) account(ctx context.Context, before *digest, sent sendSummary, started time.Time) error {
	everything := r.path("everything")
	if _, err := r.byoc(ctx, r.snapshotArguments("", everything)...); err != nil {
		return err
	}
	files, err := rawFiles(everything)
	if err != nil {
		return err
	}
	after, err := digestFiles(ctx, files)
	if err != nil {
		return err
	}
	stored, objects, err := folderBytes(r.path("archive"))
	if err != nil {
		return err
	}
	if err := before.compare(after); err != nil {
		return fmt.Errorf("what came back from the archive is not what was sent (%s acknowledged): %w", humanCount(sent.Records), err)
	}
	w := r.app.stdout
	fmt.Fprintf(w, "\nrecords  %s sent = %s archived, each by its uuid%s\n", humanCount(before.records()), humanCount(after.records()), before.remarks())
	fmt.Fprintf(w, "bytes    %s in %s objects: %s of the %s they take as OTLP-JSON\n", humanBytes(stored), strconv.Itoa(objects), percent(stored, before.plain), humanBytes(before.plain))
	if err := r.accountHot(ctx, after.records()); err != nil {
		return err
	}
	if err := r.proveRedaction(ctx, files); err != nil {
		return err
	}
	if err := os.RemoveAll(everything); err != nil {
		return fmt.Errorf("clear folder: %w", err)
	}
	fmt.Fprintf(w, "time     %s, of which sending %s\n", humanDuration(r.app.clock().Sub(started)), humanDuration(time.Duration(sent.Seconds*float64(time.Second))))
	return nil
}

func percent(part, whole int64) string {
	if whole <= 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(part)/float64(whole))
}

func folderBytes(folder string) (total int64, objects int, err error) {
	err = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		total += info.Size()
		objects++
		return nil
	})
	if err != nil {
		return 0, 0, fmt.Errorf("measure archive: %w", err)
	}
	return total, objects, nil
}
