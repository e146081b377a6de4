package bucket

import (
	"context"
	"net"
	"net/http"
	"time"
)

const (
	connectLimit = 10 * time.Second
	// stallLimit ends a connection on which nothing moves in either direction: a peer that vanished without a word
	// would otherwise hold a download for ever, since a download has no overall limit.
	stallLimit = 2 * time.Minute
	// idleLimit drops pooled connections before common load balancers do (60 s).
	idleLimit = 50 * time.Second
	// idleConnections per store: parallel range reads of one snapshot.
	idleConnections = 64
	// ioBuffer cuts system calls on large objects.
	ioBuffer = 64 << 10
)

// newTransport makes the HTTP transport of one bucket. It is never shared, so that Close can free its connections.
func newTransport() *http.Transport {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment}
	configureTransport(transport)
	return transport
}

func configureTransport(transport *http.Transport) {
	dialer := &net.Dialer{Timeout: connectLimit, KeepAlive: 15 * time.Second}
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &stallConn{Conn: conn}, nil
	}
	transport.TLSHandshakeTimeout = connectLimit
	transport.IdleConnTimeout = idleLimit
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = idleConnections, idleConnections
	transport.ExpectContinueTimeout = time.Second
	transport.WriteBufferSize, transport.ReadBufferSize = ioBuffer, ioBuffer
}

// stallConn moves its deadline ahead whenever bytes move in either direction.
type stallConn struct{ net.Conn }

func (c *stallConn) Read(p []byte) (int, error) {
	if err := c.SetDeadline(time.Now().Add(stallLimit)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c *stallConn) Write(p []byte) (int, error) {
	if err := c.SetDeadline(time.Now().Add(stallLimit)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}
