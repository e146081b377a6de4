package bucket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// faulty is a store that answers as its handler says.
func faulty(t *testing.T, scheme string, options []Option, handler http.HandlerFunc) *Bucket {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	cfg := Config{RequestTimeout: time.Second, Retry: RetryConfig{InitialInterval: time.Millisecond, MaxInterval: 5 * time.Millisecond}}
	switch scheme {
	case schemeS3:
		cfg.URL = "s3://acme/p?endpoint=" + server.URL
		cfg.S3 = S3Config{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "verysecret"}
	case schemeGCS:
		cfg.URL = "gs://acme/p?anonymous=true&endpoint=" + server.URL
	case schemeAzure:
		cfg.URL = "azblob://acme/p?endpoint=" + server.URL + "/account"
		cfg.Azure.SASToken = "?sv=2024&sig=verysecret"
	}
	b, err := Open(t.Context(), cfg, options...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}

// refuse answers in the words of each store.
func refuse(w http.ResponseWriter, scheme string, status int, code, message string) {
	switch scheme {
	case schemeS3:
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, message)
	case schemeGCS:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":{"code":%d,"message":%q,"errors":[{"reason":%q,"message":%q}]}}`, status, message, code, message)
	case schemeAzure:
		w.Header().Set("x-ms-error-code", code)
		w.WriteHeader(status)
	}
}

func TestRefusalsAreToldApart(t *testing.T) {
	for _, test := range []struct {
		scheme  string
		status  int
		code    string
		message string
		kind    error
		retried bool
		advice  string
	}{
		{schemeS3, 404, "NoSuchBucket", "no bucket", ErrNoBucket, false, "create the bucket"},
		{schemeS3, 404, "NoSuchKey", "no key", ErrNotFound, false, ""},
		{schemeS3, 403, "AccessDenied", "denied", ErrDenied, false, "policy of examples/aws/policies"},
		{schemeS3, 403, "InvalidAccessKeyId", "unknown", ErrDenied, false, "does not know this access key"},
		{schemeS3, 403, "SignatureDoesNotMatch", "wrong", ErrDenied, false, "secret access key does not belong"},
		{schemeS3, 403, "RequestTimeTooSkewed", "clock", ErrDenied, false, "clock"},
		{schemeS3, 400, "ExpiredToken", "expired", ErrDenied, false, "renew"},
		{schemeS3, 301, "PermanentRedirect", "elsewhere", ErrInvalidConfig, false, "another region"},
		{schemeS3, 400, "AuthorizationHeaderMalformed", "the region is wrong", ErrInvalidConfig, false, "another region"},
		{schemeS3, 400, "InvalidStorageClass", "no such class", ErrInvalidConfig, false, "storage_class"},
		{schemeS3, 403, "InvalidObjectState", "in glacier", ErrArchived, false, "restore"},
		{schemeS3, 503, "SlowDown", "slow down", ErrThrottled, true, "more slowly"},
		{schemeS3, 500, "InternalError", "oops", ErrUnavailable, true, ""},
		{schemeS3, 409, "ConditionalRequestConflict", "conflict", ErrUnavailable, true, ""},
		{schemeGCS, 403, "forbidden", "no permission", ErrDenied, false, "examples/gcp/policies"},
		{schemeGCS, 404, "notFound", "The specified bucket does not exist.", ErrNoBucket, false, "create the bucket"},
		{schemeGCS, 404, "notFound", "No such object: acme/p/key", ErrNotFound, false, ""},
		{schemeGCS, 401, "authError", "invalid credentials", ErrDenied, false, "role"},
		{schemeGCS, 403, "userRateLimitExceeded", "slow down", ErrThrottled, true, "more slowly"},
		{schemeGCS, 429, "rateLimitExceeded", "slow down", ErrThrottled, true, "more slowly"},
		{schemeGCS, 503, "backendError", "oops", ErrThrottled, true, ""},
		{schemeAzure, 404, "ContainerNotFound", "", ErrNoBucket, false, "create the container"},
		{schemeAzure, 404, "BlobNotFound", "", ErrNotFound, false, ""},
		{schemeAzure, 403, "AuthorizationPermissionMismatch", "", ErrDenied, false, "examples/azure/policies"},
		{schemeAzure, 403, "AuthenticationFailed", "", ErrDenied, false, "has expired"},
		{schemeAzure, 409, "BlobArchived", "", ErrArchived, false, "rehydrate"},
		{schemeAzure, 503, "ServerBusy", "", ErrThrottled, true, "more slowly"},
		{schemeAzure, 500, "InternalError", "", ErrUnavailable, true, ""},
	} {
		t.Run(test.scheme+" "+test.code, func(t *testing.T) {
			var requests, seen atomic.Int32
			observe := WithRetryObserver(func(operation string, err error) {
				seen.Add(1)
				require.Equal(t, "get", operation)
				require.ErrorIs(t, err, test.kind)
			})
			b := faulty(t, test.scheme, []Option{observe}, func(w http.ResponseWriter, _ *http.Request) {
				requests.Add(1)
				refuse(w, test.scheme, test.status, test.code, test.message)
			})
			_, err := b.Get(t.Context(), "key")
			require.ErrorIs(t, err, test.kind)
			require.Equal(t, test.retried, Retryable(err))
			require.Contains(t, Advice(err), test.advice)
			require.Contains(t, err.Error(), "get "+test.scheme+"://acme/p/key")
			require.NotContains(t, err.Error(), "verysecret")
			require.NotContains(t, err.Error(), "\n")
			want := 1
			if test.retried {
				want = defaultMaxAttempts
			}
			require.EqualValues(t, want, requests.Load(), "requests")
			require.EqualValues(t, want-1, seen.Load(), "observed retries")
		})
	}
}

