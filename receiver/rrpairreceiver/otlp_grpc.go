package rrpairreceiver

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
)

// logsService serves OTLP's LogsService without the generated stubs. They decode
// a request before any code of ours can run; here the bytes come first, so that
// they are admitted and their nesting is checked before they become objects.
//
// On the wire a unary call is a stream of one message each way. Serving it as a
// stream hands us the request before it is read, which lets a full receiver
// refuse without reading, and frees the message's bytes while the pipeline works.
type logsService struct {
	intake    *intake
	admission *admission
	answers   answers
	maxMiB    int // max_recv_msg_size_mib
	logger    *zap.Logger
}

// description is the service as its .proto file names it.
func (s *logsService) description() *grpc.ServiceDesc {
	return &grpc.ServiceDesc{
		ServiceName: "opentelemetry.proto.collector.logs.v1.LogsService",
		Streams: []grpc.StreamDesc{{
			StreamName:    "Export",
			ServerStreams: true, // one of the two must be set; the client sends one message only
			Handler:       func(_ any, stream grpc.ServerStream) error { return s.export(stream) },
		}},
		Metadata: "opentelemetry/proto/collector/logs/v1/logs_service.proto",
	}
}

// export answers one call. Authentication ran before it, in the interceptors.
func (s *logsService) export(stream grpc.ServerStream) error {
	ctx := stream.Context()
	if s.admission.full() {
		return s.refuse(ctx, s.answers.overLimit())
	}
	message := &rawMessage{}
	if err := stream.RecvMsg(message); err != nil {
		s.unreceived(ctx, err)
		return err
	}
	response, err := s.accept(ctx, message)
	if err != nil {
		return s.refuse(ctx, err)
	}
	return stream.SendMsg(response)
}

func (s *logsService) accept(ctx context.Context, message *rawMessage) (plogotlp.ExportResponse, *refusal) {
	defer message.free()
	size := int64(message.data.Len())
	reservation := s.admission.reserve()
	defer reservation.release()
	if !reservation.growTo(size) {
		return plogotlp.ExportResponse{}, s.answers.overLimit()
	}
	s.intake.telemetry.received(ctx, transportGRPC, size)

	request, bad := decodeProto(message.bytes())
	message.free()
	if bad != nil {
		return plogotlp.ExportResponse{}, bad
	}
	sums, err := s.intake.take(ctx, transportGRPC, "otlp", request.Logs())
	if err != nil {
		return plogotlp.ExportResponse{}, refusalOf(err)
	}
	return partialSuccess(&sums), nil
}

// refuse turns the refusal into what grpc sends; take has counted the records of
// those it saw.
func (s *logsService) refuse(ctx context.Context, why *refusal) error {
	switch why.cause {
	case causeOverLimit, causeUndecodable, causeDepth:
		s.intake.telemetry.refusedRequest(ctx, transportGRPC, why.cause)
	}
	return why.status().Err()
}

// unreceived counts a message that grpc refused to read and has answered itself,
// in words that name no setting of the collector; the log does.
func (s *logsService) unreceived(ctx context.Context, err error) {
	if status.Code(err) != codes.ResourceExhausted {
		return
	}
	s.intake.telemetry.refusedRequest(ctx, transportGRPC, causeTooLarge)
	s.logger.Warn("A request was refused: "+s.answers.tooLarge("protocols::grpc::max_recv_msg_size_mib", strconv.Itoa(s.maxMiB)+"MiB").text,
		zap.Error(err))
}

// decodeProto decodes an ExportLogsServiceRequest after a look at its nesting.
func decodeProto(data []byte) (plogotlp.ExportRequest, *refusal) {
	request := plogotlp.NewExportRequest()
	switch err := checkWireNesting(data, maxWireNesting); {
	case errors.Is(err, errNesting):
		return request, tooNested(err)
	case err != nil:
		return request, undecodable(err)
	}
	if err := request.UnmarshalProto(data); err != nil {
		return request, undecodable(err)
	}
	return request, nil
}

// partialSuccess is the answer when the pipeline took what was good.
func partialSuccess(sums *tally) plogotlp.ExportResponse {
	response := plogotlp.NewExportResponse()
	if sums.rejected > 0 {
		response.PartialSuccess().SetRejectedLogRecords(int64(sums.rejected))
		response.PartialSuccess().SetErrorMessage(sums.explain())
	}
	return response
}

// rawMessage is a request as it came.
type rawMessage struct {
	data mem.BufferSlice
	flat mem.Buffer
}

// bytes returns the message in one piece, valid until free.
func (m *rawMessage) bytes() []byte {
	m.flat = m.data.MaterializeToBuffer(mem.DefaultBufferPool())
	return m.flat.ReadOnlyData()
}

// free gives the buffers back. Calling it twice is harmless.
func (m *rawMessage) free() {
	m.data.Free()
	m.data = nil
	if m.flat != nil {
		m.flat.Free()
		m.flat = nil
	}
}

// rawCodec hands over requests undecoded and encodes their responses. It serves
// this receiver's server only.
type rawCodec struct{}

func (rawCodec) Name() string { return "proto" }

// Unmarshal keeps a reference to the data until the message is freed.
func (rawCodec) Unmarshal(data mem.BufferSlice, v any) error {
	message, ok := v.(*rawMessage)
	if !ok {
		return fmt.Errorf("decode %T: this server takes OTLP logs only", v)
	}
	if message.data != nil {
		return errors.New("decode request: a call carries one message only")
	}
	data.Ref()
	message.data = data
	return nil
}

func (rawCodec) Marshal(v any) (mem.BufferSlice, error) {
	response, ok := v.(plogotlp.ExportResponse)
	if !ok {
		return nil, fmt.Errorf("encode %T: this server answers OTLP logs only", v)
	}
	encoded, err := response.MarshalProto()
	if err != nil {
		return nil, fmt.Errorf("encode response: %w", err)
	}
	return mem.BufferSlice{mem.SliceBuffer(encoded)}, nil
}
