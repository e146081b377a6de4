package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"
)

const (
	contentProtobuf = "application/x-protobuf"
	// maxAnswerBytes bounds what is read of an answer: real ones are some hundred bytes.
	maxAnswerBytes = 1 << 20
)

type httpTransport struct {
	url      string
	client   *http.Client
	headers  []string
	compress bool
}

func newHTTPTransport(ctx context.Context, flags sendFlags, target string) (transport, error) {
	base := &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: flags.workers, IdleConnTimeout: 90 * time.Second}
	scheme := "http"
	if !flags.tls.Insecure {
		config, err := flags.tls.LoadTLSConfig(ctx)
		if err != nil {
			return nil, usagef("TLS: %w", err)
		}
		scheme, base.TLSClientConfig, base.ForceAttemptHTTP2 = "https", config, true
	}
	return &httpTransport{
		url:      scheme + "://" + target + "/v1/logs",
		client:   &http.Client{Transport: base},
		headers:  flags.headers,
		compress: flags.compression == "gzip",
	}, nil
}

func (t *httpTransport) close() { t.client.CloseIdleConnections() }

func (t *httpTransport) export(ctx context.Context, request plogotlp.ExportRequest) (rejected int64, reason string, err error) {
	body, err := request.MarshalProto()
	if err != nil {
		return 0, "", &sendError{verdict: verdictRejected, err: fmt.Errorf("encode request: %w", err)}
	}
	call, err := t.newRequest(ctx, body)
	if err != nil {
		return 0, "", &sendError{verdict: verdictFatal, err: err}
	}
	answer, err := t.client.Do(call)
	if err != nil {
		if advice := explain(err, t.url); advice != nil {
			return 0, "", &sendError{verdict: verdictFatal, err: advice}
		}
		return 0, "", &sendError{verdict: verdictRetry, err: err}
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswerBytes))
	if err != nil {
		return 0, "", &sendError{verdict: verdictRetry, err: fmt.Errorf("read answer of %s: %w", t.url, err)}
	}
	if answer.StatusCode/100 != 2 {
		return 0, "", t.classify(answer, text)
	}
	response := plogotlp.NewExportResponse()
	if err := response.UnmarshalProto(text); err != nil {
		return 0, "", &sendError{verdict: verdictFatal, err: fmt.Errorf("%s does not answer as an OTLP receiver does, is the address right? %w", t.url, err)}
	}
	partial := response.PartialSuccess()
	return partial.RejectedLogRecords(), partial.ErrorMessage(), nil
}

func (t *httpTransport) newRequest(ctx context.Context, body []byte) (*http.Request, error) {
	if t.compress {
		var compressed bytes.Buffer
		writer := gzip.NewWriter(&compressed)
		if _, err := writer.Write(body); err != nil {
			return nil, err
		}
		if err := writer.Close(); err != nil {
			return nil, err
		}
		body = compressed.Bytes()
	}
	call, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for _, header := range t.headers {
		key, value, _ := strings.Cut(header, "=")
		call.Header.Add(key, value)
	}
	call.Header.Set("Content-Type", contentProtobuf)
	if t.compress {
		call.Header.Set("Content-Encoding", "gzip")
	}
	return call, nil
}

// classify sorts answers as the OTLP specification's section on HTTP failures does.
func (t *httpTransport) classify(answer *http.Response, text []byte) error {
	failed := &sendError{err: fmt.Errorf("%s answered %s: %s", t.url, answer.Status, answerText(answer, text))}
	if advice := explain(failed.err, t.url); advice != nil {
		failed.verdict, failed.err = verdictFatal, advice
		return failed
	}
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		failed.verdict = verdictRetry
		if seconds, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil && seconds > 0 {
			failed.wait = time.Duration(seconds) * time.Second
		}
	case http.StatusRequestEntityTooLarge:
		failed.verdict = verdictTooLarge
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusUnsupportedMediaType:
		failed.verdict = verdictFatal
	default:
		failed.verdict = verdictRejected
	}
	return failed
}

// answerText is the reason in an error answer: a google.rpc.Status in protobuf, else text.
func answerText(answer *http.Response, text []byte) string {
	if strings.HasPrefix(answer.Header.Get("Content-Type"), contentProtobuf) {
		var details spb.Status
		if proto.Unmarshal(text, &details) == nil {
			return details.GetMessage()
		}
	}
	const shown = 300
	if len(text) > shown {
		text = text[:shown]
	}
	return strings.TrimSpace(string(text))
}
