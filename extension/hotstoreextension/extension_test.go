package hotstoreextension

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/extension/hotstoreextension/internal/metadata"
	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/sqlite"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/stamp"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// host takes the statuses that an extension reports.
type host struct {
	mu       sync.Mutex
	statuses []componentstatus.Status
}

func (*host) GetExtensions() map[component.ID]component.Component { return nil }

func (h *host) Report(event *componentstatus.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.statuses = append(h.statuses, event.Status())
}

func (h *host) last() componentstatus.Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.statuses) == 0 {
		return componentstatus.StatusNone
	}
	return h.statuses[len(h.statuses)-1]
}

func make1(t *testing.T, change func(*Config)) *hotstoreExtension {
	t.Helper()
	config, ok := createDefaultConfig().(*Config)
	require.True(t, ok)
	config.Settings.SQLite.GetOrInsertDefault().Path = filepath.Join(t.TempDir(), "hot")
	if change != nil {
		change(config)
	}
	settings := extensiontest.NewNopSettings(metadata.Type)
	settings.ID = component.MustNewID("hotstore")
	made, err := newExtension(settings, config)
	require.NoError(t, err)
	made.pauses = pauses{upkeep: 10 * time.Millisecond, check: 10 * time.Millisecond}
	t.Cleanup(func() { require.NoError(t, made.Shutdown(context.Background())) })
	return made
}

func document(at time.Time) *hotstore.Document {
	return &hotstore.Document{UUID: rrpair.UUID{1, byte(at.Day())}, Time: at, Service: "cart"}
}

func TestSetsUpOnceAndExpires(t *testing.T) {
	made := make1(t, nil)
	path := made.config.Settings.SQLite.Get().Path
	other, err := sqlite.Open(t.Context(), sqlite.Config{Path: path}, sqlite.Settings{}) // one without a retention
	require.NoError(t, err)
	now := time.Now().UTC()
	_, err = other.Write(t.Context(), []*hotstore.Document{document(now), document(now.Add(-20 * 24 * time.Hour))})
	require.NoError(t, err)
	require.NoError(t, other.Close())

	h := &host{}
	require.NoError(t, made.Start(t.Context(), h))
	store, err := made.Store(t.Context())
	require.NoError(t, err)
	again, err := made.Store(t.Context())
	require.NoError(t, err)
	require.Same(t, store, again)
	require.Eventually(t, func() bool {
		files, _ := filepath.Glob(filepath.Join(path, "*.db"))
		return len(files) == 1
	}, 10*time.Second, 5*time.Millisecond, "the day beyond the retention is gone")
	require.Eventually(t, func() bool { return made.telemetry.documents.Load() == 1 && h.last() == componentstatus.StatusOK },
		10*time.Second, 5*time.Millisecond)

	found, err := hotstore.FromHost(hostWith{made.id: made}, made.id)
	require.NoError(t, err)
	require.Same(t, made, found)
	_, err = hotstore.FromHost(hostWith{}, made.id)
	require.ErrorContains(t, err, "list it in service::extensions: [hotstore]")
	_, err = hotstore.FromHost(hostWith{made.id: struct{ component.Component }{}}, made.id)
	require.ErrorContains(t, err, "is no hot store")
}

type hostWith map[component.ID]component.Component

func (h hostWith) GetExtensions() map[component.ID]component.Component { return h }

func TestManageFalseMakesAndRemovesNothing(t *testing.T) {
	made := make1(t, func(c *Config) { c.Settings.Manage = false })
	h := &host{}
	require.NoError(t, made.Start(t.Context(), h))
	require.Eventually(t, func() bool { return h.last() == componentstatus.StatusRecoverableError }, 10*time.Second, 5*time.Millisecond,
		"somebody is to set it up, and has not")
	require.NoFileExists(t, made.config.Settings.SQLite.Get().Path)
	store, err := made.Store(t.Context())
	require.NoError(t, err)
	require.NoError(t, store.(hotstore.Manager).Init(t.Context()))
	require.Eventually(t, func() bool { return h.last() == componentstatus.StatusOK }, 10*time.Second, 5*time.Millisecond)
}

func TestMistakesEndTheStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	made := make1(t, func(c *Config) { c.Settings.SQLite.Get().Path = filepath.Join(file, "hot") })
	require.ErrorContains(t, made.Start(t.Context(), componenttest.NewNopHost()), "start hot store hotstore")
}

