package dimensionprocessor

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
	"github.com/byoc-otel/otelcol-byoc/processor/dimensionprocessor/internal/metadata"
)

const order = `{"msgType":"rrpair","ts":"2026-11-20T10:00:00.5Z","l7protocol":"https","duration":276,"tags":{"env":"prod","k8sAppLabel":"a=b"},
"uuid":"ViwGhZ1oTiy6FZ8tq26CLA==","direction":"OUT","cluster":"prod","namespace":"shop","service":"checkout","tech":"JSON",
"network_address":"10.1.2.3:443","command":"POST","location":"/users/ann@example.com/orders/77","status":"404",
"http":{"req":{"url":"/users/ann@example.com/orders/77","uri":"/users/ann@example.com/orders/77?dry=1","method":"POST","host":"orders.example:8443",
"headers":{"X-Tenant":["acme"],"traceparent":["00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"]},
"bodyBase64":"eyJjdXN0b21lciI6eyJ0aWVyIjoiZ29sZCIsImFnZSI6NDIuNSwidmlwIjp0cnVlfX0="},"res":{"statusCode":404,"headers":{}}}}`

func TestAPairSaysWhatItIsAbout(t *testing.T) {
	archives := host{component.MustNewID("archive"): &anArchive{}}
	for _, form := range []string{"map", "text", "bytes"} {
		record := started(t, "", archives).send(request(t, form, order))[0]
		assert.Equal(t, map[string]any{
			"service.name": "checkout", "k8s.namespace.name": "shop", "k8s.cluster.name": "prod",
			"http.request.method": "POST", "url.path": "/users/ann@example.com/orders/77", "http.response.status_code": int64(404),
			"network.protocol.name": "http", "server.address": "orders.example",
			"rrpair.uuid": "562c0685-9d68-4e2c-ba15-9f2dab6e822c", "rrpair.direction": "OUT", "rrpair.tech": "JSON",
			"rrpair.command": "POST", "rrpair.location": "/users/ann@example.com/orders/77", "rrpair.status": "404",
			"rrpair.duration_ms": 276.0, "rrpair.latency_bucket": int64(282), "rrpair.endpoint": "/users/{email}/orders/{id}",
			"rrpair.error": false, "rrpair.peer": "orders.example",
			"rrpair.archive.url": "s3://acme-traffic/rrpairs/v1/date=2026-11-20/hour=10?uuid=562c0685-9d68-4e2c-ba15-9f2dab6e822c",
		}, record.Attributes().AsRaw(), form)
		assert.Equal(t, "0af7651916cd43dd8448eb211c80319c", record.TraceID().String())
		assert.Equal(t, "b7ad6b7169203331", record.SpanID().String())
	}
}

func TestWhatTheSettingsChange(t *testing.T) {
	r := started(t, `
client_errors: true
endpoints: {templates: ["/users/{name}/orders/{order}"]}
archive: archive/second
dimensions:
  - {name: tenant, from: "header[x-tenant]"}
  - {name: env, from: "tag[env]", type: string}
  - {name: tier, from: "req_json[customer.tier]"}
  - {name: age, from: "req_json[customer.age]", type: number}
  - {name: vip, from: "req_json[customer.vip]", type: boolean}
  - {name: mistaken, from: "req_json[customer.tier]", type: number}
  - {name: missing, from: "resp_json[a]"}
`, host{component.MustNewIDWithName("archive", "second"): &anArchive{layout: archive.Layout{PartitionBy: []string{"service", "tag[k8sAppLabel]"}}}})
	for _, form := range []string{"map", "text"} {
		got := r.send(request(t, form, order))[0].Attributes().AsRaw()
		for name, want := range map[string]any{
			"rrpair.error": true, "rrpair.endpoint": "/users/{name}/orders/{order}",
			"rrpair.extra.tenant": "acme", "rrpair.extra.env": "prod", "rrpair.extra.tier": "gold", "rrpair.extra.age": 42.5, "rrpair.extra.vip": true,
			"rrpair.archive.url": "s3://acme-traffic/rrpairs/v1/service=checkout/tag_k8sAppLabel=a%3Db/date=2026-11-20/hour=10?uuid=562c0685-9d68-4e2c-ba15-9f2dab6e822c",
		} {
			assert.Equal(t, want, got[name], name)
		}
		assert.NotContains(t, got, "rrpair.extra.mistaken")
		assert.NotContains(t, got, "rrpair.extra.missing")
	}
	assert.Equal(t, map[string]int64{
		"tenant set": 2, "env set": 2, "tier set": 2, "age set": 2, "vip set": 2, "mistaken wrong_type": 2, "missing absent": 2,
	}, r.points("values", "dimension", "value"))
	distinct := r.points("distinct_values", "dimension")
	assert.EqualValues(t, 1, distinct["tenant"])
	assert.EqualValues(t, 1, distinct["age"])
	assert.EqualValues(t, 0, distinct["missing"])
}

// points are a metric's values by the values of the attributes.
func (r *rig) points(name string, attributes ...string) map[string]int64 {
	r.t.Helper()
	got, err := r.telemetry.GetMetric("otelcol_dimension_processor_" + name)
	require.NoError(r.t, err)
	var points []metricdata.DataPoint[int64]
	switch data := got.Data.(type) {
	case metricdata.Sum[int64]:
		points = data.DataPoints
	case metricdata.Gauge[int64]:
		points = data.DataPoints
	}
	all := map[string]int64{}
	for _, point := range points {
		key := ""
		for i, attribute := range attributes {
			for _, have := range point.Attributes.ToSlice() {
				if string(have.Key) == attribute {
					if i > 0 {
						key += " "
					}
					key += have.Value.AsString()
				}
			}
		}
		all[key] += point.Value
	}
	return all
}

