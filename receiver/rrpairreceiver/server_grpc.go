package rrpairreceiver

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configgrpc"
	"google.golang.org/grpc"
)

// shutdownGrace is how long requests in flight may take after the stop. One that
// takes longer waits for a pipeline that does not move; its sender gets no
// answer and sends again. Pods have 30 s to stop, most of it the exporters'.
const shutdownGrace = 5 * time.Second

// grpcSource is the OTLP/gRPC server.
type grpcSource struct {
	config   configgrpc.ServerConfig
	settings component.TelemetrySettings
	answers  answers
	service  *logsService

	server *grpc.Server
	ended  chan struct{}
}

func (s *grpcSource) start(ctx context.Context, host component.Host, fail func(error)) error {
	server, err := s.config.ToServer(ctx, host, s.settings,
		configgrpc.WithGrpcServerOption(grpc.ForceServerCodecV2(rawCodec{})),
		configgrpc.WithGrpcServerOption(grpc.WaitForHandlers(true)),
	)
	if err != nil {
		return fmt.Errorf("create server of %s: %w", s.answers.setting("protocols::grpc"), err)
	}
	server.RegisterService(s.service.description(), nil)
	listener, err := s.config.NetAddr.Listen(ctx)
	if err != nil {
		return s.answers.cannotListen("protocols::grpc", s.config.NetAddr.Endpoint, err)
	}
	s.server, s.ended = server, make(chan struct{})
	go func() {
		defer close(s.ended)
		if err := server.Serve(listener); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
			fail(fmt.Errorf("serve %s: %w", s.answers.setting("protocols::grpc"), err))
		}
	}()
	return nil
}

func (s *grpcSource) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, shutdownGrace)
	defer cancel()
	graceful := make(chan struct{})
	go func() {
		defer close(graceful)
		s.server.GracefulStop()
	}()
	select {
	case <-graceful:
	case <-ctx.Done():
		s.server.Stop() // cancels the calls' contexts; GracefulStop then returns too
		<-graceful
	}
	<-s.ended
	return nil
}

// cannotListen says what to do when the port is taken: most often the stock otlp
// receiver, which has the same default ports, runs beside this one.
func (a answers) cannotListen(key, endpoint string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("listen on %s: another receiver or process has this port. Where the otlp receiver runs in the same collector, "+
			"take its %s out of its protocols, or give %s another port: %w", endpoint, key[len("protocols::"):], a.setting(key+"::endpoint"), err)
	}
	return fmt.Errorf("listen on %s (%s): %w", endpoint, a.setting(key+"::endpoint"), err)
}
