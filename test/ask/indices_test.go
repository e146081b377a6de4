package ask

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestIndicesWithAnotherMapping: documents that got in before the template lie in an index of OpenSearch's own making, in
// which texts are cut into words: filters would find too little, and nobody would know.
func TestIndicesWithAnotherMapping(t *testing.T) {
	t.Parallel()
	p := filled(t)
	var found struct {
		Hits struct {
			Hits []struct {
				ID     string          `json:"_id"`
				Index  string          `json:"_index"`
				Source json.RawMessage `json:"_source"`
			} `json:"hits"`
		} `json:"hits"`
	}
	require.NoError(t, json.Unmarshal([]byte(p.tells(t, http.MethodGet, "/"+p.index+"-*/_search?size=100", "")), &found))
	p.gets(t, "hotstore", "destroy", "--yes")
	var bulk strings.Builder
	for _, hit := range found.Hits.Hits {
		fmt.Fprintf(&bulk, `{"create":{"_index":%q,"_id":%q}}`+"\n%s\n", hit.Index, hit.ID, hit.Source)
	}
	p.tells(t, http.MethodPost, "/_bulk?refresh=true", bulk.String())
	index := found.Hits.Hits[0].Index
	p.asks(t, "hotstore", "init")
	wrong := []string{index, "was made without our index template", "is text, not keyword", "delete it (DELETE /", "byoc hotstore backfill --from"}
	for _, verb := range [][]string{{"query", "--filter", "command IS POST"}, {"query", "--sort", "service"}, {"stats"}, {"services"}} {
		p.fails(t, exitError, wrong, append(verb, "--source", "hot", "--from", "-4h")...)
	}
	p.fails(t, exitSkipped, wrong, "hotstore", "status")
	p.fails(t, exitSkipped, wrong, "hotstore", "init")
	auto := p.asks(t, "query", "--from", "-4h", "--all", "--output", "ndjson")
	require.Equal(t, exitOK, auto.code, auto.said)
	require.Len(t, lines(auto.output), managedPairs, "the archive answers")

	// What is advised helps.
	for _, name := range p.foreign(t) {
		p.tells(t, http.MethodDelete, "/"+name, "")
	}
	p.gets(t, "hotstore", "backfill", "--from", "-4h")
	require.Equal(t, managedPairs, p.documents(t))
	require.Len(t, lines(p.gets(t, "query", "--source", "hot", "--from", "-4h", "--all", "--output", "ndjson")), managedPairs)
}

// foreign are all indices of the store's name.
func (p *place) foreign(t *testing.T) (names []string) {
	t.Helper()
	var rows []struct {
		Index string `json:"index"`
	}
	require.NoError(t, json.Unmarshal([]byte(p.tells(t, http.MethodGet, "/_cat/indices/"+p.index+"-*?format=json&h=index", "")), &rows))
	for _, row := range rows {
		names = append(names, row.Index)
	}
	return names
}

func TestBlockedAndClosedIndices(t *testing.T) {
	t.Parallel()
	p := filled(t)
	all := "/" + p.index + "-*"
	query := []string{"query", "--from", "-4h", "--all", "--output", "ndjson"}
	hot := append([]string{"--source", "hot"}, query[1:]...)
	block := func(kind, value string) {
		p.tells(t, http.MethodPut, all+"/_settings", `{"index.blocks.`+kind+`":`+value+`}`)
	}
	archiveAnswers := func(texts ...string) {
		t.Helper()
		auto := p.asks(t, query...)
		require.Equal(t, exitOK, auto.code, auto.said)
		require.Len(t, lines(auto.output), managedPairs)
		for _, text := range texts {
			require.Contains(t, auto.said, text)
		}
	}

	block("read", "true")
	p.fails(t, exitError, []string{"index read (api)", "make room, or lift it in the settings"}, append([]string{"query"}, hot...)...)
	p.fails(t, exitSkipped, []string{"index read (api)"}, "hotstore", "status")
	archiveAnswers("index read (api)")
	block("read", "null")

	block("write", "true")
	require.Len(t, lines(p.gets(t, append([]string{"query"}, hot...)...)), managedPairs, "reading goes on")
	block("write", "null")

	// A closed index answers nothing: its documents must not be missing in silence.
	p.tells(t, http.MethodPost, all+"/_close", "")
	p.fails(t, exitError, []string{"index " + p.index + "-", "is closed: open it (POST /" + p.index}, append([]string{"query"}, hot...)...)
	p.fails(t, exitError, []string{"is closed"}, "stats", "--source", "hot", "--from", "-4h")
	archiveAnswers("is closed")
	p.tells(t, http.MethodPost, all+"/_open?wait_for_active_shards=1", "")
	require.Len(t, lines(p.gets(t, append([]string{"query"}, hot...)...)), managedPairs)
}

// TestABlockedIndexIsWaitedFor: a backfill says what is in the way, and goes on when it is gone.
func TestABlockedIndexIsWaitedFor(t *testing.T) {
	t.Parallel()
	p := filled(t)
	for _, name := range p.foreign(t) {
		p.tells(t, http.MethodPost, "/"+name+"/_delete_by_query?refresh=true", `{"query":{"match_all":{}}}`)
		p.tells(t, http.MethodPut, "/"+name+"/_settings", `{"index.blocks.write":true}`)
	}
	lifted := time.AfterFunc(2*time.Second, func() {
		p.tells(t, http.MethodPut, "/"+p.index+"-*/_settings", `{"index.blocks.write":null}`)
	})
	defer lifted.Stop()
	a := p.asks(t, "hotstore", "backfill", "--from", "-4h", "--to", "-0s")
	require.Equal(t, exitOK, a.code, a.said)
	require.Contains(t, a.said, "they are tried again")
	require.Contains(t, a.said, "index write (api)")
	require.Equal(t, managedPairs, p.documents(t))
}
