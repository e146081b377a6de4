package hotstore_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// each gives documents of the demo's traffic with the pair they were made of.
func each(t *testing.T, n int, include hotstore.Include, text bool, visit func(*dimension.Record, *hotstore.Document)) {
	t.Helper()
	generator := demo.NewGenerator(demo.Options{Seed: 3})
	record := dimension.NewRecord()
	var pair rrpair.Pair
	var line []byte
	for range n {
		line = generator.Next(line[:0])
		if err := pair.ParseJSON(line); err != nil {
			t.Fatal(err)
		}
		record.Reset(&pair)
		at, _ := pair.Time()
		var document hotstore.Document
		hotstore.Fill(&document, &pair, record, hotstore.Values{Time: at, Include: include, Text: text})
		visit(record, document.Clone())
	}
}

func queries(t *testing.T) []*filter.Query {
	t.Helper()
	var all []*filter.Query
	for _, text := range []string{
		"service IS cart", "namespace NOT shop", "cluster EXISTS", "command IS POST", "location CONTAINS /api/", "status IS 5xx", "direction IS IN",
		"l7protocol IS postgres", "tech EXISTS", "networkaddr CONTAINS 9", "url CONTAINS ?", "url REGEX \"^/api/[a-z]+$\"", "url NOT EXISTS", "host EXISTS",
		"session EXISTS", "error IS true", "endpoint CONTAINS {", "peer CONTAINS a", "trace EXISTS", "duration > 20ms", "duration EXISTS", "size > 2KB",
		"ts > 2026-11-20T09:00:10Z", "sample IS 1/2", "sample[rrpair] IS 1/3", "source EXISTS", "source IS goproxy", "uuid REGEX ^[0-7]",
		"header[accept] EXISTS", "header[User-Agent] CONTAINS Mozilla", "tag[captureMode] EXISTS", "req_json[quantity] > 1", "resp_json[id] EXISTS",
		"text CONTAINS checkout", "text CONTAINS Lumen", "text REGEX \"[Cc]art\"", "text CONTAINS \"no such thing\"",
		"(service IS cart AND header[accept] EXISTS) OR (error IS true AND text CONTAINS payment)",
	} {
		query, err := filter.Parse(text, filter.Options{})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, query)
	}
	return all
}

// A document answers as its pair does, or says that it cannot tell; with the pair in it, it always can.
func TestADocumentAnswersAsItsPair(t *testing.T) {
	for name, include := range map[string]hotstore.Include{"none": hotstore.IncludeNone, "headers": hotstore.IncludeHeaders, "full": hotstore.IncludeFull} {
		for _, text := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				var source hotstore.Source
				unknown, matches := 0, 0
				all := queries(t)
				each(t, 400, include, text, func(record *dimension.Record, document *hotstore.Document) {
					source.Reset(document)
					for _, query := range all {
						condition, err := hotstore.Select(query)
						if err != nil {
							t.Fatal(err)
						}
						got, want := condition.Eval(&source), query.Eval(record)
						switch {
						case got == filter.Unknown && include != hotstore.IncludeFull:
							unknown++
						case got != want:
							t.Fatalf("%s: %v, the pair says %v\n%+v\n%s", query, got, want, document, document.Text)
						case got == filter.True:
							matches++
						}
					}
				})
				if matches == 0 {
					t.Error("nothing matched: the test tells nothing")
				}
				if (unknown == 0) != (include == hotstore.IncludeFull) {
					t.Errorf("%d answers were unknown", unknown)
				}
			})
		}
	}
}

// Whatever a store can push down, both parts together are the query.
func TestPushedDownAndLeftOverAreTheQuery(t *testing.T) {
	for _, fields := range [][]filter.Field{nil, {filter.FieldService}, {filter.FieldService, filter.FieldError, filter.FieldDuration}, {filter.FieldHeader, filter.FieldText}} {
		capabilities := hotstore.Capabilities{PushDown: func(ref filter.FieldRef, operator string) bool {
			for _, field := range fields {
				if ref.Field == field && operator != "REGEX" {
					return true
				}
			}
			return false
		}}
		var source hotstore.Source
		all := queries(t)
		each(t, 100, hotstore.IncludeFull, true, func(_ *dimension.Record, document *hotstore.Document) {
			source.Reset(document)
			for _, query := range all {
				split, leftover, err := hotstore.Compile(query, capabilities)
				if err != nil {
					t.Fatal(err)
				}
				pushed, err := hotstore.NewCondition(split.Pushed)
				if err != nil {
					t.Fatal(err)
				}
				whole, _ := hotstore.Select(query)
				if got, want := min(pushed.Eval(&source), leftover.Eval(&source)), whole.Eval(&source); got != want {
					t.Fatalf("%s: pushed down %q, left over %q: %v, want %v", query, pushed, leftover, got, want)
				}
			}
		})
	}
}

func TestWhatIsPushedDown(t *testing.T) {
	capabilities := hotstore.Capabilities{PushDown: func(ref filter.FieldRef, _ string) bool { return ref.Field != filter.FieldHeader }}
	for text, want := range map[string][2]string{
		"service IS a":                                        {`service IS "a"`, ""},
		"header[x] IS a":                                      {"", `header[x] IS "a"`},
		"service IS a AND header[x] IS a":                     {`service IS "a"`, `header[x] IS "a"`},
		"service IS a OR header[x] IS a":                      {"", `service IS "a" OR header[x] IS "a"`},
		"(service IS a AND header[x] IS a) OR (service IS b)": {`service IS "a" OR service IS "b"`, `(service IS "a" AND header[x] IS "a") OR service IS "b"`},
	} {
		query, err := filter.Parse(text, filter.Options{})
		if err != nil {
			t.Fatal(err)
		}
		split := hotstore.Plan(query, capabilities)
		if got := [2]string{hotstore.Text(split.Pushed), hotstore.Text(split.Leftover)}; got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if split := hotstore.Plan(nil, capabilities); split.Pushed != nil || split.Leftover != nil {
		t.Errorf("no query: %+v", split)
	}
}

func TestTheOrderEndsWithTheIdentity(t *testing.T) {
	for text, want := range map[string]string{
		"": "-ts uuid", "ts": "ts uuid", "-duration": "-duration -ts uuid", "service,service,-ts": "service -ts uuid", "uuid,ts": "uuid", "method": "command -ts uuid",
	} {
		search := hotstore.Search{Sort: hotstore.ParseSort(text)}
		got := ""
		for _, key := range search.Order() {
			got += " " + key.String()
		}
		if got != " "+want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if err := hotstore.CheckDimension("nothing", []string{"tier"}); err == nil {
		t.Error("a dimension that does not exist is taken")
	}
	if err := hotstore.CheckDimension("tier", []string{"tier"}); err != nil {
		t.Error(err)
	}
}

func TestIntervalsBeginAlike(t *testing.T) {
	for _, at := range []time.Time{time.Date(2026, 11, 20, 9, 7, 31, 5, time.UTC), time.Date(1965, 1, 1, 0, 0, 1, 0, time.UTC)} {
		start := hotstore.IntervalStart(at, time.Minute)
		if start.After(at) || at.Sub(start) >= time.Minute || start.UnixNano()%int64(time.Minute) != 0 {
			t.Errorf("%s begins at %s", at, start)
		}
	}
	if !hotstore.IntervalStart(time.Now(), 0).IsZero() {
		t.Error("no interval has a start")
	}
}