func TestPutIfAbsentOutlivesAConflict(t *testing.T) {
	for scheme, answers := range map[string][]func(http.ResponseWriter){
		schemeS3: {
			func(w http.ResponseWriter) {
				refuse(w, schemeS3, 409, "ConditionalRequestConflict", "a write is under way")
			},
			func(w http.ResponseWriter) { refuse(w, schemeS3, 503, "SlowDown", "slow down") },
			func(w http.ResponseWriter) { refuse(w, schemeS3, 412, "PreconditionFailed", "it is there") },
		},
		schemeAzure: {
			func(w http.ResponseWriter) { refuse(w, schemeAzure, 400, "InvalidBlockList", "") },
			func(w http.ResponseWriter) { refuse(w, schemeAzure, 409, "BlobAlreadyExists", "") },
		},
		schemeGCS: {
			func(w http.ResponseWriter) { refuse(w, schemeGCS, 503, "backendError", "") },
			func(w http.ResponseWriter) { refuse(w, schemeGCS, 412, "conditionNotMet", "") },
		},
	} {
		t.Run(scheme, func(t *testing.T) {
			var n atomic.Int32
			b := faulty(t, scheme, nil, func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err == nil && !bytes.Contains(body, []byte("the body")) {
					t.Errorf("attempt %d sent %q", n.Load(), body)
				}
				answers[n.Add(1)-1](w)
			})
			created, err := b.PutIfAbsent(t.Context(), "key", strings.NewReader("the body"), 8, PutOptions{})
			require.NoError(t, err)
			require.False(t, created)
			require.EqualValues(t, len(answers), n.Load())
		})
	}
}

func TestUnreachable(t *testing.T) {
	for _, scheme := range []string{schemeS3, schemeGCS, schemeAzure} {
		t.Run(scheme, func(t *testing.T) {
			server := httptest.NewServer(nil)
			address := server.URL
			server.Close()
			cfg := Config{Retry: RetryConfig{MaxAttempts: 2, InitialInterval: time.Millisecond}}
			switch scheme {
			case schemeS3:
				cfg.URL, cfg.S3 = "s3://acme?endpoint="+address, S3Config{AccessKeyID: "a", SecretAccessKey: "verysecret"}
			case schemeGCS:
				cfg.URL = "gs://acme?anonymous=true&endpoint=" + address
			default:
				cfg.URL, cfg.Azure.SASToken = "azblob://acme?endpoint="+address+"/a", "sig=verysecret"
			}
			b, err := Open(t.Context(), cfg)
			require.NoError(t, err)
			defer b.Close()
			err = b.Check(t.Context())
			require.ErrorIs(t, err, ErrUnreachable)
			require.True(t, Retryable(err))
			require.Contains(t, err.Error(), "refused")
			require.Contains(t, Advice(err), "endpoint")
			require.NotContains(t, err.Error(), "verysecret", "a signature travels in the query string")
			require.NotContains(t, fmt.Sprint(errors.Unwrap(err)), "verysecret")
		})
	}
}

