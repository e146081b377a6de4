package redactprocessor

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/stamp"
)

// otherBodies are bodies of records that are no RRPair, each with a value to take out.
func otherBodies() map[string]func(pcommon.Value) {
	return map[string]func(pcommon.Value){
		"text":  func(v pcommon.Value) { v.SetStr("mail from " + anMail + " came") },
		"JSON":  func(v pcommon.Value) { v.SetStr(`{"level":"info","user":{"email":"` + anMail + `"}}`) },
		"bytes": func(v pcommon.Value) { v.SetEmptyBytes().FromRaw([]byte("mail from " + anMail + " came")) },
		"map": func(v pcommon.Value) {
			_ = v.SetEmptyMap().FromRaw(map[string]any{"a": []any{1, 2.5, true, nil, map[string]any{"email": anMail}}})
		},
		"slice": func(v pcommon.Value) { _ = v.SetEmptySlice().FromRaw([]any{"x", anMail}) },
	}
}

func TestRecordsThatAreNoRRPair(t *testing.T) {
	for name, fill := range otherBodies() {
		t.Run(name, func(t *testing.T) {
			agent, gateway := started(t, keyed(""), nil), started(t, keyed(""), nil)
			in := plog.NewLogs()
			record := in.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
			fill(record.Body())
			kind := record.Body().Type()
			out := agent.send(in)
			require.NotContains(t, written(t, out), anMail)
			require.NotContains(t, records(out)[0].Body().AsString(), anMail)
			require.Equal(t, kind, records(out)[0].Body().Type())
			require.EqualValues(t, 1, agent.outcome(outcomeRedacted))
			_, isStamped := records(out)[0].Attributes().Get(stamp.AttributeMAC)
			require.True(t, isStamped)

			want := written(t, out)
			require.Equal(t, want, written(t, gateway.send(overTheWire(t, out))))
			require.EqualValues(t, 1, gateway.outcome(outcomeAlready))
		})
	}
}

func TestBodiesWithNothingInThem(t *testing.T) {
	r := started(t, keyed(""), nil)
	in := plog.NewLogs()
	all := in.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	all.AppendEmpty()
	all.AppendEmpty().Body().SetInt(5)
	all.AppendEmpty().Body().SetBool(true)
	all.AppendEmpty().Body().SetDouble(0.5)
	all.AppendEmpty().Body().SetStr("")
	all.AppendEmpty().Body().SetEmptyMap()
	require.Len(t, records(r.send(in)), 6)
	require.EqualValues(t, 6, r.outcome(outcomeClean))
}

// An RRPair may come as a map, as JSON text and as the bytes of that.
func TestRRPairsInEveryForm(t *testing.T) {
	text := line(1, `{"email":"`+anMail+`","card":"`+aCard+`"}`)
	r := started(t, keyed(""), nil)
	in := request(t, text)
	all := in.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()
	all.AppendEmpty().Body().SetStr(text)
	all.AppendEmpty().Body().SetEmptyBytes().FromRaw([]byte(text))
	out := r.send(in)
	require.EqualValues(t, 3, r.outcome(outcomeRedacted))
	for _, record := range records(out) {
		plain := record.Body().AsString()
		if record.Body().Type() == pcommon.ValueTypeBytes {
			plain = string(record.Body().Bytes().AsRaw())
		}
		require.NotContains(t, plain, anMail)
		require.NotContains(t, plain, aCard)
	}
	requireStamped(t, r.keysOf(), out)
}

// A rule's condition looks at the record as it came, attributes that fill in what its body does not say included.
func TestRulesWithACondition(t *testing.T) {
	file := filepath.Join(t.TempDir(), "policy.yaml")
	rewrite(t, file, "version: 1\nname: acme\nrules:\n  email: {action: keep, when: service IS billing}\n")
	r := started(t, keyed("policy: "+file), nil)
	body := `{"email":"` + anMail + `"}`
	in := request(t, line(1, body), line(2, body), line(3, body))
	all := in.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()
	all.At(1).Body().Map().PutStr("service", "billing")
	all.At(2).Body().Map().PutStr("service", "undefined")
	all.At(2).Attributes().PutStr("service.name", "shop")
	all.AppendEmpty().Body().SetStr("mail " + anMail)
	var kept []bool
	for _, text := range bodies(r.send(in)) {
		kept = append(kept, strings.Contains(text, anMail))
	}
	require.Equal(t, []bool{false, true, false, false}, kept, "an exception for one service is none for others, nor where nobody can tell")
}

// Different bodies must not share what a stamp covers.
func TestContentTellsBodiesApart(t *testing.T) {
	seen := map[string]string{}
	for name, fill := range map[string]func(pcommon.Value){
		"empty":       func(pcommon.Value) {},
		"empty text":  func(v pcommon.Value) { v.SetStr("") },
		"empty bytes": func(v pcommon.Value) { v.SetEmptyBytes() },
		"empty map":   func(v pcommon.Value) { v.SetEmptyMap() },
		"empty slice": func(v pcommon.Value) { v.SetEmptySlice() },
		"zero":        func(v pcommon.Value) { v.SetInt(0) },
		"zero double": func(v pcommon.Value) { v.SetDouble(0) },
		"false":       func(v pcommon.Value) { v.SetBool(false) },
		"true":        func(v pcommon.Value) { v.SetBool(true) },
		"ab":          func(v pcommon.Value) { v.SetEmptySlice().AppendEmpty().SetStr("ab") },
		"a, b": func(v pcommon.Value) {
			s := v.SetEmptySlice()
			s.AppendEmpty().SetStr("a")
			s.AppendEmpty().SetStr("b")
		},
		"a: b": func(v pcommon.Value) { v.SetEmptyMap().PutStr("a", "b") },
		"ab: ": func(v pcommon.Value) { v.SetEmptyMap().PutStr("ab", "") },
	} {
		body := pcommon.NewValueEmpty()
		fill(body)
		content, err := appendBody(nil, body)
		require.NoError(t, err)
		require.Empty(t, seen[string(content)], name)
		seen[string(content)] = name
	}
}
