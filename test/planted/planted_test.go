package planted

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/redact"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/surrogate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const testKey = "planted-tests-key-of-more-than-16-bytes"

// recordings gives pairs to plant into: those of BYOC_CORPUS where it is set, and generated ones.
func recordings(tb testing.TB) (lines [][]byte) {
	tb.Helper()
	if path := os.Getenv("BYOC_CORPUS"); path != "" {
		file, err := os.Open(path)
		require.NoError(tb, err)
		defer file.Close()
		scanner := bufio.NewScanner(file)
		scanner.Buffer(nil, 16<<20)
		for scanner.Scan() {
			if len(scanner.Bytes()) < 64<<10 {
				lines = append(lines, bytes.Clone(scanner.Bytes()))
			}
		}
		require.NoError(tb, scanner.Err())
	}
	generator := demo.NewGenerator(demo.Options{Seed: 11, FailedCheckouts: 0.1})
	for range 300 {
		lines = append(lines, generator.Next(nil))
	}
	return lines
}

func newEngine(tb testing.TB, name string) *redact.Engine {
	tb.Helper()
	loaded, err := policy.Load(name)
	require.NoError(tb, err)
	keys, err := surrogate.NewKeyring(surrogate.Key{ID: "test", Secret: []byte(testKey)})
	require.NoError(tb, err)
	engine, err := redact.New(loaded, redact.Options{Keys: keys})
	require.NoError(tb, err)
	return engine
}

func TestAPlantedSecretIsNowhereInWhatIsStored(t *testing.T) {
	engine := newEngine(t, "default")
	lines := recordings(t)
	rounds := 1200
	if testing.Short() {
		rounds = 300
	}
	if text := os.Getenv("PLANTED_ROUNDS"); text != "" {
		var err error
		rounds, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	planted, missed := 0, map[string]int{}
	for seed := range rounds {
		outcome, kind := plantAndRedact(t, engine, lines, uint64(seed))
		if outcome == "" {
			continue
		}
		planted++
		if outcome != "gone" {
			missed[kind]++
			if missed[kind] <= 3 {
				t.Errorf("seed %d: %s", seed, outcome)
			}
		}
	}
	t.Logf("%d planted, survivors by kind: %v", planted, missed)
}

// FuzzPlanted lets the fuzzer choose the recording, the secret, the place and the spelling.
func FuzzPlanted(f *testing.F) {
	engine := newEngine(f, "default")
	lines := recordings(f)
	for seed := range 20 {
		f.Add(uint64(seed))
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		if outcome, _ := plantAndRedact(t, engine, lines, seed); outcome != "" && outcome != "gone" {
			t.Error(outcome)
		}
	})
}

// plantAndRedact returns "" where nothing could be planted, "gone", or what went wrong.
func plantAndRedact(tb testing.TB, engine *redact.Engine, lines [][]byte, seed uint64) (outcome, kind string) {
	r := mathrand.New(mathrand.NewPCG(seed, 1))
	line := lines[r.IntN(len(lines))]
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	var document map[string]any
	require.NoError(tb, decoder.Decode(&document))
	s := newSecret(r)
	how, ok := plant(r, document, s)
	if !ok {
		return "", ""
	}
	text, err := json.Marshal(document)
	require.NoError(tb, err)
	var before, after rrpair.Pair
	require.NoError(tb, before.ParseJSON(text))
	fail := func(format string, args ...any) (string, string) {
		return fmt.Sprintf("%s %q as %s: ", s.kind, s.text, how) + fmt.Sprintf(format, args...), s.kind
	}
	redacted, _, err := engine.Pair(nil, &before, redact.Call{})
	if err != nil {
		return fail("%v", err)
	}
	if err := after.ParseJSON(redacted); err != nil {
		return fail("no RRPair any more: %v", err)
	}
	if holds(redacted, s.value) {
		return fail("still there: %q", where(redacted, s.value))
	}
	again, _, err := engine.Pair(nil, &after, redact.Call{})
	if err != nil {
		return fail("the second time: %v", err)
	}
	if !bytes.Equal(redacted, again) {
		return fail("redacted again it changes: %q", difference(redacted, again))
	}
	if fault := inconsistent(&before, &after); fault != "" {
		return fail("%s", fault)
	}
	if fault := recordDiffers(engine, &before, redacted); fault != "" {
		return fail("%s", fault)
	}
	return "gone", s.kind
}

