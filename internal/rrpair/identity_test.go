package rrpair

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAMissingUUIDComesFromTheContentInWhateverForm(t *testing.T) {
	forms := []string{
		`{"msgType":"rrpair","ts":"2026-01-01T00:00:00Z","duration":1,"http":{"req":{"url":"/","host":"h"}},"x":{"a":1,"b":2}}`,
		`{"x":{"b":2.0,"a":1e0},"http":{"req":{"host":"\u0068","url":"/","body":null}},"ts":"2026-01-01T00:00:00Z","duration":1, "msgType":"rrpair"}`,
		`{"msgType":"rrpair","uuid":"","ts":"2026-01-01T00:00:00Z","duration":1,"http":{"req":{"url":"/","host":"h"}},"x":{"a":1,"b":2}}`,
		`{"msgType":"rrpair","uuid":null,"ts":"2026-01-01T00:00:00Z","cluster":"undefined","duration":1,"http":{"req":{"url":"/","host":"h"}},"x":{"a":1,"b":2}}`,
	}
	first := parsed(t, forms[0])
	id, ok := first.UUID()
	assert.True(t, ok)
	assert.True(t, first.UUIDDerived())
	assert.Equal(t, byte(0x80), id[6]&0xf0, "version 8")
	assert.Equal(t, byte(0x80), id[8]&0xc0, "the variant of RFC 9562")
	assert.Equal(t, `{"msgType":"rrpair","ts":"2026-01-01T00:00:00Z","duration":1,"uuid":"`+id.Base64()+
		`","http":{"req":{"url":"/","host":"h"}},"x":{"a":1,"b":2}}`, string(first.JSON()))
	for _, form := range forms {
		p := parsed(t, form)
		got, _ := p.UUID()
		assert.Equal(t, id, got, form)
		assert.True(t, p.UUIDDerived())

		resource, record := newRecord()
		record.Body().SetStr(form)
		resource.Resource().Attributes().PutStr("cluster", "harbour")
		require.NoError(t, p.FromLogRecord(resource.Resource(), record))
		got, _ = p.UUID()
		assert.Equal(t, id, got, "what the way adds does not count: %s", form)
	}
	again := parsed(t, string(first.JSON()))
	assert.False(t, again.UUIDDerived(), "now it has one")
	other := parsed(t, `{"msgType":"rrpair","ts":"2026-01-01T00:00:00Z","duration":2}`)
	otherID, _ := other.UUID()
	assert.NotEqual(t, id, otherID)
}

func TestAUUIDThatIsNoneStaysAndTheContentGivesOne(t *testing.T) {
	for _, text := range []string{`{"msgType":"rrpair","uuid":"order 12"}`, `{"msgType":"rrpair","uuid":{"a":1}}`, `{"msgType":"rrpair","uuid":5}`} {
		p := parsed(t, text)
		assert.Equal(t, text, string(p.JSON()))
		id, ok := p.UUID()
		assert.False(t, ok)
		assert.NotZero(t, id)
		assert.True(t, p.UUIDDerived())

		resource, record := newRecord()
		resource.Resource().Attributes().PutStr("service", "shop")
		record.Body().SetStr(text)
		require.NoError(t, p.FromLogRecord(resource.Resource(), record))
		id, _ = p.UUID()
		stored, _ := parsed(t, string(p.JSON())).UUID()
		assert.Equal(t, id, stored, "what was stored has the id under which it was stored")
	}
}

