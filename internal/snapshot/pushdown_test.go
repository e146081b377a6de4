package snapshot

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// oddLines are records whose ts, duration, tags or headers are of unusual form, so that columns alone mislead.
func oddLines() [][]byte {
	var lines [][]byte
	add := func(format string, args ...any) {
		n := len(lines)
		uuid := fmt.Sprintf(`"uuid":"00000000-0000-4000-8000-%012d"`, n)
		lines = append(lines, []byte(`{"msgType":"rrpair",`+uuid+`,`+fmt.Sprintf(format, args...)+`}`))
	}
	for _, ts := range []string{`"1970-01-01T00:00:00Z"`, `"1999-12-31T23:59:59Z"`, `"2026-11-20T10:00:00+02:00"`, `"2026-11-20T09:30:00.1234567Z"`, `0`, `"never"`, `"2031-01-01T00:00:00Z"`} {
		add(`"ts":%s,"service":"odd","l7protocol":"http","status":"500","duration":7`, ts)
	}
	add(`"service":"no time"`)
	const at = `"ts":"2026-11-20T09:10:00Z"`
	for _, duration := range []string{`1.5`, `"900"`, `1e3`, `3000000000`, `-4`, `null`, `{}`} {
		add(at+`,"service":"odd","duration":%s`, duration)
	}
	add(at + `,"service":"","status":"","session":""`)
	add(at + `,"service":5,"status":500,"session":{},"direction":null,"l7protocol":"http"`)
	add(at + `,"tags":{"source":5,"a":{"b":1},"x":null},"service":"odd"`)
	add(at + `,"tags":[1],"http":{"req":{"headers":{"X-A":"plain","x-a":["1",2],"X-\u00e9":["e"]},"url":"/a","uri":"/a?b=1","host":"shop:80"}}`)
	add(at + `,"http":{"req":{"headers":[1],"url":5},"res":"no object"},"network_address":"db:5432"`)
	add(at + `,"http":"no object","session":"with \"quotes\" and \u00e4"`)
	return lines
}

// randomFilter makes a filter from values that occur in the records, and from some that do not.
func randomFilter(random *rand.Rand, lines [][]byte, depth int) string {
	if depth > 0 {
		n := 1 + random.IntN(3)
		terms := make([]string, n)
		for i := range terms {
			terms[i] = randomFilter(random, lines, depth-1)
		}
		return "(" + strings.Join(terms, []string{" AND ", " OR "}[random.IntN(2)]) + ")"
	}
	var pair rrpair.Pair
	if err := pair.ParseJSON(lines[random.IntN(len(lines))]); err != nil {
		panic(err)
	}
	record := dimension.NewRecord()
	record.Reset(&pair)
	quote := func(text string) string {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
	}
	fields := []filter.Field{
		filter.FieldService, filter.FieldCommand, filter.FieldLocation, filter.FieldStatus, filter.FieldDirection,
		filter.FieldL7Protocol, filter.FieldTech, filter.FieldNetworkAddress, filter.FieldSession, filter.FieldCluster,
		filter.FieldNamespace, filter.FieldURL, filter.FieldHost, filter.FieldEndpoint, filter.FieldPeer, filter.FieldTrace,
		filter.FieldUUID,
	}
	switch random.IntN(16) {
	case 0:
		return "error IS " + strconv.FormatBool(random.IntN(2) == 0)
	case 1:
		value, _, _ := record.Number(filter.FieldDuration)
		return "duration " + []string{">", ">=", "<", "<="}[random.IntN(4)] + " " + strconv.FormatInt(value/1e6, 10) + "ms"
	case 2:
		at, _ := record.Time()
		if at.IsZero() || at.Year() < 1 {
			at = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
		}
		return fmt.Sprintf("timerange IS %q %q", at.Format(time.RFC3339Nano), at.Add(time.Duration(random.IntN(7200))*time.Second).Format(time.RFC3339Nano))
	case 3:
		return "status IS " + []string{"2xx", "5xx", "4xx"}[random.IntN(3)]
	case 4:
		return "header[" + []string{"Content-Type", "x-a", "User-Agent", "absent"}[random.IntN(4)] + "] " +
			[]string{"EXISTS", "CONTAINS json", "IS 1", `NOT CONTAINS "a"`}[random.IntN(4)]
	case 5:
		return "tag[" + []string{"source", "a", "k8sAppLabel", "absent"}[random.IntN(4)] + "] " +
			[]string{"EXISTS", "CONTAINS o", "IS 5", "NOT responder"}[random.IntN(4)]
	case 6:
		return "sample IS 1/" + strconv.Itoa(2+random.IntN(5))
	case 7:
		return "text CONTAINS " + []string{"checkout", "odd", "zzz"}[random.IntN(3)]
	case 8:
		return "size > " + strconv.Itoa(random.IntN(4000))
	}
	field := fields[random.IntN(len(fields))]
	values, _ := record.Strings(nil, field, "")
	value := "absent"
	if len(values) > 0 && random.IntN(5) > 0 {
		value = values[0]
	}
	if field == filter.FieldUUID {
		if len(values) == 0 || value == "absent" {
			value = "00000000-0000-4000-8000-0000000fffff"
		}
		return field.String() + []string{" IS ", " NOT "}[random.IntN(2)] + value
	}
	switch random.IntN(6) {
	case 0:
		return field.String() + " EXISTS"
	case 1:
		return field.String() + " NOT " + quote(value)
	case 2:
		return field.String() + " CONTAINS " + quote(value[:min(len(value), 3)])
	case 3:
		return field.String() + " IN " + quote(value) + " other"
	}
	return field.String() + " IS " + quote(value)
}

