package opensearch

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// many makes documents that differ in their uuids.
func many(count int) []*hotstore.Document {
	documents := make([]*hotstore.Document, count)
	for i := range documents {
		documents[i] = sample()
		documents[i].UUID[15], documents[i].UUID[14] = byte(i), byte(i>>8)
	}
	return documents
}

// items answers a bulk request with an item for each document.
func items(request asked, item func(i int, source string) string) string {
	lines := strings.Split(strings.TrimSuffix(string(request.Body), "\n"), "\n")
	var answers []string
	for i := 1; i < len(lines); i += 2 {
		answers = append(answers, `{"create":`+item(i/2, lines[i])+`}`)
	}
	return `{"errors":true,"items":[` + strings.Join(answers, ",") + `]}`
}

const created = `{"status":201}`

func TestOnlyWhatWasRefusedIsSentAgain(t *testing.T) {
	var calls atomic.Int64
	server := newFake(t, func(r asked) (int, string) {
		call := calls.Add(1)
		return 200, items(r, func(i int, _ string) string {
			switch {
			case call == 1 && i%3 == 0:
				return `{"status":429,"error":{"type":"rejected_execution_exception","reason":"queue is full"}}`
			case call == 1 && i%3 == 1:
				return `{"status":503,"error":{"type":"unavailable_shards_exception","reason":"primary shard is not active"}}`
			default:
				return created
			}
		})
	})
	result, err := server.store(t, nil).Write(t.Context(), many(30))
	require.NoError(t, err)
	require.Equal(t, hotstore.WriteResult{Stored: 30}, result)
	require.Len(t, server.seen(), 2)
	require.Equal(t, 20, bytes.Count(server.seen()[1].Body, []byte(`{"create"`)))
}

func TestADocumentThatIsRefusedForGoodIsARejection(t *testing.T) {
	server := newFake(t, func(r asked) (int, string) {
		return 200, items(r, func(i int, _ string) string {
			if i == 2 {
				return `{"status":400,"error":{"type":"mapper_parsing_exception","reason":"failed to parse field [duration] of type [long]","caused_by":{"type":"x","reason":"For input string"}}}`
			}
			return created
		})
	})
	result, err := server.store(t, nil).Write(t.Context(), many(5))
	require.NoError(t, err)
	require.Equal(t, hotstore.WriteResult{Stored: 4, Rejected: []hotstore.Rejection{
		{Index: 2, Reason: "mapper_parsing_exception: failed to parse field [duration] of type [long]: For input string"},
	}}, result)
}

func TestWhatIsWrongWithTheClusterIsNotTheDocuments(t *testing.T) {
	for name, item := range map[string]struct {
		answer string
		is     error
		says   string
	}{
		"shards":      {`{"status":400,"error":{"type":"validation_exception","reason":"this action would add [2] total shards"}}`, hotstore.ErrInvalidQuery, "would add [2] total shards"},
		"no index":    {`{"status":404,"error":{"type":"index_not_found_exception","reason":"no such index"}}`, hotstore.ErrNotSetUp, "no such index"},
		"denied":      {`{"status":403,"error":{"type":"security_exception","reason":"no permissions for [indices:data/write/bulk]"}}`, hotstore.ErrDenied, "no permissions"},
		"disk full":   {`{"status":403,"error":{"type":"cluster_block_exception","reason":"index blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark]"}}`, hotstore.ErrUnreachable, "flood-stage"},
		"time series": {`{"status":400,"error":{"type":"illegal_argument_exception","reason":"Document ID is not supported in create/index operation request"}}`, hotstore.ErrUnsupported, "make a collection of type SEARCH"},
	} {
		t.Run(name, func(t *testing.T) {
			server := newFake(t, func(r asked) (int, string) {
				return 200, items(r, func(i int, _ string) string {
					if i == 1 {
						return item.answer
					}
					return created
				})
			})
			result, err := server.store(t, nil).Write(t.Context(), many(3))
			require.Equal(t, hotstore.WriteResult{Stored: 2, Remaining: []int{1}}, result)
			require.ErrorIs(t, err, item.is)
			require.ErrorContains(t, err, item.says)
			require.Len(t, server.seen(), 1, "trying on at once is of no use")
		})
	}
}

