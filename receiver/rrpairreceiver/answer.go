package rrpairreceiver

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// retryAfter is how long a sender is asked to wait before it tries again. Short:
// what is in flight is answered within seconds or not at all.
const retryAfter = time.Second

// refusal is an answer to a request of which nothing was taken, in the terms of
// both protocols. Retryable ones ask the sender to come again.
type refusal struct {
	cause     cause
	code      codes.Code
	http      int
	retryable bool
	text      string
}

func (r *refusal) Error() string { return r.text }

// status is the refusal as gRPC sends it. By the OTLP specification a sender
// retries ResourceExhausted only when RetryInfo comes with it.
func (r *refusal) status() *status.Status {
	answer := status.New(r.code, r.text)
	if !r.retryable {
		return answer
	}
	detailed, err := answer.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(retryAfter)})
	if err != nil {
		return answer
	}
	return detailed
}

// retryAfterSeconds is the value of an HTTP Retry-After header.
func retryAfterSeconds() string {
	return strconv.Itoa(int(retryAfter / time.Second))
}

// refusalOf is the answer to an error of intake.take.
func refusalOf(err error) *refusal {
	var all *errAllRefused
	if errors.As(err, &all) {
		return &refusal{cause: causeMalformed, code: codes.InvalidArgument, http: http.StatusBadRequest, text: all.text}
	}
	text := "the pipeline refused the batch: " + err.Error()
	if causeOf(err) == causeRetryable {
		return &refusal{cause: causeRetryable, code: codes.Unavailable, http: http.StatusServiceUnavailable, retryable: true, text: text}
	}
	answer := &refusal{cause: causePermanent, code: codes.Internal, http: http.StatusInternalServerError, text: text}
	if passed, ok := status.FromError(err); ok && passed.Code() == codes.InvalidArgument {
		answer.code, answer.http = codes.InvalidArgument, http.StatusBadRequest
	}
	return answer
}

// causeOf tells for now from for good. Whatever is not said to be permanent is
// worth another try, a cancelled or late request too: its sender knows nothing.
func causeOf(err error) cause {
	var typed *consumererror.Error
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return causeRetryable
	case consumererror.IsPermanent(err):
		return causePermanent
	case errors.As(err, &typed) && !typed.IsRetryable():
		return causePermanent
	default:
		return causeRetryable
	}
}

// answers builds the refusals whose text names this receiver's settings.
type answers struct {
	receiver component.ID
	limit    byteSize
}

// setting is a key of this receiver's configuration as it stands in the YAML.
func (a answers) setting(key string) string {
	return "receivers::" + a.receiver.String() + "::" + key
}

func (a answers) overLimit() *refusal {
	return &refusal{
		cause: causeOverLimit, code: codes.ResourceExhausted, http: http.StatusTooManyRequests, retryable: true,
		text: "requests in flight have reached " + a.setting("max_in_flight") + " (" + a.limit.String() + "): try again later",
	}
}

// tooLarge is for a request beyond the setting key, whose value is limit.
func (a answers) tooLarge(key, limit string) *refusal {
	return &refusal{
		cause: causeTooLarge, code: codes.ResourceExhausted, http: http.StatusRequestEntityTooLarge,
		text: "the request is larger than " + limit + ": raise " + a.setting(key) + " or send smaller batches",
	}
}

func undecodable(err error) *refusal {
	return &refusal{cause: causeUndecodable, code: codes.InvalidArgument, http: http.StatusBadRequest, text: "cannot decode the request: " + err.Error()}
}

func tooNested(err error) *refusal {
	return &refusal{cause: causeDepth, code: codes.InvalidArgument, http: http.StatusBadRequest, text: "cannot decode the request: " + err.Error()}
}
