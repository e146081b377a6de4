package rrpairreceiver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"google.golang.org/grpc/codes"
)

const (
	contentNDJSON = "application/x-ndjson"

	// maxListed bounds the rejected lines in one answer; the rest are counted.
	maxListed = 100

	// streamPatience is how long a stream waits for others in flight before it is
	// answered. While it waits its sender is held up by the connection.
	streamPatience = 10 * time.Second

	// answerTime is how long a sender may take to read its answer. The server's
	// write timeout counts from the start of a request and would cut off an
	// upload that takes longer, so it is set anew as the stream goes on.
	answerTime = 30 * time.Second
)

// linesHandler serves NDJSON: a stream of any length, one RRPair a line. Good
// lines reach the pipeline in batches while the rest is still coming in.
type linesHandler struct {
	intake    *intake
	admission *admission
	answers   answers
	maxLine   byteSize
	patience  time.Duration
}

// linesAnswer is the JSON that a sender gets.
type linesAnswer struct {
	Accepted int            `json:"accepted"`
	Rejected []rejectedLine `json:"rejected"` // the first maxListed

	// RejectedTotal counts them all; only there when the list is cut short.
	RejectedTotal int `json:"rejected_total,omitempty"`

	// Error is why reading ended early; the lines from ResumeLine on, counted
	// from 1, were not taken.
	Error      string `json:"error,omitempty"`
	ResumeLine int    `json:"resume_line,omitempty"`
}

type rejectedLine struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

func (h *linesHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if bad := checkLinesRequest(r); bad != nil {
		h.intake.telemetry.refusedRequest(r.Context(), transportNDJSON, bad.cause)
		writeLines(w, bad.http, &linesAnswer{Error: bad.text})
		return
	}
	if h.admission.full() {
		h.intake.telemetry.refusedRequest(r.Context(), transportNDJSON, causeOverLimit)
		w.Header().Set("Retry-After", retryAfterSeconds())
		writeLines(w, http.StatusServiceUnavailable, &linesAnswer{Error: h.answers.overLimit().text, ResumeLine: 1})
		return
	}
	stream := newLineStream(h, r.Body)
	stream.keepOpen = func() {
		// An error means a server without deadlines, where nothing needs moving.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerTime))
	}
	defer stream.reservation.release()
	stopped := stream.run(r.Context())
	stream.keepOpen()

	code := http.StatusOK
	switch {
	case stopped != nil && (stopped.retryable || stopped.cause == causePermanent):
		code = stopped.http
		if stopped.retryable {
			w.Header().Set("Retry-After", retryAfterSeconds())
		}
	case stream.answer.Accepted == 0:
		code = http.StatusBadRequest
	}
	writeLines(w, code, &stream.answer)
}

func checkLinesRequest(r *http.Request) *refusal {
	if r.Method != http.MethodPost {
		return &refusal{cause: causeUndecodable, http: http.StatusMethodNotAllowed, text: "use POST, not " + clip(r.Method)}
	}
	content, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch content {
	case contentNDJSON, "application/jsonl", "application/x-jsonlines", "application/json-lines":
		return nil
	}
	return &refusal{
		cause: causeUndecodable, http: http.StatusUnsupportedMediaType,
		text: "the Content-Type is " + strconv.Quote(clip(content)) + ": send " + contentNDJSON,
	}
}

