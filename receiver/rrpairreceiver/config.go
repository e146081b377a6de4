package rrpairreceiver

import (
	"errors"
	"fmt"
	"math"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configgrpc"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/confignet"
	"go.opentelemetry.io/collector/config/configoptional"
)

const (
	defaultGRPCEndpoint = "localhost:4317"
	defaultHTTPEndpoint = "localhost:4318"

	defaultMaxMessage = 64 * mebibyte
	defaultMaxLine    = 64 * mebibyte

	// defaultMaxInFlight keeps what decoding makes of the bytes, 2.6 times as
	// much, within the 512 MiB that a collector at full load may take.
	defaultMaxInFlight = 128 * mebibyte

	// grpcReadBuffer is what one read of a connection takes at most; grpc's own
	// default of 32 KiB costs a system call for every ten records.
	grpcReadBuffer = 512 << 10
)

// Config says where RRPairs come from. Every source that is named runs; at least
// one must be.
type Config struct {
	// Protocols are the servers for senders.
	Protocols protocolsConfig `mapstructure:"protocols"`

	// MaxInFlight bounds the bytes, decompressed, of requests that were admitted
	// and not yet answered, over all sources; their objects in memory take about
	// 2.6 times as much. Beyond it senders get a retryable answer. A message
	// larger than it is taken while nothing else is in flight. Default: 128MiB.
	MaxInFlight byteSize `mapstructure:"max_in_flight"`

	// MaxLineSize bounds one line of NDJSON, from HTTP or from a file. A longer
	// one is refused, and the lines behind it are read on. Default: 64MiB.
	MaxLineSize byteSize `mapstructure:"max_line_size"`

	// Drop are rules that drop what matches, before anything is spent on it; the
	// sender gets success. They are asked in their order. Default: none.
	Drop []dropConfig `mapstructure:"drop"`

	// Sample is the share of sessions that is kept, such as 1/5 or 20%; a pair
	// without a session counts as one. The same sessions are kept everywhere.
	// Default: empty, all.
	Sample string `mapstructure:"sample"`

	// Budget bounds the bytes a day and samples sessions down where they are more.
	Budget budgetConfig `mapstructure:"budget"`

	// Archive is the id of the archive extension in which is kept what Drop, Sample and Budget dropped, by minute, rule and
	// service. Default: the extension called archive, if it runs; without one metrics are all that tells of it. A named one
	// that does not run stops the start.
	Archive *component.ID `mapstructure:"archive"`

	// Files are read in, and followed where they grow.
	Files filesConfig `mapstructure:"files"`
}

type protocolsConfig struct {
	// GRPC serves OTLP/gRPC. Default endpoint: localhost:4317; default
	// max_recv_msg_size_mib: 64.
	GRPC configoptional.Optional[configgrpc.ServerConfig] `mapstructure:"grpc"`

	// HTTP serves OTLP/HTTP at /v1/logs and NDJSON at /v1/rrpairs. Default
	// endpoint: localhost:4318; default max_request_body_size: 67108864 (64 MiB;
	// it bounds OTLP requests, before and after decompression, and not NDJSON,
	// of which max_line_size bounds a line).
	HTTP configoptional.Optional[confighttp.ServerConfig] `mapstructure:"http"`
}

func createDefaultConfig() component.Config {
	grpc := configgrpc.NewDefaultServerConfig()
	grpc.NetAddr = confignet.NewDefaultAddrConfig()
	grpc.NetAddr.Transport = confignet.TransportTypeTCP
	grpc.NetAddr.Endpoint = defaultGRPCEndpoint
	grpc.ReadBufferSize = grpcReadBuffer
	grpc.MaxRecvMsgSizeMiB = int(defaultMaxMessage / mebibyte)

	http := confighttp.NewDefaultServerConfig()
	http.Endpoint = defaultHTTPEndpoint
	http.MaxRequestBodySize = int64(defaultMaxMessage)

	return &Config{
		Protocols: protocolsConfig{
			GRPC: configoptional.Default(grpc),
			HTTP: configoptional.Default(http),
		},
		MaxInFlight: defaultMaxInFlight,
		MaxLineSize: defaultMaxLine,
		Budget:      budgetConfig{Per: "service"},
		Files:       defaultFilesConfig(),
	}
}

// Validate reports everything that is wrong, each with its key, the value and
// what is allowed.
func (c *Config) Validate() error {
	var errs []error
	if !c.Protocols.GRPC.HasValue() && !c.Protocols.HTTP.HasValue() && !c.Files.enabled() {
		errs = append(errs, errors.New("nothing to receive from: add `protocols: {grpc: {}, http: {}}`, one of the two, or `files: {include: [...]}`"))
	}
	if c.MaxInFlight < minInFlight {
		errs = append(errs, fmt.Errorf("max_in_flight is %s: it must be at least %s", c.MaxInFlight, minInFlight))
	}
	if c.MaxLineSize < minLine || c.MaxLineSize > maxLine {
		errs = append(errs, fmt.Errorf("max_line_size is %s: it must be between %s and %s", c.MaxLineSize, minLine, maxLine))
	}
	if c.Protocols.GRPC.HasValue() {
		if size := c.Protocols.GRPC.Get().MaxRecvMsgSizeMiB; size < 1 || size > math.MaxInt32>>20 {
			errs = append(errs, fmt.Errorf("protocols::grpc::max_recv_msg_size_mib is %d: it must be between 1 and %d", size, math.MaxInt32>>20))
		}
	}
	if c.Protocols.HTTP.HasValue() {
		if size := c.Protocols.HTTP.Get().MaxRequestBodySize; size < 1 {
			errs = append(errs, fmt.Errorf("protocols::http::max_request_body_size is %d: it must be a positive number of bytes", size))
		}
		if c.Protocols.HTTP.Get().Endpoint == "" {
			errs = append(errs, errors.New("protocols::http::endpoint is empty: name an address such as "+defaultHTTPEndpoint))
		}
	}
	if c.Archive != nil && *c.Archive == (component.ID{}) {
		errs = append(errs, errors.New(`archive is "", which is no id: use that of an archive extension, such as archive or archive/eu`))
	}
	errs = append(errs, c.validateVolume()...)
	errs = append(errs, c.Files.validate()...)
	return errors.Join(errs...)
}

const (
	minInFlight = mebibyte // below it a request of a few hundred pairs would wait for every other
	minLine     = kibibyte
	maxLine     = gibibyte // a line is held in memory as a whole
)
