package redactprocessor

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/attribute"

	"github.com/byoc-otel/otelcol-byoc/internal/redact"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const smallLimits = "limits: {max_bytes: 4KiB}"

// mixed is a request of five: the second is too large, the fourth is no RRPair although it says so.
func mixed(t *testing.T) plog.Logs {
	in := request(t, line(1, `{"email":"`+anMail+`"}`), line(2, strings.Repeat("x", 8<<10)), line(3, "{}"), line(4, "{}"), line(5, "{}"))
	records(in)[3].Body().SetStr(`{"msgType":"rrpair","uuid":"AAEC`)
	return in
}

// uuids tells which of the lines of mixed are there.
func uuids(logs plog.Logs) (all []string) {
	for _, record := range records(logs) {
		var pair rrpair.Pair
		_ = pair.FromBody(record)
		all = append(all, pair.Text(rrpair.FieldUUID))
	}
	return all
}

func TestRefusedRecordsGoToTheDeadLetterAndNeighboursOn(t *testing.T) {
	dead := &letters{}
	r := started(t, keyed(smallLimits), map[string]component.Component{"archive": dead})
	in := mixed(t)
	want := uuids(in)
	out := r.send(in)
	require.Equal(t, []string{want[0], want[2], want[4]}, uuids(out))
	requireStamped(t, r.keysOf(), out)
	require.Len(t, dead.records, 2)
	require.Equal(t, "processor/redact", dead.records[0].Component)
	require.Contains(t, dead.records[0].Reason, "too_large")
	require.Regexp(t, `^[0-9a-f]{32}$`, dead.records[0].KeyedHash)
	require.Contains(t, string(dead.records[0].Body), strings.Repeat("x", 8<<10), "the sink encrypts it, or keeps its hash only")
	require.Contains(t, dead.records[1].Reason, "unparseable")
	require.EqualValues(t, 2, r.counted("refused_records", attribute.String("fate", "dead_letter")))
	require.EqualValues(t, 2, r.outcome(outcomeRefused))
	require.EqualValues(t, 1, r.outcome(outcomeRedacted))
	require.EqualValues(t, 2, r.outcome(outcomeClean))
	require.Contains(t, r.said(), "the dead letter says why")
}

func TestWithoutADeadLetterRefusedRecordsAreDroppedLoudly(t *testing.T) {
	r := started(t, keyed(smallLimits), nil)
	require.Len(t, records(r.send(mixed(t))), 3)
	require.EqualValues(t, 2, r.counted("refused_records", attribute.String("fate", "dropped")))
	require.Contains(t, r.said(), "DROPPED")
	require.Regexp(t, `keyed_hash:\[[0-9a-f]{32} [0-9a-f]{32}\]`, r.said())
}

// Nothing is handed on before the dead letter has what is refused, so that a request sent again is there once.
func TestADeadLetterThatFailsAsksForTheRequestAgain(t *testing.T) {
	away := errors.New("store is away")
	dead := &letters{fails: away}
	r := started(t, keyed(smallLimits), map[string]component.Component{"archive": dead})
	in := mixed(t)
	err := r.processor.ConsumeLogs(t.Context(), in)
	require.ErrorIs(t, err, away)
	require.False(t, consumererror.IsPermanent(err))
	require.Empty(t, r.next.AllLogs())
	require.Zero(t, r.counted("records"))

	dead.fails = nil
	out := r.send(in) // a retry within the process brings the same request, half redacted
	require.Len(t, records(out), 3)
	require.NotContains(t, written(t, out), anMail)
	requireStamped(t, r.keysOf(), out)
	require.Len(t, dead.records, 2)
	require.EqualValues(t, 5, r.counted("records"))
}

func TestARequestOfRefusedRecordsEndsHere(t *testing.T) {
	r := started(t, keyed(smallLimits), nil)
	require.NoError(t, r.processor.ConsumeLogs(t.Context(), request(t, line(1, strings.Repeat("x", 8<<10)))))
	require.Empty(t, r.next.AllLogs())
}

