package ask

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// percentileError is what the tool promises of a percentile: both answers may be off by it, to different sides.
const percentileError = 0.01

// TestAsking asks about a shop's last three hours, and compares with the archive.
func TestAsking(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	t.Run("status", s.testStatus)
	t.Run("filters", s.testFilters)
	t.Run("what the hot documents do not hold", s.testNotHeld)
	t.Run("orders", s.testOrders)
	t.Run("pages", s.testPages)
	t.Run("outputs", s.testOutputs)
	t.Run("explain", s.testExplain)
	t.Run("stats", s.testStats)
	t.Run("services", s.testServices)
	t.Run("get", s.testGet)
	t.Run("whole pairs", s.testWholePairs)
}

func (s *shop) testStatus(t *testing.T) {
	status := s.object(t, "hotstore", "status")
	require.Equal(t, true, status["healthy"])
	require.EqualValues(t, shopPairs, status["documents"])
	require.Positive(t, status["bytes"])
	require.NotNil(t, status["since"])
	require.NotEmpty(t, status["partitions"])
	text := s.gets(t, "hotstore", "status")
	for _, part := range []string{": healthy", "holds      5,000 documents", "since      ", "alias      " + s.index, "template   " + s.index,
		"policy     none: the collector deletes expired indices itself", "PARTITION", s.index + "-", "No gaps wait to be filled."} {
		require.Contains(t, text, part)
	}
}

// filters are what OpenSearch evaluates wholly, partly and not at all, of what its documents hold.
func filters() []string {
	return []string{
		"", `service IS checkout`, `service NOT checkout AND direction IS OUT`, `status IS 5xx`, `error IS true`, `status >= 400`,
		`duration > 10ms AND service IS frontend`, `size > 2KB`, `location CONTAINS "/api/"`, `endpoint IS "/api/products/{id}"`,
		`service REGEX "^c"`, `service REGEX "^c" AND error IS true`, `location NOT REGEX "[0-9]"`, `service IS cart OR command REGEX "^(INSERT|POST)"`,
		`session NOT ""`, `trace EXISTS AND direction IS IN`, `l7protocol IS grpc postgres`, `sample IS 1/10`, `host CONTAINS svc`, `command IS POST`,
	}
}

func (s *shop) testFilters(t *testing.T) {
	found := 0
	for _, filter := range filters() {
		hot, archived := s.rows(t, "hot", "--filter", filter), s.rows(t, "archive", "--filter", filter)
		require.Equal(t, archived, hot, filter)
		if len(hot) > 0 {
			found++
		}
	}
	require.Greater(t, found, len(filters())-4, "filters that find nothing tell nothing")
	require.Equal(t, s.rows(t, "archive"), s.rows(t, "auto"))
}

func (s *shop) testNotHeld(t *testing.T) {
	for _, filter := range []string{`header[user-agent] CONTAINS Mozilla`, `text CONTAINS checkout`, `req_json[email] EXISTS`} {
		s.fails(t, exitUsage, []string{"the hot documents do not hold it", "--source archive", "include"},
			s.in("query", "--source", "hot", "--filter", filter)...)
		auto := s.asks(t, s.in("query", "--all", "--output", "ndjson", "--filter", filter)...)
		require.Equal(t, exitOK, auto.code, auto.said)
		require.NotEmpty(t, lines(auto.output), filter)
		require.Equal(t, s.rows(t, "archive", "--filter", filter), lines(auto.output), filter)
		require.Contains(t, auto.said, "the hot documents do not hold what the filter asks for")
	}
	// The user's own dimension is in the documents.
	require.NotEmpty(t, s.rows(t, "hot", "--sort", "-agent", "--columns", "agent,uuid"))
}

func (s *shop) testOrders(t *testing.T) {
	for _, order := range []string{"ts", "-duration,service", "uuid", "status,-size", "trace", "-trace,ts", "span", "archive_url", "agent", "error,-endpoint"} {
		hot, archived := s.rows(t, "hot", "--sort", order), s.rows(t, "archive", "--sort", order)
		require.Equal(t, archived, hot, order)
	}
	require.Equal(t, s.rows(t, "archive", "--sort", "-trace"), s.rows(t, "auto", "--sort", "-trace"))
}

