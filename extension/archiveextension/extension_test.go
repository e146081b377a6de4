package archiveextension

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/byoc-otel/otelcol-byoc/extension/archiveextension/internal/metadata"
	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/archive/deadletter"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

// start makes an extension and, if it starts, stops it at the end of the test.
func start(t *testing.T, set extension.Settings, change func(*archive.Settings)) (archive.Provider, error) {
	t.Helper()
	cfg, ok := createDefaultConfig().(*Config)
	require.True(t, ok)
	cfg.Settings.Bucket.Retry = bucket.RetryConfig{MaxAttempts: 2, InitialInterval: time.Millisecond, MaxInterval: time.Millisecond}
	cfg.Settings.DeadLetter.MaxDelay = time.Millisecond
	change(&cfg.Settings)
	made, err := NewFactory().Create(t.Context(), set, cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, made.Shutdown(context.Background())) })
	err = made.Start(t.Context(), componenttest.NewNopHost())
	provider, ok := made.(archive.Provider)
	require.True(t, ok, "an archive extension offers an archive")
	return provider, err
}

func nop() extension.Settings { return extensiontest.NewNopSettings(metadata.Type) }

func TestOpensItsArchiveOnce(t *testing.T) {
	folder := t.TempDir()
	provider, err := start(t, nop(), func(s *archive.Settings) {
		s.Bucket.URL, s.PartitionBy = "file://"+folder, []string{"cluster"}
	})
	require.NoError(t, err)
	first, err := provider.Archive(t.Context())
	require.NoError(t, err)
	second, err := provider.Archive(t.Context())
	require.NoError(t, err)
	require.Same(t, first, second)
	require.Equal(t, "file://"+folder, first.Identity())
	require.Equal(t, []string{"cluster"}, first.Layout().PartitionBy)
	require.FileExists(t, filepath.Join(folder, "archive.json"))

	found, err := archive.FromHost(hostWith{component.MustNewID("archive"): provider.(component.Component)}, component.MustNewID("archive"))
	require.NoError(t, err)
	require.Same(t, provider, found)
}

type hostWith map[component.ID]component.Component

func (h hostWith) GetExtensions() map[component.ID]component.Component { return h }

func TestMistakesEndTheStart(t *testing.T) {
	created := t.TempDir()
	_, err := start(t, nop(), func(s *archive.Settings) { s.Bucket.URL = "file://" + created })
	require.NoError(t, err)
	for name, test := range map[string]struct {
		change func(*archive.Settings)
		kind   error
		want   string
	}{
		"no folder": {func(s *archive.Settings) { s.Bucket.URL = "file:///nowhere/at/all" }, bucket.ErrNoBucket, "create_directory=true"},
		"wrong url": {func(s *archive.Settings) { s.Bucket.URL = "s3://acme?regoin=x" }, bucket.ErrInvalidConfig, "did you mean region?"},
		"another partitioning": {func(s *archive.Settings) { s.Bucket.URL, s.PartitionBy = "file://"+created, []string{"service"} },
			bucket.ErrInvalidConfig, "partition_by is [service] here, but the archive was created with []"},
	} {
		t.Run(name, func(t *testing.T) {
			provider, err := start(t, nop(), test.change)
			require.ErrorIs(t, err, test.kind)
			require.ErrorContains(t, err, test.want)
			_, err = provider.Archive(t.Context())
			require.Error(t, err)
		})
	}
}

// refusing answers every request alike.
func refusing(t *testing.T, status int, code string) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		_, _ = w.Write([]byte("<Error><Code>" + code + "</Code><Message>no</Message></Error>"))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func useS3(endpoint string) func(*archive.Settings) {
	return func(s *archive.Settings) {
		s.Bucket.URL = "s3://acme/p?endpoint=" + endpoint
		s.Bucket.S3 = bucket.S3Config{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "verysecret"}
	}
}

func TestDeniedAccessEndsTheStart(t *testing.T) {
	_, err := start(t, nop(), useS3(refusing(t, 403, "AccessDenied")))
	require.ErrorIs(t, err, bucket.ErrDenied)
	require.ErrorContains(t, err, "writer")
	require.NotContains(t, err.Error(), "verysecret")
	_, err = start(t, nop(), useS3(refusing(t, 404, "NoSuchBucket")))
	require.ErrorIs(t, err, bucket.ErrNoBucket)
}

// TestUnreachableStoreDoesNotEndTheStart: the collector runs, whoever needs the archive is told why it is not there,
// and gets it as soon as the store answers.
func TestUnreachableStoreDoesNotEndTheStart(t *testing.T) {
	var up atomic.Bool
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "archive.json"), []byte(`{"format":"otelcol-byoc/archive","version":1,"partition_by":[]}`), 0o600))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !up.Load() {
			panic(http.ErrAbortHandler) // the connection breaks
		}
		_, _ = w.Write([]byte(`{"format":"otelcol-byoc/archive","version":1,"partition_by":[]}`))
	}))
	t.Cleanup(server.Close)
	core, logs := observer.New(zap.InfoLevel)
	set := nop()
	set.Logger = zap.New(core)
	telemetry := componenttest.NewTelemetry()
	set.MeterProvider = telemetry.NewTelemetrySettings().MeterProvider
	provider, err := start(t, set, useS3(server.URL))
	require.NoError(t, err)
	require.Equal(t, 1, logs.FilterMessageSnippet("cannot be reached yet").Len())
	_, err = provider.Archive(t.Context())
	require.ErrorIs(t, err, bucket.ErrUnreachable)
	require.True(t, bucket.Retryable(err))
	retries, err := telemetry.GetMetric("otelcol_archive_extension_retries")
	require.NoError(t, err)
	require.NotNil(t, retries)

	up.Store(true)
	opened, err := provider.Archive(t.Context())
	require.NoError(t, err)
	require.Equal(t, "s3://acme/p", opened.Identity())
	require.NoError(t, telemetry.Shutdown(t.Context()))
}

func TestDeadLetterWorksAndCounts(t *testing.T) {
	folder := t.TempDir()
	telemetry := componenttest.NewTelemetry()
	set := nop()
	set.MeterProvider = telemetry.NewTelemetrySettings().MeterProvider
	provider, err := start(t, set, func(s *archive.Settings) { s.Bucket.URL = "file://" + folder })
	require.NoError(t, err)
	require.NoError(t, provider.DeadLetter().Write(t.Context(), deadletter.Record{Component: "exporter/archive", Reason: "test", Body: []byte("x")}))
	files, err := filepath.Glob(filepath.Join(folder, "deadletter", "date=*", "*.ndjson.zst"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	for _, name := range []string{"otelcol_archive_extension_dead_letter_records", "otelcol_archive_extension_dead_letter_bytes"} {
		_, err = telemetry.GetMetric(name)
		require.NoError(t, err, name)
	}
	require.NoError(t, telemetry.Shutdown(t.Context()))
}

func TestOneWaitsForTheOther(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(server.Close)
	defer close(release)
	made, err := newExtension(nop(), &Config{})
	require.NoError(t, err)
	_, err = made.Archive(t.Context())
	require.ErrorIs(t, err, errNotStarted)
	settings := archive.NewDefaultSettings()
	useS3(server.URL)(&settings)
	made.store, err = bucket.Open(t.Context(), settings.Bucket)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	made.turn <- struct{}{}
	_, err = made.Archive(ctx)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "another attempt is under way")
	require.NoError(t, made.Shutdown(t.Context()))
}