func TestOtherRecordsPassUntouched(t *testing.T) {
	r := started(t, "", nil)
	logs := request(t, "map", order)
	records := logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()
	records.AppendEmpty().Body().SetStr("a line of a log")
	records.AppendEmpty().Body().SetStr(`{"msgType":"rrpair","ts":`)
	records.AppendEmpty().Body().SetEmptyMap().PutStr("msgType", "metric")
	bad := records.AppendEmpty().Body().SetEmptyMap()
	bad.PutStr("msgType", "rrpair")
	bad.PutStr("text", "\xff")
	want := plog.NewLogs()
	logs.CopyTo(want)
	got := r.send(logs)
	for i := 1; i < 5; i++ {
		assert.Equal(t, recordsOf(want)[i], got[i])
	}
	assert.Equal(t, map[string]int64{"set": 1, "other": 2, "unreadable": 2}, r.points("records", "outcome"))
	assert.NotContains(t, got[0].Attributes().AsRaw(), "rrpair.archive.url", "there is no archive")
}

func TestWhatCameWithARecordDoesNotStandForItsOwn(t *testing.T) {
	r := started(t, "", nil)
	logs := request(t, "map", `{"msgType":"rrpair","uuid":"ViwGhZ1oTiy6FZ8tq26CLA==","status":"OK"}`)
	stale := recordsOf(logs)[0].Attributes()
	for _, name := range []string{"rrpair.endpoint", "rrpair.peer", "rrpair.status", "rrpair.archive.url", "rrpair.extra.tenant", "rrpair.redaction.hmac", "mine"} {
		stale.PutStr(name, "stale")
	}
	assert.Equal(t, map[string]any{
		"rrpair.archive.url": "stale", "rrpair.extra.tenant": "stale", "rrpair.redaction.hmac": "stale", "mine": "stale",
		"rrpair.uuid": "562c0685-9d68-4e2c-ba15-9f2dab6e822c", "rrpair.status": "OK",
		"rrpair.duration_ms": 0.0, "rrpair.latency_bucket": int64(-345), "rrpair.error": false,
	}, r.send(logs)[0].Attributes().AsRaw())
}

func TestEndpointsAreBounded(t *testing.T) {
	r := started(t, "endpoints: {max_per_service: 3}", nil)
	var lines []string
	for i := range 10 {
		lines = append(lines, fmt.Sprintf(`{"msgType":"rrpair","uuid":"ViwGhZ1oTiy6FZ8tq26CLA==","service":"s","location":"/path%c"}`, 'a'+i))
	}
	names := map[string]int{}
	for _, record := range r.send(request(t, "text", lines...)) {
		endpoint, _ := record.Attributes().Get("rrpair.endpoint")
		names[endpoint.Str()]++
	}
	assert.Equal(t, map[string]int{"/patha": 1, "/pathb": 1, "/pathc": 1, "{other}": 7}, names)
	assert.Equal(t, map[string]int64{"s": 3}, r.points("endpoints", "service"))
	assert.Equal(t, map[string]int64{"s": 7}, r.points("overflowed_endpoints", "service"))
}

// What lies in memory that is used again must not stand in attributes.
func TestAttributesStayAsTheyWereSet(t *testing.T) {
	for _, form := range []string{"map", "text", "bytes"} {
		r := started(t, `dimensions: [{name: agent, from: "header[user-agent]"}]`, nil)
		first := r.send(request(t, form, generated(1, 50)...))
		var before []map[string]any
		for _, record := range first {
			before = append(before, record.Attributes().AsRaw())
		}
		r.send(request(t, form, generated(2, 50)...))
		for i, record := range first {
			require.Equal(t, before[i], record.Attributes().AsRaw())
		}
	}
}

func TestAnArchiveThatIsNamedMustRun(t *testing.T) {
	config, err := configOf(t, "archive: archive/missing")
	require.NoError(t, err)
	p, err := NewFactory().CreateLogs(t.Context(), processortest.NewNopSettings(metadata.Type), config, consumertest.NewNop())
	require.NoError(t, err)
	require.ErrorContains(t, p.Start(t.Context(), componenttest.NewNopHost()), "archive/missing")
	require.NoError(t, p.Shutdown(t.Context()))
}

func TestLongTextsAreCut(t *testing.T) {
	long := make([]byte, 3*maxText)
	for i := range long {
		long[i] = "é"[i%2]
	}
	line := `{"msgType":"rrpair","uuid":"ViwGhZ1oTiy6FZ8tq26CLA==","location":"/` + string(long) + `"}`
	location, _ := started(t, "", nil).send(request(t, "map", line))[0].Attributes().Get("rrpair.location")
	assert.Len(t, location.Str(), maxText-1)
}

// Every archive address of a record is the one under which the archive stores it.
func TestTheAddressIsWhereTheArchivePutsThePair(t *testing.T) {
	layout := archive.Layout{PartitionBy: []string{"namespace", "service"}}
	r := started(t, "", host{component.MustNewID("archive"): &anArchive{layout: layout}})
	var pair rrpair.Pair
	for _, record := range r.send(request(t, "map", generated(3, 100)...)) {
		require.NoError(t, pair.FromLogRecord(plog.NewLogs().ResourceLogs().AppendEmpty().Resource(), record))
		folder, _, _ := layout.Folder(&pair, record.ObservedTimestamp().AsTime())
		id, _ := pair.UUID()
		address, _ := record.Attributes().Get("rrpair.archive.url")
		require.Equal(t, archive.RecordURL("s3://acme-traffic/rrpairs", folder, id), address.Str())
	}
}
