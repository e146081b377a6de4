package rrpair

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
)

func TestEveryPairSurvivesJSONAndOTLP(t *testing.T) {
	var fromText, fromRecord, fromWire, again Pair
	for _, line := range sampleLines(t) {
		require.NoError(t, fromText.ParseJSON(line))
		require.Equal(t, canonical(t, line), canonical(t, fromText.JSON()))
		require.True(t, CanonicalEqual(line, fromText.JSON()))
		require.NoError(t, again.ParseJSON(fromText.JSON()))
		require.Equal(t, string(fromText.JSON()), string(again.JSON()), "parsing what was written changes nothing")

		logs := plog.NewLogs()
		resource := logs.ResourceLogs().AppendEmpty()
		record := resource.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
		require.NoError(t, fromText.ToLogRecord(record))
		require.True(t, IsRRPair(record))
		require.NoError(t, fromRecord.FromLogRecord(resource.Resource(), record))
		require.Equal(t, canonical(t, line), canonical(t, fromRecord.JSON()))

		wire, err := (&plog.ProtoMarshaler{}).MarshalLogs(logs)
		require.NoError(t, err)
		received, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(wire)
		require.NoError(t, err)
		there := received.ResourceLogs().At(0)
		require.NoError(t, fromWire.FromLogRecord(there.Resource(), there.ScopeLogs().At(0).LogRecords().At(0)))
		require.Equal(t, string(fromRecord.JSON()), string(fromWire.JSON()))

		id, ok := fromText.UUID()
		assert.True(t, ok)
		other, _ := fromWire.UUID()
		assert.Equal(t, id, other)
		_, ok = fromText.Time()
		assert.True(t, ok)
	}
}
