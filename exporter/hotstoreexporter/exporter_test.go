package hotstoreexporter

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func TestDocumentsSayWhatPairsAreAbout(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Include = includeFull })
	r.dimensions = map[string]any{"dimensions": []any{map[string]any{"name": "tenant", "from": "header[x-tenant]"}}}
	r.start()
	logs, sent := pairs(t, 1, 200, begin())
	other := logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().AppendEmpty()
	other.Body().SetStr("a line of some program")
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
	r.eventuallyHas(len(sent))
	for id, document := range r.found() {
		require.JSONEq(t, sent[id], string(document.Pair))
		var pair rrpair.Pair
		require.NoError(t, pair.ParseJSON([]byte(sent[id])))
		folder, at, _ := archive.Layout{}.Folder(&pair, time.Time{})
		require.True(t, at.Equal(document.Time))
		require.Equal(t, archive.RecordURL(r.archive.Identity(), folder, id), document.ArchiveURL)
		require.Equal(t, pair.Text(rrpair.FieldService), document.Service)
		require.Equal(t, pair.Text(rrpair.FieldLocation), document.Location)
		require.NotEmpty(t, document.Endpoint)
	}
	r.stop()
	require.EqualValues(t, len(sent), r.metric("queued_documents"))
	require.EqualValues(t, len(sent), r.metric("stored_documents"))
	require.EqualValues(t, 1, r.metric("other_records"))
}

// TestAttributesOfTheDimensionProcessorGoFirst: they hold what only its settings and its memory of other pairs tell.
func TestAttributesOfTheDimensionProcessorGoFirst(t *testing.T) {
	r := newRig(t, nil)
	r.start()
	logs, sent := pairs(t, 2, 1, begin())
	attributes := logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes()
	attributes.PutStr("rrpair.endpoint", "{other}")
	attributes.PutBool("rrpair.error", true)
	attributes.PutDouble("rrpair.extra.amount", 12.5)
	attributes.PutStr("rrpair.extra.tenant", "acme")
	attributes.PutBool("rrpair.extra.canary", true)
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
	r.eventuallyHas(1)
	for id, document := range r.found() {
		require.Contains(t, sent, id)
		require.Equal(t, "{other}", document.Endpoint)
		require.True(t, document.Error)
		require.Equal(t, []hotstore.Extra{
			{Name: "amount", Kind: hotstore.ExtraNumber, Number: 12.5},
			{Name: "canary", Kind: hotstore.ExtraBool, Bool: true}, {Name: "tenant", Text: "acme"},
		}, document.Extra)
		require.Nil(t, document.Pair)
		require.Nil(t, document.Headers)
	}
	r.stop()
}

func TestOnlyWhatRemainsIsTriedAgain(t *testing.T) {
	r := newRig(t, nil)
	r.partly = 30
	r.start()
	logs, sent := pairs(t, 3, 100, begin())
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
	r.eventuallyHas(len(sent))
	r.stop()
	require.EqualValues(t, len(sent), r.metric("stored_documents"))
	require.Zero(t, r.metric("duplicate_documents"), "what was taken is not sent again")
	require.EqualValues(t, 1, r.metric("failed_attempts"))
}

func TestWhatTheStoreRefusesIsInTheDeadLetter(t *testing.T) {
	r := newRig(t, nil)
	logs, sent := pairs(t, 4, 50, begin())
	refused := ""
	for id := range sent {
		refused = id.String()
		break
	}
	r.reject = func(d *hotstore.Document) string {
		if d.UUID.String() == refused {
			return "mapper_parsing_exception"
		}
		return ""
	}
	r.noLetter = errAway
	r.start()
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
	r.eventuallyHas(len(sent) - 1)
	r.change(func(r *rig) { r.noLetter = nil })
	require.Eventually(t, func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return len(r.letters) == 1
	}, 10*time.Second, 5*time.Millisecond, "it remains until the dead letter takes it")
	r.stop()
	require.Equal(t, "exporter/hotstore", r.letters[0].Component)
	require.Contains(t, r.letters[0].Reason, "mapper_parsing_exception")
	require.Contains(t, string(r.letters[0].Body), refused)
	require.EqualValues(t, 1, r.metric("dead_letter_records"))
}

func TestUnreadableRecordsAreInTheDeadLetterAndTheRestIsKept(t *testing.T) {
	r := newRig(t, nil)
	r.start()
	logs, sent := pairs(t, 5, 10, begin())
	broken := logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().AppendEmpty()
	broken.Body().SetStr(`{"msgType":"rrpair","ts":`)
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
	r.eventuallyHas(len(sent))
	r.stop()
	require.Len(t, r.letters, 1)
	require.Equal(t, `{"msgType":"rrpair","ts":`, string(r.letters[0].Body))
}

