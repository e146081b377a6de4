package rrpairreceiver

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap/confmaptest"
	"go.opentelemetry.io/collector/confmap/xconfmap"
)

func load(t *testing.T, name string) (*Config, error) {
	t.Helper()
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", "config", name+".yaml"))
	require.NoError(t, err)
	sub, err := conf.Sub("rrpair")
	require.NoError(t, err)
	config := NewFactory().CreateDefaultConfig().(*Config)
	if err := sub.Unmarshal(config); err != nil {
		return nil, err
	}
	return config, xconfmap.Validate(config)
}

func TestDefaults(t *testing.T) {
	config, err := load(t, "defaults")
	require.NoError(t, err)
	assert.Equal(t, "localhost:4317", config.Protocols.GRPC.Get().NetAddr.Endpoint)
	assert.Equal(t, 64, config.Protocols.GRPC.Get().MaxRecvMsgSizeMiB)
	assert.Equal(t, "localhost:4318", config.Protocols.HTTP.Get().Endpoint)
	assert.EqualValues(t, 64<<20, config.Protocols.HTTP.Get().MaxRequestBodySize)
	assert.Equal(t, 128*mebibyte, config.MaxInFlight)
	assert.Equal(t, 64*mebibyte, config.MaxLineSize)
	assert.False(t, config.Files.enabled())
}

func TestEverySetting(t *testing.T) {
	config, err := load(t, "full")
	require.NoError(t, err)
	assert.Equal(t, "0.0.0.0:14317", config.Protocols.GRPC.Get().NetAddr.Endpoint)
	assert.Equal(t, 16, config.Protocols.GRPC.Get().MaxRecvMsgSizeMiB)
	assert.EqualValues(t, 16<<20, config.Protocols.HTTP.Get().MaxRequestBodySize)
	assert.True(t, config.Protocols.HTTP.Get().CORS.HasValue())
	assert.Equal(t, 64*mebibyte, config.MaxInFlight)
	assert.Equal(t, 8*mebibyte, config.MaxLineSize)
	assert.Equal(t, "file_storage/receiver", config.Files.Storage.String())
	assert.Equal(t, 5*time.Second, config.Files.PollInterval)
	assert.Equal(t, "archive/eu", config.Archive.String())
	assert.Equal(t, startAtEnd, config.Files.StartAt)

	config, err = load(t, "files_only")
	require.NoError(t, err)
	assert.False(t, config.Protocols.GRPC.HasValue())
	assert.False(t, config.Protocols.HTTP.HasValue())
}

func TestBadConfigurations(t *testing.T) {
	for name, wants := range map[string][]string{
		"nothing": {"nothing to receive from: add `protocols: {grpc: {}, http: {}}`"},
		"bad_sizes": {
			"protocols::grpc::max_recv_msg_size_mib is 4096: it must be between 1 and 2047",
			"protocols::http::endpoint is empty",
			"protocols::http::max_request_body_size is -1: it must be a positive number of bytes",
			"max_in_flight is 10KiB: it must be at least 1MiB",
			"max_line_size is 2GiB: it must be between 1KiB and 1GiB",
		},
		"bad_unit":             {"max_in_flight", `"128 megabytes" is not a size`, "such as 64MiB"},
		"typo":                 {"max_in_fligth"},
		"no_storage":           {"files::storage is missing", "storage: file_storage", "create_directory: true", "volatile: true"},
		"storage_and_volatile": {"files::volatile is true while files::storage is file_storage: set one of the two"},
		"bad_files": {
			`files::include has the pattern "/var/spool/[a"`,
			`files::exclude has the pattern ""`,
			"files::poll_interval is 1ms: it must be at least 10ms",
			`files::start_at is "middle": it must be beginning or end`,
		},
		"bad_archive":           {"archive", "id must not be empty"},
		"files_without_include": {"files::include is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, name)
			for _, want := range wants {
				require.ErrorContains(t, err, want)
			}
		})
	}
}