// away is a store that cannot be reached for a while.
type away struct {
	hotstore.Store
	mu  sync.Mutex
	err error
}

func (a *away) set(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.err = err
}

func (a *away) Init(context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.err
}

func (a *away) Status(context.Context) (hotstore.Status, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return hotstore.Status{Healthy: true}, a.err
}

func (a *away) Destroy(context.Context) error { return nil }
func (a *away) Close() error                  { return nil }

func TestAStoreThatIsAwayDoesNotEndTheStart(t *testing.T) {
	made := make1(t, nil)
	store := &away{err: fmt.Errorf("dial: %w", hotstore.ErrUnreachable)}
	made.open = func(context.Context) (hotstore.Store, error) { return store, nil }
	h := &host{}
	require.NoError(t, made.Start(t.Context(), h))
	_, err := made.Store(t.Context())
	require.ErrorIs(t, err, hotstore.ErrUnreachable)
	require.Equal(t, componentstatus.StatusRecoverableError, h.last())
	store.set(nil)
	require.Eventually(t, func() bool { return h.last() == componentstatus.StatusOK }, 10*time.Second, 5*time.Millisecond)
	_, err = made.Store(t.Context())
	require.NoError(t, err)

	denied := make1(t, nil)
	denied.open = func(context.Context) (hotstore.Store, error) { return &away{err: hotstore.ErrDenied}, nil }
	require.ErrorContains(t, denied.Start(t.Context(), h), "check the credentials")
}

func pipelines(dimension map[string]any, processors ...any) *confmap.Conf {
	return confmap.NewFromStringMap(map[string]any{
		"exporters":  map[string]any{"hotstore": nil},
		"processors": map[string]any{"redact": nil, "dimension/a": dimension, "dimension/b": nil},
		"service": map[string]any{"pipelines": map[string]any{"logs/in": map[string]any{
			"receivers": []any{"otlp"}, "processors": processors, "exporters": []any{"hotstore"},
		}}},
	})
}

func TestAConfigurationWithoutRedactionEndsTheStart(t *testing.T) {
	made := make1(t, nil)
	err := made.NotifyConfig(t.Context(), pipelines(nil, "dimension/a"))
	require.ErrorContains(t, err, `pipeline "logs/in" would store unredacted traffic: receiver "otlp" leads to exporter "hotstore"`)
	settings := map[string]any{"client_errors": true}
	require.NoError(t, made.NotifyConfig(t.Context(), pipelines(settings, "redact", "dimension/a")))
	require.Equal(t, []string{"logs/in"}, made.Guard().Pipelines(component.MustNewID("hotstore")))
	require.Equal(t, settings, made.Dimensions(component.MustNewID("hotstore")))
	require.Nil(t, made.Dimensions(component.MustNewID("other")))

	verifying := make1(t, func(c *Config) { c.Redaction.VerifyKeys = []archive.VerifyKey{{ID: "agents", Key: "00"}} })
	require.NoError(t, verifying.NotifyConfig(t.Context(), pipelines(nil)), "agents redact, and the other fence verifies")
}

func TestAdmitsWhatIsStamped(t *testing.T) {
	guard := make1(t, nil).Guard()
	record := plog.NewLogRecord()
	body := record.Body().SetEmptyMap()
	body.PutStr("msgType", "rrpair")
	body.PutStr("command", "GET")
	var pair rrpair.Pair
	require.ErrorIs(t, guard.Admit(&pair, record), stamp.ErrUnstamped)
	signer := stamp.NewSigner("default", "1", "own", []byte("0123456789abcdef0123456789abcdef"))
	content, err := stamp.Content(&pair, record)
	require.NoError(t, err)
	signer.Sign(record, content)
	pair = rrpair.Pair{}
	require.NoError(t, guard.Admit(&pair, record))
	require.Equal(t, "GET", pair.Text(rrpair.FieldCommand), "the pair is loaded")
	body.PutStr("command", "alice@example.com")
	require.ErrorIs(t, guard.Admit(&pair, record), stamp.ErrForged)
	body.PutStr("command", "GET")
	signer.Close()
	require.ErrorIs(t, guard.Admit(&pair, record), stamp.ErrForeign)
}
