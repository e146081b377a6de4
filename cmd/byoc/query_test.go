package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// ask runs a query over all of fill's traffic.
func (b *bench) ask(t *testing.T, f *filled, args ...string) int {
	t.Helper()
	return b.run(t, append([]string{"query", "--config", f.config, "--from", "2026-11-20T08:00:00Z"}, args...)...)
}

func objects(t *testing.T, text string) (rows []map[string]any) {
	t.Helper()
	for line := range strings.Lines(text) {
		var row map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &row), line)
		rows = append(rows, row)
	}
	return rows
}

func uuids(rows []map[string]any) (ids []string) {
	for _, row := range rows {
		ids = append(ids, row["uuid"].(string))
	}
	return ids
}

func TestQueryPrintsATableForPeople(t *testing.T) {
	f := fill(t, fillOptions{})
	b := newBench(t)
	require.Equal(t, exitOK, b.ask(t, f, "--filter", "(direction IS IN) AND (error IS true)", "--limit", "3"), b.stderr.String())
	lines := strings.Split(strings.TrimSpace(b.stdout.String()), "\n")
	require.Len(t, lines, 4, b.stdout.String())
	require.Regexp(t, `^TS +SERVICE +DIRECTION +COMMAND +LOCATION +STATUS +DURATION +SIZE +PEER +UUID$`, lines[0])
	row := regexp.MustCompile(`^2026-11-20T\d\d:\d\d:\d\d\.\d{3}Z  \S+ +IN +\S+ +/\S* +\S+ +[0-9.]+(µs|ms|s) +[0-9.]+ (B|KiB) +\S+ +[0-9a-f-]{36}$`)
	for _, line := range lines[1:] {
		require.Regexp(t, row, line)
		require.NotContains(t, line, "\x1b")
	}
	require.Contains(t, b.stderr.String(), "3 pairs: from the hot store hotstore (sqlite)")
	require.Contains(t, b.stderr.String(), "times in UTC")
	require.Contains(t, b.stderr.String(), "more: the same command with --after ")

	// The uuid feeds byoc get.
	id := lines[1][len(lines[1])-36:]
	require.Equal(t, exitOK, b.run(t, "get", id, "--config", f.config, "--output", "json"), b.stderr.String())
	require.Contains(t, b.stdout.String(), `"msgType":"rrpair"`)
}

func TestQueryFitsTheTerminalAndKeepsTheUUID(t *testing.T) {
	f := fill(t, fillOptions{})
	b := newBench(t)
	b.stdoutIsTerminal = true
	for _, width := range []string{"72", "100", "140", "200"} {
		b.env["COLUMNS"] = width
		require.Equal(t, exitOK, b.ask(t, f, "--tz", "UTC", "--filter", "service IN checkout payments"), b.stderr.String())
		require.Contains(t, b.stdout.String(), "\x1b[31m", "errors are red")
		plain := strings.NewReplacer("\x1b[31m", "", "\x1b[0m", "").Replace(b.stdout.String())
		for line := range strings.Lines(plain) {
			line = strings.TrimSuffix(line, "\n")
			require.LessOrEqual(t, len([]rune(line)), map[string]int{"72": 72, "100": 100, "140": 140, "200": 200}[width], line)
			require.Regexp(t, `^(TS .* UUID|\d\d:\d\d:\d\d\.\d{3} .* [0-9a-f-]{36})$`, strings.TrimRight(line, " "))
		}
	}
	b.env["COLUMNS"] = "72"
	require.Equal(t, exitOK, b.ask(t, f, "--tz", "UTC"))
	require.Contains(t, b.stderr.String(), "no room for peer, size")
	require.Equal(t, exitOK, b.ask(t, f, "--tz", "UTC", "--columns", "all"))
	require.Contains(t, b.stderr.String(), "less -S")
	b.env["NO_COLOR"] = "1"
	require.Equal(t, exitOK, b.ask(t, f, "--tz", "UTC"))
	require.NotContains(t, b.stdout.String(), "\x1b")
}

