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
)

// newTransport makes the HTTP transport of one bucket. It is never shared, so that Close can free its connections.
func newTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: connectLimit, KeepAlive: 15 * time.Second}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &stallConn{Conn: conn}, nil
		},
		TLSHandshakeTimeout:   connectLimit,
		IdleConnTimeout:       idleLimit,
		MaxIdleConns:          idleConnections,
		MaxIdleConnsPerHost:   idleConnections,
		ExpectContinueTimeout: time.Second,
		WriteBufferSize:       64 << 10,
		ReadBufferSize:        64 << 10,
	}
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
