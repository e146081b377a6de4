package services

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

const (
	// MinIOUser and MinIOPassword are the server's root credentials.
	MinIOUser     = "minioadmin"
	MinIOPassword = "minioadmin"
	// Region is what requests to MinIO are signed for.
	Region = "us-east-1"
	// azuriteAccount and azuriteKey are public: every Azurite has them
	// (https://learn.microsoft.com/azure/storage/common/storage-use-azurite#well-known-storage-account-and-key).
	azuriteAccount = "devstoreaccount1"
	azuriteKey     = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)

// Store is an empty bucket in a running store.
type Store struct {
	// Kind is minio, azurite or fake-gcs.
	Kind string
	// Bucket is the name of the bucket or container; Endpoint the address of the store.
	Bucket, Endpoint string
	// URL names the bucket with everything but credentials. A prefix goes before its question mark: see At.
	URL string
	// Env is what a process needs to be let in by its default chain, as KEY=VALUE.
	Env []string
	// Settings are the credentials as they stand in the archive extension's block, in the clear.
	Settings map[string]any
	// Config opens the bucket in this process.
	Config bucket.Config
	// Port is where the store listens, Folder where it keeps its files and log.
	Port   int
	Folder string
}

// At returns the configuration with a prefix inside the bucket.
func (s *Store) At(prefix string) bucket.Config {
	cfg := s.Config
	place, query := s.split()
	cfg.URL = place + "/" + prefix + query
	return cfg
}

func (s *Store) split() (place, query string) {
	for i, r := range s.URL {
		if r == '?' {
			return s.URL[:i], s.URL[i:]
		}
	}
	return s.URL, ""
}

// MinIO gives a new bucket in MinIO: a real S3 protocol with policies.
func MinIO(t testing.TB) *Store {
	t.Helper()
	p := start(t, "minio.sh")
	s := &Store{Kind: "minio", Bucket: bucketName(), Endpoint: p.endpoint(), Port: p.port, Folder: p.folder}
	s.URL = fmt.Sprintf("s3://%s?region=%s&endpoint=%s&use_path_style=true", s.Bucket, Region, s.Endpoint)
	s.Env = []string{"AWS_ACCESS_KEY_ID=" + MinIOUser, "AWS_SECRET_ACCESS_KEY=" + MinIOPassword}
	s.Settings = map[string]any{"s3": map[string]any{"access_key_id": MinIOUser, "secret_access_key": MinIOPassword}}
	s.Config = bucket.NewDefaultConfig()
	s.Config.URL = s.URL
	s.Config.S3 = bucket.S3Config{AccessKeyID: MinIOUser, SecretAccessKey: MinIOPassword}
	client := s3.New(s3.Options{
		BaseEndpoint: aws.String(s.Endpoint), Region: Region, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(MinIOUser, MinIOPassword, ""), HTTPClient: plainClient(t),
	})
	_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(s.Bucket)})
	require.NoError(t, err, "create bucket")
	return s
}

// Azurite gives a new container in Azurite.
func Azurite(t testing.TB) *Store {
	t.Helper()
	p := start(t, "azurite.sh")
	s := &Store{Kind: "azurite", Bucket: bucketName(), Endpoint: p.endpoint() + "/" + azuriteAccount, Port: p.port, Folder: p.folder}
	s.URL = fmt.Sprintf("azblob://%s?account=%s&endpoint=%s", s.Bucket, azuriteAccount, s.Endpoint)
	s.Settings = map[string]any{"azure": map[string]any{"account_key": azuriteKey}}
	s.Config = bucket.NewDefaultConfig()
	s.Config.URL = s.URL
	s.Config.Azure = bucket.AzureConfig{AccountKey: azuriteKey}
	key, err := azblob.NewSharedKeyCredential(azuriteAccount, azuriteKey)
	require.NoError(t, err)
	options := &azblob.ClientOptions{}
	options.Transport = plainClient(t)
	client, err := azblob.NewClientWithSharedKeyCredential(s.Endpoint, key, options)
	require.NoError(t, err)
	_, err = client.CreateContainer(t.Context(), s.Bucket, nil)
	require.NoError(t, err, "create container")
	return s
}

// FakeGCS gives a new bucket in fake-gcs-server, which knows neither credentials nor permissions.
func FakeGCS(t testing.TB) *Store {
	t.Helper()
	p := start(t, "fake-gcs.sh")
	s := &Store{Kind: "fake-gcs", Bucket: bucketName(), Endpoint: p.endpoint(), Port: p.port, Folder: p.folder}
	s.URL = fmt.Sprintf("gs://%s?endpoint=%s&anonymous=true", s.Bucket, s.Endpoint)
	s.Config = bucket.NewDefaultConfig()
	s.Config.URL = s.URL
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Endpoint+"/storage/v1/b?project=test", bytes.NewBufferString(fmt.Sprintf(`{"name":%q}`, s.Bucket)))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := plainClient(t).Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	require.Equal(t, http.StatusOK, response.StatusCode, "create bucket")
	return s
}

// plainClient leaves no connection behind when the test ends.
func plainClient(t testing.TB) *http.Client {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: time.Minute}
}
