package snapshot

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
)

const (
	manifestFormat  = "otelcol-byoc/snapshot"
	manifestVersion = 1
)

// Manifest is snapshot.json: what a snapshot holds and where it came from. Times are UTC.
type Manifest struct {
	Format    string    `json:"format"`
	Version   int       `json:"version"`
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Created   time.Time `json:"created"`
	CreatedBy string    `json:"created_by,omitempty"`
	Out       string    `json:"out"`
	Archive   string    `json:"archive"` // identity of the archive it was cut from

	Filter string `json:"filter,omitempty"`
	Limit  int64  `json:"limit,omitempty"`
	Order  Order  `json:"order,omitempty"` // which records the limit kept
	Window Window `json:"window"`          // that was asked for, with the filter's own

	Records    int64      `json:"records"`
	Bytes      int64      `json:"bytes"`    // of all files
	First      *time.Time `json:"first_ts"` // ts of the first and the last record
	Last       *time.Time `json:"last_ts"`
	Duplicates int64      `json:"duplicates"` // records left out because their uuid was there already
	Counts     Counts     `json:"counts"`
	Policies   []string   `json:"redaction_policies"` // policy@version/key; each record went through one of them; empty: some are unredacted
	Files      []File     `json:"files"`

	FilesListed     int               `json:"files_listed"`
	FilesPruned     int               `json:"files_pruned"`
	FilesRead       int               `json:"files_read"`
	BytesRead       int64             `json:"bytes_read"`
	RowGroupsPruned int               `json:"row_groups_pruned"`
	Sources         []archive.Source  `json:"sources"`
	Skipped         []archive.Skipped `json:"skipped"` // objects that could not be read, and why
	DurationMS      int64             `json:"duration_ms"`
}

// Window is a time range; nil is open.
type Window struct {
	From *time.Time `json:"from"`
	To   *time.Time `json:"to"`
}

// Counts are records by dimension. "" stands for records without it.
type Counts struct {
	Services    map[string]int64 `json:"service"`
	Directions  map[string]int64 `json:"direction"`
	L7Protocols map[string]int64 `json:"l7protocol"`
}

// SkippedByReason counts what was left out.
func (m *Manifest) SkippedByReason() map[string]int {
	reasons := map[string]int{}
	for _, skipped := range m.Skipped {
		reasons[skipped.Reason]++
	}
	return reasons
}

func (m *Manifest) encode() ([]byte, error) {
	encoded, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the manifest: %w", err)
	}
	return append(encoded, '\n'), nil
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func (c *creation) manifest(identity, place string, files []File, stats archive.ScanStats) *Manifest {
	window := archive.WindowOf(c.opts.From, c.opts.To, c.opts.Query)
	m := &Manifest{
		Format: manifestFormat, Version: manifestVersion, ID: id(c.opts.Name), Name: c.opts.Name,
		Created: c.opts.Now.UTC(), CreatedBy: c.opts.CreatedBy, Out: place, Archive: identity, Limit: c.opts.Limit,
		Window: Window{From: timeOrNil(window.From), To: timeOrNil(window.To)}, Records: c.written, Duplicates: c.duplicates, Files: files,
		First: timeOrNil(c.first), Last: timeOrNil(c.last), Policies: commonPolicies(stats.Sources),
		FilesListed: stats.FilesListed, FilesPruned: stats.FilesPruned, FilesRead: stats.FilesRead, BytesRead: stats.BytesRead,
		RowGroupsPruned: stats.RowGroupsPruned, Sources: stats.Sources, Skipped: stats.Skipped,
		Counts: Counts{Services: map[string]int64{}, Directions: map[string]int64{}, L7Protocols: map[string]int64{}},
	}
	if c.opts.Query != nil {
		m.Filter = c.opts.Query.String()
	}
	if c.opts.Limit > 0 {
		m.Order = c.opts.Order
	}
	for i := range files {
		m.Bytes += files[i].Bytes
	}
	for i, records := range c.counts {
		if records == 0 {
			continue
		}
		group := c.groups.list[i]
		m.Counts.Services[group.Service] += records
		m.Counts.Directions[group.Direction] += records
		m.Counts.L7Protocols[group.L7Protocol] += records
	}
	slices.SortFunc(m.Sources, func(a, b archive.Source) int { return cmp.Compare(a.Key, b.Key) })
	slices.SortFunc(m.Skipped, func(a, b archive.Skipped) int { return cmp.Compare(a.Key, b.Key) })
	if m.Skipped == nil {
		m.Skipped = []archive.Skipped{}
	}
	if m.Sources == nil {
		m.Sources = []archive.Source{}
	}
	return m
}

// commonPolicies are the redactions that the records of all sources went through, each record one of them: empty when
// those of one source went through none.
func commonPolicies(sources []archive.Source) []string {
	all := []string{}
	for _, source := range sources {
		if len(source.Policies) == 0 {
			return []string{}
		}
		all = append(all, source.Policies...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
