package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A change here changes every figure and example made with the generator: do it on purpose, with UPDATE_GOLDEN=1.
const (
	goldenPairs = 12
	hashedPairs = 5000
)

func TestTheSameSeedGivesTheSameBytes(t *testing.T) {
	g := NewGenerator(Options{Seed: 1})
	var first bytes.Buffer
	hash := sha256.New()
	var line []byte
	for i := range hashedPairs {
		line = append(g.Next(line[:0]), '\n')
		hash.Write(line)
		if i < goldenPairs {
			first.Write(line)
		}
	}
	sum := hex.EncodeToString(hash.Sum(nil)) + "\n"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile("testdata/first.jsonl", first.Bytes(), 0o600))
		require.NoError(t, os.WriteFile("testdata/sha256", []byte(sum), 0o600))
	}
	want, err := os.ReadFile("testdata/first.jsonl")
	require.NoError(t, err)
	require.Equal(t, strings.Split(string(want), "\n"), strings.Split(first.String(), "\n"))
	wantSum, err := os.ReadFile("testdata/sha256")
	require.NoError(t, err)
	require.Equal(t, string(wantSum), sum, "the first %d pairs of seed 1", hashedPairs)
}

func TestListingWhatWasPlantedDoesNotChangeIt(t *testing.T) {
	quiet := NewGenerator(Options{Seed: 3})
	telling := NewGenerator(Options{Seed: 3, Planted: func(Planted) {}})
	for range 2000 {
		require.Equal(t, string(quiet.Next(nil)), string(telling.Next(nil)))
	}
}

func TestAnotherSeedGivesOtherTraffic(t *testing.T) {
	a, b := NewGenerator(Options{Seed: 1}), NewGenerator(Options{Seed: 2})
	require.NotEqual(t, string(a.Next(nil)), string(b.Next(nil)))
}

// Two recordings made one after the other go into the same archive; readers drop a uuid that comes again.
func TestAnotherStartGivesOtherUUIDs(t *testing.T) {
	seen := map[string]int{}
	for run, start := range []time.Time{{}, time.Unix(1_800_000_000, 0), time.Unix(1_800_000_060, 0), time.Unix(1_800_000_060, 1)} {
		g := NewGenerator(Options{Seed: 1, Start: start})
		for range 500 {
			var pair struct{ UUID string }
			require.NoError(t, json.Unmarshal(g.Next(nil), &pair))
			earlier, known := seen[pair.UUID]
			require.False(t, known, "run %d has a uuid of run %d", run, earlier)
			seen[pair.UUID] = run
		}
	}
}
