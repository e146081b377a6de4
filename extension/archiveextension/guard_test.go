package archiveextension

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/stamp"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

type configWatcher interface {
	NotifyConfig(context.Context, *confmap.Conf) error
}

func pipelines(processors ...any) *confmap.Conf {
	return confmap.NewFromStringMap(map[string]any{
		"exporters":  map[string]any{"archive": nil},
		"processors": map[string]any{"redact": nil},
		"service": map[string]any{"pipelines": map[string]any{"logs/in": map[string]any{
			"receivers": []any{"otlp"}, "processors": processors, "exporters": []any{"archive"},
		}}},
	})
}

func TestAConfigurationWithoutRedactionEndsTheStart(t *testing.T) {
	set := nop()
	set.ID = component.MustNewID("archive")
	provider, err := start(t, set, func(s *archive.Settings) { s.Bucket.URL = "mem://fence" })
	require.NoError(t, err)
	watcher, ok := provider.(configWatcher)
	require.True(t, ok)
	err = watcher.NotifyConfig(t.Context(), pipelines())
	require.ErrorContains(t, err, `pipeline "logs/in" would store unredacted traffic: receiver "otlp" leads to exporter "archive"`)
	require.NoError(t, watcher.NotifyConfig(t.Context(), pipelines("redact")))
	require.Equal(t, []string{"logs/in"}, provider.Guard().Pipelines(component.MustNewID("archive")))

	provider, err = start(t, set, func(s *archive.Settings) {
		s.Bucket.URL = "mem://fence"
		s.Redaction.VerifyKeys = []archive.VerifyKey{{ID: "agents", Key: someKey}}
	})
	require.NoError(t, err)
	require.NoError(t, provider.(configWatcher).NotifyConfig(t.Context(), pipelines()), "agents redact, and the other fence verifies")
}

const someKey = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

// stamped is a record that a signer has seen.
func stamped(t *testing.T, signer *stamp.Signer) plog.LogRecord {
	t.Helper()
	record := plog.NewLogRecord()
	body := record.Body().SetEmptyMap()
	body.PutStr("msgType", "rrpair")
	body.PutStr("command", "GET")
	var pair rrpair.Pair
	content, err := stamp.Content(&pair, record)
	require.NoError(t, err)
	if signer != nil {
		signer.Sign(record, content)
	}
	return record
}

func TestAdmitsWhatIsStampedHereOrWithADeclaredKey(t *testing.T) {
	agents := archive.RedactionConfig{VerifyKeys: []archive.VerifyKey{{ID: "agents", Key: someKey}}}
	provider, err := start(t, nop(), func(s *archive.Settings) { s.Bucket.URL = "mem://fence" })
	require.NoError(t, err)
	verifying, err := start(t, nop(), func(s *archive.Settings) { s.Bucket.URL, s.Redaction = "mem://fence", agents })
	require.NoError(t, err)

	own := stamp.NewSigner("default", "abc", "own", []byte("0123456789abcdef0123456789abcdef"))
	redaction, err := provider.Guard().Admit(stamped(t, own))
	require.NoError(t, err)
	require.Equal(t, "default@abc/own", redaction.String())

	agent := stamp.NewSigner("strict", "def", "agents", agents.Keys()["agents"])
	record := stamped(t, agent)
	agent.Close() // what another process signed
	_, err = provider.Guard().Admit(record)
	require.ErrorIs(t, err, stamp.ErrForeign)
	redaction, err = verifying.Guard().Admit(record)
	require.NoError(t, err)
	require.Equal(t, "strict@def/agents", redaction.String())

	record.Attributes().PutStr("service", "set by a processor on the way")
	_, err = verifying.Guard().Admit(record)
	require.NoError(t, err)
	record.Body().Map().PutStr("command", "alice@example.com")
	_, err = verifying.Guard().Admit(record)
	require.ErrorIs(t, err, stamp.ErrForged)
	_, err = verifying.Guard().Admit(stamped(t, nil))
	require.ErrorIs(t, err, stamp.ErrUnstamped)

	broken := stamped(t, own)
	own.Close()
	broken.Body().SetStr(`{"msgType":"rrpair","ts":`)
	_, err = provider.Guard().Admit(broken)
	var unreadable *rrpair.DecodeError
	require.ErrorAs(t, err, &unreadable)
}

func TestKeysOfAnArchiveAreDeclared(t *testing.T) {
	folder := "file://" + t.TempDir()
	open := func(keys ...string) archive.Guard {
		provider, err := start(t, nop(), func(s *archive.Settings) {
			s.Bucket.URL = folder
			for _, id := range keys {
				s.Redaction.VerifyKeys = append(s.Redaction.VerifyKeys, archive.VerifyKey{ID: id, Key: someKey})
			}
		})
		require.NoError(t, err)
		return provider.Guard()
	}
	plain := open()
	require.NoError(t, plain.Record(t.Context(), []string{"k1"}))
	require.NoError(t, plain.Record(t.Context(), []string{"k1"}))
	var undeclared *archive.UndeclaredKeyError
	require.ErrorAs(t, plain.Record(t.Context(), []string{"k2"}), &undeclared)
	require.Equal(t, "k2", undeclared.Key)
	require.Equal(t, []string{"k1"}, undeclared.Known)
	require.ErrorAs(t, open("k2").Record(t.Context(), []string{"k2"}), &undeclared, "the other one is not declared here")
	require.NoError(t, open("k2", "k1").Record(t.Context(), []string{"k2"}))
	require.NoError(t, plain.Record(t.Context(), []string{"k2"}), "what one has declared holds for all")

	rotated := stamp.NewSigner("default", "1", "k3", []byte("0123456789abcdef0123456789abcdef"), "k2")
	defer rotated.Close()
	require.NoError(t, plain.Record(t.Context(), []string{"k3"}))
	require.ErrorAs(t, plain.Record(t.Context(), []string{"k4"}), &undeclared)
	require.Equal(t, []string{"k1", "k2", "k3"}, undeclared.Known)
}

func TestWrongVerifyKeysAreNamedAndNotShown(t *testing.T) {
	config := archive.RedactionConfig{VerifyKeys: []archive.VerifyKey{
		{ID: "good", Key: someKey}, {ID: "good", Key: someKey}, {ID: "a b", Key: "verysecret"}, {ID: "", Key: "0011"},
	}}
	err := config.Validate()
	for _, want := range []string{
		`redaction::verify_keys[1]::id "good" stands twice`, `redaction::verify_keys[2]::id "a b" is no key id`,
		"redaction::verify_keys[2]::key is no verify key: want 64 hexadecimal digits", "redaction::verify_keys[3]::id \"\"", "redaction::verify_keys[3]::key",
	} {
		require.ErrorContains(t, err, want)
	}
	require.NotContains(t, err.Error(), "verysecret")
}
