package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
)

// maxRefusals bounds the reasons of refusals that are told apart: stores name the document in some.
const maxRefusals = 10

// backfillReport is what --output json prints.
type backfillReport struct {
	Name         string            `json:"name"`
	Store        string            `json:"store"`
	Archive      string            `json:"archive"`
	Mode         string            `json:"mode"` // gaps or interval
	DryRun       bool              `json:"dry_run"`
	Include      string            `json:"include"`
	Text         bool              `json:"text"`
	From         *time.Time        `json:"from,omitempty"`  // of the interval, as it was read
	To           *time.Time        `json:"to,omitempty"`    // null: open
	Since        *time.Time        `json:"since,omitempty"` // from when on the store holds everything
	Files        int               `json:"files"`           // to read
	Bytes        int64             `json:"bytes"`
	Read         int64             `json:"read"` // pairs of the gaps or the interval that the archive has
	Written      int64             `json:"written"`
	AlreadyThere int64             `json:"already_there"`
	Expired      int64             `json:"expired"` // older than what the store keeps, left out
	Rejected     map[string]int64  `json:"rejected"`
	Unreadable   []archive.Skipped `json:"unreadable"`
	Gaps         []gapResult       `json:"gaps,omitempty"`
	Faults       []string          `json:"faults,omitempty"`
	Notes        []string          `json:"notes,omitempty"`
	TookMS       int64             `json:"took_ms"`
}

func (r *backfillReport) didSomething() bool {
	return r.Read > 0 || len(r.Unreadable) > 0 || len(r.Gaps) > 0
}

func (r *backfillReport) rejected() (n int64) {
	for _, count := range r.Rejected {
		n += count
	}
	return n
}

// fault is the error that exits with code 3; nil when all that was asked for is there.
func (r *backfillReport) fault() error {
	said := slices.Clone(r.Faults)
	if n := r.rejected(); n > 0 {
		said = append(said, countOf(n, "document was", "documents were")+" refused by the hot store")
	}
	left := 0
	for _, gap := range r.Gaps {
		if gap.State == gapLeft || gap.State == gapWaiting {
			left++
		}
	}
	if left > 0 {
		said = append(said, countOf(left, "gap stays", "gaps stay")+", as said above")
	}
	if skipped := skippedFiles(r.Unreadable); skipped != nil {
		said = append(said, skipped.Error())
	}
	if len(said) == 0 {
		return nil
	}
	return skippedf("%s", strings.Join(said, "; "))
}

func (b *backfill) show() error {
	if b.wantsJSON() {
		return b.printJSON(b.report)
	}
	r := &b.report
	var out strings.Builder
	switch {
	case r.DryRun:
		fmt.Fprintf(&out, "Nothing was written. %s of the archive, %s, would be read into the hot store %s.\n", countOf(r.Files, "file", "files"), humanBytes(r.Bytes), r.Name)
	case r.Mode == "gaps" && len(r.Gaps) == 0 && len(r.Faults) == 0:
		fmt.Fprintf(&out, "There are no gaps to fill in the hot store %s. An interval of the archive is brought with --from.\n", r.Name)
	default:
		fmt.Fprintf(&out, "%s written into the hot store %s in %s: %s read from %s (%s), %s there already\n", countOf(r.Written, "document", "documents"), r.Name,
			humanDuration(time.Duration(r.TookMS)*time.Millisecond), countOf(r.Read, "pair", "pairs"), countOf(r.Files, "file", "files"), humanBytes(r.Bytes), humanCount(r.AlreadyThere))
	}
	if r.Mode == "interval" {
		var from, to time.Time
		if r.From != nil {
			from = *r.From
		}
		if r.To != nil {
			to = *r.To
		}
		fmt.Fprintf(&out, "  interval   %s\n", b.windowText(from, to))
		if r.Since != nil {
			fmt.Fprintf(&out, "  whole      from %s on, but for gaps and what has expired\n", b.formatTime(*r.Since))
		}
	}
	if r.Expired > 0 {
		fmt.Fprintf(&out, "  expired    %s older than the store keeps, left out\n", countOf(r.Expired, "pair", "pairs"))
	}
	for _, reason := range slices.Sorted(maps.Keys(r.Rejected)) {
		fmt.Fprintf(&out, "  refused    %s: %s\n", humanCount(r.Rejected[reason]), harmless(reason, false))
	}
	for _, gap := range r.Gaps {
		fmt.Fprintf(&out, "  %-10s %s: %s\n", gap.State, harmless(gap.Key, false), harmless(gap.Detail, false))
	}
	for _, note := range r.Notes {
		fmt.Fprintf(&out, "  note       %s\n", note)
	}
	return b.print(out.String())
}
