package rrpairreceiver

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/stamp"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// A stamp proves itself: exporters verify it, and the redact processor takes off what does not hold.
func TestStampsOfAnotherCollectorArePassedOn(t *testing.T) {
	sink := new(consumertest.LogsSink)
	client := startServer(t, sink, nil).dial(t)
	logs := pairs(t, pairLine("a"))
	record := logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
	stamps := map[string]string{stamp.AttributePolicy: "default", stamp.AttributeVersion: "1", stamp.AttributeKeyID: "k", stamp.AttributeProcess: "p", stamp.AttributeMAC: "00"}
	for key, value := range stamps {
		record.Attributes().PutStr(key, value)
	}
	_, err := client.Export(t.Context(), plogotlp.NewExportRequestFromLogs(logs))
	require.NoError(t, err)
	got := sink.AllLogs()[0].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().AsRaw()
	for key, value := range stamps {
		assert.Equal(t, value, got[key])
	}
}

// What a stamp covers is the same before and after the receiver, in whatever form the pair comes.
func TestTheContentUnderAStampDoesNotChange(t *testing.T) {
	line := pairLine("a")
	var want, got rrpair.Pair
	require.NoError(t, want.ParseJSON([]byte(line)))
	for name, set := range map[string]func(plog.LogRecord){
		"map":   func(record plog.LogRecord) { require.NoError(t, want.ToLogRecord(record)) },
		"text":  func(record plog.LogRecord) { record.Body().SetStr(line) },
		"bytes": func(record plog.LogRecord) { record.Body().SetEmptyBytes().FromRaw([]byte(line)) },
	} {
		t.Run(name, func(t *testing.T) {
			logs := plog.NewLogs()
			resource := logs.ResourceLogs().AppendEmpty()
			resource.Resource().Attributes().PutStr("cluster", "harbour")
			record := resource.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
			set(record)
			record.Attributes().PutStr("service", "other")
			before, err := stamp.Content(&want, record)
			require.NoError(t, err)
			sink := new(consumertest.LogsSink)
			_, err = startServer(t, sink, nil).dial(t).Export(t.Context(), plogotlp.NewExportRequestFromLogs(logs))
			require.NoError(t, err)
			after, err := stamp.Content(&got, sink.AllLogs()[0].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0))
			require.NoError(t, err)
			require.Equal(t, string(before), string(after))
		})
	}
}
