package archive

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

var errRaw = errors.New("raw")

// judgedRecords are records of one service and hour, each with what Admit shall say of it: a key, or "raw".
func judgedRecords(t *testing.T, verdicts ...string) plog.Logs {
	t.Helper()
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	generator := demo.NewGenerator(demo.Options{Seed: 4, Services: []string{"checkout"}, Start: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)})
	var pair rrpair.Pair
	for _, verdict := range verdicts {
		require.NoError(t, pair.ParseJSON(generator.Next(nil)))
		record := records.AppendEmpty()
		require.NoError(t, pair.ToLogRecord(record))
		record.Attributes().PutStr("verdict", verdict)
	}
	return logs
}

func judge(record plog.LogRecord) (Redaction, error) {
	verdict, _ := record.Attributes().Get("verdict")
	if verdict.Str() == "raw" {
		return Redaction{}, errRaw
	}
	return Redaction{Policy: "my policy", Version: "1a2b", KeyID: verdict.Str()}, nil
}

func TestBlocksNameTheirRedaction(t *testing.T) {
	converter := NewConverter(Layout{}, ConverterOptions{Admit: judge})
	blocks, stats, rejected, err := converter.Convert(t.Context(), judgedRecords(t, "k1", "raw", "k2", "k1"))
	require.NoError(t, err)
	require.Equal(t, 3, stats.RRPairs)
	require.Len(t, rejected, 1)
	require.True(t, rejected[0].Refused)
	require.ErrorIs(t, rejected[0].Reason, errRaw)
	require.NotEmpty(t, rejected[0].Body, "what is refused beside others goes to the dead letter")
	rows := map[string]int{}
	for _, block := range blocks {
		info, err := BlockHeader(block.Data)
		require.NoError(t, err)
		rows[info.Redaction] += info.Rows
		require.Equal(t, "checkout", info.Service)
	}
	require.Equal(t, map[string]int{"my_policy@1a2b/k1": 2, "my_policy@1a2b/k2": 1}, rows, "records of two keys never share a block")
	require.Equal(t, "k1", KeyOf("my_policy@1a2b/k1"))

	_, _, rejected, err = converter.Convert(t.Context(), judgedRecords(t, "raw", "raw"))
	require.NoError(t, err)
	require.Len(t, rejected, 2)
	require.Empty(t, rejected[0].Body, "of a request that is refused as a whole nothing is kept")
}

func TestAFileListsWhatRedactedAllOfIt(t *testing.T) {
	converted := func(options ConverterOptions, verdicts ...string) []queue.Block {
		blocks, _, _, err := NewConverter(Layout{}, options).Convert(t.Context(), judgedRecords(t, verdicts...))
		require.NoError(t, err)
		return blocks
	}
	policies := func(blocks []queue.Block) []string {
		var data bytes.Buffer
		info, err := WriteFile(t.Context(), &data, blocks, WriteOptions{})
		require.NoError(t, err)
		file, err := OpenFile(t.Context(), bytesReader(data.Bytes()), info.Name, info.Bytes, FileOptions{})
		require.NoError(t, err)
		return file.Meta().Policies
	}
	redacted := converted(ConverterOptions{Admit: judge}, "k2", "k1")
	raw := converted(ConverterOptions{}, "raw")
	require.Equal(t, []string{"my_policy@1a2b/k1", "my_policy@1a2b/k2"}, policies(redacted))
	require.Empty(t, policies(raw))
	require.Empty(t, policies(append(raw, redacted...)), "one unredacted block makes the file unredacted")
}

// Queues of earlier versions hold blocks of version 1.
func TestBlocksOfTheFirstVersionAreRead(t *testing.T) {
	blocks, _, _, err := NewConverter(Layout{}, ConverterOptions{}).Convert(t.Context(), judgedRecords(t, "k1"))
	require.NoError(t, err)
	require.Equal(t, "RRB\x01", string(blocks[0].Data[:4]))
	info, err := BlockHeader(blocks[0].Data)
	require.NoError(t, err)
	require.Empty(t, info.Redaction)
	blocks[0].Data[3] = 3
	sealBlock(blocks[0].Data)
	_, err = BlockHeader(blocks[0].Data)
	require.ErrorIs(t, err, ErrBadBlock)
}