// Pruning and judging by columns never change the answer: a scan yields exactly the records that the evaluator takes.
func TestPushDownEqualsEvaluation(t *testing.T) {
	lines := append(traffic(t), oddLines()...)
	for name, layout := range map[string]archive.Layout{
		"plain": {}, "partitioned": {PartitionBy: []string{"service", "tag[source]"}},
	} {
		t.Run(name, func(t *testing.T) {
			source := newArchive(t, "mem://"+t.Name())
			source.add(t, lines, 400, layout)
			random := rand.New(rand.NewPCG(uint64(len(name)), 9))
			pruned, matches := 0, 0
			for range 120 {
				text := randomFilter(random, lines, random.IntN(3))
				if random.IntN(3) == 0 {
					text = "NOT " + text
				}
				q, err := filter.Parse(text, filter.Options{})
				if err != nil {
					text = strings.TrimPrefix(text, "NOT ")
					q, err = filter.Parse(text, filter.Options{})
				}
				require.NoError(t, err, text)
				var from, to time.Time
				if random.IntN(4) == 0 {
					from = time.Date(2026, 11, 20, 9, random.IntN(120), 0, 0, time.UTC)
					to = from.Add(time.Duration(1+random.IntN(90)) * time.Minute)
				}
				want := matching(t, lines, q, from, to)
				got := map[rrpair.UUID]bool{}
				stats, err := archive.Scan(t.Context(), source.store, archive.ScanOptions{
					PlanOptions: archive.PlanOptions{Query: q, From: from, To: to, AllHours: true},
					Match: func(pair *rrpair.Pair) bool {
						record := dimension.NewRecord()
						record.Reset(pair)
						return q.Match(record)
					},
				}, func(record *archive.Record) error {
					require.False(t, got[record.UUID])
					got[record.UUID] = true
					return nil
				})
				require.NoError(t, err)
				require.Empty(t, stats.Skipped)
				require.Equal(t, want, got, text)
				pruned += stats.RowGroupsPruned + stats.FilesPruned
				matches += len(got)
			}
			require.NotZero(t, pruned)
			require.NotZero(t, matches)
		})
	}
}

func matching(tb testing.TB, lines [][]byte, q *filter.Query, from, to time.Time) map[rrpair.UUID]bool {
	tb.Helper()
	want := map[rrpair.UUID]bool{}
	record := dimension.NewRecord()
	for _, line := range lines {
		pair := parse(tb, bytes.Clone(line))
		record.Reset(pair)
		at, ok := pair.Time()
		inside := from.IsZero() && to.IsZero() || ok && !at.Before(from) && at.Before(to)
		if inside && q.Match(record) {
			id, _ := pair.UUID()
			want[id] = true
		}
	}
	return want
}
