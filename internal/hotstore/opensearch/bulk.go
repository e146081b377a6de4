package opensearch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"

	"github.com/klauspost/compress/gzip"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// bulk is one request: which documents, and each one's two lines.
type bulk struct {
	documents []int  // indexes into the batch
	ends      []int  // where each document's lines end in data
	data      []byte // lines
}

func (b *bulk) reset() { b.documents, b.ends, b.data = b.documents[:0], b.ends[:0], b.data[:0] }

// lines are those of the i-th document.
func (b *bulk) lines(i int) []byte {
	if i == 0 {
		return b.data[:b.ends[0]]
	}
	return b.data[b.ends[i-1]:b.ends[i]]
}

// add appends lines for a document.
func (b *bulk) add(document int, lines []byte) {
	b.data = append(b.data, lines...)
	b.documents, b.ends = append(b.documents, document), append(b.ends, len(b.data))
}

// append encodes a document for an index.
func (b *bulk) append(document int, index string, d *hotstore.Document) {
	b.data = append(append(b.data, `{"create":{"_index":"`...), index...) // index names need no escaping
	b.data = append(append(b.data, `","_id":"`...), idOf(d.UUID)...)
	b.data = append(appendDocument(append(b.data, "\"}}\n"...), d), '\n')
	b.documents, b.ends = append(b.documents, document), append(b.ends, len(b.data))
}

// split gives two halves, for requests that are too large.
func (b *bulk) split() (*bulk, *bulk) {
	first, second := &bulk{}, &bulk{}
	for i, document := range b.documents {
		half := first
		if i >= len(b.documents)/2 {
			half = second
		}
		half.add(document, b.lines(i))
	}
	return first, second
}

// pools keep bulks and compressors for the next request; a bulk has some megabytes.
type pools struct {
	bulks       sync.Pool
	compressors sync.Pool
}

// compress is the body as it goes over the wire. Speed goes before size: the network is near, and the CPU is shared.
func (p *pools) compress(data []byte) ([]byte, error) {
	writer, _ := p.compressors.Get().(*gzip.Writer)
	if writer == nil {
		writer, _ = gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is a valid one
	}
	defer p.compressors.Put(writer)
	var out bytes.Buffer
	out.Grow(len(data) / 4)
	writer.Reset(&out)
	if _, err := writer.Write(data); err != nil {
		return nil, fmt.Errorf("compress a bulk request: %w", err)
	}
	if err := writer.Close(); err != nil {
		return nil, fmt.Errorf("compress a bulk request: %w", err)
	}
	return out.Bytes(), nil
}

// bulkAnswer is what we ask OpenSearch to say about a bulk request.
type bulkAnswer struct {
	Errors bool       `json:"errors"`
	Items  []bulkItem `json:"items"`
}

type bulkItem struct {
	Create struct {
		Status int        `json:"status"`
		Error  errorCause `json:"error"`
	} `json:"create"`
}

// send makes one bulk request and says what became of each of its documents.
func (s *Store) send(ctx context.Context, b *bulk) ([]bulkItem, error) {
	request := call{
		method: http.MethodPost, path: "/_bulk", kind: "application/x-ndjson", body: b.data,
		query: url.Values{"filter_path": {"errors,items.*.status,items.*.error"}},
	}
	if s.cfg.Compression == gzipName {
		var err error
		if request.body, err = s.pools.compress(b.data); err != nil {
			return nil, err
		}
		request.encoding = gzipName
	}
	data, err := s.client.once(ctx, request)
	if err != nil {
		return nil, err
	}
	var answer bulkAnswer
	if err := json.Unmarshal(data, &answer); err != nil {
		return nil, fmt.Errorf("%w: read the answer to a bulk request: %w", hotstore.ErrUnreachable, err)
	}
	if len(answer.Items) != len(b.documents) {
		return nil, fmt.Errorf("%w: the answer to a bulk request of %d documents speaks of %d: is something else than OpenSearch at this address?",
			hotstore.ErrUnreachable, len(b.documents), len(answer.Items))
	}
	return answer.Items, nil
}

// verdict is what becomes of one document.
type verdict uint8

const (
	verdictStored verdict = iota
	verdictDuplicate
	verdictRejected
	verdictAgain // soon
	verdictLater // not before somebody does something
)

// judge reads one item of an answer.
func (i *bulkItem) judge() (verdict, error) {
	status := i.Create.Status
	if status < http.StatusMultipleChoices {
		return verdictStored, nil
	}
	if status == http.StatusConflict {
		return verdictDuplicate, nil
	}
	err := &Error{Status: status, Type: i.Create.Error.Type, Reason: i.Create.Error.String()}
	switch {
	case isTimeSeries(err.Reason):
		return verdictLater, errTimeSeries
	case status == http.StatusTooManyRequests || status >= http.StatusInternalServerError:
		return verdictAgain, err
	case status == http.StatusBadRequest && isAboutDocument(err.Type):
		return verdictRejected, err
	case status == http.StatusRequestEntityTooLarge:
		return verdictRejected, err
	default: // the index, the cluster or the rights
		return verdictLater, err
	}
}

// isAboutDocument tells what is wrong with a document from what is wrong with an index that a 400 may also speak of: too
// many shards in the cluster, an alias without an index, a name.
func isAboutDocument(kind string) bool {
	switch kind {
	case "mapper_parsing_exception", "document_parsing_exception", "strict_dynamic_mapping_exception", "illegal_argument_exception",
		"parsing_exception", "parse_exception", "x_content_parse_exception", "json_parse_exception", "input_coercion_exception",
		"max_bytes_length_exceeded_exception", "number_format_exception", "date_time_parse_exception":
		return true
	default:
		return false
	}
}

// later says that an error is none that passes by itself, so that trying on within the call is of no use.
func later(err error) bool {
	return err != nil && !passing(err) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}
