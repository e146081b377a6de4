package secret

import (
	"bufio"
	"go/build"
	"io/fs"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// TestSourceCodeHoldsFewSecrets takes lines of the standard library, which hold no secrets but those of its tests, and
// counts what is found: few lines, nearly all of them made to look like secrets.
func TestSourceCodeHoldsFewSecrets(t *testing.T) {
	lines := sourceLines(t, 20_000)
	f := New(all)
	found := 0
	for _, line := range lines {
		text := []byte(line)
		findings := f.Find(nil, text, detect.NewShape(text), detect.Hints{})
		if len(findings) == 0 {
			continue
		}
		found++
		t.Logf("%s %q in %.150q", findings[0].Rule.Name, text[findings[0].Start:findings[0].End], line)
	}
	t.Logf("found in %d of %d lines of source code", found, len(lines))
	if found*500 > len(lines) {
		t.Errorf("found in %d of %d lines of source code, want at most 2 in 1000", found, len(lines))
	}
}

// sourceLines returns lines of the Go distribution, always the same ones for one release.
func sourceLines(t *testing.T, count int) []string {
	t.Helper()
	root := build.Default.GOROOT
	if extra := os.Getenv("BYOC_SOURCE_LINES"); extra != "" {
		root = extra
	} else {
		root = filepath.Join(root, "src")
	}
	var files []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			switch filepath.Ext(path) {
			case ".go", ".md", ".txt", ".yaml", ".yml", ".js", ".json", ".html", ".sh", ".py", ".toml":
				files = append(files, path)
			}
		}
		return nil
	})
	if err != nil || len(files) == 0 {
		t.Skipf("the sources of the Go distribution are not there: %v", err)
	}
	random := rand.New(rand.NewSource(4))
	random.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	var lines []string
	for _, path := range files {
		file, err := os.Open(path)
		if err != nil {
			continue
		}
		scanner := bufio.NewScanner(file)
		for taken := 0; scanner.Scan() && taken < 60; {
			if line := strings.TrimSpace(scanner.Text()); line != "" && random.Intn(4) == 0 {
				lines = append(lines, scanner.Text())
				taken++
			}
		}
		file.Close()
		if len(lines) >= count {
			return lines[:count]
		}
	}
	return lines
}
