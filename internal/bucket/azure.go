package bucket

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	azblobblob "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"gocloud.dev/blob"
	"gocloud.dev/blob/azureblob"
)

const (
	// azureBlock is the size of a staged block; Azure's client keeps uploadConcurrency of them in memory.
	azureBlock  = 8 << 20
	azureDomain = "blob.core.windows.net"
)

func (b *Bucket) openAzure(ctx context.Context) (*blob.Bucket, error) {
	transport := newTransport()
	b.store = store{
		classify: classifyAzure, advice: adviceAzure, partSize: azureBlock, prepare: b.prepareAzure,
		etag: func(o *blob.ListObject) string {
			var item container.BlobItem
			if !o.As(&item) || item.Properties == nil || item.Properties.ETag == nil {
				return ""
			}
			return string(*item.Properties.ETag)
		},
		close: func() error { transport.CloseIdleConnections(); return nil },
	}
	client, err := b.azureClient(&http.Client{Transport: transport})
	if err != nil {
		return nil, &Error{Operation: "open", Object: b.Identity(), Kind: ErrInvalidConfig, Detail: b.secrets.scrub(err.Error())}
	}
	return azureblob.OpenBucket(ctx, client, nil)
}

func (b *Bucket) azureClient(client *http.Client) (*container.Client, error) {
	common := policy.ClientOptions{Transport: client, Retry: policy.RetryOptions{MaxRetries: -1}} // Bucket.attempt retries
	options := &container.ClientOptions{ClientOptions: common}
	own, name := b.cfg.Azure, b.location.bucket
	containerURL := b.azureEndpoint() + "/" + name
	switch {
	case own.ConnectionString != "":
		return container.NewClientFromConnectionString(string(own.ConnectionString), name, options)
	case own.AccountKey != "":
		key, err := azblob.NewSharedKeyCredential(b.location.parameters["account"], string(own.AccountKey))
		if err != nil {
			return nil, fmt.Errorf("azure::account_key is no base64 text: %w", err)
		}
		return container.NewClientWithSharedKeyCredential(containerURL, key, options)
	case own.SASToken != "":
		return container.NewClientWithNoCredential(containerURL+"?"+strings.TrimPrefix(string(own.SASToken), "?"), options)
	case b.location.flag("anonymous"):
		return container.NewClientWithNoCredential(containerURL, options)
	default:
		// The login keeps its own retries: managed identity answers slowly while a pod starts.
		chain, err := azidentity.NewDefaultAzureCredential(&azidentity.DefaultAzureCredentialOptions{ClientOptions: policy.ClientOptions{Transport: client}})
		if err != nil {
			return nil, err
		}
		return container.NewClient(containerURL, chain, options)
	}
}

// azureEndpoint is the service's address, without a trailing slash.
func (b *Bucket) azureEndpoint() string {
	p := b.location.parameters
	if p["endpoint"] != "" {
		return strings.TrimSuffix(p["endpoint"], "/")
	}
	domain := p["domain"]
	if domain == "" {
		domain = azureDomain
	}
	return "https://" + p["account"] + "." + domain
}

func (b *Bucket) prepareAzure(as func(any) bool, w write) error {
	var options *azblob.UploadStreamOptions
	if !as(&options) {
		return fmt.Errorf("the Azure driver does not show its request: %w", ErrInvalidConfig)
	}
	if b.cfg.KMSKey != "" {
		options.CPKScopeInfo = &azblobblob.CPKScopeInfo{EncryptionScope: &b.cfg.KMSKey}
	}
	if class := b.cfg.StorageClass + b.location.parameters["storage_class"]; class != "" && !w.keepWarm {
		for _, known := range azblobblob.PossibleAccessTierValues() {
			if strings.EqualFold(string(known), class) {
				options.AccessTier = &known
			}
		}
		if options.AccessTier == nil {
			return &Error{Operation: "put", Object: b.Identity(), Kind: ErrInvalidConfig,
				Detail: fmt.Sprintf("storage_class %q is no access tier of Azure", class), advice: "use Hot, Cool or Cold"}
		}
	}
	if len(b.cfg.Tags) > 0 {
		options.Tags = b.cfg.Tags
	}
	return nil
}

// classifyAzure knows the service's codes (https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes).
func classifyAzure(err error) finding {
	var login *azidentity.AuthenticationFailedError
	if errors.As(err, &login) || strings.Contains(err.Error(), "failed to acquire a token") {
		return finding{ErrDenied, "no token can be had from Azure's default credential chain"}
	}
	var response *azcore.ResponseError
	if !errors.As(err, &response) {
		return finding{}
	}
	detail := fmt.Sprintf("%s (HTTP %d)", response.ErrorCode, response.StatusCode)
	switch bloberror.Code(response.ErrorCode) {
	case bloberror.ContainerNotFound, bloberror.ContainerBeingDeleted, bloberror.ContainerDisabled:
		return finding{ErrNoBucket, detail}
	case bloberror.BlobAlreadyExists, bloberror.ConditionNotMet, bloberror.TargetConditionNotMet:
		return finding{ErrExists, detail}
	case bloberror.InvalidBlockList, bloberror.InvalidBlobOrBlock, bloberror.MD5Mismatch:
		return finding{ErrUnavailable, detail} // a concurrent writer's commit threw our blocks away: begin again
	case bloberror.BlobArchived, bloberror.BlobBeingRehydrated:
		return finding{ErrArchived, detail}
	case "PublicAccessNotPermitted", "NoAuthenticationInformation":
		return finding{ErrDenied, detail}
	}
	return finding{fromStatus(response.StatusCode), detail}
}

func adviceAzure(_ string, kind error, detail string) string {
	switch {
	case errors.Is(kind, ErrNoBucket):
		return "create the container, or correct its name in url"
	case errors.Is(kind, ErrDenied) && strings.Contains(detail, "token"):
		return "give the pod or machine a managed or workload identity, log in with az, or set azure::connection_string, azure::account_key or azure::sas_token"
	case errors.Is(kind, ErrDenied) && strings.Contains(detail, "AuthenticationFailed"):
		return "the account key or signature is wrong or has expired, or this machine's clock is wrong"
	case errors.Is(kind, ErrDenied):
		return "assign the writer, reader or operator role of examples/azure/policies to this identity on the container; the account's firewall answers so, too"
	case errors.Is(kind, ErrInvalidConfig):
		return "correct the setting that the store names: kms_key (an encryption scope), storage_class or endpoint"
	case errors.Is(kind, ErrUnreachable):
		return "check account and endpoint in the url (a host that does not resolve is often a misspelled account), DNS, proxy, and that the network lets this machine out; the connection is tried again"
	case errors.Is(kind, ErrArchived):
		return "rehydrate the blob from the Archive tier first"
	case errors.Is(kind, ErrThrottled):
		return "the store limits requests: they are tried again more slowly"
	default:
		return ""
	}
}