func judge(logs plog.Logs, judged string, records ...int) {
	for _, i := range records {
		logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(i).Attributes().PutStr("judged", judged)
	}
}

func TestUnredactedRecordsAreRefusedBeforeTheQueue(t *testing.T) {
	fenced := func(c *Config) { c.AllowUnredacted = false }
	r := newRig(t, fenced)
	r.start()
	raw, _ := pairs(t, 6, 2, begin())
	err := r.exporter.ConsumeLogs(t.Context(), raw)
	require.True(t, consumererror.IsPermanent(err))
	for _, want := range []string{"exporter hotstore (pipelines logs/in)", "2 unstamped", "redact processor", "exporters::hotstore::allow_unredacted"} {
		require.ErrorContains(t, err, want)
	}
	require.Empty(t, r.letters, "the sender keeps them")
	bytes, _ := r.exporter.Waiting()
	require.Zero(t, bytes)

	mixed, sent := pairs(t, 7, 3, begin())
	judge(mixed, "key", 0, 1)
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), mixed))
	r.eventuallyHas(len(sent) - 1)
	require.Len(t, r.letters, 1)

	foreign, _ := pairs(t, 8, 1, begin())
	judge(foreign, "foreign", 0)
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), foreign), "the archive may know the key")
	require.Len(t, r.letters, 2)
	r.stop()
	require.EqualValues(t, 4, r.metric("refused_records"))

	alone := newRig(t, fenced)
	alone.noArchive = true
	alone.start()
	foreign, _ = pairs(t, 8, 1, begin())
	judge(foreign, "foreign", 0)
	err = alone.exporter.ConsumeLogs(t.Context(), foreign)
	require.ErrorContains(t, err, "verify_keys")
	require.False(t, consumererror.IsPermanent(err))
	alone.stop()
}

// TestAttributesFillInWhatTheFencedBodyLacks: the fence loads the body alone.
func TestAttributesFillInWhatTheFencedBodyLacks(t *testing.T) {
	r := newRig(t, func(c *Config) { c.AllowUnredacted = false })
	r.start()
	logs, _ := pairs(t, 9, 1, begin())
	record := logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
	record.Body().Map().PutStr("cluster", "undefined")
	record.Attributes().PutStr("k8s.cluster.name", "blue")
	judge(logs, "key", 0)
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
	r.eventuallyHas(1)
	for _, document := range r.found() {
		require.Equal(t, "blue", document.Cluster)
	}
	r.stop()
}

func TestAStoreThatIsAwayKeepsDocumentsWaiting(t *testing.T) {
	r := newRig(t, nil)
	r.away = fmt.Errorf("dial: %w", hotstore.ErrUnreachable)
	r.start()
	logs, sent := pairs(t, 10, 20, begin())
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
	require.Eventually(t, func() bool { r.mu.Lock(); defer r.mu.Unlock(); return r.writes > 2 }, 10*time.Second, 5*time.Millisecond)
	r.change(func(r *rig) { r.away = nil })
	r.eventuallyHas(len(sent))
	r.stop()
	require.Zero(t, r.metric("duplicate_documents"))
}

type bareHost map[component.ID]component.Component

func (h bareHost) GetExtensions() map[component.ID]component.Component { return h }

func TestMissingExtensionsEndTheStart(t *testing.T) {
	r := newRig(t, nil)
	require.ErrorContains(t, r.exporter.Start(t.Context(), componenttest.NewNopHost()), `find the hotstore extension "hotstore"`)
	require.NoError(t, r.exporter.Shutdown(context.Background()))
	named := component.MustNewIDWithName("archive", "eu")
	r.make(func(c *Config) { c.Archive = &named })
	require.ErrorContains(t, r.exporter.Start(t.Context(), bareHost{component.MustNewID("hotstore"): &hotSide{rig: r}}), `find the archive extension "archive/eu"`)
	require.NoError(t, r.exporter.Shutdown(context.Background()))
}

func TestLargePairsPass(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Include = includeFull })
	r.start()
	logs := plog.NewLogs()
	record := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	record.Body().SetStr(`{"msgType":"rrpair","ts":"2026-11-20T09:00:00Z","service":"big","http":{"req":{"body":"` + strings.Repeat("x", 10<<20) + `"}}}`)
	require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
	r.eventuallyHas(1)
	for _, document := range r.found() {
		require.EqualValues(t, 10<<20, document.RequestBytes)
	}
	r.stop()
}
