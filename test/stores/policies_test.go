package stores

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/archive/deadletter"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/test/services"
)

const (
	// What the example policies name, and what the tests put in its place.
	exampleBucket = "acme-traffic"
	prefix        = "rrpairs"
	dataKey       = "v1/date=2026-01-02/hour=03/data.parquet"
)

// withPolicy opens a prefix as somebody who has the rights of one policy file and no others.
func withPolicy(t *testing.T, store *services.Store, file, at string) *bucket.Bucket {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "examples", file))
	require.NoError(t, err)
	var compact bytes.Buffer
	require.NoError(t, json.Compact(&compact, text))
	policy := strings.ReplaceAll(compact.String(), exampleBucket, store.Bucket)
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
			t.Run("reader", func(t *testing.T) { testReader(t, store, filepath.Join(folder, "reader.json")) })
			t.Run("operator", func(t *testing.T) { testOperator(t, store, filepath.Join(folder, "operator.json")) })
		})
	}
}

func testWriter(t *testing.T, store *services.Store, file string) {
	b := withPolicy(t, store, file, prefix)
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
	// And nothing else.
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

func testReader(t *testing.T, store *services.Store, file string) {
	b := withPolicy(t, store, file, prefix)
	require.NoError(t, b.Check(t.Context()))
	_, err := archive.Open(t.Context(), b)
	require.NoError(t, err)
	require.NoError(t, listError(t, b))
	_, err = b.Get(t.Context(), dataKey)
	require.NoError(t, err)
	_, err = b.Get(t.Context(), "v1/date=2026-01-02/hour=03/gone.parquet")
	require.ErrorIs(t, err, bucket.ErrNotFound, "a file that compaction removed is gone, not denied")
	requireDenied(t, putIfAbsent(t, b, dataKey+"2", 1))
	requireDenied(t, b.Put(t.Context(), dataKey, []byte("x"), bucket.PutOptions{}))
	requireDenied(t, b.Delete(t.Context(), dataKey))
	_, err = b.Get(t.Context(), "deadletter/x")
	requireDenied(t, err)
}

func testOperator(t *testing.T, store *services.Store, file string) {
	b := withPolicy(t, store, file, prefix)
	require.NoError(t, listError(t, b))
	_, err := b.Get(t.Context(), dataKey)
	require.NoError(t, err)
	require.NoError(t, putIfAbsent(t, b, "snapshots/one/raw.jsonl", 10))
	require.NoError(t, b.Delete(t.Context(), dataKey))
	_, err = b.Stat(t.Context(), dataKey)
	require.ErrorIs(t, err, bucket.ErrNotFound)
	require.NoError(t, putIfAbsent(t, openBucket(t, store.At("another-team")), "secret", 1))
	elsewhere := withPolicy(t, store, file, "another-team")
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
	for _, name := range []string{"writer.json", "reader.json", "operator.json"} {
		var texts [2]string
		for i, cloud := range []string{"aws", "minio"} {
			text, err := os.ReadFile(filepath.Join("..", "..", "examples", cloud, "policies", name))
			require.NoError(t, err)
			texts[i] = string(text)
		}
		require.JSONEq(t, texts[0], texts[1])
	}
}
