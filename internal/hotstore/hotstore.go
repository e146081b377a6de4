// Package hotstore is the recent past: one document of dimensions for each RRPair, in a store that answers in
// milliseconds. The archive is the truth; what lies here is derived from it and can be made again.
package hotstore

import (
	"context"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Reader is the least that a hot store offers. Safe for concurrent use.
type Reader interface {
	Capabilities() Capabilities
	// Search finds documents. What the store cannot evaluate is evaluated on what it returns ([Plan] says which part).
	Search(ctx context.Context, search Search) (Page, error)
	// Aggregate counts and measures groups; yield is called once for each group and interval that has documents.
	Aggregate(ctx context.Context, aggregate Aggregate, yield func(Group) error) (Usage, error)
	// Get fetches one document; ErrNoDocument where there is none. at narrows where to look, zero: everywhere.
	Get(ctx context.Context, id rrpair.UUID, at time.Time) (*Document, error)
	Close() error
}

// Writer is a store that takes documents. Writing a document twice stores it once ([Capabilities].Dedupe says within
// what).
type Writer interface {
	// Write stores documents. remaining are those to try again, and err why; rejected those that the store will never
	// take. remaining and rejected hold indexes into documents.
	Write(ctx context.Context, documents []*Document) (result WriteResult, err error)
}

// WriteResult says what became of a batch.
type WriteResult struct {
	Stored     int
	Duplicates int // were there already
	Remaining  []int
	Rejected   []Rejection
}

// Rejection is a document that a store refuses for good.
type Rejection struct {
	Index  int
	Reason string // the store's own words
	// Expired says that it is older than the store's retention: no fault of the document's, and the archive has it.
	Expired bool
}

// Follower is a store that can tell new documents as they arrive; others are polled ([Follow]).
type Follower interface {
	Follow(ctx context.Context, search Search, yield func(*Document) error) error
}

// Expirer is a store that removes old documents when asked, for stores that do not do it by themselves.
type Expirer interface {
	// Expire removes documents with a ts before the given time, in whole partitions; it returns what was removed.
	Expire(ctx context.Context, before time.Time) (partitions int, err error)
}

// Manager is a store with something to set up.
type Manager interface {
	Init(ctx context.Context) error             // creates what is missing, changes nothing that is right; idempotent
	Status(ctx context.Context) (Status, error) // what there is
	Destroy(ctx context.Context) error          // removes everything that Init and Write made
}

// Status describes a store for people.
type Status struct {
	Store      string            `json:"store"`
	Healthy    bool              `json:"healthy"`
	Documents  int64             `json:"documents"`
	Bytes      int64             `json:"bytes"`
	First      time.Time         `json:"first"`
	Last       time.Time         `json:"last"`
	Partitions []PartitionStatus `json:"partitions"`
	Details    map[string]string `json:"details"` // template, policy, aliases, …
	Problems   []string          `json:"problems,omitempty"`
}

// PartitionStatus is one index or one daily table.
type PartitionStatus struct {
	Name      string    `json:"name"`
	Documents int64     `json:"documents"`
	Bytes     int64     `json:"bytes"`
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
}

// Capabilities names what differs between stores; --explain shows it.
type Capabilities struct {
	Store           string        // opensearch, sqlite
	Dedupe          string        // within what a uuid is stored once: "store", "day"
	Freshness       time.Duration // how long after a write a search may miss it
	PercentileError float64       // relative
	ExpiryLag       time.Duration // how much older than the retention a document may be
	FullText        bool
	// PushDown says what the store evaluates by itself, exactly as the filter language means it. operator is
	// filter.Op.String(); the store also turns it round with NOT. nil: nothing.
	PushDown func(field filter.FieldRef, operator string) bool
}

// Search selects documents. The zero Sort is newest first.
type Search struct {
	Query    *filter.Query // nil: all
	From, To time.Time     // ts; To is exclusive; zero: open
	Sort     []SortKey
	Limit    int    // 0: the store's default of 100
	After    string // cursor of the page before
	WithPair bool   // also load the pair, where documents hold it
}

// SortKey is a field to sort by. ts (newest first) and uuid (ascending) always follow, so that pages are stable:
// [Search.Order].
type SortKey struct {
	Field      string // short name: ts, duration, size, service, …
	Descending bool
}

// Page is an answer to a search.
type Page struct {
	Documents []*Document
	Next      string // "" after the last page
	Usage     Usage
}

// Usage says what an answer cost and how it came about.
type Usage struct {
	Examined   int64    // documents that the store looked at or returned before leftovers were evaluated
	PushedDown string   // the part of the query that the store evaluated
	Leftover   string   // the part evaluated on what it returned; "" for none
	Partitions []string // what was searched
	Parts      []Part   // who answered for which times, where several sources did; oldest first
}

// Part is what one source contributed to an answer.
type Part struct {
	Source    string    `json:"source"` // the store's name, or archive
	From      time.Time `json:"from"`   // of ts; zero: open
	To        time.Time `json:"to"`     // exclusive; zero: open
	Reason    string    `json:"reason"` // why this source: "within the retention", "gap since …"
	Documents int64     `json:"documents"`
	Usage     Usage     `json:"-"`
}

// Beginner is a store that remembers since when it has been given every pair, so that a reader knows for which times it
// must ask the archive. It says nothing of gaps.
type Beginner interface {
	// Since is the ts from which on the store was given everything, as far as it has not expired; zero when nobody has said.
	// Init sets it to its own time where there is none. What the store expires itself may move it on, so that a longer
	// retention claims nothing that is gone.
	Since(ctx context.Context) (time.Time, error)
	// SetSince moves it, after a backfill.
	SetSince(ctx context.Context, since time.Time) error
}

// Aggregate groups documents by dimensions and time.
type Aggregate struct {
	Query    *filter.Query
	From, To time.Time
	By       []string      // short names: service, endpoint, status, peer, direction, …
	Interval time.Duration // 0: one group for the whole window
}

// Group is one line of an aggregation.
type Group struct {
	Keys          []string  // values of By, "" where a document has none
	Start         time.Time // of the interval; zero without one
	Requests      int64
	Errors        int64
	RequestBytes  int64 // of request bodies
	ResponseBytes int64
	Inbound       int64 // requests with direction IN; the others are outbound
	First, Last   time.Time
	Latency       Sketch
}
