package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

const exportMethod = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"

func marshaled(config, marshaler string) string {
	return strings.ReplaceAll(config, "MARSHALER", marshaler)
}

// measure runs one pipeline once: start, send everything, stop, read the kernel's accounts and the bucket.
func measure(ctx context.Context, o options, p pipeline, round int, store *minio, load *traffic, dir string) (measurement, error) {
	bucketName := fmt.Sprintf("run-%d-%s", round, bucketSafe(p.name))
	if err := store.createBucket(ctx, bucketName); err != nil {
		return measurement{}, err
	}
	work := filepath.Join(dir, bucketName)
	defer os.RemoveAll(work)
	c, err := startCollector(ctx, o.collector, p.config, work, map[string]string{"{{bucket}}": bucketName, "{{endpoint}}": store.address}, store.environment())
	if err != nil {
		return measurement{}, err
	}
	begin := time.Now()
	if err := sendAll(ctx, c.address, load.requests, o.senders); err != nil {
		return measurement{}, c.failed(err)
	}
	wall := time.Since(begin)
	if err := settle(ctx, c.command.Process.Pid, p.settle); err != nil {
		return measurement{}, c.failed(err)
	}
	m := measurement{Pairs: load.pairs, Wall: wall}
	if m.CPU, m.PeakRSS, err = c.stop(); err != nil {
		return measurement{}, err
	}
	if m.StoredBytes, m.Objects, err = store.size(ctx, bucketName); err != nil {
		return measurement{}, err
	}
	stored, err := countStored(ctx, o, p, store, bucketName)
	if err != nil {
		return measurement{}, err
	}
	if stored != load.pairs {
		return measurement{}, fmt.Errorf("%d pairs were acknowledged, %d are in the bucket; log:\n%s", load.pairs, stored, c.logTail())
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

func bucketSafe(name string) string {
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
	return strings.Trim(clean, "-")
}
