// Package redaction compares the redact processor with the stock redaction processor: the same records, on one core.
//
// It is a module of its own so that the stock processor is no dependency of the distribution. `make bench` runs it.
package redaction

import (
	"bufio"
	"context"
	"os"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/redactionprocessor"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
	"github.com/byoc-otel/otelcol-byoc/processor/redactprocessor"
)

const batchRecords = 200

// batch is one request of RRPairs: recordings named by BYOC_CORPUS, or the demo's traffic.
func batch(b *testing.B) (logs plog.Logs, bytes int64) {
	b.Helper()
	logs = plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	var pair rrpair.Pair
	add := func(line []byte) {
		require.NoError(b, pair.ParseJSON(line))
		require.NoError(b, pair.ToLogRecord(records.AppendEmpty()))
		bytes += int64(len(pair.JSON()))
	}
	if path := os.Getenv("BYOC_CORPUS"); path != "" {
		file, err := os.Open(path)
		require.NoError(b, err)
		defer file.Close()
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, 16<<20)
		for lines.Scan() {
			add(lines.Bytes())
		}
		require.NoError(b, lines.Err())
		return logs, bytes
	}
	generator := demo.NewGenerator(demo.Options{Seed: 7})
	var line []byte
	for range batchRecords {
		line = generator.Next(line[:0])
		add(line)
	}
	return logs, bytes
}

// stockRules name what the default policy of the redact processor looks for, as regular expressions: the great providers' keys
// stand for the more than two hundred that it knows, so the comparison favours the stock processor.
var stockRules = []string{
	`[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}`,                                                              // email
	`\b(?:\+?1[-. ]?)?\(?[2-9][0-9]{2}\)?[-. ][0-9]{3}[-. ][0-9]{4}\b`,                                            // phone
	`\b4[0-9]{12}(?:[0-9]{3})?\b`, `\b5[1-5][0-9]{14}\b`, `\b3[47][0-9]{13}\b`, `\b6(?:011|5[0-9]{2})[0-9]{12}\b`, // cards
	`\b[0-9]{4}[- ][0-9]{4}[- ][0-9]{4}[- ][0-9]{4}\b`,
	`\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b`,                // SSN
	`\b[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\b`,           // IBAN
	`\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]+`,                // JWT
	`(?i)\b(?:bearer|basic) [A-Za-z0-9._~+/=-]{8,}`, // credentials
	`-----BEGIN [A-Z ]*PRIVATE KEY-----`,
	`://[^/\s:@]+:[^/\s:@]+@`,
	`\b(?:AKIA|ASIA)[A-Z2-7]{16}\b`, `\bAIza[\w-]{35}\b`, `\bgh[pousr]_[A-Za-z0-9]{36}\b`, `\bgithub_pat_\w{82}\b`,
	`\bglpat-[\w-]{20}\b`, `\bxox[abprs]-[\w-]{10,}\b`, `\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}\b`, `\bSG\.[\w-]{22}\.[\w-]{43}\b`,
	`\bSK[0-9a-f]{32}\b`, `\bnpm_[A-Za-z0-9]{36}\b`, `\bdop_v1_[0-9a-f]{64}\b`, `\bhvs\.[\w-]{24,}\b`, `\bsk-[A-Za-z0-9_-]{20,}\b`,
	`(?i)\b(?:password|passwd|secret|api_?key|token)["']?\s*[:=]\s*["']?[^\s"',;&]{6,}`,
}

func BenchmarkStockRedaction(b *testing.B) {
	run(b, redactionprocessor.NewFactory(), map[string]any{
		"allow_all_keys":       true,
		"blocked_values":       anys(stockRules),
		"blocked_key_patterns": anys([]string{`(?i)password|secret|token|authorization|cookie|api_?key|ssn|card_?number|cvv|iban|e?mail|phone`}),
		"summary":              "silent",
	})
}

func BenchmarkRedact(b *testing.B) {
	run(b, redactprocessor.NewFactory(), map[string]any{"key": "9e3779b97f4a7c15f39cc0605cedc8341082276bf3a27251f86c6a11d0c18e95"})
}

func run(b *testing.B, factory processor.Factory, settings map[string]any) {
	config := factory.CreateDefaultConfig()
	require.NoError(b, confmap.NewFromStringMap(settings).Unmarshal(&config))
	built, err := factory.CreateLogs(context.Background(), processortest.NewNopSettings(factory.Type()), config, consumertest.NewNop())
	require.NoError(b, err)
	require.NoError(b, built.Start(context.Background(), componenttest.NewNopHost()))
	defer func() { require.NoError(b, built.Shutdown(context.Background())) }()
	original, bytes := batch(b)
	b.SetBytes(bytes)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		logs := plog.NewLogs()
		original.CopyTo(logs)
		b.StartTimer()
		if err := built.ConsumeLogs(context.Background(), logs); err != nil {
			b.Fatal(err)
		}
	}
}

func anys(texts []string) []any {
	list := make([]any, len(texts))
	for i, text := range texts {
		list[i] = text
	}
	return list
}
