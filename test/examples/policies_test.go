package examples

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/drivers"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/test/collector"
	"github.com/byoc-otel/otelcol-byoc/test/services"
)

// allowed are credentials with the rights of these policies of the MinIO example and no others, as they stand in the
// archive's block.
func allowed(t *testing.T, store *services.Store, policies ...string) map[string]any {
	t.Helper()
	var statements []any
	for _, name := range policies {
		text, err := os.ReadFile(filepath.Join("../../examples/minio/policies", name))
		require.NoError(t, err)
		var policy struct{ Statement []any }
		require.NoError(t, json.Unmarshal([]byte(strings.ReplaceAll(string(text), "acme-traffic", store.Bucket)), &policy))
		statements = append(statements, policy.Statement...)
	}
	policy, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	require.NoError(t, err)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client := sts.New(sts.Options{
		BaseEndpoint: aws.String(store.Endpoint), Region: services.Region, HTTPClient: &http.Client{Transport: transport},
		Credentials: credentials.NewStaticCredentialsProvider(services.MinIOUser, services.MinIOPassword, ""),
	})
	role, err := client.AssumeRole(t.Context(), &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:xxx:xxx:xxx:xxxx"), RoleSessionName: aws.String("example"), Policy: aws.String(string(policy)),
	})
	require.NoError(t, err)
	return map[string]any{"url": store.At("rrpairs").URL, "s3": map[string]any{
		"access_key_id": *role.Credentials.AccessKeyId, "secret_access_key": *role.Credentials.SecretAccessKey,
		"session_token": *role.Credentials.SessionToken,
	}}
}

// TestMinIOUnderItsPolicies: the collector with a writer's and a gap filler's rights counts what it drops and fills a gap of
// its hot index; people with a reader's rights get every answer, and a collector with a writer's rights alone still archives.
func TestMinIOUnderItsPolicies(t *testing.T) {
	store := services.MinIO(t)
	environment := []string{"BYOC_REDACTION_KEY=" + redactionKey}
	hot := embedded(t)
	life := func(pairs int, until func(running *collector.Process), policies ...string) (*collector.Process, []string) {
		config, overlay, at := overlaid(t, "minio", allowed(t, store, policies...), hot)
		running := collector.Start(t, collector.Binary(t), []string{"--config", config, "--config", overlay}, environment, at.grpc, at.health)
		if pairs > 0 {
			collector.Send(t, at.grpc, recentPairs(t, 3, pairs))
			sendProbes(t, at.web)
		}
		requireHealthy(t, running, at)
		until(running)
		running.Stop()
		return running, []string{"--config", config, "--config", overlay, "--config", asReader(t, store)}
	}
	atOnce := func(*collector.Process) {}
	running, configs := life(pairs, atOnce, "writer.json", "gap-filler.json")
	requireArchived(t, environment, running, configs...)
	requireIndexed(t, environment, running, configs...)

	// The index is lost, and a gap says so.
	path := hot["sqlite"].(map[string]any)["path"].(string)
	indexed := documentsIn(t, path)
	require.NotZero(t, indexed)
	require.NoError(t, os.RemoveAll(path))
	b, err := bucket.Open(t.Context(), store.At("rrpairs"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	settings := drivers.NewDefaultSettings()
	settings.SQLite.GetOrInsertDefault().Path = path
	gap := rehydrate.NewGap("hotstore", settings.Identity(), "lost", time.Now().Add(-time.Hour))
	gap.Miss(time.Now().Add(-time.Hour), foldersOf(t, b), pairs, time.Now().Add(-time.Hour), time.Now())
	gap.Open = false
	require.NoError(t, gap.Put(t.Context(), b))

	running, _ = life(0, func(running *collector.Process) {
		require.Eventually(t, func() bool { return running.Logged("list gaps", "access denied") }, 20*time.Second, 100*time.Millisecond,
			"a writer that cannot read says so: %s", running.Log())
	}, "writer.json")
	require.Len(t, gapsOf(t, b), 1, running.Log())
	running, configs = life(0, func(running *collector.Process) {
		require.Eventually(t, func() bool { return documentsIn(t, path) == indexed }, 90*time.Second, 200*time.Millisecond, "the gap is not filled: %s", running.Log())
	}, "writer.json", "gap-filler.json")
	requireIndexed(t, environment, running, configs...)
	// A gap that was taken over stays for five minutes: the archive might still get some of its pairs. The tool, with the same
	// rights, sees that all are there.
	require.Len(t, gapsOf(t, b), 1)
	command := exec.CommandContext(t.Context(), collector.Tool(t), append(configs[:len(configs)-2:len(configs)-2], "hotstore", "backfill", "--no-progress")...)
	command.Env = append(os.Environ(), environment...)
	printed, err := command.CombinedOutput()
	require.NoError(t, err, string(printed))
	require.Empty(t, gapsOf(t, b))
}

// documentsIn counts what the SQLite store holds; 0 where there is none.
func documentsIn(t *testing.T, path string) int64 {
	t.Helper()
	settings := drivers.NewDefaultSettings()
	settings.SQLite.GetOrInsertDefault().Path = path
	store, err := settings.Open(t.Context())
	require.NoError(t, err)
	defer store.Close()
	status, err := store.(hotstore.Manager).Status(t.Context())
	if err != nil {
		return 0 // a day that is being made
	}
	return status.Documents
}

// asReader is an overlay for the tool with a reader's rights.
func asReader(t *testing.T, store *services.Store) string {
	t.Helper()
	text, err := yaml.Marshal(map[string]any{"extensions": map[string]any{"archive": allowed(t, store, "reader.json")}})
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "reader.yaml")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	return file
}

func foldersOf(t *testing.T, b *bucket.Bucket) (folders []string) {
	t.Helper()
	seen := map[string]bool{}
	for object, err := range b.List(t.Context(), archive.RootV1) {
		require.NoError(t, err)
		if folder := object.Key[:strings.LastIndex(object.Key, "/")]; !seen[folder] {
			seen[folder] = true
			folders = append(folders, folder)
		}
	}
	require.NotEmpty(t, folders)
	return folders
}

func gapsOf(t *testing.T, b *bucket.Bucket) []*rehydrate.Gap {
	t.Helper()
	gaps, err := rehydrate.ReadGaps(t.Context(), b, "")
	require.NoError(t, err)
	return gaps
}
