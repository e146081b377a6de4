package archiveexporter

import (
	"bufio"
	"fmt"
	"os"
)

// writeBuffer collects the small writes of headers and footers.
const writeBuffer = 256 << 10

// tempFile is a file without a name: it vanishes when it is closed or the process ends, however it ends. It can be
// read again from the start.
type tempFile struct {
	*os.File
	name string // where the system cannot remove an open file
}

func newTempFile(folder string) (*tempFile, error) {
	file, err := os.CreateTemp(folder, "otelcol-byoc-*.parquet")
	if err != nil {
		return nil, fmt.Errorf("create temporary file: %w; set temp_dir to a folder with room", err)
	}
	t := &tempFile{File: file}
	if os.Remove(file.Name()) != nil {
		t.name = file.Name()
	}
	return t, nil
}

func (t *tempFile) buffered() *bufio.Writer { return bufio.NewWriterSize(t.File, writeBuffer) }

func (t *tempFile) close() {
	_ = t.Close()
	if t.name != "" {
		_ = os.Remove(t.name)
	}
}
