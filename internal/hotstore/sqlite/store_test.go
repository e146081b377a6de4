package sqlite

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/timespan"
)

func TestConfigurationsThatMakeNoSense(t *testing.T) {
	for key, config := range map[string]Config{
		"path":      {},
		"retention": {Path: "x", Retention: timespan.Duration(time.Hour)},
	} {
		if err := config.Validate(); err == nil || !strings.Contains(err.Error(), key+":") {
			t.Errorf("%+v: %v, want an error that names %s", config, err, key)
		}
	}
	if err := (&Config{Path: "x", Retention: DefaultRetention}).Validate(); err != nil {
		t.Error(err)
	}
}

func TestRetention(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	folder := t.TempDir()
	store, err := Open(t.Context(), Config{Path: folder, Retention: timespan.Duration(48 * time.Hour)}, Settings{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	var documents []*hotstore.Document
	for day := range 5 {
		document := numbered(day)
		document.Time = now.AddDate(0, 0, -day)
		documents = append(documents, document)
	}
	absurd := numbered(9)
	absurd.Time = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	result, err := store.Write(t.Context(), append(documents, absurd))
	if err != nil || result.Stored != 3 || len(result.Rejected) != 3 || !strings.Contains(result.Rejected[0].Reason, "retention") {
		t.Fatalf("three are young enough: %+v, %v", result, err)
	}
	now = now.AddDate(0, 0, 2)
	fresh := numbered(100)
	fresh.Time = now
	if result, err := store.Write(t.Context(), []*hotstore.Document{fresh}); err != nil || result.Stored != 1 {
		t.Fatalf("%+v, %v", result, err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.db"))
	if err != nil || len(files) != 2 {
		t.Errorf("two days are left: %v, %v", files, err)
	}
	if _, err := store.Get(t.Context(), documents[2].UUID, time.Time{}); !errors.Is(err, hotstore.ErrNoDocument) {
		t.Errorf("a document that is over: %v", err)
	}
}

func TestAStoreThatIsNotThere(t *testing.T) {
	store := openStore(t, filepath.Join(t.TempDir(), "nothing"), Settings{})
	if _, err := store.Search(t.Context(), hotstore.Search{}); !errors.Is(err, hotstore.ErrNotSetUp) {
		t.Errorf("search: %v", err)
	}
	if status, err := store.Status(t.Context()); err != nil || status.Healthy || len(status.Problems) != 1 {
		t.Errorf("status: %+v, %v", status, err)
	}
	if err := store.Destroy(t.Context()); err != nil {
		t.Errorf("destroy: %v", err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	if _, err := store.Write(t.Context(), []*hotstore.Document{numbered(1)}); err == nil {
		t.Error("a store that is closed takes documents")
	}
}

func TestAFileThatIsNone(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "hot-2026-11-20.db"), []byte(strings.Repeat("this is no database ", 2000)), 0o600); err != nil {
		t.Fatal(err)
	}
	store := openStore(t, folder, Settings{})
	if _, err := store.Search(t.Context(), hotstore.Search{}); !errors.Is(err, hotstore.ErrDamaged) {
		t.Errorf("search: %v, want ErrDamaged", err)
	}
	result, err := store.Write(t.Context(), []*hotstore.Document{numbered(1), numbered(2)})
	if !errors.Is(err, hotstore.ErrDamaged) || len(result.Remaining) != 2 {
		t.Errorf("write: %+v, %v; want ErrDamaged and both to try again", result, err)
	}
}

// A damaged segment is an error that says so, whatever bytes it has.
func TestDamagedSegments(t *testing.T) {
	documents := demoDocuments(t, 600, hotstore.IncludeNone, false)
	builder, err := newBuilder()
	if err != nil {
		t.Fatal(err)
	}
	all := make([]row, len(documents))
	for i := range all {
		all[i] = row{document: documents[i]}
	}
	sortRows(all)
	built := builder.build(all)
	var head []byte
	for _, part := range built.parts {
		if part.kind == partHead {
			head = part.data
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		damagedHead := append([]byte(nil), head[:len(head)-random.IntN(3)*random.IntN(len(head))/2]...)
		damagedHead[random.IntN(min(len(damagedHead), 400))] ^= byte(1 + random.IntN(255))
		s := &segment{id: 1, count: built.count}
		h, err := s.parse(damagedHead)
		if err != nil {
			if !errors.Is(err, hotstore.ErrDamaged) {
				t.Fatal(err)
			}
			continue
		}
		for i := range h.texts {
			for row := 0; !h.texts[i].isPaged && row < s.count; row += 97 {
				if _, err := h.texts[i].value(row); err != nil && !errors.Is(err, hotstore.ErrDamaged) {
					t.Fatal(err)
				}
			}
		}
	}
}

func TestNumbersArePackedWithoutLoss(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		values := make([]int64, 1+random.IntN(70))
		base, span := int64(random.Uint64())>>1, int64(1)<<random.IntN(63)
		step := []int64{1, 1000, 1_000_000, 1_000_000_000}[random.IntN(4)]
		for i := range values {
			values[i] = base + random.Int64N(span)/step*step
		}
		if random.IntN(10) == 0 {
			values[0], values[len(values)-1] = -1<<63, 1<<63-1
		}
		column := measure(values)
		column.packed = packed{data: column.append(nil, values), width: column.width}
		for i, want := range values {
			if got := column.at(i); got != want {
				t.Fatalf("%d of %v: got %d", i, values, got)
			}
		}
	}
}

// Small batches end in large segments, and nothing is lost or doubled on the way.
func TestSmallBatchesAreMerged(t *testing.T) {
	store := openStore(t, t.TempDir(), Settings{})
	const batches, size = 300, 20
	for n := range batches {
		batch := make([]*hotstore.Document, size)
		for i := range batch {
			batch[i] = numbered((n*7919%batches)*size + i) // out of order
		}
		if result, err := store.Write(t.Context(), batch); err != nil || result.Stored != size {
			t.Fatalf("%+v, %v", result, err)
		}
	}
	v, err := store.view(context.Background(), "2026-11-20")
	if err != nil {
		t.Fatal(err)
	}
	segments, err := v.segmentsWhere("1")
	v.close()
	if err != nil || len(segments) > 4*mergeAt {
		t.Errorf("%d segments for %d documents, %v", len(segments), batches*size, err)
	}
	next := batches*size - 1
	err = hotstore.Scan(t.Context(), store, hotstore.Search{Limit: 999}, func(document *hotstore.Document) error {
		if document.UUID != numbered(next).UUID {
			t.Fatalf("document %d is %s", next, document.UUID)
		}
		next--
		return nil
	}, nil)
	if err != nil || next != -1 {
		t.Errorf("%d documents are missing, %v", next+1, err)
	}
}

// A day file that another process removed and made again is read anew.
func TestADayThatAnotherProcessRemoved(t *testing.T) {
	folder := t.TempDir()
	one, other := openStore(t, folder, Settings{}), openStore(t, folder, Settings{})
	for round := range 3 {
		if result, err := one.Write(t.Context(), []*hotstore.Document{numbered(round)}); err != nil || result.Stored != 1 {
			t.Fatalf("round %d: %+v, %v", round, result, err)
		}
		query, err := filter.Parse("service EXISTS", filter.Options{})
		if err != nil {
			t.Fatal(err)
		}
		page, err := other.Search(t.Context(), hotstore.Search{Query: query})
		if err != nil || len(page.Documents) != 1 || page.Documents[0].UUID != numbered(round).UUID {
			t.Fatalf("round %d: %d documents, %v", round, len(page.Documents), err)
		}
		if partitions, err := other.Expire(t.Context(), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil || partitions != 1 {
			t.Fatalf("expire: %d, %v", partitions, err)
		}
	}
}
