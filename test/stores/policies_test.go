package stores

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/archive/deadletter"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/dropped"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/test/services"
)

const (
	// What the example policies name, and what the tests put in its place.
	exampleBucket = "acme-traffic"
	prefix        = "rrpairs"
	dataKey       = "v1/date=2026-01-02/hour=03/data.parquet"
)

// withPolicy opens a prefix as somebody who has the rights of these policy files and no others.
func withPolicy(t *testing.T, store *services.Store, at string, files ...string) *bucket.Bucket {
	t.Helper()
	var rights struct {
		Version   string
		Statement []any
	}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join("..", "..", "examples", file))
		require.NoError(t, err)
		all := rights.Statement
		require.NoError(t, json.Unmarshal(text, &rights))
		rights.Statement = append(all, rights.Statement...)
	}
	text, err := json.Marshal(rights)
	require.NoError(t, err)
	policy := strings.ReplaceAll(string(text), exampleBucket, store.Bucket)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client := sts.New(sts.Options{
		BaseEndpoint: aws.String(store.Endpoint), Region: services.Region, HTTPClient: &http.Client{Transport: transport},
		Credentials: credentials.NewStaticCredentialsProvider(services.MinIOUser, services.MinIOPassword, ""),
	})
	role, err := client.AssumeRole(t.Context(), &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:xxx:xxx:xxx:xxxx"), RoleSessionName: aws.String("policy-test"), Policy: aws.String(policy),
	})
	require.NoError(t, err)
	cfg := store.At(at)
	cfg.S3 = bucket.S3Config{
		AccessKeyID:     configopaque.String(aws.ToString(role.Credentials.AccessKeyId)),
		SecretAccessKey: configopaque.String(aws.ToString(role.Credentials.SecretAccessKey)),
		SessionToken:    configopaque.String(aws.ToString(role.Credentials.SessionToken)),
	}
	return openBucket(t, cfg)
}

func openBucket(t *testing.T, cfg bucket.Config) *bucket.Bucket {
	t.Helper()
	b, err := bucket.Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}

func putIfAbsent(t *testing.T, b *bucket.Bucket, key string, size int) error {
	t.Helper()
	created, err := b.PutIfAbsent(t.Context(), key, bytes.NewReader(make([]byte, size)), int64(size), bucket.PutOptions{})
	if err == nil {
		require.True(t, created, key)
	}
	return err
}

func TestPolicies(t *testing.T) {
	for _, cloud := range []string{"minio", "aws"} {
		t.Run(cloud, func(t *testing.T) {
			store := services.MinIO(t)
			folder := filepath.Join(cloud, "policies")
			// In this order: the writer makes what the others meet.
			t.Run("writer", func(t *testing.T) { testWriter(t, store, filepath.Join(folder, "writer.json")) })
			t.Run("gap filler", func(t *testing.T) {
				testGapFiller(t, store, filepath.Join(folder, "writer.json"), filepath.Join(folder, "gap-filler.json"))
			})
			t.Run("reader", func(t *testing.T) { testReader(t, store, filepath.Join(folder, "reader.json")) })
			t.Run("operator", func(t *testing.T) { testOperator(t, store, filepath.Join(folder, "operator.json")) })
		})
	}
}

func testWriter(t *testing.T, store *services.Store, file string) {
	b := withPolicy(t, store, prefix, file)
	// All that the extension and the exporter do.
	created, err := archive.Create(t.Context(), b, archive.Layout{PartitionBy: []string{"cluster"}}, "test")
	require.NoError(t, err, "create the archive")
	require.Equal(t, []string{"cluster"}, created.Layout().PartitionBy)
	_, err = archive.Create(t.Context(), b, archive.Layout{PartitionBy: []string{"cluster"}}, "test")
	require.NoError(t, err, "open it again")
	require.NoError(t, putIfAbsent(t, b, dataKey, 100))
	require.NoError(t, putIfAbsent(t, b, dataKey+".big", 40<<20), "an upload in parts")
	again, err := b.PutIfAbsent(t.Context(), dataKey, strings.NewReader("x"), 1, bucket.PutOptions{})
	require.NoError(t, err)
	require.False(t, again)
	sink, err := deadletter.NewWriter(b, deadletter.Config{}, nil)
	require.NoError(t, err)
	require.NoError(t, sink.Write(t.Context(), deadletter.Record{Component: "exporter/archive", Reason: "test", Body: []byte("x")}))
	require.NoError(t, sink.Close(t.Context()))
	counts := dropped.NewRecorder("rrpair", nil)
	for range 2 {
		counts.Add("health checks", dropped.KindDrop, "cart", 1, 100)
		_, err = counts.Flush(t.Context(), b)
		require.NoError(t, err, "count what was dropped, and once more in the same hour")
	}
	gap := rehydrate.NewGap("hotstore", "sqlite:here", "the queue is full", time.Now())
	require.NoError(t, gap.Put(t.Context(), b))
	require.NoError(t, gap.Put(t.Context(), b), "it grows")
	// And nothing else.
	_, err = rehydrate.ReadGaps(t.Context(), b, "")
	requireDenied(t, err)
	requireDenied(t, gap.Remove(t.Context(), b))
	requireDenied(t, readDropped(t, b, 0))
	_, err = b.Get(t.Context(), dataKey)
	requireDenied(t, err)
	_, err = b.ReadRange(t.Context(), dataKey, 0, 10)
	requireDenied(t, err)
	_, err = b.Stat(t.Context(), dataKey)
	requireDenied(t, err)
	requireDenied(t, b.Delete(t.Context(), dataKey))
	requireDenied(t, listError(t, b))
	requireDenied(t, putIfAbsent(t, b, "snapshots/x", 1))
	requireDenied(t, putIfAbsent(t, b, "elsewhere", 1))
}

