package filter

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
)

func TestSpacesOfWebPages(t *testing.T) {
	q := mustParse(t, "service\u00a0IS \u00a0a\u00a0b\r\n\u00a0AND\tstatus IS 1")
	if got := q.String(); got != `(service IS "a" "b" AND status IS "1")` {
		t.Error(got)
	}
}

// A quote in a regular expression has two spellings; both print as one and mean
// the same, and backslashes before it keep their pairs.
func TestQuotesInExpressions(t *testing.T) {
	for _, text := range []string{
		`{"conditions": [{"filters": [{"include": true, "operator": "REGEX", "location": "a\\\"b\\\\\\\\c"}]}]}`,
		`location REGEX "a\"b\\\\c"`,
	} {
		q := mustParse(t, text)
		if got := q.String(); got != `(location REGEX "a\"b\\\\c")` {
			t.Errorf("%s prints %s", text, got)
		}
		if !q.Match(&record{values: map[FieldRef][]string{{Field: FieldLocation}: {`a"b\\c`}}}) {
			t.Errorf("%s does not match", text)
		}
	}
}

func TestSampleReadsSessionThenUUID(t *testing.T) {
	half := Sample{Part: 1, Of: 2}
	sessions, uuids := FieldRef{Field: FieldSession}, FieldRef{Field: FieldUUID}
	for i := range 64 {
		session, uuid := string(rune('a'+i)), string(rune('A'+i))
		r := &record{values: map[FieldRef][]string{sessions: {session}, uuids: {uuid}}, hidden: map[Field]bool{}}
		check := func(filter string, want Tri) {
			t.Helper()
			if got := mustParse(t, filter).Eval(r); got != want {
				t.Errorf("%s of %s, %s: %v, want %v", filter, session, uuid, got, want)
			}
		}
		check("sample IS 1/2", triOf(half.Keep(session, "")))
		check("sample NOT 1/2", triOf(!half.Keep(session, "")))
		check("sample[rrpair] IS 1/2", triOf(half.Keep("", uuid)))
		r.hidden[FieldUUID] = true
		check("sample IS 1/2", triOf(half.Keep(session, "")))
		check("sample[rrpair] IS 1/2", Unknown)
		r.hidden[FieldSession] = true
		check("sample IS 1/2", Unknown)
		delete(r.hidden, FieldUUID)
		check("sample IS 1/2", Unknown)
		r.hidden[FieldSession] = false
		r.values[sessions] = nil
		check("sample IS 1/2", triOf(half.Keep("", uuid)))
	}
}

// Strings of JSON are read as encoding/json reads them.
func TestUnquoteEqualsEncodingJSON(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 9))
	pieces := []string{`\n`, `\t`, `\r`, `\b`, `\f`, `\/`, `\\`, `\"`, `\u00e9`, `\ud83d\ude00`, `\ud83d`, `\ude00x`, `\uABcd`, "é", "plain", "\u2028"}
	for range 5000 {
		raw := `"`
		for range rng.IntN(8) {
			raw += pick(rng, pieces)
		}
		raw += `"`
		var want string
		if err := json.Unmarshal([]byte(raw), &want); err != nil {
			t.Fatal(err)
		}
		end, ok := skipString([]byte(raw), 0)
		if got := string(appendUnquoted(nil, []byte(raw[1:len(raw)-1]))); got != want || !ok || end != len(raw) {
			t.Fatalf("%s: %q, want %q (end %d)", raw, got, want, end)
		}
	}
}

func TestKeysOfEveryFieldAreTheirOwn(t *testing.T) {
	for f := FieldCluster; f < fieldCount; f++ {
		if found, _, ok := lookupKey(f.String()); !ok || found != f {
			t.Errorf("key %q is read as %v", f, found)
		}
		if f.IsPlain() && !f.IsString() {
			t.Errorf("%v is plain and no string", f)
		}
	}
	for _, key := range allKeys() {
		if _, _, ok := lookupKey(key); !ok {
			t.Errorf("key %q is named in messages and unknown", key)
		}
	}
}

func TestNearest(t *testing.T) {
	for word, want := range map[string]string{
		"servcie": "service", "stauts": "status", "Headr": "header", "req_jsno": "req_json", "timerage": "timerange",
		"pizza": "", "x": "", "id": "", "durations": "duration", "l7protocl": "l7protocol",
	} {
		if got := nearest(word, allKeys()); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
}

// MayMatch by what is known of single fields, as a store would answer.
func TestMayMatchByField(t *testing.T) {
	set := fixedRanges{minimum: "b", maximum: "d"}
	for filter, want := range map[string]bool{
		"service IS a":                 false,
		"service IS a c":               true,
		"service IS cc":                false, // between the bounds, not in the dictionary
		`service IS ""`:                true,  // bounds say nothing of records without it
		"service NOT c":                true,
		"service CONTAINS zzz":         true,
		"service REGEX ^a":             false,
		"service REGEX ^c":             true,
		`service REGEX "(?i)^A"`:       true,
		`service REGEX "^(a|c)"`:       true,
		"header[x] IS a":               false,
		"header[x] IS cc":              true, // dictionaries are for plain fields
		"service EXISTS":               true,
		"service IS a OR status IS c":  true,
		"service IS a AND status IS c": false,
		"duration > 1s":                false,
		"duration > 500ms":             true,
		"duration < 100ms":             true, // a missing duration is 0
		"size < 1KB":                   true,
		"size > 1GB":                   false,
		"ts >= now":                    false,
		"ts < now":                     true,
		"text CONTAINS x":              true,
		"sample IS 1/2":                true,
		"req_json[a] IS 1":             true,
	} {
		if got := mustParse(t, filter).MayMatch(set); got != want {
			t.Errorf("%s: %v", filter, got)
		}
	}
}
