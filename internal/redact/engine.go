// Package redact takes sensitive values out of captured traffic: every copy of them, in every spelling, while the
// traffic still replays.
package redact

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/surrogate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Limits bound the work on one record. What exceeds one is refused ([Refusal]), never passed on.
type Limits struct {
	MaxBytes   int           // of the record as JSON, and of all its decoded contents together (default 64 MiB and 4 times that)
	MaxDecoded int           //
	MaxDepth   int           // containers in containers, JSON nesting (default 32 and 10,000)
	MaxTime    time.Duration // default 10 s
}

// Options of an engine.
type Options struct {
	Keys   *surrogate.Keyring // nil: the engine can only scan
	Limits Limits
}

// Engine applies one policy with one keyring. Immutable, safe for concurrent use.
type Engine struct{}

// New compiles an engine.
func New(p *policy.Policy, options Options) (*Engine, error) { return &Engine{}, nil }

// Finding is one sensitive value at one place of a record. Its byte slices are valid during the callback only.
type Finding struct {
	Path        string // http.req.headers.Authorization[0], http.req.bodyBase64|json.card.number, signature.http:url|base64|url.query.token
	Start, End  int    // bytes within the decoded leaf
	Value       []byte
	Replacement []byte // nil when only scanning
	Rule        *policy.Rule
	Confidence  float64
	Copy        bool // found as a copy of a value that a rule found elsewhere in the record
	Nearly      bool // below the rule's confidence or kept: told, not acted on
}

// Call is what a caller wants besides the redaction itself.
type Call struct {
	Source  filter.Source                // the record for rules with a condition; nil: redacting rules apply, keeping ones do not
	Finding func(Finding)                // told every finding; nil for none
	Scan    bool                         // find only, change nothing
	Visited func(path string, bytes int) // told every leaf that was looked into; nil for none (slow: coverage reports only)
}

// Result says what became of a record.
type Result struct {
	Changed  bool
	Findings int
	Rules    []RuleCount // rules that acted, by index; valid until the next call with the same Result
}

// RuleCount counts what a rule did in one record.
type RuleCount struct {
	Rule   *policy.Rule
	Values int // places changed
}

// Refusal is the error for a record that must not be passed on.
type Refusal struct {
	Reason string // too_large, too_deep, too_slow, unparseable, internal
	Path   string // where
	Detail string
}

func (r *Refusal) Error() string { return r.Reason + " at " + r.Path + ": " + r.Detail }

// Pair redacts an RRPair in its JSON form: it appends the redacted compact JSON to dst.
func (e *Engine) Pair(dst []byte, pair *rrpair.Pair, call Call) ([]byte, Result, error) {
	return dst, Result{}, nil
}

// Record redacts a log record in place: body, attributes, and for an RRPair every copy within the body. On an error the record
// is as it was. Resource and scope attributes are shared by records: see Attributes.
func (e *Engine) Record(record plog.LogRecord, call Call) (Result, error) { return Result{}, nil }

// Attributes redacts the attributes of a resource or scope in place.
func (e *Engine) Attributes(attributes pcommon.Map, call Call) (Result, error) { return Result{}, nil }

// JSON redacts any JSON document, Text any text.
func (e *Engine) JSON(dst, document []byte, call Call) ([]byte, Result, error) {
	return dst, Result{}, nil
}

// Text redacts a text.
func (e *Engine) Text(dst, text []byte, call Call) ([]byte, Result, error) { return dst, Result{}, nil }
