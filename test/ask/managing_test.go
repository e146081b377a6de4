package ask

import (
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
)

// managedPairs are few: what is tried is how they get in and out.
const managedPairs = 600

// filled is a place whose collector took in traffic of the last hours, and ended.
func filled(t *testing.T) *place {
	t.Helper()
	p := newPlace(t, openSearch(t))
	running, address := p.collects(t)
	send(t, address, traffic(t, 31, managedPairs, time.Now().Add(-3*time.Hour), 130*time.Minute))
	running.Stop()
	p.refreshed(t)
	return p
}

// documents is how many the store holds by its own count.
func (p *place) documents(t *testing.T) int {
	t.Helper()
	p.refreshed(t)
	count, isNumber := p.object(t, "hotstore", "status")["documents"].(float64)
	require.True(t, isNumber)
	return int(count)
}

// since is from when on the store holds everything.
func (u user) since(t *testing.T) time.Time {
	t.Helper()
	text, isText := u.object(t, "hotstore", "status")["since"].(string)
	require.True(t, isText, "it says since when it holds everything")
	since, err := time.Parse(time.RFC3339Nano, text)
	require.NoError(t, err)
	return since
}

func TestInitSaysWhatItMade(t *testing.T) {
	t.Parallel()
	p := newPlace(t, openSearch(t))
	first := p.gets(t, "hotstore", "init")
	for _, text := range []string{"is set up:", "template: " + p.index, "policy: none: the collector deletes expired indices itself", "alias: " + p.index, "it is given everything from "} {
		require.Contains(t, first, text)
	}
	require.Contains(t, p.gets(t, "hotstore", "init"), "was set up already; nothing was changed.")
	require.Contains(t, p.tells(t, http.MethodGet, "/_index_template/"+p.index, ""), `"since"`)
	again := p.object(t, "hotstore", "init")
	require.Equal(t, false, again["changed"])
	require.Empty(t, again["changes"])
}

// TestTheMarkOutlivesTheTemplate: since when the store holds everything stays when the template is written anew.
func TestTheMarkOutlivesTheTemplate(t *testing.T) {
	t.Parallel()
	p := filled(t)
	since := p.since(t)
	p.gets(t, "hotstore", "init")
	require.Equal(t, since, p.since(t))
	other := p.with(t, anything{"shards": 2}, nil)
	other.fails(t, exitSkipped, []string{"the index template differs from what these settings want", "byoc hotstore init"}, "hotstore", "status")
	require.Contains(t, other.gets(t, "hotstore", "init"), "mended: the index template differs")
	require.Equal(t, since, other.since(t))
	require.Contains(t, p.tells(t, http.MethodGet, "/_index_template/"+p.index, ""), `"number_of_shards":"2"`)
}

func TestDestroyAndBackfill(t *testing.T) {
	t.Parallel()
	p := filled(t)
	require.Equal(t, managedPairs, p.documents(t))
	p.fails(t, exitUsage, []string{"nothing was removed: say --yes"}, "hotstore", "destroy")
	require.Contains(t, p.gets(t, "hotstore", "destroy", "--yes"), "is gone")
	p.fails(t, exitSkipped, []string{"not healthy", "template   none", "there is no index template: run `byoc hotstore init`"}, "hotstore", "status")
	require.NotContains(t, p.asks(t, "hotstore", "status").output, "alias ", "what is not there is not shown")
	for _, verb := range [][]string{{"query"}, {"stats"}, {"services"}} {
		p.fails(t, exitError, []string{"the hot store is not set up", "no index template " + p.index, "run `byoc hotstore init`"}, append(verb, "--source", "hot", "--from", "-4h")...)
	}
	require.Len(t, lines(p.gets(t, "query", "--from", "-4h", "--all", "--output", "ndjson")), managedPairs, "the archive answers")

	// A dry run writes nothing; the interval, its repetition, and the mark that moved.
	p.gets(t, "hotstore", "init")
	require.Contains(t, p.gets(t, "hotstore", "backfill", "--from", "-4h", "--dry-run"), "Nothing was written")
	begun := time.Now().Add(-10 * time.Minute).UTC().Truncate(time.Second)
	p.begins(t, begun) // or the archive might have something of before that is still under way
	brought := p.object(t, "hotstore", "backfill", "--from", "-4h")
	require.EqualValues(t, managedPairs, brought["written"])
	require.Equal(t, managedPairs, p.documents(t))
	require.True(t, p.since(t).Before(begun.Add(-3*time.Hour)), "the store counts as whole from where it was brought")
	again := p.object(t, "hotstore", "backfill", "--from", "-4h", "--to", "-0s")
	require.EqualValues(t, 0, again["written"])
	require.EqualValues(t, managedPairs, again["already_there"])
	moved := p.since(t)
	p.gets(t, "hotstore", "init")
	require.Equal(t, moved, p.since(t))
	auto := p.asks(t, "query", "--from", "-210m", "--all", "--output", "ndjson")
	require.Len(t, lines(auto.output), managedPairs)
	require.Contains(t, auto.said, "from the hot store hotstore")
}