// testGapFiller is the collector whose hot index missed something.
func testGapFiller(t *testing.T, store *services.Store, files ...string) {
	b := withPolicy(t, store, prefix, files...)
	gaps, err := rehydrate.ReadGaps(t.Context(), b, "hotstore")
	require.NoError(t, err)
	require.Len(t, gaps, 1)
	require.NoError(t, listError(t, b))
	_, err = b.Get(t.Context(), dataKey)
	require.NoError(t, err, "read what was missed")
	_, err = b.Get(t.Context(), "gaps/hotstore/none.ledger.json")
	require.ErrorIs(t, err, bucket.ErrNotFound, "a gap without a ledger has none, and that is not denied")
	require.NoError(t, b.Put(t.Context(), "gaps/hotstore/some.ledger.json", []byte("{}"), bucket.PutOptions{}))
	require.NoError(t, b.Delete(t.Context(), "gaps/hotstore/some.ledger.json"))
	another := rehydrate.NewGap("hotstore", "sqlite:here", "the queue is full", time.Now())
	require.NoError(t, another.Put(t.Context(), b))
	require.NoError(t, another.Remove(t.Context(), b), "it is filled")
	// And nothing else.
	requireDenied(t, b.Delete(t.Context(), dataKey))
	requireDenied(t, readDropped(t, b, 0))
	_, err = b.Get(t.Context(), "deadletter/x")
	requireDenied(t, err)
	requireDenied(t, putIfAbsent(t, b, "snapshots/x", 1))
}

// readDropped reads the counts, which are those of so many records.
func readDropped(t *testing.T, b *bucket.Bucket, records int64) error {
	t.Helper()
	var sum int64
	err := dropped.Read(t.Context(), b, time.Time{}, time.Time{}, func(c dropped.Count) error {
		sum += c.Records
		return nil
	})
	require.Equal(t, records, sum)
	return err
}

func testReader(t *testing.T, store *services.Store, file string) {
	b := withPolicy(t, store, prefix, file)
	require.NoError(t, b.Check(t.Context()))
	_, err := archive.Open(t.Context(), b)
	require.NoError(t, err)
	require.NoError(t, listError(t, b))
	_, err = b.Get(t.Context(), dataKey)
	require.NoError(t, err)
	_, err = b.Get(t.Context(), "v1/date=2026-01-02/hour=03/gone.parquet")
	require.ErrorIs(t, err, bucket.ErrNotFound, "a file that compaction removed is gone, not denied")
	require.NoError(t, readDropped(t, b, 2), "byoc stats")
	gaps, err := rehydrate.ReadGaps(t.Context(), b, "")
	require.NoError(t, err, "byoc query --source auto")
	require.Len(t, gaps, 1)
	requireDenied(t, gaps[0].Remove(t.Context(), b))
	requireDenied(t, putIfAbsent(t, b, dataKey+"2", 1))
	requireDenied(t, b.Put(t.Context(), dataKey, []byte("x"), bucket.PutOptions{}))
	requireDenied(t, b.Delete(t.Context(), dataKey))
	_, err = b.Get(t.Context(), "deadletter/x")
	requireDenied(t, err)
}

func testOperator(t *testing.T, store *services.Store, file string) {
	b := withPolicy(t, store, prefix, file)
	require.NoError(t, listError(t, b))
	_, err := b.Get(t.Context(), dataKey)
	require.NoError(t, err)
	require.NoError(t, putIfAbsent(t, b, "snapshots/one/raw.jsonl", 10))
	require.NoError(t, b.Delete(t.Context(), dataKey))
	_, err = b.Stat(t.Context(), dataKey)
	require.ErrorIs(t, err, bucket.ErrNotFound)
	require.NoError(t, putIfAbsent(t, openBucket(t, store.At("another-team")), "secret", 1))
	elsewhere := withPolicy(t, store, "another-team", file)
	_, err = elsewhere.Get(t.Context(), "secret")
	requireDenied(t, err)
	requireDenied(t, elsewhere.Delete(t.Context(), "secret"))
}

func listError(t *testing.T, b *bucket.Bucket) error {
	t.Helper()
	found := 0
	for _, err := range b.List(t.Context(), "v1/") {
		if err != nil {
			return err
		}
		found++
	}
	require.Positive(t, found)
	return nil
}

func requireDenied(t *testing.T, err error) {
	t.Helper()
	require.ErrorIs(t, err, bucket.ErrDenied)
	require.False(t, bucket.Retryable(err))
	require.Contains(t, bucket.Advice(err), "policy")
}

// TestMinIOPoliciesAreTheAWSOnes keeps the two sets from drifting apart.
func TestMinIOPoliciesAreTheAWSOnes(t *testing.T) {
	for _, name := range []string{"writer.json", "gap-filler.json", "reader.json", "operator.json"} {
		var texts [2]string
		for i, cloud := range []string{"aws", "minio"} {
			text, err := os.ReadFile(filepath.Join("..", "..", "examples", cloud, "policies", name))
			require.NoError(t, err)
			texts[i] = string(text)
		}
		require.JSONEq(t, texts[0], texts[1])
	}
}
