package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	shownRows   = 8
	shownCell   = 60 // characters of a table cell
	decodeLimit = 8 << 20
)

// failure is one row of the table of failing calls.
type failure struct {
	line []byte
	row  []string
}

// show prints the job that was done: the newest failing calls, the command that cut them out, and one to read.
func (r *demoRun) show(folder, filter string) error {
	files, err := rawFiles(folder)
	if err != nil {
		return err
	}
	newest, total, err := r.newestFailures(files)
	if err != nil {
		return err
	}
	w := r.app.stdout
	what := "failing checkouts"
	switch filter {
	case failingCalls:
		what = "failing calls (this traffic has no failing checkout)"
	case "":
		what = "calls (none of them failed)"
	}
	fmt.Fprintf(w, "The newest %d of %s %s, times in %s:\n\n", len(newest), humanCount(total), what, r.app.zoneName())
	rows := newTable("TIME", "SERVICE", "CALL", "STATUS", "TOOK", "REASON")
	for _, f := range newest {
		rows.add(f.row...)
	}
	if err := rows.write(w); err != nil {
		return err
	}
	fmt.Fprintf(w, "\nThis command cuts all of them out of the archive, whole and ready to replay:\n\n  %s\n\nIts result lies here already: %s\n", r.commandLine(r.snapshotArguments(filter, r.path(againFolder))), shortPath(files[0]))
	return nil
}

// newestFailures reads a snapshot, whose lines ascend in time, and keeps the last ones, newest first.
func (r *demoRun) newestFailures(files []string) (newest []failure, total int64, err error) {
	source, err := r.app.openSource(files)
	if err != nil {
		return nil, 0, err
	}
	var ring [shownRows][]byte
	for {
		line, err := source.next(context.Background())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, 0, errors.Join(err, source.close())
		}
		slot := &ring[total%shownRows]
		*slot = append((*slot)[:0], line.data...)
		total++
	}
	var pair rrpair.Pair
	for i := total - 1; i >= max(0, total-shownRows); i-- {
		line := ring[i%shownRows]
		if err := pair.ParseJSON(line); err != nil {
			return nil, 0, fmt.Errorf("read snapshot: %w", err)
		}
		newest = append(newest, failure{line: line, row: r.failureRow(&pair)})
	}
	return newest, total, nil
}

func (r *demoRun) failureRow(pair *rrpair.Pair) []string {
	at, _ := pair.Time()
	took, _ := pair.Duration()
	call := pair.Text(rrpair.FieldCommand) + " " + pair.Text(rrpair.FieldLocation)
	return []string{
		r.app.formatTime(at), pair.Text(rrpair.FieldService), shorten(call, shownCell), pair.Text(rrpair.FieldStatus),
		humanDuration(took), shorten(failureReason(pair), shownCell),
	}
}

// failureReason is the message in a JSON error document of any usual form, else the beginning of the body.
func failureReason(pair *rrpair.Pair) string {
	body, err := rrpair.DecodedBody(pair, true, decodeLimit)
	if err != nil || len(body) == 0 {
		return ""
	}
	var document struct {
		Error   json.RawMessage `json:"error"`
		Message string          `json:"message"`
		Detail  string          `json:"detail"`
	}
	if json.Unmarshal(body, &document) == nil {
		var nested struct {
			Message string `json:"message"`
		}
		var text string
		switch {
		case json.Unmarshal(document.Error, &nested) == nil && nested.Message != "":
			return nested.Message
		case json.Unmarshal(document.Error, &text) == nil && text != "":
			return text
		case document.Message != "":
			return document.Message
		case document.Detail != "":
			return document.Detail
		}
	}
	if !utf8.Valid(body) {
		return ""
	}
	return string(body)
}

// shorten cuts at n characters and takes out line ends.
func shorten(text string, n int) string {
	text = strings.Join(strings.Fields(text), " ")
	if letters := []rune(text); len(letters) > n {
		return string(letters[:n-1]) + "…"
	}
	return text
}