func TestQueryRowsCarryEveryDimension(t *testing.T) {
	f := fill(t, fillOptions{pairs: 300})
	b := newBench(t)
	require.Equal(t, exitOK, b.ask(t, f, "--all", "--output", "ndjson"), b.stderr.String())
	require.True(t, strings.HasPrefix(b.stdout.String(), `{"uuid":"`))
	rows := objects(t, b.stdout.String())
	require.Len(t, rows, len(f.lines))
	documents := map[string]*hotstore.Document{}
	for _, document := range f.documents {
		documents[document.UUID.String()] = document
	}
	agents := 0
	for _, row := range rows {
		document := documents[row["uuid"].(string)]
		require.NotNil(t, document)
		delete(documents, row["uuid"].(string))
		for _, name := range append(hotstore.ShortNames(), "duration_ms", "agent") {
			require.Contains(t, row, name)
		}
		require.Len(t, row, len(hotstore.ShortNames())+2)
		require.Equal(t, document.Time.UTC().Format("2006-01-02T15:04:05.000000000Z07:00"), row["ts"])
		if document.NoDuration {
			require.Nil(t, row["duration"])
			require.Nil(t, row["duration_ms"])
		} else {
			require.Equal(t, document.Duration.String(), row["duration"])
			require.InDelta(t, float64(document.Duration)/1e6, row["duration_ms"], 1e-9)
		}
		require.EqualValues(t, document.Size, row["size"])
		require.Equal(t, document.Error, row["error"])
		require.Equal(t, document.ArchiveURL, row["archive_url"])
		if row["agent"] != nil {
			agents++
		}
	}
	require.Empty(t, documents)
	require.NotZero(t, agents)
	require.Less(t, agents, len(rows), "null where a pair has none")

	require.Equal(t, exitOK, b.ask(t, f, "--output", "ndjson", "--columns", "method,duration_ms,agent", "--limit", "1"))
	require.Regexp(t, `^\{"command":"[^"]*","duration_ms":[0-9.]+,"agent":("[^"]*"|null)\}\n$`, b.stdout.String())

	require.Equal(t, exitOK, b.ask(t, f, "--output", "csv", "--all"))
	require.Equal(t, len(rows)+1, strings.Count(b.stdout.String(), "\r\n"))
	table, err := csv.NewReader(bytes.NewReader(b.stdout.Bytes())).ReadAll()
	require.NoError(t, err)
	require.Len(t, table, len(rows)+1)
	require.Equal(t, "uuid", table[0][0])
	require.Equal(t, "agent", table[0][len(table[0])-1])
	require.Equal(t, uuids(rows)[7], table[8][0])
}

func TestQueryFieldsOfCSVKeepTheirCharacters(t *testing.T) {
	var out bytes.Buffer
	columns, err := chooseColumns("service,location", false, nil, true)
	require.NoError(t, err)
	rows := &csvRows{out: &out, columns: columns}
	require.NoError(t, rows.page([]*hotstore.Document{{Service: `a "b", c`, Location: "SELECT\r\n1,\n2"}}))
	require.Equal(t, "service,location\r\n\"a \"\"b\"\", c\",\"SELECT\r\n1,\n2\"\r\n", out.String())
}

func TestQueryTablesSendNothingOfTheTrafficToTheTerminal(t *testing.T) {
	var out bytes.Buffer
	b := newBench(t)
	columns, err := chooseColumns("service,location", true, nil, true)
	require.NoError(t, err)
	require.NoError(t, newTableRows(b.app, &out, columns, true).page([]*hotstore.Document{{Service: "a\x1b[2Jb", Location: "SELECT\n\t1 \u202e"}}))
	require.NotContains(t, out.String(), "\x1b")
	require.NotContains(t, out.String(), "\u202e")
	require.Contains(t, out.String(), "SELECT 1")
	require.Equal(t, 2, strings.Count(out.String(), "\n"))
}

func TestQueryPrintsOneObject(t *testing.T) {
	f := fill(t, fillOptions{pairs: 300})
	b := newBench(t)
	type answer struct {
		Rows    []map[string]any `json:"rows"`
		Next    string           `json:"next"`
		Sources []servedPart     `json:"sources"`
		Window  map[string]any   `json:"window"`
		Skipped []any            `json:"skipped"`
	}
	require.Equal(t, exitOK, b.ask(t, f, "--output", "json", "--limit", "7"), b.stderr.String())
	var got answer
	require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &got), b.stdout.String())
	require.Len(t, got.Rows, 7)
	require.NotEmpty(t, got.Next)
	require.Equal(t, "hot", got.Sources[0].Source)
	require.Equal(t, "sqlite", got.Sources[0].Store)
	require.EqualValues(t, 7, got.Sources[0].Documents)
	require.Equal(t, "2026-11-20T08:00:00Z", got.Window["from"])
	require.NotNil(t, got.Skipped)
	require.Empty(t, b.stderr.String(), "it is all in the object")

	require.Equal(t, exitOK, b.ask(t, f, "--output", "json", "--filter", "service IS nobody"))
	got = answer{}
	require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &got), b.stdout.String())
	require.NotNil(t, got.Rows)
	require.Empty(t, got.Rows)
}

