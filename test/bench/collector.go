package main

import (
	"context"
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

// stopLimit is how long a collector may take to flush and end.
const stopLimit = 5 * time.Minute

// collector is a running collector process whose costs are measured.
type collector struct {
	command *exec.Cmd
	address string // of its OTLP gRPC receiver
	logFile string
	peak    *peakWatch
	idle    time.Duration // CPU time that starting took, which does not count
}

// startCollector fills in the configuration, {{port}} and {{queue}} besides what replace says, and starts the collector
// in the folder work, which is made. It returns when the receiver listens.
func startCollector(ctx context.Context, binary, config, work string, replace map[string]string, environment []string) (*collector, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(work, 0o755); err != nil {
		return nil, err
	}
	pairs := []string{"{{port}}", strconv.Itoa(port), "{{queue}}", filepath.Join(work, "queue")}
	for name, value := range replace {
		pairs = append(pairs, name, value)
	}
	configFile := filepath.Join(work, "config.yaml")
	if err := os.WriteFile(configFile, []byte(strings.NewReplacer(pairs...).Replace(config)), 0o644); err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(work, "log"))
	if err != nil {
		return nil, err
	}
	defer log.Close() // the process has its own
	c := &collector{address: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), logFile: log.Name()}
	c.command = exec.CommandContext(ctx, binary, "--config", configFile)
	c.command.Env = append(os.Environ(), environment...)
	c.command.Stdout, c.command.Stderr = log, log
	if err := c.command.Start(); err != nil {
		return nil, err
	}
	c.peak = watchPeak(c.command.Process.Pid)
	if err := waitForPort(ctx, c.address); err != nil {
		return nil, c.failed(err)
	}
	if c.idle, err = processCPU(c.command.Process.Pid); err != nil {
		return nil, c.failed(err)
	}
	return c, nil
}

// stop ends the collector as an operator does and reads the kernel's account of it.
func (c *collector) stop() (cpu time.Duration, peak int64, err error) {
	if err := c.command.Process.Signal(syscall.SIGTERM); err != nil {
		return 0, 0, c.failed(err)
	}
	killer := time.AfterFunc(stopLimit, func() { _ = c.command.Process.Kill() })
	err = c.command.Wait()
	killer.Stop()
	peak = c.peak.stop()
	if err != nil {
		return 0, 0, fmt.Errorf("the collector ended with %w; its log ends with:\n%s", err, c.logTail())
	}
	return c.command.ProcessState.UserTime() + c.command.ProcessState.SystemTime() - c.idle, peak, nil
}

// failed ends the collector at once and adds the end of its log to the error.
func (c *collector) failed(err error) error {
	_ = c.command.Process.Kill()
	_ = c.command.Wait()
	c.peak.stop()
	return fmt.Errorf("%w; the collector's log ends with:\n%s", err, c.logTail())
}

func (c *collector) logTail() string {
	text, _ := os.ReadFile(c.logFile)
	return tail(string(text), 2000)
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

func waitForPort(ctx context.Context, address string) error {
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) && ctx.Err() == nil {
		if c, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			return c.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("%s does not answer within 30 s", address)
}

// settle waits at least the given time and then until the process is idle, for pipelines that leave their last batch in a
// queue on disk when they are stopped.
func settle(ctx context.Context, pid int, least time.Duration) error {
	const (
		step = 2 * time.Second
		idle = 60 * time.Millisecond // of CPU time in one step
	)
	if least == 0 {
		return nil
	}
	time.Sleep(least)
	before, err := processCPU(pid)
	for err == nil && ctx.Err() == nil {
		time.Sleep(step)
		var now time.Duration
		if now, err = processCPU(pid); now-before < idle {
			return err
		}
		before = now
	}
	return errors.Join(err, ctx.Err())
}

// processCPU reads the CPU time of a running process from /proc (clock ticks of 10 ms on every Linux that Go runs on).
func processCPU(pid int) (time.Duration, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, after, ok := strings.Cut(string(data), ") ")
	fields := strings.Fields(after)
	if !ok || len(fields) < 13 {
		return 0, fmt.Errorf("unexpected /proc/%d/stat", pid)
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(fields[12], 10, 64)
	if err != nil {
		return 0, err
	}
	return time.Duration(user+system) * 10 * time.Millisecond, nil
}

func tail(text string, n int) string {
	if len(text) > n {
		return "…" + text[len(text)-n:]
	}
	return text
}