func (s *shop) testPages(t *testing.T) {
	all := s.rows(t, "archive", "--sort", "-ts")
	for _, test := range []struct {
		source, sort, filter string
		pages                int
	}{{"hot", "-ts", "", 6}, {"auto", "-ts", "", 6}, {"hot", "span,-size", "", 6}, {"hot", "ts", `service REGEX "^(c|f)"`, 5}} {
		seen := map[string]bool{}
		pages, after := 0, ""
		for {
			var page struct {
				Rows []json.RawMessage `json:"rows"`
				Next string            `json:"next"`
			}
			text := s.gets(t, s.in("query", "--limit", "900", "--sort", test.sort, "--filter", test.filter, "--source", test.source, "--output", "json", "--after", after)...)
			require.NoError(t, json.Unmarshal([]byte(text), &page))
			for _, row := range page.Rows {
				id := uuidOf(t, string(row))
				require.False(t, seen[id], "%s comes twice", id)
				seen[id] = true
			}
			pages++
			if after = page.Next; after == "" {
				break
			}
		}
		require.Equal(t, test.pages, pages, test)
		if test.filter == "" {
			require.Len(t, seen, len(all))
		} else {
			require.Len(t, seen, len(s.rows(t, "archive", "--filter", test.filter)))
		}
	}
	s.fails(t, exitUsage, []string{"--after"}, "query", "--after", "nonsense")
}

func (s *shop) testOutputs(t *testing.T) {
	columns := []string{"query", "--limit", "20", "--sort", "-duration", "--columns", "ts,service,status,duration,trace,uuid"}
	for _, output := range []string{"table", "csv", "ndjson"} {
		arguments := s.in(append(columns, "--output", output)...)
		hot := s.gets(t, append(arguments, "--source", "hot")...)
		require.Equal(t, s.gets(t, append(arguments, "--source", "archive")...), hot)
		require.GreaterOrEqual(t, len(lines(hot)), 20)
	}
	rows := table(t, s.gets(t, s.in(append(columns, "--output", "csv")...)...))
	require.Len(t, rows, 21)
	require.Equal(t, []string{"ts", "service", "status", "duration", "trace", "uuid"}, rows[0])
	require.Len(t, s.object(t, s.in(columns...)...)["rows"], 20)
}

func (s *shop) testExplain(t *testing.T) {
	text := s.gets(t, s.in("query", "--explain", "--filter", `service REGEX "^c" AND status IS 5xx`)...)
	for _, part := range []string{"the hot store hotstore (opensearch)", `evaluates   status IS "5xx"`, `left over   service REGEX "^c"`,
		"freshness   a pair is found at the latest 200ms after it was written", "gaps          none known"} {
		require.Contains(t, text, part)
	}
	text = s.gets(t, s.in("query", "--explain", "--filter", `header[accept] EXISTS`)...)
	require.Contains(t, text, "the hot documents do not hold what the filter asks for")
	require.Contains(t, text, "files would be read")
	require.NotEmpty(t, s.object(t, s.in("query", "--explain", "--sort", "-trace")...))
}

func (s *shop) testStats(t *testing.T) {
	for _, arguments := range [][]string{
		{"--by", "service"}, {"--by", "service,endpoint,status", "--limit", "0"}, {"--interval", "10m"}, {"--by", "direction,error", "--interval", "1h"},
		{"--by", "trace", "--limit", "0"}, {"--by", "service", "--filter", `location REGEX "^/api"`}, {"--by", "peer", "--filter", "error IS true"},
		{"--by", "agent", "--filter", "direction IS IN"},
	} {
		arguments = s.in(append([]string{"stats"}, arguments...)...)
		hot := s.object(t, append(arguments, "--source", "hot")...)
		archived := s.object(t, append(arguments, "--source", "archive")...)
		auto := s.object(t, arguments...)
		for _, report := range []anything{hot, archived, auto} { // only the archive knows what was dropped
			for _, key := range []string{"dropped", "sources"} {
				delete(report, key)
			}
		}
		same(t, archived, hot, "stats")
		same(t, archived, auto, "stats")
	}
	total, isObject := s.object(t, s.in("stats")...)["total"].(anything)
	require.True(t, isObject)
	require.EqualValues(t, shopPairs, total["requests"])
}

