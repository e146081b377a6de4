package rrpairreceiver

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

// sender sends one record at a time and again while the answer allows it, as the
// OTLP specification asks of senders.
type sender struct {
	tb     testing.TB
	http   bool
	at     string
	conn   *grpc.ClientConn
	client *http.Client
	next   atomic.Int64
}

func (s *sender) Start() {
	if s.http {
		s.client = &http.Client{Transport: &http.Transport{}}
		return
	}
	var err error
	s.conn, err = grpc.NewClient(s.at, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(s.tb, err)
}

func (s *sender) Stop() {
	if s.http {
		s.client.CloseIdleConnections()
		return
	}
	require.NoError(s.tb, s.conn.Close())
}

func (s *sender) Generate() []receivertest.UniqueIDAttrVal {
	id := receivertest.UniqueIDAttrVal(fmt.Sprint(s.next.Add(1)))
	logs := pairs(s.tb, pairLine(string(id)))
	logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().PutStr(receivertest.UniqueIDAttrName, string(id))
	for again := true; again; {
		if s.http {
			response, err := s.client.Post("http://"+s.at+logsPath, contentProto, strings.NewReader(string(encoded(s.tb, logs))))
			require.NoError(s.tb, err)
			require.NoError(s.tb, response.Body.Close())
			again = response.StatusCode == http.StatusServiceUnavailable || response.StatusCode == http.StatusTooManyRequests
			continue
		}
		_, err := plogotlp.NewGRPCClient(s.conn).Export(context.Background(), plogotlp.NewExportRequestFromLogs(logs))
		again = status.Code(err) == codes.Unavailable
	}
	return []receivertest.UniqueIDAttrVal{id}
}

func TestConsumeContract(t *testing.T) {
	for _, overHTTP := range []bool{false, true} {
		config := createDefaultConfig().(*Config)
		one := &sender{tb: t, http: overHTTP, at: freePort(t)}
		if overHTTP {
			config.Protocols.HTTP.GetOrInsertDefault().Endpoint = one.at
		} else {
			config.Protocols.GRPC.GetOrInsertDefault().NetAddr.Endpoint = one.at
		}
		receivertest.CheckConsumeContract(receivertest.CheckConsumeContractParams{
			T: t, Factory: NewFactory(), Signal: pipeline.SignalLogs, Config: config, Generator: one, GenerateCount: 200,
		})
	}
}
