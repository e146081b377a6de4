package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

//go:embed demo_config.yaml
var demoConfig []byte

//go:embed demo_policy.yaml
var demoPolicy []byte

const (
	collectorStart = 30 * time.Second // a cold disk included
	collectorStop  = 30 * time.Second // time to flush what it holds
)

// collectorProcess is a collector that the demo started.
type collectorProcess struct {
	endpoint string // host:port of its OTLP/gRPC receiver
	log      string
	command  *exec.Cmd
	exited   chan error
}

// startCollector starts the collector on a free port and waits until it listens.
func (r *demoRun) startCollector(ctx context.Context) (*collectorProcess, error) {
	endpoint, err := freeEndpoint(ctx)
	if err != nil {
		return nil, err
	}
	for file, text := range map[string][]byte{r.config(): r.configText(endpoint), r.path("policy.yaml"): demoPolicy} {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return nil, fmt.Errorf("write the collector's configuration: %w", err)
		}
	}
	p := &collectorProcess{endpoint: endpoint, log: r.path("collector.log"), exited: make(chan error, 1)}
	log, err := os.Create(p.log)
	if err != nil {
		return nil, fmt.Errorf("write the collector's log: %w", err)
	}
	defer log.Close() // the process keeps its own copy
	binary, err := filepath.Abs(r.flags.collector)
	if err != nil {
		return nil, fmt.Errorf("find the collector: %w", err)
	}
	// Not CommandContext: an interrupted demo still stops the collector in order.
	p.command = exec.Command(binary, "--config", r.config())
	p.command.Stdout, p.command.Stderr = log, log
	p.command.Env = append(os.Environ(), redactionKeyVariable+"="+r.key)
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("start the collector: %w", err)
	}
	go func() { p.exited <- p.command.Wait() }()
	if err := p.waitUntilListening(ctx); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

func (r *demoRun) config() string { return r.path("config.yaml") }

// configText is the configuration with this run's places in it, so that a command typed later needs nothing but the file.
// Only the key stays in the environment.
func (r *demoRun) configText(endpoint string) []byte {
	var pairs []string
	for variable, value := range map[string]string{
		"BYOC_DEMO_ENDPOINT": endpoint, "BYOC_DEMO_ARCHIVE": r.archiveURL(), "BYOC_DEMO_QUEUE": r.path("queue"),
		"BYOC_DEMO_POLICY": r.path("policy.yaml"), "BYOC_DEMO_HOT": r.path("hot"),
	} {
		pairs = append(pairs, `"${env:`+variable+`}"`, strconv.Quote(strings.ReplaceAll(value, "$", "$$")))
	}
	return []byte(strings.NewReplacer(pairs...).Replace(string(demoConfig)))
}

func freeEndpoint(ctx context.Context) (string, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

func (p *collectorProcess) waitUntilListening(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, collectorStart)
	defer cancel()
	var dialer net.Dialer
	for {
		connection, err := dialer.DialContext(ctx, "tcp", p.endpoint)
		if err == nil {
			return connection.Close()
		}
		select {
		case exit := <-p.exited:
			p.exited <- exit // for stop
			return fmt.Errorf("the collector did not start; the end of %s:\n%s", p.log, tail(p.log))
		case <-ctx.Done():
			return fmt.Errorf("the collector does not listen at %s (%w); the end of %s:\n%s", p.endpoint, ctx.Err(), p.log, tail(p.log))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// stop asks the collector to stop and waits until it has written what it holds.
func (p *collectorProcess) stop() error {
	// The signal fails when the process has ended already; what it ended with is seen below.
	_ = p.command.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-p.exited:
		if err != nil {
			return fmt.Errorf("the collector ended with %w; the end of %s:\n%s", err, p.log, tail(p.log))
		}
		return nil
	case <-time.After(collectorStop):
		_ = p.command.Process.Kill()
		<-p.exited
		return fmt.Errorf("the collector did not stop within %s; the end of %s:\n%s", collectorStop, p.log, tail(p.log))
	}
}

// tail returns the last lines of a log, for an error.
func tail(path string) []byte {
	const shown = 2000
	text, err := os.ReadFile(path)
	if err != nil {
		return []byte(err.Error())
	}
	if len(text) > shown {
		text = text[len(text)-shown:]
		if end := bytes.IndexByte(text, '\n'); end >= 0 {
			text = text[end+1:]
		}
	}
	return text
}
