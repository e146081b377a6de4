package services

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

const openSearchScript = "opensearch.sh"

// Search is a running OpenSearch node. Index names are what keeps tests apart in a shared one.
type Search struct {
	// Endpoint is http://127.0.0.1:port; Port and Folder are the node's.
	Endpoint string
	Port     int
	Folder   string
}

// OpenSearch gives the node that the tests of this process share.
func OpenSearch(t testing.TB) *Search {
	t.Helper()
	p := start(t, openSearchScript)
	return &Search{Endpoint: p.endpoint(), Port: p.port, Folder: p.folder}
}

// OwnOpenSearch starts a node for one test alone, which may stop and start it. settings are key=value.
func OwnOpenSearch(t testing.TB, settings ...string) *Search {
	t.Helper()
	if err := runScript(t.Context(), openSearchScript, "fetch"); err != nil {
		unavailable(t, openSearchScript, err)
	}
	port, err := freePort()
	require.NoError(t, err)
	s := &Search{Endpoint: fmt.Sprintf("http://127.0.0.1:%d", port), Port: port, Folder: t.TempDir()}
	s.Start(t, settings...)
	t.Cleanup(func() { s.Stop(t) })
	return s
}

// Start starts the node again on its data, on the same port.
func (s *Search) Start(t testing.TB, settings ...string) {
	t.Helper()
	arguments := append([]string{"start", s.Folder, fmt.Sprint(s.Port)}, settings...)
	require.NoError(t, runScript(t.Context(), openSearchScript, arguments...))
}

// Stop ends the node and keeps its data. It does nothing where the node is stopped.
func (s *Search) Stop(t testing.TB) {
	t.Helper()
	require.NoError(t, runScript(context.Background(), openSearchScript, "stop", s.Folder))
}

// Kill ends the node as a crash does.
func (s *Search) Kill(t testing.TB) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.Folder, "pid"))
	require.NoError(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
	s.Stop(t) // waits until it is gone
}
