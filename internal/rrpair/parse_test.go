package rrpair

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// someID is the uuid of pairs in which it does not matter.
const someID = `"uuid":"AAECAwQFBgcICQoLDA0ODw=="`

func TestParseJSONWritesOneForm(t *testing.T) {
	for name, c := range map[string]struct{ in, out string }{
		"order of the model": {
			`{"service":"a","uuid":"AAECAwQFBgcICQoLDA0ODw==","msgType":"rrpair"}`,
			`{"msgType":"rrpair","uuid":"AAECAwQFBgcICQoLDA0ODw==","service":"a"}`,
		},
		"unknown members behind the known ones, as they arrived": {
			`{"z":1,"msgType":"rrpair","a":{"z":1,"a":2},` + someID + `,"ts":"x"}`,
			`{"msgType":"rrpair","ts":"x",` + someID + `,"z":1,"a":{"z":1,"a":2}}`,
		},
		"http in order too": {
			`{"msgType":"rrpair",` + someID + `,"http":{"x":0,"res":{"body":"b","statusCode":200},"req":{"new":1,"host":"h","url":"/"}}}`,
			`{"msgType":"rrpair",` + someID + `,"http":{"req":{"url":"/","host":"h","new":1},"res":{"statusCode":200,"body":"b"},"x":0}}`,
		},
		"white space": {
			" \t{ \"msgType\" :\r\n\"rrpair\" , " + someID + " , \"x\" : [ 1 , { } , [ ] , \"a b\" ] } \n",
			`{"msgType":"rrpair",` + someID + `,"x":[1,{},[],"a b"]}`,
		},
		"escapes": {
			`{"msgType":"rrpair",` + someID + `,"x":"\/\u0041\u00e9\u000A\u0000\u001F\ud83d\ude00\"\\\u007f","\u0079":1}`,
			`{"msgType":"rrpair",` + someID + `,"x":"/Aé\n\u0000\u001f😀\"\\` + "\x7f" + `","y":1}`,
		},
		"an escaped name is that name": {
			`{"\u006dsgType":"rrp\u0061ir",` + someID + `}`,
			`{"msgType":"rrpair",` + someID + `}`,
		},
		"null of known fields is absence, of others null": {
			`{"msgType":"rrpair","ts":null,` + someID + `,"http":{"req":{"url":null,"x":null},"res":null},"netinfo":{"id":null},"y":null}`,
			`{"msgType":"rrpair",` + someID + `,"http":{"req":{"x":null}},"netinfo":{"id":null},"y":null}`,
		},
		"numbers keep their digits": {
			`{"msgType":"rrpair",` + someID + `,"x":[1.0,-0,1E5,12345678901234567890123,0.10]}`,
			`{"msgType":"rrpair",` + someID + `,"x":[1.0,-0,1E5,12345678901234567890123,0.10]}`,
		},
		"wrong types stay": {
			`{"msgType":"rrpair","ts":7,"duration":"soon","tags":[],"uuid":{"a":1},"service":["x"],"http":"none","netinfo":4}`,
			`{"msgType":"rrpair","ts":7,"duration":"soon","tags":[],"uuid":{"a":1},"service":["x"],"http":"none","netinfo":4}`,
		},
		"wrong types within http stay": {
			`{"msgType":"rrpair",` + someID + `,"http":{"req":[{"url":1}],"res":{"headers":"x","bodyBase64":7}}}`,
			`{"msgType":"rrpair",` + someID + `,"http":{"req":[{"url":1}],"res":{"headers":"x","bodyBase64":7}}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := parsed(t, c.in)
			assert.Equal(t, c.out, string(p.JSON()))
			assert.Equal(t, c.out, string(parsed(t, c.out).JSON()), "the form is stable")
		})
	}
}

func TestParseJSONRefuses(t *testing.T) {
	deep := strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth)
	var many strings.Builder
	for i := range 300 {
		fmt.Fprintf(&many, `"k%d":1,`, i)
	}
	for name, c := range map[string]struct {
		in     string
		cause  Cause
		path   string
		offset int
	}{
		"nothing":               {``, CauseSyntax, "", 0},
		"a log line":            {` not json`, CauseSyntax, "", 1},
		"half an array":         {`[1,`, CauseSyntax, "", 0},
		"no JSON":               {`  hello`, CauseSyntax, "", 2},
		"truncated":             {`{"msgType":"rrpair","ts":"20`, CauseSyntax, "ts", 28},
		"text behind":           {`{"msgType":"rrpair"} x`, CauseSyntax, "", 21},
		"comma too many":        {`{"msgType":"rrpair",}`, CauseSyntax, "", 20},
		"bare word":             {`{"a":nul}`, CauseSyntax, "a", 5},
		"leading zero":          {`{"a":01}`, CauseSyntax, "a", 5},
		"plus":                  {`{"a":+1}`, CauseSyntax, "a", 5},
		"open fraction":         {`{"a":1.}`, CauseSyntax, "a", 7},
		"open exponent":         {`{"a":1e}`, CauseSyntax, "a", 7},
		"minus alone":           {`{"a":-}`, CauseSyntax, "a", 6},
		"beyond a double":       {`{"http":{"res":{"statusCode":1e999}}}`, CauseNumber, "http.res.statusCode", 29},
		"too many digits":       {`{"a":-` + strings.Repeat("9", 400) + `}`, CauseNumber, "a", 5},
		"control character":     {"{\"a\":\"\x01\"}", CauseSyntax, "a", 6},
		"unknown escape":        {`{"a":"\x"}`, CauseSyntax, "a", 6},
		"short escape":          {`{"a":"\u12"}`, CauseSyntax, "a", 6},
		"not UTF-8":             {"{\"http\":{\"req\":{\"url\":\"a\xff\"}}}", CauseUTF8, "http.req.url", 24},
		"name not UTF-8":        {"{\"a\xc0\":1}", CauseUTF8, "", 3},
		"half a surrogate pair": {`{"a":"\ud83dx"}`, CauseUTF8, "a", 6},
		"low surrogate first":   {`{"a":"\ude00\ud83d"}`, CauseUTF8, "a", 6},
		"too deep":              {`{"a":` + deep + `}`, CauseDepth, "a", 5 + MaxDepth - 1},
		"twice":                 {`{"a":1,"b":2,"a":3}`, CauseDuplicate, "", 13},
		"twice, nested":         {`{"tags":{"secret":1,"secret":3}}`, CauseDuplicate, "tags", 20},
		"twice, the empty name": {`{"":1,"a":2,"":3}`, CauseDuplicate, "", 12},
		"twice in a large one":  {`{` + many.String() + `"k7":1}`, CauseDuplicate, "", many.Len() + 7},
	} {
		t.Run(name, func(t *testing.T) {
			var p Pair
			err := p.ParseJSON([]byte(c.in))
			var refused *DecodeError
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, c.cause, refused.Cause, refused.Error())
			assert.Equal(t, c.path, refused.Path)
			assert.Equal(t, c.offset, refused.Offset)
			assert.NotContains(t, err.Error(), "secret", "captured content stays out of errors")
			assert.Nil(t, p.JSON())
			assert.Nil(t, p.Members())
			assert.Nil(t, p.Raw(FieldMsgType))
		})
	}
}

func TestParseJSONRefusesNamesThatDifferInEscapesAlone(t *testing.T) {
	var p Pair
	var refused *DecodeError
	require.ErrorAs(t, p.ParseJSON([]byte(`{"msgType":"rrpair","ab":1,"\u0061b":2}`)), &refused)
	assert.Equal(t, CauseDuplicate, refused.Cause)
}

func TestParseJSONTellsOthersRecordsApart(t *testing.T) {
	for _, text := range []string{`{}`, `[]`, `"rrpair"`, `7`, `null`, `{"msgType":"other"}`, `{"msgType":7}`, `{"msgType":null}`, `{"http":{"msgType":"rrpair"}}`} {
		var p Pair
		assert.ErrorIs(t, p.ParseJSON([]byte(text)), ErrNotRRPair, text)
		assert.Nil(t, p.JSON())
	}
}

func TestParseJSONTakesWhatTheDesignAsks(t *testing.T) {
	deep := strings.Repeat(`{"d":[`, 500) + strings.Repeat(`]}`, 500)
	for name, text := range map[string]string{
		"1,000 deep": `{"msgType":"rrpair",` + someID + `,"x":` + deep + `}`,
		"NUL":        `{"msgType":"rrpair",` + someID + `,"x":"\u0000"}`,
		"ts of zero": `{"msgType":"rrpair","ts":"0001-01-01T00:00:00Z",` + someID + `}`,
		"50 MB body": `{"msgType":"rrpair",` + someID + `,"http":{"req":{"body":"` + strings.Repeat("payload ", 50<<17) + `"}}}`,
		"many names": `{"msgType":"rrpair",` + someID + `,"x":{"n0":0` + manyNames(100_000) + `}}`,
	} {
		t.Run(name, func(t *testing.T) {
			p := parsed(t, text)
			require.Equal(t, text, string(p.JSON()))
			_, record := newRecord()
			require.NoError(t, p.ToLogRecord(record))
			var back Pair
			resource, _ := newRecord()
			require.NoError(t, back.FromLogRecord(resource.Resource(), record))
			require.True(t, CanonicalEqual([]byte(text), back.JSON()))
			require.Equal(t, len(text), len(back.JSON()))
		})
	}
}

func manyNames(count int) string {
	var text strings.Builder
	for i := 1; i < count; i++ {
		fmt.Fprintf(&text, `,"n%d":%d`, i, i)
	}
	return text.String()
}

func TestEveryTruncationIsRefused(t *testing.T) {
	line := sampleLines(t)[6]
	var p Pair
	for n := range len(line) {
		err := p.ParseJSON(line[:n])
		require.Error(t, err)
		require.False(t, errors.Is(err, ErrNotRRPair))
	}
	require.NoError(t, p.ParseJSON(line))
}

func TestAPairThatHeldALargeRecordLetsItGo(t *testing.T) {
	p := parsed(t, `{"msgType":"rrpair",`+someID+`,"x":"`+strings.Repeat("a", 4*maxRetained)+`","y":[[]`+strings.Repeat(",[]", 2*maxScratch)+`]`+manyNames(2*maxScratch)+`}`)
	_, record := newRecord()
	require.NoError(t, p.ToLogRecord(record))
	assert.Len(t, p.Members(), 2*maxScratch+3)
	small := []byte(`{"msgType":"rrpair",` + someID + `}`)
	require.NoError(t, p.ParseJSON(small))
	require.NoError(t, p.ParseJSON(small))
	assert.Less(t, cap(p.text)+cap(p.spare), maxRetained)
	assert.LessOrEqual(t, cap(p.keys)+cap(p.builder.counts)+cap(p.builder.open)+cap(p.index.levels[scopeTop].entries)+cap(p.members[scopeTop]), maxScratch)
}

func TestMembersAreViewsOfEachLevel(t *testing.T) {
	p := parsed(t, `{"msgType":"rrpair",`+someID+`,"http":{"req":{"url":"/","x\ty":[1]},"res":{}},"new":{"a":1}}`)
	list := func(members []Member) (out []string) {
		for _, m := range members {
			out = append(out, string(m.Key)+"="+string(m.Value))
		}
		return out
	}
	assert.Equal(t, []string{`msgType="rrpair"`, strings.ReplaceAll(someID[1:], `":`, `=`), `http={"req":{"url":"/","x\ty":[1]},"res":{}}`, `new={"a":1}`}, list(p.Members()))
	assert.Equal(t, []string{`req={"url":"/","x\ty":[1]}`, `res={}`}, list(p.HTTP()))
	assert.Equal(t, []string{`url="/"`, `x\ty=[1]`}, list(p.Request()))
	assert.NotNil(t, p.Response(), "an empty object is there")
	assert.Empty(t, p.Response())
	require.NoError(t, p.ParseJSON([]byte(`{"msgType":"rrpair",`+someID+`,"http":[]}`)))
	assert.Nil(t, p.HTTP())
	assert.Nil(t, p.Response())
	assert.True(t, bytes.Equal([]byte(`[]`), p.Raw(FieldHTTP)))
}

// Whoever sends a log file by mistake reads what is expected, not what its first letter could have become.
func TestALineThatIsNoObjectIsCalledSo(t *testing.T) {
	for _, line := range []string{"not json", "  traffic", "false alarm", `"half`, "[1,", "-", "12:30:01 started", "nul"} {
		var p Pair
		err := p.ParseJSON([]byte(line))
		require.ErrorContains(t, err, "not a JSON object: it does not begin with '{'", line)
		require.NotContains(t, err.Error(), "want", line)
	}
	var p Pair
	require.ErrorContains(t, p.ParseJSON([]byte(`{"a":nul}`)), "want null")
}
