package stamp

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/goleak"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	keyA = bytes.Repeat([]byte("a"), 32)
	keyB = bytes.Repeat([]byte("b"), 32)
)

func signer(t testing.TB, keyID string, key []byte, previous ...string) *Signer {
	s := NewSigner("default", "3f2a", keyID, key, previous...)
	t.Cleanup(s.Close)
	return s
}

func signed(s *Signer, content string) plog.LogRecord {
	record := plog.NewLogRecord()
	s.Sign(record, []byte(content))
	return record
}

func TestStampOfThisProcessIsBelieved(t *testing.T) {
	s := signer(t, "a", keyA)
	made, err := NewVerifier(nil).Verify(signed(s, "content"), []byte("content"))
	require.NoError(t, err)
	assert.Equal(t, Stamp{Policy: "default", Version: "3f2a", KeyID: "a"}, made)
}

func TestNoStampIsNotBelieved(t *testing.T) {
	_, err := NewVerifier(nil).Verify(plog.NewLogRecord(), []byte("content"))
	require.ErrorIs(t, err, ErrUnstamped)
	record := signed(signer(t, "a", keyA), "content")
	record.Attributes().PutInt(AttributeMAC, 7)
	_, err = NewVerifier(nil).Verify(record, []byte("content"))
	require.ErrorIs(t, err, ErrUnstamped, "a stamp of another type is none")
}

// Whatever of a stamped record is changed, its stamp no longer fits.
func TestChangesAreForgeries(t *testing.T) {
	s := signer(t, "a", keyA)
	for name, change := range map[string]func(record plog.LogRecord){
		"policy":    func(r plog.LogRecord) { r.Attributes().PutStr(AttributePolicy, "strict") },
		"version":   func(r plog.LogRecord) { r.Attributes().PutStr(AttributeVersion, "") },
		"hmac":      func(r plog.LogRecord) { r.Attributes().PutStr(AttributeMAC, strings.Repeat("0", 64)) },
		"short":     func(r plog.LogRecord) { r.Attributes().PutStr(AttributeMAC, "00") },
		"no policy": func(r plog.LogRecord) { r.Attributes().Remove(AttributePolicy) },
		"shifted text": func(r plog.LogRecord) {
			r.Attributes().PutStr(AttributePolicy, "default3")
			r.Attributes().PutStr(AttributeVersion, "f2a")
		},
	} {
		record := signed(s, "content")
		change(record)
		_, err := NewVerifier(nil).Verify(record, []byte("content"))
		assert.ErrorIs(t, err, ErrForged, name)
	}
	_, err := NewVerifier(nil).Verify(signed(s, "content"), []byte("content with a secret"))
	assert.ErrorIs(t, err, ErrForged)
	// a stamp taken from one record and put on another
	first, second := signed(s, "first"), signed(s, "second")
	first.Attributes().CopyTo(second.Attributes())
	_, err = NewVerifier(nil).Verify(second, []byte("second"))
	assert.ErrorIs(t, err, ErrForged)
}

func TestAnotherKeyUnderAKnownIDIsAForgery(t *testing.T) {
	s := signer(t, "a", keyA)
	_, err := NewVerifier(map[string][]byte{"b": keyB}).Verify(signed(s, "content"), []byte("content"))
	require.NoError(t, err, "of this process")
	forger := NewSigner("default", "3f2a", "a", keyB)
	record := signed(forger, "content")
	forger.Close()
	_, err = NewVerifier(nil).Verify(record, []byte("content"))
	require.ErrorIs(t, err, ErrForged)
}