func TestTheDeadLetterThatIsNamed(t *testing.T) {
	named, other := &letters{}, &letters{}
	r := started(t, keyed(smallLimits+"\ndead_letter: archive/eu"), map[string]component.Component{"archive": other, "archive/eu": named})
	r.send(mixed(t))
	require.Len(t, named.records, 2)
	require.Empty(t, other.records)

	r = newRig(t, keyed("dead_letter: archive/us"), map[string]component.Component{"archive": other})
	err := r.processor.Start(t.Context(), r)
	require.ErrorContains(t, err, "dead_letter")
	require.ErrorContains(t, err, `"archive/us"`)
	require.ErrorContains(t, err, "service::extensions")
}

func TestAResourceThatIsRefusedTakesItsRecordsWithIt(t *testing.T) {
	dead := &letters{}
	r := started(t, keyed(smallLimits), map[string]component.Component{"archive": dead})
	in := request(t, line(1, "{}"), line(2, "{}"))
	in.ResourceLogs().At(0).Resource().Attributes().PutStr("big", strings.Repeat("x", 8<<10))
	request(t, line(3, "{}")).ResourceLogs().MoveAndAppendTo(in.ResourceLogs())
	out := r.send(in)
	require.Equal(t, 1, out.ResourceLogs().Len())
	require.Len(t, records(out), 1)
	require.Len(t, dead.records, 2)
}

func TestAPanicRefusesTheRecordAlone(t *testing.T) {
	r := started(t, keyed(""), nil)
	p, ok := r.processor.(*redactProcessor)
	require.True(t, ok)
	b := new(batch)
	b.begin(p.force.Load(), request(t, line(1, "{}")))
	w := p.worker(b)
	b.items = []item{{}} // a record that is none
	w.item(0, &b.items[0])
	require.Len(t, w.refused, 1)
	require.Equal(t, redact.ReasonInternal, w.refused[0].refusal.Reason)
	w.finish(t.Context(), b)
	require.NoError(t, p.refuse(t.Context(), &batch{force: b.force, items: b.items, tally: b.tally}, plog.NewLogs()))
	require.Contains(t, r.said(), "defect of this program")
}

func TestAPanicsOwnWordsAreNotSaid(t *testing.T) {
	r := started(t, keyed(""), nil)
	p, ok := r.processor.(*redactProcessor)
	require.True(t, ok)
	refusal := p.panicked("cannot read " + anMail)
	require.NotContains(t, refusal.Error(), anMail)
	require.NotContains(t, r.said(), anMail)
	require.NotContains(t, refusalOf(errors.New("cannot read "+anMail)).Error(), anMail)
}

func TestPlacesHoldNoNamesThatASenderChose(t *testing.T) {
	for path, want := range map[string]string{
		"":                                     "record",
		"http.req.headers":                     "http.req.headers",
		"http.req.headers." + anMail + "[0]":   "http.req.headers…",
		"http.req.bodyBase64|json." + anMail:   "http.req.bodyBase64…",
		"signature.http:url|base64|url.query.": "signature.http:url…",
		anMail:                                 "record",
		"body." + anMail:                       "body…",
	} {
		require.Equal(t, want, place(path), path)
	}
}

func TestBodiesNestedTooDeepAreRefused(t *testing.T) {
	dead := &letters{}
	r := started(t, keyed(""), map[string]component.Component{"archive": dead})
	in := request(t, line(1, "{}"))
	value := in.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().AppendEmpty().Body()
	for range 2 * maxNesting {
		value = value.SetEmptySlice().AppendEmpty()
	}
	require.Len(t, records(r.send(in)), 1)
	require.Len(t, dead.records, 1)
	require.Contains(t, dead.records[0].Reason, "too_deep")
	require.Nil(t, dead.records[0].Body)
	require.False(t, nestedDeeper(pcommon.NewValueMap(), 1))
}
