package redactprocessor

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/redact"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/stamp"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// maxKeptBytes bounds the memory that a worker keeps between requests, so that one 50 MB body does not stay for ever.
const maxKeptBytes = 4 << 20

// worker redacts one record at a time. Not safe for concurrent use.
type worker struct {
	owner   *redactProcessor
	force   *force
	pair    rrpair.Pair
	source  *dimension.Record
	content []byte // of records that are no RRPair
	text    []byte
	began   time.Time
	tally   tally
	refused []refused
}

func newWorker(p *redactProcessor) *worker {
	return &worker{owner: p, source: dimension.NewRecord()}
}

// worker lends a worker for one request; finish gives it back.
func (p *redactProcessor) worker(b *batch) *worker {
	w, ok := p.workers.Get().(*worker)
	if !ok {
		w = newWorker(p)
	}
	w.force, w.began = b.force, time.Now()
	w.tally.begin(len(b.force.counted))
	return w
}

// finish adds what the worker counted to its request's.
func (w *worker) finish(ctx context.Context, b *batch) {
	w.owner.telemetry.worked(ctx, time.Since(w.began))
	b.mu.Lock()
	b.tally.add(&w.tally)
	b.refused = append(b.refused, w.refused...)
	b.mu.Unlock()
	clear(w.refused)
	w.refused = w.refused[:0]
	w.force = nil
	if cap(w.pair.JSON()) > maxKeptBytes {
		w.pair, w.source = rrpair.Pair{}, dimension.NewRecord()
	}
	if cap(w.content) > maxKeptBytes {
		w.content = nil
	}
	if cap(w.text) > maxKeptBytes {
		w.text = nil
	}
	w.owner.workers.Put(w)
}

// item redacts one record of the request and counts what became of it.
func (w *worker) item(index int, at *item) {
	became, refusal := outcomeRefused, at.refusal
	if refusal == nil {
		became, refusal = w.guarded(at)
	}
	if refusal != nil {
		became = outcomeRefused
		w.refused = append(w.refused, refused{index: index, refusal: refusal})
	}
	w.tally.records[became]++
}

// guarded makes a refusal of a panic: what a defect left of the record must not be passed on either.
func (w *worker) guarded(at *item) (became outcome, refusal *redact.Refusal) {
	defer func() {
		if problem := recover(); problem != nil {
			refusal = w.owner.panicked(problem)
		}
	}()
	became, err := w.record(at)
	if err != nil {
		return outcomeRefused, refusalOf(err)
	}
	return became, nil
}

// record redacts and stamps one record in place.
func (w *worker) record(at *item) (outcome, error) {
	if isStamped(at.record) {
		if content, believed := w.believes(at.record); believed {
			return outcomeAlready, w.around(at.record, content)
		}
		if !w.owner.config.DryRun {
			stamp.Strip(at.record)
		}
	}
	if w.owner.config.DryRun {
		return w.scan(at)
	}
	call := redact.Call{}
	if err := w.look(at, &call); err != nil {
		return outcomeRefused, err
	}
	result, err := w.force.engine.Record(at.record, call)
	if err != nil {
		return outcomeRefused, err
	}
	w.tally.count(result)
	content, err := w.contentOf(at.record)
	if err != nil {
		return outcomeRefused, err
	}
	w.tally.bytes += int64(len(content))
	w.force.signer.Sign(at.record, content)
	if result.Changed {
		return outcomeRedacted, nil
	}
	return outcomeClean, nil
}

// scan finds and counts, and changes nothing.
func (w *worker) scan(at *item) (outcome, error) {
	call := redact.Call{Scan: true}
	if err := w.look(at, &call); err != nil {
		return outcomeRefused, err
	}
	result, err := w.force.engine.Record(at.record, call)
	if err != nil {
		return outcomeRefused, err
	}
	w.tally.count(result)
	content, err := w.contentOf(at.record)
	if err != nil {
		return outcomeRefused, err
	}
	w.tally.bytes += int64(len(content))
	if result.Findings > 0 {
		return outcomeRedacted, nil
	}
	return outcomeClean, nil
}

