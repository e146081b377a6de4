// Package house checks the structure of the repository itself: who imports whom, and that the collector's manifest
// and the component folders agree.
package house

import (
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/byoc-otel/otelcol-byoc"

// groundFloor is below all others: every package may import what stands there.
const groundFloor = -1

const noFloor = -2

// floorOf gives the floor a package stands on, or noFloor where the rules say nothing of it.
func floorOf(path string) int {
	floors := []struct {
		prefix string
		floor  int
	}{
		{"internal/bytesize", groundFloor},
		{"internal/timespan", groundFloor},
		{"internal/rrpair", 0},
		{"internal/filter", 0},
		{"internal/bucket", 0},
		{"internal/queue", 0},
		{"internal/ddsketch", 0},
		{"internal/archive", 1},
		{"internal/dimension", 1},
		{"internal/demo", 1},
		{"internal/redact", 1},
		{"internal/dropped", 1},
		{"internal/hotstore", 1},
		{"internal/snapshot", 2},
		{"internal/rehydrate", 2},
		{"internal/servicemap", 2},
		{"internal/federate", 3}, // stands on rehydrate; for tools
		{"receiver", 3},
		{"processor", 3},
		{"exporter", 3},
		{"extension", 3},
		{"cmd", 4},
		{"test", 4},
		{"scripts", 4},
	}
	local := strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
	for _, f := range floors {
		if local == f.prefix || strings.HasPrefix(local, f.prefix+"/") {
			return f.floor
		}
	}
	return noFloor
}

// family is the part of an import path within which packages may import each other: internal/archive and
// internal/archive/deadletter are one family.
func family(path string) string {
	parts := strings.Split(strings.TrimPrefix(path, module+"/"), "/")
	if len(parts) > 2 {
		parts = parts[:2]
	}
	return strings.Join(parts, "/")
}

func TestEveryPackageImportsOnlyLowerFloors(t *testing.T) {
	command := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	command.Dir = "../.."
	output, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(output))
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		own := floorOf(p.ImportPath)
		if own == noFloor {
			t.Errorf("%s stands on no floor: add it to floorOf and to .golangci.yml", p.ImportPath)
			continue
		}
		if own == 4 {
			continue
		}
		for _, imported := range p.Imports {
			if !strings.HasPrefix(imported, module+"/") || family(imported) == family(p.ImportPath) {
				continue
			}
			if floorOf(imported) >= own {
				t.Errorf("%s (floor %d) imports %s (floor %d): only lower floors are allowed", p.ImportPath, own, imported, floorOf(imported))
			}
		}
	}
}
