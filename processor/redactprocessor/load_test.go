package redactprocessor

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
)

func TestConcurrentRequests(t *testing.T) {
	const senders, each, size = 4, 5, 40
	dead := &letters{}
	r := started(t, keyed("parallel: 3\nlimits: {max_bytes: 1MiB}"), map[string]component.Component{"archive": dead})
	p, ok := r.processor.(*redactProcessor)
	require.True(t, ok)
	var wait sync.WaitGroup
	for sender := range senders {
		wait.Go(func() {
			for i := range each {
				in := generated(t, uint64(sender*each+i), size)
				request(t, line(1, `{"email":"`+anMail+`"}`), line(2, strings.Repeat("x", 2<<20))).ResourceLogs().MoveAndAppendTo(in.ResourceLogs())
				if err := p.ConsumeLogs(context.Background(), in); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	total := 0
	for _, out := range r.next.AllLogs() {
		total += out.LogRecordCount()
		requireStamped(t, r.keysOf(), out)
		require.NotContains(t, written(t, out), anMail)
	}
	require.Equal(t, senders*each*(size+1), total)
	require.Len(t, dead.records, senders*each)
	require.EqualValues(t, senders*each*(size+2), r.counted("records"))
}

// Everything that the demo plants is gone from the whole request, wherever it stood.
func TestNothingThatTheDemoPlantsIsLeft(t *testing.T) {
	r := started(t, keyed("policy: strict"), nil)
	planted := map[string]string{}
	generator := demo.NewGenerator(demo.Options{Seed: 5, Planted: func(p demo.Planted) {
		switch p.Type {
		case "email", "card", "iban", "ssn", "password", "jwt", "api_key":
			planted[p.Value] = p.Type
		}
	}})
	var lines []string
	for range 300 {
		lines = append(lines, string(generator.Next(nil)))
	}
	require.NotEmpty(t, planted)
	text := written(t, r.send(request(t, lines...)))
	for value, kind := range planted {
		require.NotContains(t, text, value, kind)
	}
}

func BenchmarkConsumeLogs(b *testing.B) {
	const size = 200
	for name, block := range map[string]string{"redact": keyed(""), "dry run": keyed("dry_run: true")} {
		b.Run(name, func(b *testing.B) { benchmark(b, block, generated(b, 1, size)) })
	}
	b.Run("already", func(b *testing.B) {
		agent := started(b, keyed(""), nil)
		benchmark(b, keyed(""), copied(agent.send(generated(b, 1, size))))
	})
}

func benchmark(b *testing.B, block string, in plog.Logs) {
	r := started(b, block, nil)
	p, ok := r.processor.(*redactProcessor)
	require.True(b, ok)
	p.next = consumertest.NewNop()
	bytes := 0
	for _, body := range bodies(in) {
		bytes += len(body)
	}
	b.SetBytes(int64(bytes))
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		request := copied(in)
		b.StartTimer()
		if err := p.ConsumeLogs(context.Background(), request); err != nil {
			b.Fatal(err)
		}
	}
}
