package surrogate

import (
	"bufio"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whoever has a key gets the surrogates of last year with it: archives, replicas and agents of different versions must
// agree. A change of this file is a break that the change log names.
const stableFile = "testdata/stable.txt"

func TestSurrogatesStayAsTheyAre(t *testing.T) {
	ring := testRing(t)
	var lines []string
	for _, s := range samples() {
		value := s.make(rand.New(rand.NewPCG(21, 22)))
		lines = append(lines, fmt.Sprintf("%s\t%q\t%q", s.name, value, surrogateOf(ring, s.kind, value)))
	}
	if *rewrite {
		require.NoError(t, os.WriteFile(stableFile, []byte(strings.Join(lines, "\n")+"\n"), 0o644))
	}
	file, err := os.Open(stableFile)
	require.NoError(t, err)
	defer file.Close()
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<20)
	for _, line := range lines {
		require.True(t, scanner.Scan())
		assert.Equal(t, scanner.Text(), line)
	}
}

var rewrite = flag.Bool("rewrite-stable", false, "write testdata/stable.txt anew")

func TestConcurrentUse(t *testing.T) {
	ring := testRing(t)
	var group sync.WaitGroup
	for worker := range uint64(4) {
		group.Go(func() {
			r := rand.New(rand.NewPCG(worker%2, 1)) // two and two make the same
			for range 20 {
				for _, s := range samples() {
					value := s.make(r)
					got := surrogateOf(ring, s.kind, value)
					assert.Equal(t, got, surrogateOf(ring, s.kind, value))
					assert.True(t, ring.Made(s.kind, []byte(got)))
				}
			}
		})
	}
	group.Wait()
}

func TestNothingPrintsAKey(t *testing.T) {
	ring := testRing(t)
	assert.Equal(t, "keyring of redaction key test keyring of redaction key test keyring of redaction key test", fmt.Sprintf("%v %+v %#v", ring, ring, ring))
}
