package rrpair

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestScansFindTheFirstSpecialByte puts every byte at every place of texts of
// every length that the word-wise scans treat differently.
func TestScansFindTheFirstSpecialByte(t *testing.T) {
	for length := range 72 {
		text := []byte(strings.Repeat("a", length))
		require.Equal(t, length, cleanRun(text, 0))
		require.True(t, isClean(text))
		for at := range length {
			for c := range 256 {
				special := c < ' ' || c == '"' || c == '\\' || c >= 0x80
				text[at] = byte(c)
				want := length
				if special {
					want = at
				}
				require.Equal(t, want, cleanRun(text, 0), "%d of %d: %x", at, length, c)
				require.Equal(t, !special, isClean(text), "%d of %d: %x", at, length, c)
				require.Equal(t, length, cleanRun(text, at+1))
			}
			text[at] = 'a'
		}
	}
}

func TestQuotingAndUnquotingAreInverse(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("abc\"\\/\b\t\n\f\r\x00\x1f\x7f é€😀\u2028\uFFFD\uFFFF")
	for range 2000 {
		var text []rune
		for range random.IntN(40) {
			text = append(text, alphabet[random.IntN(len(alphabet))])
		}
		quoted := AppendQuoted(nil, []byte(string(text)))
		var decoded string
		require.NoError(t, json.Unmarshal(quoted, &decoded))
		require.Equal(t, string(text), decoded)
		back, ok := AppendUnquoted(nil, quoted)
		require.True(t, ok)
		require.Equal(t, string(text), string(back))
		require.True(t, textEquals(quoted, back))
		require.Equal(t, canonical(t, []byte(`{"a":`+string(quoted)+`}`)), `{"a":`+string(quoted)+`}`)
	}
	assert.Equal(t, "\"a\uFFFD\uFFFDb\"", string(AppendQuoted(nil, []byte("a\xff\xc3b"))))
	_, ok := AppendUnquoted(nil, []byte(`5`))
	assert.False(t, ok)
	text, ok := AppendUnquoted(nil, []byte(`"\/\u00e9\ud83d\ude00"`))
	assert.True(t, ok)
	assert.Equal(t, "/é😀", string(text))
}

func TestEachMemberAndElementGiveRawValues(t *testing.T) {
	var got []string
	visit := func(key, value []byte) bool {
		got = append(got, string(key)+"="+string(value))
		return len(got) < 5
	}
	assert.True(t, EachMember([]byte(`{"a":1,"b\"c":{"x":[1,"}"]},"":"]","d":[[],{}],"e":null,"f":0}`), visit))
	assert.Equal(t, []string{`a=1`, `b\"c={"x":[1,"}"]}`, `="]"`, `d=[[],{}]`, `e=null`}, got)
	got = nil
	assert.True(t, EachMember([]byte(`{}`), visit))
	assert.False(t, EachMember([]byte(`[1]`), visit))
	assert.False(t, EachMember(nil, visit))
	element := func(value []byte) bool { got = append(got, string(value)); return len(got) < 4 }
	assert.True(t, EachElement([]byte(`["a,\"]",{"x":1},[2],-1.5e3,true]`), element))
	assert.Equal(t, []string{`"a,\"]"`, `{"x":1}`, `[2]`, `-1.5e3`}, got)
	got = nil
	assert.True(t, EachElement([]byte(`[]`), element))
	assert.False(t, EachElement([]byte(`{}`), element))
	assert.Empty(t, got)
}

func TestAppendCompactKeepsOrderAndNumbers(t *testing.T) {
	out, err := AppendCompact([]byte("> "), []byte(` { "b" : 1.0 , "a" : "\u0041\/" } `))
	require.NoError(t, err)
	assert.Equal(t, `> {"b":1.0,"a":"A/"}`, string(out))
	for _, text := range []string{`{`, `{"a":1,"\u0061":2}`, `{"a":1,"a":2}`, `1 2`} {
		out, err = AppendCompact([]byte("> "), []byte(text))
		assert.Error(t, err)
		assert.Equal(t, "> ", string(out))
	}
}

func TestCanonicalFormIsThatOfRFC8785(t *testing.T) {
	for _, text := range []string{
		`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001,-0,-0.0,1e21,1e-6,1e-7,123456789012345678901,5e-324,1.7976931348623157e308,9007199254740993],"literals":[null,true,false]}`,
		`{"\u20ac":"Euro","\r":"CR","\ufb33":"Dalet","1":"One","\ud83d\ude00":"Smile","\u0080":"Control","\u00f6":"o","\uffff":1,"\ud800\udc00":2,"":3,"a":4,"aa":5}`,
		`[{"b":{"y":1,"x":[{"d":1,"c":2}]},"a":[]},{}]`,
		`{"a":"\u2028\u007f\/\u0007"}`,
	} {
		got, err := AppendCanonical(nil, []byte(text))
		require.NoError(t, err)
		assert.Equal(t, canonical(t, []byte(text)), string(got))
	}
	assert.True(t, CanonicalEqual([]byte(`{"a":1.0,"b":"\u0041"}`), []byte(`{"b":"A","a":1}`)))
	assert.False(t, CanonicalEqual([]byte(`{"a":1}`), []byte(`{"a":"1"}`)))
	assert.False(t, CanonicalEqual([]byte(`{`), []byte(`{`)))
	assert.False(t, CanonicalEqual([]byte(`{}`), []byte(`{`)))
}

func TestDoublesAreWrittenAsECMAScriptDoes(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		value := math.Float64frombits(random.Uint64())
		if math.IsNaN(value) || math.IsInf(value, 0) {
			continue
		}
		if random.IntN(2) == 0 {
			value = math.Trunc(math.Mod(value, 1e18))
		}
		text := appendDouble(nil, value)
		want := canonical(t, []byte(`[`+strconv.FormatFloat(value, 'g', -1, 64)+`]`))
		require.Equal(t, want, `[`+string(text)+`]`)
	}
}

func TestParseIntAgreesWithTheLibrary(t *testing.T) {
	for _, text := range []string{"0", "-0", "7", "-7", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "99999999999999999999", "18446744073709551616", "1.0", "1e3", "", "-", "+1", "x"} {
		want, err := strconv.ParseInt(text, 10, 64)
		got, ok := parseInt([]byte(text))
		if text == "+1" {
			err = strconv.ErrSyntax // JSON has no plus
		}
		assert.Equal(t, err == nil, ok, text)
		if ok {
			assert.Equal(t, want, got)
		}
	}
}