func TestARequestThatIsTooLargeIsHalved(t *testing.T) {
	server := newFake(t, func(r asked) (int, string) {
		if bytes.Count(r.Body, []byte(`{"create"`)) > 3 || bytes.Contains(r.Body, []byte("enormous")) && bytes.Count(r.Body, []byte(`{"create"`)) == 1 {
			return 413, `<html>Request Entity Too Large</html>`
		}
		if bytes.Contains(r.Body, []byte("enormous")) {
			return 413, ``
		}
		return 200, items(r, func(int, string) string { return created })
	})
	documents := many(10)
	documents[7].Service = "enormous"
	result, err := server.store(t, nil).Write(t.Context(), documents)
	require.NoError(t, err)
	require.Equal(t, 9, result.Stored)
	require.Len(t, result.Rejected, 1)
	require.Equal(t, 7, result.Rejected[0].Index)
	require.Contains(t, result.Rejected[0].Reason, "413")
}

func TestBulkRequestsKeepToTheirSize(t *testing.T) {
	server := newFake(t, func(r asked) (int, string) { return 200, items(r, func(int, string) string { return created }) })
	store := server.store(t, func(c *Config) { c.BulkSize, c.Workers = 10<<10, 4 })
	documents := many(200)
	documents[50].Pair = bytes.Repeat([]byte("x"), 20<<10)
	result, err := store.Write(t.Context(), documents)
	require.NoError(t, err)
	require.Equal(t, hotstore.WriteResult{Stored: 200}, result)
	total := 0
	for _, request := range server.seen() {
		count := bytes.Count(request.Body, []byte(`{"create"`))
		require.True(t, len(request.Body) <= 10<<10 || count == 1, "%d bytes, %d documents", len(request.Body), count)
		total += count
	}
	require.Equal(t, 200, total)
	require.Greater(t, len(server.seen()), 15)
}