// A record stamped by another process with the very key of this one proves nothing to who was not given the key.
func TestStampsOfOtherProcesses(t *testing.T) {
	s := signer(t, "a", keyA)
	own := process.id
	process.id = func() string { return "another process" }
	record := signed(s, "content")
	process.id = own
	_, err := NewVerifier(nil).Verify(record, []byte("content"))
	require.ErrorIs(t, err, ErrForeign)
	_, err = NewVerifier(map[string][]byte{"b": keyB}).Verify(record, []byte("content"))
	require.ErrorIs(t, err, ErrForeign)
	_, err = NewVerifier(map[string][]byte{"b": keyB, "a": keyA}).Verify(record, []byte("content"))
	require.NoError(t, err)

	record.Attributes().PutStr(AttributeProcess, process.id())
	for _, keys := range []map[string][]byte{nil, {"a": keyA}} {
		_, err = NewVerifier(keys).Verify(record, []byte("content"))
		require.ErrorIs(t, err, ErrForged, "the process is covered by the stamp")
	}
}

func TestClosedSignersAreNotBelieved(t *testing.T) {
	first := NewSigner("default", "1", "a", keyA)
	record := signed(first, "content")
	second := NewSigner("default", "2", "a", keyA)
	first.Close()
	first.Close()
	_, err := NewVerifier(nil).Verify(record, []byte("content"))
	require.NoError(t, err, "the policy was exchanged, the key was not")
	second.Close()
	_, err = NewVerifier(nil).Verify(record, []byte("content"))
	require.ErrorIs(t, err, ErrForeign)
}

func TestRotationsAreDeclaredBySigners(t *testing.T) {
	v := NewVerifier(nil)
	assert.Empty(t, v.Replaces("new"))
	first := NewSigner("default", "1", "new", keyA, "old", "older")
	second := signer(t, "new", keyA, "old")
	assert.Equal(t, []string{"old", "older"}, v.Replaces("new"))
	first.Close()
	assert.Equal(t, []string{"old"}, v.Replaces("new"))
	second.Close()
	assert.Empty(t, v.Replaces("new"))
}

func TestStripTakesEveryStamp(t *testing.T) {
	record := signed(signer(t, "a", keyA), "content")
	record.Attributes().PutStr("service", "checkout")
	record.Attributes().PutStr(Prefix+"invented", "x")
	Strip(record)
	assert.Equal(t, map[string]any{"service": "checkout"}, record.Attributes().AsRaw())
}

func TestStampCoversThePairInWhateverForm(t *testing.T) {
	s := signer(t, "a", keyA)
	var pair rrpair.Pair
	text := `{"msgType":"rrpair","ts":"2026-11-23T01:00:00Z","uuid":"7f3f2d52-87ab-4a8e-93ab-0f1f6d6a2f10","l7protocol":"http","status":"200"}`
	record := plog.NewLogRecord()
	record.Body().SetStr(text)
	content, err := Content(&pair, record)
	require.NoError(t, err)
	s.Sign(record, content)
	record.Attributes().PutStr("service", "set on the way")
	require.NoError(t, pair.ParseJSON([]byte(text)))
	mapped := plog.NewLogRecord()
	require.NoError(t, pair.ToLogRecord(mapped))
	record.Attributes().CopyTo(mapped.Attributes())
	for _, r := range []plog.LogRecord{record, mapped} {
		content, err = Content(&pair, r)
		require.NoError(t, err)
		_, err = NewVerifier(nil).Verify(r, content)
		require.NoError(t, err)
	}
}

func TestConcurrentUse(t *testing.T) {
	s, v := signer(t, "a", keyA), NewVerifier(map[string][]byte{"a": keyA})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 200 {
				other := NewSigner("default", "2", "a", keyA)
				record := signed(s, "content")
				_, err := v.Verify(record, []byte("content"))
				assert.NoError(t, err)
				v.Replaces("a")
				other.Close()
			}
		})
	}
	group.Wait()
}

func BenchmarkSign(b *testing.B) {
	s, content := signer(b, "a", keyA), bytes.Repeat([]byte("x"), 3<<10)
	record := signed(s, "")
	b.ReportAllocs()
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		s.Sign(record, content)
	}
}

func BenchmarkVerify(b *testing.B) {
	content := bytes.Repeat([]byte("x"), 3<<10)
	record := signed(signer(b, "a", keyA), string(content))
	v := NewVerifier(nil)
	b.ReportAllocs()
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if _, err := v.Verify(record, content); err != nil {
			b.Fatal(err)
		}
	}
}
