package filter

import (
	"fmt"
	"math"
	"testing"
	"time"
)

func TestTriLogic(t *testing.T) {
	for _, c := range []struct{ value, not Tri }{{True, False}, {False, True}, {Unknown, Unknown}} {
		if c.value.Not() != c.not {
			t.Errorf("not %v is %v", c.value, c.value.Not())
		}
	}
	unknown := &record{hidden: map[Field]bool{FieldService: true}, values: map[FieldRef][]string{{Field: FieldStatus}: {"500"}}}
	for query, want := range map[string]Tri{
		"service IS a":                                       Unknown,
		"service NOT a":                                      Unknown,
		"service EXISTS":                                     Unknown,
		"service IS a AND status IS 500":                     Unknown,
		"service IS a AND status IS 200":                     False,
		"service IS a OR status IS 500":                      True,
		"service IS a OR status IS 200":                      Unknown,
		"(service IS a OR status IS 5xx) AND status NOT 200": True,
	} {
		if got := mustParse(t, query).Eval(unknown); got != want {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	if mustParse(t, "service IS a").Match(unknown) {
		t.Error("Match takes unknown for true")
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"250ms": 250 * time.Millisecond, "1.5s": 1500 * time.Millisecond, "0": 0, "500": 500 * time.Millisecond,
		"1h30m": 90 * time.Minute, "7d": 7 * 24 * time.Hour, "1w2d3h": 9*24*time.Hour + 3*time.Hour, "-1d": -24 * time.Hour, "3us": 3 * time.Microsecond,
	} {
		if got, err := parseDuration(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "fast", "1x", "1d-2h", "1e300", "NaN", "inf", "999999999w", "d", "5 ms"} {
		if got, err := parseDuration(text); err == nil {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "500": 500, "500B": 500, "10KB": 10_000, "10kib": 10 << 10, "1.5MB": 1_500_000, "2GiB": 2 << 30, "1 MB": 1_000_000} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "-1", "KB", "10TBs", "1e3", "99999999999GB", "1.2.3"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("%q is taken for %d", text, got)
		}
	}
}

func TestParseTime(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		berlin = time.FixedZone("CET", 3600)
	}
	now := time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC) // the 23rd in Berlin
	for text, want := range map[string]string{
		"2026-11-20T10:00:00Z":           "2026-11-20T10:00:00Z",
		"2026-11-20T10:00:00.123456789Z": "2026-11-20T10:00:00.123456789Z",
		"2026-11-20t10:00:00+02:00":      "2026-11-20T08:00:00Z",
		"2026-11-20T10:00:00":            "2026-11-20T09:00:00Z",
		"2026-11-20 10:00":               "2026-11-20T09:00:00Z",
		"now":                            "2026-11-22T23:30:00Z",
		"NOW-15m":                        "2026-11-22T23:15:00Z",
		"-15m":                           "2026-11-22T23:15:00Z",
		"now+1h":                         "2026-11-23T00:30:00Z",
		"-1d12h":                         "2026-11-21T11:30:00Z",
		"today":                          "2026-11-22T23:00:00Z",
		"yesterday":                      "2026-11-21T23:00:00Z",
		"2026-11-20":                     "2026-11-19T23:00:00Z",
	} {
		if got, err := ParseTime(text, now, berlin); err != nil || formatTime(got) != want {
			t.Errorf("%s: %v, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "15m", "+15m", "-15", "now-", "tomorrow-ish", "2026-13-01", "20:00", "1763800000"} {
		if got, err := ParseTime(text, now, berlin); err == nil {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}

// A day that a clock change makes 23 or 25 hours long is still that day.
func TestDaysFollowTheClock(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zone database on this machine")
	}
	q, err := Parse("timerange IS 2026-10-25", Options{Location: berlin})
	if err != nil {
		t.Fatal(err)
	}
	from, to := q.Window()
	if to.Sub(from) != 25*time.Hour {
		t.Errorf("%v to %v", from, to)
	}
}

func TestParseSample(t *testing.T) {
	for text, want := range map[string]Sample{"1/5": {Part: 1, Of: 5}, "20%": {Part: 20, Of: 100}, "0.5%": {Part: 5, Of: 1000}, "100%": {Part: 100, Of: 100}, "12.3456%": {Part: 123456, Of: 1000000}} {
		if got, err := ParseSample(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "5", "0/5", "0%", "6/5", "101%", "1/0", "-1/5", "a/b", "0.00001%", "1/5/7", "%"} {
		if got, err := ParseSample(text); err == nil {
			t.Errorf("%q is taken for %+v", text, got)
		}
	}
}

// The sample of a version must stay the sample of the next, or a snapshot taken
// again holds other sessions.
func TestSampleIsStable(t *testing.T) {
	if got := fmt.Sprintf("%x %x", hashKey(""), hashKey("session-1")); got != "efd01f60ba992926 f267abb32d450b1f" {
		t.Errorf("the hash changed: %s", got)
	}
}

func TestSampleKeepsItsShare(t *testing.T) {
	const sessions = 20_000
	for _, text := range []string{"1/5", "20%", "1/2", "0.5%", "99%", "1/3"} {
		s, err := ParseSample(text)
		if err != nil {
			t.Fatal(err)
		}
		share := float64(s.Part) / float64(s.Of)
		kept := 0
		for i := range sessions {
			if s.Keep(fmt.Sprintf("user-%d", i), "unused") {
				kept++
			}
		}
		deviation := math.Sqrt(share * (1 - share) * sessions)
		if math.Abs(float64(kept)-share*sessions) > 4*deviation {
			t.Errorf("%s kept %d of %d", text, kept, sessions)
		}
	}
}

func TestSampleIsNestedAndSessionAtomic(t *testing.T) {
	tenth, fifth := Sample{Part: 10, Of: 100}, Sample{Part: 1, Of: 5}
	torn := 0
	for i := range 2000 {
		session, uuid := fmt.Sprintf("s%d", i%50), fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
		if tenth.Keep(session, uuid) && !fifth.Keep(session, uuid) {
			t.Errorf("%s is in 10%% and not in 20%%", session)
		}
		if fifth.Keep(session, uuid) != fifth.Keep(session, "another") {
			t.Errorf("session %s is torn apart", session)
		}
		perPair := Sample{Part: 1, Of: 5, PerPair: true}
		if perPair.Keep(session, uuid) != perPair.Keep("another", uuid) {
			t.Errorf("the session counts for sample[rrpair]")
		}
		if perPair.Keep(session, uuid) != fifth.Keep(session, uuid) {
			torn++
		}
	}
	if torn == 0 {
		t.Error("sample[rrpair] is sample")
	}
	if !(Sample{}).Keep("", "") {
		t.Error("the zero sample drops")
	}
}

func TestWindow(t *testing.T) {
	const a, b, c = "2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z", "2026-11-20T12:00:00Z"
	for query, want := range map[string]string{
		"service IS x":                 "- -",
		"timerange IS " + a + " " + b:  a + " " + b,
		"timerange NOT " + a + " " + b: "- -",
		"ts >= " + a:                   a + " -",
		"ts > " + a:                    "2026-11-20T10:00:00.000000001Z -",
		"ts <= " + a:                   "- 2026-11-20T10:00:00.000000001Z",
		"ts >= " + a + " AND ts < " + c + " AND status IS 1":              a + " " + c,
		"timerange IS " + a + " " + b + " OR timerange IS " + b + " " + c: a + " " + c,
		"timerange IS " + a + " " + b + " OR ts >= " + b:                  a + " -",
		"timerange IS " + a + " " + b + " OR ts < " + b:                   "- " + b,
		"timerange IS " + a + " " + b + " OR status IS 1":                 "- -",
		"ts < " + a + " AND ts > " + b + " OR ts >= " + c:                 c + " -",
	} {
		from, to := mustParse(t, query).Window()
		format := func(at time.Time) string {
			if at.IsZero() {
				return "-"
			}
			return formatTime(at)
		}
		if got := format(from) + " " + format(to); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	if from, to := mustParse(t, "ts < "+a+" AND ts > "+b).Window(); to.After(from) {
		t.Errorf("nothing can match, yet %v to %v", from, to)
	}
}
