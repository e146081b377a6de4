package ask

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
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"gopkg.in/yaml.v3"

	"github.com/byoc-otel/otelcol-byoc/test/collector"
	"github.com/byoc-otel/otelcol-byoc/test/services"
)

func TestMain(m *testing.M) {
	os.Exit(services.Main(m, func() error { return goleak.Find() }))
}

// Exit codes of the tool.
const (
	exitOK      = 0
	exitError   = 1
	exitUsage   = 2
	exitSkipped = 3
)

// verbLimit ends a run of the tool that hangs.
const verbLimit = time.Minute

// anything is a piece of a configuration or of an answer.
type anything = map[string]any

// answer is what one run of the tool gave.
type answer struct {
	output, said string
	code         int
	took         time.Duration
}

// user is somebody with a configuration.
type user struct{ config string }

// asks runs the tool.
func (u user) asks(t *testing.T, arguments ...string) answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), verbLimit)
	defer cancel()
	command := exec.CommandContext(ctx, collector.Tool(t), append([]string{"--config", u.config, "--no-progress"}, arguments...)...)
	var output, said bytes.Buffer
	command.Stdout, command.Stderr = &output, &said
	begin := time.Now()
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		require.NoError(t, errors.Join(err, ctx.Err()), "byoc %v: %s", arguments, said.String())
	}
	return answer{output.String(), said.String(), command.ProcessState.ExitCode(), time.Since(begin)}
}

// gets runs the tool, which must succeed.
func (u user) gets(t *testing.T, arguments ...string) string {
	t.Helper()
	a := u.asks(t, arguments...)
	require.Equal(t, exitOK, a.code, "byoc %v: %s%s", arguments, a.output, a.said)
	return a.output
}

// object runs the tool with --output json and decodes what it prints.
func (u user) object(t *testing.T, arguments ...string) (found anything) {
	t.Helper()
	text := u.gets(t, append(arguments, "--output", "json")...)
	require.NoError(t, json.Unmarshal([]byte(text), &found), text)
	return found
}

// fails runs the tool, which must end with that code and say all of the texts.
func (u user) fails(t *testing.T, code int, texts []string, arguments ...string) {
	t.Helper()
	a := u.asks(t, arguments...)
	require.Equal(t, code, a.code, "byoc %v: %s%s", arguments, a.output, a.said)
	for _, text := range texts {
		require.Contains(t, a.output+a.said, text, "byoc %v", arguments)
	}
}

// place is an archive and an index of a test's own.
type place struct {
	user
	folder, index string
	node          *services.Search
	settings      anything // of the driver
}

// newPlace makes a configuration with an archive in a new folder and a new index in the node.
func newPlace(t *testing.T, node *services.Search) *place {
	p := &place{folder: filepath.Join(t.TempDir(), "archive"), index: fmt.Sprintf("ask-%d", time.Now().UnixNano()), node: node}
	p.settings = anything{"endpoints": []string{node.Endpoint}, "index": p.index, "replicas": 0, "refresh_interval": "200ms",
		"request_timeout": "10s", "retry": anything{"initial_interval": "50ms", "max_interval": "200ms"}}
	p.user = p.with(t, nil, nil)
	return p
}

// with is a user of the same archive whose hotstore extension differs; outer stands beside the driver.
func (p *place) with(t *testing.T, changes, outer anything) user {
	t.Helper()
	driver := anything{}
	for _, settings := range []anything{p.settings, changes} {
		for key, value := range settings {
			driver[key] = value
		}
	}
	extension := anything{"opensearch": driver}
	for key, value := range outer {
		extension[key] = value
	}
	return user{writeYAML(t, anything{
		"extensions": anything{"archive": anything{"url": "file://" + p.folder + "?create_directory=true"}, "hotstore": extension},
		"processors": anything{"redact": anything{"key": "a key for the tests"},
			"dimension": anything{"dimensions": []any{anything{"name": "agent", "from": "header[user-agent]"}}}},
		"exporters": anything{"archive": anything{"volatile": true, "flush": anything{"age": "500ms"}}, "hotstore": anything{"volatile": true}},
	})}
}

// reaching is a user of the same archive who has another address for the hot store.
func (p *place) reaching(t *testing.T, endpoint string) user {
	t.Helper()
	return p.with(t, anything{"endpoints": []string{endpoint}, "request_timeout": "1s"}, nil)
}

// collects starts a collector with the user's configuration; it returns where it listens.
func (p *place) collects(t *testing.T) (running *collector.Process, address string) {
	t.Helper()
	address = fmt.Sprintf("127.0.0.1:%d", collector.FreePort(t))
	pipeline := writeYAML(t, anything{
		"receivers": anything{"rrpair": anything{"protocols": anything{"grpc": anything{"endpoint": address}}}},
		"service": anything{"extensions": []string{"archive", "hotstore"},
			"pipelines": anything{"logs": anything{"receivers": []string{"rrpair"}, "processors": []string{"redact", "dimension"},
				"exporters": []string{"archive", "hotstore"}}},
			"telemetry": anything{"metrics": anything{"level": "none"}}},
	})
	return collector.Start(t, collector.Binary(t), []string{"--config", p.config, "--config", pipeline}, nil, address), address
}

func writeYAML(t *testing.T, content anything) string {
	t.Helper()
	text, err := yaml.Marshal(content)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	return file
}

// tells sends a request to the node behind the tool's back.
func (p *place) tells(t *testing.T, method, path, body string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), method, p.node.Endpoint+path, strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	if strings.Contains(path, "_bulk") {
		request.Header.Set("Content-Type", "application/x-ndjson")
	}
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Less(t, response.StatusCode, http.StatusBadRequest, "%s %s: %s", method, path, text)
	return string(text)
}

// refreshed makes what was written visible.
func (p *place) refreshed(t *testing.T) { p.tells(t, http.MethodPost, "/"+p.index+"-*/_refresh", "") }
