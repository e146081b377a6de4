package redactprocessor

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/attribute"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/stamp"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// keysOf are the keys that an archive would be given to verify this processor's stamps elsewhere.
func (r *rig) keysOf() map[string][]byte {
	p, ok := r.processor.(*redactProcessor)
	require.True(r.t, ok)
	return map[string][]byte{p.keys.KeyID(): p.keys.Derive(stampPurpose)}
}

// requireStamped checks the stamp of each RRPair as an exporter does.
func requireStamped(t testing.TB, keys map[string][]byte, logs plog.Logs) {
	t.Helper()
	verifier := stamp.NewVerifier(keys)
	var pair rrpair.Pair
	for _, record := range records(logs) {
		content, err := stamp.Content(&pair, record)
		require.NoError(t, err)
		_, err = verifier.Verify(record, content)
		require.NoError(t, err)
	}
}

func TestValuesAreGoneAndRecordsAreStamped(t *testing.T) {
	r := started(t, keyed(""), nil)
	out := r.send(request(t, line(1, `{"card":"`+aCard+`","email":"`+anMail+`"}`), line(2, `{"ok":true}`)))
	text := written(t, out)
	require.NotContains(t, text, aCard)
	require.NotContains(t, text, anMail)
	require.Contains(t, text, `{\"ok\":true}`)
	requireStamped(t, r.keysOf(), out)
	requireStamped(t, nil, out) // in this process no key is needed

	require.EqualValues(t, 1, r.outcome(outcomeRedacted))
	require.EqualValues(t, 1, r.outcome(outcomeClean))
	require.Zero(t, r.outcome(outcomeRefused))
	require.GreaterOrEqual(t, r.counted("values"), int64(2))
	require.Positive(t, r.counted("scanned_bytes"))
}

func TestTheSameValueGetsTheSameSurrogateEverywhere(t *testing.T) {
	first, second := started(t, keyed(""), nil), started(t, keyed("parallel: 3"), nil)
	require.Equal(t, bodies(first.send(generated(t, 1, 100))), bodies(second.send(generated(t, 1, 100))))
}

func bodies(logs plog.Logs) (all []string) {
	for _, record := range records(logs) {
		all = append(all, record.Body().AsString())
	}
	return all
}

func TestAStampThatDoesNotHoldIsTakenOff(t *testing.T) {
	r := started(t, keyed(""), nil)
	in := request(t, line(1, `{"email":"`+anMail+`"}`))
	resource := in.ResourceLogs().At(0)
	record := records(in)[0]
	for _, key := range []string{stamp.AttributePolicy, stamp.AttributeVersion, stamp.AttributeKeyID, stamp.AttributeProcess, stamp.AttributeMAC} {
		record.Attributes().PutStr(key, "forged")
	}
	record.Attributes().PutStr(stamp.Prefix+"more", anMail)
	resource.Resource().Attributes().PutStr(stamp.AttributeMAC, "forged")
	resource.ScopeLogs().At(0).Scope().Attributes().PutStr(stamp.AttributeMAC, "forged")
	out := r.send(in)
	text := written(t, out)
	require.NotContains(t, text, anMail)
	require.NotContains(t, text, "forged")
	require.NotContains(t, text, stamp.Prefix+"more")
	requireStamped(t, r.keysOf(), out)
	require.EqualValues(t, 1, r.outcome(outcomeRedacted))
}

func TestTextBesideBodiesIsRedacted(t *testing.T) {
	r := started(t, keyed(""), nil)
	in := request(t, line(1, `{}`))
	resource, record := in.ResourceLogs().At(0), records(in)[0]
	scope := resource.ScopeLogs().At(0)
	resource.Resource().Attributes().PutStr("owner", anMail)
	resource.SetSchemaUrl("https://schemas.example/?by=" + anMail)
	scope.Scope().Attributes().PutStr("owner", anMail)
	scope.Scope().SetName("by " + anMail)
	scope.Scope().SetVersion("for " + anMail)
	record.Attributes().PutStr("user", anMail)
	record.SetSeverityText("mail " + anMail)
	record.SetEventName("mail " + anMail)
	require.NotContains(t, written(t, r.send(in)), anMail)
}

