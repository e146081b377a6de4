package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// childFolder names the environment variable that makes the test binary a collector that writes until it is killed.
const childFolder = "BYOC_HOT_TEST_FOLDER"

// writeForEver writes numbered documents in batches and says after each how many are stored.
func writeForEver(folder string) error {
	store, err := Open(context.Background(), Config{Path: folder}, Settings{})
	if err != nil {
		return err
	}
	for n := 0; ; {
		batch := make([]*hotstore.Document, 100+n%400)
		for i := range batch {
			batch[i] = numbered(n + i)
		}
		result, err := store.Write(context.Background(), batch)
		if err != nil || result.Stored != len(batch) {
			return fmt.Errorf("%+v: %w", result, err)
		}
		n += len(batch)
		fmt.Println(n)
	}
}

func numbered(n int) *hotstore.Document {
	return &hotstore.Document{UUID: rrpair.UUID{1, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, Service: "s" + strconv.Itoa(n%7),
		Time: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Millisecond)}
}

// A second process reads while a collector writes; the collector is killed, and what it had stored is there once.
func TestKilledWhileAnotherProcessReads(t *testing.T) {
	if folder := os.Getenv(childFolder); folder != "" {
		t.Fatal(writeForEver(folder))
	}
	folder := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^TestKilledWhileAnotherProcessReads$")
	child.Env = append(os.Environ(), childFolder+"="+folder)
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	reader := openStore(t, folder, Settings{})
	count := func() (n int64) {
		if _, err := reader.Aggregate(t.Context(), hotstore.Aggregate{}, func(group hotstore.Group) error {
			n += group.Requests
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	stored := 0
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if n, err := strconv.Atoi(strings.TrimSpace(lines.Text())); err == nil {
			stored = n
			if seen := count(); seen < int64(n) {
				t.Errorf("%d documents are stored, the other process sees %d", n, seen)
			}
		}
		if stored > 5000 {
			break
		}
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		if n, err := strconv.Atoi(strings.TrimSpace(lines.Text())); err == nil {
			stored = n
		}
	}
	_ = child.Wait() // it was killed
	if stored < 5000 {
		t.Fatalf("the writer stopped early, after %d documents", stored)
	}
	after := openStore(t, folder, Settings{})
	all := make([]*hotstore.Document, stored)
	for i := range all {
		all[i] = numbered(i)
	}
	result, err := after.Write(t.Context(), all)
	if err != nil || result.Stored != 0 || result.Duplicates != stored {
		t.Errorf("writing again what was stored: %+v, %v", result, err)
	}
}
