package deadletter

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, cfg Config, observe func(Stored)) (*Writer, *bucket.Bucket) {
	t.Helper()
	store, err := bucket.Open(t.Context(), bucket.Config{URL: "mem://acme"})
	require.NoError(t, err)
	w, err := NewWriter(store, cfg, observe)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, w.Close(context.Background()))
		require.NoError(t, store.Close())
	})
	return w, store
}

// stored reads every line of every object.
func stored(t *testing.T, store *bucket.Bucket) (keys []string, lines []entry) {
	t.Helper()
	for o, err := range store.List(t.Context(), "deadletter/") {
		require.NoError(t, err)
		keys = append(keys, o.Key)
		data, err := store.Get(t.Context(), o.Key)
		require.NoError(t, err)
		reader, err := zstd.NewReader(bytes.NewReader(data), zstd.WithDecoderConcurrency(1))
		require.NoError(t, err)
		scanner := bufio.NewScanner(reader)
		scanner.Buffer(nil, 1<<27)
		for scanner.Scan() {
			var e entry
			require.NoError(t, json.Unmarshal(scanner.Bytes(), &e))
			lines = append(lines, e)
		}
		require.NoError(t, scanner.Err())
		reader.Close()
	}
	return keys, lines
}

func TestWriteReturnsWhenStored(t *testing.T) {
	w, store := open(t, Config{MaxDelay: time.Millisecond}, nil)
	at := time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.FixedZone("", 3600))
	body := []byte(`{"secret":"never stored in the clear"}`)
	require.NoError(t, w.Write(t.Context(), Record{Component: "exporter/archive", Reason: "body is no object", Time: at, Body: body}))
	keys, lines := stored(t, store)
	require.Len(t, keys, 1)
	require.Regexp(t, regexp.MustCompile(`^deadletter/date=2026-01-02/20260102T020405\.678000Z-[0-9a-f]{16}\.ndjson\.zst$`), keys[0])
	sum := sha256.Sum256(body)
	require.Equal(t, []entry{{Time: "2026-01-02T02:04:05.678Z", Component: "exporter/archive", Reason: "body is no object", SHA256: hex.EncodeToString(sum[:]), Bytes: len(body)}}, lines)
}

func TestAKeyedHashStandsForThePlainOne(t *testing.T) {
	w, store := open(t, Config{}, nil)
	require.NoError(t, w.Write(t.Context(), Record{Component: "c", Reason: "r", Body: []byte("4111"), KeyedHash: "ab12"}))
	_, lines := stored(t, store)
	require.Equal(t, "ab12", lines[0].KeyedHash)
	require.Empty(t, lines[0].SHA256)
	require.Equal(t, 4, lines[0].Bytes)
}

func TestRecordsUnderRecipients(t *testing.T) {
	first, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	second, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	w, store := open(t, Config{Recipients: []string{first.Recipient().String(), second.Recipient().String()}}, nil)
	body := bytes.Repeat([]byte("body "), 100_000)
	require.NoError(t, w.Write(t.Context(), Record{Component: "c", Reason: "r", Body: body}))
	_, lines := stored(t, store)
	for _, identity := range []*age.X25519Identity{first, second} {
		sealed, err := base64.StdEncoding.DecodeString(lines[0].Record)
		require.NoError(t, err)
		plain, err := age.Decrypt(bytes.NewReader(sealed), identity)
		require.NoError(t, err)
		got, err := io.ReadAll(plain)
		require.NoError(t, err)
		require.Equal(t, body, got)
	}
}