func TestQueryPagesShowEachPairOnce(t *testing.T) {
	middle := fill(t, fillOptions{pairs: 300}).documents[150].Time.Truncate(time.Second)
	f := fill(t, fillOptions{pairs: 300, hotFrom: middle})
	b := newBench(t)
	for _, source := range []string{"archive", "auto"} {
		for _, order := range []string{"-ts", "ts", "-duration", "service,size"} {
			var seen []string
			after := []string{}
			for {
				args := append([]string{"--source", source, "--sort", order, "--limit", "80", "--output", "ndjson"}, after...)
				require.Equal(t, exitOK, b.ask(t, f, args...), b.stderr.String())
				seen = append(seen, uuids(objects(t, b.stdout.String()))...)
				cursor := regexp.MustCompile(`--after (\S+)`).FindStringSubmatch(b.stderr.String())
				if cursor == nil {
					break
				}
				after = []string{"--after", cursor[1]}
			}
			require.Len(t, seen, len(f.lines), "%s %s", source, order)
			once := map[string]bool{}
			for _, id := range seen {
				once[id] = true
			}
			require.Len(t, once, len(f.lines))
			require.Equal(t, exitOK, b.ask(t, f, "--source", source, "--sort", order, "--all", "--output", "ndjson"))
			require.Equal(t, seen, uuids(objects(t, b.stdout.String())), "pages and all at once are the same")
		}
	}
}

func TestQueryAnswersAlikeFromBothStores(t *testing.T) {
	f := fill(t, fillOptions{include: hotstore.IncludeFull})
	b := newBench(t)
	for _, text := range []string{"", "error IS true", "(service IS checkout) AND (duration > 20ms)", "peer EXISTS", `text CONTAINS "checkout"`} {
		var answers []string
		for _, source := range []string{"hot", "archive", "auto"} {
			require.Equal(t, exitOK, b.ask(t, f, "--source", source, "--filter", text, "--all", "--output", "ndjson"), b.stderr.String())
			answers = append(answers, b.stdout.String())
		}
		require.NotEmpty(t, answers[0], text)
		require.Equal(t, answers[0], answers[1], text)
		require.Equal(t, answers[0], answers[2], text)
	}
}

func TestQuerySaysWhoServedWhat(t *testing.T) {
	middle := fill(t, fillOptions{pairs: 300}).documents[200].Time.Truncate(time.Second)
	f := fill(t, fillOptions{pairs: 300, hotFrom: middle})
	b := newBench(t)
	require.Equal(t, exitOK, b.ask(t, f, "--all", "--output", "ndjson"), b.stderr.String())
	hot := len(f.documents)
	require.Contains(t, b.stderr.String(), "300 pairs: ")
	require.Regexp(t, regexp.MustCompile(humanCount(int64(hot))+` from the hot store hotstore \(sqlite\)`), b.stderr.String())
	require.Regexp(t, regexp.MustCompile(humanCount(int64(300-hot))+` from the archive file://`), b.stderr.String())
}

func TestQueryPrintsWholePairs(t *testing.T) {
	for name, include := range map[string]hotstore.Include{"kept": hotstore.IncludeFull, "fetched": hotstore.IncludeNone} {
		t.Run(name, func(t *testing.T) {
			f := fill(t, fillOptions{pairs: 80, include: include})
			b := newBench(t)
			for _, source := range []string{"hot", "archive", "auto"} {
				require.Equal(t, exitOK, b.ask(t, f, "--source", source, "--pairs", "--sort", "ts", "--all"), b.stderr.String())
				byID := map[rrpair.UUID][]byte{}
				var pair rrpair.Pair
				for _, line := range f.lines {
					require.NoError(t, pair.ParseJSON(line))
					id, _ := pair.UUID()
					byID[id] = line
				}
				for line := range strings.Lines(b.stdout.String()) {
					require.NoError(t, pair.ParseJSON([]byte(line)))
					id, _ := pair.UUID()
					require.True(t, rrpair.CanonicalEqual(byID[id], []byte(strings.TrimSpace(line))))
					delete(byID, id)
				}
				require.Empty(t, byID, source)
			}
		})
	}
	f := fill(t, fillOptions{pairs: 20})
	b := newBench(t)
	require.Equal(t, exitUsage, b.run(t, "query", "--hotstore", "sqlite://"+f.hot, "--from", "-6h", "--pairs"))
	require.Contains(t, b.stderr.String(), "--pairs reads the archive")
	files, err := filepath.Glob(filepath.Join(f.folder, "v1", "date=*", "hour=*", "*.parquet"))
	require.NoError(t, err)
	for _, file := range files {
		require.NoError(t, os.Remove(file))
	}
	require.Equal(t, exitSkipped, b.ask(t, f, "--source", "hot", "--pairs"))
	require.Contains(t, b.stderr.String(), "20 pairs are not in the archive")
}
