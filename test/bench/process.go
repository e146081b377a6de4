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
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

const exportMethod = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"

// stopLimit is how long a collector may take to flush and end.
const stopLimit = 5 * time.Minute

func marshaled(config, marshaler string) string {
	return strings.ReplaceAll(config, "MARSHALER", marshaler)
}

// measure runs one pipeline once: start, send everything, stop, read the kernel's accounts and the bucket.
func measure(ctx context.Context, o options, p pipeline, round int, store *minio, load *traffic, dir string) (measurement, error) {
	bucketName := fmt.Sprintf("run-%d-%s", round, bucketSafe(p.name))
	if err := store.createBucket(ctx, bucketName); err != nil {
		return measurement{}, err
	}
	port, err := freePort()
	if err != nil {
		return measurement{}, err
	}
	work := filepath.Join(dir, bucketName)
	if err := os.MkdirAll(work, 0o755); err != nil {
		return measurement{}, err
	}
	defer os.RemoveAll(work)
	config := strings.NewReplacer("{{port}}", strconv.Itoa(port), "{{bucket}}", bucketName, "{{endpoint}}", store.address, "{{queue}}", filepath.Join(work, "queue")).Replace(p.config)
	configFile := filepath.Join(work, "config.yaml")
	if err := os.WriteFile(configFile, []byte(config), 0o644); err != nil {
		return measurement{}, err
	}
	logFile, err := os.Create(filepath.Join(work, "log"))
	if err != nil {
		return measurement{}, err
	}
	defer logFile.Close()
	command := exec.CommandContext(ctx, o.collector, "--config", configFile)
	command.Env = append(os.Environ(), store.environment()...)
	command.Stdout, command.Stderr = logFile, logFile
	if err := command.Start(); err != nil {
		return measurement{}, err
	}
	failed := func(err error) (measurement, error) {
		_ = command.Process.Kill()
		_ = command.Wait()
		text, _ := os.ReadFile(logFile.Name())
		return measurement{}, fmt.Errorf("%w; the collector's log ends with:\n%s", err, tail(string(text), 2000))
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	if err := waitForPort(ctx, address); err != nil {
		return failed(err)
	}
	peak := watchPeak(command.Process.Pid)
	defer peak.stop()
	idle, err := processCPU(command.Process.Pid)
	if err != nil {
		return failed(err)
	}
	begin := time.Now()
	if err := sendAll(ctx, address, load.requests, o.senders); err != nil {
		return failed(err)
	}
	wall := time.Since(begin)
	if err := settle(ctx, command.Process.Pid, p.settle); err != nil {
		return failed(err)
	}
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		return failed(err)
	}
	killer := time.AfterFunc(stopLimit, func() { _ = command.Process.Kill() })
	waitErr := command.Wait()
	killer.Stop()
	if waitErr != nil {
		return failed(fmt.Errorf("the collector ended with %w", waitErr))
	}
	m := measurement{Pairs: load.pairs, Wall: wall, PeakRSS: peak.stop(),
		CPU: command.ProcessState.UserTime() + command.ProcessState.SystemTime() - idle}
	if m.StoredBytes, m.Objects, err = store.size(ctx, bucketName); err != nil {
		return measurement{}, err
	}
	stored, err := countStored(ctx, o, p, store, bucketName)
	if err != nil {
		return measurement{}, err
	}
	if stored != load.pairs {
		text, _ := os.ReadFile(logFile.Name())
		return measurement{}, fmt.Errorf("%d pairs were acknowledged, %d are in the bucket; log:\n%s", load.pairs, stored, tail(string(text), 2000))
	}
	return m, nil
}

// rawCodec sends bytes that are marshaled already, so that the sender costs next to nothing.
type rawCodec struct{}

func (rawCodec) Marshal(v any) ([]byte, error) { return *(v.(*[]byte)), nil }
func (rawCodec) Unmarshal(b []byte, v any) error {
	*(v.(*[]byte)) = append([]byte(nil), b...)
	return nil
}
func (rawCodec) Name() string { return "proto" }

// sendAll sends every request until it is acknowledged.
func sendAll(ctx context.Context, address string, requests [][]byte, senders int) error {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.ForceCodec(rawCodec{})))
	if err != nil {
		return err
	}
	defer connection.Close()
	var (
		next  atomic.Int64
		group sync.WaitGroup
		errs  = make(chan error, senders)
	)
	for range senders {
		group.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(requests) {
					return
				}
				if err := sendOne(ctx, connection, requests[i]); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	group.Wait()
	close(errs)
	return <-errs
}

func sendOne(ctx context.Context, connection *grpc.ClientConn, request []byte) error {
	const attempts = 200
	var err error
	for range attempts {
		var answer []byte
		if err = connection.Invoke(ctx, exportMethod, &request, &answer); err == nil {
			return checkAnswer(answer)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("not acknowledged after %d attempts: %w", attempts, err)
}

// checkAnswer fails unless every record of the request was taken.
func checkAnswer(answer []byte) error {
	response := plogotlp.NewExportResponse()
	if err := response.UnmarshalProto(answer); err != nil {
		return err
	}
	if n := response.PartialSuccess().RejectedLogRecords(); n > 0 {
		return fmt.Errorf("the collector refused %d records: %s", n, response.PartialSuccess().ErrorMessage())
	}
	return nil
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

func bucketSafe(name string) string {
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
	return strings.Trim(clean, "-")
}
