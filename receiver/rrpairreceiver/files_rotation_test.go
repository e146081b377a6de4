package rrpairreceiver

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRotationByRename(t *testing.T) {
	for name, pattern := range map[string]string{"the new name matches": "*", "the new name does not match": "*.jsonl"} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t)
			f.config = func(c *Config) { c.Files.Include = []string{f.path(pattern)} }
			f.write("a.jsonl", []byte(numbered("a", 0, 10)))
			pipeline := new(uuids)
			defer f.start(pipeline)()
			eventually(t, pipeline, names("a", 0, 10))
			require.NoError(t, os.Rename(f.path("a.jsonl"), f.path("a.jsonl.1")))
			f.add("a.jsonl.1", numbered("a", 10, 10)) // the writer has it open still
			f.write("a.jsonl", []byte(numbered("b", 0, 10)))
			eventually(t, pipeline, names("a", 0, 20), names("b", 0, 10))
			f.add("a.jsonl.1", numbered("a", 20, 10))
			eventually(t, pipeline, names("a", 0, 30), names("b", 0, 10))
		})
	}
}

func TestRotationWhileStopped(t *testing.T) {
	f := newFolder(t)
	f.write("a.jsonl", []byte(numbered("a", 0, 10)))
	f.write("z.jsonl.gz", compressed(t, "gzip", []byte(numbered("z", 0, 10))))
	pipeline := new(uuids)
	stop := f.start(pipeline)
	eventually(t, pipeline, names("a", 0, 10), names("z", 0, 10))
	stop()
	f.add("a.jsonl", numbered("a", 10, 10))
	require.NoError(t, os.Rename(f.path("a.jsonl"), f.path("a.jsonl.1")))
	require.NoError(t, os.Rename(f.path("z.jsonl.gz"), f.path("y.jsonl.gz")))
	f.write("a.jsonl", []byte(numbered("b", 0, 10)))
	defer f.start(pipeline)()
	eventually(t, pipeline, names("a", 0, 20), names("z", 0, 10), names("b", 0, 10))
}

func TestRotationByCopyAndTruncate(t *testing.T) {
	f := newFolder(t)
	f.write("a.jsonl", []byte(numbered("a", 0, 10)))
	pipeline := new(uuids)
	stop := f.start(pipeline)
	eventually(t, pipeline, names("a", 0, 10))
	stop()
	f.write("a.jsonl.1", []byte(numbered("a", 0, 12)))
	f.write("a.jsonl", []byte(numbered("b", 0, 3)))
	defer f.start(pipeline)()
	eventually(t, pipeline, names("a", 0, 12), names("b", 0, 3))
	f.write("a.jsonl", []byte(numbered("c", 0, 1)))
	eventually(t, pipeline, names("a", 0, 12), names("b", 0, 3), names("c", 0, 1))
}

// A new file that begins like one that was read, and is gone, is another file.
func TestFileThatBeginsLikeAnother(t *testing.T) {
	f := newFolder(t)
	f.write("first.jsonl", []byte(numbered("same", 0, 5)+numbered("a", 0, 100)))
	pipeline := new(uuids)
	stop := f.start(pipeline)
	eventually(t, pipeline, names("same", 0, 5), names("a", 0, 100))
	stop()
	require.NoError(t, os.Remove(f.path("first.jsonl")))
	f.write("second.jsonl", []byte(numbered("same", 0, 5)+numbered("b", 0, 200)))
	defer f.start(pipeline)()
	eventually(t, pipeline, names("same", 0, 5), names("a", 0, 100), names("same", 0, 5), names("b", 0, 200))
}

func TestStartAtEnd(t *testing.T) {
	f := newFolder(t)
	f.config = func(c *Config) { c.Files.StartAt = startAtEnd }
	f.write("a.jsonl", []byte(numbered("a", 0, 10)+pairLine("a-10")[:20]))
	f.write("b.jsonl.gz", compressed(t, "gzip", []byte(numbered("b", 0, 10))))
	pipeline := new(uuids)
	stop := f.start(pipeline)
	time.Sleep(10 * minPollInterval)
	f.add("a.jsonl", pairLine("a-10")[20:]+"\n")
	f.write("later.jsonl", []byte(numbered("later", 0, 10)))
	eventually(t, pipeline, names("a", 10, 1), names("later", 0, 10))
	stop()
	f.write("last.jsonl", []byte(numbered("last", 0, 1)))
	defer f.start(pipeline)()
	eventually(t, pipeline, names("a", 10, 1), names("later", 0, 10), names("last", 0, 1))
}
