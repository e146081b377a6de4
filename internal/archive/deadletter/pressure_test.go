package deadletter

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

// A sender that gives up and sends again, while the store does not answer, must not fill the memory with copies.
func TestAStoreThatHangsDoesNotFillTheMemory(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	store, err := bucket.Open(t.Context(), bucket.Config{
		URL: "s3://acme?region=eu-west-1&endpoint=" + server.URL, S3: bucket.S3Config{AccessKeyID: "a", SecretAccessKey: "b"},
	})
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	key, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	w, err := NewWriter(store, Config{Recipients: []string{key.Recipient().String()}}, nil)
	require.NoError(t, err)
	record := Record{Component: "exporter/archive", Reason: "bad", Body: make([]byte, 8<<20)}
	refused := 0
	for range 8 {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		err := w.Write(ctx, record)
		cancel()
		require.Error(t, err)
		if errors.Is(err, ErrBusy) {
			refused++
		}
	}
	w.mu.Lock()
	held := w.held
	w.mu.Unlock()
	require.LessOrEqual(t, held, maxHeld)
	require.NotZero(t, refused)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, w.Close(ended), context.Canceled)
	require.Zero(t, w.held)
}
