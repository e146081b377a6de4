package dimensionprocessor

import (
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/ddsketch"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// The attributes of OpenTelemetry's semantic conventions.
const (
	attributeService   = "service.name"
	attributeNamespace = "k8s.namespace.name"
	attributeCluster   = "k8s.cluster.name"
	attributeMethod    = "http.request.method"
	attributePath      = "url.path"
	attributeCode      = "http.response.status_code"
	attributeProtocol  = "network.protocol.name"
	attributeServer    = "server.address"
)

// The attributes that no convention has.
const (
	prefix             = "rrpair."
	attributeUUID      = prefix + "uuid"
	attributeDirection = prefix + "direction"
	attributeTech      = prefix + "tech"
	attributeCommand   = prefix + "command"
	attributeLocation  = prefix + "location"
	attributeStatus    = prefix + "status"
	attributeDuration  = prefix + "duration_ms"
	attributeEndpoint  = prefix + "endpoint"
	attributeBucket    = prefix + "latency_bucket"
	attributeError     = prefix + "error"
	attributePeer      = prefix + "peer"
	attributeTrace     = prefix + "trace_id" // where it does not fit the record's own
	attributeArchive   = prefix + "archive.url"
	prefixExtra        = prefix + "extra."
)

const (
	// usualAttributes is room for all of them.
	usualAttributes = 24
	// maxText bounds a text in an attribute in bytes: a location can be a statement of megabytes, which the body keeps.
	maxText = 4096
)

// worker sets the attributes of one request's records. Not safe for concurrent use.
type worker struct {
	owner      *dimensionProcessor
	dimensions *dimension.Record
	fields     fields
	names      []string // of the user's own attributes
	text       []byte
	now        time.Time
	tally      tally
}

func newWorker(p *dimensionProcessor) *worker {
	w := &worker{owner: p, dimensions: p.rules.NewRecord()}
	w.fields.record = w.dimensions
	for i := range p.rules.Extras() {
		w.names = append(w.names, prefixExtra+p.rules.ExtraName(i))
	}
	return w
}

func (w *worker) begin(now time.Time) {
	w.now = now
	w.owner.limiter.At(now)
	w.tally.begin(len(w.names))
}

func (w *worker) end() { w.dimensions.Release() }

// set gives a record its attributes. None of them changes what the record loads as: cluster, namespace and service are
// set to what they are already, attributes considered.
func (w *worker) set(record plog.LogRecord) {
	d, to := w.dimensions, record.Attributes()
	to.RemoveIf(isStale)
	to.EnsureCapacity(to.Len() + usualAttributes + len(w.names))
	service := w.put(to, attributeService, d.Text(rrpair.FieldService), "undefined")
	w.put(to, attributeNamespace, d.Text(rrpair.FieldNamespace), "undefined")
	w.put(to, attributeCluster, d.Text(rrpair.FieldCluster), "undefined")
	w.put(to, attributeMethod, d.Text(rrpair.FieldRequestMethod), "")
	w.put(to, attributePath, d.Path(), "")
	if code := d.HTTPStatus(); code > 0 {
		to.PutInt(attributeCode, int64(code))
	}
	w.put(to, attributeProtocol, d.Protocol(), "")
	w.put(to, attributeServer, d.Host(), "")

	w.put(to, attributeDirection, d.Text(rrpair.FieldDirection), "")
	w.put(to, attributeTech, d.Text(rrpair.FieldTech), "")
	w.put(to, attributeCommand, d.Text(rrpair.FieldCommand), "")
	w.put(to, attributeLocation, d.Text(rrpair.FieldLocation), "")
	w.put(to, attributeStatus, d.Text(rrpair.FieldStatus), "")
	w.put(to, attributePeer, d.Peer(), "")
	duration, _ := d.Duration()
	to.PutDouble(attributeDuration, float64(duration)/float64(time.Millisecond))
	to.PutInt(attributeBucket, int64(ddsketch.Bucket(duration)))
	to.PutBool(attributeError, d.Failed())
	endpoint, overflows, counted := w.owner.limiter.Admit(service, d.Endpoint())
	if overflows {
		w.tally.overflow(counted)
	}
	w.put(to, attributeEndpoint, endpoint, "")
	w.identify(to, record)
	w.trace(to, record)
	for i, name := range w.names {
		w.extra(to, i, name)
	}
}

// isStale knows what is worked out anew: where a pair has no such value now, what came with it must not stand for one.
// Addresses and own dimensions of another tier stay, and so does the stamp, which is not of this processor.
func isStale(name string, _ pcommon.Value) bool {
	if !strings.HasPrefix(name, prefix) {
		return false
	}
	switch name {
	case attributeUUID, attributeDirection, attributeTech, attributeCommand, attributeLocation, attributeStatus, attributeDuration,
		attributeEndpoint, attributeBucket, attributeError, attributePeer, attributeTrace:
		return true
	}
	return false
}

// put sets a text unless it is empty or says nothing; it returns what says something.
func (w *worker) put(to pcommon.Map, name, text, nothing string) string {
	if text == "" || text == nothing {
		return ""
	}
	if !utf8.ValidString(text) {
		return ""
	}
	kept := text
	if len(kept) > maxText {
		kept = cut(kept)
	}
	if w.dimensions.Borrows() || len(kept) < len(text) {
		kept = strings.Clone(kept) // neither memory that is used again nor a corner of megabytes
	}
	to.PutStr(name, kept)
	return kept
}

// cut shortens a text to maxText without cutting a character in two.
func cut(text string) string {
	end := maxText
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

// identify sets the identity and where the whole pair can be fetched.
func (w *worker) identify(to pcommon.Map, record plog.LogRecord) {
	id := w.dimensions.ID()
	if w.owner.address == nil {
		to.PutStr(attributeUUID, strings.Clone(id))
		return
	}
	w.text = w.owner.address.append(w.text[:0], &w.fields, record.ObservedTimestamp().AsTime())
	address := string(w.text)
	to.PutStr(attributeUUID, address[len(address)-len(id):]) // which ends in the identity
	to.PutStr(attributeArchive, address)
}

// trace gives the record the ids of its trace and span, where it has none. An id of 64 bits, which B3 allows, stays as it
// is, in an attribute: filled up to 128 it would be another one to who looks for it.
func (w *worker) trace(to pcommon.Map, record plog.LogRecord) {
	trace := w.dimensions.Trace()
	if trace == "" || !record.TraceID().IsEmpty() {
		return
	}
	var traceID pcommon.TraceID
	if len(trace) != hex.EncodedLen(len(traceID)) {
		to.PutStr(attributeTrace, strings.Clone(trace))
	} else if _, err := hex.Decode(traceID[:], []byte(trace)); err == nil {
		record.SetTraceID(traceID)
	}
	var spanID pcommon.SpanID
	if span := w.dimensions.Span(); len(span) == hex.EncodedLen(len(spanID)) && record.SpanID().IsEmpty() {
		if _, err := hex.Decode(spanID[:], []byte(span)); err == nil {
			record.SetSpanID(spanID)
		}
	}
}

// extra sets a dimension of the user's own.
func (w *worker) extra(to pcommon.Map, index int, name string) {
	value, outcome := w.dimensions.Extra(index)
	w.tally.values[index][outcome]++
	if outcome != dimension.ExtraSet {
		return
	}
	distinct := value.Text
	switch value.Kind {
	case dimension.KindNumber:
		to.PutDouble(name, value.Number)
	case dimension.KindBoolean:
		to.PutBool(name, value.Bool)
		return
	default:
		to.PutStr(name, strings.Clone(value.Text))
	}
	w.owner.telemetry.distinct[index].Add(distinct, w.now)
}
