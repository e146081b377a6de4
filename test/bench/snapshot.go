package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// snapshotRun is one `byoc snapshot create` over the archive that our pipeline wrote.
type snapshotRun struct {
	Name         string        `json:"-"`
	Filter       string        `json:"-"`
	Records      int64         `json:"records"`
	Bytes        int64         `json:"bytes"`
	BytesRead    int64         `json:"bytes_read"`
	FilesRead    int64         `json:"files_read"`
	GroupsPruned int64         `json:"row_groups_pruned"`
	CPU          time.Duration `json:"cpu_ns"`
	Wall         time.Duration `json:"wall_ns"`
	PeakRSS      int64         `json:"peak_rss"`
}

// measureSnapshots reads the archive of the first round back: all of it, then what a narrow filter on one service
// keeps, about 1% of that service's pairs.
func measureSnapshots(ctx context.Context, o options, store *minio, load *traffic, dir string) ([]snapshotRun, error) {
	bucketName := "run-0-" + bucketSafe(oursVolatile)
	full, err := measureSnapshot(ctx, o, store, bucketName, filepath.Join(dir, "snapshot-full"), "everything", "")
	if err != nil {
		return nil, err
	}
	if full.Records != int64(load.pairs) {
		return nil, fmt.Errorf("the full snapshot holds %d pairs of %d", full.Records, load.pairs)
	}
	runs := []snapshotRun{full}
	narrow := `(service IS checkout AND sample IS "1%")`
	if o.traffic == "" {
		narrow = `(service IS checkout AND status IS 503)`
	}
	few, err := measureSnapshot(ctx, o, store, bucketName, filepath.Join(dir, "snapshot-narrow"), "one service, narrow filter", narrow)
	if err != nil {
		return nil, err
	}
	return append(runs, few), nil
}

func measureSnapshot(ctx context.Context, o options, store *minio, bucketName, out, name, filter string) (snapshotRun, error) {
	arguments := []string{"--archive", store.archiveURL(bucketName), "snapshot", "create", "--out", out, "--output", "json", "--no-progress"}
	if filter != "" {
		arguments = append(arguments, "--filter", filter)
	}
	command := exec.CommandContext(ctx, o.tool, arguments...)
	command.Env = append(command.Environ(), store.environment()...)
	command.Stderr = os.Stderr
	var output bytes.Buffer
	command.Stdout = &output
	begin := time.Now()
	if err := command.Start(); err != nil {
		return snapshotRun{}, err
	}
	peak := watchPeak(command.Process.Pid)
	err := command.Wait()
	r := snapshotRun{Wall: time.Since(begin), PeakRSS: peak.stop()}
	if err != nil {
		return snapshotRun{}, fmt.Errorf("byoc %v: %w", arguments, err)
	}
	if err := json.Unmarshal(output.Bytes(), &r); err != nil {
		return snapshotRun{}, fmt.Errorf("byoc snapshot create printed %q: %w", output.Bytes(), err)
	}
	r.Name, r.Filter = name, filter
	r.CPU = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	return r, os.RemoveAll(out)
}

func printSnapshots(runs []snapshotRun) {
	fmt.Println()
	for _, r := range runs {
		fmt.Printf("snapshot, %-26s %8d pairs  %8.1f MB out  %8.2f MB read  %6.2f CPU-s (%.0f MB/s a core)  %.2f s  peak %.0f MiB\n",
			r.Name, r.Records, mega(r.Bytes), mega(r.BytesRead), r.CPU.Seconds(), mega(r.Bytes)/r.CPU.Seconds(), r.Wall.Seconds(), mebi(r.PeakRSS))
	}
	if len(runs) < 2 || runs[1].Records == 0 {
		return
	}
	full, narrow := runs[0], runs[1]
	printRatios([]ratio{
		{Name: "snapshot: MB of raw.jsonl per CPU-second", Value: mega(full.Bytes) / full.CPU.Seconds(), Target: 120},
		{Name: "narrow filter: bytes read against the full read", Value: float64(narrow.BytesRead) / float64(full.BytesRead), Target: 0.1, AtMost: true},
		{Name: "narrow filter: time against the full read", Value: narrow.Wall.Seconds() / full.Wall.Seconds(), Target: 0.1, AtMost: true},
	})
}