func TestTimeLimits(t *testing.T) {
	release := make(chan struct{})
	var n atomic.Int32
	b := faulty(t, schemeS3, nil, func(_ http.ResponseWriter, r *http.Request) {
		n.Add(1)
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	defer close(release)
	b.cfg.RequestTimeout, b.cfg.Retry.MaxAttempts = 50*time.Millisecond, 2
	_, err := b.Stat(t.Context(), "key")
	require.ErrorIs(t, err, ErrUnreachable)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Equal(t, "timeout", Cause(err))
	require.True(t, Retryable(err), "our own limit is not the caller's")
	require.EqualValues(t, 2, n.Load())

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = b.Get(ctx, "key")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.EqualValues(t, 3, n.Load(), "a caller whose time is up is not made to wait")
	require.Equal(t, 50*time.Millisecond+4*time.Second, b.uploadLimit(1<<20), "256 KiB/s")
}

func TestReadsGoOnWhereTheyBroke(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 64<<10)
	var n atomic.Int32
	b := faulty(t, schemeS3, nil, func(w http.ResponseWriter, r *http.Request) {
		// Every answer but the last breaks off after 300,000 bytes.
		if n.Add(1) < 4 {
			w = &breaking{ResponseWriter: w, left: 300_000}
		}
		http.ServeContent(w, r, "", time.Unix(1, 0), bytes.NewReader(content))
	})
	reader, err := b.Open(t.Context(), "key")
	require.NoError(t, err)
	got, err := io.ReadAll(reader)
	require.NoError(t, err)
	require.NoError(t, reader.Close())
	require.True(t, bytes.Equal(content, got))
	require.EqualValues(t, 4, n.Load())

	n.Store(2)
	part, err := b.ReadRange(t.Context(), "key", 100, 500_000)
	require.NoError(t, err)
	require.True(t, bytes.Equal(content[100:500_100], part))
	n.Store(2)
	whole, err := b.Get(t.Context(), "key")
	require.NoError(t, err)
	require.True(t, bytes.Equal(content, whole))
}

// breaking cuts the connection in the middle of a body.
type breaking struct {
	http.ResponseWriter
	left int
}

func (w *breaking) Write(p []byte) (int, error) {
	if len(p) > w.left {
		_, _ = w.ResponseWriter.Write(p[:w.left])
		if flusher, ok := w.ResponseWriter.(http.Flusher); ok {
			flusher.Flush()
		}
		panic(http.ErrAbortHandler)
	}
	w.left -= len(p)
	return w.ResponseWriter.Write(p)
}

// TestLoginThatDoesNotAnswer: a pod whose role cannot be assumed for a while is not a pod without credentials.
func TestLoginThatDoesNotAnswer(t *testing.T) {
	server := httptest.NewServer(nil)
	address := server.URL
	server.Close()
	t.Setenv("AWS_ENDPOINT_URL_STS", address)
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	b, err := Open(t.Context(), Config{
		URL:   "s3://acme?region=eu-west-1&role=arn:aws:iam::123456789012:role/x",
		S3:    S3Config{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "verysecret"},
		Retry: RetryConfig{MaxAttempts: 1},
	})
	require.NoError(t, err)
	defer b.Close()
	err = b.Check(t.Context())
	require.ErrorIs(t, err, ErrUnreachable)
	require.ErrorContains(t, err, "login service does not answer")
	require.True(t, Retryable(err))
}

func TestNoCredentials(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_PROFILE", "")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
	t.Setenv("AWS_CONFIG_FILE", "/nonexistent")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	b, err := Open(t.Context(), Config{URL: "s3://acme?region=eu-west-1", Retry: RetryConfig{MaxAttempts: 1}})
	require.NoError(t, err)
	defer b.Close()
	err = b.Check(t.Context())
	require.ErrorIs(t, err, ErrDenied)
	require.Contains(t, Advice(err), "s3::access_key_id")
}
