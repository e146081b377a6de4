package redact

import (
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/content"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// maxRetained is the most memory, in bytes, that a list of a worker keeps from one record to the next: pairs take some
// tens of KB, and a pool of workers must not hold on to the largest record that once passed.
const maxRetained = 1 << 20

// worker holds what the work on one record needs, to be used again for the next. Not safe for concurrent use.
type worker struct {
	engine *Engine
	limits Limits
	call   Call

	source   []byte // the JSON document, when there is one
	pair     bool   // the record is an RRPair
	nodes    []node
	parts    []content.Part
	targets  []pcommon.Value
	maps     []pcommon.Map // that names stand in
	splitter content.Splitter
	arena    []byte // decoded and rewritten texts; views of it stay valid when it grows
	sames    []int32
	tops     []int32   // nodes without a holder that change
	texts    textIndex // containers by their text
	sides    [2]side
	columns  columns

	findings   []detect.Finding
	pending    []pendingFinding
	hits       []hit
	nearlies   []hit // findings told and not acted on
	shields    []shield
	kept       map[uint64]struct{} // hashes of values that stay
	surrogates [][]byte            // values that earlier redaction made
	applies    []filter.Tri        // by index of rule; whether it applies to this record
	asked      []bool              // by index of rule; whether applies is known
	actions    []int               // by index of rule; places changed
	values     valueTable
	matcher    matcher
	names      nameCache
	clean      cleanTexts
	past       madeValues
	writing    writing
	opaques    []int32 // nodes that were not looked into
	hasher     hasher
	scratch    []byte
	spare      []byte
	order      []int32

	started    time.Time
	spent      int
	nextClock  int
	decoded    int
	overdue    bool         // its time is over
	crowded    bool         // it has more hits than maxHits, or there is an unfinished rule
	unfinished *detect.Rule // that was not run because a text is too long for it
	changed    bool
	refusal    *Refusal // of the walk over pdata
	bodyDoc    int32    // target of a body that is JSON text or bytes, noTarget otherwise
	docFirst   int32    // the nodes of the document
	docEnd     int32
	root       int32 // structure of the pair's top level
	top        int32 // how many nodes have no holder; they come first
	marks      marks
	record     plog.LogRecord
	bodyMap    pcommon.Map
	hasMap     bool
}

// side is what the headers of a request or response say, and where the bodies are.
type side struct {
	contentType, encoding string // views
	length                int32  // node of Content-Length, noNode
	body, base64          int32  // nodes, noNode
}

func newWorker(e *Engine) *worker {
	rules := 0
	for _, rule := range e.policy.Rules() {
		rules = max(rules, rule.Index+1)
	}
	w := &worker{
		engine: e, limits: e.limits, hasher: newHasher(), kept: map[uint64]struct{}{},
		applies: make([]filter.Tri, rules), asked: make([]bool, rules), actions: make([]int, rules),
	}
	w.names.classify = e.policy.ClassifyName
	return w
}

// begin readies the worker for a record.
func (w *worker) begin(call Call) {
	w.call = call
	w.started = time.Now()
	w.nextClock = clockEvery
	w.marks.reset()
	w.bodyDoc, w.root, w.columns.statement = noTarget, noNode, noNode
	for i := range w.sides {
		w.sides[i] = side{length: noNode, body: noNode, base64: noNode}
	}
}

// end lets go of the record.
func (w *worker) end() {
	clear(w.nodes)
	clear(w.parts)
	clear(w.targets)
	clear(w.maps)
	clear(w.hits)
	clear(w.nearlies)
	clear(w.findings)
	clear(w.pending)
	clear(w.surrogates)
	w.surrogates = retain(w.surrogates)
	w.nodes, w.parts, w.targets, w.maps = retain(w.nodes), retain(w.parts), retain(w.targets), retain(w.maps)
	w.hits, w.nearlies, w.findings, w.pending = retain(w.hits), retain(w.nearlies), retain(w.findings), retain(w.pending)
	w.shields, w.sames, w.order, w.tops = retain(w.shields), retain(w.sames), retain(w.order), retain(w.tops)
	w.writing.plain, w.writing.at = retain(w.writing.plain), retain(w.writing.at)
	w.arena, w.scratch, w.spare = retain(w.arena), retain(w.scratch), retain(w.spare)
	w.texts.reset()
	w.values.reset()
	w.matcher.reset()
	w.columns.reset()
	w.splitter.Reset()
	clear(w.kept)
	clear(w.asked)
	clear(w.actions)
	w.sides = [2]side{}
	w.call, w.source, w.pair = Call{}, nil, false
	w.spent, w.decoded, w.changed, w.overdue, w.crowded, w.refusal, w.unfinished = 0, 0, false, false, false, nil, nil
	w.docFirst, w.docEnd = 0, 0
	w.opaques = retain(w.opaques)
	w.record = plog.LogRecord{}
	w.bodyMap, w.hasMap = pcommon.Map{}, false
}

// retain empties a list and drops it when it has grown beyond maxRetained.
func retain[T any](list []T) []T {
	var zero T
	if cap(list)*int(sizeOf(zero)) > maxRetained {
		return nil
	}
	return list[:0]
}

// keep copies text to where it stays valid until the record is done.
func (w *worker) keep(text []byte) []byte {
	start := len(w.arena)
	w.arena = append(w.arena, text...)
	return slices.Clip(w.arena[start:])
}

func (w *worker) hash(text []byte) uint64 { return w.hasher.of(text) }

// analyse finds what has to change in all nodes added so far.
func (w *worker) analyse() error {
	w.top = int32(len(w.nodes))
	if err := w.expand(); err != nil {
		return err
	}
	if err := w.checkHits(); err != nil {
		return err
	}
	w.settleValues()
	if len(w.values.list) > 0 {
		if err := w.findCopies(); err != nil {
			return err
		}
	}
	w.settleHits()
	return w.checkHits()
}

// result sums up.
func (w *worker) result() Result {
	result := Result{Changed: w.changed}
	for _, i := range w.opaques {
		result.Opaque = append(result.Opaque, w.path(i))
	}
	rules := 0
	for _, n := range w.actions {
		if n > 0 {
			rules++
			result.Findings += n
		}
	}
	if rules == 0 {
		return result
	}
	result.Rules = make([]RuleCount, 0, rules)
	for _, rule := range w.engine.policy.Rules() {
		if n := w.actions[rule.Index]; n > 0 {
			result.Rules = append(result.Rules, RuleCount{Rule: rule, Values: n})
		}
	}
	return result
}
