package bucket

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"
	"gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"
)

const (
	// s3Part is the size of the parts of a large upload: 16 MiB make 6 parts of an 80 MB file.
	s3Part = 16 << 20
	// partAttempts is how often one part is tried inside an upload, so that a hiccup does not repeat the whole of it.
	partAttempts = 3
	// endpointRegion signs requests to a store that has its own endpoint and no regions; MinIO's default.
	endpointRegion = "us-east-1"
)

func (b *Bucket) openS3(ctx context.Context) (*blob.Bucket, error) {
	settings, err := b.awsConfig(ctx)
	if err != nil {
		return nil, &Error{Operation: "open", Object: b.Identity(), Kind: ErrInvalidConfig, Detail: b.secrets.scrub(err.Error())}
	}
	// The SDK's own client knows AWS_CA_BUNDLE by now. Credentials are fetched with it; objects travel over a copy of its
	// transport, so that Close can free the connections.
	transport := newTransport()
	if built, ok := settings.HTTPClient.(*awshttp.BuildableClient); ok {
		transport = built.GetTransport()
		configureTransport(transport)
	}
	client := s3.NewFromConfig(settings, func(o *s3.Options) {
		o.HTTPClient = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		o.Retryer = aws.NopRetryer{} // Bucket.attempt retries
		o.Logger = logging.Nop{}
		o.DisableLogOutputChecksumValidationSkipped = true
		o.UsePathStyle = b.pathStyle()
		o.UseAccelerate = b.location.flag("accelerate")
		o.EndpointOptions.DisableHTTPS = b.location.flag("disable_https")
		if endpoint := b.location.parameters["endpoint"]; endpoint != "" {
			o.BaseEndpoint = aws.String(endpoint)
		}
	})
	b.store = store{
		classify: classifyS3, advice: adviceS3, partSize: s3Part, minPart: int(manager.MinUploadPartSize), prepare: b.prepareS3,
		startAfter: func(as func(any) bool, key string) error {
			var input *s3.ListObjectsV2Input
			if as(&input) && input.ContinuationToken == nil {
				input.StartAfter = aws.String(key)
			}
			return nil
		},
		etag: func(o *blob.ListObject) string {
			var object types.Object
			if !o.As(&object) {
				return ""
			}
			return aws.ToString(object.ETag)
		},
		// gocloud looks at an object before it deletes it, for which an operator would need the right to read bodies.
		remove: func(ctx context.Context, key string) error {
			_, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String(b.location.bucket), Key: aws.String(key)})
			return err
		},
		close: func() error { transport.CloseIdleConnections(); return nil },
	}
	return s3blob.OpenBucket(ctx, client, b.location.bucket, &s3blob.Options{RequestChecksumCalculation: settings.RequestChecksumCalculation})
}

// awsConfig reads the default chain and lays the configuration over it.
func (b *Bucket) awsConfig(ctx context.Context) (aws.Config, error) {
	p := b.location.parameters
	options := []func(*config.LoadOptions) error{config.WithHTTPClient(awshttp.NewBuildableClient())}
	if p["region"] != "" {
		options = append(options, config.WithRegion(p["region"]))
	}
	if p["profile"] != "" {
		options = append(options, config.WithSharedConfigProfile(p["profile"]))
	}
	if b.location.flag("dualstack") {
		options = append(options, config.WithUseDualStackEndpoint(aws.DualStackEndpointStateEnabled))
	}
	if b.location.flag("fips") {
		options = append(options, config.WithUseFIPSEndpoint(aws.FIPSEndpointStateEnabled))
	}
	switch strings.ToLower(p["request_checksum_calculation"]) {
	case "when_required":
		options = append(options, config.WithRequestChecksumCalculation(aws.RequestChecksumCalculationWhenRequired))
	case "when_supported":
		options = append(options, config.WithRequestChecksumCalculation(aws.RequestChecksumCalculationWhenSupported))
	}
	if b.location.flag("anonymous") {
		options = append(options, config.WithCredentialsProvider(aws.AnonymousCredentials{}))
	} else if own := b.cfg.S3; own.AccessKeyID != "" {
		options = append(options, config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(
			string(own.AccessKeyID), string(own.SecretAccessKey), string(own.SessionToken))))
	}
	settings, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return settings, err
	}
	if settings.Region == "" {
		if p["endpoint"] == "" {
			return settings, fmt.Errorf("no region is known: add ?region=<region> to the url, or set AWS_REGION")
		}
		settings.Region = endpointRegion
	}
	if role := p["role"]; role != "" {
		provider := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(settings), role, func(o *stscreds.AssumeRoleOptions) {
			o.RoleSessionName = "otelcol-byoc"
			if b.cfg.S3.ExternalID != "" {
				o.ExternalID = aws.String(string(b.cfg.S3.ExternalID))
			}
		})
		settings.Credentials = aws.NewCredentialsCache(provider)
	}
	return settings, nil
}

// pathStyle: a store with its own endpoint seldom has a host name per bucket, so the path is the default there.
func (b *Bucket) pathStyle() bool {
	if b.location.flag("hostname_immutable") {
		return true
	}
	if _, set := b.location.parameters["use_path_style"]; set {
		return b.location.flag("use_path_style")
	}
	return b.location.parameters["endpoint"] != ""
}

func (b *Bucket) prepareS3(as func(any) bool, w write) error {
	var input *s3.PutObjectInput
	var uploader *manager.Uploader
	if !as(&input) || !as(&uploader) {
		return fmt.Errorf("the S3 driver does not show its request: %w", ErrInvalidConfig)
	}
	uploader.ClientOptions = append(uploader.ClientOptions, func(o *s3.Options) {
		if w.size > uploader.PartSize {
			o.Retryer = retry.NewStandard(func(s *retry.StandardOptions) { s.MaxAttempts = partAttempts })
		}
	})
	p := b.location.parameters
	key := b.cfg.KMSKey + p["kmskeyid"]
	if kind := p["ssetype"]; kind != "" {
		for _, known := range types.ServerSideEncryption("").Values() {
			if strings.EqualFold(string(known), kind) {
				input.ServerSideEncryption = known
			}
		}
	} else if key != "" {
		input.ServerSideEncryption = types.ServerSideEncryptionAwsKms
	}
	if key != "" {
		input.SSEKMSKeyId = aws.String(key)
	}
	if class := b.cfg.StorageClass + p["storage_class"]; class != "" && !w.keepWarm {
		input.StorageClass = types.StorageClass(strings.ToUpper(class))
	}
	if len(b.cfg.Tags) > 0 {
		values := make(url.Values, len(b.cfg.Tags))
		for name, value := range b.cfg.Tags {
			values.Set(name, value)
		}
		input.Tagging = aws.String(values.Encode())
	}
	return nil
}
