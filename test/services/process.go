package services

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// startLimit holds the first build of a store from source on a slow machine.
const startLimit = 15 * time.Minute

// process is one running store.
type process struct {
	script string
	folder string
	port   int
	users  int
	err    error // why it could not start; tried once
}

// registry holds what runs. There is one per test process: that is what sharing means.
type registry struct {
	mu      sync.Mutex
	running map[string]*process
	keep    bool // Main stops everything
	buckets int
}

var shared = registry{running: map[string]*process{}}

// Main is for TestMain: the stores stay up between the tests of the package. It runs the tests, stops the stores, calls
// each check after that (goleak's, say) and returns the exit code for os.Exit.
func Main(m *testing.M, checks ...func() error) int {
	shared.mu.Lock()
	shared.keep = true
	shared.mu.Unlock()
	code := m.Run()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	for name := range shared.running {
		shared.stop(name)
	}
	for _, check := range checks {
		if err := check(); err != nil && code == 0 {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	return code
}

// start gives the store of that script, running, to one test.
func start(t testing.TB, script string) *process {
	t.Helper()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	p := shared.running[script]
	if p == nil {
		p = launch(t.Context(), script)
		shared.running[script] = p
	}
	if p.err != nil {
		unavailable(t, script, p.err)
	}
	p.users++
	t.Cleanup(func() {
		shared.mu.Lock()
		defer shared.mu.Unlock()
		if p.users--; p.users == 0 && !shared.keep {
			shared.stop(script)
		}
	})
	return p
}

// bucketName is new at each call.
func bucketName() string {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	shared.buckets++
	return fmt.Sprintf("byoc-test-%d", shared.buckets)
}

// stop ends a store and removes its files. The lock is held.
func (r *registry) stop(script string) {
	p := r.running[script]
	delete(r.running, script)
	if p.folder == "" {
		return
	}
	if err := runScript(context.Background(), script, "stop", p.folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	_ = os.RemoveAll(p.folder)
}

func launch(ctx context.Context, script string) *process {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	p := &process{script: script}
	if p.err = runScript(ctx, script, "fetch"); p.err != nil {
		return p
	}
	if p.folder, p.err = os.MkdirTemp("", "byoc-"+strings.TrimSuffix(script, ".sh")+"-"); p.err != nil {
		return p
	}
	// Another process may take the free port before the store does: try a few.
	for range 3 {
		if p.port, p.err = freePort(); p.err != nil {
			return p
		}
		if p.err = runScript(ctx, script, "start", p.folder, fmt.Sprint(p.port)); p.err == nil {
			return p
		}
	}
	return p
}

// Endpoint is the store's address.
func (p *process) endpoint() string { return fmt.Sprintf("http://127.0.0.1:%d", p.port) }

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

func runScript(ctx context.Context, script string, arguments ...string) error {
	_, self, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(self) {
		return errors.New("the start scripts cannot be found: build the test without -trimpath")
	}
	command := exec.CommandContext(ctx, "sh", append([]string{filepath.Join(filepath.Dir(self), script)}, arguments...)...)
	// The store outlives the script: its output must not be a pipe that Run would wait for.
	output, err := os.CreateTemp("", "byoc-script-")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(output.Name()) }()
	defer func() { _ = output.Close() }()
	command.Stdout, command.Stderr = output, output
	if err := command.Run(); err != nil {
		said, _ := os.ReadFile(output.Name())
		return fmt.Errorf("%s %s: %w: %s", script, strings.Join(arguments, " "), err, strings.TrimSpace(string(said)))
	}
	return nil
}

// unavailable ends the test: quietly for a developer who lacks the store, as a failure where everything should be there.
func unavailable(t testing.TB, what string, err error) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s cannot be had: %v", what, err)
	}
	t.Skipf("%s cannot be had: %v", what, err)
}
