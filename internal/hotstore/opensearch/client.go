package opensearch

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/opensearch-project/opensearch-go/v4"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

const (
	// readAttempts is how often a request that changes nothing is tried, so that a node that restarts goes unnoticed.
	readAttempts = 4
	// connectTimeout limits the making of a connection.
	connectTimeout = 10 * time.Second
	// idleConnections kept to one node, idleTimeout long.
	idleConnections = 32
	idleTimeout     = time.Minute
)

// client sends requests; safe for concurrent use.
type client struct {
	search    *opensearch.Client
	transport *http.Transport
	timeout   time.Duration
	retry     RetryConfig
}

func newClient(ctx context.Context, cfg *Config) (*client, error) {
	encryption, err := cfg.TLS.LoadTLSConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("load tls settings of the hot store: %w", err)
	}
	if encryption == nil {
		encryption = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: connectTimeout}).DialContext,
		TLSClientConfig:     encryption,
		TLSHandshakeTimeout: connectTimeout,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: idleConnections,
		IdleConnTimeout:     idleTimeout,
	}
	settings := opensearch.Config{
		Addresses: cfg.Endpoints, Username: cfg.Username, Password: string(cfg.Password),
		DisableRetry: true, // what is retried, and for how long, is decided here
		Transport:    plainErrors{transport},
	}
	if cfg.APIKey != "" {
		settings.Header = http.Header{"Authorization": {"ApiKey " + string(cfg.APIKey)}}
	}
	if cfg.SigV4.Service != "" {
		if settings.Signer, err = newSigner(ctx, &cfg.SigV4); err != nil {
			return nil, err
		}
	}
	search, err := opensearch.NewClient(settings)
	if err != nil {
		return nil, fmt.Errorf("open the hot store: %w", err)
	}
	return &client{search: search, transport: transport, timeout: cfg.RequestTimeout, retry: cfg.Retry}, nil
}

// plainErrors keeps the library from sending a request again whose body is used up, which it does on io.EOF.
type plainErrors struct{ next http.RoundTripper }

func (p plainErrors) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := p.next.RoundTrip(request)
	if errors.Is(err, io.EOF) {
		err = errors.New("the connection was closed before the answer came")
		if request.URL.Scheme == "http" {
			err = fmt.Errorf("%w; if %s expects TLS, its address begins with https://", err, request.URL.Host)
		}
	}
	return response, err
}

// call is one request.
type call struct {
	method, path string
	query        url.Values
	body         []byte
	kind         string // of the body: application/json when empty
	encoding     string // of the body
}

// once sends a request. An answer that is no success is an *Error; no answer wraps ErrUnreachable.
func (c *client) once(ctx context.Context, r call) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, timeoutError(c.timeout))
	defer cancel()
	var body io.Reader
	if r.body != nil {
		body = bytes.NewReader(r.body)
	}
	request, err := http.NewRequestWithContext(ctx, r.method, "http://host"+r.path, body)
	if err != nil {
		return nil, fmt.Errorf("ask the hot store: %w", err)
	}
	request.URL.RawQuery = r.query.Encode()
	if r.body != nil {
		request.Header.Set("Content-Type", "application/json")
		if r.kind != "" {
			request.Header.Set("Content-Type", r.kind)
		}
		if r.encoding != "" {
			request.Header.Set("Content-Encoding", r.encoding)
		}
	}
	response, err := c.search.Perform(request)
	if err != nil {
		return nil, unreachable(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, unreachable(ctx, err)
	}
	if foreign := foreignAnswer(response, answer); foreign != nil {
		foreign.Address = request.URL.Scheme + "://" + request.URL.Host // the node that was chosen
		return nil, foreign
	}
	if response.StatusCode >= http.StatusBadRequest {
		return answer, newError(response.StatusCode, answer)
	}
	return answer, nil
}

// read sends a request that may be sent again, until it is answered or readAttempts are used up.
func (c *client) read(ctx context.Context, r call) (answer []byte, err error) {
	for attempt := range readAttempts {
		if attempt > 0 {
			if waitErr := c.wait(ctx, attempt-1); waitErr != nil {
				return answer, err
			}
		}
		if answer, err = c.once(ctx, r); err == nil || !passing(err) {
			return answer, err
		}
	}
	return answer, err
}

// readJSON decodes the answer as well. body may be nil.
func (c *client) readJSON(ctx context.Context, method, path string, query url.Values, body, answer any) error {
	r := call{method: method, path: path, query: query}
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("ask the hot store: %w", err)
		}
		r.body = data
	}
	data, err := c.read(ctx, r)
	if err != nil || answer == nil {
		return err
	}
	if err := json.Unmarshal(data, answer); err != nil {
		return fmt.Errorf("%w: the answer to %s %s is none of OpenSearch's: is something else at this address? (%w)", hotstore.ErrUnreachable, method, path, err)
	}
	return nil
}

// wait sleeps before attempt+2, with full jitter.
func (c *client) wait(ctx context.Context, attempt int) error {
	const maxDoublings = 20
	longest := min(c.retry.InitialInterval<<min(attempt, maxDoublings), c.retry.MaxInterval)
	if longest <= 0 {
		longest = c.retry.MaxInterval
	}
	timer := time.NewTimer(time.Duration(rand.Int64N(int64(longest)) + 1)) // #nosec G404 -- spreads load, hides nothing
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

func (c *client) close() { c.transport.CloseIdleConnections() }
