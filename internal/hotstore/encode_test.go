package hotstore_test

import (
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func wholeDocument() *hotstore.Document {
	return &hotstore.Document{
		UUID: rrpair.UUID{1, 2, 3}, Time: time.Date(2026, 11, 20, 9, 0, 0, 123456789, time.UTC),
		Cluster: "prod", Namespace: "shop", Service: "checkout", Direction: "IN", Protocol: "http", Tech: "JSON", Command: "POST",
		Location: "/orders/7", Endpoint: "/orders/{id}", Status: "500", Host: "checkout", URL: "/orders/7?x=1", Path: "/orders/7",
		Peer: "web", Session: "s", Trace: "aa", Span: "bb", NetworkAddress: "10.0.0.1:80", Source: "goproxy", Error: true,
		Duration: 1500 * time.Microsecond, NoDuration: false, LatencyBucket: -345, RequestBytes: 10, ResponseBytes: 1 << 40, Size: 3000,
		ArchiveURL: "s3://b/v1/date=2026-11-20/hour=09?uuid=x",
		Extra: []hotstore.Extra{{Name: "tier", Text: "gold"}, {Name: "weight", Kind: hotstore.ExtraNumber, Number: -1.5},
			{Name: "beta", Kind: hotstore.ExtraBool, Bool: true}, {Name: "nan", Kind: hotstore.ExtraNumber, Number: math.Inf(1)}},
		Headers: []byte(`{"request":{}}`), Pair: []byte(`{"msgType":"rrpair"}`), Text: "a\x00b",
	}
}

func TestABatchIsWhatWasPutIn(t *testing.T) {
	empty := &hotstore.Document{Time: time.Unix(0, 0).UTC(), NoDuration: true}
	documents := []*hotstore.Document{wholeDocument(), empty, wholeDocument()}
	decoded, err := hotstore.DecodeBatch(hotstore.EncodeBatch([]byte(nil), documents))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(decoded, documents) {
		t.Errorf("got\n%+v\nwant\n%+v", decoded[0], documents[0])
	}
	if none, err := hotstore.DecodeBatch(hotstore.EncodeBatch(nil, nil)); err != nil || len(none) != 0 {
		t.Errorf("an empty batch: %v, %v", none, err)
	}
}

// Batches lie in queues over upgrades.
func TestTheFormatOfABatchStays(t *testing.T) {
	_, err := hotstore.DecodeBatch([]byte("\x02\x01\x00"))
	if !errors.Is(err, hotstore.ErrBatch) {
		t.Errorf("a later version: %v", err)
	}
	small := &hotstore.Document{UUID: rrpair.UUID{1}, Time: time.Unix(0, 1).UTC(), Service: "s"}
	data := hotstore.EncodeBatch(nil, []*hotstore.Document{small})
	if data[0] != 1 || data[1] != 1 {
		t.Errorf("version and codec are %x", data[:2])
	}
	plain := []byte{1, 0, 55, 54}
	plain = append(plain, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) // uuid
	plain = append(plain, 0, 0, 0, 0, 0, 0, 0, 1)                         // ts
	plain = append(plain, 0, 0, 0, 0, 0, 0)                               // flags, numbers
	plain = append(plain, 0, 0, 1, 's')                                   // cluster, namespace, service
	plain = append(plain, make([]byte, 17+1+3)...)                        // the other texts, extras, blobs
	plain[2], plain[3] = byte(len(plain)-3), byte(len(plain)-4)
	decoded, err := hotstore.DecodeBatch(plain)
	if err != nil || !reflect.DeepEqual(decoded[0], small) {
		t.Errorf("a batch as version 1 writes it: %+v, %v", decoded, err)
	}
}

func FuzzDecodeBatch(f *testing.F) {
	f.Add(hotstore.EncodeBatch(nil, []*hotstore.Document{wholeDocument()}))
	f.Add([]byte{1, 0, 3, 2, 0, 0})
	f.Add([]byte{1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, codec := range []byte{0, 1} {
			if len(data) > 1 {
				data[1] = codec
			}
			documents, err := hotstore.DecodeBatch(data)
			if err != nil {
				if !errors.Is(err, hotstore.ErrBatch) {
					t.Fatal(err)
				}
				continue
			}
			again, err := hotstore.DecodeBatch(hotstore.EncodeBatch(nil, documents))
			if err != nil || len(again) != len(documents) {
				t.Fatalf("%d documents, again %d: %v", len(documents), len(again), err)
			}
			for i := range again {
				if again[i].UUID != documents[i].UUID || again[i].Text != documents[i].Text || again[i].Size != documents[i].Size {
					t.Fatal("another document comes back")
				}
			}
		}
	})
}

func BenchmarkBatch(b *testing.B) {
	documents := make([]*hotstore.Document, 1000)
	for i := range documents {
		documents[i] = wholeDocument()
		documents[i].Headers, documents[i].Pair, documents[i].Text = nil, nil, ""
	}
	var batch hotstore.Batch
	var data []byte
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			batch.Reset()
			for _, document := range documents {
				batch.Add(document)
			}
			data = batch.Append(data[:0])
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/document")
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := hotstore.DecodeBatch(data); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/document")
	})
}