func TestDryRunChangesNothing(t *testing.T) {
	r := started(t, keyed("dry_run: true\nlimits: {max_bytes: 4KiB}"), nil)
	in := request(t, line(1, `{"card":"`+aCard+`"}`), line(2, strings.Repeat("x", 8<<10)), line(3, `{}`))
	in.ResourceLogs().At(0).Resource().Attributes().PutStr("owner", anMail)
	records(in)[2].Attributes().PutStr(stamp.AttributeMAC, "forged")
	before := written(t, in)
	require.Equal(t, before, written(t, r.send(in)))

	dry := attribute.Bool("dry_run", true)
	require.EqualValues(t, 3, r.counted("records", dry))
	require.EqualValues(t, 1, r.outcome(outcomeRedacted))
	require.EqualValues(t, 1, r.outcome(outcomeRefused))
	require.EqualValues(t, 1, r.counted("refused_records", attribute.String("fate", "passed"), attribute.String("reason", "too_large")))
	require.Positive(t, r.counted("values", dry))
	require.Contains(t, r.said(), "dry_run is on")
}

func TestTheNextConsumersErrorIsTheAnswer(t *testing.T) {
	config, err := configOf(t, keyed(""))
	require.NoError(t, err)
	r := newRig(t, keyed(""), nil)
	away := errors.New("away")
	p, ok := r.processor.(*redactProcessor)
	require.True(t, ok)
	p.config, p.next = config, consumertest.NewErr(away)
	require.ErrorIs(t, p.ConsumeLogs(t.Context(), request(t, line(1, "{}"))), errNotStarted)
	require.NoError(t, p.Start(t.Context(), r))
	require.ErrorIs(t, p.ConsumeLogs(t.Context(), request(t, line(1, "{}"))), away)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, p.ConsumeLogs(ended, request(t, line(1, "{}"))), context.Canceled)
	require.NoError(t, p.Shutdown(t.Context()))
}

func TestAnEmptyRequestGoesOn(t *testing.T) {
	r := started(t, keyed(""), nil)
	require.NoError(t, r.processor.ConsumeLogs(t.Context(), plog.NewLogs()))
	require.Len(t, r.next.AllLogs(), 1)
}

// A batch processor behind this one hands its last records on after this one has stopped.
func TestStampsHoldAfterShutdown(t *testing.T) {
	r := newRig(t, keyed(""), nil)
	require.NoError(t, r.processor.Start(t.Context(), r))
	out := r.send(request(t, line(1, "{}")))
	require.NoError(t, r.processor.Shutdown(t.Context()))
	requireStamped(t, nil, out)
}

func TestWhatIsSaidAtTheStart(t *testing.T) {
	r := started(t, "ephemeral_key: true", nil)
	said := r.said()
	require.Contains(t, said, "Redaction is on")
	require.Contains(t, said, "key_id")
	require.Contains(t, said, "ephemeral")
	require.Contains(t, said, "no dead letter")
	info, err := r.telemetry.GetMetric("otelcol_redact_processor_policy_info")
	require.NoError(t, err)
	require.NotEmpty(t, info.Data)
}

func TestWithoutAKeyItDoesNotStart(t *testing.T) {
	for _, block := range []string{"{}", `key: ""`} {
		_, err := configOf(t, block)
		require.ErrorContains(t, err, "key: \"${env:BYOC_REDACTION_KEY}\"")
		require.ErrorContains(t, err, "ephemeral_key: true")
	}
}

func TestNoKeyAndNoValueIsInTheLog(t *testing.T) {
	r := started(t, keyed("limits: {max_bytes: 4KiB}\nparallel: 2"), nil)
	big := strings.Repeat("x", 8<<10)
	r.send(request(t, line(1, `{"`+anMail+`":"`+aCard+`"}`), line(2, `{"`+anMail+`":"`+aCard+big+`"}`)))
	require.EqualValues(t, 1, r.outcome(outcomeRefused))
	for _, secret := range []string{testKey, testKey[:12], anMail, aCard} {
		require.NotContains(t, r.said(), secret)
	}
}
