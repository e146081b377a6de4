package rrpairreceiver

import (
	"errors"
	"io"
	"mime"
	"net/http"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

const (
	contentProto = "application/x-protobuf"
	contentJSON  = "application/json"
)

// logsHandler serves OTLP/HTTP's /v1/logs, binary and JSON. The body arrives
// decompressed.
type logsHandler struct {
	intake    *intake
	admission *admission
	answers   answers
	maxBody   int64
}

func (h *logsHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	content, bad := h.content(r)
	if bad != nil {
		h.refuse(w, r, content, bad)
		return
	}
	reservation := h.admission.reserve()
	defer reservation.release()
	body, bad := h.read(r, reservation)
	if bad != nil {
		h.refuse(w, r, content, bad)
		return
	}
	reservation.shrinkTo(int64(len(body)))
	h.intake.telemetry.received(r.Context(), transportHTTP, int64(len(body)))

	request, bad := decodeHTTP(content, body)
	if bad != nil {
		h.refuse(w, r, content, bad)
		return
	}
	sums, err := h.intake.take(r.Context(), transportHTTP, content, request.Logs())
	if err != nil {
		h.refuse(w, r, content, refusalOf(err))
		return
	}
	writeResponse(w, content, partialSuccess(&sums))
}

// content is the request's type; "" with the refusal of one that is neither.
func (h *logsHandler) content(r *http.Request) (content string, bad *refusal) {
	if r.Method != http.MethodPost {
		return "", &refusal{cause: causeUndecodable, code: codes.Unimplemented, http: http.StatusMethodNotAllowed, text: "use POST, not " + clip(r.Method)}
	}
	content, _, _ = mime.ParseMediaType(r.Header.Get("Content-Type"))
	if content != contentProto && content != contentJSON {
		return "", &refusal{
			cause: causeUndecodable, code: codes.InvalidArgument, http: http.StatusUnsupportedMediaType,
			text: "the Content-Type is " + clip(content) + ": send " + contentProto + " or " + contentJSON,
		}
	}
	return content, nil
}

// read returns the whole body, admitting its bytes as they come.
func (h *logsHandler) read(r *http.Request, reservation *reservation) (body []byte, bad *refusal) {
	if h.admission.full() {
		return nil, h.answers.overLimit()
	}
	if r.ContentLength > h.maxBody {
		return nil, h.tooLarge()
	}
	const firstRead = 64 << 10
	capacity := max(r.ContentLength, firstRead) + 1 // one byte of room to meet the end in
	if !reservation.growTo(capacity) {
		return nil, h.answers.overLimit()
	}
	body = make([]byte, 0, capacity)
	for {
		n, err := r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > h.maxBody:
			return nil, h.tooLarge()
		case errors.Is(err, io.EOF):
			return body, nil
		case err != nil:
			return nil, undecodable(errors.New("read body: " + err.Error()))
		}
		if len(body) == cap(body) {
			larger := min(2*int64(cap(body)), h.maxBody+1)
			if !reservation.growTo(larger) {
				return nil, h.answers.overLimit()
			}
			body = append(make([]byte, 0, larger), body...)
		}
	}
}

func (h *logsHandler) tooLarge() *refusal {
	return h.answers.tooLarge("protocols::http::max_request_body_size", byteSize(h.maxBody).String())
}

func (h *logsHandler) refuse(w http.ResponseWriter, r *http.Request, content string, why *refusal) {
	switch why.cause {
	case causeOverLimit, causeUndecodable, causeDepth, causeTooLarge:
		h.intake.telemetry.refusedRequest(r.Context(), transportHTTP, why.cause)
	}
	writeRefusal(w, content, why)
}

func decodeHTTP(content string, body []byte) (plogotlp.ExportRequest, *refusal) {
	if content == contentProto {
		return decodeProto(body)
	}
	request := plogotlp.NewExportRequest()
	if err := checkJSONNesting(body, maxJSONNesting); err != nil {
		return request, tooNested(err)
	}
	if err := request.UnmarshalJSON(body); err != nil {
		return request, undecodable(err)
	}
	return request, nil
}

func writeResponse(w http.ResponseWriter, content string, response plogotlp.ExportResponse) {
	encode := response.MarshalProto
	if content == contentJSON {
		encode = response.MarshalJSON
	}
	body, err := encode()
	if err != nil {
		http.Error(w, "encode response: "+err.Error(), http.StatusInternalServerError)
		return
	}
	writeBody(w, content, http.StatusOK, body)
}

// writeRefusal writes a google.rpc.Status, as the OTLP specification has it, or plain text to a sender whose content type
// says neither JSON nor protobuf: a person, most likely.
func writeRefusal(w http.ResponseWriter, content string, why *refusal) {
	if why.retryable {
		w.Header().Set("Retry-After", retryAfterSeconds())
	}
	if content == "" {
		http.Error(w, why.text, why.http)
		return
	}
	writeStatus(w, content, why.http, why.status().Proto())
}

func writeStatus(w http.ResponseWriter, content string, code int, answer *spb.Status) {
	var body []byte
	var err error
	if content == contentJSON {
		body, err = protojson.Marshal(answer)
	} else {
		content = contentProto
		body, err = proto.Marshal(answer)
	}
	if err != nil {
		http.Error(w, answer.GetMessage(), code)
		return
	}
	writeBody(w, content, code, body)
}

func writeBody(w http.ResponseWriter, content string, code int, body []byte) {
	w.Header().Set("Content-Type", content)
	w.WriteHeader(code)
	_, _ = w.Write(body) // the sender is gone when it fails
}