// look gives rules with a condition the record to look at, as it came. For records that are no RRPair there is none:
// redacting rules then apply without their condition, keeping ones do not.
func (w *worker) look(at *item, call *redact.Call) error {
	if !w.force.scoped || !rrpair.IsRRPair(at.record) {
		return nil
	}
	if err := w.pair.FromLogRecord(at.resource, at.record); err != nil {
		return err
	}
	w.source.Reset(&w.pair)
	call.Source = w.source
	return nil
}

// believes says whether the record's stamp holds: made with this policy and key, and its content, which is returned, not
// changed since.
func (w *worker) believes(record plog.LogRecord) (content []byte, believed bool) {
	content, err := w.contentOf(record)
	if err != nil {
		return nil, false
	}
	made, err := w.force.verifier.Verify(record, content)
	return content, err == nil && w.force.made(made)
}

// around redacts what a stamp does not cover, since attributes may have been added on the way, and stamps the record
// anew: exporters believe this process, and need no key for it.
func (w *worker) around(record plog.LogRecord, content []byte) error {
	if w.owner.config.DryRun {
		return nil
	}
	stamp.Strip(record)
	result, err := w.force.engine.Attributes(record.Attributes(), redact.Call{})
	if err != nil {
		return err
	}
	w.tally.count(result)
	err = w.texts(text{record.SeverityText(), record.SetSeverityText}, text{record.EventName(), record.SetEventName})
	if err != nil {
		return err
	}
	w.force.signer.Sign(record, content)
	return nil
}

// contentOf is what a stamp covers: an RRPair's compact JSON, the body of any other record. A view.
func (w *worker) contentOf(record plog.LogRecord) ([]byte, error) {
	if rrpair.IsRRPair(record) {
		return stamp.Content(&w.pair, record)
	}
	var err error
	w.content, err = appendBody(w.content[:0], record.Body())
	return w.content, err
}

// resource redacts what a resource says, its attributes and schema.
func (w *worker) resource(resource plog.ResourceLogs) *redact.Refusal {
	return w.frame(resource.Resource().Attributes(), text{resource.SchemaUrl(), resource.SetSchemaUrl})
}

// scope redacts what a scope says.
func (w *worker) scope(scope plog.ScopeLogs) *redact.Refusal {
	return w.frame(scope.Scope().Attributes(), text{scope.SchemaUrl(), scope.SetSchemaUrl},
		text{scope.Scope().Name(), scope.Scope().SetName}, text{scope.Scope().Version(), scope.Scope().SetVersion})
}

func (w *worker) frame(attributes pcommon.Map, texts ...text) (refusal *redact.Refusal) {
	defer func() {
		if problem := recover(); problem != nil {
			refusal = w.owner.panicked(problem)
		}
	}()
	dryRun := w.owner.config.DryRun
	if !dryRun {
		dropStamps(attributes)
	}
	result, err := w.force.engine.Attributes(attributes, redact.Call{Scan: dryRun})
	if err != nil {
		return refusalOf(err)
	}
	w.tally.count(result)
	if err := w.texts(texts...); err != nil {
		return refusalOf(err)
	}
	return nil
}

// text is one of the texts that stand beside attributes and bodies.
type text struct {
	is  string
	set func(string)
}

// shortText is the length in bytes up to which such a text (INFO, ERROR, 1.2.3) can hold nothing.
const shortText = 8

// texts redacts them.
func (w *worker) texts(all ...text) error {
	scan := w.owner.config.DryRun
	for _, t := range all {
		if len(t.is) <= shortText {
			continue
		}
		redacted, result, err := w.force.engine.Text(w.text[:0], []byte(t.is), redact.Call{Scan: scan})
		if err != nil {
			return err
		}
		w.text = redacted[:0]
		w.tally.count(result)
		if !scan && string(redacted) != t.is {
			t.set(string(redacted))
		}
	}
	return nil
}