func (s *shop) testServices(t *testing.T) {
	for _, filter := range []string{"", "direction IS OUT"} {
		arguments := s.in("services", "--filter", filter)
		hot, archived := s.object(t, append(arguments, "--source", "hot")...), s.object(t, append(arguments, "--source", "archive")...)
		require.NotEmpty(t, hot["edges"])
		delete(hot, "sources")
		delete(archived, "sources")
		same(t, archived, hot, "services")
	}
	for _, output := range []string{"dot", "mermaid"} {
		arguments := s.in("services", "--output", output)
		require.Equal(t, s.gets(t, append(arguments, "--source", "archive")...), s.gets(t, append(arguments, "--source", "hot")...))
	}
}

// same compares answers; percentiles may differ by what the tool promises.
func same(t *testing.T, want, got any, path string) {
	t.Helper()
	switch want := want.(type) {
	case anything:
		object, isObject := got.(anything)
		require.True(t, isObject, path)
		for key := range object {
			require.Contains(t, want, key, path)
		}
		for key := range want {
			same(t, want[key], object[key], path+"."+key)
		}
	case []any:
		list, isList := got.([]any)
		require.True(t, isList, path)
		require.Len(t, list, len(want), path)
		for i := range want {
			same(t, want[i], list[i], path)
		}
	case float64:
		number, isNumber := got.(float64)
		require.True(t, isNumber, path)
		if strings.Contains(path, ".latency_ms.p") {
			require.LessOrEqual(t, math.Abs(number-want), 2*percentileError*want, path)
			return
		}
		require.InDelta(t, want, number, 1e-9, path)
	default:
		require.Equal(t, want, got, path)
	}
}

func (s *shop) testGet(t *testing.T) {
	row := s.rows(t, "hot", "--filter", "l7protocol IS http AND command IS POST", "--sort", "uuid")[0]
	id := uuidOf(t, row)
	hot, archived := s.gets(t, "get", id, "--output", "json"), s.gets(t, "get", id, "--output", "json", "--source", "archive")
	require.JSONEq(t, archived, hot)
	require.Contains(t, s.gets(t, "get", id), id)
	require.True(t, strings.Contains(s.gets(t, "get", id, "--curl"), "curl "))
	s.fails(t, exitError, []string{"00000000-0000-4000-8000-000000000000"}, "get", "00000000-0000-4000-8000-000000000000")
}

func (s *shop) testWholePairs(t *testing.T) {
	arguments := s.in("query", "--pairs", "--filter", "error IS true", "--limit", "20", "--sort", "uuid")
	hot, archived := lines(s.gets(t, arguments...)), lines(s.gets(t, append(arguments, "--source", "archive")...))
	require.NotEmpty(t, hot)
	require.Equal(t, archived, hot)
}

// TestTailShowsWhatArrives follows a collector that takes in traffic.
func TestTailShowsWhatArrives(t *testing.T) {
	t.Parallel()
	p := newPlace(t, openSearch(t))
	running, address := p.collects(t)
	defer running.Stop()
	const count = 12
	answered := make(chan answer, 1)
	begun := time.Now()
	go func() {
		answered <- p.asks(t, "tail", "-n", "0", "--max-count", "12", "--output", "ndjson", "--poll", "200ms")
	}()
	time.Sleep(time.Second) // the tail looks before anything is there
	send(t, address, traffic(t, 21, count, time.Now(), time.Second))
	a := <-answered
	require.Equal(t, exitOK, a.code, a.said)
	require.Contains(t, a.said, "12 pairs shown")
	var seen []string
	for _, line := range lines(a.output) {
		seen = append(seen, uuidOf(t, line))
	}
	slices.Sort(seen)
	require.Len(t, slices.Compact(seen), count)
	require.Less(t, time.Since(begun), 15*time.Second)
}