func TestBackfillOfAGap(t *testing.T) {
	t.Parallel()
	p := filled(t)
	p.tells(t, http.MethodDelete, "/"+strings.Join(p.partitions(t), ","), "")
	require.Zero(t, p.documents(t))
	store, err := bucket.Open(t.Context(), bucket.Config{URL: "file://" + p.folder})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	from := time.Now().Add(-30 * time.Minute)
	gap := rehydrate.NewGap("hotstore", "opensearch:"+p.node.Endpoint+"/"+p.index, "the queue was full", from)
	gap.Miss(from.Add(time.Minute), p.hours(t), managedPairs, time.Now().Add(-4*time.Hour), time.Now())
	gap.Open = false
	require.NoError(t, gap.Put(context.Background(), store))

	require.Contains(t, p.gets(t, "hotstore", "status"), "the queue was full")
	require.Len(t, lines(p.gets(t, "query", "--from", "-4h", "--all", "--output", "ndjson")), managedPairs, "the archive answers for the gap")
	report := p.object(t, "hotstore", "backfill")
	require.EqualValues(t, managedPairs, report["written"])
	require.Equal(t, managedPairs, p.documents(t))
	require.Contains(t, p.gets(t, "hotstore", "backfill"), "There are no gaps to fill")
	require.Contains(t, p.gets(t, "hotstore", "status"), "No gaps wait to be filled.")
}

// begins moves the mark as if the store had been set up at that time.
func (p *place) begins(t *testing.T, at time.Time) {
	t.Helper()
	var found struct {
		Templates []struct {
			Template anything `json:"index_template"`
		} `json:"index_templates"`
	}
	require.NoError(t, json.Unmarshal([]byte(p.tells(t, http.MethodGet, "/_index_template/"+p.index, "")), &found))
	template := found.Templates[0].Template
	meta, isObject := template["_meta"].(anything)
	require.True(t, isObject)
	meta["since"] = at.Format(time.RFC3339Nano)
	body, err := json.Marshal(template)
	require.NoError(t, err)
	p.tells(t, http.MethodPut, "/_index_template/"+p.index, string(body))
	require.Equal(t, at, p.since(t))
}

// partitions are the indices of the store.
func (p *place) partitions(t *testing.T) (names []string) {
	t.Helper()
	partitions, isList := p.object(t, "hotstore", "status")["partitions"].([]any)
	require.True(t, isList)
	for _, partition := range partitions {
		object, _ := partition.(anything)
		name, _ := object["name"].(string)
		names = append(names, name)
	}
	return names
}

// hours are the folders of the archive that hold traffic.
func (p *place) hours(t *testing.T) (folders []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(p.folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && strings.HasPrefix(entry.Name(), "hour=") {
			name, _ := filepath.Rel(p.folder, path)
			if strings.HasPrefix(name, "v1") {
				folders = append(folders, filepath.ToSlash(name))
			}
		}
		return err
	}))
	require.NotEmpty(t, folders)
	return folders
}

// TestManageFalse: the collector makes nothing in the cluster, and writes once somebody else has.
func TestManageFalse(t *testing.T) {
	t.Parallel()
	p := newPlace(t, openSearch(t))
	p.user = p.with(t, nil, anything{"manage": false})
	running, address := p.collects(t)
	send(t, address, traffic(t, 41, 50, time.Now().Add(-time.Minute), time.Second))
	p.fails(t, exitSkipped, []string{"there is no index template"}, "hotstore", "status")
	require.JSONEq(t, `{}`, p.tells(t, http.MethodGet, "/"+p.index+"-*/_alias", ""))
	p.gets(t, "hotstore", "init")
	require.Eventually(t, func() bool { return p.documents(t) == 50 }, 30*time.Second, 300*time.Millisecond, "%s", running.Log())
	running.Stop()
}

// TestDocumentsWithWholePairs: with headers, pair and text in the documents the archive is not needed.
func TestDocumentsWithWholePairs(t *testing.T) {
	t.Parallel()
	p := filled(t)
	p.index += "-whole"
	p.settings["index"] = p.index
	p.user = p.with(t, nil, nil)
	p.gets(t, "hotstore", "init")
	require.EqualValues(t, managedPairs, p.object(t, "hotstore", "backfill", "--from", "-4h", "--include", "full", "--text")["written"])
	p.refreshed(t)
	for _, filter := range []string{`header[user-agent] CONTAINS Mozilla`, `text CONTAINS checkout`, `text CONTAINS "POST" AND status IS 2xx`, `req_json[email] EXISTS`} {
		arguments := []string{"query", "--from", "-4h", "--all", "--sort", "uuid", "--filter", filter, "--output", "ndjson"}
		hot := lines(p.gets(t, append(arguments, "--source", "hot")...))
		require.NotEmpty(t, hot, filter)
		require.Equal(t, lines(p.gets(t, append(arguments, "--source", "archive")...)), hot, filter)
	}
	pairs := []string{"query", "--from", "-4h", "--all", "--sort", "uuid", "--pairs"}
	hot, archived := lines(p.gets(t, append(pairs, "--source", "hot")...)), lines(p.gets(t, append(pairs, "--source", "archive")...))
	require.Len(t, hot, managedPairs)
	for i := range hot {
		require.JSONEq(t, archived[i], hot[i])
	}
}
