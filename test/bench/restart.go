package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// When the node dies and how fast the pairs come: slowly enough for either pipeline on two cores, and for long enough
// that pairs come before, while and after it is away.
const (
	restartRate  = 1500 // pairs a second
	restartPairs = 40 * restartRate
	killAfter    = 10 * time.Second
	downFor      = 10 * time.Second // and then the node takes some seconds to start
)

// restartRun is what became of the pairs that were acknowledged while the node was killed and started again.
type restartRun struct {
	Name         string        `json:"name"`
	Acknowledged int           `json:"acknowledged"`
	Before       int           `json:"acknowledged_before_kill"`
	While        int           `json:"acknowledged_while_down"`
	Down         time.Duration `json:"down_ns"` // from the kill until the node answered again
	Documents    int           `json:"documents"`
	Lost         int           `json:"lost"`    // acknowledged uuids that no document has
	Doubled      int           `json:"doubled"` // documents beyond one for each uuid
}

func restartSearch(ctx context.Context, o options, p searchPipeline, node *searchNode, load *traffic, dir string) (restartRun, error) {
	r := restartRun{Name: p.name}
	index := "killed-" + bucketSafe(p.name)
	work := filepath.Join(dir, "search-"+index)
	defer os.RemoveAll(work)
	c, indices, err := startSearchPipeline(ctx, o, p, index, node, work)
	if err != nil {
		return r, err
	}
	load = load.first(restartPairs)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		acknowledged atomic.Int64
		sender       sync.WaitGroup
		sent         map[rrpair.UUID]bool
		sendErr      error
	)
	sender.Go(func() { sent, sendErr = sendPaced(ctx, c.address, load, o.senders, &acknowledged) })
	abandon := func(err error) (restartRun, error) {
		cancel()
		sender.Wait()
		return r, c.failed(err)
	}
	time.Sleep(killAfter)
	began := time.Now()
	r.Before = int(acknowledged.Load())
	if err := node.kill(); err != nil {
		return abandon(err)
	}
	time.Sleep(downFor)
	if err := node.start(ctx); err != nil {
		return abandon(err)
	}
	r.Down, r.While = time.Since(began), int(acknowledged.Load())-r.Before
	sender.Wait()
	if sendErr != nil {
		return abandon(sendErr)
	}
	r.Acknowledged = len(sent)
	// Not only until there are enough: what comes twice comes late.
	if r.Documents, err = node.wait(ctx, indices, int(^uint(0)>>1), searchPatience); err != nil {
		return abandon(err)
	}
	if _, _, err := c.stop(); err != nil {
		return r, err
	}
	stored := map[rrpair.UUID]bool{}
	r.Documents = 0
	err = node.each(ctx, indices, func(h hit) error {
		id, err := uuidOf(h)
		stored[id] = true
		r.Documents++
		return err
	})
	if err != nil {
		return r, err
	}
	r.Doubled = r.Documents - len(stored)
	for id := range sent {
		if !stored[id] {
			r.Lost++
		}
	}
	return r, node.remove(ctx, indices)
}

// uuidOf finds the pair's uuid in a document: in its _id where the document is ours, in the body where it is the stock
// exporter's, which gives ids that mean nothing.
func uuidOf(h hit) (rrpair.UUID, error) {
	if h.Source.Body == "" {
		raw, err := base64.RawURLEncoding.DecodeString(h.ID)
		if err != nil || len(raw) != len(rrpair.UUID{}) {
			return rrpair.UUID{}, fmt.Errorf("the _id %q is no uuid", h.ID)
		}
		return rrpair.UUID(raw), nil
	}
	var pair rrpair.Pair
	if err := pair.ParseJSON([]byte(h.Source.Body)); err != nil {
		return rrpair.UUID{}, err
	}
	id, ok := pair.UUID()
	if !ok {
		return id, fmt.Errorf("document %s has no uuid", h.ID)
	}
	return id, nil
}

// sendPaced sends at restartRate until everything is acknowledged, and returns the uuids that were.
func sendPaced(ctx context.Context, address string, load *traffic, senders int, acknowledged *atomic.Int64) (map[rrpair.UUID]bool, error) {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.ForceCodec(rawCodec{})))
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	var (
		mutex sync.Mutex
		sent  = map[rrpair.UUID]bool{}
		next  atomic.Int64
		group sync.WaitGroup
		errs  = make(chan error, senders)
		begin = time.Now()
	)
	for range senders {
		group.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(load.requests) {
					return
				}
				due := begin.Add(time.Duration(i*len(load.ids[0])) * time.Second / restartRate)
				time.Sleep(time.Until(due))
				if err := sendOne(ctx, connection, load.requests[i]); err != nil {
					errs <- err
					return
				}
				acknowledged.Add(int64(len(load.ids[i])))
				mutex.Lock()
				for _, id := range load.ids[i] {
					sent[id] = true
				}
				mutex.Unlock()
			}
		})
	}
	group.Wait()
	close(errs)
	return sent, <-errs
}
