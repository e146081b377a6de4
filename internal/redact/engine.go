// Package redact takes sensitive values out of captured traffic: every copy of them, in every spelling, while the
// traffic still replays.
package redact

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
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
	Opaque Opaque // what becomes of records with contents that cannot be looked into; the zero value refuses them
}

// Engine applies one policy with one keyring. Immutable, safe for concurrent use.
type Engine struct {
	policy    *policy.Policy
	keys      *surrogate.Keyring
	limits    Limits
	finders   []detect.Finder
	custom    bool // the user has rules of his own: no text is harmless by its form
	scoped    bool
	opaque    Opaque
	passwords bool      // passwords are looked for, so that Basic credentials need not be taken whole
	workers   sync.Pool // *worker
}

// errNoKeys is returned where a call wants to change a record and the engine has no key.
var errNoKeys = errors.New("redact: the engine has no key and can only scan; give Options.Keys or set Call.Scan")

// New compiles an engine. It fails without a policy, and when a limit is negative.
func New(p *policy.Policy, options Options) (*Engine, error) {
	if p == nil {
		return nil, errors.New("redact: an engine needs a policy; load one, for example \"default\"")
	}
	limits, err := options.Limits.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("redact: %w", err)
	}
	e := &Engine{policy: p, keys: options.Keys, limits: limits, opaque: options.Opaque, finders: p.Finders(), scoped: p.Scoped()}
	for _, rule := range p.Rules() {
		e.custom = e.custom || rule.Custom
		e.passwords = e.passwords || rule.Type == detect.Password && rule.Action != policy.Keep
	}
	return e, nil
}

// Finding is one sensitive value at one place of a record. Its byte slices are valid during the callback only.
type Finding struct {
	Path       string // http.req.headers.Authorization[0], http.req.bodyBase64|base64|json.card.number, signature.http:url|base64|url.query.token
	Start, End int    // bytes within the decoded leaf
	// RootStart and RootEnd are where it stands in the document or text that was given, encoded as it is there.
	RootStart, RootEnd int
	Value              []byte
	Replacement        []byte // nil when only scanning
	Rule               *policy.Rule
	Confidence         float64
	Copy               bool // found as a copy of a value that a rule found elsewhere in the record
	Nearly             bool // below the rule's confidence or kept: told, not acted on
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
	Opaque   []string    // paths of contents that were passed without being looked into; always empty with OpaqueRefuse
}

// RuleCount counts what a rule did in one record.
type RuleCount struct {
	Rule   *policy.Rule
	Values int // places changed
}

// Pair redacts an RRPair in its JSON form: it appends the redacted compact JSON to dst; only scanning
// appends nothing. On an error dst is returned as it was.
func (e *Engine) Pair(dst []byte, pair *rrpair.Pair, call Call) ([]byte, Result, error) {
	return e.document(dst, pair.JSON(), true, call)
}

// JSON redacts any JSON document, of which an RRPair is treated as such, and appends it to dst. What is not redacted
// stays byte for byte; only scanning appends nothing. On an error dst is returned as it was.
func (e *Engine) JSON(dst, document []byte, call Call) ([]byte, Result, error) {
	return e.document(dst, document, false, call)
}

// document redacts JSON text; trusted text is known to be valid.
func (e *Engine) document(dst, document []byte, trusted bool, call Call) ([]byte, Result, error) {
	length := len(dst)
	result, err := e.run(call, func(w *worker) error {
		if err := w.checkJSON(document, trusted); err != nil {
			return err
		}
		w.source = document
		if err := w.flattenJSON(document, noNode); err != nil {
			return err
		}
		if err := w.analyse(); err != nil {
			return err
		}
		var err error
		dst, err = w.appendDocument(dst)
		return err
	})
	if err != nil {
		return dst[:length], Result{}, err
	}
	return dst, result, nil
}

// Text redacts a text of any kind, containers included, and appends it to dst; only scanning appends nothing. On an error
// dst is returned as it was.
func (e *Engine) Text(dst, text []byte, call Call) ([]byte, Result, error) {
	length := len(dst)
	result, err := e.run(call, func(w *worker) error {
		if err := w.checkSize(len(text)); err != nil {
			return err
		}
		root := w.add(node{text: text, parent: noNode, holder: noNode, target: noTarget})
		if err := w.analyse(); err != nil {
			return err
		}
		if w.call.Scan {
			return nil
		}
		changed, err := w.resolve(root)
		dst = append(dst, changed...)
		w.changed = !bytes.Equal(changed, text)
		return err
	})
	if err != nil {
		return dst[:length], Result{}, err
	}
	return dst, result, nil
}

// Record redacts a log record in place: body, attributes, and for an RRPair every copy within the body. On an error the record
// is as it was. Resource and scope attributes are shared by records: see Attributes.
func (e *Engine) Record(record plog.LogRecord, call Call) (Result, error) {
	return e.run(call, func(w *worker) error {
		if err := w.flattenRecord(record); err != nil {
			return err
		}
		if err := w.analyse(); err != nil {
			return err
		}
		return w.applyRecord()
	})
}

// Attributes redacts the attributes of a resource or scope in place. On an error they are as they were.
func (e *Engine) Attributes(attributes pcommon.Map, call Call) (Result, error) {
	return e.run(call, func(w *worker) error {
		w.visitMap(attributes, frame{parent: w.addRoot("attributes", noTarget)})
		if w.refusal != nil {
			return w.refusal
		}
		if err := w.analyse(); err != nil {
			return err
		}
		return w.applyRecord()
	})
}

// run lends a worker to one record and turns panics into refusals.
func (e *Engine) run(call Call, work func(*worker) error) (result Result, err error) {
	if e.keys == nil && !call.Scan {
		return Result{}, errNoKeys
	}
	w, _ := e.workers.Get().(*worker)
	if w == nil {
		w = newWorker(e)
	}
	w.begin(call)
	defer func() {
		if cause := recover(); cause != nil {
			// The worker may be broken: it is not used again.
			result, err = Result{}, &Refusal{Reason: ReasonInternal, Detail: "the engine failed: " + panicText(cause)}
			return
		}
		w.end()
		e.workers.Put(w)
	}()
	if err := work(w); err != nil {
		return Result{}, err
	}
	w.report()
	return w.result(), nil
}

// panicText tells a panic without its own words, which may quote the record; those of the runtime do not.
func panicText(cause any) string {
	if err, ok := cause.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("a panic with a %T", cause)
}

// Policy is the policy that the engine applies.
func (e *Engine) Policy() *policy.Policy { return e.policy }

// KeyID is the id of the key that surrogates are made with, "" for an engine that only scans.
func (e *Engine) KeyID() string {
	if e.keys == nil {
		return ""
	}
	return e.keys.KeyID()
}

// Keys is the keyring that the engine was given, nil for one that only scans.
func (e *Engine) Keys() *surrogate.Keyring { return e.keys }
