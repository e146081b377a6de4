package opensearch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"time"

	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	signature "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// signer signs requests for AWS. It is our own because OpenSearch Serverless refuses a signed Content-Length, which the
// library's signer adds, and because credentials are fetched within the request's time.
type signer struct {
	credentials aws.CredentialsProvider
	region      string
	service     string
	now         func() time.Time
}

func newSigner(ctx context.Context, cfg *SigV4Config) (*signer, error) {
	options := []func(*config.LoadOptions) error{config.WithRegion(cfg.Region)}
	if cfg.AccessKeyID != "" {
		options = append(options, config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(
			string(cfg.AccessKeyID), string(cfg.SecretAccessKey), string(cfg.SessionToken))))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("load AWS settings for the hot store: %w", err)
	}
	if cfg.RoleARN != "" {
		loaded.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(loaded), cfg.RoleARN))
	}
	return &signer{credentials: loaded.Credentials, region: cfg.Region, service: cfg.Service, now: time.Now}, nil
}

// SignRequest adds the headers of Signature Version 4
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
func (s *signer) SignRequest(request *http.Request) error {
	var body []byte
	if request.Body != nil {
		var err error
		if body, err = io.ReadAll(request.Body); err != nil {
			return fmt.Errorf("sign a request to the hot store: %w", err)
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
	}
	hash := sha256.Sum256(body)
	digest := hex.EncodeToString(hash[:])
	request.Header.Set("X-Amz-Content-Sha256", digest)
	keys, err := s.credentials.Retrieve(request.Context())
	if err != nil {
		return fmt.Errorf("get AWS credentials for the hot store: %w", err)
	}
	// The signer signs Content-Length when it sees one.
	unsized := *request
	unsized.ContentLength = 0
	if err := signature.NewSigner().SignHTTP(request.Context(), keys, &unsized, digest, s.service, s.region, s.now()); err != nil {
		return fmt.Errorf("sign a request to the hot store: %w", err)
	}
	return nil
}