func TestConcurrentWritesShareObjects(t *testing.T) {
	var mutex sync.Mutex
	total := map[string]int{}
	w, store := open(t, Config{MaxDelay: 50 * time.Millisecond}, func(s Stored) {
		mutex.Lock()
		defer mutex.Unlock()
		require.Positive(t, s.Bytes)
		for component, n := range s.Records {
			total[component] += n
		}
	})
	var wait sync.WaitGroup
	for i := range 200 {
		wait.Go(func() {
			err := w.Write(t.Context(), Record{Component: fmt.Sprint("c", i%2), Reason: "r", Body: []byte(fmt.Sprint(i))}, Record{Component: "twice", Body: []byte(fmt.Sprint(-i))})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	keys, lines := stored(t, store)
	require.Len(t, lines, 400)
	require.Less(t, len(keys), 20)
	require.Equal(t, map[string]int{"c0": 100, "c1": 100, "twice": 200}, total)
	hashes := map[string]bool{}
	for _, line := range lines {
		hashes[line.SHA256] = true
	}
	require.Len(t, hashes, 399, "0 and -0 are the same text")
}

func TestSizeEndsTheWait(t *testing.T) {
	w, _ := open(t, Config{MaxDelay: time.Hour}, nil)
	records := make([]Record, maxBatch/maxReason+1)
	for i := range records {
		records[i] = Record{Component: "c", Reason: strings.Repeat("r", 2*maxReason)}
	}
	require.NoError(t, w.Write(t.Context(), records...))
}

func TestDaysAreApart(t *testing.T) {
	w, store := open(t, Config{}, nil)
	require.NoError(t, w.Write(t.Context(),
		Record{Time: time.Date(2026, 1, 1, 23, 59, 59, 0, time.UTC)}, Record{Time: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)}))
	folders, err := store.ListFolders(t.Context(), "deadletter/")
	require.NoError(t, err)
	require.Equal(t, []string{"deadletter/date=2026-01-01/", "deadletter/date=2026-01-02/"}, folders)
}

func TestReasonIsText(t *testing.T) {
	w, store := open(t, Config{}, nil)
	require.NoError(t, w.Write(t.Context(), Record{Reason: "line\nbreak \xff and more"}))
	_, lines := stored(t, store)
	require.Len(t, lines, 1)
	require.Equal(t, "line\nbreak � and more", lines[0].Reason)
}

func TestCloseStoresWhatIsGathered(t *testing.T) {
	w, store := open(t, Config{MaxDelay: time.Hour}, nil)
	result := make(chan error, 1)
	go func() { result <- w.Write(context.Background(), Record{Component: "c"}) }()
	require.Eventually(t, func() bool { w.mu.Lock(); defer w.mu.Unlock(); return w.open != nil }, time.Second, time.Millisecond)
	require.NoError(t, w.Close(t.Context()))
	require.NoError(t, <-result)
	_, lines := stored(t, store)
	require.Len(t, lines, 1)
	require.ErrorIs(t, w.Write(t.Context(), Record{}), ErrClosed)
}

func TestCallerMayGiveUp(t *testing.T) {
	w, _ := open(t, Config{MaxDelay: time.Hour}, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, w.Write(ctx, Record{}), context.DeadlineExceeded)
}

func TestFailureReachesTheCaller(t *testing.T) {
	store, err := bucket.Open(t.Context(), bucket.Config{URL: "file:///nowhere/at/all"})
	require.NoError(t, err)
	defer store.Close()
	w, err := NewWriter(store, Config{}, func(Stored) { t.Error("nothing was stored") })
	require.NoError(t, err)
	err = w.Write(t.Context(), Record{Component: "c"})
	require.ErrorIs(t, err, bucket.ErrNoBucket)
	require.NoError(t, w.Close(t.Context()))
}

func TestConfigValidate(t *testing.T) {
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	require.NoError(t, NewDefaultConfig().Validate())
	err = Config{Recipients: []string{"age1nonsense", identity.String()}, MaxDelay: time.Hour}.Validate()
	require.ErrorContains(t, err, `dead_letter::recipients[0] "age1nonsense" is no age public key`)
	require.ErrorContains(t, err, "dead_letter::recipients[1] is a private key")
	require.ErrorContains(t, err, "dead_letter::max_delay is 1h0m0s")
	require.NotContains(t, err.Error(), identity.String())
}
