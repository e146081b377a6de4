package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strings"
	"syscall"
)

// The kinds of failure that callers tell apart with errors.Is. Everything a store can answer falls into one of them or
// stays without a kind, which counts as transient.
var (
	// ErrNotFound: the store answers, the object is not there.
	ErrNotFound = errors.New("no such object")
	// ErrExists: a put-if-absent met an object; PutIfAbsent turns it into created == false.
	ErrExists = errors.New("object exists already")
	// ErrDenied: credentials are missing, wrong, expired or not allowed to do this.
	ErrDenied = errors.New("access denied")
	// ErrNoBucket: the bucket, container or folder is not there.
	ErrNoBucket = errors.New("no such bucket")
	// ErrUnreachable: no answer: name resolution, connection, TLS, or a time limit.
	ErrUnreachable = errors.New("store unreachable")
	// ErrThrottled: the store asks to slow down.
	ErrThrottled = errors.New("store asks to slow down")
	// ErrUnavailable: the store answers that it fails (5xx), is full, or was interrupted by a concurrent write.
	ErrUnavailable = errors.New("store failing")
	// ErrInvalidConfig: the request can never work as configured: wrong region, unknown storage class, bad key name.
	ErrInvalidConfig = errors.New("wrong store configuration")
	// ErrArchived: the object lies in a tier that must be restored before it can be read.
	ErrArchived = errors.New("object lies in an archive tier")
	// ErrShort: fewer bytes than were asked for lie at that range of the object.
	ErrShort = fmt.Errorf("object is shorter than the range asked for: %w", io.ErrUnexpectedEOF)
)

// Error is what every method returns: what was attempted, on which object, the kind and the store's own words, from
// which secrets and query strings have been removed.
type Error struct {
	Operation string // put, get, list, …
	Object    string // identity of the bucket, with the key if there is one
	Kind      error  // one of the Err… above, or nil
	Detail    string // the store's words
	advice    string
	cause     error // context.Canceled, context.DeadlineExceeded or nil; never the SDK's error, which may hold secrets
}

// Error is one line: operation, object, kind, detail and what to do.
func (e *Error) Error() string {
	text := e.Operation + " " + e.Object
	if e.Kind != nil {
		text += ": " + e.Kind.Error()
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.advice != "" {
		text += " (" + e.advice + ")"
	}
	return text
}

// Unwrap gives the kind, and the context's error if that ended the call.
func (e *Error) Unwrap() []error {
	var errs []error
	if e.Kind != nil {
		errs = append(errs, e.Kind)
	}
	if e.cause != nil {
		errs = append(errs, e.cause)
	}
	return errs
}

// Retryable reports whether the same call can succeed later without anybody changing anything. Errors of no known kind
// count as transient; a canceled context does not.
func Retryable(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	for _, final := range []error{ErrNotFound, ErrExists, ErrDenied, ErrNoBucket, ErrInvalidConfig, ErrArchived, ErrShort} {
		if errors.Is(err, final) {
			return false
		}
	}
	return true
}

// Advice says what to do about an error of this package, "" when there is nothing to say.
func Advice(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.advice
	}
	return ""
}

// Cause is a short, stable name of an error's kind, for metrics and logs.
func Cause(err error) string {
	for _, kind := range []struct {
		err  error
		name string
	}{
		{ErrNotFound, "not_found"}, {ErrExists, "exists"}, {ErrDenied, "denied"}, {ErrNoBucket, "no_bucket"},
		{ErrThrottled, "throttled"}, {ErrInvalidConfig, "invalid_config"}, {ErrShort, "short"}, {ErrArchived, "archived"},
		{context.DeadlineExceeded, "timeout"}, {context.Canceled, "canceled"},
		{ErrUnreachable, "unreachable"}, {ErrUnavailable, "unavailable"},
	} {
		if errors.Is(err, kind.err) {
			return kind.name
		}
	}
	return "other"
}

