package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/federate"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// querySummary is what is to be said of an answer besides its rows.
type querySummary struct {
	pairs    int64
	next     string
	from, to time.Time
	parts    []servedPart
	skipped  []archive.Skipped
	remarks  []string
}

// servedPart is what one source gave, over all pages.
type servedPart struct {
	Source    string    `json:"source"` // hot or archive
	Name      string    `json:"name,omitempty"`
	Store     string    `json:"store"`
	From      time.Time `json:"from,omitzero"`
	To        time.Time `json:"to,omitzero"`
	Reason    string    `json:"reason,omitempty"`
	Documents int64     `json:"documents"`
}

// add counts a page in.
func (q *querySummary) add(source *trafficSource, page *hotstore.Page) {
	q.pairs += int64(len(page.Documents))
	q.next = page.Next
	parts := page.Usage.Parts
	if len(parts) == 0 {
		store := federate.ArchiveName
		if source.kind != sourceArchive {
			store = source.Capabilities().Store
		}
		parts = []hotstore.Part{{Source: store, From: q.from, To: q.to, Documents: int64(len(page.Documents))}}
	}
	for i := range parts {
		q.addPart(source, &parts[i])
	}
}

func (q *querySummary) addPart(source *trafficSource, part *hotstore.Part) {
	served := partOf(source, part)
	for i := range q.parts {
		known := &q.parts[i]
		if known.Source != served.Source || known.Reason != served.Reason {
			continue
		}
		known.Documents += served.Documents
		if served.From.Before(known.From) {
			known.From = served.From
		}
		if !known.To.IsZero() && (served.To.IsZero() || served.To.After(known.To)) {
			known.To = served.To
		}
		return
	}
	q.parts = append(q.parts, served)
}

func partOf(source *trafficSource, part *hotstore.Part) servedPart {
	kind := sourceHot
	if part.Source == federate.ArchiveName {
		kind = sourceArchive
	}
	return servedPart{Source: kind, Name: source.names[kind], Store: part.Source, From: part.From.UTC(), To: part.To.UTC(),
		Reason: part.Reason, Documents: part.Documents}
}

// servedBy names the sources with what each gave.
func (q *querySummary) servedBy(source *trafficSource) string {
	texts := make([]string, len(q.parts))
	for i := range q.parts {
		part := &q.parts[i]
		text := "from " + source.sourceName(part.Store)
		if part.Source == sourceHot {
			text += " (" + part.Store + ")"
		}
		if len(q.parts) > 1 {
			text = humanCount(part.Documents) + " " + text
		}
		if part.Reason != "" && part.Source == sourceArchive {
			text += " (" + part.Reason + ")"
		}
		texts[i] = text
	}
	return strings.Join(texts, ", ")
}

// json is the end of the object that --output json prints, after its rows.
func (q *querySummary) json() (string, error) {
	type window struct {
		From time.Time `json:"from,omitzero"`
		To   time.Time `json:"to,omitzero"`
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(struct {
		Next    string            `json:"next"`
		Window  window            `json:"window"`
		Sources []servedPart      `json:"sources"`
		Skipped []archive.Skipped `json:"skipped"`
		Notes   []string          `json:"notes,omitempty"`
	}{q.next, window{q.from.UTC(), q.to.UTC()}, q.parts, skippedList(q.skipped), q.remarks}); err != nil {
		return "", fmt.Errorf("write result: %w", err)
	}
	return strings.TrimPrefix(out.String(), "{\n"), nil
}

// remarks are what a person should know of where the answer came from.
func (s *trafficSource) remarks() []string {
	var remarks []string
	if auto, isAuto := s.Reader.(*federate.Auto); isAuto {
		remarks = auto.Warnings() // the window's problems among them
	}
	if s.notice != "" {
		remarks = append([]string{s.notice}, remarks...)
	}
	return remarks
}
