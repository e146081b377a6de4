package opensearch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// Error is an answer of OpenSearch that is no success. It is one of hotstore's errors to errors.Is.
type Error struct {
	Status int    // of HTTP
	Type   string // index_not_found_exception, …; "" where the answer was not OpenSearch's own
	Reason string
}

// Error says it in the user's words where there are such, and always in OpenSearch's.
func (e *Error) Error() string {
	words := e.Reason
	if e.Type != "" && !strings.HasPrefix(words, e.Type) {
		words = e.Type + ": " + words
	}
	if e.Type == blockType {
		words = strings.TrimSuffix(words, ";") + ": the block was set by hand, or by a disk that is almost full: make room, or lift it in the settings of the index or the cluster"
	}
	return fmt.Sprintf("%v: OpenSearch says %d %s", e.kind(), e.Status, words)
}

// blockType is the type of an answer that a block on an index or the whole cluster gives.
const blockType = "cluster_block_exception"

// closedType is the type of the answer to a search on a closed index.
const closedType = "index_closed_exception"

// Is makes errors.Is(err, hotstore.ErrDenied) and the like hold.
func (e *Error) Is(target error) bool { return target == e.kind() }

func (e *Error) kind() error {
	switch {
	case isTimeSeries(e.Reason):
		return hotstore.ErrUnsupported
	case e.Status == http.StatusUnauthorized || e.Type == "security_exception":
		return hotstore.ErrDenied
	case e.Status == http.StatusForbidden:
		if e.Type == blockType {
			return hotstore.ErrUnreachable
		}
		return hotstore.ErrDenied
	case e.Type == closedType:
		return hotstore.ErrUnreachable
	case e.Type == "index_not_found_exception" || e.Type == "resource_not_found_exception":
		return hotstore.ErrNotSetUp
	case e.Status == http.StatusTooManyRequests || e.Status >= http.StatusInternalServerError:
		return hotstore.ErrUnreachable
	case e.Status == http.StatusNotFound:
		return hotstore.ErrNotSetUp
	default:
		return hotstore.ErrInvalidQuery
	}
}

// isTimeSeries knows what OpenSearch Serverless says to a write with an id into a collection that gives ids itself.
func isTimeSeries(reason string) bool {
	return strings.Contains(reason, "Document ID is not supported")
}

var errTimeSeries = fmt.Errorf("%w: the collection gives documents ids of its own, as TIMESERIES collections of OpenSearch Serverless do, so that a retry would store a pair twice: make a collection of type SEARCH",
	hotstore.ErrUnsupported)

// timeoutError says that one request was not answered in time.
type timeoutError time.Duration

func (e timeoutError) Error() string {
	return fmt.Sprintf("no answer within request_timeout (%s)", time.Duration(e))
}

// maxReason bounds what of a foreign answer (a proxy's page, say) goes into a message.
const maxReason = 500

func newError(status int, answer []byte) *Error {
	var body struct {
		Error json.RawMessage `json:"error"`
	}
	e := &Error{Status: status}
	if json.Unmarshal(answer, &body) == nil && len(body.Error) > 0 {
		var cause errorCause
		if json.Unmarshal(body.Error, &cause) == nil {
			e.Type, e.Reason = cause.Type, cause.String()
		} else {
			_ = json.Unmarshal(body.Error, &e.Reason) // a plain text
		}
	}
	if e.Reason == "" {
		if e.Reason = strings.TrimSpace(string(answer)); e.Reason == "" {
			e.Reason = http.StatusText(status)
		}
	}
	if len(e.Reason) > maxReason {
		e.Reason = strings.ToValidUTF8(e.Reason[:maxReason], "") + "…"
	}
	return e
}

// errorCause is an error object as OpenSearch nests them.
type errorCause struct {
	Type      string       `json:"type"`
	Reason    string       `json:"reason"`
	Index     string       `json:"index"`
	RootCause []errorCause `json:"root_cause"`
	CausedBy  *errorCause  `json:"caused_by"`
}

// String joins the reasons from the outside in, each once.
func (e *errorCause) String() string {
	reason := e.Reason
	if e.Type == closedType { // the reason is one word
		reason = fmt.Sprintf("index %s is closed: open it (POST /%s/_open), or delete it", e.Index, e.Index)
	}
	for _, root := range e.RootCause {
		if root.Reason != "" && root.Type != closedType && !strings.Contains(reason, root.Reason) {
			reason += ": " + root.Reason
		}
	}
	if e.CausedBy != nil {
		if inner := e.CausedBy.String(); inner != "" && !strings.Contains(reason, inner) {
			reason += ": " + inner
		}
	}
	return reason
}

// unreachable says why no answer came. The end of the caller's own context is passed on as it is.
func unreachable(ctx context.Context, err error) error {
	cause := context.Cause(ctx)
	var timeout timeoutError
	var plain tls.RecordHeaderError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(cause, &timeout):
		return fmt.Errorf("%w: %w", hotstore.ErrUnreachable, cause)
	case cause != nil:
		return cause
	case errors.As(err, &plain):
		err = fmt.Errorf("%w: this port does not speak TLS: give its address with http://, or the port that does", err)
	case errors.As(err, &unknown):
		err = fmt.Errorf("%w: name the authority that signed it in tls: {ca_file: …}", err)
	}
	return fmt.Errorf("%w: %w", hotstore.ErrUnreachable, err)
}

// passing says that the same request may succeed later.
func passing(err error) bool {
	var foreign *foreignError
	if errors.As(err, &foreign) {
		return foreign.passing()
	}
	var answer *Error
	if errors.As(err, &answer) {
		return answer.Status == http.StatusTooManyRequests || answer.Status >= http.StatusInternalServerError
	}
	return errors.Is(err, hotstore.ErrUnreachable)
}

// hasStatus says that the error is an answer with that status.
func hasStatus(err error, status int) bool {
	var answer *Error
	return errors.As(err, &answer) && answer.Status == status
}

// hasType says that the error is an answer of that type.
func hasType(err error, kind string) bool {
	var answer *Error
	return errors.As(err, &answer) && answer.Type == kind
}
