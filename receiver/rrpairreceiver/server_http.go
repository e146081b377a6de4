package rrpairreceiver

import (
	"context"
	"errors"
	"fmt"
	"math"
	"mime"
	"net"
	"net/http"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	logsPath    = "/v1/logs"
	rrpairsPath = "/v1/rrpairs"
)

// httpSource is the server of OTLP/HTTP and NDJSON.
type httpSource struct {
	config   confighttp.ServerConfig
	settings component.TelemetrySettings
	answers  answers
	counters *telemetry
	logs     http.Handler
	rrpairs  http.Handler

	server   *http.Server
	cancel   context.CancelFunc // ends the requests' contexts
	handlers gate
	ended    chan struct{}
}

func (s *httpSource) start(ctx context.Context, host component.Host, fail func(error)) error {
	// The handlers bound bodies themselves: a stream of lines has no size.
	options := append(decoderOptions(s.config.CompressionAlgorithms, s.config.MaxRequestBodySize), confighttp.WithErrorHandler(s.refuseEarly))
	s.config.MaxRequestBodySize = math.MaxInt64
	server, err := s.config.ToServer(ctx, host, s.settings, s.routes(), options...)
	if err != nil {
		return fmt.Errorf("create server of %s: %w", s.answers.setting("protocols::http"), err)
	}
	listener, err := s.config.ToListener(ctx)
	if err != nil {
		return s.answers.cannotListen("protocols::http", s.config.Endpoint, err)
	}
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	server.BaseContext = func(net.Listener) context.Context { return base }
	s.server, s.cancel, s.ended = server, cancel, make(chan struct{})
	go func() {
		defer close(s.ended)
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			fail(fmt.Errorf("serve %s: %w", s.answers.setting("protocols::http"), err))
		}
	}()
	return nil
}

func (s *httpSource) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle(logsPath, s.counted(s.logs))
	mux.Handle(rrpairsPath, s.counted(s.rrpairs))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "this receiver serves "+logsPath+" (OTLP logs) and "+rrpairsPath+" (RRPairs as NDJSON)", http.StatusNotFound)
	})
	return mux
}

// refuseEarly answers what fails before a handler is reached: authentication and
// broken or unknown compression.
func (s *httpSource) refuseEarly(w http.ResponseWriter, r *http.Request, text string, code int) {
	grpcCode, sender := codes.InvalidArgument, transportHTTP
	if r.URL.Path == rrpairsPath {
		sender = transportNDJSON
	}
	if code == http.StatusUnauthorized {
		grpcCode = codes.Unauthenticated
	} else {
		s.counters.refusedRequest(r.Context(), sender, causeUndecodable)
	}
	if sender == transportNDJSON {
		writeLines(w, code, &linesAnswer{Error: text})
		return
	}
	content, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	writeStatus(w, content, code, status.New(grpcCode, text).Proto())
}

// counted lets stop wait for the handler.
func (s *httpSource) counted(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.handlers.enter() {
			http.Error(w, "the receiver is stopping", http.StatusServiceUnavailable)
			return
		}
		defer s.handlers.leave()
		handler.ServeHTTP(w, r)
	})
}

func (s *httpSource) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, shutdownGrace)
	defer cancel()
	err := s.server.Shutdown(ctx)
	s.cancel()
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		err = s.server.Close()
	}
	s.handlers.shut()
	<-s.ended
	if err != nil {
		return fmt.Errorf("stop server of %s: %w", s.answers.setting("protocols::http"), err)
	}
	return nil
}