// compressedAs tells compressed bytes that came without a Content-Encoding by their first bytes; "" for others.
func compressedAs(line []byte) string {
	switch {
	case bytes.HasPrefix(line, []byte{0x1f, 0x8b}):
		return "gzip"
	case bytes.HasPrefix(line, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return "zstd"
	}
	return ""
}

func writeLines(w http.ResponseWriter, code int, answer *linesAnswer) {
	if answer.Rejected == nil {
		answer.Rejected = []rejectedLine{}
	}
	if answer.RejectedTotal <= len(answer.Rejected) {
		answer.RejectedTotal = 0
	}
	body, err := json.Marshal(answer)
	if err != nil {
		http.Error(w, "encode answer: "+err.Error(), http.StatusInternalServerError)
		return
	}
	writeBody(w, contentJSON, code, append(body, '\n'))
}

// lineStream is one upload on its way through.
type lineStream struct {
	handler     *linesHandler
	reader      *lineReader
	batch       *lineBatch
	reservation *reservation
	keepOpen    func()
	answer      linesAnswer

	// settled is how far the answer is certain: lines up to it were delivered or
	// rejected. Rejections behind it are forgotten when a batch is refused, as
	// the sender comes back with those lines.
	settled      int
	listSettled  int
	totalSettled int
}

func newLineStream(h *linesHandler, body io.Reader) *lineStream {
	s := &lineStream{
		handler:     h,
		reader:      newLineReader(body, int(h.maxLine)),
		batch:       newLineBatch(h.intake, transportNDJSON),
		reservation: h.admission.reserve(),
	}
	return s
}

// run reads to the end, or to the line where it had to stop; then the answer has
// the reason.
func (s *lineStream) run(ctx context.Context) (stopped *refusal) {
	s.reader.grow = func(capacity int) error { return s.admit(ctx, capacity) }
	if err := s.admit(ctx, lineBuffer); err != nil {
		return s.stop(ctx, err)
	}
	defer func() { s.handler.intake.telemetry.received(ctx, transportNDJSON, s.reader.offset) }()
	for {
		line, _, err := s.reader.next()
		switch {
		case err == nil:
			err = s.line(ctx, line)
		case errors.Is(err, errLineTooLong):
			s.reject(ctx, causeTooLarge, "the line is longer than "+s.handler.maxLine.String()+
				": raise "+s.handler.answers.setting("max_line_size"))
			err = nil
		case errors.Is(err, io.EOF):
			if err := s.deliver(ctx, s.reader.number); err != nil {
				return s.stop(ctx, err)
			}
			if s.answer.Accepted == 0 && s.answer.RejectedTotal == 0 {
				s.answer.Error = "the body holds no lines"
			}
			return nil
		}
		if err != nil {
			return s.stop(ctx, err)
		}
	}
}

func (s *lineStream) line(ctx context.Context, line []byte) error {
	if blank(line) {
		return nil
	}
	if encoding := compressedAs(line); s.reader.number == 1 && encoding != "" {
		s.handler.intake.telemetry.refusedRequest(ctx, transportNDJSON, causeUndecodable)
		return &refusal{
			cause: causeUndecodable, code: codes.InvalidArgument, http: http.StatusBadRequest,
			text: "the body is " + encoding + ": say so with Content-Encoding: " + encoding,
		}
	}
	if bad := s.batch.add(line); bad != nil {
		s.reject(ctx, bad.cause, bad.inLine())
		return nil
	}
	if s.batch.full() {
		if err := s.deliver(ctx, s.reader.number); err != nil {
			return err
		}
	}
	return s.admit(ctx, len(s.reader.buffer))
}

func (s *lineStream) reject(ctx context.Context, why cause, reason string) {
	s.handler.intake.telemetry.refusedRecords(ctx, transportNDJSON, why, 1)
	s.answer.RejectedTotal++
	if len(s.answer.Rejected) < maxListed {
		s.answer.Rejected = append(s.answer.Rejected, rejectedLine{Line: s.reader.number, Reason: reason})
	}
}

// deliver hands the batch over; lines up to and with the one given are settled
// when the pipeline takes it.
func (s *lineStream) deliver(ctx context.Context, upTo int) error {
	taken, err := s.batch.deliver(ctx)
	if err != nil {
		return refusalOf(err)
	}
	s.answer.Accepted += taken
	s.settled, s.listSettled, s.totalSettled = upTo, len(s.answer.Rejected), s.answer.RejectedTotal
	s.reservation.shrinkTo(int64(len(s.reader.buffer)))
	s.keepOpen()
	return nil
}

// admit makes sure that a line buffer of that capacity and the batch are within
// the bytes in flight. Before it waits for others it hands over what it has.
func (s *lineStream) admit(ctx context.Context, capacity int) error {
	if s.reservation.growTo(int64(capacity + s.batch.bytes)) {
		return nil
	}
	if err := s.deliver(ctx, s.reader.number); err != nil {
		return err
	}
	if !s.reservation.waitTo(ctx, int64(capacity), s.handler.patience) {
		s.handler.intake.telemetry.refusedRequest(ctx, transportNDJSON, causeOverLimit)
		refused := s.handler.answers.overLimit()
		refused.http = http.StatusServiceUnavailable
		return refused
	}
	return nil
}

// stop settles the answer of a stream that ends early. What is whole is still
// delivered when it was the body that broke off.
func (s *lineStream) stop(ctx context.Context, err error) *refusal {
	var refused *refusal
	if !errors.As(err, &refused) {
		broken := s.reader.number + 1
		if err := s.deliver(ctx, s.reader.number); err != nil {
			return s.stop(ctx, err)
		}
		s.answer.ResumeLine = broken
		s.answer.Error = "the body broke off in line " + strconv.Itoa(broken) + ": " + err.Error()
		s.handler.intake.telemetry.refusedRequest(ctx, transportNDJSON, causeUndecodable)
		return &refusal{cause: causeUndecodable, http: http.StatusBadRequest, text: s.answer.Error}
	}
	s.answer.Rejected = s.answer.Rejected[:s.listSettled]
	s.answer.RejectedTotal = s.totalSettled
	s.answer.ResumeLine = s.settled + 1
	s.answer.Error = refused.text
	return refused
}
