package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// accountHot says what the hot index holds. A record that is missing there is an error, as in the archive.
func (r *demoRun) accountHot(ctx context.Context, records int64) error {
	printed, err := r.byoc(ctx, "--config", r.config(), "hotstore", "status", "--output", "json")
	if err != nil {
		return err
	}
	var status struct{ Documents, Bytes int64 }
	if err := json.Unmarshal(printed, &status); err != nil {
		return fmt.Errorf("read what 'byoc hotstore status' printed: %w", err)
	}
	if status.Documents != records {
		return fmt.Errorf("the hot index holds %s documents of %s archived records: see %s", humanCount(status.Documents), humanCount(records), r.path("collector.log"))
	}
	fmt.Fprintf(r.app.stdout, "hot      %s documents in %s, %d bytes a record\n", humanCount(status.Documents), humanBytes(status.Bytes), status.Bytes/max(1, records))
	return nil
}

// ask shows what the hot index is for: figures, the service map and one whole pair, each with the command that gives it.
func (r *demoRun) ask(ctx context.Context, failing string) error {
	id, err := r.newestUUID(failing)
	if err != nil {
		return err
	}
	from := "-" + (2 * demoSpan).String() // generated traffic ends about now
	if r.planted == nil {
		from = "2000-01-01"
	}
	for _, question := range [...]struct {
		about     string
		arguments []string
	}{
		{"How much, how fast, how many errors?", []string{"stats", "--by", "service,direction", "--from", from}},
		{"Who calls whom?", []string{"services", "--from", from}},
		{"Show me the newest of these failures:", []string{"get", id}},
	} {
		arguments := append([]string{"--config", r.config()}, question.arguments...)
		printed, err := r.byoc(ctx, arguments...)
		if err != nil {
			return err
		}
		fmt.Fprintf(r.app.stdout, "\n%s\n\n  %s\n\n%s", question.about, r.commandLine(arguments), printed)
	}
	return nil
}

// newestUUID is that of the last record of a snapshot, which ascends in time.
func (r *demoRun) newestUUID(folder string) (string, error) {
	files, err := rawFiles(folder)
	if err != nil {
		return "", err
	}
	newest, _, err := r.newestFailures(files)
	if err != nil {
		return "", err
	}
	var pair rrpair.Pair
	if err := pair.ParseJSON(newest[0].line); err != nil {
		return "", fmt.Errorf("read the newest pair: %w", err)
	}
	id, _ := pair.UUID()
	return id.String(), nil
}
