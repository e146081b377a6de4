// Package collector starts real collector processes for tests.
package collector

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	startLimit = 30 * time.Second
	stopLimit  = time.Minute
)

// Binary is the distribution under test: BYOC_COLLECTOR, which `make test` sets.
func Binary(t testing.TB) string { return fromEnvironment(t, "BYOC_COLLECTOR") }

// Tool is the command-line tool: BYOC_TOOL, which `make test` sets.
func Tool(t testing.TB) string { return fromEnvironment(t, "BYOC_TOOL") }

func fromEnvironment(t testing.TB, name string) string {
	t.Helper()
	path := os.Getenv(name)
	if path != "" {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	reason := fmt.Sprintf("%s=%q names no binary: run through `make test`, or `make build` and set it", name, path)
	if os.Getenv("CI") != "" {
		t.Fatal(reason)
	}
	t.Skip(reason)
	return ""
}

// Process is a running collector.
type Process struct {
	t       testing.TB
	command *exec.Cmd
	log     string
	once    sync.Once
	ended   chan struct{}
	err     error
}

// Start runs a collector with its arguments and waits until every address answers. The test's end kills it.
func Start(t testing.TB, binary string, arguments, environment []string, addresses ...string) *Process {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "collector.log"))
	require.NoError(t, err)
	defer log.Close()
	p := &Process{t: t, command: exec.Command(binary, arguments...), log: log.Name(), ended: make(chan struct{})}
	p.command.Stdout, p.command.Stderr = log, log
	p.command.Env = append(os.Environ(), environment...)
	require.NoError(t, p.command.Start())
	go func() {
		p.err = p.command.Wait()
		close(p.ended)
	}()
	t.Cleanup(p.Kill)
	for _, address := range addresses {
		p.wait(address)
	}
	return p
}

func (p *Process) wait(address string) {
	p.t.Helper()
	deadline := time.Now().Add(startLimit)
	for time.Now().Before(deadline) {
		select {
		case <-p.ended:
			p.t.Fatalf("the collector ended at its start (%v):\n%s", p.err, p.Log())
		default:
		}
		if c, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			_ = c.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	p.t.Fatalf("%s does not answer within %v:\n%s", address, startLimit, p.Log())
}

// Stop ends the collector as a supervisor does, and fails the test if it does not end cleanly.
func (p *Process) Stop() {
	p.t.Helper()
	require.NoError(p.t, p.command.Process.Signal(syscall.SIGTERM))
	select {
	case <-p.ended:
		require.NoError(p.t, p.err, "%s", p.Log())
	case <-time.After(stopLimit):
		p.t.Fatalf("the collector does not stop within %v:\n%s", stopLimit, p.Log())
	}
}

// Kill ends it at once, as a power cut would; safe to call twice.
func (p *Process) Kill() {
	p.once.Do(func() {
		_ = p.command.Process.Kill()
		<-p.ended
	})
}

// Log is everything the collector printed so far.
func (p *Process) Log() string {
	data, _ := os.ReadFile(p.log)
	return string(data)
}

// Logged says whether the collector has printed all of the texts.
func (p *Process) Logged(texts ...string) bool {
	log := p.Log()
	for _, text := range texts {
		if !strings.Contains(log, text) {
			return false
		}
	}
	return true
}

// FreePort is a port of the loopback that was free a moment ago.
func FreePort(t testing.TB) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}
