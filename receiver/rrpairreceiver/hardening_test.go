package rrpairreceiver

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configauth"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/grpc/codes"
)

// refusingAuth is an authenticator that lets nobody in.
type refusingAuth struct {
	component.StartFunc
	component.ShutdownFunc
}

func (refusingAuth) Authenticate(ctx context.Context, _ map[string][]string) (context.Context, error) {
	return ctx, errors.New("who are you?")
}

func TestAuthenticationComesFirst(t *testing.T) {
	id := component.MustNewID("keeper")
	sink := new(consumertest.LogsSink)
	server := startServerOn(t, hostOf{id: refusingAuth{}}, sink, func(c *Config) {
		c.Protocols.GRPC.Get().Auth = configoptional.Some(configauth.Config{AuthenticatorID: id})
		c.Protocols.HTTP.Get().Auth = configoptional.Some(confighttp.AuthConfig{Config: configauth.Config{AuthenticatorID: id}})
	})
	_, err := server.dial(t).Export(t.Context(), plogotlp.NewExportRequestFromLogs(pairs(t, pairLine("a"))))
	assert.Equal(t, codes.Unauthenticated, statusOf(t, err).Code())
	assert.Equal(t, 401, server.postProto(t, pairs(t, pairLine("a"))).code)
	got := server.post(t, rrpairsPath, contentNDJSON, "", lines(pairLine("a")))
	assert.Equal(t, 401, got.code)
	assert.JSONEq(t, `{"accepted":0,"rejected":[],"error":"who are you?"}`, string(got.body))
	assert.Zero(t, sink.LogRecordCount())
	assert.Zero(t, server.sum(t, "otelcol_rrpair_receiver_received_bytes", nil), "nothing was read")
}

// A few bytes that claim gigabytes are refused before anything is allocated.
func TestCompressionThatClaimsTooMuch(t *testing.T) {
	server := startServer(t, consumertest.NewNop(), nil)
	block := binary.AppendUvarint(nil, 1<<32-1)
	got := server.post(t, logsPath, contentProto, "snappy", bytes.NewReader(append(block, 0, 0, 0, 0)))
	assert.Equal(t, 400, got.code)
	assert.Contains(t, string(got.body), "larger than max_request_body_size (64MiB)")

	var packed bytes.Buffer
	writer, err := zstd.NewWriter(&packed, zstd.WithWindowSize(64<<20))
	require.NoError(t, err)
	_, err = io.CopyN(writer, &repeated{block: []byte(pairLine("a") + "\n"), left: 1 << 40}, 20<<20)
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	got = server.post(t, logsPath, contentProto, "zstd", &packed)
	assert.Equal(t, 400, got.code)
	assert.Contains(t, string(got.body), "window size exceeded")
}

func TestSnappyInBothForms(t *testing.T) {
	body := encoded(t, pairs(t, pairLine("a")))
	var framed bytes.Buffer
	writer := snappy.NewBufferedWriter(&framed)
	_, err := writer.Write(body)
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	for name, packed := range map[string][]byte{"block": snappy.Encode(nil, body), "framed": framed.Bytes()} {
		sink := new(consumertest.LogsSink)
		got := startServer(t, sink, nil).post(t, logsPath, contentProto, "snappy", bytes.NewReader(packed))
		assert.Equal(t, 200, got.code, name)
		assert.Equal(t, 1, sink.LogRecordCount(), name)
	}
}

// slow gives one line at a time.
type slow struct {
	lines int
	pause time.Duration
}

func (s *slow) Read(p []byte) (int, error) {
	if s.lines == 0 {
		return 0, io.EOF
	}
	s.lines--
	time.Sleep(s.pause)
	return copy(p, pairLine("a")+"\n"), nil
}

// An upload that takes longer than the server's write timeout gets its answer.
func TestLongUploadIsAnswered(t *testing.T) {
	server := startServer(t, consumertest.NewNop(), func(c *Config) { c.Protocols.HTTP.Get().WriteTimeout = 200 * time.Millisecond })
	got := server.post(t, rrpairsPath, contentNDJSON, "", &slow{lines: 5, pause: 100 * time.Millisecond})
	assert.JSONEq(t, `{"accepted":5,"rejected":[]}`, string(got.body))
}
