package hotstore

import (
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Document is what a hot store keeps of an RRPair. Times are UTC; texts are "" where the pair has none.
type Document struct {
	UUID           rrpair.UUID
	Time           time.Time // ts; the observed time where ts was absurd
	Cluster        string
	Namespace      string
	Service        string
	Direction      string // IN, OUT
	Protocol       string // l7protocol
	Tech           string
	Command        string
	Location       string
	Endpoint       string
	Status         string
	Host           string
	URL            string // path and query
	Path           string // http.req.url where it is not the same as URL; "" where it is, or where there is none
	Peer           string
	Session        string
	Trace          string // lower-case hex
	Span           string
	NetworkAddress string
	Source         string // tag source; an empty tag counts as none
	Error          bool
	Duration       time.Duration
	NoDuration     bool  // the pair has none; Duration is 0
	LatencyBucket  int32 // [Bucket] of Duration
	RequestBytes   int64 // of the request's body
	ResponseBytes  int64
	Size           int64 // of the pair's compact JSON
	ArchiveURL     string
	Extra          []Extra // the user's own dimensions, by name
	Headers        []byte  // JSON {"request": {…}, "response": {…}}; nil unless include is headers or full
	Pair           []byte  // compact JSON; nil unless include is full
	Text           string  // "" unless text is on: see [AppendText]
}

// Extra is a dimension of the user's own: exactly one of the values is set, by Kind. A pair without the dimension has
// none; names are unique in a document.
type Extra struct {
	Name   string
	Kind   ExtraKind
	Text   string
	Number float64
	Bool   bool
}

// ExtraKind is the type of a user's dimension.
type ExtraKind uint8

// The types of users' dimensions.
const (
	ExtraText ExtraKind = iota
	ExtraNumber
	ExtraBool
)
