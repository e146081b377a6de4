package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"

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
