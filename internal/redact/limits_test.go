package redact

import (
	"bytes"
	"encoding/base64"
	"errors"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func requireRefusal(t *testing.T, err error, reason string) {
	t.Helper()
	var refusal *Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, reason, refusal.Reason, refusal.Error())
}

// TestBomb: a body that unpacks to far more than the limit is refused, without the memory it would take.
func TestBomb(t *testing.T) {
	e := customEngine(t, "version: 1\nname: own\nextends: default\n", Limits{MaxBytes: 1 << 20, MaxDecoded: 4 << 20})
	bomb := base64.StdEncoding.EncodeToString(zipped(strings.Repeat("0", 64<<20)))
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _, err := e.JSON(nil, []byte(`{"msgType":"rrpair","http":{"res":{"bodyBase64":"`+bomb+`"}}}`), Call{})
	runtime.ReadMemStats(&after)
	requireRefusal(t, err, ReasonTooLarge)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20))
}

func TestDeepJSON(t *testing.T) {
	e := testEngine(t, "default")
	deep := strings.Repeat(`{"a":[`, 500) + `"maria.gonzalez87@fastmail.net"` + strings.Repeat(`]}`, 500)
	out, result, err := e.JSON(nil, []byte(deep), Call{})
	require.NoError(t, err)
	require.Equal(t, 1, result.Findings)
	require.NotContains(t, string(out), "maria")
	in := []byte(`{"msgType":"rrpair","http":{"req":{"body":` + strconv.Quote(deep) + `}}}`)
	out, _, err = e.JSON(nil, in, Call{})
	require.NoError(t, err)
	require.NotContains(t, string(out), "maria")
	_, _, err = e.JSON(nil, []byte(strings.Repeat(`[`, 20_000)+strings.Repeat(`]`, 20_000)), Call{})
	requireRefusal(t, err, ReasonTooDeep)
}

func TestManyLayers(t *testing.T) {
	e := testEngine(t, "default")
	text := "maria.gonzalez87@fastmail.net"
	for range 12 {
		text = `{"a":` + quote(text) + `}`
	}
	out, result, err := e.Text(nil, []byte(text), Call{})
	require.NoError(t, err)
	require.Equal(t, 1, result.Findings)
	require.NotContains(t, string(out), "maria")
	e = customEngine(t, "version: 1\nname: own\nextends: default\n", Limits{MaxDepth: 10})
	_, _, err = e.Text(nil, []byte(text), Call{})
	requireRefusal(t, err, ReasonTooDeep)
}

func TestFiftyMegabytesOfDigits(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	e := testEngine(t, "default")
	digits := bytes.Repeat([]byte("0123456789"), 5<<20)
	started := time.Now()
	_, _, err := e.Text(nil, digits, Call{})
	var refusal *Refusal
	require.True(t, err == nil || errors.As(err, &refusal), "%v", err)
	require.Less(t, time.Since(started), 30*time.Second)
}

func TestTooSlow(t *testing.T) {
	e := customEngine(t, "version: 1\nname: own\nextends: default\n", Limits{MaxTime: time.Nanosecond})
	long := `["` + strings.Repeat("some words ", 50_000) + `","x"]`
	_, _, err := e.JSON(nil, []byte(long), Call{})
	requireRefusal(t, err, ReasonTooSlow)
}

// TestTruncatedGzip: what a body that was cut off decompresses to is looked into; with a value in it the record cannot
// pass.
func TestTruncatedGzip(t *testing.T) {
	e := testEngine(t, "default")
	body := func(text string) []byte {
		data := zipped(text)
		return []byte(`{"msgType":"rrpair","http":{"res":{"headers":{"Content-Encoding":["gzip"]},"bodyBase64":"` + base64.StdEncoding.EncodeToString(data[:len(data)-12]) + `"}}}`)
	}
	filler := strings.Repeat("nothing to see here ", 500)
	_, _, err := e.JSON(nil, body("mail maria.gonzalez87@fastmail.net now "+filler), Call{})
	requireRefusal(t, err, ReasonUnparseable)
	in := body(filler)
	out, _, err := e.JSON(nil, in, Call{})
	require.NoError(t, err)
	require.Equal(t, string(in), string(out))
}

func TestNoJSON(t *testing.T) {
	e := testEngine(t, "default")
	dst := []byte("kept")
	out, _, err := e.JSON(dst, []byte(`{"a":`), Call{})
	requireRefusal(t, err, ReasonUnparseable)
	require.Equal(t, "kept", string(out))
}
