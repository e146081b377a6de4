package bucket

import (
	"errors"
	"fmt"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// classifyS3 knows the error codes of S3 and of MinIO (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
func classifyS3(err error) finding {
	status := 0
	var response *awshttp.ResponseError
	if errors.As(err, &response) {
		status = response.HTTPStatusCode()
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		if text := err.Error(); strings.Contains(text, "get credentials") || strings.Contains(text, "no EC2 IMDS role found") {
			// Off EC2 its metadata service never answers: that is the end of the chain, not a network failure.
			if below := classifyCommon(err); errors.Is(below.kind, ErrUnreachable) && !strings.Contains(text, "ec2imds") {
				return finding{ErrUnreachable, "the login service does not answer: " + lastClause(text)}
			}
			return finding{ErrDenied, "no credentials can be had: " + lastClause(text)}
		}
		if status != 0 {
			return finding{fromStatus(status), fmt.Sprintf("HTTP %d", status)}
		}
		return finding{}
	}
	detail := api.ErrorCode()
	if api.ErrorMessage() != "" && api.ErrorMessage() != api.ErrorCode() {
		detail += ": " + api.ErrorMessage()
	}
	if status != 0 {
		detail += fmt.Sprintf(" (HTTP %d)", status)
	}
	if kind, known := s3Kind(api.ErrorCode()); known {
		return finding{kind, detail}
	}
	return finding{fromStatus(status), detail}
}

func s3Kind(code string) (error, bool) {
	switch code {
	case "NoSuchBucket":
		return ErrNoBucket, true
	case "NoSuchKey":
		return ErrNotFound, true
	case "PreconditionFailed":
		return ErrExists, true
	case "ConditionalRequestConflict", "OperationAborted", "NoSuchUpload", "InternalError", "RequestTimeout",
		"BadDigest", "IncompleteBody", "XAmzContentSHA256Mismatch", "InvalidPart":
		return ErrUnavailable, true
	case "SlowDown", "SlowDownRead", "SlowDownWrite", "ServiceUnavailable", "Throttling", "ThrottlingException",
		"TooManyRequests", "RequestLimitExceeded", "BandwidthLimitExceeded":
		return ErrThrottled, true
	case "AccessDenied", "AllAccessDisabled", "AccountProblem", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken",
		"InvalidToken", "InvalidTokenId", "InvalidClientTokenId", "TokenRefreshRequired", "RequestTimeTooSkewed", "NotSignedUp":
		return ErrDenied, true
	case "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "MovedPermanently":
		return ErrInvalidConfig, true
	case "InvalidRange":
		return ErrShort, true
	case "InvalidObjectState":
		return ErrArchived, true
	}
	return nil, false
}

func adviceS3(_ string, kind error, detail string) string {
	switch {
	case errors.Is(kind, ErrNoBucket):
		return "create the bucket, or correct its name in url; buckets are found in the region or endpoint of the url only"
	case errors.Is(kind, ErrDenied) && strings.Contains(detail, "no credentials"):
		return "set s3::access_key_id and s3::secret_access_key, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, ?profile= in the url, or give the pod or instance a role"
	case errors.Is(kind, ErrDenied) && strings.Contains(detail, "InvalidAccessKeyId"):
		return "the store does not know this access key: correct it, or the endpoint it is sent to"
	case errors.Is(kind, ErrDenied) && strings.Contains(detail, "SignatureDoesNotMatch"):
		return "the secret access key does not belong to the access key"
	case errors.Is(kind, ErrDenied) && strings.Contains(detail, "RequestTimeTooSkewed"):
		return "set this machine's clock"
	case errors.Is(kind, ErrDenied) && (strings.Contains(detail, "Expired") || strings.Contains(detail, "TokenRefresh")):
		return "the temporary credentials have expired: renew them"
	case errors.Is(kind, ErrDenied):
		return "attach the writer, reader or operator policy of examples/aws/policies to this identity; with kms_key it needs kms:GenerateDataKey and kms:Decrypt too"
	case errors.Is(kind, ErrInvalidConfig) && (strings.Contains(detail, "Redirect") || strings.Contains(detail, "Malformed") || strings.Contains(detail, "HTTP 301")):
		return "the bucket is in another region: correct region in the url"
	case errors.Is(kind, ErrInvalidConfig):
		return "correct the setting that the store names: key, storage_class, ssetype or endpoint; a store that is not AWS may need request_checksum_calculation=when_required"
	case errors.Is(kind, ErrUnreachable):
		return "check endpoint and region in the url, DNS, proxy, and that the network lets this machine out; the connection is tried again"
	case errors.Is(kind, ErrArchived):
		return "restore the object from its archive class first"
	case errors.Is(kind, ErrThrottled):
		return "the store limits requests: they are tried again more slowly"
	default:
		return ""
	}
}

// lastClause is the end of a chain of wrapped messages: where the reason stands.
func lastClause(text string) string {
	clauses := strings.Split(text, ", ")
	return clauses[len(clauses)-1]
}
