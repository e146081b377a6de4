package opensearch

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// foreignError is an answer that OpenSearch does not give: that of a proxy, a web server, another database.
type foreignError struct {
	Address string
	Status  int    // of HTTP
	What    string // what answers, or the title of its page
	Lasting bool   // it is another database
}

func (e *foreignError) Error() string {
	return fmt.Sprintf("%v: %s does not answer as OpenSearch does: %d, %s", e.kind(), e.Address, e.Status, e.What)
}

// Is makes errors.Is(err, hotstore.ErrUnreachable) and the like hold.
func (e *foreignError) Is(target error) bool { return target == e.kind() }

func (e *foreignError) kind() error {
	if e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden { // a proxy that asks for credentials
		return hotstore.ErrDenied
	}
	return hotstore.ErrUnreachable
}

// passing says that what stands before OpenSearch may let a later request through: a page of status 200 is one that says
// that the service is being mended.
func (e *foreignError) passing() bool {
	return !e.Lasting && (e.Status < http.StatusMultipleChoices || e.Status == http.StatusTooManyRequests || e.Status >= http.StatusInternalServerError)
}

// foreignAnswer knows answers that are not OpenSearch's; nil for others. Not all texts are foreign: the security plugin
// answers 401 with a word.
func foreignAnswer(response *http.Response, answer []byte) *foreignError {
	foreign := &foreignError{Status: response.StatusCode}
	// Elasticsearch says who it is since 7.14. Much works there by chance, and what does not is found out late.
	if product := response.Header.Get("X-Elastic-Product"); product != "" {
		foreign.What, foreign.Lasting = product+", which is another database", true
		return foreign
	}
	page := bytes.TrimSpace(answer)
	switch {
	case response.StatusCode == http.StatusRequestEntityTooLarge: // a proxy's word as good as OpenSearch's
		return nil
	case bytes.HasPrefix(page, []byte("<")):
		foreign.What = "with a web page"
		if title := titleOf(page); title != "" {
			foreign.What = fmt.Sprintf("with a web page, %q", title)
		}
	case response.StatusCode >= http.StatusMultipleChoices && response.StatusCode < http.StatusBadRequest:
		foreign.What = "which leads elsewhere"
		if location := response.Header.Get("Location"); location != "" {
			foreign.What = "which leads to " + shortened(location)
		}
	default:
		return nil
	}
	return foreign
}

// titleOf is the title of a web page; "" where it has none.
func titleOf(page []byte) string {
	lower := bytes.ToLower(page) // of ASCII tags; where other letters change their length, the title is cut wrongly
	begin := bytes.Index(lower, []byte("<title>"))
	if begin < 0 || len(lower) != len(page) {
		return ""
	}
	begin += len("<title>")
	length := bytes.Index(lower[begin:], []byte("</title>"))
	if length < 0 {
		return ""
	}
	return shortened(strings.Join(strings.Fields(string(page[begin:begin+length])), " "))
}

func shortened(text string) string {
	if len(text) > maxReason {
		return strings.ToValidUTF8(text[:maxReason], "") + "…"
	}
	return text
}
