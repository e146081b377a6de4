package rrpair

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// response returns a record whose http.res is what fill makes it.
func response(uuid string, fill func(pcommon.Map)) plog.LogRecord {
	record := plog.NewLogRecord()
	body := record.Body().SetEmptyMap()
	body.PutStr("msgType", "rrpair")
	if uuid != "" {
		body.PutStr("uuid", uuid)
	}
	fill(body.PutEmptyMap("http").PutEmptyMap("res"))
	return record
}

const detachUUID = "ViwGhZ1oTiy6FZ8tq26CLA=="

func TestDetachedBodiesLeaveTheText(t *testing.T) {
	for name, c := range map[string]struct {
		fill    func(pcommon.Map)
		taken   bool
		repeats bool
		data    string
		json    string // of http.res
	}{
		"both":             {func(m pcommon.Map) { m.PutStr("bodyBase64", "aGk="); m.PutStr("body", "hi") }, true, true, "hi", `{}`},
		"base64 alone":     {func(m pcommon.Map) { m.PutStr("bodyBase64", "aGk=") }, true, false, "hi", `{}`},
		"empty":            {func(m pcommon.Map) { m.PutStr("bodyBase64", ""); m.PutStr("body", "") }, true, true, "", `{}`},
		"body alone":       {func(m pcommon.Map) { m.PutStr("body", "hi") }, false, false, "", `{"body":"hi"}`},
		"body first":       {func(m pcommon.Map) { m.PutStr("body", "hi"); m.PutStr("bodyBase64", "aGk=") }, true, false, "hi", `{"body":"hi"}`},
		"body differs":     {func(m pcommon.Map) { m.PutStr("bodyBase64", "aGk="); m.PutStr("body", "ho") }, true, false, "hi", `{"body":"ho"}`},
		"body no text":     {func(m pcommon.Map) { m.PutStr("bodyBase64", "aGk="); m.PutBool("body", true) }, true, false, "hi", `{"body":true}`},
		"unpadded":         {func(m pcommon.Map) { m.PutStr("bodyBase64", "aGk") }, false, false, "", `{"bodyBase64":"aGk"}`},
		"unused bits":      {func(m pcommon.Map) { m.PutStr("bodyBase64", "aGl=") }, false, false, "", `{"bodyBase64":"aGl="}`},
		"line end":         {func(m pcommon.Map) { m.PutStr("bodyBase64", "aGk\n") }, false, false, "", `{"bodyBase64":"aGk\n"}`},
		"bytes":            {func(m pcommon.Map) { m.PutEmptyBytes("bodyBase64").FromRaw([]byte("hi")) }, false, false, "", `{"bodyBase64":"aGk="}`},
		"not UTF-8 behind": {func(m pcommon.Map) { m.PutStr("bodyBase64", "/w==") }, true, false, "\xff", `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			record := response(detachUUID, c.fill)
			var pair Pair
			var bodies Detached
			require.NoError(t, pair.FromLogRecordDetached(pcommon.NewResource(), record, &bodies))
			data, taken, repeats := bodies.Body(true)
			assert.Equal(t, c.taken, taken)
			assert.Equal(t, c.repeats, repeats)
			if taken {
				assert.Equal(t, c.data, string(data))
			}
			assert.Equal(t, c.json, string(pair.Raw(FieldResponse)))
			_, taken, _ = bodies.Body(false)
			assert.False(t, taken, "the request has none")

			var whole Pair
			require.NoError(t, whole.FromLogRecord(pcommon.NewResource(), record))
			assert.Equal(t, len(whole.JSON()), len(pair.JSON())+bodies.TextBytes()-commas(c.taken, c.repeats, c.json))
		})
	}
}

// commas is how many of the commas that TextBytes counts an object would not have.
func commas(taken, repeats bool, rest string) int {
	if (taken || repeats) && rest == "{}" {
		return 1
	}
	return 0
}

func TestDetachedBodiesAreRefusedWhereWholeOnesAre(t *testing.T) {
	record := response(detachUUID, func(m pcommon.Map) {
		m.PutStr("bodyBase64", "/w==")
		m.PutStr("body", "\xff")
	})
	var pair Pair
	var bodies Detached
	err := pair.FromLogRecordDetached(pcommon.NewResource(), record, &bodies)
	var decodeError *DecodeError
	require.ErrorAs(t, err, &decodeError)
	assert.Equal(t, CauseUTF8, decodeError.Cause)
	assert.Empty(t, pair.JSON())
}

func TestDetachedPairWithoutUUIDIsWhole(t *testing.T) {
	for _, uuid := range []string{"", "no uuid"} {
		record := response(uuid, func(m pcommon.Map) { m.PutStr("bodyBase64", "aGk=") })
		var pair, whole Pair
		var bodies Detached
		require.NoError(t, pair.FromLogRecordDetached(pcommon.NewResource(), record, &bodies))
		require.NoError(t, whole.FromLogRecord(pcommon.NewResource(), record))
		assert.Equal(t, string(whole.JSON()), string(pair.JSON()))
		_, taken, _ := bodies.Body(true)
		assert.False(t, taken)
		one, _ := pair.UUID()
		other, _ := whole.UUID()
		assert.Equal(t, other, one)
	}
}

func TestDetachedBodiesCountAsMembers(t *testing.T) {
	for _, name := range []string{"bodyBase64", "body"} {
		record := response(detachUUID, func(m pcommon.Map) {
			m.PutStr("bodyBase64", "aGk=")
			m.PutStr("body", "hi")
			m.PutStr("renamed_by_wire", "aGk=")
		})
		twice := renamed(t, record, "renamed_by_wire", name)
		var pair Pair
		var bodies Detached
		var decodeError *DecodeError
		require.ErrorAs(t, pair.FromLogRecordDetached(pcommon.NewResource(), twice, &bodies), &decodeError)
		assert.Equal(t, CauseDuplicate, decodeError.Cause)
	}
}

// renamed gives a member another name, where Put would replace the one that has it.
func renamed(t *testing.T, record plog.LogRecord, from, to string) plog.LogRecord {
	t.Helper()
	logs := plog.NewLogs()
	record.CopyTo(logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty())
	text, err := new(plog.JSONMarshaler).MarshalLogs(logs)
	require.NoError(t, err)
	logs, err = new(plog.JSONUnmarshaler).UnmarshalLogs([]byte(strings.Replace(string(text), from, to, 1)))
	require.NoError(t, err)
	return logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
}