// finding is what a store's own classifier makes of an error.
type finding struct {
	kind   error
	detail string
}

// wrap turns any error of a store into an *Error. It is the one place where kinds are decided.
func (b *Bucket) wrap(operation, key string, err error) error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	e := &Error{Operation: operation, Object: b.objectName(key)}
	f := b.store.classify(err)
	switch {
	case errors.Is(err, context.Canceled):
		e.cause, e.Detail = context.Canceled, "canceled"
	case f.kind != nil || f.detail != "":
		e.Kind, e.Detail = f.kind, f.detail
	default:
		f = classifyCommon(err)
		e.Kind, e.Detail = f.kind, f.detail
	}
	if errors.Is(err, context.DeadlineExceeded) {
		e.cause = context.DeadlineExceeded
		if e.Kind == nil {
			e.Kind = ErrUnreachable
		}
	}
	if errors.Is(e.Kind, ErrNotFound) && (operation == "put" || operation == "list" || operation == "reach") {
		e.Kind = ErrNoBucket // these need no object to be there
	}
	if b.location.scheme == schemeFile {
		e.Kind = folderKind(operation, e.Kind)
	}
	e.Detail = b.secrets.scrub(e.Detail)
	if e.Kind != nil {
		e.advice = b.store.advice(operation, e.Kind, e.Detail)
	}
	return e
}

// classifyCommon knows the errors that come from below any store: network, time limits, file system.
func classifyCommon(err error) finding {
	var dns *net.DNSError
	var netErr net.Error
	var operation *net.OpError
	switch {
	case errors.Is(err, ErrShort), errors.Is(err, io.ErrUnexpectedEOF):
		// A body that ends early is a cut connection; ReadRange itself reports ErrShort.
		if errors.Is(err, ErrShort) {
			return finding{ErrShort, ""}
		}
		return finding{ErrUnreachable, "the connection ended in the middle"}
	case errors.Is(err, context.DeadlineExceeded):
		return finding{ErrUnreachable, "no answer within the time limit"}
	case errors.As(err, &dns):
		return finding{ErrUnreachable, fmt.Sprintf("the host name %s does not resolve", dns.Name)}
	case errors.As(err, &operation), errors.As(err, &netErr), errors.Is(err, io.EOF),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed):
		return finding{ErrUnreachable, err.Error()}
	case errors.Is(err, os.ErrPermission):
		return finding{ErrDenied, err.Error()}
	default:
		return finding{nil, err.Error()}
	}
}

// fromStatus sorts an HTTP status that a store's own error codes say nothing about.
func fromStatus(status int) error {
	switch {
	case status == 401, status == 403:
		return ErrDenied
	case status == 404:
		return ErrNotFound
	case status == 412:
		return ErrExists
	case status == 408, status == 409, status >= 500 && status != 501 && status != 503:
		return ErrUnavailable
	case status == 429, status == 503:
		return ErrThrottled
	case status == 416:
		return ErrShort
	case status >= 300 && status < 500, status == 501:
		return ErrInvalidConfig
	default:
		return nil
	}
}

// secrets are the values that may never be printed.
type secrets []string

// minSecret keeps a one-letter password from blanking out half of every message.
const minSecret = 6

var (
	queryString = regexp.MustCompile(`(\w+://[^\s"'<>?]*)\?[^\s"'<>]+`)
	// portableWords is what gocloud puts before the store's words.
	portableWords = regexp.MustCompile(`^blob( \(key ".*?"\))? \(code=\w+\): `)
)

// scrub removes query strings (where signatures travel) and the configured secrets, and joins lines.
func (s secrets) scrub(text string) string {
	text = portableWords.ReplaceAllString(text, "")
	text = queryString.ReplaceAllString(text, "$1?…")
	for _, secret := range s {
		if len(secret) >= minSecret {
			text = strings.ReplaceAll(text, secret, "…")
		}
	}
	return strings.Join(strings.Fields(text), " ")
}
