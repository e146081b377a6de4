package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
)

// transport sends one request once and says what the answer means.
type transport interface {
	export(ctx context.Context, request plogotlp.ExportRequest) (rejected int64, reason string, err error)
	close()
}

// sendError is a failed attempt, sorted by what to do about it.
type sendError struct {
	verdict verdict
	wait    time.Duration // how long the collector asked to wait; 0 if it did not
	err     error
}

func (e *sendError) Error() string { return e.err.Error() }
func (e *sendError) Unwrap() error { return e.err }

type verdict uint8

const (
	verdictRetry    verdict = iota // the same request may succeed later
	verdictTooLarge                // a smaller request may succeed
	verdictRejected                // this request will never be taken, others may
	verdictFatal                   // no request will be taken: wrong address, no permission
)

func newTransport(ctx context.Context, flags sendFlags) (transport, error) {
	target, insecure, err := parseEndpoint(flags.endpoint)
	if err != nil {
		return nil, err
	}
	flags.tls.Insecure = flags.tls.Insecure || insecure
	if flags.protocol == protocolGRPC {
		return newGRPCTransport(ctx, flags, target)
	}
	return newHTTPTransport(ctx, flags, target)
}

// parseEndpoint takes host:port or a URL; http:// means no TLS. Only a URL may leave the port out: without one a
// mistyped address would be looked for at 443.
func parseEndpoint(endpoint string) (target string, insecure bool, err error) {
	bare := !strings.Contains(endpoint, "://")
	if bare {
		endpoint = "https://" + endpoint
	} else {
		insecure = strings.HasPrefix(endpoint, "http://")
	}
	parsed, err := url.Parse(endpoint)
	if err != nil || parsed.Host == "" || bare && parsed.Port() == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return "", false, usagef("--endpoint %q: must be host:port, such as localhost:4317", strings.TrimPrefix(endpoint, "https://"))
	}
	if strings.Trim(parsed.Path, "/") != "" || parsed.RawQuery != "" {
		return "", false, usagef("--endpoint %q: must be host:port without a path; the path is always /v1/logs", endpoint)
	}
	return parsed.Host, insecure, nil
}

// unsolicited is how net/http words a server that speaks first, as gRPC servers do; with another error behind it the same
// text is a broken connection.
const unsolicited = "readLoopPeekFailLocked: %!w(<nil>)"

// explain turns the connection errors that newcomers meet into advice; nil if it knows none.
func explain(err error, target string) error {
	text := err.Error()
	switch {
	case strings.Contains(text, "first record does not look like a TLS handshake"), strings.Contains(text, "server gave HTTP response to HTTPS client"):
		return fmt.Errorf("%s speaks no TLS: add --insecure if that is what you want", target)
	case strings.Contains(text, "certificate signed by unknown authority"), strings.Contains(text, "certificate is not trusted"):
		return fmt.Errorf("the certificate of %s is not trusted: give its authority with --ca-file (%w)", target, err)
	case strings.Contains(text, "certificate is valid for"), strings.Contains(text, "doesn't contain any IP SANs"):
		return fmt.Errorf("the certificate of %s is for another name: give the name with --server-name (%w)", target, err)
	case strings.Contains(text, "looked like an HTTP/1.1 header"):
		return fmt.Errorf("%s speaks HTTP, not gRPC: add --protocol http, or give the port of gRPC (4317 by custom)", target)
	case strings.Contains(text, `malformed HTTP response "\x15\x03`), strings.Contains(text, "HTTP request to an HTTPS server"):
		return fmt.Errorf("%s speaks TLS: leave --insecure and http:// out", target)
	case strings.Contains(text, "malformed HTTP response"), strings.Contains(text, unsolicited):
		return fmt.Errorf("%s does not answer in HTTP/1.1: leave --protocol http out if it is the port of gRPC, or give the port of HTTP (4318 by custom)", target)
	default:
		return nil
	}
}

// asSendError gives every error a verdict; an unknown one is repeated.
func asSendError(err error) *sendError {
	var known *sendError
	if errors.As(err, &known) {
		return known
	}
	return &sendError{verdict: verdictRetry, err: err}
}
