package bucket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"cloud.google.com/go/storage"
	"gocloud.dev/blob"
	"gocloud.dev/blob/gcsblob"
	"golang.org/x/oauth2"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"
	htransport "google.golang.org/api/transport/http"
)

// gcsChunk is the buffer of a resumable upload, which Google's client keeps in memory.
const gcsChunk = 16 << 20

func (b *Bucket) openGCS(ctx context.Context) (*blob.Bucket, error) {
	transport := newTransport()
	b.store = store{
		classify: classifyGCS, advice: adviceGCS, partSize: gcsChunk, prepare: b.prepareGCS,
		startAfter: func(as func(any) bool, key string) error {
			var query *storage.Query
			if as(&query) {
				query.StartOffset = key
			}
			return nil
		},
		etag: func(o *blob.ListObject) string {
			var attributes storage.ObjectAttrs
			if !o.As(&attributes) {
				return ""
			}
			return attributes.Etag
		},
	}
	authenticated, options, err := b.gcsOptions(ctx, transport)
	if err != nil {
		return nil, err
	}
	client, err := storage.NewClient(ctx, append(options, option.WithHTTPClient(&http.Client{Transport: authenticated}), storage.WithJSONReads())...)
	if err != nil {
		return nil, err
	}
	client.SetRetry(storage.WithMaxAttempts(1)) // Bucket.attempt retries
	b.store.close = func() error {
		err := client.Close()
		transport.CloseIdleConnections()
		return err
	}
	return gcsblob.OpenBucket(ctx, nil, b.location.bucket, &gcsblob.Options{Client: client})
}

// gcsOptions puts the credentials over the transport and reads the endpoint.
func (b *Bucket) gcsOptions(ctx context.Context, transport *http.Transport) (http.RoundTripper, []option.ClientOption, error) {
	p := b.location.parameters
	var options []option.ClientOption
	if p["endpoint"] != "" {
		options = append(options, option.WithEndpoint(strings.TrimSuffix(p["endpoint"], "/")+"/storage/v1/"))
	}
	if p["universe_domain"] != "" {
		options = append(options, option.WithUniverseDomain(p["universe_domain"]))
	}
	if b.location.flag("anonymous") {
		return transport, options, nil
	}
	login := []option.ClientOption{option.WithScopes(storage.ScopeReadWrite)}
	switch {
	case b.cfg.GCS.CredentialsJSON != "":
		login = append(login, option.WithCredentialsJSON([]byte(b.cfg.GCS.CredentialsJSON)))
	case b.cfg.GCS.CredentialsFile != "":
		login = append(login, option.WithCredentialsFile(b.cfg.GCS.CredentialsFile))
	}
	if p["universe_domain"] != "" {
		login = append(login, option.WithUniverseDomain(p["universe_domain"]))
	}
	authenticated, err := htransport.NewTransport(ctx, transport, login...)
	if err != nil {
		return nil, nil, &Error{Operation: "open", Object: b.Identity(), Kind: ErrDenied, Detail: b.secrets.scrub(err.Error()),
			advice: "set gcs::credentials_file or gcs::credentials_json, GOOGLE_APPLICATION_CREDENTIALS, run with workload identity, or say anonymous=true in the url"}
	}
	return authenticated, options, nil
}

func (b *Bucket) prepareGCS(as func(any) bool, w write) error {
	var handle **storage.ObjectHandle
	if !as(&handle) {
		return fmt.Errorf("the GCS driver does not show its request: %w", ErrInvalidConfig)
	}
	if w.size > gcsChunk && w.ifAbsent {
		*handle = (*handle).Retryer(storage.WithMaxAttempts(partAttempts))
	}
	var writer *storage.Writer
	if !as(&writer) {
		return fmt.Errorf("the GCS driver does not show its writer: %w", ErrInvalidConfig)
	}
	writer.KMSKeyName = b.cfg.KMSKey + b.location.parameters["kms_key"]
	if class := b.cfg.StorageClass + b.location.parameters["storage_class"]; class != "" && !w.keepWarm {
		writer.StorageClass = strings.ToUpper(class)
	}
	if w.size < gcsChunk {
		writer.ChunkSize = 0 // one request, no buffer: the body can be read again by our own retry
	}
	return nil
}

// classifyGCS knows Google's errors (https://cloud.google.com/storage/docs/json_api/v1/status-codes). gocloud reports a
// 403 as not found, so it looks at the error behind.
func classifyGCS(err error) finding {
	var login *oauth2.RetrieveError
	if errors.As(err, &login) {
		return finding{ErrDenied, "no token can be had: " + login.ErrorCode + " " + login.ErrorDescription}
	}
	var api *googleapi.Error
	if errors.As(err, &api) {
		message := gcsMessage(api)
		detail := strings.TrimSpace(fmt.Sprintf("%s (HTTP %d)", message, api.Code))
		if api.Code == http.StatusNotFound && strings.Contains(strings.ToLower(message), "bucket does not exist") {
			return finding{ErrNoBucket, detail}
		}
		if api.Code == http.StatusForbidden && strings.Contains(api.Body, "ateLimitExceeded") {
			return finding{ErrThrottled, detail}
		}
		if api.Code == http.StatusNotModified {
			return finding{ErrExists, detail}
		}
		return finding{fromStatus(api.Code), detail}
	}
	switch {
	case errors.Is(err, storage.ErrBucketNotExist):
		return finding{ErrNoBucket, "Google knows no such bucket"}
	case errors.Is(err, storage.ErrObjectNotExist):
		return finding{ErrNotFound, "Google knows no such object"}
	case strings.Contains(err.Error(), "cannot fetch token"):
		return finding{ErrDenied, "no token can be had: " + lastClause(err.Error())}
	}
	return finding{}
}

// gcsMessage is the store's words, which Google's client leaves in the body when a download is refused.
func gcsMessage(api *googleapi.Error) string {
	var body struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	switch {
	case api.Message != "":
		return api.Message
	case json.Unmarshal([]byte(api.Body), &body) == nil:
		return body.Error.Message
	default:
		return api.Body[:min(len(api.Body), 200)]
	}
}

func adviceGCS(_ string, kind error, detail string) string {
	switch {
	case errors.Is(kind, ErrNoBucket):
		return "create the bucket, or correct its name in url"
	case errors.Is(kind, ErrDenied) && strings.Contains(detail, "token"):
		return "check the service account's key, or the workload identity binding of this pod"
	case errors.Is(kind, ErrDenied):
		return "grant this identity the writer, reader or operator role of examples/gcp/policies on the bucket; Google answers so for buckets of others, too"
	case errors.Is(kind, ErrInvalidConfig):
		return "correct the setting that the store names: kms_key, storage_class or endpoint"
	case errors.Is(kind, ErrUnreachable):
		return "check endpoint in the url, DNS, proxy, and that the network lets this machine out; the connection is tried again"
	case errors.Is(kind, ErrThrottled):
		return "the store limits requests: they are tried again more slowly"
	default:
		return ""
	}
}
