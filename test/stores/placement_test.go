package stores

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/test/services"
)

// place stores a small, a large and a warm object, with a storage class and tags.
func place(t *testing.T, cfg bucket.Config, class string) {
	t.Helper()
	cfg.StorageClass = class
	cfg.Tags = map[string]string{"team": "shop", "purpose": "replay of traffic"}
	b := openBucket(t, cfg)
	require.NoError(t, putIfAbsent(t, b, "small", 10))
	require.NoError(t, putIfAbsent(t, b, "large", 40<<20))
	require.NoError(t, b.Put(t.Context(), "warm", []byte("x"), bucket.PutOptions{KeepWarm: true}))
}

func client(t *testing.T) *http.Client {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestPlacementOnMinIO(t *testing.T) {
	store := services.MinIO(t)
	place(t, store.Config, "reduced_redundancy")
	raw := s3.New(s3.Options{
		BaseEndpoint: aws.String(store.Endpoint), Region: services.Region, UsePathStyle: true, HTTPClient: client(t),
		Credentials: credentials.NewStaticCredentialsProvider(services.MinIOUser, services.MinIOPassword, ""),
	})
	for key, class := range map[string]string{"small": "REDUCED_REDUNDANCY", "large": "REDUCED_REDUNDANCY", "warm": ""} {
		head, err := raw.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String(store.Bucket), Key: aws.String(key)})
		require.NoError(t, err)
		require.Equal(t, class, string(head.StorageClass), key)
		tagging, err := raw.GetObjectTagging(t.Context(), &s3.GetObjectTaggingInput{Bucket: aws.String(store.Bucket), Key: aws.String(key)})
		require.NoError(t, err)
		tags := map[string]string{}
		for _, tag := range tagging.TagSet {
			tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
		require.Equal(t, map[string]string{"team": "shop", "purpose": "replay of traffic"}, tags, key)
	}
}

func TestPlacementOnAzurite(t *testing.T) {
	store := services.Azurite(t)
	place(t, store.Config, "cool")
	key, err := azblob.NewSharedKeyCredential("devstoreaccount1", string(store.Config.Azure.AccountKey))
	require.NoError(t, err)
	options := &azblob.ClientOptions{}
	options.Transport = client(t)
	raw, err := azblob.NewClientWithSharedKeyCredential(store.Endpoint, key, options)
	require.NoError(t, err)
	for name, tier := range map[string]string{"small": "Cool", "large": "Cool", "warm": "Hot"} {
		blob := raw.ServiceClient().NewContainerClient(store.Bucket).NewBlobClient(name)
		properties, err := blob.GetProperties(t.Context(), nil)
		require.NoError(t, err)
		require.Equal(t, tier, *properties.AccessTier, name)
		tags, err := blob.GetTags(t.Context(), nil)
		require.NoError(t, err)
		require.Len(t, tags.BlobTagSet, 2, name)
	}
}

func TestPlacementOnFakeGCS(t *testing.T) {
	store := services.FakeGCS(t)
	place(t, store.Config, "nearline")
	for _, key := range []string{"small", "large", "warm"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, store.Endpoint+"/storage/v1/b/"+store.Bucket+"/o/"+key, nil)
		require.NoError(t, err)
		response, err := client(t).Do(request)
		require.NoError(t, err)
		var object struct {
			Metadata map[string]string `json:"metadata"`
		}
		require.NoError(t, json.NewDecoder(response.Body).Decode(&object))
		require.NoError(t, response.Body.Close())
		require.Equal(t, map[string]string{"team": "shop", "purpose": "replay of traffic"}, object.Metadata, key)
	}
}
