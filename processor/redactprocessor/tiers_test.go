package redactprocessor

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/stamp"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// overTheWire is what the next tier receives.
func overTheWire(t *testing.T, logs plog.Logs) plog.Logs {
	t.Helper()
	data, err := plogotlp.NewExportRequestFromLogs(logs).MarshalProto()
	require.NoError(t, err)
	received := plogotlp.NewExportRequest()
	require.NoError(t, received.UnmarshalProto(data))
	return received.Logs()
}

// An exporter without keys believes what its own process has stamped, so that a gateway stamps anew what it believes.
func TestAGatewayStampsAnew(t *testing.T) {
	file := filepath.Join(t.TempDir(), "stamped")
	agent := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAnAgentInItsOwnProcess$")
	agent.Env = append(os.Environ(), agentOutput+"="+file)
	said, err := agent.CombinedOutput()
	require.NoError(t, err, string(said))
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	received := plogotlp.NewExportRequest()
	require.NoError(t, received.UnmarshalProto(data))
	require.ErrorIs(t, verify(records(received.Logs())[0]), stamp.ErrForeign)

	gateway := started(t, keyed(""), nil)
	got := gateway.send(received.Logs())
	require.EqualValues(t, 1, gateway.outcome(outcomeAlready))
	requireStamped(t, nil, got)
}

// agentOutput names the file into which the test below, run by the one above as a process, writes what it has stamped.
const agentOutput = "BYOC_TEST_AGENT_OUTPUT"

func TestAnAgentInItsOwnProcess(t *testing.T) {
	file := os.Getenv(agentOutput)
	if file == "" {
		return
	}
	out := started(t, keyed(""), nil).send(request(t, line(1, `{"email":"`+anMail+`"}`)))
	data, err := plogotlp.NewExportRequestFromLogs(out).MarshalProto()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, data, 0o600))
}

func verify(record plog.LogRecord) error {
	var pair rrpair.Pair
	content, err := stamp.Content(&pair, record)
	if err != nil {
		return err
	}
	_, err = stamp.NewVerifier(nil).Verify(record, content)
	return err
}

func TestAGatewayBelievesItsAgent(t *testing.T) {
	agent, gateway := started(t, keyed(""), nil), started(t, keyed(""), nil)
	const number = 50
	sent := agent.send(generated(t, 7, number))
	want := bodies(sent)
	got := gateway.send(overTheWire(t, sent))
	require.Equal(t, want, bodies(got))
	require.EqualValues(t, number, gateway.outcome(outcomeAlready))
	require.Zero(t, gateway.counted("scanned_bytes"))
	requireStamped(t, gateway.keysOf(), got)
}

// The stamp covers the body; attributes may have been added on the way.
func TestAGatewayRedactsWhatCameAfterTheStamp(t *testing.T) {
	agent, gateway := started(t, keyed(""), nil), started(t, keyed(""), nil)
	between := overTheWire(t, agent.send(request(t, line(1, "{}"))))
	between.ResourceLogs().At(0).Resource().Attributes().PutStr("owner", anMail)
	record := records(between)[0]
	record.Attributes().PutStr("user", anMail)
	record.Attributes().PutStr(stamp.Prefix+"user", anMail)
	record.SetEventName("mail " + anMail)
	got := gateway.send(between)
	require.NotContains(t, written(t, got), anMail)
	require.EqualValues(t, 1, gateway.outcome(outcomeAlready))
	requireStamped(t, gateway.keysOf(), got)
}

func TestAGatewayRedactsAgainWhatWasChanged(t *testing.T) {
	agent, gateway := started(t, keyed(""), nil), started(t, keyed(""), nil)
	between := overTheWire(t, agent.send(request(t, line(1, "{}"))))
	records(between)[0].Body().Map().PutStr("session", anMail)
	got := gateway.send(between)
	require.NotContains(t, written(t, got), anMail)
	require.EqualValues(t, 1, gateway.outcome(outcomeRedacted))
	requireStamped(t, gateway.keysOf(), got)
}

func TestAnotherKeyOrPolicyIsNotBelieved(t *testing.T) {
	agent := started(t, keyed(""), nil)
	for name, block := range map[string]string{
		"policy": keyed("policy: strict"),
		"key":    "key: another-redaction-key-of-32-chars",
	} {
		t.Run(name, func(t *testing.T) {
			gateway := started(t, block, nil)
			got := gateway.send(overTheWire(t, agent.send(request(t, line(1, `{"email":"`+anMail+`"}`)))))
			require.Zero(t, gateway.outcome(outcomeAlready))
			require.NotContains(t, written(t, got), anMail)
			requireStamped(t, gateway.keysOf(), got)
		})
	}
}

// What one tier has made is a surrogate to the next, and stays.
func TestRedactionTwiceIsRedactionOnce(t *testing.T) {
	agent, gateway := started(t, keyed(""), nil), started(t, keyed(""), nil)
	once := agent.send(generated(t, 3, 100))
	want := bodies(once)
	again := overTheWire(t, once)
	for _, record := range records(again) {
		dropStamps(record.Attributes())
	}
	require.Equal(t, want, bodies(gateway.send(again)))
	require.Zero(t, gateway.outcome(outcomeAlready))
}

func TestAKeyThatWasReplacedIsStillRecognised(t *testing.T) {
	before := started(t, "key: another-redaction-key-of-32-chars\nkey_id: old", nil)
	after := started(t, keyed("key_id: new\nprevious_keys: [{key: another-redaction-key-of-32-chars, id: old}]"), nil)
	once := before.send(request(t, line(1, `{"email":"`+anMail+`","card":"`+aCard+`"}`)))
	want := bodies(once)
	got := after.send(overTheWire(t, once))
	require.Equal(t, want, bodies(got), "surrogates of the old key stay")
	require.EqualValues(t, 1, after.outcome(outcomeAlready))
	requireStamped(t, after.keysOf(), got)
	id, _ := records(got)[0].Attributes().Get(stamp.AttributeKeyID)
	require.Equal(t, "new", id.Str())
}

func TestProcessorsMayShareAProcess(t *testing.T) {
	one, two := newRig(t, keyed(""), nil), newRig(t, keyed(""), nil)
	require.NoError(t, one.processor.Start(t.Context(), one))
	require.NoError(t, two.processor.Start(t.Context(), two))
	out := one.send(request(t, line(1, "{}")))
	require.NoError(t, two.processor.Shutdown(context.Background()))
	requireStamped(t, nil, out)
	require.NoError(t, one.processor.Shutdown(context.Background()))
}