func TestWhatCannotBeDeliveredRemains(t *testing.T) {
	for name, answer := range map[string]func(asked) (int, string){
		"down": func(asked) (int, string) {
			return 503, `{"error":{"type":"cluster_manager_not_discovered_exception","reason":null},"status":503}`
		},
		"busy":        func(asked) (int, string) { return 429, `{"error":"Too Many Requests"}` },
		"not a store": func(asked) (int, string) { return 200, `<html>` },
		"half":        func(asked) (int, string) { return 200, `{"errors":false,"items":[]}` },
	} {
		t.Run(name, func(t *testing.T) {
			server := newFake(t, answer)
			store := server.store(t, func(c *Config) { c.Retry.MaxElapsedTime = 50 * time.Millisecond })
			result, err := store.Write(t.Context(), many(3))
			require.Equal(t, hotstore.WriteResult{Remaining: []int{0, 1, 2}}, result)
			require.ErrorIs(t, err, hotstore.ErrUnreachable)
			require.Greater(t, len(server.seen()), 1, "it is tried within the call's time")
		})
	}
	t.Run("denied", func(t *testing.T) {
		server := newFake(t, func(asked) (int, string) { return 401, `Unauthorized` })
		result, err := server.store(t, nil).Write(t.Context(), many(2))
		require.Equal(t, []int{0, 1}, result.Remaining)
		require.ErrorIs(t, err, hotstore.ErrDenied)
		require.Len(t, server.seen(), 1)
	})
	t.Run("cancelled", func(t *testing.T) {
		server := newFake(t, func(asked) (int, string) { return 503, `{}` })
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		defer cancel()
		result, err := server.store(t, nil).Write(ctx, many(2))
		require.Equal(t, []int{0, 1}, result.Remaining)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
	t.Run("slow", func(t *testing.T) {
		server := newFake(t, func(asked) (int, string) { time.Sleep(100 * time.Millisecond); return 200, `{}` })
		store := server.store(t, func(c *Config) { c.RequestTimeout, c.Retry.MaxElapsedTime = 10*time.Millisecond, 60*time.Millisecond })
		result, err := store.Write(t.Context(), many(2))
		require.Equal(t, []int{0, 1}, result.Remaining)
		require.ErrorIs(t, err, hotstore.ErrUnreachable)
		require.ErrorContains(t, err, "request_timeout")
	})
	t.Run("gone", func(t *testing.T) {
		server := newFake(t, func(asked) (int, string) { return 200, `{}` })
		store := server.store(t, func(c *Config) { c.Retry.MaxElapsedTime = 30 * time.Millisecond })
		server.Close()
		result, err := store.Write(t.Context(), many(2))
		require.Equal(t, []int{0, 1}, result.Remaining)
		require.ErrorIs(t, err, hotstore.ErrUnreachable)
	})
}

func TestServerlessTimeSeriesIsRefusedBeforePairsDependOnIt(t *testing.T) {
	server := newFake(t, func(r asked) (int, string) {
		if strings.HasSuffix(r.Path, "/_create/probe") {
			return 400, `{"error":{"type":"illegal_argument_exception","reason":"Document ID is not supported in create/index operation request"},"status":400}`
		}
		return 200, `{}`
	})
	store := server.store(t, func(c *Config) {
		c.SigV4 = SigV4Config{Service: "aoss", Region: "eu-west-1", AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}
	})
	err := store.Init(t.Context())
	require.ErrorIs(t, err, hotstore.ErrUnsupported)
	require.ErrorContains(t, err, "TIMESERIES")
}

func TestErrorsSayWhatToDo(t *testing.T) {
	for status, want := range map[int]error{401: hotstore.ErrDenied, 403: hotstore.ErrDenied, 404: hotstore.ErrNotSetUp, 400: hotstore.ErrInvalidQuery} {
		server := newFake(t, func(asked) (int, string) {
			return status, fmt.Sprintf(`{"error":{"type":"x","reason":"the store's words"},"status":%d}`, status)
		})
		_, err := server.store(t, nil).Search(t.Context(), hotstore.Search{})
		require.ErrorIs(t, err, want)
		require.ErrorContains(t, err, "the store's words")
	}
}

func TestNothingIsWrittenWithoutTheTemplate(t *testing.T) {
	status := 404
	server := newFake(t, func(r asked) (int, string) {
		if strings.HasPrefix(r.Path, "/_index_template/") {
			return status, `{"index_templates":[{"index_template":{}}]}`
		}
		return 200, items(r, func(int, string) string { return created })
	})
	store := server.store(t, nil)
	store.isSetUp.Store(false)
	result, err := store.Write(t.Context(), many(2))
	require.ErrorIs(t, err, hotstore.ErrNotSetUp)
	require.Equal(t, hotstore.WriteResult{Remaining: []int{0, 1}}, result)
	for _, status = range []int{403, 200} {
		store.isSetUp.Store(false)
		result, err = store.Write(t.Context(), many(2))
		require.NoError(t, err)
		require.Equal(t, 2, result.Stored)
	}
}

func BenchmarkAppendDocument(b *testing.B) {
	document, room := sample(), make([]byte, 0, 4096)
	document.Headers, document.Pair, document.Text = nil, nil, ""
	b.ReportAllocs()
	for b.Loop() {
		room = appendDocument(room[:0], document)
	}
	b.SetBytes(int64(len(room)))
}

func BenchmarkCompress(b *testing.B) {
	var request bulk
	for i, document := range many(5000) {
		document.Headers, document.Pair, document.Text = nil, nil, ""
		request.append(i, "rrpairs-2026.11.20", document)
	}
	var p pools
	for b.Loop() {
		if _, err := p.compress(request.data); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/5000, "ns/document")
}
