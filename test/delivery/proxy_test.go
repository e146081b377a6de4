package delivery

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// proxy stands before a store and can be cut: then connections break and new ones are closed at once. It can be slow, too.
type proxy struct {
	target   string
	listener net.Listener
	delay    atomic.Int64 // nanoseconds before each piece of an answer

	mu          sync.Mutex
	away        bool
	connections map[net.Conn]bool
	wait        sync.WaitGroup
}

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{target: target, listener: listener, connections: map[net.Conn]bool{}}
	p.wait.Go(p.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		p.cut()
		p.wait.Wait()
	})
	return p
}

func (p *proxy) address() string { return p.listener.Addr().String() }

func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = true
	for connection := range p.connections {
		_ = connection.Close()
	}
}

func (p *proxy) mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = false
}

// slow makes the store's answers late by that time from now on.
func (p *proxy) slow(delay time.Duration) { p.delay.Store(int64(delay)) }

// late writes to a client, late.
type late struct {
	io.Writer
	proxy *proxy
}

func (l late) Write(data []byte) (int, error) {
	time.Sleep(time.Duration(l.proxy.delay.Load()))
	return l.Writer.Write(data)
}

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.wait.Go(func() { p.serve(client) })
	}
}

func (p *proxy) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer server.Close()
	if !p.keep(client, server) {
		return
	}
	defer p.forget(client, server)
	var both sync.WaitGroup
	both.Go(func() { _, _ = io.Copy(server, client); _ = server.Close() })
	both.Go(func() { _, _ = io.Copy(late{Writer: client, proxy: p}, server); _ = client.Close() })
	both.Wait()
}

func (p *proxy) keep(connections ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, connection := range connections {
		p.connections[connection] = true
	}
	return !p.away
}

func (p *proxy) forget(connections ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, connection := range connections {
		delete(p.connections, connection)
	}
}