func TestParseUUIDReadsWhatPeopleWrite(t *testing.T) {
	want := UUID{0xfb, 0xff, 0x28, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	assert.Equal(t, "fbff2800-0102-0304-0506-0708090a0b0c", want.String())
	assert.Equal(t, "+/8oAAECAwQFBgcICQoLDA==", want.Base64())
	for _, text := range []string{"+/8oAAECAwQFBgcICQoLDA==", "-_8oAAECAwQFBgcICQoLDA==", "-_8oAAECAwQFBgcICQoLDA", "fbff2800-0102-0304-0506-0708090a0b0c", "FBFF2800-0102-0304-0506-0708090A0B0C", "fbff28000102030405060708090a0b0c"} {
		id, err := ParseUUID(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, id)
	}
	for _, text := range []string{"", "x", "fbff2800 0102-0304-0506-0708090a0b0c", "gbff2800-0102-0304-0506-0708090a0b0c", "+/8oAAECAwQFBgcICQoLDA=x", "+/8oAAECAwQFBgcICQoLD\n==", "+/8oAAECAwQFBgcICQoLDAAA"} {
		_, err := ParseUUID(text)
		assert.Error(t, err, text)
	}
}

func TestTimeAgreesWithTheTimePackage(t *testing.T) {
	for _, text := range []string{
		"2026-03-14T09:20:01Z", "2026-03-14T09:20:01.5Z", "2026-03-14T09:20:01.123Z", "2026-03-14T09:20:01.123456Z", "2026-03-14T09:20:01.123456789Z",
		"2024-02-29T23:59:59Z", "2026-12-31T23:59:59.999999999Z", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
		"2026-03-14T09:20:01+02:00", "2026-03-14T09:20:01.5-11:30",
		"2026-02-30T00:00:00Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-03-14T24:00:00Z", "2026-03-14T09:60:00Z", "2026-03-14T09:20:60Z", "2026-03-14T09:20:01.Z",
		"2026-03-00T00:00:00Z", "2026-03-14", "noon", "", "2026-03-14T09:20:01.12345678901Z", "2026-03-1xT09:20:01Z", "2026-03-14T09:20:0 Z",
	} {
		want, err := time.Parse(time.RFC3339Nano, text)
		got, ok := parsed(t, `{"msgType":"rrpair",`+someID+`,"ts":"`+text+`"}`).Time()
		assert.Equal(t, err == nil, ok, text)
		if ok {
			assert.True(t, want.Equal(got), "%s: %s", text, got)
			assert.Equal(t, time.UTC, got.Location())
		}
	}
	_, ok := parsed(t, `{"msgType":"rrpair",`+someID+`,"ts":1234}`).Time()
	assert.False(t, ok)
}

func TestDurationTakesAnyNumber(t *testing.T) {
	for raw, want := range map[string]time.Duration{
		"12": 12 * time.Millisecond, "0": 0, "-3": -3 * time.Millisecond, "1.0": time.Millisecond, "0.5": 500 * time.Microsecond, `"250"`: 250 * time.Millisecond, "1e3": time.Second,
		"9223372036854": 9223372036854 * time.Millisecond,
	} {
		got, ok := parsed(t, `{"msgType":"rrpair",`+someID+`,"duration":`+raw+`}`).Duration()
		assert.True(t, ok, raw)
		assert.Equal(t, want, got, raw)
	}
	for _, raw := range []string{"null", `""`, `"soon"`, `"inf"`, `"-inf"`, `"-"`, "true", "[]", "9223372036855", "-9223372036855", "1e300", `"1ms"`} {
		got, ok := parsed(t, `{"msgType":"rrpair",`+someID+`,"duration":`+raw+`}`).Duration()
		assert.False(t, ok, raw)
		assert.Zero(t, got)
	}
}

func TestTextAndRawTellAbsence(t *testing.T) {
	p := parsed(t, `{"msgType":"rrpair",`+someID+`,"tech":"a\"\n😀","command":5,"http":{"req":{"method":"GET"}}}`)
	assert.Equal(t, "a\"\n😀", p.Text(FieldTech))
	assert.Equal(t, "GET", p.Text(FieldRequestMethod))
	assert.Equal(t, "", p.Text(FieldCommand))
	assert.Equal(t, "5", string(p.Raw(FieldCommand)))
	assert.Equal(t, "", p.Text(FieldLocation))
	assert.Nil(t, p.Raw(FieldLocation))
	assert.Nil(t, p.Raw(Field(250)))
	text, ok := p.AppendText([]byte("> "), FieldTech)
	assert.True(t, ok)
	assert.Equal(t, "> a\"\n😀", string(text))
	_, ok = p.AppendText(nil, FieldCommand)
	assert.False(t, ok)
	assert.Equal(t, "http.res.statusCode", FieldResponseStatusCode.String())
	assert.Equal(t, "unknown", fieldUnknown.String())
}

// TestNamesAndLookupsAgree keeps the table of names and the four lookups in step.
func TestNamesAndLookupsAgree(t *testing.T) {
	for f := range fieldCount {
		within, name := scopeTop, f.String()
		switch {
		case len(name) > 9 && name[:9] == "http.req.":
			within, name = scopeRequest, name[9:]
		case len(name) > 9 && name[:9] == "http.res.":
			within, name = scopeResponse, name[9:]
		case len(name) > 5 && name[:5] == "http.":
			within, name = scopeHTTP, name[5:]
		}
		assert.Equal(t, f, within.field([]byte(name)), name)
	}
}
