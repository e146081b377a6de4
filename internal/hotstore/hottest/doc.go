// Package hottest is the one conformance suite of hot stores: every driver runs it. What a driver does is compared with
// the filter language's own evaluator, and with plain sorting and counting, over all documents.
package hottest

import (
	"context"
	"testing"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// Store is what the suite needs of a driver.
type Store interface {
	hotstore.Reader
	hotstore.Writer
}

// Capability names something that a driver may opt out of.
type Capability string

// What drivers differ in.
const (
	Expire     Capability = "expire"     // hotstore.Expirer
	Manage     Capability = "manage"     // hotstore.Manager
	Begin      Capability = "begin"      // hotstore.Beginner
	Reopen     Capability = "reopen"     // Options.Reopen: what was written outlives the process
	Concurrent Capability = "concurrent" // reading while writing
	Pairs      Capability = "pairs"      // documents with headers, pair and text
	FullText   Capability = "full text"  // documents with text and without the pair
	Fuzzed     Capability = "fuzzed"     // texts of any bytes; stores of JSON keep UTF-8 only
)

// Factory opens an empty store. The suite closes it.
type Factory func(t *testing.T) Store

// Options say what the suite needs to know of a driver.
type Options struct {
	// Traffic makes n documents of realistic traffic with headers, pair and text. Required.
	Traffic func(n int) []*hotstore.Document
	// Without lists the capabilities that the driver does not have; their tests are left out.
	Without []Capability
	// Refresh makes what was written visible to searches; nil where it is at once.
	Refresh func(ctx context.Context, store Store) error
	// Reopen opens the data of a store again as another process does, without closing the store: as after a kill.
	Reopen func(t *testing.T, store Store) Store
	// Rounds is how many random queries the property test asks; 0: 300.
	Rounds int
	// Documents is how many documents of traffic there are; 0: 3,000.
	Documents int
}

// Run runs the suite.
func Run(t *testing.T, factory Factory, options Options) {
	if options.Rounds == 0 {
		options.Rounds = 300
	}
	if options.Documents == 0 {
		options.Documents = 3000
	}
	s := &suite{factory: factory, options: options}
	without := map[Capability]bool{}
	for _, capability := range options.Without {
		without[capability] = true
	}
	if options.Reopen == nil {
		without[Reopen] = true
	}
	tests := []struct {
		name  string
		needs Capability
		run   func(*testing.T)
	}{
		{"what is written is there", "", s.testGet},
		{"a document is stored once", "", s.testDuplicates},
		{"the search finds what the language says, by every dimension and operator", "", s.testDimensions},
		{"the search finds what the language says, for random queries", "", s.testRandomQueries},
		{"the search finds what the language says, on fuzzed documents", Fuzzed, s.testFuzzedDocuments},
		{"pages have no gaps and no doubles", "", s.testPages},
		{"a cursor belongs to its search", "", s.testCursors},
		{"time windows", "", s.testWindows},
		{"groups are counted as by hand", "", s.testAggregate},
		{"what a store cannot evaluate is evaluated", Pairs, s.testLeftovers},
		{"words are found in the text", FullText, s.testFullText},
		{"what a document does not hold is an error", "", s.testUnknown},
		{"old documents expire", Expire, s.testExpire},
		{"what was written outlives the process", Reopen, s.testReopen},
		{"reading goes on while writing", Concurrent, s.testConcurrent},
		{"the store can be managed", Manage, s.testManage},
		{"the store remembers since when it is whole", Begin, s.testSince},
		{"following yields each new document once", "", s.testFollow},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if without[test.needs] {
				t.Skipf("the driver is without %s", test.needs)
			}
			test.run(t)
		})
	}
}
