package dimensionprocessor

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/stamp"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
	"github.com/byoc-otel/otelcol-byoc/processor/redactprocessor"
)

// blanks are pairs that leave service, namespace and cluster to attributes, in every mixture.
func blanks() []string {
	var lines []string
	for _, service := range []string{``, `,"service":""`, `,"service":"undefined"`, `,"service":"own"`} {
		for _, cluster := range []string{``, `,"cluster":"undefined","namespace":"own"`} {
			for _, id := range []string{``, `,"uuid":"ViwGhZ1oTiy6FZ8tq26CLA=="`} {
				lines = append(lines, `{"msgType":"rrpair","ts":"2026-11-20T10:00:00Z","location":"/a"`+service+cluster+id+`}`)
			}
		}
	}
	return lines
}

// Dimensions behind redaction: the stamp still holds, and the pair loads as it did.
func TestAStampedRecordStillVerifies(t *testing.T) {
	signer := stamp.NewSigner("default", "1", "key", bytes.Repeat([]byte("k"), 32))
	defer signer.Close()
	verifier := stamp.NewVerifier(nil)
	var pair rrpair.Pair
	for _, form := range []string{"map", "text", "bytes"} {
		for _, attributes := range [][2]string{{}, {"service", "k8s.cluster.name"}, {"service.name", "cluster"}} {
			logs := request(t, form, append(blanks(), generated(7, 20)...)...)
			resource := logs.ResourceLogs().At(0).Resource()
			resource.Attributes().PutStr("service.name", "of-resource")
			resource.Attributes().PutStr("k8s.cluster.name", "of-resource")
			var loaded []string
			for _, record := range recordsOf(logs) {
				for _, name := range attributes {
					if name != "" {
						record.Attributes().PutStr(name, "of-record")
					}
				}
				content, err := stamp.Content(&pair, record)
				require.NoError(t, err)
				signer.Sign(record, content)
				require.NoError(t, pair.FromLogRecord(resource, record))
				loaded = append(loaded, string(pair.JSON())+rrpair.TraceID(&pair))
			}
			r := started(t, "", nil)
			for i, record := range r.send(logs) {
				content, err := stamp.Content(&pair, record)
				require.NoError(t, err)
				_, err = verifier.Verify(record, content)
				require.NoError(t, err)
				require.NoError(t, pair.FromLogRecord(resource, record))
				require.Equal(t, loaded[i], string(pair.JSON())+rrpair.TraceID(&pair), "%s %v", form, attributes)
			}
		}
	}
}

// Dimensions before redaction: what the attributes repeat of the body is taken out of them too.
func TestRedactionBehindDimensionsTakesTheAttributesToo(t *testing.T) {
	sink := new(consumertest.LogsSink)
	factory := redactprocessor.NewFactory()
	config, ok := factory.CreateDefaultConfig().(*redactprocessor.Config)
	require.True(t, ok)
	config.Keys.Ephemeral = true
	redact, err := factory.CreateLogs(t.Context(), processortest.NewNopSettings(factory.Type()), config, sink)
	require.NoError(t, err)
	require.NoError(t, redact.Start(t.Context(), componenttest.NewNopHost()))
	defer func() { require.NoError(t, redact.Shutdown(t.Context())) }()

	r := started(t, "", nil)
	r.send(request(t, "map", strings.ReplaceAll(order, "ann@example.com", "jane.doe.1984@acme-mail.org")))
	require.NoError(t, redact.ConsumeLogs(t.Context(), r.next.AllLogs()[0]))
	written, err := new(plog.JSONMarshaler).MarshalLogs(sink.AllLogs()[0])
	require.NoError(t, err)
	assert.NotContains(t, string(written), "jane.doe.1984")

	var pair rrpair.Pair
	record := recordsOf(sink.AllLogs()[0])[0]
	content, err := stamp.Content(&pair, record)
	require.NoError(t, err)
	_, err = stamp.NewVerifier(nil).Verify(record, content)
	require.NoError(t, err)
	endpoint, _ := record.Attributes().Get("rrpair.endpoint")
	assert.Equal(t, "/users/{email}/orders/{id}", endpoint.Str())
}