// recordDiffers says where the log record's way gives something else than the JSON line's.
func recordDiffers(engine *redact.Engine, before *rrpair.Pair, redacted []byte) string {
	record := plog.NewLogRecord()
	if err := before.ToLogRecord(record); err != nil {
		return err.Error()
	}
	if _, err := engine.Record(record, redact.Call{}); err != nil {
		return "as a log record: " + err.Error()
	}
	var pair rrpair.Pair
	if err := pair.FromLogRecord(pcommon.NewResource(), record); err != nil {
		return "as a log record: " + err.Error()
	}
	if !bytes.Equal(pair.JSON(), redacted) {
		return fmt.Sprintf("as a log record it becomes another than as a line: %q", difference(pair.JSON(), redacted))
	}
	return ""
}

// inconsistent says what a replayer would stumble over.
func inconsistent(before, after *rrpair.Pair) string {
	if a, b := before.Text(rrpair.FieldUUID), after.Text(rrpair.FieldUUID); a != b {
		return "the uuid changed"
	}
	for _, side := range []struct {
		name           string
		headers        rrpair.Field
		body, bodyText rrpair.Field
	}{
		{"request", rrpair.FieldRequestHeaders, rrpair.FieldRequestBodyBase64, rrpair.FieldRequestBody},
		{"response", rrpair.FieldResponseHeaders, rrpair.FieldResponseBodyBase64, rrpair.FieldResponseBody},
	} {
		was, err1 := base64.StdEncoding.DecodeString(before.Text(side.body))
		is, err2 := base64.StdEncoding.DecodeString(after.Text(side.body))
		if err1 != nil {
			continue
		}
		if err2 != nil {
			return side.name + ": bodyBase64 is no base64 any more"
		}
		if length := header(before, side.headers, "content-length"); length == strconv.Itoa(len(was)) {
			if now := header(after, side.headers, "content-length"); now != strconv.Itoa(len(is)) {
				return fmt.Sprintf("%s: Content-Length says %s of %d bytes", side.name, now, len(is))
			}
		}
		if json.Valid(was) && !json.Valid(is) {
			return fmt.Sprintf("%s: the body was JSON and is none: %s", side.name, is)
		}
		if text := before.Text(side.bodyText); text != "" && text == string(was) && after.Text(side.bodyText) != string(is) {
			return side.name + ": body and bodyBase64 differ"
		}
	}
	return signatureDiffers(before, after)
}

func header(pair *rrpair.Pair, field rrpair.Field, name string) (value string) {
	rrpair.EachMember(pair.Raw(field), func(key, values []byte) bool {
		if strings.EqualFold(string(key), name) {
			rrpair.EachElement(values, func(element []byte) bool {
				text, _ := rrpair.AppendUnquoted(nil, element)
				value = string(text)
				return false
			})
		}
		return true
	})
	return value
}

// signatureDiffers compares the signature with the request that a replayer would compute it from, where they agreed
// before.
func signatureDiffers(before, after *rrpair.Pair) (fault string) {
	parts := map[string]rrpair.Field{
		"http:url": rrpair.FieldRequestURL, "http:host": rrpair.FieldRequestHost, "http:method": rrpair.FieldRequestMethod,
	}
	signed := func(pair *rrpair.Pair, name string) (value string, ok bool) {
		rrpair.EachMember(pair.Raw(rrpair.FieldSignature), func(key, raw []byte) bool {
			if string(key) == name {
				text, _ := rrpair.AppendUnquoted(nil, raw)
				decoded, err := base64.StdEncoding.DecodeString(string(text))
				value, ok = string(decoded), err == nil
			}
			return true
		})
		return value, ok
	}
	for name, field := range parts {
		if was, ok := signed(before, name); ok && was == before.Text(field) {
			if is, _ := signed(after, name); is != after.Text(field) {
				return fmt.Sprintf("signature %s is %q, the request's is %q", name, is, after.Text(field))
			}
		}
	}
	if was, ok := signed(before, "http:requestBodyJSON"); ok {
		body, err := base64.StdEncoding.DecodeString(before.Text(rrpair.FieldRequestBodyBase64))
		if err == nil && string(body) == was {
			is, _ := signed(after, "http:requestBodyJSON")
			now, _ := base64.StdEncoding.DecodeString(after.Text(rrpair.FieldRequestBodyBase64))
			if is != string(now) {
				return fmt.Sprintf("the signature's body is %q, the request's is %q", is, now)
			}
		}
	}
	return ""
}
