package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// javaOptions give the node more than the tests do: it takes in records of some kilobytes from ten connections.
const javaOptions = "-Xms1g -Xmx1g -XX:+UseSerialGC -XX:TieredStopAtLevel=1"

// errNoSearch is why the comparison is left out where OpenSearch cannot be had.
var errNoSearch = errors.New("OpenSearch cannot be had")

// searchNode is a real OpenSearch of one node.
type searchNode struct {
	script, dir, port, endpoint string
	client                      *http.Client
}

func startSearch(ctx context.Context, services, dir string) (*searchNode, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	n := &searchNode{script: filepath.Join(services, "opensearch.sh"), dir: filepath.Join(dir, "opensearch"), port: strconv.Itoa(port),
		client: &http.Client{Timeout: 2 * time.Minute}}
	n.endpoint = "http://127.0.0.1:" + n.port
	if output, err := exec.CommandContext(ctx, n.script, "fetch").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %w: %s", errNoSearch, err, output)
	}
	return n, n.start(ctx)
}

// start starts the node on the data it has. A node that did not get ready does not stay.
func (n *searchNode) start(ctx context.Context) error {
	command := exec.CommandContext(ctx, n.script, "start", n.dir, n.port)
	command.Env = append(os.Environ(), "BYOC_OPENSEARCH_JAVA="+javaOptions)
	// No pipe to the script: the server it leaves behind would keep it open.
	if err := command.Run(); err != nil {
		n.stop()
		log, _ := os.ReadFile(filepath.Join(n.dir, "log"))
		return fmt.Errorf("start OpenSearch with %s: %w; its log ends with:\n%s", n.script, err, tail(string(log), 2000))
	}
	return nil
}

func (n *searchNode) stop() { _ = exec.Command(n.script, "stop", n.dir).Run() }

// kill ends the node as a crash does.
func (n *searchNode) kill() error {
	text, err := os.ReadFile(filepath.Join(n.dir, "pid"))
	if err != nil {
		return err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return err
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return err
	}
	n.stop() // waits until it is gone
	return nil
}

// ask sends one request; body and answer may be nil.
func (n *searchNode) ask(ctx context.Context, method, path string, body, answer any) error {
	var content io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(ctx, method, n.endpoint+"/"+path, content)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := n.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s: %s", method, path, response.Status, tail(string(data), 500))
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(data, answer)
}

// count refreshes the indices and counts their documents; no index is no documents.
func (n *searchNode) count(ctx context.Context, indices string) (int, error) {
	if err := n.ask(ctx, http.MethodPost, indices+"/_refresh", nil, nil); err != nil {
		return 0, err
	}
	var answer struct {
		Count int `json:"count"`
	}
	return answer.Count, n.ask(ctx, http.MethodGet, indices+"/_count", nil, &answer)
}

// wait returns when the indices hold that many documents, or when their number has not changed for so long. A node that
// does not answer has no number.
func (n *searchNode) wait(ctx context.Context, indices string, enough int, patience time.Duration) (int, error) {
	const interval = time.Second
	last, since := -1, time.Now()
	for {
		count, err := n.count(ctx, indices)
		if err == nil && count >= enough {
			return count, nil
		}
		if err == nil && count != last {
			last, since = count, time.Now()
		}
		if time.Since(since) > patience {
			return last, err
		}
		select {
		case <-ctx.Done():
			return last, ctx.Err()
		case <-time.After(interval):
		}
	}
}

// mergedBytes is what the indices take on disk when each shard is one segment and nothing waits to be written.
func (n *searchNode) mergedBytes(ctx context.Context, indices string) (int64, error) {
	const attempts = 10
	for range attempts {
		for _, action := range []string{"_refresh", "_forcemerge?max_num_segments=1", "_flush?force=true", "_refresh"} {
			if err := n.ask(ctx, http.MethodPost, indices+"/"+action, nil, nil); err != nil {
				return 0, err
			}
		}
		// Not _stats/store, which may be ten seconds old.
		var segments []struct {
			Index string `json:"index"`
			Shard string `json:"shard"`
			Size  string `json:"size"`
		}
		if err := n.ask(ctx, http.MethodGet, "_cat/segments/"+indices+"?format=json&bytes=b&h=index,shard,size", nil, &segments); err != nil {
			return 0, err
		}
		total, shards := int64(0), map[string]bool{}
		for _, segment := range segments {
			shards[segment.Index+"/"+segment.Shard] = true
			size, err := strconv.ParseInt(segment.Size, 10, 64)
			if err != nil {
				return 0, err
			}
			total += size
		}
		if len(shards) == len(segments) {
			return total, nil
		}
		time.Sleep(time.Second) // the node still merges by itself, or has not let go of what it merged
	}
	return 0, fmt.Errorf("%s has several segments in a shard after %d merges", indices, attempts)
}

// hit is one document as a search returns it.
type hit struct {
	ID     string `json:"_id"`
	Source struct {
		Body string `json:"body"` // of the stock exporter's documents
	} `json:"_source"`
}

// each calls f for every document of the indices.
func (n *searchNode) each(ctx context.Context, indices string, f func(hit) error) error {
	type page struct {
		Scroll string `json:"_scroll_id"`
		Hits   struct {
			Hits []hit `json:"hits"`
		} `json:"hits"`
	}
	var p page
	query := map[string]any{"size": 2000, "sort": []string{"_doc"}, "_source": []string{"body"}}
	err := n.ask(ctx, http.MethodPost, indices+"/_search?scroll=2m", query, &p)
	for err == nil && len(p.Hits.Hits) > 0 {
		for _, h := range p.Hits.Hits {
			if err := f(h); err != nil {
				return err
			}
		}
		next := map[string]any{"scroll": "2m", "scroll_id": p.Scroll}
		p = page{}
		err = n.ask(ctx, http.MethodPost, "_search/scroll", next, &p)
	}
	return err
}

func (n *searchNode) remove(ctx context.Context, indices string) error {
	return n.ask(ctx, http.MethodDelete, indices, nil, nil)
}
